//! The handle.

#[cfg(all(feature = "std", not(target_family = "wasm")))]
use super::error::{GetError, PutError};
use super::error::{TryGetError, TryPutError};
use super::futures::{Closed, Get, Join, Put};
use super::job::Job;
use super::shared::Shared;
use super::store::Origin;
use crate::sync::Arc;
use crate::sync::Ordering::Relaxed;
use core::fmt;

/// A work queue. Clones are handles of the same queue.
///
/// There are no sides: every handle can put, get, join and shut down. So a queue does not
/// end when producers go, as a channel does; [`shutdown`](Self::shutdown) ends it. The items
/// inside are dropped with the last handle; an [owned job](Job::into_owned) and a [stream of
/// jobs](Self::jobs) are handles too.
///
/// ```
/// # futures_lite::future::block_on(async {
/// use forebay::queue::{Queue, Shutdown};
/// use futures_lite::future;
///
/// let queue = Queue::bounded(3);
/// let worker = async {
///     let mut sum = 0;
///     while let Ok(job) = queue.get().await {
///         sum += *job; // done at the end of the scope
///     }
///     sum
/// };
/// let producer = async {
///     for number in 1..=10 {
///         queue.put(number).await.unwrap();
///     }
///     queue.join().await; // all ten are done, not only taken
///     queue.shutdown(Shutdown::Graceful);
/// };
/// assert_eq!(future::zip(worker, producer).await.0, 55);
/// # });
/// ```
#[doc(alias = "asyncio")]
pub struct Queue<T> {
    pub(super) shared: Arc<Shared<T>>,
}

impl<T> Queue<T> {
    /// Puts an item, and waits for room first while the queue is full.
    ///
    /// # Errors
    /// [`PutError`] with the item if the queue is shut down, or gets shut down while this waits,
    /// even if there is room. It means nothing else, whatever the [policy](crate::Overflow): where
    /// that is to refuse, `put` waits, and where it is to drop, it drops and does not wait.
    ///
    /// # Fairness
    /// Waiting puts are served in the order in which they began to wait. Room is free to all until
    /// it is taken: a `try_put`, or a `put` that need not wait, may come first. Who was woken and
    /// finds none keeps its place, and is the next to be woken. So on an executor that runs its
    /// tasks in the order in which they were woken, each other one comes first with at most as many
    /// items as there is room for: maxsize x waiting puts in all, after a `put` was first woken.
    /// Above a maxsize of 4096 it may be more. On one with several threads a task that was woken
    /// may come too late again and again; after three times those give way to it that were woken
    /// later and run before it, or are at the end of their turn.
    ///
    /// The place is that of the future: one that is dropped, and made anew, begins at the end of
    /// the line.
    ///
    /// A task that puts in a loop gives way once in 512 items, or in as many as there is room for,
    /// up to 4096; where tasks on several threads do so, about once in 200 microseconds, and no more
    /// than once in 31 items, but to one that was woken too late three times. The future is pending
    /// then, also beside room, and has woken its task.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is complete, the item was not put, and is dropped with
    /// it. [`Put::into_inner`] gives it back instead.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::queue::{PutError, Queue, Shutdown};
    ///
    /// let queue = Queue::bounded(1);
    /// assert_eq!(queue.put(1).await, Ok(()));
    /// queue.shutdown(Shutdown::Graceful);
    /// assert_eq!(queue.put(2).await, Err(PutError(2)));
    /// # });
    /// ```
    #[inline]
    pub fn put(&self, item: T) -> Put<'_, T> {
        Put::new(&self.shared, item)
    }

    /// Puts an item if there is room for it at once: asyncio's `put_nowait`.
    ///
    /// # Errors
    /// - [`TryPutError::Full`] with the item if the queue holds as many items as it can.
    /// - [`TryPutError::ShutDown`] with the item if the queue is shut down.
    ///
    /// ```
    /// use forebay::queue::{Queue, TryPutError};
    ///
    /// let queue = Queue::bounded(1);
    /// assert_eq!(queue.try_put(1), Ok(()));
    /// assert_eq!(queue.try_put(2), Err(TryPutError::Full(2)));
    /// ```
    #[inline]
    #[doc(alias = "put_nowait")]
    pub fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        if !self.shared.storage.has_fast_path() {
            return self.try_put_slow(item);
        }
        self.shared.put_fast(item, Origin::New, false).or_else(|item| self.try_put_slow(item))
    }

    #[inline(never)]
    fn try_put_slow(&self, item: T) -> Result<(), TryPutError<T>> {
        let mut item = Some(item);
        let put = self.shared.try_put(&mut item, Origin::New);
        put.map_err(|refusal| refusal.of(item.expect("what is not put stays")))
    }

    /// Gets a job, and waits for one first while the queue is empty.
    ///
    /// # Errors
    /// [`GetError`] if the queue is shut down and has nothing left to give.
    ///
    /// # Fairness
    /// As with [`put`](Self::put): by age, an item is free to all until it is taken, and a loop
    /// gives way as often.
    ///
    /// The place is that of the future. A loop around `select!` that makes a new `get` in each turn
    /// begins at the end of the line each time, and gets next to nothing beside workers that keep
    /// their place. Make it before the loop, poll it by `&mut`, and make a new one when it is
    /// ready.
    ///
    /// # Cancel safety
    /// Dropping the future loses no item. If it had been woken for one, another `get` is woken
    /// instead. Its place in the line is lost.
    ///
    /// # Panics
    /// If the waker of a `put` that waits for the room panics: the job that made the room is
    /// dropped with the unwinding. So it comes back in a queue with
    /// [retries](crate::queue::Builder::retries), and is done in one without. The same holds for
    /// all that gets jobs.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::queue::{GetError, Queue, Shutdown};
    ///
    /// let queue = Queue::bounded(1);
    /// queue.put(1).await.unwrap();
    /// queue.shutdown(Shutdown::Graceful);
    /// assert_eq!(*queue.get().await.unwrap(), 1);
    /// assert_eq!(queue.get().await.unwrap_err(), GetError);
    /// # });
    /// ```
    #[inline]
    pub fn get(&self) -> Get<'_, T> {
        Get::new(&self.shared)
    }

    /// Gets a job if there is one at once: asyncio's `get_nowait`.
    ///
    /// # Errors
    /// - [`TryGetError::Empty`] if there is none.
    /// - [`TryGetError::ShutDown`] if there is none, and none will come, because the queue is shut
    ///   down.
    #[inline]
    #[doc(alias = "get_nowait")]
    pub fn try_get(&self) -> Result<Job<'_, T>, TryGetError> {
        Job::try_get(&self.shared)
    }

    /// Waits until everything that was put is done: got, and its job done. At once if nothing is
    /// unfinished.
    ///
    /// Any number of tasks may join, again and again. It is enough that nothing was unfinished at
    /// one moment of the wait: a put that comes right after it does not prolong the wait.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::queue::Queue;
    /// use futures_lite::future;
    ///
    /// let queue = Queue::bounded(1);
    /// queue.join().await;
    /// queue.put(1).await.unwrap();
    /// let job = queue.get().await.unwrap();
    /// let mut join = queue.join();
    /// assert!(future::poll_once(&mut join).await.is_none());
    /// job.done();
    /// join.await;
    /// # });
    /// ```
    pub fn join(&self) -> Join<'_> {
        Join::new(&self.shared.unfinished)
    }

    /// Waits until the queue is shut down; at once if it is.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::queue::{Queue, Shutdown};
    ///
    /// let queue = Queue::<u8>::bounded(1);
    /// queue.shutdown(Shutdown::Graceful);
    /// queue.closed().await;
    /// # });
    /// ```
    pub fn closed(&self) -> Closed<'_, T> {
        Closed::new(&self.shared)
    }

    /// Whether the queue is shut down. Once `true` it stays so. There may still be items inside.
    pub fn is_shut_down(&self) -> bool {
        self.shared.store().is_shut_down()
    }

    /// How many items waited in the queue at some moment during the call: asyncio's `qsize`.
    #[doc(alias = "qsize")]
    pub fn len(&self) -> usize {
        self.shared.store().len()
    }

    /// Whether no item waited in the queue at some moment during the call. There may be jobs in
    /// hand.
    #[doc(alias = "empty")]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there was no room at some moment during the call. A queue without limit always has
    /// room.
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        self.shared.store().is_full()
    }

    /// How many items the queue can hold; `None` if there is no limit: asyncio's `maxsize`.
    pub fn capacity(&self) -> Option<usize> {
        self.shared.store().capacity()
    }

    /// How many items were put and are not done, at some moment during the call.
    ///
    /// While another thread puts, its item may already count, and may yet turn out not to be put.
    #[doc(alias = "_unfinished_tasks")]
    pub fn unfinished(&self) -> usize {
        self.shared.unfinished.get()
    }

    /// How many items have used up their attempts: see [`dead_letters`](Self::dead_letters).
    pub fn failed(&self) -> usize {
        self.shared.books.failed.load(Relaxed)
    }

    /// Puts an item from a thread, which sleeps while the queue is full.
    ///
    /// Don't call it in async code: it blocks the executor. There, use [`put`](Self::put).
    ///
    /// # Errors
    /// [`PutError`] with the item if the queue is shut down, or gets shut down while this waits.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn put_blocking(&self, item: T) -> Result<(), PutError<T>> {
        self.put(item).block()
    }

    /// Gets a job on a thread, which sleeps while the queue is empty.
    ///
    /// Don't call it in async code: it blocks the executor. There, use [`get`](Self::get).
    ///
    /// # Errors
    /// [`GetError`] if the queue is shut down and has nothing left to give.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn get_blocking(&self) -> Result<Job<'_, T>, GetError> {
        self.get().block()
    }

    /// Waits on a thread, which sleeps, until the queue is shut down. As [`closed`](Self::closed).
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn closed_blocking(&self) {
        self.closed().block();
    }

    /// Waits on a thread, which sleeps, until everything that was put is done. As
    /// [`join`](Self::join).
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn join_blocking(&self) {
        self.join().block();
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}
