//! The turn of one side.

use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicUsize, BUDGET, HEURISTICS};

#[derive(Debug)]
pub(super) struct Turn {
    /// How many operations are left.
    left: AtomicUsize,
}

impl Turn {
    pub(super) fn new() -> Self {
        Self { left: AtomicUsize::new(BUDGET) }
    }

    /// The first operation is done.
    pub(super) fn begin(&self) {
        self.left.store(BUDGET - 1, Relaxed);
    }

    /// One operation; under the lock.
    pub(super) fn spend(&self) {
        self.left.store(self.left.load(Relaxed).saturating_sub(1), Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        HEURISTICS && self.left.load(Relaxed) == 0
    }
}
