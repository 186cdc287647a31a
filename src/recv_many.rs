//! Receiving many messages by one operation.

use crate::buffer::{PopError, Position};
use crate::channel::Channel;
use crate::error::{RecvError, TryRecvError};
use crate::futures::Receiving;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::receiver::Receiver;
use crate::streaming::Streaming;
use crate::sync::Backoff;
use crate::wait::{self, Attempt, Outcome, Wait};
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Receiver<T> {
    /// Receives up to `limit` messages that are there, and waits for the first one while the
    /// channel is empty. They are added to `messages`; `Ok` says how many, and is zero only if
    /// `limit` is.
    ///
    /// What is there in a row is claimed at once, so many messages cost hardly more than one.
    ///
    /// # Errors
    /// [`RecvError`] if the channel is closed and empty.
    ///
    /// # Fairness
    /// As with [`recv`](Self::recv).
    ///
    /// # Cancel safety
    /// Dropping the future loses no message: it takes them only in the poll that returns them.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(10);
    /// for number in 0..5 {
    ///     sender.send(number).await?;
    /// }
    /// let mut batch = Vec::new();
    /// assert_eq!(receiver.recv_many(&mut batch, 3).await, Ok(3));
    /// assert_eq!(receiver.recv_many(&mut batch, 3).await, Ok(2));
    /// assert_eq!(batch, [0, 1, 2, 3, 4]);
    /// # Ok::<(), forebay::SendError<i32>>(()) }).unwrap();
    /// ```
    pub fn recv_many<'a>(&'a self, messages: &'a mut Vec<T>, limit: usize) -> RecvMany<'a, T> {
        let receiving = Receiving { channel: &self.channel };
        RecvMany(Wait::new(ReceivingMany { receiving, messages, limit }))
    }

    /// Receives up to `limit` messages if there are any at once. They are added to `messages`; `Ok`
    /// says how many, and is zero only if `limit` is.
    ///
    /// # Errors
    /// As [`try_recv`](Self::try_recv).
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(10);
    /// sender.try_send(1).unwrap();
    /// sender.try_send(2).unwrap();
    /// let mut batch = Vec::new();
    /// assert_eq!(receiver.try_recv_many(&mut batch, 10), Ok(2));
    /// assert_eq!(receiver.try_recv_many(&mut batch, 10), Err(forebay::TryRecvError::Empty));
    /// assert_eq!(batch, [1, 2]);
    /// ```
    pub fn try_recv_many(
        &self,
        messages: &mut Vec<T>,
        limit: usize,
    ) -> Result<usize, TryRecvError> {
        let mut backoff = Backoff::default();
        loop {
            match pop_many(&self.channel, messages, limit) {
                Ok(count) => return Ok(count),
                Err(PopError::Empty(_)) => return Err(TryRecvError::Empty),
                Err(PopError::Closed) => return Err(TryRecvError::Closed),
                Err(PopError::Busy) => backoff.wait(),
            }
        }
    }

    /// As [`recv_many`](Self::recv_many), on a thread, which sleeps while the channel is empty.
    ///
    /// Don't call it in async code: it blocks the executor.
    ///
    /// # Errors
    /// [`RecvError`] if the channel is closed and empty.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn recv_many_blocking(
        &self,
        messages: &mut Vec<T>,
        limit: usize,
    ) -> Result<usize, RecvError> {
        self.recv_many(messages, limit).0.block()
    }

    /// As [`recv_many`](Self::recv_many), for code that polls. The wait is that of the stream that
    /// this receiver is, and lasts from poll to poll, as with [`poll_recv`](Self::poll_recv).
    ///
    /// # Errors
    /// [`RecvError`] if the channel is closed and empty.
    pub fn poll_recv_many(
        &mut self,
        cx: &mut Context<'_>,
        messages: &mut Vec<T>,
        limit: usize,
    ) -> Poll<Result<usize, RecvError>> {
        let Self { channel, stage, .. } = self;
        let receiving = Streaming(Receiving { channel });
        wait::poll(&mut ReceivingMany { receiving, messages, limit }, stage, cx)
    }

    /// Receives a message, for code that polls. While it is pending the task is woken when it
    /// should poll again.
    ///
    /// It is the [`Stream`](futures_core::Stream) that this receiver is, with an error for its end:
    /// a message that a waiting [`recv`](Self::recv) takes does not wake it.
    ///
    /// # Errors
    /// [`RecvError`] if the channel is closed and empty.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, mut receiver) = forebay::bounded(1);
    /// sender.send(1).await.unwrap();
    /// let message = core::future::poll_fn(|cx| receiver.poll_recv(cx)).await;
    /// assert_eq!(message, Ok(1));
    /// # });
    /// ```
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, RecvError>> {
        let Self { channel, stage, ended } = self;
        let message = wait::poll(&mut Streaming(Receiving { channel }), stage, cx);
        if let Poll::Ready(message) = &message {
            *ended = message.is_err();
        }
        message
    }
}

fn pop_many<T>(
    channel: &Channel<T>,
    messages: &mut Vec<T>,
    limit: usize,
) -> Result<usize, PopError> {
    if limit == 0 { Ok(0) } else { channel.pop_many(messages, limit) }
}

/// An attempt to receive many: where and how it waits is that of an attempt to receive one.
struct ReceivingMany<'m, T, A> {
    receiving: A,
    messages: &'m mut Vec<T>,
    limit: usize,
}

/// What receives from a channel.
trait Receives<T>: Attempt<Seen = Position> {
    fn channel(&self) -> &Channel<T>;
}

impl<T> Receives<T> for Receiving<'_, T> {
    fn channel(&self) -> &Channel<T> {
        self.channel
    }
}

impl<T> Receives<T> for Streaming<'_, T> {
    fn channel(&self) -> &Channel<T> {
        self.0.channel
    }
}

impl<T, A: Receives<T>> Attempt for ReceivingMany<'_, T, A> {
    type Output = Result<usize, RecvError>;
    type Seen = Position;

    fn attempt(&mut self) -> Outcome<Self::Output, Position> {
        match pop_many(self.receiving.channel(), self.messages, self.limit) {
            Ok(count) => Outcome::Done(Ok(count)),
            Err(PopError::Closed) => Outcome::Done(Err(RecvError)),
            Err(PopError::Busy) => Outcome::Busy,
            Err(PopError::Empty(tail)) => Outcome::Blocked(tail),
        }
    }

    fn gate(&self) -> &Gate {
        self.receiving.gate()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.receiving.patience()
    }

    fn gives_way(&self) -> bool {
        self.receiving.gives_way()
    }

    fn begin_turn(&self, overtakes: bool) {
        self.receiving.begin_turn(overtakes);
    }

    fn raise(&self, empty: Position) -> bool {
        self.receiving.raise(empty)
    }

    fn raises_early(&self, empty: &Position) -> bool {
        self.receiving.raises_early(empty)
    }

    fn hand_on(&self) {
        self.receiving.hand_on();
    }
}

/// Receives many messages, and waits for the first one while the channel is empty.
///
/// Made by [`Receiver::recv_many`].
///
/// # Cancel safety
/// Dropping the future loses no message.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct RecvMany<'a, T>(Wait<ReceivingMany<'a, T, Receiving<'a, T>>>);

impl<T> Future for RecvMany<'_, T> {
    type Output = Result<usize, RecvError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx)
    }
}

impl<T> fmt::Debug for RecvMany<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvMany").finish_non_exhaustive()
    }
}
