//! How channels are made.

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::sync::Arc;

/// A channel that holds at most `capacity` messages.
///
/// The memory for all of them is allocated here: a message and one word for each.
///
/// # Panics
/// If `capacity` is zero, or so large that it cannot be represented.
///
/// ```
/// let (sender, receiver) = forebay::bounded(1);
/// sender.try_send("hello").unwrap();
/// assert!(sender.is_full());
/// assert_eq!(receiver.try_recv(), Ok("hello"));
/// ```
#[must_use]
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    open(Buffer::bounded(capacity))
}

/// A channel that holds any number of messages.
///
/// Nothing slows its senders down: use it only where something else bounds what is inside.
///
/// Memory is allocated in blocks of 31 messages; an empty channel keeps two of them at most, and a steady flow allocates
/// nothing. [`send`](Sender::send) never waits for a receiver, [`force_send`](Sender::force_send) displaces nothing.
///
/// ```
/// let (sender, receiver) = forebay::unbounded();
/// for number in 0..100 {
///     sender.try_send(number).unwrap();
/// }
/// assert_eq!(sender.capacity(), None);
/// assert_eq!(receiver.len(), 100);
/// assert_eq!(receiver.try_recv(), Ok(0));
/// ```
#[must_use]
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    open(Buffer::unbounded())
}

fn open<T>(buffer: Buffer<T>) -> (Sender<T>, Receiver<T>) {
    let channel = Arc::new(Channel::new(buffer));
    (Sender { channel: Arc::clone(&channel) }, Receiver::new(channel))
}
