//! The channel: a buffer, the gates at both ends of it, and the counts of its handles.
//!
//! This is the only place that says: a push that found somebody waiting opens `arrivals`, a pop that did opens
//! `vacancies`, a close opens everything.

use crate::buffer::{Buffer, Cursor, Owed, PopError, Position, PushError, Traffic};
use crate::count::HandleCount;
use crate::error::{SendError, TryRecvError, TrySendError};
use crate::gate::{Gate, sweep};
use crate::overflow::Overflow;
use crate::patience::Patience;
use crate::pressure::{Pressure, Watched};
use crate::stats::Stats;
use crate::sync::{Backoff, both, for_each};
use crate::wait::Outcome;
use crate::watch::Watch;
use alloc::boxed::Box;

#[derive(Debug)]
pub(crate) struct Channel<T> {
    buffer: Buffer<T>,
    /// Where `recv` waits for a message.
    pub(crate) arrivals: Gate,
    /// Where streams wait for a message that no `recv` takes.
    pub(crate) streams: Gate,
    /// Where `send` waits for a free slot.
    pub(crate) vacancies: Gate,
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
            patience: Patience::new(buffer.capacity().is_some()),
            buffer,
            arrivals: Gate::new(),
            streams: Gate::new(),
            vacancies: Gate::new(),
            closed: Gate::new(),
            senders: HandleCount::one(),
            receivers: HandleCount::one(),
            overflow,
            watch,
        }
    }

    /// An attempt to send that looks only where the room would be; the message comes back without a reason.
    #[inline(always)]
    pub(crate) fn push_fast(&self, message: T) -> Result<(), T> {
        let owed = self.buffer.push_fast(message)?;
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

    /// One attempt to send for a caller that can be told Closed, but not Full: it waits where the policy is to refuse.
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

    /// One attempt to send as the overflow policy says. The message stays where it is while it must wait.
    #[inline]
    pub(crate) fn offer(
        &self,
        message: &mut Option<T>,
        displaced: &mut Option<T>,
    ) -> Outcome<Result<(), TrySendError<T>>, Position> {
        match self.send_waiting(message) {
            Outcome::Blocked(full) => self.overflow(full, message, displaced),
            outcome => outcome,
        }
    }

    /// What the policy makes of a message for which there is no room.
    #[cold]
    fn overflow(
        &self,
        full: Position,
        message: &mut Option<T>,
        displaced: &mut Option<T>,
    ) -> Outcome<Result<(), TrySendError<T>>, Position> {
        match self.overflow {
            Overflow::Wait => return Outcome::Blocked(full),
            Overflow::Refuse => {
                self.count_refused();
                return Outcome::Done(Err(TrySendError::Full(message.take().expect("kept"))));
            }
            Overflow::DropOldest => {
                if !self.displace(full, message, displaced) {
                    return Outcome::Busy;
                }
            }
            Overflow::DropNewest => {
                self.count_displaced();
                *displaced = message.take();
            }
        }
        Outcome::Done(Ok(()))
    }

    /// One attempt to receive.
    #[inline(never)]
    pub(crate) fn pop(&self) -> Result<T, PopError> {
        let (message, owed) = self.buffer.pop()?;
        self.announce_pop(owed);
        Ok(message)
    }

    /// An attempt to receive that looks only where the message would be.
    #[inline(always)]
    pub(crate) fn pop_fast(&self) -> Option<T> {
        let (message, owed) = self.buffer.pop_fast()?;
        self.announce_pop(owed);
        Some(message)
    }

    #[inline]
    fn announce_pop(&self, owed: Owed) {
        if owed != Owed::Nothing {
            self.announce_room(owed);
        }
    }

    #[inline]
    fn announce_push(&self, owed: Owed) {
        if owed != Owed::Nothing {
            self.announce_message(owed);
        }
    }

    #[cold]
    fn announce_message(&self, owed: Owed) {
        if owed == Owed::Wakeup {
            return self.open_arrivals();
        }
        let look = || {
            if let Some(watch) = &self.watch {
                watch.pushed(&self.buffer);
            }
        };
        if owed == Owed::WakeupAndLook {
            return both(look, || self.open_arrivals());
        }
        look();
    }

    #[cold]
    fn announce_room(&self, owed: Owed) {
        if owed == Owed::Wakeup {
            return self.open_vacancies();
        }
        let look = || {
            if let Some(watch) = &self.watch {
                watch.popped(&self.buffer);
            }
        };
        if owed == Owed::WakeupAndLook {
            return both(look, || self.open_vacancies());
        }
        look();
    }

    /// Wakes receivers for a message: a waiting `recv`, or the streams if there is none.
    fn open_arrivals(&self) {
        self.patience.of_senders().wakes();
        open(self.buffer.tail(), &[&self.arrivals, &self.streams]);
    }

    /// Wakes a sender for a free slot.
    fn open_vacancies(&self) {
        self.patience.of_receivers().wakes();
        open(self.buffer.head(), &[&self.vacancies]);
    }

    #[inline]
    pub(crate) fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.push_fast(message).or_else(|message| self.try_send_slow(message))
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
                    self.count_refused();
                    return Err(TrySendError::Full(message.expect("kept")));
                }
                Outcome::Busy => backoff.wait(),
            }
        }
    }

    #[inline]
    pub(crate) fn try_recv(&self) -> Result<T, TryRecvError> {
        self.pop_fast().map_or_else(|| self.try_recv_slow(), Ok)
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

    /// Sends at once, in place of the oldest message if there is no room.
    pub(crate) fn force_send(&self, message: T) -> Result<Option<T>, SendError<T>> {
        let mut message = Some(message);
        let mut backoff = Backoff::default();
        let mut oldest = None;
        loop {
            match self.push(&mut message) {
                Ok(()) => return Ok(None),
                Err(PushError::Closed) => return Err(SendError(message.expect("kept"))),
                Err(PushError::Full(full)) if self.displace(full, &mut message, &mut oldest) => {
                    return Ok(oldest);
                }
                Err(PushError::Full(_) | PushError::Busy) => backoff.wait(),
            }
        }
    }

    /// Puts the message into a full buffer, and takes the oldest out; `false` if it is not full.
    fn displace(&self, full: Position, message: &mut Option<T>, displaced: &mut Option<T>) -> bool {
        let Some((owed, oldest)) = self.buffer.displace(full, message) else {
            return false;
        };
        *displaced = Some(oldest);
        self.count_displaced();
        self.announce_push(owed);
        true
    }

    fn count_displaced(&self) {
        if let Some(watch) = &self.watch {
            watch.count_displaced();
        }
    }

    pub(crate) fn count_refused(&self) {
        if let Some(watch) = &self.watch {
            watch.count_refused();
        }
    }

    /// Asks senders to announce what they send after `empty`; `false` if the tail has moved since.
    pub(crate) fn raise_arrivals(&self, empty: Position) -> bool {
        self.buffer.tail().raise(empty)
    }

    /// Asks receivers to announce the slots they free after `full`; `false` if the head has moved since.
    pub(crate) fn raise_vacancies(&self, full: Position) -> bool {
        self.buffer.head().raise(full)
    }

    /// Whether a `recv` that finds a message is to give way to other tasks first.
    pub(crate) fn recv_gives_way(&self) -> bool {
        let place = self.buffer.head().budget_end();
        place.is_some_and(|place| {
            self.len() != 0 && self.patience.of_receivers().gives_way_at(place)
        })
    }

    /// Whether a `send` that finds room is to give way to other tasks first.
    pub(crate) fn send_gives_way(&self) -> bool {
        let place = self.buffer.tail().budget_end();
        place.is_some_and(|place| !self.is_full() && self.patience.of_senders().gives_way_at(place))
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
        self.vacancies.wake_one();
    }

    /// Closes for good and wakes everybody; `true` for the one call that did.
    pub(crate) fn close(&self) -> bool {
        let closed = self.buffer.close();
        if closed {
            // [close-sweep] whatever the flags say: a waiter that has not raised its flag yet has listened, and finds the
            // channel closed or is found here.
            sweep(&[&self.arrivals, &self.streams, &self.vacancies, self.levels(), &self.closed]);
        }
        closed
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.buffer.is_closed()
    }

    pub(crate) fn len(&self) -> usize {
        self.buffer.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.capacity().is_some_and(|capacity| self.len() == capacity)
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
            sent,
            received,
            senders: self.sender_count(),
            receivers: self.receiver_count(),
            #[cfg(feature = "std")]
            waiting_senders: self.vacancies.waiters(),
            #[cfg(feature = "std")]
            waiting_receivers: self.arrivals.waiters() + self.streams.waiters(),
            deepest: tally.map(|tally| tally.deepest),
            refused: tally.map(|tally| tally.refused),
            displaced: tally.map(|tally| tally.displaced),
        }
    }

    /// Drops every message inside, also those whose sender is about to publish them. The channel must be closed.
    ///
    /// A message that panics when it is dropped takes no other with it.
    pub(crate) fn drain(&self) {
        let mut backoff = Backoff::default();
        let left = core::iter::from_fn(|| {
            loop {
                match self.pop() {
                    Ok(message) => return Some(message),
                    Err(PopError::Busy) => backoff.wait(),
                    Err(PopError::Empty(_) | PopError::Closed) => return None,
                }
            }
        });
        for_each(left, drop);
    }

    pub(crate) fn sender_count(&self) -> usize {
        self.senders.get()
    }

    pub(crate) fn receiver_count(&self) -> usize {
        self.receivers.get()
    }

    pub(crate) fn add_sender(&self) {
        self.senders.add();
    }

    pub(crate) fn add_receiver(&self) {
        self.receivers.add();
    }

    /// Adds a sender to an open channel that has one; `false` otherwise.
    pub(crate) fn upgrade_sender(&self) -> bool {
        !self.is_closed() && self.senders.add_if_any()
    }

    /// Adds a receiver to an open channel that has one; `false` otherwise.
    pub(crate) fn upgrade_receiver(&self) -> bool {
        !self.is_closed() && self.receivers.add_if_any()
    }

    pub(crate) fn drop_sender(&self) {
        if self.senders.remove_one() {
            // [last-sender] receivers that wait for more would wait for ever.
            self.close();
        }
    }

    pub(crate) fn drop_receiver(&self) {
        if self.receivers.remove_one() {
            both(
                // [last-receiver] senders that wait for room would wait for ever.
                || {
                    self.close();
                },
                // [drain] what is inside nobody will receive; it must not live as long as the last sender.
                || self.drain(),
            );
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
        // Where nobody watches, the level is Low until the close.
        self.watch.as_ref().map_or(&self.closed, |watch| &watch.levels)
    }
}

/// Wakes one waiter of the first gate. If it has none, nobody is announced to from here on, until
/// somebody raises the flag again.
fn open(word: &Cursor, gates: &[&Gate]) {
    // While waiters remain the flag stays up, and every push (pop) comes here. Nothing is counted.
    if !gates[0].wake_one() {
        // [lower] before [sweep]: whoever saw the flag up has taken its place by then and is woken here; whoever comes
        // later sees it down and raises it.
        word.lower();
        sweep(gates);
    }
}
