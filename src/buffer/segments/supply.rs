//! Where blocks come from, and where they go.

use super::Segments;
use super::block::Block;
use crate::buffer::position::Position;
use crate::sync::Backoff;
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use core::ptr;

impl<T> Segments<T> {
    /// Installs the first block, if that is what `tail` waits for and no other sender is at it.
    #[cold]
    pub(super) fn install_first(&self, tail: Position) -> bool {
        if !self.tail.block.load(Relaxed).is_null() {
            return false;
        }
        let block = Block::new(tail.lap(Self::PLACES));
        // [first-block] one of all senders installs it.
        if self.tail.block.compare_exchange(ptr::null_mut(), block, Relaxed, Relaxed).is_err() {
            // SAFETY: no other thread has seen it.
            unsafe { Block::free(block) };
            return false;
        }
        // The tail first: a receiver that finds the head behind it comes again.
        self.tail.install(block);
        self.front.end.install(block);
        true
    }

    /// The spare block, or a new one. `tail` is in the block before it.
    pub(super) fn unused_block(&self, tail: Position) -> *mut Block<T> {
        // [reuse] pairs with [spare].
        let spare = self.spare.swap(ptr::null_mut(), Acquire);
        if !spare.is_null() {
            // SAFETY: the swap gave the block to this thread, and no other frees it.
            if unsafe { Block::is_left(spare) } {
                // Senders and receivers have gone on to the next one, and a thread that still holds
                // a pointer to it from before will fail to claim.
                return spare;
            }
            self.retire(spare);
        }
        Block::new(tail.lap(Self::PLACES))
    }

    /// Makes the block the spare one if there is none, or else frees it. The head is past it.
    pub(super) fn retire(&self, block: *mut Block<T>) {
        // [spare] pairs with [reuse].
        if self.spare.compare_exchange(ptr::null_mut(), block, Release, Relaxed).is_ok() {
            return;
        }
        let mut backoff = Backoff::default();
        // SAFETY: the exchange did not give the block away, so it is this thread that frees it.
        while !unsafe { Block::is_left(block) } {
            backoff.wait();
        }
        // SAFETY: no sender and no receiver is in it, as above.
        unsafe { Block::free(block) };
    }
}
