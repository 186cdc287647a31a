//! Items in a channel: first in, first out, without a lock.

use super::displaced::Displaced;
use super::error::TryPutError;
use super::store::{Origin, PutOutcome, Seen, Side, Taken};
use super::unfinished::Unfinished;
use crate::channel::Channel;
use crate::error::{RecvError, TrySendError};
use crate::futures::Receiving;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::stats::Stats;
use crate::sync::{Defer, defer};
use crate::wait::{Attempt, Outcome};

/// A channel without handles: it closes by a shutdown only.
#[derive(Debug)]
pub(super) struct Fifo<T> {
    channel: Channel<T>,
}

impl<T> Fifo<T> {
    pub(super) fn new(channel: Channel<T>) -> Self {
        Self { channel }
    }

    fn sending(&self) -> &Channel<T> {
        &self.channel
    }

    fn receiving(&self) -> Receiving<'_, T> {
        Receiving { channel: &self.channel }
    }

    /// Puts the item if there is room for it at once.
    #[inline]
    pub(super) fn put_fast(
        &self,
        item: T,
        unfinished: &Unfinished,
        origin: Origin,
    ) -> Result<(), T> {
        if origin == Origin::New {
            // [raise-first] before the send: a fast worker is done with the item before `send` returns.
            unfinished.raise();
        }
        // It panics only where a waker does, and then the item is in: the count is right.
        let put = self.sending().push_fast(item);
        if put.is_err() && origin == Origin::New {
            // [not-put] what was not sent does not count; it may have been all that kept the joiners.
            unfinished.lower();
        }
        put
    }

    #[inline]
    pub(super) fn put(
        &self,
        item: &mut Option<T>,
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome<T> {
        let counts = origin == Origin::New;
        if counts {
            // [raise-first] as above.
            displaced.unfinished.raise();
        }
        // As above; and what is displaced is put down by then.
        let outcome = if counts {
            self.sending().offer(item, &mut displaced.item)
        } else {
            self.sending().send_waiting(item)
        };
        let outcome = match outcome {
            Outcome::Done(Ok(())) => return Outcome::Done(Ok(())),
            Outcome::Done(Err(TrySendError::Closed(item))) => {
                Outcome::Done(Err(TryPutError::ShutDown(item)))
            }
            Outcome::Done(Err(TrySendError::Full(item))) => {
                Outcome::Done(Err(TryPutError::Full(item)))
            }
            Outcome::Blocked(full) => Outcome::Blocked(Some(full)),
            Outcome::Busy => Outcome::Busy,
        };
        if counts {
            // [not-put] as above.
            displaced.unfinished.lower();
        }
        outcome
    }

    /// Takes an item out if there is one at once.
    #[inline]
    pub(super) fn get_fast(&self, unfinished: &Unfinished) -> Option<Taken<T>> {
        let lost = lost(unfinished);
        let received = self.receiving().attempt_fast();
        lost.cancel();
        received?.ok().map(first)
    }

    #[inline]
    pub(super) fn get(&self, unfinished: &Unfinished) -> Outcome<Option<Taken<T>>, Seen> {
        let lost = lost(unfinished);
        let outcome = self.receiving().attempt();
        lost.cancel();
        match outcome {
            Outcome::Done(Ok(item)) => Outcome::Done(Some(first(item))),
            Outcome::Done(Err(RecvError)) => Outcome::Done(None),
            Outcome::Blocked(empty) => Outcome::Blocked(Some(empty)),
            Outcome::Busy => Outcome::Busy,
        }
    }

    /// Graceful: what is inside can still be taken.
    pub(super) fn close(&self) {
        self.channel.close();
    }

    /// Drops what is inside; the channel is closed.
    pub(super) fn drain(&self, unfinished: &Unfinished) {
        while let Ok(item) = self.channel.try_recv() {
            // An item that panics when it is dropped takes no other with it, and counts.
            let rest = defer(|| self.drain(unfinished));
            let done = defer(|| unfinished.lower());
            drop(item);
            drop(done);
            rest.cancel();
        }
    }

    pub(super) fn gate(&self, side: Side) -> &Gate {
        match side {
            Side::Vacancies => &self.sending().vacancies,
            Side::Arrivals => self.receiving().arrivals(),
            Side::Streams => self.receiving().streams(),
        }
    }

    pub(super) fn patience(&self, side: Side) -> Patient<'_> {
        match side {
            Side::Vacancies => self.sending().patience.of_senders(),
            Side::Arrivals | Side::Streams => self.receiving().of_receivers(),
        }
    }

    pub(super) fn raise(&self, side: Side, seen: Seen) -> bool {
        let seen = seen.expect("a position was seen");
        match side {
            Side::Vacancies => self.sending().raise_vacancies(seen),
            Side::Arrivals | Side::Streams => self.receiving().raise(seen),
        }
    }

    pub(super) fn hand_on(&self, side: Side) {
        match side {
            Side::Vacancies => self.sending().hand_on_vacancy(),
            Side::Arrivals => self.receiving().hand_on(),
            // Whoever holds a stream may never look again: it owes nothing.
            Side::Streams => {}
        }
    }

    pub(super) fn len(&self) -> usize {
        self.channel.len()
    }

    pub(super) fn capacity(&self) -> Option<usize> {
        self.channel.capacity()
    }

    pub(super) fn count_refused(&self) {
        self.sending().count_refused();
    }

    pub(super) fn stats(&self) -> Stats {
        self.channel.stats()
    }

    /// What has the level.
    pub(super) fn watched(&self) -> &Channel<T> {
        &self.channel
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.channel.is_closed()
    }
}

impl<T> Drop for Fifo<T> {
    fn drop(&mut self) {
        // A message that panics when it is dropped takes no other with it.
        self.channel.drain();
    }
}

/// Where the waker of a put panics, the item is out and goes with the unwinding.
#[inline]
fn lost(unfinished: &Unfinished) -> Defer<impl FnMut()> {
    defer(|| unfinished.lower())
}

/// What a channel gives out never comes back.
#[inline]
fn first<T>(item: T) -> Taken<T> {
    Taken { item, attempt: 1 }
}
