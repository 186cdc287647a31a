//! How a stream waits for a message.

use crate::channel::Channel;
use crate::futures::Receiving;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::wait::{self, Attempt, Outcome, Stage};

/// An attempt to receive by a task that may never look again.
///
/// A stream that has returned `Pending` stays registered, although perhaps no task waits for it any
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

    fn is_crowded(&self) -> bool {
        self.0.is_crowded() || self.gate().is_crowded()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.0.patience()
    }

    fn gives_way(&self) -> bool {
        self.0.gives_way()
    }

    #[inline]
    fn begin_turn(&self, overtakes: bool) {
        self.0.begin_turn(overtakes);
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
