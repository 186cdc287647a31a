//! Slots side by side, each with a byte for its state.
//!
//! A slot that nobody claims twice before all of its block is made vacant again needs no stamp to tell one lap from another: three
//! states do. As bytes side by side they cost a message one byte, where a stamp of its own costs a word. They lie beside
//! their messages, and not all of a block's together, so that a sender and a receiver a few messages apart don't write to one line.

use crate::sync::{AtomicU8, Ordering, SMALL, UnsafeCell};
use core::array;
use core::mem::MaybeUninit;
use core::panic::{RefUnwindSafe, UnwindSafe};

/// How many slots a row has.
pub(super) const WIDTH: usize = if SMALL { 4 } else { 8 };

/// A slot waits for its sender.
const VACANT: u8 = 0;
/// A slot holds a message, which the receiver that has claimed it takes out.
const FILLED: u8 = 1;
/// A slot's message is out, and its receiver gone.
const LEFT: u8 = 2;

#[derive(Debug)]
pub(super) struct Row<T> {
    states: [AtomicU8; WIDTH],
    messages: [UnsafeCell<MaybeUninit<T>>; WIDTH],
}

// SAFETY: the claims hand a slot to one thread at a time, and a message moves through it by value: from one
// thread to another (so `T: Send`), never shared by two (so not `T: Sync`).
unsafe impl<T: Send> Sync for Row<T> {}

// No code that can panic runs while a slot is half filled or half emptied.
impl<T> UnwindSafe for Row<T> {}
impl<T> RefUnwindSafe for Row<T> {}

impl<T> Row<T> {
    /// Makes a row in place, as if every slot had been left. A row of large messages would not fit on the stack.
    ///
    /// # Safety
    /// `row` is valid for writes.
    pub(super) unsafe fn write_left(row: *mut Self) {
        // SAFETY: by the contract; every field is written before the row counts as initialised.
        unsafe {
            (&raw mut (*row).states).write(array::from_fn(|_| AtomicU8::new(LEFT)));
            let messages = (&raw mut (*row).messages).cast::<UnsafeCell<MaybeUninit<T>>>();
            for index in 0..WIDTH {
                messages.add(index).write(UnsafeCell::new(MaybeUninit::uninit()));
            }
        }
    }

    /// Makes every slot vacant, when all were left.
    pub(super) fn vacate(&mut self) {
        self.states = array::from_fn(|_| AtomicU8::new(VACANT));
    }

    #[inline(always)]
    pub(super) fn slot(&self, index: usize) -> RowSlot<'_, T> {
        RowSlot { state: &self.states[index], message: &self.messages[index] }
    }
}

/// A slot of a row.
#[derive(Debug)]
pub(super) struct RowSlot<'a, T> {
    state: &'a AtomicU8,
    message: &'a UnsafeCell<MaybeUninit<T>>,
}

impl<T> RowSlot<'_, T> {
    #[inline]
    pub(super) fn is_filled(&self) -> bool {
        // [received] pairs with [publish].
        self.state.load(Ordering::Acquire) == FILLED
    }

    #[inline]
    pub(super) fn is_left(&self) -> bool {
        // [reused] pairs with [free].
        self.state.load(Ordering::Acquire) == LEFT
    }

    /// Puts the message in and publishes it.
    ///
    /// # Safety
    /// The slot is vacant, and the caller has claimed its place on the tail.
    #[inline]
    pub(super) unsafe fn fill(&self, message: T) {
        // SAFETY: by the contract nobody else touches the slot until the state below says so.
        self.message.with_mut(|slot| unsafe { (*slot).write(message) });
        // [publish] pairs with [received].
        self.state.store(FILLED, Ordering::Release);
    }

    /// Takes the message out. The slot remains the caller's until it [leaves](Self::leave).
    ///
    /// # Safety
    /// The caller has claimed the slot's place on the head, and has seen the slot filled.
    #[inline]
    pub(super) unsafe fn take(&self) -> T {
        // SAFETY: the state said that the message is initialised, and the claim is the only one on it.
        self.message.with(|slot| unsafe { (*slot).assume_init_read() })
    }

    /// Leaves the slot: who finds all of a block left may fill it again, or free it.
    #[inline]
    pub(super) fn leave(&self) {
        // [free] pairs with [reused].
        self.state.store(LEFT, Ordering::Release);
    }
}
