//! A slot: room for one message, and the stamp that says whose turn it is.

use super::answer::Owed;
use super::position::{Position, Stamp};
use crate::sync::{AtomicUsize, BARE_ATOMICS, Ordering, UnsafeCell};
use alloc::alloc::alloc_zeroed;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::mem::MaybeUninit;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::ptr::{self, NonNull};

/// Holds a message exactly while its stamp is a filled one, or while the receiver that claimed it takes it out.
#[derive(Debug)]
pub(super) struct Slot<T> {
    stamp: AtomicUsize,
    message: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: the claims hand a slot to one thread at a time, and a message moves through it by value: from one
// thread to another (so `T: Send`), never shared by two (so not `T: Sync`).
unsafe impl<T: Send> Sync for Slot<T> {}

// No code that can panic runs while a slot is half filled or half emptied.
impl<T> UnwindSafe for Slot<T> {}
impl<T> RefUnwindSafe for Slot<T> {}

/// A slot that waits for the first message.
impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            stamp: AtomicUsize::new(Stamp::default().0),
            message: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }
}

impl<T> Slot<T> {
    /// So many slots that wait for the first message, where that is possible in pages that the system zeroes when they are
    /// first touched. `None` if there are none, or more than memory can hold.
    pub(super) fn boxed(len: usize) -> Option<Box<[Self]>> {
        let layout = Layout::array::<Self>(len).ok()?;
        if layout.size() == 0 {
            return None;
        }
        if !BARE_ATOMICS {
            let mut slots = Vec::new();
            slots.try_reserve_exact(len).ok()?;
            slots.resize_with(len, Self::default);
            return Some(slots.into_boxed_slice());
        }
        // SAFETY: the size is not zero.
        let memory = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        let slots = ptr::slice_from_raw_parts_mut(memory.as_ptr().cast::<Self>(), len);
        // SAFETY: the memory has the layout of a box of them, and a slot of zeroes is one that waits for the first message.
        Some(unsafe { Box::from_raw(slots) })
    }

    #[inline]
    pub(super) fn stamp(&self) -> Stamp {
        // [received] pairs with [publish]: the message is there for the receiver that sees its stamp.
        // [reused] pairs with [free]: the receiver is done with the slot when the sender sees it vacant.
        Stamp(self.stamp.load(Ordering::Acquire))
    }

    /// Puts the message in and publishes it.
    ///
    /// # Safety
    /// The caller has claimed on the tail the position for which `filled` is the stamp, and has seen this slot vacant for it,
    /// or has taken out the message that was there.
    #[inline]
    pub(super) unsafe fn fill(&self, filled: Stamp, message: T) {
        // SAFETY: by the contract nobody else touches the slot until the stamp below says so.
        self.message.with_mut(|slot| unsafe { (*slot).write(message) });
        // [publish] pairs with [received].
        self.stamp.store(filled.0, Ordering::Release);
    }

    /// Takes the message out and leaves the stamp as it is: the slot remains the caller's.
    ///
    /// # Safety
    /// The caller has claimed on the head the position for which it has seen this slot filled.
    #[inline]
    pub(super) unsafe fn take(&self) -> T {
        // SAFETY: the stamp said that the message is initialised, and the claim is the only one on it.
        self.message.with(|slot| unsafe { (*slot).assume_init_read() })
    }

    /// Leaves the slot to whoever waits for this stamp.
    #[inline]
    pub(super) fn free(&self, stamp: Stamp) {
        // [free] pairs with [reused].
        self.stamp.store(stamp.0, Ordering::Release);
    }
}

/// A slot that is claimed for a message.
///
/// There is no way back: until it is filled, receivers find it busy.
#[derive(Debug)]
#[must_use = "a claimed slot that is never filled blocks the channel"]
pub(super) struct Vacancy<'a, T> {
    pub(super) slot: &'a Slot<T>,
    pub(super) place: Position,
    /// The stamp with which it is published.
    pub(super) filled: Stamp,
}

impl<T> Vacancy<'_, T> {
    /// Publishes the message.
    #[inline]
    pub(super) fn fill(self, message: T) -> Owed {
        // SAFETY: the claim on `place` is ours, and whoever made it has seen the slot vacant, or emptied it.
        unsafe { self.slot.fill(self.filled, message) };
        Owed::in_claimed(self.place)
    }
}
