//! Looking at a queue: its figures, its level, and waiting for a level.

use super::handle::Queue;
use super::shared::Shared;
use super::stats::Stats;
use crate::pressure::{Changes, Pressure, Watched, Watching};
use crate::sync::Arc;
use crate::wait::Wait;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::stream::{FusedStream, Stream};

impl<T> Queue<T> {
    /// What became of all items, and how the queue stands. [`Stats`] says how it adds up.
    ///
    /// ```
    /// use forebay::queue::Queue;
    ///
    /// let queue = Queue::bounded(2);
    /// queue.try_put(1).unwrap();
    /// let job = queue.try_get().unwrap();
    /// let stats = queue.stats();
    /// assert_eq!((stats.put, stats.handed_out, stats.in_hand, stats.len), (1, 1, 1, 0));
    /// # job.done();
    /// ```
    pub fn stats(&self) -> Stats {
        Shared::stats(&self.shared)
    }

    /// The level by the [`watermarks`](crate::queue::Builder::watermarks); [`Low`](Pressure::Low) in a queue without them.
    pub fn pressure(&self) -> Pressure {
        self.shared.pressure()
    }

    /// Waits until the level is `level`: at once if it is. Gives that level, or the one at hand if the queue is shut down, or gets
    /// shut down while this waits.
    ///
    /// Any number of tasks may wait. All of them are woken by each change of the level, and by nothing else. One that
    /// comes too late, when the level has changed back already, goes on waiting.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::Pressure;
    /// use forebay::queue::Builder;
    ///
    /// let queue = Builder::new().watermarks(1, 2).lifo().unwrap();
    /// for item in 0..3 {
    ///     queue.put(item).await.unwrap();
    /// }
    /// assert_eq!(queue.until(Pressure::High).await, Pressure::High);
    /// # });
    /// ```
    pub fn until(&self, level: Pressure) -> Until<'_, T> {
        Until(Wait::new(Watching { watched: &self.shared, level }))
    }

    /// As [`until`](Self::until), on a thread, which sleeps.
    ///
    /// Don't call it in async code: it blocks the executor.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn until_blocking(&self, level: Pressure) -> Pressure {
        self.until(level).0.block().unwrap_or_else(|at_hand| at_hand)
    }

    /// The level, and each change of it, as a stream that owns a share of the queue.
    pub fn pressure_changes(&self) -> PressureChanges<T> {
        PressureChanges { shared: Arc::clone(&self.shared), changes: Changes::default() }
    }
}

/// Waits until the queue has some level.
///
/// Made by [`Queue::until`].
///
/// # Cancel safety
/// Dropping the future has no effect on anybody.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Until<'a, T>(Wait<Watching<'a, Shared<T>>>);

impl<T> Future for Until<'_, T> {
    type Output = Pressure;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Pressure> {
        self.0.poll(cx).map(|level| level.unwrap_or_else(|at_hand| at_hand))
    }
}

impl<T> fmt::Debug for Until<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until").finish_non_exhaustive()
    }
}

/// The levels of a queue: first the one that is there at the first poll, then each change.
///
/// Made by [`Queue::pressure_changes`]. What changes and changes back between two polls is not seen: an item is always
/// another one than the last, and what is there when all is quiet has been seen. When the queue is shut down the stream
/// ends.
///
/// As a [stream of jobs](crate::queue::Jobs) it counts as a handle: the items inside are not dropped before it.
///
/// # Cancel safety
/// A `next()` that is dropped loses no change.
#[must_use = "streams do nothing unless polled"]
pub struct PressureChanges<T> {
    shared: Arc<Shared<T>>,
    changes: Changes,
}

impl<T> Stream for PressureChanges<T> {
    type Item = Pressure;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Pressure>> {
        let Self { shared, changes } = &mut *self;
        changes.poll_next(&**shared, cx)
    }
}

impl<T> FusedStream for PressureChanges<T> {
    fn is_terminated(&self) -> bool {
        self.changes.is_over()
    }
}

impl<T> Drop for PressureChanges<T> {
    fn drop(&mut self) {
        self.changes.leave(&*self.shared);
    }
}

impl<T> fmt::Debug for PressureChanges<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PressureChanges").finish_non_exhaustive()
    }
}
