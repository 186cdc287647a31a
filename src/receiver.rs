//! The receiving side: [`Receiver`], and [`WeakReceiver`], which does not keep the channel open.

use crate::channel::Channel;
use crate::error::TryRecvError;
use crate::futures::Recv;
use crate::handle::{closes, looks};
use crate::streaming::leave_streams;
use crate::sync::{Arc, both};
use crate::wait::Stage;
use core::fmt;

/// The receiving side of a channel.
///
/// Clones share the messages: each message is received by one of them. When the last of them goes,
/// the channel is closed and the messages inside are dropped at once.
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
    /// Whether that stream has ended.
    pub(crate) ended: bool,
}

impl<T> Receiver<T> {
    pub(crate) fn new(channel: Arc<Channel<T>>) -> Self {
        Self { channel, stage: Stage::default(), ended: false }
    }

    /// Receives a message if there is one at once.
    ///
    /// It never waits for a sender to come. For a few instructions it may have to wait for another
    /// thread that is in the middle of sending the very message that comes next.
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
    /// Waiting receives are served in the order in which they began to wait. A message is free to
    /// all until it is taken: a `try_recv`, or a `recv` that need not wait, may come first. Who was
    /// woken and finds none keeps its place, and is the next to be woken. So on an executor that
    /// runs its tasks in the order in which they were woken, each other receiver comes first with
    /// at most as many messages as there is room for: capacity x waiting receives in all, after a
    /// `recv` was first woken. Above a capacity of 4096, and without one, it may be more. On one
    /// with several threads a task that was woken may come too late again and again; after three
    /// times those give way to it that were woken later and run before it, or are at the end of
    /// their turn.
    ///
    /// The place is that of the future. A loop around `select!` that makes a new `recv` in each
    /// turn begins at the end of the line each time, and gets next to nothing beside receivers that
    /// keep their place. Keep the future: [`recv_owned`](Self::recv_owned), made before the loop
    /// and polled by `&mut`, receives again and again.
    ///
    /// A task that receives in a loop gives way once in 512 messages, or in as many as there is
    /// room for, up to 4096; where tasks on several threads do so, about once in 200 microseconds,
    /// and no more than once in 31 messages, but to one that came too late, as above. The future is
    /// pending then, also beside a message, and has woken its task. The messages are those of the
    /// channel: a loop over many channels gives way as often in each.
    ///
    /// # Cancel safety
    /// Dropping the future loses no message. If it had been woken for one, another receiver is
    /// woken instead. Its place in the line is lost.
    ///
    /// # Panics
    /// If the waker of a `send` that waits for the room panics: the message that made the room is
    /// dropped with the unwinding, as it would be by a receiver that panics right after. The same
    /// holds for all that receives.
    ///
    /// # A single poll
    /// may be pending although a message is inside: where a loop gives way, and while another
    /// thread is in the middle of sending or receiving one. The task is woken at once then. So
    /// `recv().now_or_never()` may miss a message; [`try_recv`](Self::try_recv) does not.
    ///
    /// Where none is inside the task may be woken at once as well, once before it has to sleep: the
    /// senders run on its thread, and may send until then.
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
    #[doc(alias = "recv_async")]
    pub fn recv(&self) -> Recv<'_, T> {
        Recv::new(&self.channel)
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

closes!(Receiver, "receiver");
looks!(Receiver, "receiver", "");

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.channel.add_receiver();
        Self::new(Arc::clone(&self.channel))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let Self { channel, stage, .. } = self;
        // The waker of the stream may panic when it is dropped.
        both(|| leave_streams(channel, stage), || channel.drop_receiver());
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
