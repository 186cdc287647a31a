//! An item that somebody works on.

use super::error::{TryGetError, TryPutError};
use super::shared::{Link, Shared};
use super::store::{Origin, Seen, Taken};
use crate::sync::{Arc, Backoff, defer};
use crate::wait::Outcome;
use core::fmt;
use core::mem;
use core::ops::{Deref, DerefMut};

/// An item that was taken from a queue and is not done yet. It derefs to the item.
///
/// asyncio's `task_done()` is this guard: [`done`](Self::done) or a drop, be it by a panic or by the cancellation of the worker,
/// marks the item as done, and exactly once. The item is dropped first, so that [`join`](crate::queue::Queue::join) returns when
/// it is gone. In a queue with [`retries`](crate::queue::Builder::retries) a drop puts it back instead; [`done`](Self::done) and
/// [`into_inner`](Self::into_inner) mark it as done there too.
///
/// A job that is leaked (`mem::forget`) is never done, and `join` waits for ever.
///
/// # Panics
/// Its drop panics where the item's does, or a waker, or in a queue with retries the comparison of a priority; the count
/// is right all the same.
///
/// ```
/// let queue = forebay::queue::Queue::bounded(2);
/// queue.try_put("dig")?;
/// let job = queue.try_get().unwrap();
/// assert_eq!((*job, queue.len(), queue.unfinished()), ("dig", 0, 1));
/// job.done();
/// assert_eq!(queue.unfinished(), 0);
/// # Ok::<(), forebay::queue::TryPutError<&str>>(())
/// ```
#[must_use = "a job that is dropped counts as done, or goes back to its queue"]
pub struct Job<'a, T> {
    /// `None` once the job is spent, which is when its last owner goes.
    in_hand: Option<JobParts<'a, T>>,
}

/// What a job consists of. It leaves the job as a whole, so that nothing is left of a spent one.
pub(super) struct JobParts<'a, T> {
    pub(super) taken: Taken<T>,
    pub(super) link: Link<'a, T>,
}

impl<'a, T> JobParts<'a, T> {
    #[inline]
    pub(super) fn into_job(self) -> Job<'a, T> {
        Job { in_hand: Some(self) }
    }
}

impl<'a, T> Job<'a, T> {
    #[inline]
    pub(super) fn new(shared: &'a Arc<Shared<T>>, taken: Taken<T>) -> Self {
        JobParts { taken, link: Link::Borrowed(shared) }.into_job()
    }

    #[inline]
    pub(super) fn get(shared: &'a Arc<Shared<T>>) -> Outcome<Option<Self>, Seen> {
        match shared.storage.get(&shared.unfinished) {
            Outcome::Done(Some(taken)) => {
                // From here on the item is safe, whatever panics.
                let job = Self::new(shared, taken);
                shared.storage.freed();
                Outcome::Done(Some(job))
            }
            Outcome::Done(None) => Outcome::Done(None),
            Outcome::Blocked(seen) => Outcome::Blocked(seen),
            Outcome::Busy => Outcome::Busy,
        }
    }

    /// On the short way.
    #[inline]
    pub(super) fn get_fast(shared: &'a Arc<Shared<T>>) -> Option<Self> {
        let taken = shared.storage.get_fast(&shared.unfinished)?;
        Some(Self::new(shared, taken))
    }

    #[inline]
    pub(super) fn try_get(shared: &'a Arc<Shared<T>>) -> Result<Self, TryGetError> {
        match Self::get_fast(shared) {
            Some(job) => Ok(job),
            None => Self::try_get_slow(shared),
        }
    }

    /// The way round where nothing was got at once.
    #[inline(never)]
    fn try_get_slow(shared: &'a Arc<Shared<T>>) -> Result<Self, TryGetError> {
        let mut backoff = Backoff::default();
        loop {
            match Self::get(shared) {
                Outcome::Done(job) => return job.ok_or(TryGetError::ShutDown),
                Outcome::Blocked(_) => return Err(TryGetError::Empty),
                Outcome::Busy => backoff.wait(),
            }
        }
    }

    /// Takes the item out, and the count upon the caller.
    #[inline]
    pub(super) fn take(mut self) -> JobParts<'a, T> {
        let in_hand = self.in_hand.take();
        // Nothing is left to be dropped.
        mem::forget(self);
        in_hand.expect("a job has its item")
    }

    #[inline]
    pub(super) fn parts(&self) -> &JobParts<'a, T> {
        self.in_hand.as_ref().expect("a job has its item")
    }

    /// Marks the item as done, and drops it.
    #[inline]
    pub fn done(self) {
        let JobParts { taken, link } = self.take();
        let _finish = defer(|| link.get().finish());
        drop(taken);
    }

    /// Takes the item out, and marks it as done.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(1);
    /// queue.try_put(7).unwrap();
    /// assert_eq!(queue.try_get().unwrap().into_inner(), 7);
    /// assert_eq!(queue.unfinished(), 0);
    /// ```
    #[inline]
    pub fn into_inner(self) -> T {
        let JobParts { taken, link } = self.take();
        link.finish();
        taken.item
    }

    /// A job that owns a share of its queue instead of borrowing it: to be worked on by another task or thread.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(1);
    /// queue.try_put(7).unwrap();
    /// let job = queue.try_get().unwrap().into_owned();
    /// let worker = std::thread::spawn(move || job.into_inner());
    /// queue.join_blocking();
    /// assert_eq!(worker.join().unwrap(), 7);
    /// ```
    pub fn into_owned(self) -> Job<'static, T>
    where
        T: 'static,
    {
        let JobParts { taken, link } = self.take();
        JobParts { taken, link: link.into_owned() }.into_job()
    }

    /// How often the item was handed out, this time included: 1, and one more for each time that its job was dropped and it
    /// came back.
    ///
    /// It comes back only in a queue with [`retries`](crate::queue::Builder::retries). [`requeue`](Self::requeue) is no failure, and
    /// leaves it as it is.
    pub fn attempt(&self) -> u32 {
        self.parts().taken.attempt
    }

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
        let JobParts { taken: Taken { item, attempt }, link } = self.take();
        let put = link.get().try_put(item, Origin::Requeued(attempt));
        put.map_err(|error| {
            let (full, item) = (error.is_full(), error.into_inner());
            let job = JobParts { taken: Taken { item, attempt }, link }.into_job();
            if full { TryPutError::Full(job) } else { TryPutError::ShutDown(job) }
        })
    }
}

impl<T> Deref for Job<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.parts().taken.item
    }
}

impl<T> DerefMut for Job<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.in_hand.as_mut().expect("a job has its item").taken.item
    }
}

impl<T> Drop for Job<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(JobParts { taken, link }) = self.in_hand.take() {
            link.get().abandon(taken);
        }
    }
}

impl<T> fmt::Debug for Job<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").finish_non_exhaustive()
    }
}
