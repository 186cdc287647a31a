//! Looking at a queue: its figures, its level, and waiting for a level.

use super::handle::Queue;
use super::shared::Shared;
use super::stats::Stats;
use crate::pressure::{Pressure, Watched as _, level_futures};

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

    /// The level by the [`watermarks`](crate::queue::Builder::watermarks); [`Low`](Pressure::Low)
    /// in a queue without them.
    pub fn pressure(&self) -> Pressure {
        self.shared.pressure()
    }

    /// Waits until the level is `level`: at once if it is. Gives that level, or the one at hand if
    /// the queue is shut down, or gets shut down while this waits.
    ///
    /// Any number of tasks may wait. All of them are woken by each change of the level, and by
    /// nothing else. One that comes too late, when the level has changed back already, goes on
    /// waiting.
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
        Until::new(&self.shared, level)
    }

    /// As [`until`](Self::until), on a thread, which sleeps.
    ///
    /// Don't call it in async code: it blocks the executor.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn until_blocking(&self, level: Pressure) -> Pressure {
        self.until(level).block()
    }

    /// The level, and each change of it, as a stream that owns a share of the queue.
    pub fn pressure_changes(&self) -> PressureChanges<T> {
        PressureChanges::new(&self.shared)
    }
}

level_futures!(
    pub(super),
    Shared,
    "queue",
    "[`Queue::until`]",
    "[`Queue::pressure_changes`]",
    "shut down",
    "As a [stream of jobs](crate::queue::Jobs) it counts as a handle: the items inside are not dropped before it."
);
