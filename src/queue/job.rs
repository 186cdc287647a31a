//! An item that is worked on.

use super::error::{GetError, TryGetError};
use super::shared::{Link, Shared};
use super::store::{Entry, Freed, Seen, Tag};
use crate::sync::{Arc, Backoff, defer};
use crate::wait::Outcome;
use core::fmt;
use core::mem;
use core::ops::{Deref, DerefMut};

/// An item that was taken from a queue and is not done yet. It derefs to the item.
///
/// asyncio's `task_done()` is this guard: [`done`](Self::done) or a drop, be it by a panic or by
/// the cancellation of the worker, marks the item as done, and exactly once. The item is dropped
/// first, so that [`join`](crate::queue::Queue::join) returns when it is gone. In a queue with
/// [`retries`](crate::queue::Builder::retries) a drop is a failed attempt instead: the item comes
/// back, or is a [dead letter](crate::queue::Queue::dead_letters); [`done`](Self::done) and
/// [`into_inner`](Self::into_inner) mark it as done there too.
///
/// A job that is leaked (`mem::forget`) is never done, and `join` waits for ever; nothing else
/// does.
///
/// # Panics
/// Its drop panics where the item's does, or a waker, or in a queue with retries the comparison of
/// a priority or the callback for dead letters; the count is right all the same, and an item that
/// could not come back is a dead letter.
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
    pub(super) item: T,
    pub(super) tag: Tag,
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
    fn new(shared: &'a Arc<Shared<T>>, item: T, tag: Tag) -> Self {
        JobParts { item, tag, link: Link::Borrowed(shared) }.into_job()
    }

    /// Of its own, so that there are no more copies of a large item on the stack than need be.
    #[inline(never)]
    pub(super) fn get(shared: &'a Arc<Shared<T>>) -> Outcome<Result<Self, GetError>, Seen> {
        let mut freed = Freed::default();
        match shared.store().get(&shared.unfinished, &mut freed) {
            Outcome::Done(Some(Entry { item, tag, .. })) => {
                let job = Self::new(shared, item, tag);
                if freed == Freed::default() {
                    return Outcome::Done(Ok(job));
                }
                // From here on the item is safe, whatever panics.
                shared.store().tell(freed);
                Outcome::Done(Ok(job))
            }
            Outcome::Done(None) => Outcome::Done(Err(GetError)),
            Outcome::Blocked(seen) => Outcome::Blocked(seen),
            Outcome::Busy => Outcome::Busy,
        }
    }

    /// On the fast path.
    #[inline]
    pub(super) fn get_fast(shared: &'a Arc<Shared<T>>, in_turn: bool) -> Option<Self> {
        if !shared.storage.has_fast_path() {
            return None;
        }
        let item = shared.storage.get_fast(&shared.unfinished, in_turn)?;
        Some(Self::new(shared, item, Tag::FIRST))
    }

    #[inline]
    pub(super) fn try_get(shared: &'a Arc<Shared<T>>) -> Result<Self, TryGetError> {
        match Self::get_fast(shared, false) {
            Some(job) => Ok(job),
            None => Self::try_get_slow(shared),
        }
    }

    /// The slow path where nothing was got at once.
    #[inline(never)]
    fn try_get_slow(shared: &'a Arc<Shared<T>>) -> Result<Self, TryGetError> {
        let mut backoff = Backoff::default();
        loop {
            match Self::get(shared) {
                Outcome::Done(job) => return job.map_err(|GetError| TryGetError::ShutDown),
                Outcome::Busy if !shared.is_comparing() => backoff.wait(),
                Outcome::Blocked(_) | Outcome::Busy => return Err(TryGetError::Empty),
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
    #[doc(alias("task_done", "ack"))]
    pub fn done(self) {
        let JobParts { item, link, .. } = self.take();
        let _finish = defer(|| link.get().finish());
        drop(item);
    }

    /// Takes the item out, and marks it as done. To work on it first, [split](Self::split) the
    /// job.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(1);
    /// queue.try_put(7).unwrap();
    /// assert_eq!(queue.try_get().unwrap().into_inner(), 7);
    /// assert_eq!(queue.unfinished(), 0);
    /// ```
    #[inline]
    pub fn into_inner(self) -> T {
        let JobParts { item, link, .. } = self.take();
        link.get().finish();
        item
    }

    /// A job that owns a share of its queue instead of borrowing it: to be worked on by another
    /// task or thread.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(1);
    /// queue.try_put(7).unwrap();
    /// let job = queue.try_get().unwrap().into_owned();
    /// let worker = std::thread::spawn(move || job.into_inner());
    /// queue.join_blocking();
    /// assert_eq!(worker.join().unwrap(), 7);
    /// ```
    pub fn into_owned<'b>(self) -> Job<'b, T>
    where
        T: 'b,
    {
        let JobParts { item, tag, link } = self.take();
        JobParts { item, tag, link: link.into_owned() }.into_job()
    }

    /// How often the item was handed out, this time included: 1, and one more for each attempt
    /// that has failed.
    ///
    /// An item has more than one attempt only in a queue with
    /// [`retries`](crate::queue::Builder::retries). [`requeue`](Self::requeue) and
    /// [`give_back`](Self::give_back) are no failures, and leave it as it is.
    pub fn attempt(&self) -> u32 {
        self.parts().tag.attempt
    }

    /// Ends this attempt as failed: the item comes back for another one, at the end of the queue,
    /// or is a [dead letter](crate::queue::Queue::dead_letters) if there is no attempt left. In a
    /// queue without [`retries`](crate::queue::Builder::retries) there never is.
    ///
    /// # Panics
    /// As the drop of a job.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(1);
    /// queue.try_put("unreadable").unwrap();
    /// queue.try_get().unwrap().fail();
    /// assert_eq!(queue.dead_letters()[0].item, "unreadable");
    /// ```
    #[cfg(feature = "std")]
    #[doc(alias = "nack")]
    pub fn fail(self) {
        let JobParts { item, tag, link } = self.take();
        link.get().fail(item, tag);
    }

    /// Gives the job back as if it had not been got: it is handed out again in its place, before
    /// what came after it, and the attempt does not count. Never waits, and may exceed the size of
    /// the queue.
    ///
    /// In a queue without a lock, "in its place" is before everything that was not out yet, in the
    /// order of giving back. After a graceful shutdown it is handed out to the next that gets, or
    /// is left over; after an immediate one it is left over:
    /// [`Queue::shutdown`](crate::queue::Queue::shutdown).
    ///
    /// # Panics
    /// Where a waker does, or the comparison of a priority. In the latter case the item is a
    /// [dead letter](crate::queue::Queue::dead_letters).
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(2);
    /// queue.try_put(1).unwrap();
    /// queue.try_put(2).unwrap();
    /// queue.try_get().unwrap().give_back();
    /// assert_eq!(queue.try_get().unwrap().into_inner(), 1);
    /// ```
    #[cfg(feature = "std")]
    pub fn give_back(self) {
        let JobParts { item, tag, link } = self.take();
        link.get().give_back(item, tag);
    }
}

impl<T> Deref for Job<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.parts().item
    }
}

impl<T> DerefMut for Job<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.in_hand.as_mut().expect("a job has its item").item
    }
}

impl<T> Drop for Job<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(JobParts { item, tag, link }) = self.in_hand.take() {
            link.get().abandon(item, tag);
        }
    }
}

impl<T> fmt::Debug for Job<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").finish_non_exhaustive()
    }
}
