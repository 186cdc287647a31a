//! The futures: each is the wait loop with an attempt of its own.

use crate::buffer::{PopError, Position};
use crate::channel::Channel;
use crate::error::{RecvError, SendError, TrySendError};
use crate::gate::Gate;
use crate::patience::Patient;
use crate::wait::{Attempt, Outcome, Wait};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// An attempt to send the message in hand.
pub(crate) struct Sending<'a, T> {
    pub(crate) channel: &'a Channel<T>,
    pub(crate) message: Option<T>,
}

impl<'a, T> Sending<'a, T> {
    pub(crate) fn new(channel: &'a Channel<T>, message: Option<T>) -> Self {
        Self { channel, message }
    }

    /// The patience of its side, for as long as there is the sender.
    pub(crate) fn of_senders(&self) -> Patient<'a> {
        self.channel.patience.of_senders()
    }
}

impl<T> Sending<'_, T> {
    /// One attempt as the overflow policy says.
    #[inline]
    pub(crate) fn offer(&mut self, displaced: &mut Option<T>) -> Offered<T> {
        self.channel.offer(&mut self.message, displaced)
    }
}

/// What an attempt to send came to, also where the channel was full.
pub(crate) type Offered<T> = Outcome<Result<(), TrySendError<T>>, Position>;

impl<T> Attempt for Sending<'_, T> {
    type Output = Result<(), SendError<T>>;
    type Seen = Position;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Position> {
        assert!(self.message.is_some(), "`Send` polled after completion");
        let sent = self.channel.send(&mut self.message, &mut None);
        sent.map(|sent| sent.map_err(|error| SendError(error.into_inner())))
    }

    #[inline]
    fn attempt_fast(&mut self) -> Option<Self::Output> {
        match self.channel.push_fast(self.message.take()?, true) {
            Ok(()) => Some(Ok(())),
            Err(message) => {
                self.message = Some(message);
                None
            }
        }
    }

    fn gate(&self) -> &Gate {
        &self.channel.vacancies
    }

    fn patience(&self) -> Option<Patient<'_>> {
        Some(self.of_senders())
    }

    #[inline]
    fn gives_way(&self) -> bool {
        self.channel.send_gives_way()
    }

    #[inline]
    fn begin_turn(&self, overtakes: bool) {
        self.channel.begin_send_turn(overtakes);
    }

    fn raise(&self, full: Position) -> bool {
        self.channel.raise_vacancies(full, self.message.as_ref())
    }

    fn raises_early(&self, full: &Position) -> bool {
        // [early-open] neither a close nor a permit that is given back changes the word that this
        // raises.
        self.channel.is_full_of_messages(*full)
    }

    fn hand_on(&self) {
        self.channel.hand_on_vacancy();
    }
}

/// An attempt to receive.
pub(crate) struct Receiving<'a, T> {
    pub(crate) channel: &'a Channel<T>,
}

impl<'a, T> Receiving<'a, T> {
    /// The gate of the attempt, for as long as there is the receiver.
    pub(crate) fn arrivals(&self) -> &'a Gate {
        &self.channel.arrivals
    }

    /// The patience of its side, for as long as there is the receiver.
    pub(crate) fn of_receivers(&self) -> Patient<'a> {
        self.channel.patience.of_receivers()
    }

    /// Where streams make the attempt.
    pub(crate) fn streams(&self) -> &'a Gate {
        &self.channel.streams
    }
}

impl<T> Attempt for Receiving<'_, T> {
    type Output = Result<T, RecvError>;
    type Seen = Position;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Position> {
        match self.channel.pop() {
            Ok(message) => Outcome::Done(Ok(message)),
            Err(PopError::Closed) => Outcome::Done(Err(RecvError)),
            Err(PopError::Busy) => Outcome::Busy,
            Err(PopError::Empty(tail)) => Outcome::Blocked(tail),
        }
    }

    #[inline]
    fn attempt_fast(&mut self) -> Option<Self::Output> {
        self.channel.pop_fast(true).map(Ok)
    }

    fn gate(&self) -> &Gate {
        &self.channel.arrivals
    }

    fn patience(&self) -> Option<Patient<'_>> {
        Some(self.of_receivers())
    }

    #[inline]
    fn gives_way(&self) -> bool {
        self.channel.recv_gives_way(|| self.channel.len() != 0)
    }

    #[inline]
    fn begin_turn(&self, overtakes: bool) {
        self.channel.begin_recv_turn(overtakes);
    }

    fn raise(&self, empty: Position) -> bool {
        self.channel.raise_arrivals(empty)
    }

    fn raises_early(&self, _: &Position) -> bool {
        true
    }

    fn hand_on(&self) {
        self.channel.hand_on_arrival();
    }
}

/// An attempt to find the channel closed.
struct Closing<'a, T> {
    channel: &'a Channel<T>,
}

impl<T> Attempt for Closing<'_, T> {
    type Output = ();
    type Seen = ();

    fn attempt(&mut self) -> Outcome<(), ()> {
        if self.channel.is_closed() { Outcome::Done(()) } else { Outcome::Blocked(()) }
    }

    fn gate(&self) -> &Gate {
        &self.channel.closed
    }

    fn raise(&self, (): ()) -> bool {
        // A close wakes all waiters, announced or not.
        true
    }

    fn hand_on(&self) {}
}

/// Sends a message, and waits for room first while the channel is full.
///
/// Made by [`Sender::send`](crate::Sender::send).
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// Dropping the future before it is complete means: not sent. The message is dropped with it,
/// unless [`into_inner`](Self::into_inner) takes it back out.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Send<'a, T>(Wait<Sending<'a, T>>);

impl<'a, T> Send<'a, T> {
    pub(crate) fn new(channel: &'a Channel<T>, message: T) -> Self {
        Self(Wait::new(Sending { channel, message: Some(message) }))
    }

    /// Gives up, and gives back the message if it was not sent.
    ///
    /// `None` after the future is complete: the message was sent, or returned in the error.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use futures_lite::future;
    ///
    /// let (sender, receiver) = forebay::bounded(1);
    /// sender.send("first").await?;
    ///
    /// let mut second = sender.send("second");
    /// assert!(future::poll_once(&mut second).await.is_none());
    /// assert_eq!(second.into_inner(), Some("second"));
    /// assert_eq!(receiver.len(), 1);
    /// # Ok::<(), forebay::SendError<&str>>(()) }).unwrap();
    /// ```
    pub fn into_inner(mut self) -> Option<T> {
        self.0.attempt.message.take()
    }

    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub(crate) fn block(self) -> Result<(), SendError<T>> {
        self.0.block()
    }
}

// The message is moved out of the future, never pinned in it.
impl<T> Unpin for Send<'_, T> {}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), SendError<T>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx)
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Send").finish_non_exhaustive()
    }
}

/// Receives a message, and waits for one first while the channel is empty.
///
/// Made by [`Receiver::recv`](crate::Receiver::recv).
///
/// # Cancel safety
/// Dropping the future loses no message: it takes one out only in the poll that returns it. If it
/// had been woken for one, another receiver is woken in its place. Its place in the line is lost:
/// see the fairness of [`recv`](crate::Receiver::recv).
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Recv<'a, T>(Wait<Receiving<'a, T>>);

impl<'a, T> Recv<'a, T> {
    pub(crate) fn new(channel: &'a Channel<T>) -> Self {
        Self(Wait::new(Receiving { channel }))
    }

    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub(crate) fn block(self) -> Result<T, RecvError> {
        self.0.block()
    }
}

impl<T> Future for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx)
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recv").finish_non_exhaustive()
    }
}

/// Waits until the channel is closed.
///
/// Made by [`Sender::closed`](crate::Sender::closed).
///
/// # Cancel safety
/// Dropping the future has no effect.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Closed<'a, T>(Wait<Closing<'a, T>>);

impl<'a, T> Closed<'a, T> {
    pub(crate) fn new(channel: &'a Channel<T>) -> Self {
        Self(Wait::new(Closing { channel }))
    }
}

impl<T> Future for Closed<'_, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll(cx)
    }
}

impl<T> fmt::Debug for Closed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closed").finish_non_exhaustive()
    }
}
