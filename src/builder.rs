//! How channels are made.

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
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let channel = Arc::new(Channel::bounded(capacity));
    (
        Sender {
            channel: Arc::clone(&channel),
        },
        Receiver::new(channel),
    )
}
