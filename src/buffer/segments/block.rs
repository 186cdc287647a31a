//! A block of slots.

use crate::buffer::position::Position;
use crate::buffer::slot::Slot;
use crate::sync::{AtomicPtr, SMALL};
use alloc::boxed::Box;
use core::ptr;

/// The places of a block: its slots, and one to stand on while the next block is installed.
pub(super) const PLACES: usize = if SMALL { 4 } else { 64 };
pub(super) const SLOTS: usize = PLACES - 1;

#[derive(Debug)]
pub(super) struct Block<T> {
    pub(super) next: AtomicPtr<Block<T>>,
    pub(super) slots: [Slot<T>; SLOTS],
}

impl<T> Block<T> {
    /// A block as if it had been left in the lap that begins at `lap`: the next one is its own.
    pub(super) fn boxed(lap: Position) -> Box<Self> {
        let mut block = Box::<Self>::new_uninit();
        let fields = block.as_mut_ptr();
        // Field by field: a block of large messages would not fit on the stack.
        // SAFETY: the pointer is valid for writes to all of the block, and every field is written
        // before it counts as initialised.
        unsafe {
            (&raw mut (*fields).next).write(AtomicPtr::new(ptr::null_mut()));
            let slots = (&raw mut (*fields).slots).cast::<Slot<T>>();
            let mut place = lap;
            for index in 0..SLOTS {
                slots.add(index).write(Slot::vacant(place));
                place = place.next();
            }
            block.assume_init()
        }
    }

    /// Whether nobody is in the block any more: every message has left it, the last one a while
    /// ago.
    pub(super) fn is_left(&self) -> bool {
        let [others @ .., last] = &self.slots;
        // [reused] pairs with [free]. The last slot says in which lap this was.
        let mut left = last.stamp();
        others.iter().rev().all(|slot| {
            left = left.previous();
            slot.stamp() == left
        })
    }
}
