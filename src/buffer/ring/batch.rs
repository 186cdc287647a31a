//! Many messages by one claim.

use super::Ring;
use crate::buffer::answer::{Owed, PopError, PushError};
use crate::buffer::position::{Geometry, Stamp};
use crate::buffer::stage::Stage;
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::claim_backoff;
use alloc::vec::Vec;

impl<T> Ring<T> {
    /// Puts in as many of the messages as there are vacant slots in a row, one at least; the others stay in `messages`.
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
            let (place, permits) = (tail.without_permits(), tail.permits());
            let wanted = messages.len() + permits;
            let mut vacant = 0;
            let mut next = place;
            while vacant < wanted
                && self.slots[self.geometry.index(next)].stamp() == Stamp::vacant(next)
            {
                vacant += 1;
                next = self.geometry.next(next);
            }
            // [batch-permits] the last of the vacant slots are reserved.
            let count = vacant.saturating_sub(permits);
            if count == 0 {
                let head = self.head.load(Relaxed);
                if self.is_full(head, tail) {
                    return Err(PushError::Full(head));
                }
                // [full] as in `claim`.
                if self.tail.load(Relaxed) == tail {
                    return Err(PushError::Busy);
                }
                continue;
            }
            // [claim], [moved-tail] as in `claim_at`. [batch-claim] all of the slots at once.
            if !self.tail.advance(tail, self.geometry.ahead(tail, count), Release) {
                claim_backoff();
                continue;
            }
            let mut next = place;
            for message in messages.take(count) {
                // SAFETY: the claim is on this slot too, and it was seen vacant for this place.
                unsafe { self.slots[self.geometry.index(next)].fill(next, message) };
                next = self.geometry.next(next);
            }
            return Ok((count, Owed::in_claimed(tail)));
        }
    }

    /// Takes up to `most` messages, the oldest first, and at least one. `messages` has room for so many.
    pub(in crate::buffer) fn pop_many(
        &self,
        messages: &mut Vec<T>,
        most: usize,
    ) -> Result<(usize, Owed), PopError> {
        loop {
            // [seen-head] pairs with [moved-head].
            let head = self.head.load(Acquire);
            let mut count = 0;
            let mut next = head;
            while count < most
                && self.slots[self.geometry.index(next)].stamp() == Stamp::filled(next)
            {
                count += 1;
                next = self.geometry.next(next);
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
            if !self.head.advance(head, next, Release) {
                claim_backoff();
                continue;
            }
            let mut next = head;
            for _ in 0..count {
                let slot = &self.slots[self.geometry.index(next)];
                // SAFETY: the claim is on this message too, and the slot was seen filled for its place.
                messages.push(unsafe { slot.take() });
                slot.free(self.geometry.next_lap(next));
                next = self.geometry.next(next);
            }
            return Ok((count, Owed::in_claimed(head)));
        }
    }
}
