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
        Self {
            spin: Habit::after(4, &Terms { gain: 3, growth: 2, longest_pause: 10 }),
            turn: Habit::after(0, &Terms { gain: 6, growth: 1, longest_pause: 6 }),
        }
    }
}

/// Something that costs a little and may save much.
///
/// It is kept up on credit: a try costs one, a success brings several, so it goes on while it pays often enough. With no
/// credit left there is a pause, of so many waits that go without, and then one try; each pause is longer than the one
/// before, until a try succeeds. So a channel where it never pays hardly ever tries.
///
/// A guess, not an account: threads that write it at once lose each other's writes.
#[derive(Debug)]
pub(crate) struct Habit {
    /// From below: the credit, how long the last pause was as a power of two, how many waits of it are left.
    word: AtomicUsize,
    terms: &'static Terms,
}

#[derive(Debug)]
struct Terms {
    /// What a success brings.
    gain: usize,
    /// By how many powers of two each pause is longer than the one before.
    growth: usize,
    /// The longest pause, as a power of two.
    longest_pause: usize,
}

impl Habit {
    const BITS: u32 = 5;
    const FIELD: usize = (1 << Self::BITS) - 1;
    const MOST_CREDIT: usize = 16;
    const ONE_PAUSE: usize = 1 << (2 * Self::BITS);

    /// Begins with a pause, of two to the power of `pause` waits, and then one try.
    fn after(pause: u32, terms: &'static Terms) -> Self {
        Self { word: AtomicUsize::new(Self::ONE_PAUSE << pause), terms }
    }

    /// Whether to try. Costs one, which [`rewarded`](Self::rewarded) gives back.
    pub(crate) fn indulged(&self) -> bool {
        let word = self.word.load(Relaxed);
        if word >= Self::ONE_PAUSE {
            self.word.store(word - Self::ONE_PAUSE, Relaxed);
            return false;
        }
        let credit = (word & Self::FIELD).saturating_sub(1);
        let pause = word >> Self::BITS;
        self.word.store(
            if credit > 0 {
                pause << Self::BITS | credit
            } else {
                let pause = (pause + self.terms.growth).min(self.terms.longest_pause);
                Self::ONE_PAUSE << pause | pause << Self::BITS
            },
            Relaxed,
        );
        true
    }

    /// It paid.
    pub(crate) fn rewarded(&self) {
        let credit = self.word.load(Relaxed) & Self::FIELD;
        self.word.store((credit + self.terms.gain).min(Self::MOST_CREDIT), Relaxed);
    }
}
