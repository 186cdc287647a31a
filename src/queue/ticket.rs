//! A job without its item.

use super::job::{Job, JobParts};
use super::requeue::Requeue;
use super::shared::Link;
use super::store::Tag;
use core::fmt;

impl<'a, T> Job<'a, T> {
    /// Takes the item out, to be worked on by value; the [`Ticket`] keeps it unfinished.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(1);
    /// queue.try_put(String::from("dig")).unwrap();
    /// let (item, ticket) = queue.try_get().unwrap().split();
    /// let report = item + " deeper";
    /// assert_eq!(queue.unfinished(), 1);
    /// ticket.done();
    /// assert_eq!((report.as_str(), queue.unfinished()), ("dig deeper", 0));
    /// ```
    pub fn split(self) -> (T, Ticket<'a, T>) {
        let JobParts { item, tag, link } = self.take();
        (item, Ticket::new(tag, link))
    }
}

/// Keeps an item unfinished that was [taken out of its job](crate::queue::Job::split).
///
/// A drop does what the drop of a job does, as far as it can without the item: in a queue without
/// [`retries`](crate::queue::Builder::retries) the item is done. In a queue with retries the item
/// has failed, whatever attempts it had left, and counts as [failed](crate::queue::Stats::failed);
/// there is no dead letter of it, for there is nothing to put into it.
///
/// Nothing checks that what is put back is the item that was taken out. So a worker may put back
/// what is left of it.
///
/// ```
/// # futures_lite::future::block_on(async {
/// # async fn render(page: String) -> Result<(), String> { Err(page) }
/// let queue = forebay::queue::Builder::new().retries(1).fifo().unwrap();
/// queue.put(String::from("index")).await.unwrap();
/// let (page, ticket) = queue.get().await.unwrap().split();
/// match render(page).await {
///     Ok(()) => ticket.done(),
///     Err(page) => ticket.fail(page),
/// }
/// assert_eq!(queue.get().await.unwrap().attempt(), 2);
/// # });
/// ```
#[must_use = "a ticket that is dropped marks its item as done, or as failed"]
pub struct Ticket<'a, T> {
    tag: Tag,
    /// `None` once the ticket is spent, which is when its last owner goes.
    link: Option<Link<'a, T>>,
}

impl<'a, T> Ticket<'a, T> {
    pub(super) fn new(tag: Tag, link: Link<'a, T>) -> Self {
        Self { tag, link: Some(link) }
    }

    fn link(&mut self) -> Link<'a, T> {
        self.link.take().expect("a ticket has its queue")
    }

    /// Marks the item as done.
    pub fn done(mut self) {
        self.link().get().finish();
    }

    /// A job again, with this item.
    pub fn into_job(mut self, item: T) -> Job<'a, T> {
        JobParts { item, tag: self.tag, link: self.link() }.into_job()
    }

    /// Ends this attempt as failed, as [`Job::fail`].
    ///
    /// # Panics
    /// As the drop of a job.
    #[cfg(feature = "std")]
    pub fn fail(self, item: T) {
        self.into_job(item).fail();
    }

    /// Gives the item back to its place, as [`Job::give_back`].
    ///
    /// # Panics
    /// As [`Job::give_back`].
    #[cfg(feature = "std")]
    pub fn give_back(self, item: T) {
        self.into_job(item).give_back();
    }

    /// Puts the item back, and waits for room first while the queue is full, as [`Job::requeue`].
    ///
    /// # Errors
    /// [`PutError`](crate::queue::PutError) with the job if the queue is shut down, or gets shut
    /// down while this waits.
    ///
    /// # Cancel safety
    /// As [`Job::requeue`].
    pub fn requeue(self, item: T) -> Requeue<'a, T> {
        self.into_job(item).requeue()
    }

    /// A ticket that owns a share of its queue instead of borrowing it.
    pub fn into_owned<'b>(mut self) -> Ticket<'b, T>
    where
        T: 'b,
    {
        Ticket::new(self.tag, self.link().into_owned())
    }

    /// How often the item was handed out, as [`Job::attempt`].
    pub fn attempt(&self) -> u32 {
        self.tag.attempt
    }
}

impl<T> Drop for Ticket<'_, T> {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.get().abandon_ticket();
        }
    }
}

impl<T> fmt::Debug for Ticket<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").finish_non_exhaustive()
    }
}
