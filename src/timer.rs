//! Sending and receiving with a time limit, by any timer.

use crate::error::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, TrySendError};
use crate::receiver::Receiver;
use crate::sender::Sender;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;

impl<T> Sender<T> {
    /// Sends a message, unless `timer` is over first: the sleep of your runtime, or any other
    /// future.
    ///
    /// The send is asked first: with room in the channel the message is sent, even if the timer is
    /// over already.
    ///
    /// # Errors
    /// - [`SendTimeoutError::Timeout`] with the message if the timer was over first.
    /// - [`SendTimeoutError::Closed`] with the message if the channel is closed, or gets closed
    ///   while this waits.
    ///
    /// # Cancel safety
    /// As with [`send`](Self::send); the message is dropped with the future.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use core::time::Duration;
    /// use forebay::SendTimeoutError;
    ///
    /// let (sender, receiver) = forebay::bounded(1);
    /// let limit = Duration::from_millis(1);
    /// assert_eq!(sender.send_or(1, tokio::time::sleep(limit)).await, Ok(()));
    /// let late = sender.send_or(2, tokio::time::sleep(limit)).await;
    /// assert_eq!(late, Err(SendTimeoutError::Timeout(2)));
    /// # drop(receiver);
    /// # });
    /// ```
    pub async fn send_or<F: Future>(
        &self,
        message: T,
        timer: F,
    ) -> Result<(), SendTimeoutError<T>> {
        let mut send = self.send(message);
        match first(&mut send, timer).await {
            Some(Ok(())) => Ok(()),
            Some(Err(SendError(message))) => Err(SendTimeoutError::Closed(message)),
            None => match send.into_inner() {
                Some(message) => {
                    self.channel.count_refused(1);
                    Err(SendTimeoutError::Timeout(message))
                }
                None => Ok(()),
            },
        }
    }

    /// As [`offer`](Self::offer), unless `timer` is over first.
    ///
    /// # Errors
    /// - [`TrySendError::Full`] with the message if the channel is full, under
    ///   [`Refuse`](crate::Overflow::Refuse) at once, under [`Wait`](crate::Overflow::Wait) when
    ///   the timer is over.
    /// - [`TrySendError::Closed`] with the message if the channel is closed, or gets closed while
    ///   this waits.
    pub async fn offer_or<F: Future>(
        &self,
        message: T,
        timer: F,
    ) -> Result<Option<T>, TrySendError<T>> {
        let mut offer = self.offer(message);
        match first(&mut offer, timer).await {
            Some(offered) => offered,
            None => match offer.into_inner() {
                Some(message) => {
                    self.channel.count_refused(1);
                    Err(TrySendError::Full(message))
                }
                None => Ok(None),
            },
        }
    }
}

impl<T> Receiver<T> {
    /// Receives a message, unless `timer` is over first: the sleep of your runtime, or any other
    /// future.
    ///
    /// The channel is asked first: a message that is there is received, even if the timer is over
    /// already.
    ///
    /// # Errors
    /// - [`RecvTimeoutError::Timeout`] if the timer was over first.
    /// - [`RecvTimeoutError::Closed`] if the channel is closed and empty.
    ///
    /// # Cancel safety
    /// As with [`recv`](Self::recv): dropping the future loses no message.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::RecvTimeoutError;
    ///
    /// let (sender, receiver) = forebay::bounded::<i32>(1);
    /// let now = core::future::ready(()); // a timer that is over
    /// assert_eq!(receiver.recv_or(now).await, Err(RecvTimeoutError::Timeout));
    /// # drop(sender);
    /// # });
    /// ```
    pub async fn recv_or<F: Future>(&self, timer: F) -> Result<T, RecvTimeoutError> {
        match first(&mut self.recv(), timer).await {
            Some(Ok(message)) => Ok(message),
            Some(Err(RecvError)) => Err(RecvTimeoutError::Closed),
            None => Err(RecvTimeoutError::Timeout),
        }
    }
}

/// What the operation comes to, or `None` if the timer is over before.
async fn first<O: Future + Unpin>(operation: &mut O, timer: impl Future) -> Option<O::Output> {
    let mut timer = pin!(timer);
    poll_fn(|cx| match Pin::new(&mut *operation).poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(cx).map(|_| {
            // Once more: it may have been its turn to give way.
            match Pin::new(&mut *operation).poll(cx) {
                Poll::Ready(output) => Some(output),
                Poll::Pending => None,
            }
        }),
    })
    .await
}
