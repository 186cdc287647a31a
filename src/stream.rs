//! A receiver as a stream of messages.

use crate::channel::Channel;
use crate::futures::Receiving;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::receiver::Receiver;
use crate::wait::{self, Attempt, Outcome, Stage};
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::stream::{FusedStream, Stream};

/// An attempt to receive by somebody who may never look again.
///
/// A stream that has returned `Pending` stays registered, although perhaps nobody waits for it any
/// more: `next()` may have been dropped by a timeout. A notification meant for one waiter could be
/// stuck there. So streams have a gate of their own, where a message that no `recv` takes wakes all
/// of them, and they owe nothing.
pub(crate) struct Streaming<'a, T>(pub(crate) Receiving<'a, T>);

impl<T> Attempt for Streaming<'_, T> {
    type Output = <Receiving<'static, T> as Attempt>::Output;
    type Seen = <Receiving<'static, T> as Attempt>::Seen;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Self::Seen> {
        self.0.attempt()
    }

    #[inline]
    fn attempt_fast(&mut self) -> Option<Self::Output> {
        self.0.attempt_fast()
    }

    fn gate(&self) -> &Gate {
        &self.0.channel.streams
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.0.patience()
    }

    fn gives_way(&self) -> bool {
        self.0.gives_way()
    }

    #[inline]
    fn begin_turn(&self) {
        self.0.begin_turn();
    }

    fn raise(&self, empty: Self::Seen) -> bool {
        self.0.raise(empty)
    }

    fn raises_early(&self, seen: &Self::Seen) -> bool {
        self.0.raises_early(seen)
    }

    fn hand_on(&self) {}
}

/// Gives up the place as a stream. It owes nothing.
pub(crate) fn leave_streams<T>(channel: &Channel<T>, stage: &mut Stage) {
    wait::leave(&Streaming(Receiving { channel }), stage);
}

/// The messages, until the channel is closed and empty.
///
/// # Wakeups
/// A message wakes one waiting [`recv`](Receiver::recv). Only if there is none it wakes the
/// streams: every one that is waiting, each at most once until it is polled again.
///
/// A `recv` that was woken and is held unpolled keeps the streams waiting for that one message.
///
/// # Yielding
/// As with `recv`, a task that finds only messages gives way once in 512 of them at the latest:
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
