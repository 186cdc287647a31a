//! The count of a queue's workers.

use crate::sync::Ordering::{AcqRel, Acquire, Relaxed};
use crate::sync::{AtomicUsize, abort};

/// How many guards of workers there are, and whether there ever was one.
#[derive(Debug)]
pub(super) struct Workers(AtomicUsize);

const ANY: usize = 1;
const ONE: usize = 2;

impl Workers {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    pub(super) fn add(&self) {
        let mut count = self.0.load(Relaxed);
        loop {
            if count > usize::MAX / 2 {
                abort();
            }
            match self.0.compare_exchange_weak(count, (count | ANY) + ONE, Relaxed, Relaxed) {
                Ok(_) => return,
                Err(now) => count = now,
            }
        }
    }

    /// `true` if that was the last one.
    pub(super) fn remove(&self) -> bool {
        // [last-worker] pairs with [workers-gone].
        self.0.fetch_sub(ONE, AcqRel) == ONE | ANY
    }

    pub(super) fn have_gone(&self) -> bool {
        // [workers-gone] what the workers did is seen where they are found gone.
        self.0.load(Acquire) == ANY
    }
}
