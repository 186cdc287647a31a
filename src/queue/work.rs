//! What a worker needs of a queue, on one machine or on many.

use super::error::{GetError, PutError};
use super::handle::Queue;
use super::job::Job;
use core::error::Error;
use core::future::Future;
use core::ops::Deref;

/// A queue of work, wherever it is: what code needs that runs on the [`Queue`] of this crate and
/// on one that many machines share (the companion crate `forebay-nats`).
///
/// It has what a worker calls: get a job, and put new ones. How a queue is opened, joined and shut
/// down differs from one kind to another, and belongs to the code that chose it.
///
/// # Cancel safety
/// Dropping the future of [`get`](Self::get) loses no item. Dropping that of [`put`](Self::put)
/// drops the item; on one machine it was not put then, while a queue on another one may have it
/// already.
///
/// ```
/// use forebay::queue::{Queue, Shutdown, Work, WorkError, WorkQueue};
///
/// /// Halves what it gets, and puts the halves. Returns how many jobs it has done.
/// async fn worker<Q: WorkQueue<u64>>(queue: Q) -> Result<u32, Q::GetError> {
///     let mut done = 0;
///     loop {
///         let job = match queue.get().await {
///             Ok(job) => job,
///             Err(error) if error.is_shut_down() => return Ok(done),
///             Err(error) => return Err(error),
///         };
///         if *job > 1 {
///             for half in [*job / 2, *job - *job / 2] {
///                 if let Err(error) = queue.put(half).await {
///                     eprintln!("{error}");
///                     eprintln!("not put: {}", Q::into_item(error));
///                 }
///             }
///         }
///         job.done();
///         done += 1;
///     }
/// }
///
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// queue.put(8).await.unwrap();
/// let end = async {
///     queue.join().await;
///     queue.shutdown(Shutdown::Graceful);
/// };
/// let (done, ()) = futures_lite::future::zip(worker(queue.clone()), end).await;
/// assert_eq!(done, Ok(15));
/// # });
/// ```
pub trait WorkQueue<T>: Clone + Send + Sync + 'static {
    /// An item that was handed out and is not done yet.
    type Job: Work<T>;

    /// Why nothing was got.
    type GetError: WorkError;

    /// Why an item was not put. [`into_item`](Self::into_item) takes the item out of it.
    type PutError: Error + Send;

    /// Gets a job, and waits for one first while the queue is empty.
    ///
    /// # Errors
    /// If the queue is shut down and has nothing left to give, or cannot be reached.
    fn get(&self) -> impl Future<Output = Result<Self::Job, Self::GetError>> + Send;

    /// Puts an item, and waits for room first while the queue is full.
    ///
    /// # Errors
    /// If the queue is shut down, or one on another machine cannot be reached or does not take the
    /// item. Never because it is full. The item is in the error.
    fn put(&self, item: T) -> impl Future<Output = Result<(), Self::PutError>> + Send;

    /// The item that could not be put.
    fn into_item(error: Self::PutError) -> T;
}

/// An item in hand: what a [`WorkQueue`] hands out.
///
/// Dropped, it does what its queue does with a worker that failed.
pub trait Work<T>: Deref<Target = T> + Send + 'static {
    /// How often the item was handed out, this time included.
    fn attempt(&self) -> u32;

    /// Marks the item as done, and drops it.
    fn done(self);

    /// Takes the item out, and marks it as done.
    fn into_inner(self) -> T;
}

/// Why a [`WorkQueue`] gave nothing.
pub trait WorkError: Error + Send {
    /// Whether the queue is shut down: no later attempt can succeed, and a worker can end.
    fn is_shut_down(&self) -> bool;
}

impl<T: Send + 'static> WorkQueue<T> for Queue<T> {
    type Job = Job<'static, T>;
    type GetError = GetError;
    type PutError = PutError<T>;

    async fn get(&self) -> Result<Self::Job, GetError> {
        Queue::get(self).await.map(Job::into_owned)
    }

    fn put(&self, item: T) -> impl Future<Output = Result<(), PutError<T>>> + Send {
        Queue::put(self, item)
    }

    fn into_item(error: PutError<T>) -> T {
        error.into_inner()
    }
}

impl<T: Send + 'static> Work<T> for Job<'static, T> {
    fn attempt(&self) -> u32 {
        Job::attempt(self)
    }

    fn done(self) {
        Job::done(self);
    }

    fn into_inner(self) -> T {
        Job::into_inner(self)
    }
}

impl WorkError for GetError {
    fn is_shut_down(&self) -> bool {
        true
    }
}
