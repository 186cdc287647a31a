//! Sending and receiving by threads that may sleep.

use crate::error::{RecvError, SendError};
use crate::receiver::Receiver;
use crate::sender::Sender;

impl<T> Sender<T> {
    /// Sends a message from a thread, which sleeps while the channel is full.
    ///
    /// Don't call it in async code: it blocks the executor. There, use [`send`](Self::send).
    ///
    /// # Errors
    /// [`SendError`] with the message if the channel is closed, or gets closed while this waits.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// assert_eq!(sender.send_blocking(1), Ok(()));
    /// drop(receiver);
    /// assert_eq!(sender.send_blocking(2), Err(forebay::SendError(2)));
    /// ```
    #[doc(alias = "blocking_send")]
    pub fn send_blocking(&self, message: T) -> Result<(), SendError<T>> {
        self.send(message).block()
    }
}

impl<T> Receiver<T> {
    /// Receives a message on a thread, which sleeps while the channel is empty.
    ///
    /// Don't call it in async code: it blocks the executor. There, use [`recv`](Self::recv).
    ///
    /// # Errors
    /// [`RecvError`] if the channel is closed and empty.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// sender.send_blocking(1).unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.recv_blocking(), Ok(1));
    /// assert_eq!(receiver.recv_blocking(), Err(forebay::RecvError));
    /// ```
    #[doc(alias = "blocking_recv")]
    pub fn recv_blocking(&self) -> Result<T, RecvError> {
        self.recv().block()
    }
}
