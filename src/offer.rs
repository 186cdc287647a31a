//! Sending where a full channel has an answer of its own.

use crate::error::TrySendError;
use crate::futures::Sending;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::sender::Sender;
use crate::wait::{Attempt, Outcome, Wait};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Sender<T> {
    /// Sends a message; what happens if there is no room was chosen when the channel was built: see
    /// [`Overflow`](crate::Overflow).
    ///
    /// `Ok(None)`: the message was sent. `Ok(Some(displaced))`: the oldest message was displaced by
    /// it, or under [`DropNewest`](crate::Overflow::DropNewest) it is the message itself, which was
    /// not sent. It waits for room under [`Wait`](crate::Overflow::Wait) only.
    ///
    /// # Errors
    /// - [`TrySendError::Full`] with the message if the channel is full, under
    ///   [`Refuse`](crate::Overflow::Refuse) only.
    /// - [`TrySendError::Closed`] with the message if the channel is closed, or gets closed while
    ///   this waits.
    ///
    /// # Cancel safety
    /// As with [`send`](Self::send): dropped before it is complete, the message was not sent, and
    /// nothing was displaced.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::{Builder, Overflow};
    ///
    /// let latest = Builder::new().capacity(2).overflow(Overflow::DropOldest);
    /// let (sender, receiver) = latest.build().unwrap();
    /// assert_eq!(sender.offer(1).await, Ok(None));
    /// assert_eq!(sender.offer(2).await, Ok(None));
    /// assert_eq!(sender.offer(3).await, Ok(Some(1)));
    /// assert_eq!(receiver.recv().await, Ok(2));
    /// # });
    /// ```
    #[inline]
    pub fn offer(&self, message: T) -> Offer<'_, T> {
        Offer(Wait::new(Offering(Sending::new(&self.channel, Some(message)))))
    }

    /// As [`offer`](Self::offer), on a thread, which sleeps where the policy is to wait.
    ///
    /// Don't call it in async code: it may block the executor.
    ///
    /// # Errors
    /// - [`TrySendError::Full`] with the message if the channel is full, under
    ///   [`Refuse`](crate::Overflow::Refuse) only.
    /// - [`TrySendError::Closed`] with the message if the channel is closed, or gets closed while
    ///   this waits.
    ///
    /// ```
    /// use forebay::{Builder, Overflow, TrySendError};
    ///
    /// let strict = Builder::new().capacity(1).overflow(Overflow::Refuse);
    /// let (sender, _receiver) = strict.build().unwrap();
    /// assert_eq!(sender.offer_blocking(1), Ok(None));
    /// assert_eq!(sender.offer_blocking(2), Err(TrySendError::Full(2)));
    /// ```
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn offer_blocking(&self, message: T) -> Result<Option<T>, TrySendError<T>> {
        self.offer(message).0.block()
    }
}

/// An attempt to send that returns what it displaces.
pub(crate) struct Offering<'a, T>(pub(crate) Sending<'a, T>);

impl<T> Attempt for Offering<'_, T> {
    type Output = Result<Option<T>, TrySendError<T>>;
    type Seen = <Sending<'static, T> as Attempt>::Seen;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Self::Seen> {
        assert!(self.0.message.is_some(), "`Offer` polled after completion");
        let mut displaced = None;
        let sent = self.0.offer(&mut displaced);
        sent.map(|sent| sent.map(|()| displaced))
    }

    fn gate(&self) -> &Gate {
        self.0.gate()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.0.patience()
    }

    fn gives_way(&self) -> bool {
        self.0.channel.offer_gives_way()
    }

    fn begin_turn(&self, overtakes: bool) {
        self.0.begin_turn(overtakes);
    }

    fn raise(&self, full: Self::Seen) -> bool {
        self.0.raise(full)
    }

    fn raises_early(&self, seen: &Self::Seen) -> bool {
        self.0.raises_early(seen)
    }

    fn hand_on(&self) {
        self.0.hand_on();
    }
}

/// Sends a message; what happens if there is no room was chosen when the channel was built.
///
/// Made by [`Sender::offer`](crate::Sender::offer).
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// Dropping the future before it is complete means: not sent, and nothing displaced. The message is
/// dropped with it, unless [`into_inner`](Self::into_inner) takes it back out.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Offer<'a, T>(Wait<Offering<'a, T>>);

impl<T> Offer<'_, T> {
    /// Gives up, and gives back the message if it was not sent.
    ///
    /// `None` after the future is complete: the message was sent, or returned.
    pub fn into_inner(mut self) -> Option<T> {
        self.0.attempt.0.message.take()
    }
}

// The message is moved out of the future, never pinned in it.
impl<T> Unpin for Offer<'_, T> {}

impl<T> Future for Offer<'_, T> {
    type Output = Result<Option<T>, TrySendError<T>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx)
    }
}

impl<T> fmt::Debug for Offer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").finish_non_exhaustive()
    }
}
