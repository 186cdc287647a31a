//! An unbounded FIFO in linked blocks of slots, for any number of senders and receivers.
//!
//! The blocks are linked as in crossbeam's segmented queue: a compare-and-swap on the tail (head) claims a place, and
//! whoever claims the last slot of a block installs the next one for its side. While that lasts, the position stands
//! on a place that has no slot. What is ours: the tail word carries who waits and whether the queue is closed,
//! just as the ring's does; and nothing counts the messages that leave a block. Each leaves its stamp in its slot, as in the
//! ring, and only who reuses or frees the block, once for all of them, looks whether every slot has been left.
//!
//! A block behind the head is kept for the next one that is needed, or freed if one is kept already. So a steady
//! flow allocates nothing, and an empty queue holds two blocks at most. The first one comes with the first message: both
//! sides begin on a place between two blocks, where the fast paths end anyhow.
//!
//! # Why a receiver claims before it looks
//! A block may be freed as soon as its last message has left, so only a claim on a message in it makes it safe to read. A receiver
//! therefore claims what a sender has claimed, and if that sender is held up before it publishes, waits for it: it
//! pauses, then yields its thread. So does who frees a block for the last receiver in it. These are the only places where a
//! buffer waits.
//!
//! # Synchronization
//! - `[publish]`/`[received]` and `[close]`/`[closed]`: as in the ring.
//! - `[link]`/`[linked]`: a block, as its sender made it, to the receiver that goes on to it.
//! - `[install]`/`[installed]`: a block to whoever claims a place in it, through the position word. Also of the first one, which
//!   its sender installs for both sides: for the senders first.
//! - `[moved-head]`/`[seen-head]`: as in the ring, and here a claim relies on it: a receiver must not claim what no sender has.
//! - `[moved-tail]`/`[seen-tail]`: as in the ring.
//! - `[free]`/`[reused]`: every receiver's leave of a slot to the one that reuses or frees the block.
//! - `[spare]`/`[reuse]`: a block behind the head to the sender that fills it again.

use super::answer::{Owed, PopError, PushError};
use super::position::{CachedPosition, Cursor, Position, Stamp, Traffic};
use super::slot::{Slot, Vacancy};
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{AtomicPtr, Backoff, Padding, SMALL, abort, claim_backoff};
use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem::offset_of;
use core::ptr;

/// A block: the link to the next one, and its slots behind that.
#[derive(Debug)]
#[repr(C)]
struct Block<T> {
    next: AtomicPtr<Block<T>>,
    /// Where they begin. How many there are is a constant of `T`, which no array type can have for its length.
    slots: [Slot<T>; 0],
}

impl<T> Block<T> {
    /// The places of a block: its slots, and one to stand on while the next block is installed. A power of two, and as
    /// many as make some 4 KiB.
    const PLACES: usize = {
        let (mut places, few) = if SMALL { (4, 4) } else { (64, 4) };
        while places > few && (places - 1) * size_of::<Slot<T>>() > Self::BYTES {
            places /= 2;
        }
        places
    };
    /// 4 KiB of messages of 64 bytes, and the stamps beside them.
    const BYTES: usize = 4096 + 512;
    const SLOTS: usize = Self::PLACES - 1;
    /// Whether messages are large, and the end of the block is near. Then the fast path of a sender goes over it, too: the
    /// way to the slow one moves a message a few times.
    const IS_SHORT: bool = 63 * size_of::<Slot<T>>() > Self::BYTES;
    /// What the stamps of its slots do not tell.
    const UNTOLD: usize = Stamp::untold(Self::PLACES);
    const LAYOUT: Layout = {
        let size = size_of::<Self>() + Self::SLOTS * size_of::<Slot<T>>();
        match Layout::from_size_align(size, align_of::<Self>()) {
            Ok(layout) => layout,
            Err(_) => panic!("messages as large as the memory"),
        }
    };

    /// A block that nobody is in. It is to be freed.
    fn new() -> *mut Self {
        // SAFETY: the layout has a size: there is the link.
        let block = unsafe { alloc(Self::LAYOUT) }.cast::<Self>();
        if block.is_null() {
            handle_alloc_error(Self::LAYOUT);
        }
        // SAFETY: the memory is that of a link, and of so many slots.
        unsafe {
            (&raw mut (*block).next).write(AtomicPtr::new(ptr::null_mut()));
            for index in 0..Self::SLOTS {
                Self::slot_in(block, index).write(Slot::default());
            }
        }
        block
    }

    /// Gives the memory back.
    ///
    /// # Safety
    /// The block is from [`new`](Self::new), nobody is in it, and it is not used any more.
    unsafe fn free(block: *mut Self) {
        // SAFETY: by the contract; the messages are out.
        unsafe {
            for index in 0..Self::SLOTS {
                Self::slot_in(block, index).drop_in_place();
            }
            block.drop_in_place();
            dealloc(block.cast(), Self::LAYOUT);
        }
    }

    /// # Safety
    /// The memory is that of a block, and `index` is below [`SLOTS`](Self::SLOTS).
    #[inline]
    unsafe fn slot_in(block: *mut Self, index: usize) -> *mut Slot<T> {
        // SAFETY: by the contract. No reference to the block comes between: it would end before the slots.
        unsafe { (&raw mut (*block).slots).cast::<Slot<T>>().add(index) }
    }

    /// # Safety
    /// The block is from [`new`](Self::new) and is not freed while the slot is used; `index` is below [`SLOTS`](Self::SLOTS).
    #[inline]
    unsafe fn slot<'a>(block: *mut Self, index: usize) -> &'a Slot<T> {
        // SAFETY: by the contract.
        unsafe { &*Self::slot_in(block, index) }
    }

    /// Whether nobody is in the block any more: every message has left it, the last one a while ago.
    ///
    /// # Safety
    /// The block is from [`new`](Self::new) and is not freed meanwhile.
    unsafe fn is_left(block: *mut Self) -> bool {
        // SAFETY: by the contract.
        let stamp = |index| unsafe { Self::slot(block, index) }.stamp();
        // [reused] pairs with [free]. The last slot says in which lap this was; a new block was in none.
        let left = stamp(Self::SLOTS - 1);
        (0..Self::SLOTS - 1).rev().all(|index| stamp(index) == left)
    }
}

/// One side: where it stands, and in which block.
#[derive(Debug)]
#[repr(C)]
struct End<T> {
    position: Cursor,
    block: AtomicPtr<Block<T>>,
}

impl<T> End<T> {
    /// Between two blocks, of which the first one never was and the second one is not there yet.
    const START: Position = Position::start(Block::<T>::PLACES).previous();

    fn new(marked: bool) -> Self {
        Self {
            position: Cursor::new(Self::START.marked(marked)),
            block: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Goes on to the first slot of `next`. The caller has claimed the last slot before it, or made the first block.
    fn install(&self, next: *mut Block<T>) {
        self.block.store(next, Relaxed);
        // [install] pairs with [installed]: who reads this position or a later one finds the block there.
        self.position.pass(Release);
    }
}

/// The side of the receivers, who remember how far the senders were: only when that is used up they look again, and take
/// the line with the tail away from the senders.
#[derive(Debug)]
#[repr(C)]
struct Front<T> {
    end: End<T>,
    tail: CachedPosition,
}

#[derive(Debug)]
#[repr(C)] // The padding stays where it is, and the words where `Ring` has them.
pub(crate) struct Segments<T> {
    before: Padding,
    /// Moved by senders. Its flags: receivers wait; the length is watched; closed.
    tail: End<T>,
    between: Padding,
    /// Moved by receivers. Its flag: the level is High. Nobody waits for room.
    front: Front<T>,
    after: Padding,
    /// A block behind the head, or null.
    spare: AtomicPtr<Block<T>>,
    /// The blocks are owned: what is shared, sent and dropped with the queue is their messages.
    owned: PhantomData<Block<T>>,
}

impl<T> Segments<T> {
    const PLACES: usize = Block::<T>::PLACES;
    const SLOTS: usize = Block::<T>::SLOTS;
    /// Where its position words are.
    pub(super) const WORDS: [usize; 2] =
        [offset_of!(Self, tail.position), offset_of!(Self, front.end.position)];

    pub(crate) fn new(watched: bool) -> Self {
        Self {
            before: Padding::new(),
            tail: End::new(watched),
            between: Padding::new(),
            front: Front { end: End::new(false), tail: CachedPosition::new(End::<T>::START) },
            after: Padding::new(),
            spare: AtomicPtr::new(ptr::null_mut()),
            owned: PhantomData,
        }
    }

    /// Claims the next slot for a message if nobody else is faster.
    #[inline(always)]
    pub(super) fn claim_fast(&self) -> Option<Vacancy<'_, T>> {
        // [closed] pairs with [close]; [installed] pairs with [install].
        let tail = self.tail.position.load(Acquire);
        let index = tail.index(Self::PLACES);
        if tail.is_barred() || index + 1 >= Self::SLOTS {
            return if Block::<T>::IS_SHORT { self.claim().ok() } else { None };
        }
        let block = self.claim_in_block(tail)?;
        // SAFETY: the place in the block is claimed.
        Some(unsafe { self.vacancy(block, index, tail) })
    }

    /// # Safety
    /// The caller has claimed `place` on the tail, and `index` in `block` is its slot.
    #[inline(always)]
    unsafe fn vacancy(
        &self,
        block: *mut Block<T>,
        index: usize,
        place: Position,
    ) -> Vacancy<'_, T> {
        // SAFETY: the block stays until the message that goes into the claimed slot has left.
        let slot = unsafe { Block::slot(block, index) };
        Vacancy { slot, place, filled: Stamp::filled(place, Block::<T>::UNTOLD) }
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
        // The claim says that the position has not moved since it was read, so `block` is its block.
        Some(block)
    }

    /// Claims the next slot for a message. There always is one, so the answer is never Full.
    #[cold]
    pub(super) fn claim(&self) -> Result<Vacancy<'_, T>, PushError> {
        let mut next: *mut Block<T> = ptr::null_mut();
        let claimed = loop {
            // [closed] pairs with [close]; [installed] pairs with [install].
            let tail = self.tail.position.load(Acquire);
            let index = tail.index(Self::PLACES);
            if tail.is_barred() {
                break Err(PushError::Closed);
            }
            if index == Self::SLOTS {
                if self.tail.block.load(Relaxed).is_null() {
                    self.begin();
                    continue;
                }
                break Err(PushError::Busy);
            }
            let last = index + 1 == Self::SLOTS;
            if last && next.is_null() {
                // Before the claim: the others wait from the claim on until the block is there.
                next = self.unused_block(tail);
            }
            if let Some(block) = self.claim_in_block(tail) {
                if last {
                    // [link] pairs with [linked].
                    // SAFETY: the block stays until the message that goes into the claimed slot has left.
                    unsafe { &(*block).next }.store(next, Release);
                    self.tail.install(next);
                    next = ptr::null_mut();
                }
                // SAFETY: the place in the block is claimed.
                break Ok(unsafe { self.vacancy(block, index, tail) });
            }
        };
        if !next.is_null() {
            self.retire(next);
        }
        claimed
    }

    /// Installs the first block on both sides, unless another sender is at it.
    #[cold]
    fn begin(&self) {
        let first = Block::new();
        // [first] one sender installs, once: no other block is ever installed over null.
        let begun = self.tail.block.compare_exchange(ptr::null_mut(), first, Relaxed, Relaxed);
        if begun.is_err() {
            // SAFETY: nobody else has seen it.
            return unsafe { Block::free(first) };
        }
        // [tail-first] or else the head would be ahead, and receivers would claim what no sender has.
        self.tail.install(first);
        self.front.end.install(first);
    }

    /// Takes the oldest message if that needs no other block and nobody else is faster.
    #[inline(always)]
    pub(crate) fn pop_fast(&self) -> Option<(T, Owed)> {
        // [installed] pairs with [install].
        let head = self.front.end.position.load(Acquire);
        let index = head.index(Self::PLACES);
        if index + 1 >= Self::SLOTS || !self.is_behind_tail(head) {
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
        // SAFETY: the claim says that the position has not moved since it was read, so `block` is its block.
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
            // SAFETY: the block stays until the claimed message has left.
            let next = unsafe { &(*block).next };
            // [linked] pairs with [link]. It is there: the tail was seen in it.
            self.front.end.install(next.load(Acquire));
        }
        // SAFETY: as above.
        let slot = unsafe { Block::slot(block, index) };
        let mut backoff = Backoff::default();
        while slot.stamp() != Stamp::filled(place, Block::<T>::UNTOLD) {
            backoff.wait();
        }
        // SAFETY: the claim on `place` is the caller's, and the slot was seen filled for it.
        let message = unsafe { slot.take() };
        // [free] pairs with [reused], in `is_left`. The block may be gone after this, but for the receiver of its last message.
        slot.free(Stamp::left(place, Block::<T>::UNTOLD));
        if last {
            self.retire(block);
        }
        message
    }

    /// The spare block, or a new one. `tail` is in the block before it.
    fn unused_block(&self, tail: Position) -> *mut Block<T> {
        // [meet] so many small messages fit into memory where words are short.
        if usize::BITS <= 32 && self.is_out_of_places(tail) {
            abort();
        }
        // [reuse] pairs with [spare].
        let spare = self.spare.swap(ptr::null_mut(), Acquire);
        if spare.is_null() {
            return Block::new();
        }
        // SAFETY: the swap gave the block to this thread, and nobody else frees it.
        if unsafe { Block::is_left(spare) } {
            // Senders and receivers have gone on to the next block, and whoever still holds a pointer to this one from before
            // will fail to claim.
            return spare;
        }
        self.retire(spare);
        Block::new()
    }

    /// Whether places of the block behind that of `tail` could be so far from the head that they count as before it.
    fn is_out_of_places(&self, tail: Position) -> bool {
        // Where the head was: it may be further on by now, but not by so much.
        !self.front.end.position.load(Relaxed).is_before(tail.later(2 * Self::PLACES))
    }

    /// Makes the block the spare one if there is none, or else frees it. The head is past it.
    fn retire(&self, block: *mut Block<T>) {
        // [spare] pairs with [reuse].
        if self.spare.compare_exchange(ptr::null_mut(), block, Release, Relaxed).is_ok() {
            return;
        }
        let mut backoff = Backoff::default();
        // SAFETY: the exchange did not give the block away, so it is this thread that frees it.
        while !unsafe { Block::is_left(block) } {
            backoff.wait();
        }
        // SAFETY: nobody is in it, as above.
        unsafe { Block::free(block) };
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
        let since_start = |position| Self::places_between(End::<T>::START, position);
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
                // SAFETY: the two are not the same, nobody else is left, and the messages are out: an
                // empty queue has no block behind that of its head.
                unsafe { Block::free(block) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, End, Segments};
    use crate::buffer::position::Cursor;

    /// What a test cannot reach by sending: half of all places lie between the head and the tail.
    #[test]
    fn positions_never_meet_again() {
        const HALF: usize = usize::MAX / 2 >> 3;
        type Full = Segments<()>;
        let start = End::<()>::START;
        let out_of_places = |inside| Full::new(false).is_out_of_places(start.later(inside));
        assert!(!out_of_places(0));
        assert!(!out_of_places(HALF - 2 * Full::PLACES));
        assert!(out_of_places(HALF - 2 * Full::PLACES + 1));
        assert!(out_of_places(HALF));
        // What has gone out does not count.
        let mut queue = Full::new(false);
        queue.front.end.position = Cursor::new(start.later(Block::<()>::PLACES));
        assert!(!queue.is_out_of_places(start.later(HALF - Full::PLACES)));
    }
}
