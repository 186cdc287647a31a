//! Items in a channel: first in, first out, without a lock.

use super::displaced::Displaced;
#[cfg(feature = "std")]
use super::returned::Returned;
#[cfg(feature = "std")]
use super::store::Place;
use super::store::{Entry, Freed, Origin, PutOutcome, Seen, ShutDown, Side, Store, Tag};
use super::unfinished::Unfinished;
use crate::buffer::{PopError, Position};
use crate::channel::Channel;
use crate::futures::Receiving;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::pressure::Watched;
use crate::stats::Stats;
use crate::sync::{Defer, defer};
use crate::wait::{Attempt, Outcome};
use alloc::vec::Vec;

/// A channel without handles: it closes by a shutdown only.
#[derive(Debug)]
pub(super) struct Fifo<T> {
    channel: Channel<T>,
    #[cfg(feature = "std")]
    returned: Returned<T>,
}

impl<T> Fifo<T> {
    pub(super) fn new(channel: Channel<T>) -> Self {
        Self {
            channel,
            #[cfg(feature = "std")]
            returned: Returned::new(),
        }
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
        in_turn: bool,
    ) -> Result<(), T> {
        if origin == Origin::New {
            // [raise-first] before the send: a fast worker is done with the item before `send`
            // returns.
            unfinished.raise();
        }
        // It panics only where a waker does, and then the item is in: the count is right.
        let put = self.channel.push_fast(item, in_turn);
        if put.is_err() && origin == Origin::New {
            // [not-put] what was not sent does not count; it may have been all that kept the
            // joiners.
            unfinished.lower();
        }
        put
    }

    /// Takes an item out if there is one at once.
    #[inline]
    pub(super) fn get_fast(&self, unfinished: &Unfinished, in_turn: bool) -> Option<T> {
        #[cfg(feature = "std")]
        if !self.returned.is_empty() {
            return None;
        }
        let lost = lost(unfinished);
        let item = self.channel.pop_fast(in_turn);
        lost.cancel();
        item
    }

    #[inline]
    #[cfg_attr(not(feature = "std"), allow(clippy::unused_self, reason = "nothing comes back"))]
    fn pop_returned(&self) -> Option<Entry<T>> {
        #[cfg(feature = "std")]
        {
            let entry = self.returned.pop();
            if entry.is_some() {
                self.channel.spend_recv();
            }
            entry
        }
        #[cfg(not(feature = "std"))]
        None
    }
}

impl<T> Store<T> for Fifo<T> {
    fn put(
        &self,
        item: &mut Option<T>,
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome {
        let counts = origin == Origin::New;
        if counts {
            // [raise-first] as above.
            displaced.unfinished.raise();
        }
        // As above; and what is displaced is put down by then.
        let outcome = if counts {
            self.channel.send(item, &mut displaced.item)
        } else {
            self.channel.send_waiting(item)
        };
        let outcome = match outcome {
            Outcome::Done(Ok(())) => return Outcome::Done(Ok(())),
            Outcome::Done(Err(error)) => {
                *item = Some(error.into_inner());
                Outcome::Done(Err(ShutDown))
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

    fn get(&self, unfinished: &Unfinished, _: &mut Freed) -> Outcome<Option<Entry<T>>, Seen> {
        let mut nothing: Option<Option<Position>> = None;
        loop {
            // [returned-again] the second look: an item that was taken between the looks and given
            // back was inside all the time for this one.
            if let Some(entry) = self.pop_returned() {
                return Outcome::Done(Some(entry));
            }
            if let Some(seen) = nothing {
                return seen.map_or(Outcome::Done(None), |empty| Outcome::Blocked(Some(empty)));
            }
            let lost = lost(unfinished);
            let popped = self.channel.pop();
            lost.cancel();
            nothing = Some(match popped {
                // What a channel gives out was never out before.
                Ok(item) => return Outcome::Done(Some(Entry::new(item, Tag::FIRST))),
                Err(PopError::Busy) => return Outcome::Busy,
                Err(PopError::Closed) => None,
                Err(PopError::Empty(empty)) => Some(empty),
            });
        }
    }

    /// A channel takes nothing in at its end that exceeds its size, so all that comes back goes
    /// to the front.
    #[cfg(feature = "std")]
    fn take_back(&self, item: &mut Option<T>, tag: Tag, _: Place) -> bool {
        let taken = self.returned.push(item, tag);
        if taken {
            // [given-back] whatever the flags of the channel say: it has not changed.
            self.hand_on(Side::Arrivals);
        }
        taken
    }

    fn close(&self) {
        self.channel.close();
    }

    fn stop(&self, leftovers: &mut Vec<T>) {
        #[cfg(feature = "std")]
        self.returned.stop(leftovers);
        while let Ok(item) = self.channel.try_recv() {
            leftovers.push(item);
        }
    }

    fn gate(&self, side: Side) -> &Gate {
        match side {
            Side::Vacancies => &self.channel.vacancies,
            Side::Arrivals => self.receiving().arrivals(),
            Side::Streams => self.receiving().streams(),
        }
    }

    fn patience(&self, side: Side) -> Option<Patient<'_>> {
        Some(match side {
            Side::Vacancies => self.channel.patience.of_senders(),
            Side::Arrivals | Side::Streams => self.receiving().of_receivers(),
        })
    }

    fn gives_way(&self, side: Side) -> bool {
        match side {
            Side::Vacancies => self.channel.send_gives_way(),
            Side::Arrivals | Side::Streams => self.channel.recv_gives_way(|| self.len() != 0),
        }
    }

    fn begin_turn(&self, side: Side, overtakes: bool) {
        match side {
            Side::Vacancies => self.channel.begin_send_turn(overtakes),
            Side::Arrivals | Side::Streams => self.channel.begin_recv_turn(overtakes),
        }
    }

    fn offer_gives_way(&self) -> bool {
        self.channel.offer_gives_way()
    }

    fn raise(&self, side: Side, seen: Seen) -> bool {
        let seen = seen.expect("a position was seen");
        match side {
            Side::Vacancies => self.channel.raise_vacancies(seen, None),
            Side::Arrivals | Side::Streams => self.receiving().raise(seen),
        }
    }

    fn hand_on(&self, side: Side) {
        match side {
            Side::Vacancies => self.channel.hand_on_vacancy(),
            Side::Arrivals => self.receiving().hand_on(),
            // A stream may never look again: it owes nothing.
            Side::Streams => {}
        }
    }

    fn len(&self) -> usize {
        #[cfg(feature = "std")]
        return self.channel.len() + self.returned.len();
        #[cfg(not(feature = "std"))]
        self.channel.len()
    }

    fn capacity(&self) -> Option<usize> {
        self.channel.capacity()
    }

    /// What was given back takes no room in the channel.
    fn is_full(&self) -> bool {
        self.channel.is_full()
    }

    fn count_refused(&self, items: usize) {
        self.channel.count_refused(items);
    }

    fn stats(&self) -> Stats {
        let stats = self.channel.stats();
        #[cfg(feature = "std")]
        let stats = {
            let (came, gone) = self.returned.traffic();
            Stats {
                len: stats.len + (came - gone),
                sent: stats.sent.wrapping_add(came),
                received: stats.received.wrapping_add(gone),
                ..stats
            }
        };
        stats
    }

    fn is_shut_down(&self) -> bool {
        self.channel.is_closed()
    }

    fn watched(&self) -> &dyn Watched {
        &self.channel
    }
}

/// Where the waker of a put panics, the item is out and goes with the unwinding.
#[inline]
fn lost(unfinished: &Unfinished) -> Defer<impl FnMut()> {
    defer(|| unfinished.lower())
}
