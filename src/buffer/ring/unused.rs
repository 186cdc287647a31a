//! Slots that no message has been in.
//!
//! Those of a large ring begin as zeroes, which allocators take from the system as pages that cost
//! no memory before they are written to. A stamp of zero fits no place, so what claims such a slot
//! comes to the slow path, which prepares a page of them at once.

use super::Ring;
use crate::buffer::geometry::Geometry;
use crate::buffer::position::Position;
use crate::buffer::slot::Slot;
use crate::sync::{SMALL, ZEROES};
use alloc::alloc::alloc_zeroed;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::ptr::{self, NonNull};

/// From so many bytes on allocators ask the system for pages.
const LARGE: usize = 128 << 10;
const PAGE: usize = 4 << 10;

impl<T> Ring<T> {
    /// `None` if there is no memory for them.
    pub(super) fn slots(geometry: &Geometry) -> Option<Box<[Slot<T>]>> {
        let capacity = geometry.capacity();
        let is_large = if SMALL {
            capacity > 4
        } else {
            ZEROES && capacity.saturating_mul(size_of::<Slot<T>>()) >= LARGE
        };
        if is_large {
            let slots = zeroes(capacity)?;
            // [first-slot] the only one whose stamp can become zero again.
            slots[0].prepare(geometry.first(0));
            return Some(slots);
        }
        collect(capacity, |index| Slot::vacant(geometry.first(index)))
    }

    /// Prepares the slot at `place`, and those after it on its page. `false` if it is prepared.
    ///
    /// [unprepared] whatever finds a slot not vacant, and the ring not full, must come by here: no
    /// other thread prepares it.
    #[inline]
    pub(super) fn prepare(&self, place: Position) -> bool {
        (SMALL || ZEROES) && self.prepare_page(place)
    }

    #[cold]
    fn prepare_page(&self, place: Position) -> bool {
        let first = self.geometry.index(place);
        if first == 0 || !self.slots[first].is_unused() {
            return false;
        }
        let count = if SMALL { 1 } else { (PAGE / size_of::<Slot<T>>()).max(1) };
        for (index, slot) in self.slots.iter().enumerate().skip(first).take(count) {
            slot.prepare(self.geometry.first(index));
        }
        true
    }
}

fn zeroes<T>(capacity: usize) -> Option<Box<[Slot<T>]>> {
    if !ZEROES {
        return collect(capacity, |_| Slot::unused());
    }
    let layout = Layout::array::<Slot<T>>(capacity).ok()?;
    // SAFETY: the layout is not empty, as the capacity is not, and a slot has a stamp.
    let memory = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    let slots = ptr::slice_from_raw_parts_mut(memory.cast().as_ptr(), capacity);
    // SAFETY: it was allocated for a slice of so many slots. One of zeroes is an unused one: an
    // atomic of zero, and a message that is not there.
    Some(unsafe { Box::from_raw(slots) })
}

fn collect<T>(capacity: usize, slot: impl FnMut(usize) -> Slot<T>) -> Option<Box<[Slot<T>]>> {
    let mut slots = Vec::new();
    slots.try_reserve_exact(capacity).ok()?;
    slots.extend((0..capacity).map(slot));
    Some(slots.into_boxed_slice())
}
