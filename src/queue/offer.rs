//! Putting where a full queue has an answer of its own.

use super::error::TryPutError;
use super::futures::Putting;
use super::handle::Queue;
use super::store::{Origin, Refusal, Seen, ShutDown};
use crate::gate::Gate;
use crate::patience::Patient;
use crate::wait::{Attempt, Outcome, Wait};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Queue<T> {
    /// Puts an item; what happens if there is no room was chosen when the queue was
    /// [built](crate::queue::Builder::overflow).
    ///
    /// `Ok(None)`: the item was put. `Ok(Some(displaced))`: another one was displaced by it, or it
    /// was displaced itself; what is displaced is done, and [`join`](Self::join) does not wait for
    /// it. It waits for room under [`Wait`](crate::Overflow::Wait) only. [`put`](Self::put) and
    /// [`try_put`](Self::try_put) obey the policy as far as they can say so, as
    /// [`Overflow`](crate::Overflow) has it: they drop what is displaced, and `put` refuses
    /// nothing.
    ///
    /// # Errors
    /// - [`TryPutError::Full`] with the item if the queue is full, under
    ///   [`Refuse`](crate::Overflow::Refuse) only.
    /// - [`TryPutError::ShutDown`] with the item if the queue is shut down, or gets shut down
    ///   while this waits.
    ///
    /// # Cancel safety
    /// As with [`put`](Self::put): dropped before it is complete, the item was not put, and
    /// nothing was displaced.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::Overflow;
    /// use forebay::queue::Builder;
    ///
    /// let queue = Builder::new().maxsize(1).overflow(Overflow::DropOldest).fifo().unwrap();
    /// assert_eq!(queue.offer("old").await, Ok(None));
    /// assert_eq!(queue.offer("new").await, Ok(Some("old")));
    /// assert_eq!(queue.unfinished(), 1);
    /// # });
    /// ```
    pub fn offer(&self, item: T) -> Offer<'_, T> {
        Offer(Wait::new(Offering(Putting { shared: &self.shared, item: Some(item) })))
    }

    /// As [`offer`](Self::offer), on a thread, which sleeps where the policy is to wait.
    ///
    /// Don't call it in async code: it may block the executor.
    ///
    /// # Errors
    /// - [`TryPutError::Full`] with the item if the queue is full, under
    ///   [`Refuse`](crate::Overflow::Refuse) only.
    /// - [`TryPutError::ShutDown`] with the item if the queue is shut down, or gets shut down
    ///   while this waits.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn offer_blocking(&self, item: T) -> Result<Option<T>, TryPutError<T>> {
        self.offer(item).0.block()
    }
}

/// An attempt to put the item in hand that returns what it displaces.
#[derive(Debug)]
pub(super) struct Offering<'a, T>(pub(super) Putting<'a, T>);

impl<T> Attempt for Offering<'_, T> {
    type Output = Result<Option<T>, TryPutError<T>>;
    type Seen = Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        let Putting { shared, item } = &mut self.0;
        assert!(item.is_some(), "`Offer` polled after completion");
        let mut displaced = shared.nothing_displaced();
        let put = shared.put(item, Origin::New, &mut displaced);
        match put {
            Outcome::Done(Ok(())) => Outcome::Done(Ok(displaced.into_inner())),
            Outcome::Done(Err(ShutDown)) => refused(Refusal::ShutDown, item),
            Outcome::Blocked(_) if shared.refuses => {
                shared.store().count_refused(1);
                refused(Refusal::Full, item)
            }
            Outcome::Blocked(seen) => Outcome::Blocked(seen),
            Outcome::Busy => Outcome::Busy,
        }
    }

    fn gate(&self) -> &Gate {
        self.0.gate()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.0.patience()
    }

    fn gives_way(&self) -> bool {
        self.0.shared.store().offer_gives_way()
    }

    fn begin_turn(&self, overtakes: bool) {
        self.0.begin_turn(overtakes);
    }

    fn raise(&self, seen: Seen) -> bool {
        self.0.raise(seen)
    }

    fn hand_on(&self) {
        self.0.hand_on();
    }
}

fn refused<T>(
    refusal: Refusal,
    item: &mut Option<T>,
) -> Outcome<<Offering<'_, T> as Attempt>::Output, Seen> {
    Outcome::Done(Err(refusal.of(item.take().expect("what is not put stays"))))
}

/// Puts an item; what happens if there is no room was chosen when the queue was built.
///
/// Made by [`Queue::offer`].
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// Dropping the future before it is complete means: not put, and nothing displaced. The item is
/// dropped with it, unless [`into_inner`](Self::into_inner) takes it back out.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Offer<'a, T>(Wait<Offering<'a, T>>);

impl<T> Offer<'_, T> {
    /// Gives up, and gives back the item if it was not put.
    ///
    /// `None` after the future is complete: the item was put, or returned.
    pub fn into_inner(mut self) -> Option<T> {
        self.0.attempt.0.item.take()
    }
}

// The item is moved out of the future, never pinned in it.
impl<T> Unpin for Offer<'_, T> {}

impl<T> Future for Offer<'_, T> {
    type Output = Result<Option<T>, TryPutError<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx)
    }
}

impl<T> fmt::Debug for Offer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").finish_non_exhaustive()
    }
}
