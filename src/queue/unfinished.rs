//! How many items are not done yet, and the place to wait for none.
//!
//! ```text
//! word:  [ unfinished items | SETTLING | JOINERS ]
//! ```
//! As in the position words of the channel, the flag of those who wait is in the word that every
//! change replaces, so a count that no joiner waits for is one atomic operation up and one down.
//!
//! # A zero counts for those who waited then
//! A put may raise the count again before a joiner runs, so the joiner does not look for a zero: it
//! compares the number of zeros that joiners have waited for. Whoever brings the count to zero
//! finds `JOINERS` and exchanges it for `SETTLING` in the same step, counts the zero, lowers
//! `SETTLING`, and opens the gate. A join that begins meanwhile waits these few instructions out:
//! it must not take a zero for its own that came before it, and before a put that it has seen.

use crate::gate::Gate;
use crate::sync::Ordering::{AcqRel, Acquire, Relaxed, Release};
use crate::sync::{AtomicUsize, abort, uninterrupted};
use crate::wait::{Attempt, Outcome};

const JOINERS: usize = 1;
const SETTLING: usize = 2;
const ONE: usize = 4;

#[derive(Debug)]
pub(super) struct Unfinished {
    word: AtomicUsize,
    /// How many zeros joiners have waited for.
    zeros: AtomicUsize,
    /// Where `join` waits.
    joiners: Gate,
}

impl Unfinished {
    pub(super) fn new() -> Self {
        Self { word: AtomicUsize::new(0), zeros: AtomicUsize::new(0), joiners: Gate::new() }
    }

    pub(super) fn get(&self) -> usize {
        self.word.load(Relaxed) / ONE
    }

    /// Counts an item that is about to be put: before a worker can get it, so that none is done
    /// with it first.
    #[inline]
    pub(super) fn raise(&self) {
        // [raise] Relaxed: a thread that lowers for this item got it from the storage, and so comes
        // later on this word.
        if self.word.fetch_add(ONE, Relaxed) > usize::MAX / 2 {
            abort();
        }
    }

    /// Counts an item as done, or as not put.
    #[inline]
    pub(super) fn lower(&self) {
        if !self.lower_fast() {
            self.lower_slow();
        }
    }

    /// `false` if another thread was faster, or joiners wait for this very item.
    #[inline]
    pub(super) fn lower_fast(&self) -> bool {
        let word = self.word.load(Relaxed);
        // [done] pairs with [joined]: who finds zero sees all that was done, by whomever, before.
        word != ONE | JOINERS
            && self.word.compare_exchange_weak(word, word - ONE, AcqRel, Relaxed).is_ok()
    }

    /// Wakes all joins to look again, at what is not in the count.
    pub(super) fn rouse(&self) {
        self.joiners.wake_all();
    }

    #[cold]
    fn lower_slow(&self) {
        while !self.settle() && !self.lower_fast() {}
    }

    /// Brings the count from one to zero while joiners wait; `false` if that is not how it stands.
    fn settle(&self) -> bool {
        let settled = uninterrupted!({
            // [zero] one step: a zero with joiners is never seen without a mark, and is counted
            // once.
            let zero = self.word.compare_exchange(ONE | JOINERS, SETTLING, AcqRel, Relaxed);
            if zero.is_ok() {
                // [count-zero] before [settled]: a join that finds SETTLING down knows of this
                // zero. Release, it pairs with [counted]: those who waited see all that was done.
                self.zeros.fetch_add(1, Release);
                // [settled] pairs with [begin].
                self.word.fetch_and(!SETTLING, Release);
            }
            zero.is_ok()
        });
        if settled {
            // [open-join] after [count-zero]: who wakes finds it. Who is not at the gate yet raises
            // JOINERS again or finds the zero.
            self.joiners.wake_all();
        }
        settled
    }
}

/// An attempt to find that nothing is unfinished, or was not at some moment since the first
/// attempt.
#[derive(Debug)]
pub(super) struct Joining<'a> {
    unfinished: &'a Unfinished,
    /// The number of zeros when the wait began.
    since: Option<usize>,
}

impl<'a> Joining<'a> {
    pub(super) fn new(unfinished: &'a Unfinished) -> Self {
        Self { unfinished, since: None }
    }
}

impl Attempt for Joining<'_> {
    type Output = ();
    type Seen = usize;

    fn attempt(&mut self) -> Outcome<(), usize> {
        // [counted] pairs with [count-zero].
        if self.since.is_some_and(|since| self.unfinished.zeros.load(Acquire) != since) {
            return Outcome::Done(());
        }
        // [joined] pairs with [done], [begin] with [settled].
        let word = self.unfinished.word.load(Acquire);
        if word < ONE {
            return Outcome::Done(());
        }
        if word & SETTLING != 0 {
            return Outcome::Busy;
        }
        if self.since.is_none() {
            // [since] after [begin]: every zero that is not in this number comes after the join
            // began.
            self.since = Some(self.unfinished.zeros.load(Relaxed));
        }
        Outcome::Blocked(word)
    }

    fn gate(&self) -> &Gate {
        &self.unfinished.joiners
    }

    fn raise(&self, seen: usize) -> bool {
        // [raise-joiners] on the very word that was not zero: a zero that came since makes this
        // fail.
        seen & JOINERS != 0
            || self.unfinished.word.compare_exchange(seen, seen | JOINERS, Relaxed, Relaxed).is_ok()
    }

    // A zero wakes all who wait for it.
    fn hand_on(&self) {}
}
