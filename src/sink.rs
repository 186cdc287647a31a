//! A sender that is polled until there is room, and then given the message.

use crate::error::{ReserveError, SendError};
use crate::reserve::Reserving;
use crate::sender::Sender;
use crate::wait::{self, Stage};
use core::fmt;
use core::task::{Context, Poll, ready};

/// A sender for code that polls: [`poll_reserve`](Self::poll_reserve) waits for room and reserves
/// it, [`send_reserved`](Self::send_reserved) sends into it. tower's `poll_ready` and `call` are
/// the same two steps.
///
/// Made by [`Sender::into_sink`]. With the feature `sink` it is a `futures_sink::Sink`. It counts
/// as a sender; a clone has reserved nothing.
///
/// ```
/// # futures_lite::future::block_on(async {
/// let (sender, receiver) = forebay::bounded(1);
/// let mut sink = sender.into_sink();
/// core::future::poll_fn(|cx| sink.poll_reserve(cx)).await.unwrap();
/// sink.send_reserved(1).unwrap();
/// assert_eq!(receiver.recv().await, Ok(1));
/// # });
/// ```
pub struct SendSink<T> {
    /// `None` once closed from this side.
    sender: Option<Sender<T>>,
    stage: Stage,
    reserved: bool,
}

impl<T> Sender<T> {
    /// A sender for code that polls, and for `Sink` with the feature of that name.
    pub fn into_sink(self) -> SendSink<T> {
        SendSink { sender: Some(self), stage: Stage::default(), reserved: false }
    }
}

impl<T> SendSink<T> {
    /// Ready once room for one message is reserved; at once if it is already. While it is pending
    /// the task is woken when it should poll again.
    ///
    /// # Errors
    /// - [`ReserveError::Closed`] if the channel is closed, or this sink is.
    /// - [`ReserveError::TooMany`] in a channel that is bounded by weight, and where 4095 (15 on a
    ///   32-bit machine) are reserved already.
    pub fn poll_reserve(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ReserveError>> {
        let Some(sender) = &self.sender else {
            return Poll::Ready(Err(ReserveError::Closed));
        };
        if self.reserved && !sender.is_closed() {
            return Poll::Ready(Ok(()));
        }
        self.give_up_room();
        let Self { sender: Some(sender), stage, reserved } = self else {
            return Poll::Ready(Err(ReserveError::Closed));
        };
        ready!(wait::poll(&mut Reserving { channel: &sender.channel, n: 1 }, stage, cx))?.keep();
        *reserved = true;
        Poll::Ready(Ok(()))
    }

    /// Sends the message into the room that [`poll_reserve`](Self::poll_reserve) has reserved.
    ///
    /// # Errors
    /// [`SendError`] with the message if the channel is closed by now, or this sink is.
    ///
    /// # Panics
    /// If nothing is reserved.
    #[track_caller]
    pub fn send_reserved(&mut self, message: T) -> Result<(), SendError<T>> {
        let Some(sender) = &self.sender else {
            return Err(SendError(message));
        };
        assert!(self.reserved, "`send_reserved` without a `poll_reserve` that was ready");
        self.reserved = false;
        sender.channel.send_reserved(message)
    }

    /// Gives back what is reserved, and the place in the line: a sink that may not be polled again
    /// for long should not keep either.
    pub fn abort_reserve(&mut self) {
        self.give_up_room();
        if let Some(sender) = &self.sender {
            wait::leave(&Reserving { channel: &sender.channel, n: 1 }, &mut self.stage);
        }
    }

    /// Ends this sink: its sender goes, and the channel is closed if it was the last.
    pub fn close(&mut self) {
        self.abort_reserve();
        self.sender = None;
    }

    /// The sender; `None` once this sink is closed.
    pub fn sender(&self) -> Option<&Sender<T>> {
        self.sender.as_ref()
    }

    /// The sender; `None` once this sink is closed. What is reserved is given back.
    pub fn into_inner(mut self) -> Option<Sender<T>> {
        self.abort_reserve();
        self.sender.take()
    }

    fn give_up_room(&mut self) {
        if let (true, Some(sender)) = (core::mem::take(&mut self.reserved), &self.sender) {
            sender.channel.release(1);
        }
    }
}

impl<T> Clone for SendSink<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), stage: Stage::default(), reserved: false }
    }
}

impl<T> Drop for SendSink<T> {
    fn drop(&mut self) {
        self.abort_reserve();
    }
}

impl<T> fmt::Debug for SendSink<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendSink").field("reserved", &self.reserved).finish_non_exhaustive()
    }
}

#[cfg(feature = "sink")]
mod futures {
    use super::{Context, Poll, SendSink};
    use crate::error::SinkError;
    use core::pin::Pin;
    use futures_sink::Sink;

    /// Nothing is kept on this side of the channel, so a flush is ready at once: a message is sent
    /// when it is given.
    ///
    /// An error of `poll_ready` is [`SinkError::Reserve`], for there is no message yet; one of
    /// `start_send` gives it back.
    impl<T> Sink<T> for SendSink<T> {
        type Error = SinkError<T>;

        fn poll_ready(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Result<(), Self::Error>> {
            self.poll_reserve(cx).map_err(SinkError::Reserve)
        }

        fn start_send(mut self: Pin<&mut Self>, message: T) -> Result<(), Self::Error> {
            self.send_reserved(message).map_err(SinkError::Send)
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn poll_close(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Result<(), Self::Error>> {
            self.close();
            Poll::Ready(Ok(()))
        }
    }
}
