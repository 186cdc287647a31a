//! The turn of one side.

use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicUsize, HEURISTICS, turn};

#[derive(Debug)]
pub(super) struct Turn {
    length: usize,
    /// How many operations are left.
    left: AtomicUsize,
}

impl Turn {
    pub(super) fn new(maxsize: Option<usize>) -> Self {
        let length = turn(maxsize.unwrap_or_default());
        Self { length, left: AtomicUsize::new(length) }
    }

    /// The first operation is done; or there is only one more, if it is `short`.
    pub(super) fn begin(&self, short: bool) {
        self.left.store(if short { 1 } else { self.length - 1 }, Relaxed);
    }

    /// One operation; under the lock.
    pub(super) fn spend(&self) {
        self.left.store(self.left.load(Relaxed).saturating_sub(1), Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        HEURISTICS && self.left.load(Relaxed) == 0
    }
}
