//! A receiver as a stream of messages.

use crate::receiver::Receiver;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::stream::{FusedStream, Stream};

/// The messages, until the channel is closed and empty.
///
/// # Wakeups
/// A message wakes one waiting [`recv`](Receiver::recv). Only if there is none it wakes the
/// streams: every one that is waiting, each at most once until it is polled again.
///
/// A `recv` that was woken and is held unpolled keeps the streams waiting for that one message.
///
/// # Yielding
/// As with `recv`, a task that finds only messages gives way now and then:
/// adapters that look for `Pending` (`ready_chunks`) see it.
///
/// # Cancel safety
/// A `next()` that is dropped loses no message.
impl<T> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll_recv(cx).map(Result::ok)
    }
}

/// The stream is terminated once it has returned `None`, and not before: a `select!` skips what is
/// terminated, and would never see the end of a channel that was closed behind its back. A clone is
/// a stream of its own.
///
/// This differs from async-channel, where it means that the channel is closed and empty.
impl<T> FusedStream for Receiver<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}
