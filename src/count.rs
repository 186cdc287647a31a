//! Counting the handles of a channel.

use crate::sync::Ordering::{AcqRel, Relaxed};
use crate::sync::{AtomicUsize, abort};

/// How many handles of one side exist. The last to go closes the channel.
#[derive(Debug)]
pub(crate) struct HandleCount(AtomicUsize);

impl HandleCount {
    /// Far from an overflow, however many threads are past the check.
    const MAX: usize = usize::MAX / 2;

    pub(crate) fn one() -> Self {
        Self(AtomicUsize::new(1))
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Relaxed)
    }

    /// The caller holds a handle, so the count is not zero.
    pub(crate) fn add(&self) {
        // A count that overflowed would close a channel in use.
        if self.0.fetch_add(1, Relaxed) > Self::MAX {
            abort();
        }
    }

    /// Adds one unless there is none left; `false` then.
    pub(crate) fn add_if_any(&self) -> bool {
        let mut count = self.get();
        // [revive] the last handle to go has closed the channel, or is about to.
        while count != 0 {
            match self.0.compare_exchange_weak(count, count + 1, Relaxed, Relaxed) {
                Ok(_) if count > Self::MAX => abort(),
                Ok(_) => return true,
                Err(now) => count = now,
            }
        }
        false
    }

    /// `true` if that was the last one.
    pub(crate) fn remove_one(&self) -> bool {
        // [count] pairs with itself: the last handle to go closes after all that the others did,
        // and passes it on with [close].
        self.0.fetch_sub(1, AcqRel) == 1
    }
}
