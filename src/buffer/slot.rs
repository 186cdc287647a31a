//! A slot: room for one message, and the stamp that says whose turn it is.

use super::answer::Owed;
use super::position::{Position, Stamp};
use crate::sync::{AtomicUsize, Ordering, UnsafeCell};
use core::mem::MaybeUninit;
use core::panic::{RefUnwindSafe, UnwindSafe};

/// Holds a message exactly while its stamp is a filled one, or while the receiver that claimed it
/// takes it out.
#[derive(Debug)]
pub(super) struct Slot<T> {
    stamp: AtomicUsize,
    message: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: the claims hand a slot to one thread at a time, and a message moves through it by value:
// from one thread to another (so `T: Send`), never shared by two (so not `T: Sync`).
unsafe impl<T: Send> Sync for Slot<T> {}

// No code that can panic runs while a slot is half filled or half emptied.
impl<T> UnwindSafe for Slot<T> {}
impl<T> RefUnwindSafe for Slot<T> {}

impl<T> Slot<T> {
    /// A slot that waits for the sender that claims `position`.
    pub(super) fn vacant(position: Position) -> Self {
        Self {
            stamp: AtomicUsize::new(Stamp::vacant(position).0),
            message: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    /// A slot that waits for no sender yet.
    pub(super) fn unused() -> Self {
        Self {
            stamp: AtomicUsize::new(Stamp::UNUSED.0),
            message: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    pub(super) fn is_unused(&self) -> bool {
        self.stamp() == Stamp::UNUSED
    }

    /// Leaves a slot that is unused to the sender that claims `position`.
    pub(super) fn prepare(&self, position: Position) {
        let vacant = Stamp::vacant(position);
        // [prepare] an exchange: other threads prepare it as well, and one of them may have used it
        // since. Relaxed: nothing was in it.
        let _ = self.stamp.compare_exchange(
            Stamp::UNUSED.0,
            vacant.0,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
    }

    #[inline]
    pub(super) fn stamp(&self) -> Stamp {
        // [received] pairs with [publish]: the message is there for the receiver that sees its
        // stamp.
        // [reused] pairs with [free]: the receiver is done with the slot when the sender sees it
        // vacant.
        Stamp(self.stamp.load(Ordering::Acquire))
    }

    /// Puts in the message of `position` and publishes it.
    ///
    /// # Safety
    /// The caller has claimed `position` on the tail and has seen this slot vacant for it, or has
    /// taken out the message that was there.
    #[inline]
    pub(super) unsafe fn fill(&self, position: Position, message: T) {
        // SAFETY: by the contract no other thread touches the slot until the stamp below says so.
        self.message.with_mut(|slot| unsafe { (*slot).write(message) });
        // [publish] pairs with [received].
        self.stamp.store(Stamp::filled(position).0, Ordering::Release);
    }

    /// Takes the message out and leaves the stamp as it is: the slot remains the caller's.
    ///
    /// # Safety
    /// The caller has claimed on the head the position for which it has seen this slot filled.
    #[inline]
    pub(super) unsafe fn take(&self) -> T {
        // SAFETY: the stamp said that the message is initialised, and the claim is the only one on
        // it.
        self.message.with(|slot| unsafe { (*slot).assume_init_read() })
    }

    /// Leaves the slot to the sender that claims `position`.
    #[inline]
    pub(super) fn free(&self, position: Position) {
        // [free] pairs with [reused].
        self.stamp.store(Stamp::vacant(position).0, Ordering::Release);
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
}

impl<T> Vacancy<'_, T> {
    /// Publishes the message.
    #[inline]
    pub(super) fn fill(self, message: T) -> Owed {
        // SAFETY: the claim on `place` is ours, and the thread that made it has seen the slot
        // vacant, or emptied it.
        unsafe { self.slot.fill(self.place, message) };
        Owed::in_claimed(self.place)
    }
}
