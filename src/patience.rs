//! What a channel has learned about waiting: whether it pays to spin or to yield before going to
//! sleep, and how long a task goes on before it gives way. Nothing here decides whether a wait is
//! right, nor who is next: only how soon a waiter sleeps.

use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicUsize, ONE_THREAD, Pace, Turn, this_thread};

/// What both sides of a channel have learned.
#[derive(Debug)]
pub(crate) struct Patience {
    senders: Lessons,
    receivers: Lessons,
}

impl Patience {
    /// Where there is no capacity, no sender is held up while a receiver sleeps, and the receiver
    /// finds the more messages, which are cheaper together: one that spins would take each line
    /// away from the sender who is about to fill it.
    ///
    /// Where room is `weighed`, it is gathered for who has a place, and goes to those who are woken
    /// together: a place is worth more than a turn.
    pub(crate) fn new(bounded: bool, weighed: bool) -> Self {
        let lessons = || Lessons::new(bounded, !weighed);
        Self { senders: lessons(), receivers: lessons() }
    }

    pub(crate) fn of_senders(&self) -> Patient<'_> {
        Patient { own: &self.senders, other: &self.receivers }
    }

    pub(crate) fn of_receivers(&self) -> Patient<'_> {
        Patient { own: &self.receivers, other: &self.senders }
    }
}

/// What one side has learned.
#[derive(Debug)]
struct Lessons {
    /// Spinning: pays where the other side runs on another processor at this very moment. `None`
    /// where it never does.
    spin: Option<Habit>,
    /// Yielding: pays where the other side is another task of the same thread. `None` where it
    /// never does.
    yields: Option<Habit>,
    /// On which thread this side last began a turn, waited, or woke the other one; zero before.
    thread: AtomicUsize,
    /// How many turns this side shares from here on, as it was on another thread.
    shared: AtomicUsize,
}

impl Lessons {
    /// So many turns are shared after the side was on another thread.
    const SHARED: usize = 64;

    fn new(spins: bool, yields: bool) -> Self {
        let habit = || Habit::after(4);
        Self {
            spin: (spins && !ONE_THREAD).then(habit),
            yields: yields.then(habit),
            thread: AtomicUsize::new(0),
            shared: AtomicUsize::new(0),
        }
    }

    #[inline]
    fn is_on(&self, here: usize) {
        let thread = self.thread.load(Relaxed);
        if thread != here {
            self.thread.store(here, Relaxed);
            // Seldom: the other threads read it.
            if thread != 0 && self.shared.load(Relaxed) < Self::SHARED / 2 {
                self.shared.store(Self::SHARED, Relaxed);
            }
        }
    }
}

/// What to do before going to sleep.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Advice {
    Sleep,
    /// Give the other tasks of this thread a turn: the other side is one of them.
    Yield,
    /// Look again so many times: the other side is on another thread.
    Spin(u32),
}

/// A waiter of one side.
#[derive(Clone, Copy)]
pub(crate) struct Patient<'a> {
    own: &'a Lessons,
    other: &'a Lessons,
}

impl Patient<'_> {
    /// What to do before going to sleep.
    #[inline]
    pub(crate) fn advice(self) -> Advice {
        /// Several times as long as a message needs from one processor to another and back.
        const FEW: u32 = 32;
        /// As long as the system needs to wake a thread.
        const MANY: u32 = 2000;

        let here = this_thread();
        let other = if ONE_THREAD { here } else { self.other.thread.load(Relaxed) };
        if !ONE_THREAD {
            self.own.is_on(here);
        }
        if other == here {
            let yields = self.own.yields.as_ref().and_then(Habit::tried);
            return yields.map_or(Advice::Sleep, |_| Advice::Yield);
        }
        let Some(spin) = &self.own.spin else {
            return Advice::Sleep;
        };
        if other == 0 {
            // Nothing is known to come from another thread while this one spins.
            return Advice::Sleep;
        }
        match spin.tried() {
            None => Advice::Sleep,
            Some(Try::Again) => Advice::Spin(FEW),
            // Perhaps both sides put each other to sleep, and would not if one of them waited for
            // the other to wake up.
            Some(Try::AfterPause) => Advice::Spin(MANY),
        }
    }

    /// A look found what was waited for.
    pub(crate) fn look_paid(self) {
        if let Some(spin) = &self.own.spin {
            spin.rewarded();
        }
    }

    /// What was waited for was there after the yield.
    pub(crate) fn yield_paid(self) {
        if let Some(yields) = &self.own.yields {
            yields.rewarded();
        }
    }

    /// This side is about to wake the other one.
    #[inline]
    pub(crate) fn wakes(self) {
        if !ONE_THREAD {
            self.own.is_on(this_thread());
        }
    }

    /// The turn that begins where one is over, and another one is overtaken or not.
    pub(crate) fn next_turn(self, overtakes: bool) -> Turn {
        if ONE_THREAD {
            return Turn::Whole;
        }
        self.own.is_on(this_thread());
        let shared = self.own.shared.load(Relaxed);
        if shared != 0 {
            self.own.shared.store(shared - 1, Relaxed);
        }
        match shared {
            _ if overtakes => Turn::Short,
            0 => Turn::Whole,
            _ => Turn::Shared(Pace::of_this_thread()),
        }
    }

    /// The turn that begins where one of this side was woken, and succeeds. `None` where others go
    /// on with the turn that has begun: on another thread it would never end.
    #[inline]
    pub(crate) fn turn_of_woken(self, overtakes: bool) -> Option<Turn> {
        if ONE_THREAD {
            return Some(Turn::Whole);
        }
        let is_shared = self.own.shared.load(Relaxed) != 0;
        if overtakes { Some(Turn::Short) } else { (!is_shared).then_some(Turn::Whole) }
    }
}

/// Something that costs a little and may save much.
///
/// It is kept up on credit: a try costs one, a success brings several, so it goes on while it pays
/// often enough. With no credit left there is a pause, of so many waits that go without, and then
/// one try; each pause is longer than the one before, until a try succeeds. So a channel where it
/// never pays hardly ever tries.
///
/// A guess, not an account: threads that write it at once lose each other's writes.
#[derive(Debug)]
struct Habit {
    /// From below: the credit, how long the last pause was as a power of two, how many waits of it
    /// are left.
    word: AtomicUsize,
}

enum Try {
    AfterPause,
    Again,
}

impl Habit {
    const BITS: u32 = 5;
    const FIELD: usize = (1 << Self::BITS) - 1;
    const MOST_CREDIT: usize = 16;
    /// What a success brings.
    const GAIN: usize = 3;
    /// By how many powers of two each pause is longer than the one before.
    const GROWTH: usize = 2;
    /// The longest pause, as a power of two.
    const LONGEST_PAUSE: usize = 12;
    const ONE_PAUSE: usize = 1 << (2 * Self::BITS);

    /// Begins with a pause, of two to the power of `pause` waits, and then one try.
    fn after(pause: u32) -> Self {
        Self { word: AtomicUsize::new(Self::ONE_PAUSE << pause) }
    }

    /// Whether this wait is one to try. It costs one, which [`rewarded`](Self::rewarded) gives
    /// back.
    fn tried(&self) -> Option<Try> {
        let word = self.word.load(Relaxed);
        if word >= Self::ONE_PAUSE {
            self.word.store(word - Self::ONE_PAUSE, Relaxed);
            return None;
        }
        let credit = word & Self::FIELD;
        let pause = word >> Self::BITS;
        self.word.store(
            if credit > 1 {
                pause << Self::BITS | (credit - 1)
            } else {
                let pause = (pause + Self::GROWTH).min(Self::LONGEST_PAUSE);
                Self::ONE_PAUSE << pause | pause << Self::BITS
            },
            Relaxed,
        );
        Some(if credit > 0 { Try::Again } else { Try::AfterPause })
    }

    /// It paid.
    fn rewarded(&self) {
        let credit = self.word.load(Relaxed) & Self::FIELD;
        self.word.store((credit + Self::GAIN).min(Self::MOST_CREDIT), Relaxed);
    }
}

#[cfg(test)]
mod tests;
