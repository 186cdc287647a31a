//! A bounded FIFO of exact capacity in one allocation, for any number of senders and receivers.
//!
//! The algorithm is Dmitry Vyukov's bounded MPMC queue: a compare-and-swap on the tail (head)
//! claims a place, and a stamp in the slot tells whose turn it is. Lap and index share a word, so
//! the capacity needs not be a power of two. What is ours: the words also carry who waits and
//! whether the ring is closed. A claim therefore learns of a waiter in the very word that it
//! replaces, and pays neither a fence nor a second load for it.
//!
//! # Synchronization
//! - `[publish]`/`[received]`: the sender's message to its receiver, through the stamp.
//! - `[free]`/`[reused]`: the receiver's leave of a slot to the sender of the next lap, through the
//!   stamp.
//! - `[close]`/`[closed]`: what came before a close to a caller that is told Closed, through the
//!   tail word.
//! - `[moved-head]`/`[seen-head]`, `[moved-tail]`/`[seen-tail]`: what was known of the other side
//!   to a thread that finds this side where that left it. A receiver has moved the head because it
//!   saw a message, so it knows of a tail beyond it; who sees its head sees that tail, or a later
//!   one, and not an empty ring.
//!
//! The flags need no order: they live in the words whose changes they announce.
//!
//! # Empty and full
//! are decided by the positions, never by a stamp alone. The head never overtakes the tail, so a
//! tail that is read after the head and equal to it proves that the ring was empty at that moment,
//! even if that head was left behind by then; and a head read after the tail and one lap behind it,
//! that it was full. A slot that is claimed and not yet published (or released) is *busy*: no
//! waiter may sleep on it.

use super::answer::{NotDisplaced, Owed, PopError, PushError};
use super::cursor::Cursor;
use super::geometry::{Geometry, Traffic};
use super::position::{Position, Stamp};
use super::slot::{Slot, Vacancy};
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{CachePadded, Distance, Turn, claim_backoff};
use alloc::boxed::Box;

mod batch;
mod permit;
mod unused;

#[derive(Debug)]
#[repr(C)]
pub(crate) struct Ring<T> {
    /// Moved by senders. Its flags: receivers wait; the length is watched; closed.
    tail: CachePadded<Cursor>,
    /// Moved by receivers. Its flags: senders wait; the level is High.
    head: CachePadded<Cursor>,
    after: Distance,
    slots: Box<[Slot<T>]>,
    geometry: Geometry,
}

impl<T> Ring<T> {
    /// `None` if the capacity is zero, or one that words or memory cannot represent.
    pub(crate) fn new(capacity: usize, watched: bool) -> Option<Self> {
        let geometry = Geometry::new(capacity)?;
        let slots = Self::slots(&geometry)?;
        let start = geometry.start();
        // None of the first turn is done.
        let turn_end = geometry.turn_end(Geometry::in_row(start, 1), Turn::Whole);
        Some(Self {
            tail: CachePadded::new(Cursor::new(start.marked(watched), turn_end)),
            head: CachePadded::new(Cursor::new(start, turn_end)),
            after: Distance::new(),
            slots,
            geometry,
        })
    }

    /// Where a turn ends whose first operation has led here.
    #[inline]
    pub(super) fn turn_end(&self, position: Position, turn: Turn) -> Position {
        self.geometry.turn_end(position, turn)
    }

    /// Claims the next slot for a message if it is vacant and no other thread is faster.
    #[inline(always)]
    pub(super) fn claim_fast(&self, in_turn: bool) -> Option<Vacancy<'_, T>> {
        let tail = self.tail.load(Relaxed);
        if in_turn && self.tail.turn_is_over(tail) { None } else { self.claim_at(tail) }
    }

    #[inline(always)]
    fn claim_at(&self, tail: Position) -> Option<Vacancy<'_, T>> {
        let slot = &self.slots[self.geometry.index(tail)];
        // A closed tail matches no stamp.
        if slot.stamp() != Stamp::vacant(tail) {
            return None;
        }
        // [claim] pairs with [raise]: the flag is read in the word that this replaces.
        // [moved-tail] pairs with [seen-tail].
        if !self.tail.advance(tail, self.geometry.next(tail), Release) {
            claim_backoff();
            return None;
        }
        Some(Vacancy { slot, place: tail })
    }

    /// Claims the next slot for a message, or tells why not.
    pub(super) fn claim(&self) -> Result<Vacancy<'_, T>, PushError> {
        loop {
            // [closed] pairs with [close]; [seen-tail] pairs with [moved-tail]: the head read below
            // is not behind.
            let tail = self.tail.load(Acquire);
            if tail.is_barred() {
                return Err(PushError::Closed);
            }
            if let Some(vacancy) = self.claim_at(tail) {
                return Ok(vacancy);
            }
            let head = self.head.load(Relaxed);
            if self.is_full(head, tail) {
                return Err(PushError::Full(head));
            }
            if let Some(vacancy) = self.claim_beside_permits(tail) {
                return Ok(vacancy);
            }
            if self.prepare(tail) {
                continue;
            }
            // [full] a slot that is not vacant makes no full ring: a receiver is at it, or another
            // sender was faster.
            if self.tail.load(Relaxed) == tail {
                return Err(PushError::Busy);
            }
        }
    }

    /// Whether there is no room. `head` was read after `tail`: then that was so when the tail was
    /// read.
    fn is_full(&self, head: Position, tail: Position) -> bool {
        if tail.permits() == 0 {
            return Geometry::is_at(self.geometry.next_lap(head), tail);
        }
        // [full-permits] what is reserved is no room, although the slot is vacant.
        self.geometry.room(head, tail) == Some(0)
    }

    /// Whether it still is full as of the head word `full`, without any permits, and open.
    pub(super) fn is_full_of_messages(&self, full: Position) -> bool {
        // [early-open] after the place at the gate was taken.
        let tail = self.tail.load(Acquire);
        !tail.is_barred()
            && tail.permits() == 0
            && Geometry::is_at(self.geometry.next_lap(full), tail)
    }

    /// Claims `tail`, which is known to leave room for the permits, if there are any.
    fn claim_beside_permits(&self, tail: Position) -> Option<Vacancy<'_, T>> {
        let place = tail.without_permits();
        if place == tail {
            return None;
        }
        let slot = &self.slots[self.geometry.index(tail)];
        // [claim], [moved-tail] as in `claim_at`.
        (slot.stamp() == Stamp::vacant(place)
            && self.tail.advance(tail, self.geometry.next(tail), Release))
        .then_some(Vacancy { slot, place })
    }

    /// Displaces the oldest message, for one that goes to the end instead: claims both places at
    /// once.
    ///
    /// `full` is the head word with which [`claim`](Self::claim) found the ring full.
    pub(super) fn displace(&self, full: Position) -> Result<(Vacancy<'_, T>, T), NotDisplaced> {
        // [bar] the oldest message is barred first, so that the ring is still full of it when the
        // tail moves.
        if full.is_barred() || !self.head.bar(full) {
            return Err(NotDisplaced::Contended);
        }
        let tail = self.tail.load(Acquire);
        let place = tail.without_permits();
        let oldest = &self.slots[self.geometry.index(full)];
        // The same slot, unless some are reserved.
        let newest = &self.slots[self.geometry.index(tail)];
        let vacant = place == tail || {
            self.prepare(tail);
            newest.stamp() == Stamp::vacant(place)
        };
        // The message may be on its way in. A closed tail matches no stamp.
        // [moved-tail] pairs with [seen-tail].
        if oldest.stamp() != Stamp::filled(full)
            || tail.is_barred()
            || !self.is_full(full, tail)
            || !vacant
            || !self.tail.advance(tail, self.geometry.next(tail), Release)
        {
            self.head.unbar();
            // Nothing comes in by itself where everything is reserved.
            let nothing =
                Geometry::is_at(full, tail) && self.is_full(full, tail) && !tail.is_barred();
            return Err(if nothing { NotDisplaced::Nothing } else { NotDisplaced::Contended });
        }
        loop {
            let head = self.head.load(Relaxed);
            // [moved-head] pairs with [seen-head]: the ring is not empty, the tail has moved.
            if self.head.advance(head, self.geometry.next(head).unbarred(), Release) {
                break;
            }
        }
        // SAFETY: the bar kept all others off the message, and the slot was seen filled with
        // it.
        let message = unsafe { oldest.take() };
        if place != tail {
            // [free-displaced] the permits count on this slot.
            oldest.free(self.geometry.next_lap(full));
        }
        Ok((Vacancy { slot: newest, place }, message))
    }

    /// Takes the oldest message if it is there and no other thread is faster.
    #[inline(always)]
    pub(crate) fn pop_fast(&self, in_turn: bool) -> Option<(T, Owed)> {
        let head = self.head.load(Relaxed);
        if in_turn && self.head.turn_is_over(head) { None } else { self.pop_at(head) }
    }

    #[inline(always)]
    fn pop_at(&self, head: Position) -> Option<(T, Owed)> {
        let slot = &self.slots[self.geometry.index(head)];
        if slot.stamp() != Stamp::filled(head) {
            return None;
        }
        // [claim] pairs with [raise]: the flags are read in the word that this replaces.
        // [moved-head] pairs with [seen-head].
        if !self.head.advance(head, self.geometry.next(head), Release) {
            claim_backoff();
            return None;
        }
        // SAFETY: the claim on `head` is ours, and the slot was seen filled for it.
        let message = unsafe { slot.take() };
        slot.free(self.geometry.next_lap(head));
        Some((message, Owed::in_claimed(head)))
    }

    /// Takes the oldest message, or tells why not.
    pub(crate) fn pop(&self) -> Result<(T, Owed), PopError> {
        loop {
            // [seen-head] pairs with [moved-head]: the tail read below is not behind.
            let head = self.head.load(Acquire);
            if let Some(popped) = self.pop_at(head) {
                return Ok(popped);
            }
            // [closed] pairs with [close].
            let tail = self.tail.load(Acquire);
            if Geometry::is_at(tail, head) {
                return Err(if tail.is_barred() {
                    PopError::Closed
                } else {
                    PopError::Empty(tail)
                });
            }
            // [empty] a slot that is not filled makes no empty ring: a sender is at it, or another
            // receiver was faster.
            if self.head.load(Relaxed) == head {
                return Err(PopError::Busy);
            }
        }
    }

    pub(super) fn distance(&self, head: Position, tail: Position) -> usize {
        self.geometry.distance(head, tail)
    }

    pub(super) fn traffic(&self, head: Position, tail: Position) -> Traffic {
        self.geometry.traffic(head, tail)
    }

    pub(crate) fn capacity(&self) -> usize {
        self.geometry.capacity()
    }

    /// The word on which receivers raise their flag.
    pub(crate) fn tail(&self) -> &Cursor {
        &self.tail
    }

    /// The word on which senders raise their flag.
    pub(crate) fn head(&self) -> &Cursor {
        &self.head
    }
}

impl<T> Drop for Ring<T> {
    fn drop(&mut self) {
        while let Ok((message, _)) = self.pop() {
            drop(message);
        }
    }
}
