//! The sending side: [`Sender`], and [`WeakSender`], which does not keep the channel open.

use crate::channel::Channel;
use crate::error::{SendError, TrySendError};
use crate::futures::{Closed, Send};
use crate::handle::{closes, looks};
use crate::sync::Arc;
use core::fmt;

/// The sending side of a channel.
///
/// Clones send into the same channel. When the last of them goes, the channel is closed; what was
/// sent can still be received.
///
/// ```
/// # futures_lite::future::block_on(async {
/// let (sender, receiver) = forebay::bounded(3);
/// let another = sender.clone();
/// sender.send("one").await?;
/// another.send("two").await?;
/// drop((sender, another));
///
/// assert_eq!(receiver.recv().await, Ok("one"));
/// assert_eq!(receiver.recv().await, Ok("two"));
/// assert!(receiver.recv().await.is_err());
/// # Ok::<(), forebay::SendError<&str>>(()) }).unwrap();
/// ```
pub struct Sender<T> {
    pub(crate) channel: Arc<Channel<T>>,
}

impl<T> Sender<T> {
    /// Sends a message if there is room for it at once.
    ///
    /// It never waits for a receiver. For a few instructions it may have to wait for another thread
    /// that is in the middle of receiving from the very slot that comes next.
    ///
    /// # Errors
    /// - [`TrySendError::Full`] with the message if the channel holds as many messages as it can.
    /// - [`TrySendError::Closed`] with the message if the channel is closed.
    ///
    /// ```
    /// use forebay::TrySendError;
    ///
    /// let (sender, receiver) = forebay::bounded(1);
    /// assert_eq!(sender.try_send(1), Ok(()));
    /// assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    /// drop(receiver);
    /// assert_eq!(sender.try_send(3), Err(TrySendError::Closed(3)));
    /// ```
    #[inline]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.channel.try_send(message)
    }

    /// Sends a message, and waits for room first while the channel is full.
    ///
    /// This is implicit backpressure: the sender goes at the pace of the receivers.
    ///
    /// # Errors
    /// [`SendError`] with the message if the channel is closed, or gets closed while this waits.
    ///
    /// # Fairness
    /// Waiting sends are served in the order in which they began to wait. A slot is free to all
    /// until it is taken: a `try_send`, or a `send` that need not wait, may come first. Who was
    /// woken and finds no room keeps its place, and is the next to be woken. So on an executor that
    /// runs its tasks in the order in which they were woken, each other sender comes first with at
    /// most as many messages as there is room for: capacity x waiting sends in all, after a `send`
    /// was first woken. Above a capacity of 4096 it may be more. On one with several threads a task
    /// that was woken may come too late again and again; after three times those give way to it that
    /// were woken later and run before it, or are at the end of their turn.
    ///
    /// The place is that of the future: one that is dropped, and made anew, begins at the end of
    /// the line.
    ///
    /// A task that sends in a loop gives way once in 512 messages, or in as many as there is room
    /// for, up to 4096; where tasks on several threads do so, about once in 200 microseconds, and no
    /// more than once in 31 messages, but to one that came too late, as above. The future is pending
    /// then, also beside room, and has woken its task. It may do so once more before it has to sleep,
    /// as receivers on its thread may make room meanwhile.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is complete, the message was not sent, and is dropped
    /// with it. [`Send::into_inner`] gives it back instead. A free slot that this send was woken
    /// for goes to another.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(1);
    /// assert_eq!(sender.send(1).await, Ok(()));
    /// drop(receiver);
    /// assert_eq!(sender.send(2).await, Err(forebay::SendError(2)));
    /// # });
    /// ```
    #[inline]
    #[doc(alias = "send_async")]
    pub fn send(&self, message: T) -> Send<'_, T> {
        Send::new(&self.channel, message)
    }

    /// Sends a message at once: if the channel is full, in place of the oldest message, which is
    /// returned.
    ///
    /// Where there is no oldest message to make room, this one is returned and not sent: if all the
    /// room is [reserved](Self::reserve), and if a channel is full that is bounded by
    /// [weight](crate::Builder::weight).
    ///
    /// Like [`try_send`](Self::try_send) it never waits for a receiver to come.
    ///
    /// # Errors
    /// [`SendError`] with the message if the channel is closed. Nothing is displaced then.
    ///
    /// ```
    /// use forebay::SendError;
    ///
    /// let (sender, receiver) = forebay::bounded(2);
    /// assert_eq!(sender.force_send(1), Ok(None));
    /// assert_eq!(sender.force_send(2), Ok(None));
    /// assert_eq!(sender.force_send(3), Ok(Some(1)));
    /// assert_eq!(receiver.try_recv(), Ok(2));
    /// receiver.close();
    /// assert_eq!(sender.force_send(4), Err(SendError(4)));
    /// ```
    #[doc(alias("overwrite", "push_overwrite"))]
    pub fn force_send(&self, message: T) -> Result<Option<T>, SendError<T>> {
        self.channel.force_send(message)
    }

    /// Waits until the channel is closed: by [`close`](Self::close), or because the last receiver
    /// has gone.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded::<i32>(1);
    /// drop(receiver);
    /// sender.closed().await;
    /// # });
    /// ```
    pub fn closed(&self) -> Closed<'_, T> {
        Closed::new(&self.channel)
    }

    /// A handle that can become a sender again, and does not keep the channel open.
    ///
    /// ```
    /// let (sender, _receiver) = forebay::bounded::<i32>(1);
    /// let weak = sender.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(sender);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender { channel: Arc::clone(&self.channel) }
    }

    /// Whether both send into the same channel.
    ///
    /// ```
    /// let (sender, _receiver) = forebay::bounded::<i32>(1);
    /// assert!(sender.same_channel(&sender.clone()));
    /// ```
    pub fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.channel, &other.channel)
    }
}

closes!(Sender, "sender");
looks!(Sender, "sender", "");

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.channel.add_sender();
        Self { channel: Arc::clone(&self.channel) }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.channel.drop_sender();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// A handle on a channel that does not count as a sender.
///
/// Made by [`Sender::downgrade`].
pub struct WeakSender<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakSender<T> {
    /// A sender, if the channel is not closed.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// let weak = sender.downgrade();
    /// weak.upgrade().unwrap().try_send(1).unwrap();
    /// receiver.close();
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn upgrade(&self) -> Option<Sender<T>> {
        self.channel.upgrade_sender().then(|| Sender { channel: Arc::clone(&self.channel) })
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> Self {
        Self { channel: Arc::clone(&self.channel) }
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").finish_non_exhaustive()
    }
}
