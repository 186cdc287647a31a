//! Putting a job back.

use super::error::{PutError, TryPutError};
use super::futures::{Closed, first_of, future};
use super::job::{Job, JobParts};
use super::shared::Link;
use super::store::{Origin, Seen, Side, Tag};
use crate::gate::Gate;
use crate::patience::Patient;
use crate::wait::{Attempt, Outcome, Wait};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<'a, T> Job<'a, T> {
    /// Puts the job back if there is room for it at once.
    ///
    /// # Errors
    /// - [`TryPutError::Full`] with the job if the queue holds as many items as it can.
    /// - [`TryPutError::ShutDown`] with the job if the queue is shut down.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(1);
    /// queue.try_put(1).unwrap();
    /// let job = queue.try_get().unwrap();
    /// queue.try_put(2).unwrap();
    /// let job = job.try_requeue().unwrap_err().into_inner();
    /// assert_eq!((*job, queue.unfinished()), (1, 2));
    /// ```
    pub fn try_requeue(self) -> Result<(), TryPutError<Self>> {
        let mut put = Requeueing::new(self);
        let shared = put.link.get();
        let refused = shared.try_put(&mut put.item, Origin::Requeued(put.tag));
        refused.map_err(|refusal| refusal.of(put.refused()))
    }

    /// Puts the job back, as an item that is put: at the end, in a queue of the ordinary order.
    /// Waits for room first while the queue is full. The item stays unfinished all the time.
    ///
    /// Beware: where every worker waits for room in its own queue, none makes any.
    /// [`try_requeue`](Self::try_requeue) does not wait.
    ///
    /// # Errors
    /// [`PutError`] with the job if the queue is shut down, or gets shut down while this waits.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is complete, the job was not put back, and is dropped
    /// with it: it is done, or comes back by its own way in a queue with retries.
    /// [`Requeue::into_inner`] gives it back instead.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let queue = forebay::queue::Queue::bounded(2);
    /// queue.put("hard").await.unwrap();
    /// queue.put("easy").await.unwrap();
    ///
    /// queue.get().await.unwrap().requeue().await.unwrap();
    /// assert_eq!(queue.get().await.unwrap().into_inner(), "easy");
    /// assert_eq!(queue.get().await.unwrap().into_inner(), "hard");
    /// queue.join().await;
    /// # });
    /// ```
    pub fn requeue(self) -> Requeue<'a, T> {
        Requeue(Wait::new(Requeueing::new(self)))
    }

    /// Puts the job back once `timer` is ready: not before a time. Until then it is in hand, so
    /// that a queue by priority does not hand it out again and again before it is ready.
    ///
    /// The worker is free meanwhile if this runs in a task of its own, with a job that is
    /// [owned](Job::into_owned). Such a task must look at the error, or the job is dropped with it.
    ///
    /// # Errors
    /// [`PutError`] with the job if the queue is shut down, or gets shut down while this waits: at
    /// once, not when the time has come. Then do it now, or after an immediate shutdown
    /// [give it back](Job::give_back), to be left over; to a worker that still gets it would be
    /// handed out again at once.
    ///
    /// # Cancel safety
    /// As [`requeue`](Self::requeue).
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use std::time::Duration;
    ///
    /// let queue = forebay::queue::Queue::bounded(2);
    /// queue.put("not ready yet").await.unwrap();
    /// let job = queue.get().await.unwrap();
    /// job.requeue_after(smol::Timer::after(Duration::from_millis(10))).await.unwrap();
    /// assert_eq!(queue.get().await.unwrap().into_inner(), "not ready yet");
    /// # });
    /// ```
    pub async fn requeue_after(self, timer: impl Future) -> Result<(), PutError<Self>> {
        let link = self.parts().link.clone();
        let closed = Closed::new(link.get());
        first_of(timer, closed).await;
        self.requeue().await
    }

    /// Puts the job back from a thread, which sleeps while the queue is full. As
    /// [`requeue`](Self::requeue).
    ///
    /// # Errors
    /// [`PutError`] with the job if the queue is shut down, or gets shut down while this waits.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn requeue_blocking(self) -> Result<(), PutError<Self>> {
        self.requeue().block()
    }
}

/// An attempt to put a job back.
#[derive(Debug)]
struct Requeueing<'a, T> {
    link: Link<'a, T>,
    tag: Tag,
    /// `None` once it is put, or returned. Otherwise it is still in hand.
    item: Option<T>,
}

impl<'a, T> Requeueing<'a, T> {
    fn new(job: Job<'a, T>) -> Self {
        let JobParts { item, tag, link } = job.take();
        Self { link, tag, item: Some(item) }
    }

    #[cold]
    fn refused(&mut self) -> Job<'a, T> {
        self.take().expect("what is not put stays")
    }

    /// The job with its item, unless it is put.
    #[cold]
    fn take(&mut self) -> Option<Job<'a, T>> {
        let item = self.item.take()?;
        Some(JobParts { item, tag: self.tag, link: self.link.clone() }.into_job())
    }
}

impl<T> Drop for Requeueing<'_, T> {
    fn drop(&mut self) {
        if self.item.is_some() {
            drop(self.take());
        }
    }
}

impl<'a, T> Attempt for Requeueing<'a, T> {
    type Output = Result<(), PutError<Job<'a, T>>>;
    type Seen = Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        assert!(self.item.is_some(), "`Requeue` polled after completion");
        let shared = self.link.get();
        let origin = Origin::Requeued(self.tag);
        let put = shared.put(&mut self.item, origin, &mut shared.nothing_displaced());
        put.map(|put| put.map_err(|_| PutError(self.refused())))
    }

    fn attempt_fast(&mut self) -> Option<Self::Output> {
        if !self.link.get().storage.has_fast_path() {
            return None;
        }
        match self.link.get().put_fast(self.item.take()?, Origin::Requeued(self.tag), true) {
            Ok(()) => Some(Ok(())),
            Err(item) => {
                self.item = Some(item);
                None
            }
        }
    }

    fn gate(&self) -> &Gate {
        self.link.get().store().gate(Side::Vacancies)
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.link.get().store().patience(Side::Vacancies)
    }

    fn gives_way(&self) -> bool {
        self.link.get().store().gives_way(Side::Vacancies)
    }

    fn begin_turn(&self, overtakes: bool) {
        self.link.get().store().begin_turn(Side::Vacancies, overtakes);
    }

    fn raise(&self, seen: Seen) -> bool {
        self.link.get().store().raise(Side::Vacancies, seen)
    }

    fn hand_on(&self) {
        self.link.get().store().hand_on(Side::Vacancies);
    }
}

/// Puts a job back, and waits for room first while the queue is full.
///
/// Made by [`Job::requeue`].
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// Dropping the future before it is complete drops the job, with all that this means, unless
/// [`into_inner`](Self::into_inner) takes it back out.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Requeue<'a, T>(Wait<Requeueing<'a, T>>);

impl<'a, T> Requeue<'a, T> {
    /// Gives up, and gives back the job if it was not put back.
    ///
    /// `None` after the future is complete: the job was put back, or returned in the error.
    pub fn into_inner(mut self) -> Option<Job<'a, T>> {
        self.0.attempt.take()
    }
}

// The job is moved out of the future, never pinned in it.
impl<T> Unpin for Requeue<'_, T> {}
future!("Requeue", Requeue<'a, T> -> Result<(), PutError<Job<'a, T>>>);
