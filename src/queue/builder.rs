//! How queues are made.

use super::handle::Queue;
#[cfg(feature = "std")]
use super::rack::Rack;
use super::ring::Ring;
use super::shared::Shared;
#[cfg(feature = "std")]
use super::shelf::Shelf;
use super::storage::Storage;
use super::unfinished::Unfinished;
use crate::sync::Arc;

/// Makes queues. The last call says in which order the items come out.
///
/// ```
/// use forebay::queue::{Builder, Queue};
///
/// let urgent: Queue<(u8, &str)> = Builder::new().maxsize(10).priority();
/// urgent.try_put((2, "tidy up")).unwrap();
/// urgent.try_put((1, "put the fire out")).unwrap();
/// assert_eq!(*urgent.try_get().unwrap(), (1, "put the fire out"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "`fifo`, `lifo` or `priority` makes the queue"]
pub struct Builder {
    maxsize: Option<usize>,
    #[cfg(feature = "std")]
    retries: Option<u32>,
}

impl Builder {
    /// A queue that holds any number of items, and in which a job that is dropped is done.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many items wait in the queue.
    ///
    /// # Panics
    /// If `maxsize` is zero: where asyncio means "no limit", leave this call out.
    pub fn maxsize(mut self, maxsize: usize) -> Self {
        assert_ne!(maxsize, 0, "capacity cannot be zero");
        self.maxsize = Some(maxsize);
        self
    }

    /// A job that is dropped without [`done`](crate::queue::Job::done) goes back to the queue: a worker that panics or is
    /// cancelled loses nothing. After `limit` such returns the next drop counts as [`failed`](Queue::failed), and as done.
    ///
    /// A job that comes back does not wait for room: the queue can exceed its `maxsize` by the jobs that are in hand. It takes its
    /// place as an item that is put: the last one in a [`fifo`](Self::fifo) queue.
    ///
    /// After a graceful shutdown jobs still come back, and `get` waits for them. After an immediate one they don't: they are
    /// dropped, and done.
    ///
    /// Such a queue takes a lock for each operation, a [`fifo`](Self::fifo) one too.
    ///
    /// ```
    /// use forebay::queue::Builder;
    ///
    /// let queue = Builder::new().retries(1).fifo();
    /// queue.try_put("fragile").unwrap();
    /// drop(queue.try_get().unwrap()); // the worker died
    /// let job = queue.try_get().unwrap();
    /// assert_eq!((*job, job.attempt(), queue.unfinished()), ("fragile", 2, 1));
    /// drop(job); // and another one
    /// assert_eq!((queue.failed(), queue.unfinished()), (1, 0));
    /// ```
    #[cfg(feature = "std")]
    pub fn retries(mut self, limit: u32) -> Self {
        self.retries = Some(limit);
        self
    }

    /// First in, first out: asyncio's `Queue`.
    ///
    /// Without retries it takes no lock. The memory of a queue with a `maxsize` is allocated here then.
    ///
    /// # Panics
    /// If the `maxsize` is so large that it cannot be represented.
    pub fn fifo<T>(self) -> Queue<T> {
        #[cfg(feature = "std")]
        if self.retries.is_some() {
            return self.shelf(Rack::line());
        }
        open(Storage::Ring(Ring::new(match self.maxsize {
            Some(maxsize) => crate::bounded(maxsize),
            None => crate::unbounded(),
        })))
    }

    /// Last in, first out: asyncio's `LifoQueue`. Takes a lock for each operation, for a few instructions.
    #[cfg(feature = "std")]
    pub fn lifo<T>(self) -> Queue<T> {
        self.shelf(Rack::stack())
    }

    /// The least item first, and of equal ones the first in: asyncio's `PriorityQueue`. Wrap what is to come greatest first
    /// in [`Reverse`](core::cmp::Reverse).
    ///
    /// Each operation takes a lock, for O(log n) steps. `Ord::cmp` runs under it while an item is put, or comes back: it must not
    /// use the same queue, or the thread waits for itself. If it panics, so does the put, whose item is dropped; the queue
    /// is as it was.
    #[cfg(feature = "std")]
    pub fn priority<T: Ord>(self) -> Queue<T> {
        self.shelf(Rack::ranks())
    }

    #[cfg(feature = "std")]
    fn shelf<T>(self, rack: Rack<T>) -> Queue<T> {
        open(Storage::Shelf(Shelf::new(rack, self.maxsize, self.retries)))
    }
}

fn open<T>(storage: Storage<T>) -> Queue<T> {
    Queue { shared: Arc::new(Shared { storage, unfinished: Unfinished::new() }) }
}
