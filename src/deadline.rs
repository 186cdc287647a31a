//! Sending and receiving by threads that may sleep, but not for ever.

use crate::error::{RecvError, RecvTimeoutError, SendError, SendTimeoutError, TrySendError};
use crate::futures::{Receiving, Sending};
use crate::offer::Offering;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::wait::Wait;
use core::time::Duration;
use std::time::Instant;

/// So far away that it never comes, where the sum does not fit.
fn after(timeout: Duration) -> Instant {
    const YEARS: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(timeout).unwrap_or_else(|| now + YEARS)
}

impl<T> Sender<T> {
    /// Sends a message from a thread, which sleeps while the channel is full, until `deadline` at
    /// most.
    ///
    /// With room in the channel the message is sent, also if the deadline is over. Don't call it in
    /// async code: it blocks the executor. There, use [`send_or`](Self::send_or).
    ///
    /// # Errors
    /// - [`SendTimeoutError::Timeout`] with the message if the channel was full until the deadline.
    /// - [`SendTimeoutError::Closed`] with the message if the channel is closed, or gets closed
    ///   while this waits.
    ///
    /// # Panics
    /// Never: what could not be sent is given back.
    pub fn send_deadline(&self, message: T, deadline: Instant) -> Result<(), SendTimeoutError<T>> {
        let mut wait = Wait::new(Sending::new(&self.channel, Some(message)));
        match wait.block_until(Some(deadline)) {
            Some(Ok(())) => Ok(()),
            Some(Err(SendError(message))) => Err(SendTimeoutError::Closed(message)),
            None => {
                self.channel.count_refused(1);
                let message = wait.attempt.message.take().expect("not sent");
                Err(SendTimeoutError::Timeout(message))
            }
        }
    }

    /// As [`send_deadline`](Self::send_deadline), for so long at most.
    ///
    /// # Errors
    /// As [`send_deadline`](Self::send_deadline).
    ///
    /// ```
    /// use forebay::SendTimeoutError;
    /// use std::time::Duration;
    ///
    /// let (sender, _receiver) = forebay::bounded(1);
    /// let limit = Duration::from_millis(1);
    /// assert_eq!(sender.send_timeout(1, limit), Ok(()));
    /// assert_eq!(sender.send_timeout(2, limit), Err(SendTimeoutError::Timeout(2)));
    /// ```
    pub fn send_timeout(&self, message: T, timeout: Duration) -> Result<(), SendTimeoutError<T>> {
        self.send_deadline(message, after(timeout))
    }

    /// As [`offer_blocking`](Self::offer_blocking), until `deadline` at most.
    ///
    /// # Errors
    /// - [`TrySendError::Full`] with the message if the channel is full, under
    ///   [`Refuse`](crate::Overflow::Refuse) at once, under [`Wait`](crate::Overflow::Wait) at the
    ///   deadline.
    /// - [`TrySendError::Closed`] with the message if the channel is closed, or gets closed while
    ///   this waits.
    ///
    /// # Panics
    /// Never: what could not be sent is given back.
    pub fn offer_deadline(
        &self,
        message: T,
        deadline: Instant,
    ) -> Result<Option<T>, TrySendError<T>> {
        let mut wait = Wait::new(Offering(Sending::new(&self.channel, Some(message))));
        wait.block_until(Some(deadline)).unwrap_or_else(|| {
            self.channel.count_refused(1);
            let message = wait.attempt.0.message.take().expect("not sent");
            Err(TrySendError::Full(message))
        })
    }

    /// As [`offer_deadline`](Self::offer_deadline), for so long at most.
    ///
    /// # Errors
    /// As [`offer_deadline`](Self::offer_deadline).
    pub fn offer_timeout(
        &self,
        message: T,
        timeout: Duration,
    ) -> Result<Option<T>, TrySendError<T>> {
        self.offer_deadline(message, after(timeout))
    }
}

impl<T> Receiver<T> {
    /// Receives a message on a thread, which sleeps while the channel is empty, until `deadline` at
    /// most.
    ///
    /// A message that is there is received, also if the deadline is over. Don't call it in async
    /// code: it blocks the executor. There, use [`recv_or`](Self::recv_or).
    ///
    /// # Errors
    /// - [`RecvTimeoutError::Timeout`] if the channel was empty until the deadline.
    /// - [`RecvTimeoutError::Closed`] if the channel is closed and empty.
    pub fn recv_deadline(&self, deadline: Instant) -> Result<T, RecvTimeoutError> {
        let mut wait = Wait::new(Receiving { channel: &self.channel });
        match wait.block_until(Some(deadline)) {
            Some(Ok(message)) => Ok(message),
            Some(Err(RecvError)) => Err(RecvTimeoutError::Closed),
            None => Err(RecvTimeoutError::Timeout),
        }
    }

    /// As [`recv_deadline`](Self::recv_deadline), for so long at most.
    ///
    /// # Errors
    /// As [`recv_deadline`](Self::recv_deadline).
    ///
    /// ```
    /// use forebay::RecvTimeoutError;
    /// use std::time::Duration;
    ///
    /// let (sender, receiver) = forebay::bounded(1);
    /// let limit = Duration::from_millis(1);
    /// assert_eq!(receiver.recv_timeout(limit), Err(RecvTimeoutError::Timeout));
    /// sender.send_blocking(1).unwrap();
    /// assert_eq!(receiver.recv_timeout(limit), Ok(1));
    /// ```
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        self.recv_deadline(after(timeout))
    }
}
