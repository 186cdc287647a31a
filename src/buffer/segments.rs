//! An unbounded FIFO in linked blocks of slots, for any number of senders and receivers.
//!
//! The blocks are linked as in crossbeam's segmented queue: a compare-and-swap on the tail (head)
//! claims a place, and the thread that claims the last slot of a block installs the next one for
//! its side. While that lasts, the position stands on a place that has no slot. What is ours: the
//! tail word carries who waits and whether the queue is closed, just as the ring's does; and
//! nothing counts the messages that leave a block. Each leaves its stamp in its slot, as in the
//! ring, and only who reuses or frees the block, once for all of them, looks whether every slot has
//! been left.
//!
//! A block behind the head is kept for the next one that is needed, or freed if one is kept
//! already. So a steady flow allocates nothing, and an empty queue holds two blocks at most.
//!
//! # Why a receiver claims before it looks
//! A block may be freed as soon as its last message has left, so only a claim on a message in it
//! makes it safe to read. A receiver therefore claims what a sender has claimed, and if that sender
//! is held up before it publishes, waits for it: it pauses, then yields its thread. So does who
//! frees a block for the last receiver in it. These are the only places where a buffer waits.
//!
//! # Synchronization
//! - `[publish]`/`[received]` and `[close]`/`[closed]`: as in the ring.
//! - `[link]`/`[linked]`: a block, as its sender made it, to the receiver that goes on to it.
//! - `[install]`/`[installed]`: a block to the thread that claims a place in it, through the
//!   position word.
//! - `[moved-head]`/`[seen-head]`: as in the ring, and here a claim relies on it: a receiver must
//!   not claim what no sender has.
//! - `[moved-tail]`/`[seen-tail]`: as in the ring.
//! - `[free]`/`[reused]`: every receiver's leave of a slot to the one that reuses or frees the
//!   block.
//! - `[spare]`/`[reuse]`: a block behind the head to the sender that fills it again.

use super::answer::{Owed, PopError, PushError};
use super::cursor::{CachedPosition, Cursor};
use super::geometry::Traffic;
use super::position::{Position, Stamp};
use super::slot::Vacancy;
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{AtomicPtr, Backoff, CachePadded, Distance, claim_backoff};
use core::marker::PhantomData;
use core::ptr;

mod batch;
mod block;
mod supply;

use block::Block;

/// One side: where it stands, and in which block.
#[derive(Debug)]
struct End<T> {
    position: Cursor,
    block: AtomicPtr<Block<T>>,
}

impl<T> End<T> {
    fn new(marked: bool, turn: usize) -> Self {
        let start = Segments::<T>::START.marked(marked);
        let position = Cursor::new(start, start.turn_end(turn));
        Self { position, block: AtomicPtr::new(ptr::null_mut()) }
    }

    /// Goes on to the first slot of `next`. The caller has claimed the last slot before it, or is
    /// the one that installs the first block.
    fn install(&self, next: *mut Block<T>) {
        self.block.store(next, Relaxed);
        // [install] pairs with [installed]: who reads this position or a later one finds the block
        // there.
        self.position.pass(Release);
    }
}

/// The side of the receivers, who remember how far the senders were: only when that is used up they
/// look again, and take the line with the tail away from the senders.
#[derive(Debug)]
struct Front<T> {
    end: End<T>,
    tail: CachedPosition,
}

#[derive(Debug)]
#[repr(C)]
pub(crate) struct Segments<T> {
    /// Moved by senders. Its flags: receivers wait; the length is watched; closed.
    tail: CachePadded<End<T>>,
    /// Moved by receivers. Its flag: the level is High. No sender waits for room.
    front: CachePadded<Front<T>>,
    after: Distance,
    /// A block behind the head, or null.
    spare: AtomicPtr<Block<T>>,
    /// The blocks are owned: what is shared, sent and dropped with the queue is their messages.
    owned: PhantomData<Block<T>>,
}

impl<T> Segments<T> {
    const PLACES: usize = Block::<T>::PLACES;
    const SLOTS: usize = Block::<T>::SLOTS;

    /// Both sides begin between two blocks, of which the first is nowhere: the other comes with the
    /// first message.
    const START: Position = Position::start(Self::PLACES).before();

    pub(crate) fn new(watched: bool, turn: usize) -> Self {
        let front = Front { end: End::new(false, turn), tail: CachedPosition::new(Self::START) };
        Self {
            tail: CachePadded::new(End::new(watched, turn)),
            front: CachePadded::new(front),
            after: Distance::new(),
            spare: AtomicPtr::new(ptr::null_mut()),
            owned: PhantomData,
        }
    }

    /// Claims the next slot for a message if that needs no other block and no other thread is
    /// faster.
    #[inline(always)]
    pub(super) fn claim_fast(&self, in_turn: bool) -> Option<Vacancy<'_, T>> {
        // [closed] pairs with [close]; [installed] pairs with [install].
        let tail = self.tail.position.load(Acquire);
        let index = tail.index(Self::PLACES);
        if tail.is_barred() || index + 1 >= Self::SLOTS {
            return None;
        }
        if in_turn && self.tail.position.turn_is_over(tail) {
            return None;
        }
        let block = self.claim_in_block(tail)?;
        // SAFETY: `index` is below that of the last slot, and the block stays until the message
        // that goes into the claimed slot has left.
        Some(Vacancy { slot: unsafe { Block::slot(block, index) }, place: tail })
    }

    /// Claims `tail`, and gives the block in which it is.
    #[inline(always)]
    fn claim_in_block(&self, tail: Position) -> Option<*mut Block<T>> {
        let block = self.tail.block.load(Relaxed);
        // [claim] pairs with [raise]: the flag is read in the word that this replaces.
        // [moved-tail] pairs with [seen-tail].
        if !self.tail.position.advance(tail, tail.next(), Release) {
            claim_backoff();
            return None;
        }
        // The claim says that the position has not moved since it was read, so this is its block.
        Some(block)
    }

    /// Claims the next slot for a message. There always is one, so the answer is never Full.
    pub(super) fn claim(&self) -> Result<Vacancy<'_, T>, PushError> {
        let mut next = None;
        let claimed = loop {
            // [closed] pairs with [close]; [installed] pairs with [install].
            let tail = self.tail.position.load(Acquire);
            let index = tail.index(Self::PLACES);
            if tail.is_barred() {
                break Err(PushError::Closed);
            }
            if index == Self::SLOTS {
                if self.install_first(tail) {
                    continue;
                }
                break Err(PushError::Busy);
            }
            if index + 1 == Self::SLOTS && next.is_none() {
                // Before the claim: the others wait from the claim on until the block is there.
                next = Some(self.unused_block(tail));
            }
            if let Some(block) = self.claim_in_block(tail) {
                if index + 1 == Self::SLOTS {
                    let next = next.take().unwrap_or_else(|| Block::new(tail.lap(Self::PLACES)));
                    // [link] pairs with [linked].
                    // SAFETY: the block stays until the message that goes into the claimed slot
                    // has left.
                    unsafe { &*block }.next.store(next, Release);
                    self.tail.install(next);
                }
                // SAFETY: as above.
                break Ok(Vacancy { slot: unsafe { Block::slot(block, index) }, place: tail });
            }
        };
        if let Some(block) = next {
            self.retire(block);
        }
        claimed
    }

    /// Takes the oldest message if that needs no other block and no other thread is faster.
    #[inline(always)]
    pub(crate) fn pop_fast(&self, in_turn: bool) -> Option<(T, Owed)> {
        // [installed] pairs with [install].
        let head = self.front.end.position.load(Acquire);
        let index = head.index(Self::PLACES);
        if index + 1 >= Self::SLOTS || !self.is_behind_tail(head) {
            return None;
        }
        if in_turn && self.front.end.position.turn_is_over(head) {
            return None;
        }
        self.pop_at(head, index)
    }

    /// Whether a sender has claimed the place, as far as that is known at once.
    #[inline(always)]
    fn is_behind_tail(&self, place: Position) -> bool {
        if place.is_before(self.front.tail.get()) {
            return true;
        }
        // [sighted] needs no order: wherever the tail was, it does not come back.
        let tail = self.tail.position.load(Relaxed);
        self.front.tail.set(tail);
        place.is_before(tail)
    }

    /// Takes the message at `head`, which a sender has claimed.
    #[inline(always)]
    fn pop_at(&self, head: Position, index: usize) -> Option<(T, Owed)> {
        let block = self.front.end.block.load(Relaxed);
        // The flag is read in the word that this replaces.
        // [moved-head] pairs with [seen-head].
        if !self.front.end.position.advance(head, head.next(), Release) {
            claim_backoff();
            return None;
        }
        // SAFETY: the claim says that the position has not moved since it was read, so `block` is
        // its block.
        Some((unsafe { self.take(block, index, head) }, Owed::in_claimed(head)))
    }

    /// Takes the oldest message.
    pub(crate) fn pop(&self) -> Result<(T, Owed), PopError> {
        loop {
            // [seen-head] pairs with [moved-head]: the tail read below is not behind this head.
            // [installed] pairs with [install].
            let head = self.front.end.position.load(Acquire);
            // [closed] pairs with [close].
            let tail = self.tail.position.load(Acquire);
            if tail.is_at(head) {
                return Err(if tail.is_barred() {
                    PopError::Closed
                } else {
                    PopError::Empty(tail)
                });
            }
            let index = head.index(Self::PLACES);
            let last = index + 1 == Self::SLOTS;
            if index == Self::SLOTS || (last && head.laps_to(tail, Self::PLACES) == 0) {
                // The next block is being installed, for this side or for the other.
                return Err(PopError::Busy);
            }
            if let Some(popped) = self.pop_at(head, index) {
                return Ok(popped);
            }
        }
    }

    /// Takes the message of `place` out of its slot.
    ///
    /// # Safety
    /// The caller has claimed `place` on the head, and `index` in `block` is its slot.
    #[inline]
    unsafe fn take(&self, block: *mut Block<T>, index: usize, place: Position) -> T {
        let last = index + 1 == Self::SLOTS;
        if last {
            // [linked] pairs with [link]. It is there: the tail was seen in it.
            // SAFETY: the block stays until the claimed message has left.
            self.front.end.install(unsafe { &*block }.next.load(Acquire));
        }
        // SAFETY: as above.
        let slot = unsafe { Block::slot(block, index) };
        let mut backoff = Backoff::default();
        while slot.stamp() != Stamp::filled(place) {
            backoff.wait();
        }
        // SAFETY: the claim on `place` is the caller's, and the slot was seen filled for it.
        let message = unsafe { slot.take() };
        // [free] pairs with [reused], in `is_left`. The block may be gone after this, but for the
        // receiver of its last message.
        slot.free(place);
        if last {
            self.retire(block);
        }
        message
    }

    /// How many messages lie between `head` and `tail`.
    #[allow(clippy::unused_self, reason = "the ring needs its capacity for this")]
    pub(super) fn distance(&self, head: Position, tail: Position) -> usize {
        Self::places_between(head, tail)
    }

    fn places_between(head: Position, tail: Position) -> usize {
        head.laps_to(tail, Self::PLACES) * Self::SLOTS + tail.index(Self::PLACES)
            - head.index(Self::PLACES)
    }

    /// How many messages went in and out before `head` and `tail`.
    #[allow(clippy::unused_self, reason = "as above")]
    pub(super) fn traffic(&self, head: Position, tail: Position) -> Traffic {
        let since_start = |position| Self::places_between(Self::START, position);
        Traffic {
            len: self.distance(head, tail),
            sent: since_start(tail),
            received: since_start(head),
        }
    }

    /// The word on which receivers raise their flag.
    pub(crate) fn tail(&self) -> &Cursor {
        &self.tail.position
    }

    /// The word on which senders would raise theirs.
    pub(crate) fn head(&self) -> &Cursor {
        &self.front.end.position
    }
}

impl<T> Drop for Segments<T> {
    fn drop(&mut self) {
        while let Ok((message, _)) = self.pop() {
            drop(message);
        }
        for block in [self.front.end.block.load(Relaxed), self.spare.load(Relaxed)] {
            if !block.is_null() {
                // SAFETY: they are not the same, no other thread is left, and the messages are out:
                // an empty queue has no block behind that of its head.
                unsafe { Block::free(block) };
            }
        }
    }
}
