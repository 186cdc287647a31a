//! Many messages by one claim. A claim ends with the last slot: the next one begins at the first.

use super::Ring;
use crate::buffer::answer::{Owed, PopError, PushError};
use crate::buffer::geometry::Geometry;
use crate::buffer::position::Stamp;
use crate::buffer::stage::Stage;
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::claim_backoff;
use alloc::vec::Vec;

impl<T> Ring<T> {
    /// Puts in as many of the messages as there are vacant slots in a row, one at least; the others
    /// stay in `messages`.
    pub(in crate::buffer) fn push_many(
        &self,
        messages: &mut Stage<T>,
    ) -> Result<(usize, Owed), PushError> {
        loop {
            // [closed] pairs with [close]; [seen-tail] pairs with [moved-tail].
            let tail = self.tail.load(Acquire);
            if tail.is_barred() {
                return Err(PushError::Closed);
            }
            let place = tail.without_permits();
            let row = &self.slots[self.geometry.index(tail)..];
            // [batch-permits] what is reserved is no room. That of a tail that has moved is not
            // used.
            let most = if place == tail {
                messages.len()
            } else {
                let head = self.head.load(Relaxed);
                messages.len().min(self.geometry.room(head, tail).unwrap_or(0))
            };
            let mut count = 0;
            for slot in row.iter().take(most) {
                if slot.stamp() != Stamp::vacant(Geometry::in_row(place, count)) {
                    break;
                }
                count += 1;
            }
            if count == 0 {
                let head = self.head.load(Relaxed);
                if self.is_full(head, tail) {
                    return Err(PushError::Full(head));
                }
                // [full] as in `claim`.
                if !self.prepare(tail) && self.tail.load(Relaxed) == tail {
                    return Err(PushError::Busy);
                }
                continue;
            }
            // [claim], [moved-tail] as in `claim_at`. [batch-claim] all of the slots at once.
            if !self.tail.advance(tail, self.geometry.ahead(tail, count), Release) {
                claim_backoff();
                continue;
            }
            let mut place = place;
            for (slot, message) in row.iter().zip(messages.take(count)) {
                // SAFETY: the claim is on this slot too, and it was seen vacant for this place.
                unsafe { slot.fill(place, message) };
                place = Geometry::in_row(place, 1);
            }
            return Ok((count, Owed::in_claimed(tail)));
        }
    }

    /// Takes up to `most` messages, the oldest first, and at least one. `messages` has room for so
    /// many.
    pub(in crate::buffer) fn pop_many(
        &self,
        messages: &mut Vec<T>,
        most: usize,
    ) -> Result<(usize, Owed), PopError> {
        loop {
            // [seen-head] pairs with [moved-head].
            let head = self.head.load(Acquire);
            let row = &self.slots[self.geometry.index(head)..];
            let mut count = 0;
            for slot in row.iter().take(most) {
                if slot.stamp() != Stamp::filled(Geometry::in_row(head, count)) {
                    break;
                }
                count += 1;
            }
            if count == 0 {
                // [closed] pairs with [close].
                let tail = self.tail.load(Acquire);
                if Geometry::is_at(tail, head) {
                    return Err(if tail.is_barred() {
                        PopError::Closed
                    } else {
                        PopError::Empty(tail)
                    });
                }
                // [empty] as in `pop`.
                if self.head.load(Relaxed) == head {
                    return Err(PopError::Busy);
                }
                continue;
            }
            // [claim], [moved-head] as in `pop_at`. [batch-claim] all of the messages at once.
            if !self.head.advance(head, self.geometry.ahead(head, count), Release) {
                claim_backoff();
                continue;
            }
            let mut place = head;
            // Their number is known to the vector at once: it has the room.
            messages.extend(row.iter().take(count).map(|slot| {
                // SAFETY: the claim is on this message too, and the slot was seen filled for its
                // place.
                let message = unsafe { slot.take() };
                slot.free(self.geometry.next_lap(place));
                place = Geometry::in_row(place, 1);
                message
            }));
            return Ok((count, Owed::in_claimed(head)));
        }
    }
}
