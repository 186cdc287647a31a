//! Permits: slots that are reserved for messages which are not there yet.
//!
//! They are a count in the tail word. Messages and permits together are never more than the
//! capacity, because each operation that adds to either replaces the word with which it found room.
//! Which slot a permit is good for is decided when its message comes: so a permit that is kept for
//! long holds nothing up.
//!
//! # Room and slots
//! Room is counted by the positions: a receiver that has moved the head has made room, although it
//! may still be taking the message out of the slot. So the message of a permit can find its slot
//! *busy* for a moment, never more.

use super::Ring;
use crate::buffer::answer::PushError;
use crate::buffer::geometry::Geometry;
use crate::buffer::position::{Position, Stamp};
use crate::buffer::slot::Vacancy;
use crate::sync::Ordering::{Acquire, Relaxed, Release};

impl<T> Ring<T> {
    /// Reserves `n` slots at once. Full also means that there is room, but not for so many; `false`
    /// that there is, and so many permits that the word counts no more.
    pub(in crate::buffer) fn reserve(&self, n: usize) -> Result<bool, PushError> {
        loop {
            // [closed] pairs with [close].
            let tail = self.tail.load(Acquire);
            if tail.is_barred() {
                return Err(PushError::Closed);
            }
            let head = self.head.load(Relaxed);
            let Some(room) = self.geometry.room(head, tail) else {
                // The tail has moved since.
                continue;
            };
            if room < n {
                return Err(PushError::Full(head));
            }
            if tail.permits() + n > Geometry::MAX_PERMITS {
                return Ok(false);
            }
            // [reserve] on the word with which the room was found; the head can only have moved on
            // and made more.
            // [moved-tail] pairs with [seen-tail]: of the head that made the room, the claim of the
            // permit knows through this.
            if self.tail.advance(tail, tail.with_more_permits(n), Release) {
                return Ok(true);
            }
        }
    }

    /// Claims the next slot for the message of a permit, which is used up by that.
    pub(in crate::buffer) fn claim_reserved(&self) -> Result<Vacancy<'_, T>, PushError> {
        loop {
            // [closed] pairs with [close]; [seen-tail] pairs with [moved-tail].
            let tail = self.tail.load(Acquire);
            if tail.is_barred() {
                return Err(PushError::Closed);
            }
            let place = tail.without_permits();
            let slot = &self.slots[self.geometry.index(tail)];
            if slot.stamp() == Stamp::vacant(place) {
                // [claim] pairs with [raise]; [moved-tail] pairs with [seen-tail].
                // [use-permit] in one step: the slot passes from the permit to the message.
                if self.tail.advance(tail, self.geometry.next(tail).with_fewer_permits(1), Release)
                {
                    return Ok(Vacancy { slot, place });
                }
            } else if !self.prepare(tail) && self.tail.load(Relaxed) == tail {
                // A receiver has moved the head beyond this slot, and is about to leave it.
                return Err(PushError::Busy);
            }
        }
    }

    /// Gives `n` permits back.
    pub(in crate::buffer) fn release(&self, n: usize) {
        self.tail.release(n);
    }

    /// How many slots are neither filled nor reserved.
    pub(in crate::buffer) fn room(&self, head: Position, tail: Position) -> usize {
        self.geometry.room(head, tail).unwrap_or(0)
    }

    /// How many permits there are.
    pub(in crate::buffer) fn reserved(&self) -> usize {
        self.tail.load(Relaxed).permits()
    }
}
