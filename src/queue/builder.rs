//! How queues are made.

use super::fifo::Fifo;
use super::handle::Queue;
#[cfg(feature = "std")]
use super::locked::Locked;
#[cfg(feature = "std")]
use super::order::Order;
use super::shared::Shared;
use super::storage::Storage;
use crate::builder::{Options, option_methods, refuse};
use crate::error::BuildError;
use crate::sync::Arc;

/// Makes queues. The last call says in which order the items come out, and is the one that can
/// fail.
///
/// ```
/// use forebay::queue::{Builder, Queue};
///
/// let urgent: Queue<(u8, &str)> = Builder::new().maxsize(10).priority()?;
/// urgent.try_put((2, "tidy up")).unwrap();
/// urgent.try_put((1, "put the fire out")).unwrap();
/// assert_eq!(*urgent.try_get().unwrap(), (1, "put the fire out"));
/// # Ok::<(), forebay::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "`fifo`, `lifo` or `priority` makes the queue"]
pub struct Builder {
    maxsize: Option<usize>,
    #[cfg(feature = "std")]
    retries: Option<u32>,
    options: Options,
}

impl Builder {
    /// A queue that holds any number of items, and in which a job that is dropped is done.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many items wait in the queue. Zero is an error: where asyncio means "no limit",
    /// leave this call out.
    ///
    /// What is too large for a queue is said at [`BuildError::CapacityOverflow`].
    pub fn maxsize(mut self, maxsize: usize) -> Self {
        self.maxsize = Some(maxsize);
        self
    }

    /// A job that is dropped without [`done`](crate::queue::Job::done) is a failed attempt, and
    /// goes back to the queue: a worker that panics or is cancelled loses nothing. After `limit`
    /// such returns the next one makes the item a [dead letter](Queue::dead_letters).
    ///
    /// A job that comes back does not wait for room: the queue can exceed its `maxsize` by the jobs
    /// that are in hand. It takes its place as an item that is put: the last one in a
    /// [`fifo`](Self::fifo) queue.
    ///
    /// After a graceful shutdown jobs still come back, and are handed out to the workers that still
    /// get; after an immediate one they are [left over](Queue::shutdown).
    ///
    /// Such a queue takes a lock for each operation, a [`fifo`](Self::fifo) one too.
    ///
    /// ```
    /// use forebay::queue::Builder;
    ///
    /// let queue = Builder::new().retries(1).fifo()?;
    /// queue.try_put("fragile").unwrap();
    /// drop(queue.try_get().unwrap()); // the worker died
    /// let job = queue.try_get().unwrap();
    /// assert_eq!((*job, job.attempt(), queue.unfinished()), ("fragile", 2, 1));
    /// drop(job); // and another one
    /// assert_eq!((queue.dead_letters()[0].item, queue.unfinished()), ("fragile", 0));
    /// # Ok::<(), forebay::BuildError>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn retries(mut self, limit: u32) -> Self {
        self.retries = Some(limit);
        self
    }

    /// First in, first out: asyncio's `Queue`.
    ///
    /// Without retries and tracking it takes no lock. The memory of a queue with a `maxsize` is
    /// allocated here then.
    ///
    /// # Errors
    /// [`BuildError`] if the `maxsize` is zero or too large, or the marks don't go together with
    /// each other or with it.
    pub fn fifo<T>(self) -> Result<Queue<T>, BuildError> {
        #[cfg(feature = "std")]
        if self.retries.is_some() || self.options.tracking {
            return self.locked(Order::fifo());
        }
        let channel = crate::builder::build_channel(self.maxsize, self.options)?;
        Ok(self.open(Storage::Fifo(Fifo::new(channel))))
    }

    /// Last in, first out: asyncio's `LifoQueue`. Takes a lock for each operation, for a few
    /// instructions.
    ///
    /// # Errors
    /// [`BuildError`] if the `maxsize` is zero or too large, or the marks don't go together with
    /// each other or with it.
    #[cfg(feature = "std")]
    #[doc(alias = "LifoQueue")]
    pub fn lifo<T>(self) -> Result<Queue<T>, BuildError> {
        self.locked(Order::lifo())
    }

    /// The least item first, and of equal ones the first in: asyncio's `PriorityQueue`. Wrap what
    /// is to come greatest first in [`Reverse`](core::cmp::Reverse).
    ///
    /// Each operation takes a lock, and each item a block of memory.
    ///
    /// `Ord::cmp` runs O(log n) times while an item is put, or comes back, and without the lock: it
    /// may be slow, and it may use the queue. What others put meanwhile is put at once (unless 64
    /// items wait for their comparison already, then it comes again), and compared by the thread
    /// that compares, or the next that does. Who takes an item out comes again until the comparison
    /// is over; it may then get one that was the first when it came, although a lesser one has come
    /// since.
    ///
    /// For the comparison itself there is nothing to take out: [`try_get`](Queue::try_get) says
    /// [`Empty`](super::TryGetError::Empty) there, a full queue that
    /// [displaces](crate::Overflow::DropOldest) says [`Full`](super::TryPutError::Full), the
    /// [`stats`](Queue::stats) know of no item that waits, a shutdown that returns what is inside
    /// panics, and a call that waits does so for ever.
    ///
    /// If `Ord::cmp` panics, so does the put; the queue is as it was, and the item is in the future
    /// of the put, or goes with the unwinding. If the put has returned already, as another thread
    /// compares the item, the panic ends there, and the item comes out behind all others.
    ///
    /// # Errors
    /// [`BuildError`] if the `maxsize` is zero or too large, or the marks don't go together with
    /// each other or with it.
    #[cfg(feature = "std")]
    #[doc(alias = "PriorityQueue")]
    pub fn priority<T: Ord>(self) -> Result<Queue<T>, BuildError> {
        self.locked(Order::priority())
    }

    #[cfg(feature = "std")]
    fn locked<T>(self, order: Order<T>) -> Result<Queue<T>, BuildError> {
        self.options.check(self.maxsize)?;
        Ok(self.open(Storage::Locked(Locked::new(order, self.maxsize, self.options))))
    }

    fn open<T>(self, storage: Storage<T>) -> Queue<T> {
        let shared = Shared::new(
            storage,
            #[cfg(feature = "std")]
            self.retries,
            self.options.overflow,
        );
        Queue { shared: Arc::new(shared) }
    }
}

option_methods! {
    Builder, "queue", "items", "an item", "wait in it", "Queue",
    /// A [`fifo`](Self::fifo) queue without retries pays what a
    /// [channel](crate::Builder::watermarks) pays; the others keep the level under the lock that
    /// they take anyway.
    ;
    /// Counts the deepest length and refused items, and measures how long items wait, for
    /// [`stats`](Queue::stats).
    ///
    /// With `std` such a queue takes a lock for each operation, a [`fifo`](Self::fifo) one too, and
    /// looks at the clock.
    ;
    /// [`Queue::offer`] says what became of each.
    ///
    /// [`DropOldest`](crate::Overflow::DropOldest) displaces the item that has waited for longest,
    /// also in a queue that gives out the last one first. In a queue by priority it displaces the
    /// last in its order, which may be the very item that is put.
    ///
    /// An item that is displaced is done: [`join`](Queue::join) does not wait for it. A job that is
    /// put back by [`requeue`](crate::queue::Job::requeue), or comes back, displaces nothing.
}

impl<T> Queue<T> {
    /// A queue, first in first out, in which at most `maxsize` items wait. [`Builder`] makes the
    /// others.
    ///
    /// # Panics
    /// If `maxsize` is zero, or so large that words cannot represent or memory cannot hold it: see
    /// [`BuildError::CapacityOverflow`].
    #[must_use]
    #[track_caller]
    pub fn bounded(maxsize: usize) -> Self {
        match Builder::new().maxsize(maxsize).fifo() {
            Ok(queue) => queue,
            Err(error) => refuse(error),
        }
    }

    /// A queue, first in first out, in which any number of items wait.
    ///
    /// Nothing slows down those who put: use it only where something else bounds what is inside.
    #[must_use]
    pub fn unbounded() -> Self {
        Builder::new().fifo().unwrap_or_else(|error| refuse(error))
    }
}
