//! The one wait loop, polled by tasks and run by threads.
//!
//! A wait is an [`Attempt`] that is made again and again, and a [`Stage`] that lasts between the attempts. To fall
//! asleep it
//! 1. takes a place at the gate,
//! 2. makes the attempt again: what came before the place was taken is seen here,
//! 3. raises the flag on the very word with which that attempt found itself blocked, or starts again at 2,
//! 4. sleeps: what comes later sees the flag, and then the place.
//!
//! A place costs several times what a turn of the executor costs, so a wait may let the others have their turn first, and
//! make the attempt once more before it takes a place: see [`Patience`].
//!
//! # Notifications are owed
//! A notification says "one of you can go on", so whoever receives it must pass it on unless it went on itself. It
//! is settled by an attempt that succeeds, or by one that finds its side empty (full) by the positions: then
//! somebody else has gone on. Finding it busy settles nothing. A wait that ends without settling hands on.

use crate::gate::{Gate, Listener};
use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicUsize, Backoff, HEURISTICS};
use core::task::{Context, Poll};

/// What one attempt came to.
pub(crate) enum Outcome<T, S> {
    Done(T),
    /// Nothing to do before the gate opens. With what was seen, to raise the flag on.
    Blocked(S),
    /// Another thread is in the middle of a few instructions.
    Busy,
}

/// What is waited for.
pub(crate) trait Attempt {
    type Output;
    type Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Self::Seen>;

    /// Where to sleep while the attempt is blocked.
    fn gate(&self) -> &Gate;

    /// What is known here about letting others have their turn first; `None` where that makes no sense.
    fn patience(&self) -> Option<&Patience> {
        None
    }

    /// Asks to be announced; `false` if what was seen is no longer so.
    fn raise(&self, seen: Self::Seen) -> bool;

    /// Gives a notification that was not used to somebody who can use it.
    fn hand_on(&self);
}

/// How far a wait has got.
#[derive(Debug, Default)]
pub(crate) enum Stage {
    /// Not at the gate.
    #[default]
    Awake,
    /// Not at the gate either, and the others have been given a turn.
    Yielding,
    /// At the gate, and announced: the flag was up after the place was taken.
    Asleep(Listener),
    /// Notified, and the notification is neither used nor settled.
    Owing,
}

/// Whether it pays, at one side of a channel, to give the others a turn before going to sleep.
///
/// Each time that it did not, twice as many waits as before go to sleep at once, so that an idle channel is hardly ever
/// polled in vain. One time that it did makes up for all of them.
///
/// A guess, not a count: threads that write it at once lose each other's writes.
#[derive(Debug)]
pub(crate) struct Patience(AtomicUsize);

impl Patience {
    /// The lower bits of the word: how many turns were given in vain. Above them: how many waits go to sleep at once.
    const LEVEL_BITS: u32 = 8;
    /// At most 2^6 waits.
    const LEVEL_MAX: usize = 6;

    pub(crate) fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// Whether to give a turn. Counts as given in vain until [`rewarded`](Self::rewarded).
    fn spend(&self) -> bool {
        let word = self.0.load(Relaxed);
        let pass = 1 << Self::LEVEL_BITS;
        if word >= pass {
            self.0.store(word - pass, Relaxed);
            return false;
        }
        let level = (word + 1).min(Self::LEVEL_MAX);
        self.0.store((pass << level) + level, Relaxed);
        true
    }

    /// The attempt after the turn succeeded.
    fn rewarded(&self) {
        self.0.store(0, Relaxed);
    }
}

/// An attempt with its stage: all that a future of this crate consists of.
#[derive(Debug)]
pub(crate) struct Wait<A: Attempt> {
    pub(crate) attempt: A,
    stage: Stage,
}

impl<A: Attempt> Wait<A> {
    pub(crate) fn new(attempt: A) -> Self {
        Self { attempt, stage: Stage::Awake }
    }

    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<A::Output> {
        poll(&mut self.attempt, &mut self.stage, cx)
    }

    /// Makes the attempt until it succeeds, and sleeps the thread in between.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub(crate) fn block(mut self) -> A::Output {
        loop {
            match step(&mut self.attempt, &mut self.stage) {
                Step::Done(output) => return output,
                Step::Busy => crate::sync::yield_now(),
                Step::Asleep { .. } => {
                    if let Stage::Asleep(listener) = core::mem::take(&mut self.stage) {
                        listener.wait();
                        self.stage = Stage::Owing;
                    }
                }
            }
        }
    }
}

impl<A: Attempt> Drop for Wait<A> {
    #[inline]
    fn drop(&mut self) {
        leave(&self.attempt, &mut self.stage);
    }
}

enum Step<T> {
    Done(T),
    /// Another turn, after the others have had theirs.
    Busy,
    /// The stage is `Asleep`, and if `fresh` it was not before.
    Asleep {
        fresh: bool,
    },
}

/// Makes the attempt, or registers the task to be woken when the next one makes sense.
#[inline]
pub(crate) fn poll<A: Attempt>(
    attempt: &mut A,
    stage: &mut Stage,
    cx: &mut Context<'_>,
) -> Poll<A::Output> {
    // Most polls are the first of their wait and succeed: nothing is to be settled then.
    if let Stage::Awake = stage {
        if let Outcome::Done(output) = attempt.attempt() {
            return Poll::Ready(output);
        }
    }
    poll_on(attempt, stage, cx)
}

/// The way round for a wait that has begun.
#[inline(never)]
fn poll_on<A: Attempt>(
    attempt: &mut A,
    stage: &mut Stage,
    cx: &mut Context<'_>,
) -> Poll<A::Output> {
    loop {
        // The notification first: an attempt that succeeds has then used it.
        if let Stage::Asleep(listener) = stage {
            if listener.poll(cx).is_ready() {
                *stage = Stage::Owing;
            }
        }
        match step(attempt, stage) {
            Step::Done(output) => return Poll::Ready(output),
            // The listener has to learn the waker.
            Step::Asleep { fresh: true } => {}
            Step::Asleep { fresh: false } => return Poll::Pending,
            Step::Busy => {
                // [busy] nobody is obliged to wake this task, so it asks for another turn itself.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }
}

/// Ends a wait, successful or not: what it owes is handed on.
#[inline]
pub(crate) fn leave<A: Attempt>(attempt: &A, stage: &mut Stage) {
    if let Stage::Asleep(_) | Stage::Owing = stage {
        settle(attempt, stage);
    }
}

#[cold]
fn settle<A: Attempt>(attempt: &A, stage: &mut Stage) {
    let owing = match core::mem::take(stage) {
        Stage::Awake | Stage::Yielding => false,
        // [cancel] a notification that came and was not looked at is still somebody's.
        Stage::Asleep(listener) => listener.discard(),
        // [owing] so is one that was taken from the gate and not used.
        Stage::Owing => true,
    };
    if owing {
        attempt.hand_on();
    }
}

#[inline]
fn step<A: Attempt>(attempt: &mut A, stage: &mut Stage) -> Step<A::Output> {
    let mut backoff = Backoff::default();
    loop {
        match attempt.attempt() {
            Outcome::Done(output) => {
                match stage {
                    Stage::Awake | Stage::Asleep(_) => {}
                    Stage::Yielding => {
                        if let Some(patience) = attempt.patience() {
                            patience.rewarded();
                        }
                    }
                    // The notification that led here is used; one that came since was not meant for this message.
                    Stage::Owing => *stage = Stage::Awake,
                }
                leave(attempt, stage);
                return Step::Done(output);
            }
            Outcome::Busy => {
                if let Stage::Asleep(_) = stage {
                    // The flag was up before that slot was claimed: it will be announced.
                    return Step::Asleep { fresh: false };
                }
                if !backoff.spin() {
                    return Step::Busy;
                }
            }
            Outcome::Blocked(_) => match stage {
                Stage::Asleep(_) => return Step::Asleep { fresh: false },
                Stage::Awake if HEURISTICS && gives_turn(attempt) => {
                    *stage = Stage::Yielding;
                    return Step::Busy;
                }
                Stage::Awake | Stage::Yielding | Stage::Owing => {
                    *stage = Stage::Awake;
                    return fall_asleep(attempt, stage);
                }
            },
        }
    }
}

fn gives_turn<A: Attempt>(attempt: &A) -> bool {
    attempt.patience().is_some_and(Patience::spend)
}

#[cold]
fn fall_asleep<A: Attempt>(attempt: &mut A, stage: &mut Stage) -> Step<A::Output> {
    let mut backoff = Backoff::default();
    let listener = attempt.gate().listen();
    loop {
        // [recheck] whatever came before the place was taken has woken nobody here.
        match attempt.attempt() {
            Outcome::Done(output) => {
                // [recheck-owed] and what it brought may have been meant for another sleeper.
                if listener.discard() {
                    attempt.hand_on();
                }
                return Step::Done(output);
            }
            Outcome::Blocked(seen) => {
                if attempt.raise(seen) {
                    *stage = Stage::Asleep(listener);
                    return Step::Asleep { fresh: true };
                }
            }
            Outcome::Busy => {
                if !backoff.spin() {
                    if listener.discard() {
                        *stage = Stage::Owing;
                    }
                    return Step::Busy;
                }
            }
        }
    }
}
