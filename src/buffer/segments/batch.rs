//! Many messages by one claim, within a block.

use super::Segments;
use super::block::Block;
use crate::buffer::answer::{Owed, PopError, PushError};
use crate::buffer::stage::Stage;
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::claim_backoff;
use alloc::vec::Vec;

impl<T> Segments<T> {
    /// Puts in as many of the messages as the block takes, one at least; the others stay in
    /// `messages`.
    pub(in crate::buffer) fn push_many(
        &self,
        messages: &mut Stage<T>,
    ) -> Result<(usize, Owed), PushError> {
        loop {
            // [closed] pairs with [close]; [installed] pairs with [install].
            let tail = self.tail.position.load(Acquire);
            let index = tail.index(Self::PLACES);
            if tail.is_barred() {
                return Err(PushError::Closed);
            }
            if index + 1 >= Self::SLOTS {
                // The last slot brings the next block with it.
                let vacancy = self.claim()?;
                let message = messages.take(1).next().expect("a message to push");
                return Ok((1, vacancy.fill(message)));
            }
            let count = messages.len().min(Self::SLOTS - 1 - index);
            let block = self.tail.block.load(Relaxed);
            // [claim], [moved-tail] as in `claim_in_block`.
            if !self.tail.position.advance(tail, tail.ahead(count), Release) {
                claim_backoff();
                continue;
            }
            for (offset, message) in messages.take(count).enumerate() {
                // SAFETY: the claim is on this slot too, whose block stays as in `claim_fast`, and
                // is vacant up to the tail's next one.
                unsafe { Block::slot(block, index + offset).fill(tail.ahead(offset), message) };
            }
            return Ok((count, Owed::in_claimed(tail)));
        }
    }

    /// Takes up to `most` messages of a block, the oldest first, and at least one. `messages` has
    /// room for so many.
    pub(in crate::buffer) fn pop_many(
        &self,
        messages: &mut Vec<T>,
        most: usize,
    ) -> Result<(usize, Owed), PopError> {
        loop {
            // [seen-head] pairs with [moved-head]; [installed] pairs with [install].
            let head = self.front.end.position.load(Acquire);
            let tail = self.tail.position.load(Acquire);
            let index = head.index(Self::PLACES);
            if tail.is_at(head) || index + 1 >= Self::SLOTS {
                let (message, owed) = self.pop()?;
                messages.push(message);
                return Ok((1, owed));
            }
            let claimed = if head.laps_to(tail, Self::PLACES) == 0 {
                tail.index(Self::PLACES)
            } else {
                Self::SLOTS
            };
            let count = most.min(claimed.min(Self::SLOTS - 1) - index);
            let block = self.front.end.block.load(Relaxed);
            // [claim], [moved-head] as in `pop_at`.
            if !self.front.end.position.advance(head, head.ahead(count), Release) {
                claim_backoff();
                continue;
            }
            for offset in 0..count {
                // SAFETY: the claim is on this message too; the block stays until the last of them
                // has left.
                messages.push(unsafe { self.take(block, index + offset, head.ahead(offset)) });
            }
            return Ok((count, Owed::in_claimed(head)));
        }
    }
}
