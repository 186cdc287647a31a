//! What one side of a channel has learned about waiting: whether it pays to spin, or to give the others a turn, before
//! going to sleep. Nothing here decides whether a wait is right, only how soon it sleeps.

use crate::sync::AtomicUsize;
use crate::sync::Ordering::Relaxed;

#[derive(Debug)]
pub(crate) struct Patience {
    /// Spinning: pays where the other side runs on another processor at this very moment.
    pub(crate) spin: Habit,
    /// Giving the other tasks of the executor a turn: pays where one of them is the other side.
    pub(crate) turn: Habit,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self { spin: Habit::new(10), turn: Habit::new(6) }
    }
}

/// Something that costs a little and may save much.
///
/// Each time that it did not pay, twice as many waits as before go without it, so that a channel where it never
/// pays hardly ever tries. One time that it did makes up for all of them.
///
/// A guess, not a count: threads that write it at once lose each other's writes.
#[derive(Debug)]
pub(crate) struct Habit {
    /// The lower bits: how many times it was indulged in vain. Above them: how many waits go without.
    word: AtomicUsize,
    /// At most two to the power of this many waits go without.
    most: usize,
}

impl Habit {
    const LEVEL_BITS: u32 = 8;
    /// One wait to go without.
    const WITHOUT: usize = 1 << Self::LEVEL_BITS;

    fn new(most: usize) -> Self {
        Self { word: AtomicUsize::new(0), most }
    }

    /// Whether to try. Counts as in vain until [`rewarded`](Self::rewarded).
    pub(crate) fn indulged(&self) -> bool {
        let word = self.word.load(Relaxed);
        if word >= Self::WITHOUT {
            self.word.store(word - Self::WITHOUT, Relaxed);
            return false;
        }
        let level = (word + 1).min(self.most);
        self.word.store((Self::WITHOUT << level) + level, Relaxed);
        true
    }

    /// It paid.
    pub(crate) fn rewarded(&self) {
        self.word.store(0, Relaxed);
    }
}
