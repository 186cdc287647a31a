//! A handle that only looks.

use crate::channel::Channel;
use crate::futures::Closed;
use crate::handle::looks;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::sync::Arc;
use core::fmt;

/// Looks at a channel, and counts as neither sender nor receiver: it keeps nothing open, and no
/// message alive.
///
/// Made by `observer` of [`Sender`](Sender::observer) and [`Receiver`](Receiver::observer). For
/// metrics, health checks, and tasks that end with the channel: a clone of a receiver that is kept
/// for that would keep the senders sending for ever.
///
/// ```
/// let (sender, receiver) = forebay::bounded(3);
/// let observer = sender.observer();
/// sender.try_send(1).unwrap();
/// assert_eq!((observer.len(), observer.sender_count()), (1, 1));
/// drop(sender);
/// assert!(observer.is_closed());
/// ```
pub struct Observer<T> {
    channel: Arc<Channel<T>>,
}

looks!(Observer, "observer", "let observer = sender.observer();");

impl<T> Observer<T> {
    /// Waits until the channel is closed, from whichever side.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded::<i32>(1);
    /// let observer = receiver.observer();
    /// drop(sender);
    /// observer.closed().await;
    /// # });
    /// ```
    pub fn closed(&self) -> Closed<'_, T> {
        Closed::new(&self.channel)
    }
}

macro_rules! observed {
    ($handle:ident) => {
        impl<T> $handle<T> {
            /// A handle that only looks, and does not keep the channel open.
            pub fn observer(&self) -> Observer<T> {
                Observer { channel: Arc::clone(&self.channel) }
            }
        }
    };
}

observed!(Sender);
observed!(Receiver);

impl<T> Clone for Observer<T> {
    fn clone(&self) -> Self {
        Self { channel: Arc::clone(&self.channel) }
    }
}

impl<T> fmt::Debug for Observer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}
