//! The turns of one side.

use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicUsize, HEURISTICS, Turn, whole_turn};

#[derive(Debug)]
pub(super) struct Turns {
    whole: usize,
    /// How many operations are left.
    left: AtomicUsize,
}

impl Turns {
    pub(super) fn new(maxsize: Option<usize>) -> Self {
        let whole = whole_turn(maxsize.unwrap_or_default());
        Self { whole, left: AtomicUsize::new(whole) }
    }

    /// A turn begins, of which one operation is done.
    pub(super) fn begin(&self, turn: Turn) {
        self.left.store(turn.left(self.whole), Relaxed);
    }

    /// One operation; under the lock.
    pub(super) fn spend(&self) {
        self.left.store(self.left.load(Relaxed).saturating_sub(1), Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        HEURISTICS && self.left.load(Relaxed) == 0
    }
}
