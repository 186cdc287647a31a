//! The receiving side: [`Receiver`], and [`WeakReceiver`], which does not keep the channel open.

use crate::channel::Channel;
use crate::error::TryRecvError;
use crate::futures::Recv;
use crate::sync::Arc;
use crate::wait::Stage;
use core::fmt;

/// The receiving side of a channel.
///
/// Clones share the messages: each message is received by one of them. When the last of them goes, the channel is closed
/// and the messages inside are dropped at once.
///
/// A receiver is also a [`Stream`](futures_core::Stream) of the messages.
///
/// ```
/// # futures_lite::future::block_on(async {
/// let (sender, receiver) = forebay::bounded(3);
/// let another = receiver.clone();
/// sender.send(1).await?;
/// sender.send(2).await?;
/// assert_eq!(receiver.recv().await, Ok(1));
/// assert_eq!(another.recv().await, Ok(2));
/// # Ok::<(), forebay::SendError<i32>>(()) }).unwrap();
/// ```
pub struct Receiver<T> {
    pub(crate) channel: Arc<Channel<T>>,
    /// The wait of the stream that this receiver is. It lasts from poll to poll.
    pub(crate) stage: Stage,
}

impl<T> Receiver<T> {
    pub(crate) fn new(channel: Arc<Channel<T>>) -> Self {
        Self { channel, stage: Stage::default() }
    }

    /// Receives a message if there is one at once.
    ///
    /// It never waits for a sender to come. For a few instructions it may have to wait for another thread that is in the
    /// middle of sending the very message that comes next.
    ///
    /// # Errors
    /// - [`TryRecvError::Empty`] if there is no message.
    /// - [`TryRecvError::Closed`] if there is no message and the channel is closed.
    ///
    /// ```
    /// use forebay::TryRecvError;
    ///
    /// let (sender, receiver) = forebay::bounded(1);
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    /// sender.try_send(1).unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    /// ```
    #[inline]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.channel.try_recv()
    }

    /// Receives a message, and waits for one first while the channel is empty.
    ///
    /// # Errors
    /// [`RecvError`](crate::RecvError) if the channel is closed and empty.
    ///
    /// # Fairness
    /// Waiting receives are woken in the order in which they began to wait. A message is free to all until it is taken: a
    /// receiver that does not wait may come first, and the woken one waits again.
    ///
    /// # Cancel safety
    /// Dropping the future loses no message. If it had been woken for one, another receiver is woken instead.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(1);
    /// sender.send(1).await?;
    /// drop(sender);
    /// assert_eq!(receiver.recv().await, Ok(1));
    /// assert_eq!(receiver.recv().await, Err(forebay::RecvError));
    /// # Ok::<(), forebay::SendError<i32>>(()) }).unwrap();
    /// ```
    #[inline]
    pub fn recv(&self) -> Recv<'_, T> {
        Recv::new(&self.channel)
    }

    /// Closes the channel. `true` if this call did it, `false` if it was closed already.
    ///
    /// Every later send fails, and everybody who waits is woken. The messages inside can still be received.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// sender.try_send(1).unwrap();
    /// assert!(receiver.close());
    /// assert!(!receiver.close());
    /// assert!(sender.try_send(2).is_err());
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// ```
    pub fn close(&self) -> bool {
        self.channel.close()
    }

    /// Whether the channel is closed. Once `true` it stays so. There may still be messages inside.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded::<i32>(1);
    /// assert!(!receiver.is_closed());
    /// drop(sender);
    /// assert!(receiver.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.channel.is_closed()
    }

    /// Whether there was no message inside at some moment during the call.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// assert!(receiver.is_empty());
    /// sender.try_send(1).unwrap();
    /// assert!(!receiver.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.channel.len() == 0
    }

    /// Whether there was no room at some moment during the call. An unbounded channel always has room.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// assert!(!receiver.is_full());
    /// sender.try_send(1).unwrap();
    /// assert!(receiver.is_full());
    /// ```
    pub fn is_full(&self) -> bool {
        self.channel.is_full()
    }

    /// How many messages were inside at some moment during the call.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(2);
    /// sender.try_send(1).unwrap();
    /// assert_eq!(receiver.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.channel.len()
    }

    /// How many messages the channel can hold; `None` if there is no limit.
    ///
    /// ```
    /// let (_sender, receiver) = forebay::bounded::<i32>(5);
    /// assert_eq!(receiver.capacity(), Some(5));
    /// ```
    pub fn capacity(&self) -> Option<usize> {
        self.channel.capacity()
    }

    /// How many receivers the channel has.
    ///
    /// ```
    /// let (_sender, receiver) = forebay::bounded::<i32>(1);
    /// assert_eq!(receiver.receiver_count(), 1);
    /// ```
    pub fn receiver_count(&self) -> usize {
        self.channel.receiver_count()
    }

    /// How many senders the channel has.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded::<i32>(1);
    /// let another = sender.clone();
    /// assert_eq!(receiver.sender_count(), 2);
    /// ```
    pub fn sender_count(&self) -> usize {
        self.channel.sender_count()
    }

    /// A handle that can become a receiver again, and does not keep the channel open.
    ///
    /// ```
    /// let (_sender, receiver) = forebay::bounded::<i32>(1);
    /// let weak = receiver.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(receiver);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakReceiver<T> {
        WeakReceiver { channel: Arc::clone(&self.channel) }
    }

    /// Whether both receive from the same channel.
    ///
    /// ```
    /// let (_sender, receiver) = forebay::bounded::<i32>(1);
    /// assert!(receiver.same_channel(&receiver.clone()));
    /// ```
    pub fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.channel, &other.channel)
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.channel.add_receiver();
        Self::new(Arc::clone(&self.channel))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.channel.drop_receiver();
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

/// A handle on a channel that does not count as a receiver.
///
/// Made by [`Receiver::downgrade`].
pub struct WeakReceiver<T> {
    channel: Arc<Channel<T>>,
}

impl<T> WeakReceiver<T> {
    /// A receiver, if the channel is not closed.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// let weak = receiver.downgrade();
    /// sender.try_send(1).unwrap();
    /// assert_eq!(weak.upgrade().unwrap().try_recv(), Ok(1));
    /// sender.close();
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn upgrade(&self) -> Option<Receiver<T>> {
        self.channel.upgrade_receiver().then(|| Receiver::new(Arc::clone(&self.channel)))
    }
}

impl<T> Clone for WeakReceiver<T> {
    fn clone(&self) -> Self {
        Self { channel: Arc::clone(&self.channel) }
    }
}

impl<T> fmt::Debug for WeakReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakReceiver").finish_non_exhaustive()
    }
}
