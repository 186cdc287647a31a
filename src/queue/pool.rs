//! Workers from one line.

use super::futures::{Closed, first_of};
use super::guards::Worker;
use super::handle::Queue;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::future::{Future, Ready, poll_fn, ready};
use core::panic::AssertUnwindSafe;
use core::pin::{Pin, pin};
use core::task::Poll;
use std::panic::catch_unwind;

impl<T> Queue<T> {
    /// Works with `n` workers in this one task, until the queue is shut down and has nothing left
    /// to give.
    ///
    /// Each item is handed to `work`. With `Ok` it is done. With `Err`, or a panic, the attempt
    /// has [failed](crate::queue::Job::fail): the item comes back if it has an attempt left, or is
    /// a [dead letter](Self::dead_letters); the worker goes on. To spawn the workers instead, or
    /// wait before an attempt: [`pool`](Self::pool).
    ///
    /// # Cancel safety
    /// Dropping the future drops the jobs in hand, as those of any worker that is cancelled.
    ///
    /// # Panics
    /// If `n` is zero.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::queue::{Builder, Shutdown};
    ///
    /// let queue = Builder::new().retries(1).fifo().unwrap();
    /// queue.put_many(["1", "2", "three"]).await.unwrap();
    /// queue.shutdown(Shutdown::Graceful);
    /// queue.work(2, async |text: &mut &str| text.parse::<u8>().map(drop)).await;
    /// let dead = queue.dead_letters();
    /// assert_eq!((dead[0].item, dead[0].attempts, queue.stats().done), ("three", 2, 2));
    /// # });
    /// ```
    pub async fn work<E>(&self, n: usize, work: impl AsyncFn(&mut T) -> Result<(), E>) {
        self.pool(work).run(n).await;
    }

    /// A pool of workers that hand each item to `work`: see [`work`](Self::work).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use forebay::queue::{Builder, Shutdown};
    /// use std::time::Duration;
    ///
    /// let queue = Builder::new().retries(3).fifo().unwrap();
    /// let pool = queue
    ///     .pool(async |number: &mut u64| if *number % 2 == 0 { Ok(()) } else { Err("odd") })
    ///     .backoff(|attempt| tokio::time::sleep(Duration::from_millis(1 << attempt)));
    /// for worker in pool.workers(4) {
    ///     tokio::spawn(worker);
    /// }
    /// queue.put_many(0..10).await.unwrap();
    /// queue.join().await;
    /// queue.shutdown(Shutdown::Graceful);
    /// assert_eq!(queue.dead_letters().len(), 5);
    /// # });
    /// ```
    pub fn pool<W>(&self, work: W) -> Pool<T, W> {
        Pool { queue: self.clone(), work, backoff: |_| ready(()) }
    }
}

/// Workers to be: what each does, and how long it waits before an attempt is made again.
///
/// Made by [`Queue::pool`].
#[must_use = "`workers` makes the workers, `run` works"]
pub struct Pool<T, W, B = fn(u32) -> Ready<()>> {
    queue: Queue<T>,
    work: W,
    backoff: B,
}

impl<T, W, B> Pool<T, W, B> {
    /// Waits for `backoff(attempt)`, a timer of any kind, when this attempt has failed, before the
    /// item goes back. The worker waits with the job in hand; a shutdown ends the wait.
    pub fn backoff<C, F>(self, backoff: C) -> Pool<T, W, C>
    where
        C: Fn(u32) -> F,
        F: Future,
    {
        Pool { queue: self.queue, work: self.work, backoff }
    }

    /// The workers, each a future to be spawned. It ends when the queue is shut down and has
    /// nothing left to give.
    ///
    /// Each has a [guard](Queue::worker): [`try_join`](Queue::try_join) ends with an error once
    /// all of them are dropped.
    ///
    /// # Panics
    /// If `n` is zero.
    pub fn workers<E, F>(self, n: usize) -> impl Iterator<Item = impl Future<Output = ()>>
    where
        W: AsyncFn(&mut T) -> Result<(), E>,
        B: Fn(u32) -> F,
        F: Future,
    {
        assert_ne!(n, 0, "a pool of no workers");
        let Self { queue, work, backoff } = self;
        let shared = Arc::new((work, backoff));
        let workers: Vec<_> = (0..n).map(|_| queue.worker()).collect();
        workers.into_iter().map(move |worker| {
            let shared = Arc::clone(&shared);
            async move {
                let (work, backoff) = &*shared;
                work_on(&worker, work, backoff).await;
            }
        })
    }

    /// All workers in this one task. Each wakeup polls them all: for more than a few, or on
    /// several threads, spawn [`workers`](Self::workers).
    ///
    /// # Panics
    /// If `n` is zero.
    pub async fn run<E, F>(self, n: usize)
    where
        W: AsyncFn(&mut T) -> Result<(), E>,
        B: Fn(u32) -> F,
        F: Future,
    {
        let mut workers: Vec<Pin<Box<_>>> = self.workers(n).map(Box::pin).collect();
        poll_fn(|cx| {
            workers.retain_mut(|worker| worker.as_mut().poll(cx).is_pending());
            if workers.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl<T, W, B> fmt::Debug for Pool<T, W, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

async fn work_on<T, E, F: Future>(
    worker: &Worker<T>,
    work: &impl AsyncFn(&mut T) -> Result<(), E>,
    backoff: &impl Fn(u32) -> F,
) {
    while let Ok(mut job) = worker.get().await {
        let attempt = job.attempt();
        let succeeded = contained(async { work(&mut job).await.is_ok() }).await;
        // The user's code may panic here too, in a drop or a callback; the count is right then,
        // and the worker goes on.
        if succeeded == Some(true) {
            let _ = catch_unwind(AssertUnwindSafe(|| job.done()));
        } else {
            let wait = async { drop(backoff(attempt).await) };
            let _ = contained(first_of(wait, Closed::new(&worker.shared))).await;
            let _ = catch_unwind(AssertUnwindSafe(|| job.fail()));
        }
    }
}

/// The output of the future; `None` if it panics.
async fn contained<O>(future: impl Future<Output = O>) -> Option<O> {
    let mut future = pin!(future);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}
