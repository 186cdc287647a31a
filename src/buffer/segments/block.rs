//! A block of slots.

use crate::buffer::position::Position;
use crate::buffer::slot::Slot;
use crate::sync::{AtomicPtr, SMALL};
use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::ptr;

/// What a block begins with. Its slots follow in the same allocation: how many depends on the size
/// of a message, so an array cannot say it.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Block<T> {
    pub(super) next: AtomicPtr<Block<T>>,
    slots: [Slot<T>; 0],
}

impl<T> Block<T> {
    /// The places of a block: its slots, and one to stand on while the next block is installed. A
    /// power of two; as many slots as fit into a page or so, 63 at most and one at least.
    pub(super) const PLACES: usize = {
        const BYTES: usize = 4 << 10;
        const MOST: usize = if SMALL { 4 } else { 64 };

        let mut places = MOST;
        while places > 2 && (places - 1).saturating_mul(size_of::<Slot<T>>()) > BYTES {
            places /= 2;
        }
        places
    };
    pub(super) const SLOTS: usize = Self::PLACES - 1;

    /// The slots begin where the fields end, as these are aligned as a slot is.
    const LAYOUT: Layout = {
        let size = size_of::<Self>() + Self::SLOTS * size_of::<Slot<T>>();
        match Layout::from_size_align(size, align_of::<Self>()) {
            Ok(layout) => layout,
            Err(_) => panic!("a message is too large"),
        }
    };

    /// A block as if it had been left in the lap that begins at `lap`: the next one is its own.
    /// The caller is its owner, until it is [freed](Self::free).
    pub(super) fn new(lap: Position) -> *mut Self {
        // SAFETY: the layout is not empty.
        let block = unsafe { alloc(Self::LAYOUT) }.cast::<Self>();
        if block.is_null() {
            handle_alloc_error(Self::LAYOUT);
        }
        // SAFETY: the pointer is valid for writes to all of the block, whose slots begin behind the
        // fields.
        unsafe {
            (&raw mut (*block).next).write(AtomicPtr::new(ptr::null_mut()));
            let slots = (&raw mut (*block).slots).cast::<Slot<T>>();
            let mut place = lap;
            for index in 0..Self::SLOTS {
                slots.add(index).write(Slot::vacant(place));
                place = place.next();
            }
        }
        block
    }

    /// # Safety
    /// The caller is the owner of the block, which nothing refers to any more.
    pub(super) unsafe fn free(block: *mut Self) {
        // SAFETY: it was allocated by `new` with this layout, and has so many slots.
        unsafe {
            let slots = (&raw mut (*block).slots).cast::<Slot<T>>();
            ptr::slice_from_raw_parts_mut(slots, Self::SLOTS).drop_in_place();
            block.drop_in_place();
            dealloc(block.cast(), Self::LAYOUT);
        }
    }

    /// # Panics
    /// If there is no slot of this index.
    ///
    /// # Safety
    /// The block exists for as long as the slot is used.
    #[inline(always)]
    pub(super) unsafe fn slot<'a>(block: *mut Self, index: usize) -> &'a Slot<T> {
        assert!(index < Self::SLOTS, "a place between two blocks");
        // SAFETY: as promised. The pointer comes from that to the whole block.
        unsafe { &*(&raw const (*block).slots).cast::<Slot<T>>().add(index) }
    }

    /// Whether no sender and no receiver is in the block any more: every message has left it, the
    /// last one a while ago.
    ///
    /// # Safety
    /// The block exists.
    pub(super) unsafe fn is_left(block: *mut Self) -> bool {
        // SAFETY: as promised.
        let stamp = |index| unsafe { Self::slot(block, index) }.stamp();
        // [reused] pairs with [free]. The last slot says in which lap this was.
        let mut left = stamp(Self::SLOTS - 1);
        (0..Self::SLOTS - 1).rev().all(|index| {
            left = left.previous();
            stamp(index) == left
        })
    }
}
