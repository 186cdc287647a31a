//! The handles of a channel are counted, and the last of a side closes it.

use super::Channel;
use crate::buffer::{Owed, PopError};
use crate::gate::{Gate, sweep};
use crate::pressure::Watched;
use crate::sync::{Backoff, both, for_each};

impl<T> Channel<T> {
    /// Closes for good and wakes all waiters; `true` for the one call that did.
    pub(crate) fn close(&self) -> bool {
        self.close_for(&[
            &self.arrivals,
            &self.streams,
            &self.vacancies,
            &self.clearings,
            &self.closed,
            self.levels(),
        ])
    }

    /// The same where no waiter can be at other gates. The last one is that of the levels.
    fn close_for(&self, gates: &[&Gate]) -> bool {
        let closed = self.buffer.close();
        if closed {
            // [close-sweep] whatever the flags say: a waiter that has not raised its flag yet has
            // listened, and finds the channel closed or is found here.
            sweep(if self.watch.is_some() { gates } else { &gates[..gates.len() - 1] });
        }
        closed
    }

    /// Drops every message inside, also those whose sender is about to publish them. The channel
    /// must be closed.
    ///
    /// A message that panics when it is dropped takes no other with it.
    pub(crate) fn drain(&self) {
        let mut backoff = Backoff::default();
        let left = core::iter::from_fn(|| {
            loop {
                // No sender waits for room any more.
                match self.buffer.pop() {
                    Ok((message, _)) => return Some(message),
                    Err(PopError::Busy) => backoff.wait(),
                    Err(PopError::Empty(_) | PopError::Closed) => return None,
                }
            }
        });
        // The level follows at once.
        both(|| for_each(left, drop), || self.announce_room(Owed::Look));
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
            // [last-sender] receivers that wait for more would wait for ever. No sender waits for
            // room.
            self.close_for(&[&self.arrivals, &self.streams, &self.closed, self.levels()]);
        }
    }

    pub(crate) fn drop_receiver(&self) {
        if self.receivers.remove_one() {
            both(
                // [last-receiver] senders that wait for room would wait for ever. No receiver waits
                // for more.
                || {
                    self.close_for(&[
                        &self.vacancies,
                        &self.clearings,
                        &self.closed,
                        self.levels(),
                    ]);
                },
                // [drain] what is inside has no receiver any more; it must not live as long as the
                // last sender.
                || self.drain(),
            );
        }
    }
}
