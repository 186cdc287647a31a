//! The jobs of a queue as a stream.

use super::futures::Getting;
use super::handle::Queue;
use super::job::Job;
use super::shared::Shared;
use super::store::Side;
use crate::sync::Arc;
use crate::wait::{self, Stage};
use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::stream::{FusedStream, Stream};

impl<T> Queue<T> {
    /// The jobs as a stream, each of which owns a share of the queue.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::queue::{Queue, Shutdown};
    /// use futures_lite::StreamExt;
    ///
    /// let queue = Queue::unbounded();
    /// queue.put(1).await.unwrap();
    /// queue.put(2).await.unwrap();
    /// queue.shutdown(Shutdown::Graceful);
    /// let items: Vec<_> = queue.jobs().map(|job| job.into_inner()).collect().await;
    /// assert_eq!(items, [1, 2]);
    /// # });
    /// ```
    pub fn jobs<'a>(&self) -> Jobs<'a, T>
    where
        T: 'a,
    {
        Jobs {
            shared: Arc::clone(&self.shared),
            stage: Stage::default(),
            over: false,
            items: PhantomData,
        }
    }
}

/// The jobs of a queue, as a stream. It and each job are handles of the queue, and borrow only
/// what the items borrow.
///
/// Made by [`Queue::jobs`](crate::queue::Queue::jobs). It ends when the queue is shut down and has
/// nothing left to give, whatever jobs are in hand: also where its consumer collects several of
/// them (`chunks`).
///
/// # Wakeups
/// An item wakes one waiting [`get`](crate::queue::Queue::get). Only if there is none it wakes the
/// streams: every one that is waiting, each at most once until it is polled again.
///
/// # Cancel safety
/// A `next()` that is dropped loses no item.
pub struct Jobs<'a, T> {
    shared: Arc<Shared<T>>,
    /// The wait lasts from poll to poll.
    stage: Stage,
    over: bool,
    items: PhantomData<fn() -> Job<'a, T>>,
}

impl<'a, T: 'a> Stream for Jobs<'a, T> {
    type Item = Job<'a, T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { shared, stage, over, .. } = &mut *self;
        if *over {
            return Poll::Ready(None);
        }
        let job = wait::poll(&mut Getting { shared, side: Side::Streams }, stage, cx);
        job.map(|job| {
            *over = job.is_err();
            job.ok().map(Job::into_owned)
        })
    }
}

impl<'a, T: 'a> FusedStream for Jobs<'a, T> {
    fn is_terminated(&self) -> bool {
        self.over
    }
}

impl<T> Drop for Jobs<'_, T> {
    fn drop(&mut self) {
        let Self { shared, stage, .. } = self;
        wait::leave(&Getting { shared, side: Side::Streams }, stage);
    }
}

impl<T> fmt::Debug for Jobs<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs").finish_non_exhaustive()
    }
}
