//! Futures that own their handle.

use crate::error::{RecvError, SendError};
use crate::futures::{Receiving, Sending};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::wait::{self, Stage};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Sender<T> {
    /// As [`send`](Self::send), by a future that owns the sender: it has a name and borrows
    /// nothing, so it can lie in a struct, or go to another task.
    ///
    /// # Errors
    /// [`SendError`] with the message if the channel is closed, or gets closed while this waits.
    ///
    /// # Cancel safety
    /// As with [`send`](Self::send); [`SendOwned::into_inner`] gives back message and sender.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(1);
    /// let send: forebay::SendOwned<i32> = sender.send_owned(1);
    /// assert_eq!(send.await, Ok(()));
    /// assert_eq!(receiver.recv().await, Ok(1));
    /// # });
    /// ```
    pub fn send_owned(self, message: T) -> SendOwned<T> {
        SendOwned { sender: self, message: Some(message), stage: Stage::default() }
    }
}

impl<T> Receiver<T> {
    /// As [`recv`](Self::recv), by a future that owns the receiver: it has a name and borrows
    /// nothing, so it can lie in a struct, or go to another task. Polled after completion it
    /// receives again. So it can outlive the turns of a loop around `select!`, and keep its place
    /// in the line: see the fairness of [`recv`](Self::recv).
    ///
    /// # Errors
    /// [`RecvError`] if the channel is closed and empty.
    ///
    /// # Cancel safety
    /// As with [`recv`](Self::recv); [`RecvOwned::into_inner`] gives the receiver back.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(1);
    /// sender.send(1).await.unwrap();
    /// let recv: forebay::RecvOwned<i32> = receiver.recv_owned();
    /// assert_eq!(recv.await, Ok(1));
    /// # });
    /// ```
    pub fn recv_owned(self) -> RecvOwned<T> {
        RecvOwned { receiver: Some(self), stage: Stage::default() }
    }
}

/// Sends a message, and waits for room first while the channel is full. It owns the sender.
///
/// Made by [`Sender::send_owned`].
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// Dropping the future before it is complete means: not sent.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct SendOwned<T> {
    sender: Sender<T>,
    message: Option<T>,
    stage: Stage,
}

impl<T> SendOwned<T> {
    /// The sender, and the message if it was not sent.
    pub fn into_inner(mut self) -> (Sender<T>, Option<T>) {
        (self.sender.clone(), self.message.take())
    }
}

// The message is moved out of the future, never pinned in it.
impl<T> Unpin for SendOwned<T> {}

impl<T> Future for SendOwned<T> {
    type Output = Result<(), SendError<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { sender, message, stage } = &mut *self;
        let sending = Sending::new(&sender.channel, message.take());
        let mut lent = Lent { sending, home: message };
        wait::poll(&mut lent.sending, stage, cx)
    }
}

/// The message during a poll. What is not sent goes home, also where a waker panics.
struct Lent<'a, T> {
    sending: Sending<'a, T>,
    home: &'a mut Option<T>,
}

impl<T> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        *self.home = self.sending.message.take();
    }
}

impl<T> Drop for SendOwned<T> {
    fn drop(&mut self) {
        wait::leave(&Sending::new(&self.sender.channel, None), &mut self.stage);
    }
}

impl<T> fmt::Debug for SendOwned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendOwned").finish_non_exhaustive()
    }
}

/// Receives a message, and waits for one first while the channel is empty. It owns the receiver.
///
/// Made by [`Receiver::recv_owned`].
///
/// # Cancel safety
/// Dropping the future loses no message.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct RecvOwned<T> {
    /// Taken only by `into_inner`.
    receiver: Option<Receiver<T>>,
    stage: Stage,
}

impl<T> RecvOwned<T> {
    /// Gives up, and gives the receiver back.
    ///
    /// # Panics
    /// Never: this is all that takes the receiver.
    pub fn into_inner(mut self) -> Receiver<T> {
        self.leave();
        self.receiver.take().expect("it has its receiver")
    }

    fn leave(&mut self) {
        if let Some(receiver) = &self.receiver {
            wait::leave(&Receiving { channel: &receiver.channel }, &mut self.stage);
        }
    }
}

impl<T> Future for RecvOwned<T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { receiver, stage } = &mut *self;
        let channel = &receiver.as_ref().expect("it has its receiver").channel;
        wait::poll(&mut Receiving { channel }, stage, cx)
    }
}

impl<T> Drop for RecvOwned<T> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl<T> fmt::Debug for RecvOwned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvOwned").finish_non_exhaustive()
    }
}
