//! What the workers of this process want.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How many jobs are wanted.
#[derive(Debug, Default)]
pub(crate) struct Demand {
    pub(crate) changed: Notify,
    waiting: AtomicUsize,
    over: AtomicBool,
    last: Mutex<Option<Instant>>,
}

/// A worker that waits.
pub(crate) struct Wanting<'a>(&'a Demand);

impl Demand {
    pub(crate) fn want(&self) -> Wanting<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.renew();
        self.changed.notify_one();
        Wanting(self)
    }

    /// A job was taken, of which so many are left here: perhaps the next ones are to be asked for.
    pub(crate) fn taken(&self, left: usize, prefetch: usize) {
        self.renew();
        if left * 2 <= prefetch {
            self.changed.notify_one();
        }
    }

    fn renew(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.changed.notify_one();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// How long ago a worker last asked for a job.
    pub(crate) fn idle(&self) -> Duration {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.map_or(Duration::MAX, |last| last.elapsed())
    }
}

impl Drop for Wanting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}
