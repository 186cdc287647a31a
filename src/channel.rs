//! The channel: a buffer, the gates at both ends of it, and the counts of its handles.
//!
//! This is the only place that says: a push that found a waiter opens `arrivals`, a pop that did
//! opens `vacancies`, a close opens everything.

use crate::buffer::{Buffer, PopError, Position, PushError, Traffic};
use crate::count::HandleCount;
use crate::error::{TryRecvError, TrySendError};
use crate::gate::Gate;
use crate::overflow::Overflow;
use crate::patience::Patience;
use crate::pressure::{Pressure, Watched};
use crate::stats::Stats;
use crate::sync::Backoff;
use crate::wait::Outcome;
use crate::watch::Watch;
use alloc::boxed::Box;

mod announce;
mod batch;
mod life;
mod overflow;
mod permit;
mod turn;

#[derive(Debug)]
pub(crate) struct Channel<T> {
    buffer: Buffer<T>,
    /// Where `recv` waits for a message.
    pub(crate) arrivals: Gate,
    /// Where streams wait for a message that no `recv` takes.
    pub(crate) streams: Gate,
    /// Where `send` waits for a free slot.
    pub(crate) vacancies: Gate,
    /// Where `reserve_many` waits for more than one, which it takes together or not at all.
    pub(crate) clearings: Gate,
    /// Where `closed` waits.
    pub(crate) closed: Gate,
    pub(crate) patience: Patience,
    senders: HandleCount,
    receivers: HandleCount,
    /// Asked only where a push found the channel full.
    overflow: Overflow,
    /// There if the pushes of the buffer are watched.
    watch: Option<Box<Watch>>,
}

impl<T> Channel<T> {
    /// A channel with one sender and one receiver.
    pub(crate) fn new(buffer: Buffer<T>, overflow: Overflow, watch: Option<Box<Watch>>) -> Self {
        Self {
            patience: Patience::new(buffer.room().is_some(), buffer.weight().is_some()),
            arrivals: Gate::new(),
            streams: Gate::new(),
            vacancies: Gate::new(),
            clearings: Gate::new(),
            buffer,
            closed: Gate::new(),
            senders: HandleCount::one(),
            receivers: HandleCount::one(),
            overflow,
            watch,
        }
    }

    /// An attempt to send that looks only where the room would be; the message comes back without a
    /// reason. `in_turn`: nor where the turn is over.
    #[inline(always)]
    pub(crate) fn push_fast(&self, message: T, in_turn: bool) -> Result<(), T> {
        let owed = self.buffer.push_fast(message, in_turn)?;
        self.announce_push(owed);
        Ok(())
    }

    /// One attempt to send; the message comes back with the reason.
    #[inline]
    fn push(&self, message: &mut Option<T>) -> Result<(), PushError> {
        let owed = self.buffer.push(message)?;
        self.announce_push(owed);
        Ok(())
    }

    /// One attempt to send that waits for room, whatever the policy.
    #[inline(never)]
    pub(crate) fn send_waiting(
        &self,
        message: &mut Option<T>,
    ) -> Outcome<Result<(), TrySendError<T>>, Position> {
        match self.push(message) {
            Ok(()) => Outcome::Done(Ok(())),
            Err(PushError::Busy) => Outcome::Busy,
            Err(PushError::Closed) => {
                Outcome::Done(Err(TrySendError::Closed(message.take().expect("kept"))))
            }
            Err(PushError::Full(full)) => Outcome::Blocked(full),
        }
    }

    /// One attempt to send for a caller that can be told Closed, but not Full: it waits where the
    /// policy is to refuse.
    #[inline]
    pub(crate) fn send(
        &self,
        message: &mut Option<T>,
        displaced: &mut Option<T>,
    ) -> Outcome<Result<(), TrySendError<T>>, Position> {
        match self.send_waiting(message) {
            Outcome::Blocked(full) if self.overflow.drops() => {
                self.overflow(full, message, displaced)
            }
            outcome => outcome,
        }
    }

    /// One attempt to receive.
    #[inline(never)]
    pub(crate) fn pop(&self) -> Result<T, PopError> {
        let (message, owed) = self.buffer.pop()?;
        self.announce_pop(owed);
        Ok(message)
    }

    /// An attempt to receive that looks only where the message would be. `in_turn`: as above.
    #[inline(always)]
    pub(crate) fn pop_fast(&self, in_turn: bool) -> Option<T> {
        let (message, owed) = self.buffer.pop_fast(in_turn)?;
        self.announce_pop(owed);
        Some(message)
    }

    #[inline]
    pub(crate) fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.push_fast(message, false).or_else(|message| self.try_send_slow(message))
    }

    /// The way round for a message that was not taken at once.
    #[cold]
    fn try_send_slow(&self, message: T) -> Result<(), TrySendError<T>> {
        let mut message = Some(message);
        let mut backoff = Backoff::default();
        loop {
            match self.offer(&mut message, &mut None) {
                Outcome::Done(sent) => return sent,
                Outcome::Blocked(_) => {
                    self.count_refused(1);
                    return Err(TrySendError::Full(message.expect("kept")));
                }
                Outcome::Busy => backoff.wait(),
            }
        }
    }

    #[inline]
    pub(crate) fn try_recv(&self) -> Result<T, TryRecvError> {
        self.pop_fast(false).map_or_else(|| self.try_recv_slow(), Ok)
    }

    /// The way round for a message that was not there at once.
    #[cold]
    fn try_recv_slow(&self) -> Result<T, TryRecvError> {
        let mut backoff = Backoff::default();
        loop {
            match self.pop() {
                Ok(message) => return Ok(message),
                Err(PopError::Empty(_)) => return Err(TryRecvError::Empty),
                Err(PopError::Closed) => return Err(TryRecvError::Closed),
                Err(PopError::Busy) => backoff.wait(),
            }
        }
    }

    /// Asks senders to announce what they send after `empty`; `false` if the tail has moved since.
    pub(crate) fn raise_arrivals(&self, empty: Position) -> bool {
        self.buffer.tail().raise(empty)
    }

    /// Asks receivers to announce the slots they free after `full`; `false` if the head has moved
    /// since. Where the room depends on it, this is for `message`.
    pub(crate) fn raise_vacancies(&self, full: Position, message: Option<&T>) -> bool {
        self.buffer.raise_head(full, message)
    }

    /// Whether room can only come by a move of the head after `full`: not by a permit that is given
    /// back, nor by the weight of another message; and the channel is open.
    pub(crate) fn is_full_of_messages(&self, full: Position) -> bool {
        self.buffer.is_full_of_messages(full)
    }

    /// Passes on a notification of `arrivals` that a `recv` did not use.
    pub(crate) fn hand_on_arrival(&self) {
        // [hand-on] the flag stays as it is: nothing is known here about who else sleeps.
        if !self.arrivals.wake_one() {
            // [hand-on-streams] no `recv` is left that could take the message.
            self.streams.wake_all();
        }
    }

    /// Passes on a notification of `vacancies` that a `send` did not use.
    pub(crate) fn hand_on_vacancy(&self) {
        // [hand-on-vacancy] as above.
        if !self.vacancies.wake_one() {
            // [hand-on-clearing] no `send` is left that could take the slot.
            self.clearings.wake_all();
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.buffer.is_closed()
    }

    pub(crate) fn len(&self) -> usize {
        self.buffer.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.buffer.room() == Some(0)
    }

    pub(crate) fn capacity(&self) -> Option<usize> {
        self.buffer.capacity()
    }

    pub(crate) fn stats(&self) -> Stats {
        let Traffic { len, sent, received } = self.buffer.traffic();
        let tally = self.watch.as_ref().and_then(|watch| watch.tally());
        Stats {
            len,
            capacity: self.capacity(),
            reserved: self.buffer.reserved(),
            weight: self.buffer.weight().map(|(weight, _)| weight),
            weight_limit: self.buffer.weight().map(|(_, limit)| limit),
            sent,
            received,
            senders: self.sender_count(),
            receivers: self.receiver_count(),
            #[cfg(feature = "std")]
            waiting_senders: self.vacancies.waiters() + self.clearings.waiters(),
            #[cfg(feature = "std")]
            waiting_receivers: self.arrivals.waiters() + self.streams.waiters(),
            deepest: tally.map(|tally| tally.deepest),
            refused: tally.map(|tally| tally.refused),
            displaced: tally.map(|tally| tally.displaced),
        }
    }
}

impl<T> Watched for Channel<T> {
    fn pressure(&self) -> Pressure {
        if self.buffer.is_high() { Pressure::High } else { Pressure::Low }
    }

    fn is_over(&self) -> bool {
        self.is_closed()
    }

    fn levels(&self) -> &Gate {
        // Where no watermarks are, the level is Low until the close.
        self.watch.as_ref().map_or(&self.closed, |watch| &watch.levels)
    }
}
