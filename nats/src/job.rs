//! An item in hand.

use crate::core::Core;
use crate::fault::Fault;
use crate::intake::Delivered;
use crate::settle::{Reason, Settlement, Verdict};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

/// An item that was taken from a queue and is not done yet. It derefs to the item.
///
/// [`done`](Self::done) marks it as done. A drop, be it by a panic or by the cancellation of the
/// worker, gives it back in a queue with [`retries`](crate::Builder::retries), and marks it as done
/// in one without. The job of a process that is *killed* always comes back, when its
/// [`lease`](crate::Builder::lease) is over.
///
/// The server is told in the background, again and again until it confirms:
/// [`done_confirmed`](Self::done_confirmed) waits for that, and
/// [`Queue::flush`](crate::Queue::flush) for all. A process that ends before it does a job twice,
/// never less than once.
///
/// A job that is leaked (`mem::forget`) is in hand for as long as its process lives.
#[must_use = "a job that is dropped counts as done, or goes back to its queue"]
pub struct Job<T> {
    item: T,
    ticket: Ticket,
}

impl<T> Job<T> {
    pub(crate) fn new(core: &Arc<Core>, item: T, delivered: Delivered) -> Self {
        Self { item, ticket: Ticket { core: Arc::clone(core), delivered: Some(delivered) } }
    }

    /// Marks the item as done, and drops it.
    pub fn done(self) {
        let (item, ticket) = self.split();
        drop(item);
        ticket.done();
    }

    /// Marks the item as done, and returns when the server has it.
    ///
    /// # Errors
    /// [`Fault`] if the server has not confirmed it in the queue's
    /// [`timeout`](crate::Builder::timeout). It may be done all the same, or come back.
    ///
    /// # Cancel safety
    /// The server is told from the first poll on, also if the future is dropped then.
    pub async fn done_confirmed(self) -> Result<(), Fault> {
        let (item, ticket) = self.split();
        drop(item);
        ticket.done_confirmed().await
    }

    /// Takes the item out, and marks it as done.
    pub fn into_inner(self) -> T {
        let (item, ticket) = self.split();
        ticket.done();
        item
    }

    /// Takes the item out, which stays unfinished: the ticket is what can be done, or come back.
    pub fn split(self) -> (T, Ticket) {
        (self.item, self.ticket)
    }

    /// How often workers had the item in hand, this time included: 1 at first.
    ///
    /// Whatever made the item come back counts. It can be 2 for the first worker if a process was
    /// killed or cut off in which the item waited for one; after a crash of the server it can be
    /// less than it should.
    pub fn attempt(&self) -> u32 {
        self.ticket.attempt()
    }

    /// Gives the item back, in a queue without retries too. It comes out again at once, before new
    /// items, as the item that was put, whatever was changed here. It counts as an attempt.
    pub fn requeue(self) {
        self.ticket.requeue();
    }

    /// As [`requeue`](Self::requeue), but it does not come out before this time is over. It stays
    /// inside meanwhile.
    pub fn requeue_after(self, delay: Duration) {
        self.ticket.requeue_after(delay);
    }

    /// Whether the server may have handed the item to another worker: it has confirmed no sign of
    /// life of this process for the length of a [`lease`](crate::Builder::lease), by the clock of
    /// this machine.
    ///
    /// Ask it before a step that must not be done twice. `done` is right all the same: then the
    /// item is done.
    pub fn lease_lost(&self) -> bool {
        self.ticket.lease_lost()
    }
}

impl<T> Deref for Job<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T> DerefMut for Job<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.item
    }
}

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("attempt", &self.attempt()).finish_non_exhaustive()
    }
}

/// The other half of a [`Job`] whose item was taken out. Made by [`Job::split`].
///
/// Dropped, it does what a dropped job does.
#[must_use = "a ticket that is dropped counts as done, or gives the item back to its queue"]
pub struct Ticket {
    core: Arc<Core>,
    /// `None` once it is settled.
    delivered: Option<Delivered>,
}

impl Ticket {
    /// Marks the item as done.
    pub fn done(mut self) {
        self.settle(Verdict::Done, None);
    }

    /// As [`Job::done_confirmed`].
    ///
    /// # Errors
    /// As there.
    pub async fn done_confirmed(mut self) -> Result<(), Fault> {
        let (told, outcome) = forebay::bounded(1);
        self.settle(Verdict::Done, Some(told));
        // It is told for certain, unless the runtime is gone.
        outcome.recv().await.unwrap_or(Err(Fault::Disconnected))
    }

    /// As [`Job::requeue`].
    pub fn requeue(mut self) {
        self.settle(Verdict::Again(None), None);
    }

    /// As [`Job::requeue_after`].
    pub fn requeue_after(mut self, delay: Duration) {
        self.settle(Verdict::Again(Some(delay)), None);
    }

    /// A job again.
    pub fn into_job<T>(self, item: T) -> Job<T> {
        Job { item, ticket: self }
    }

    /// As [`Job::attempt`].
    pub fn attempt(&self) -> u32 {
        self.delivered().attempts
    }

    /// As [`Job::lease_lost`].
    pub fn lease_lost(&self) -> bool {
        self.delivered().held.is_lost()
    }

    fn delivered(&self) -> &Delivered {
        self.delivered.as_ref().expect("a ticket is settled last")
    }

    fn settle(&mut self, verdict: Verdict, told: Option<forebay::Sender<Result<(), Fault>>>) {
        if let Some(delivered) = self.delivered.take() {
            self.core.settle(Settlement { verdict, delivered, told });
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(delivered) = &self.delivered else { return };
        let verdict = match self.core.settings.retries {
            None => Verdict::Done,
            Some(_) if self.core.exhausted(delivered.attempts.saturating_add(1)) => {
                Verdict::Dead(Reason::Exhausted)
            }
            Some(_) => Verdict::Again(None),
        };
        self.settle(verdict, None);
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").finish_non_exhaustive()
    }
}
