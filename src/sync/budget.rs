//! The budget: how many operations a thread may do without a wait until its executor gets a turn, so that
//! timers and other tasks run beside a loop that always finds work.
//!
//! It belongs to the thread and not to a channel, so it ends for every loop, whatever it works on: many
//! channels, new ones, or a full one that is only refused. (tokio gives each task a budget, but a
//! library can't see where a task's turn begins.)

/// At some 20 ns for each operation, it ends after some microseconds. A prime: where tasks go in turns, it ends in
/// each of them as often.
pub(crate) const BUDGET: usize = if cfg!(forebay_shuttle) { 3 } else { 1021 };

/// Spends one operation. `true` if the executor gets its turn first: the budget has ended, and a new one begins with
/// this operation.
#[inline]
pub(crate) fn gives_way() -> bool {
    let left = word::get();
    let ends = left == 0;
    word::set(if ends { BUDGET } else { left } - 1);
    ends
}

/// Spends so many operations that were one call.
pub(crate) fn spend(operations: usize) {
    // [budget] the next operation by itself gives way then.
    word::set(word::get().saturating_sub(operations));
}

#[cfg(all(feature = "std", not(forebay_shuttle)))]
mod word {
    use super::BUDGET;
    use core::cell::Cell;

    std::thread_local!(static WORD: Cell<usize> = const { Cell::new(BUDGET) });

    #[inline]
    pub(super) fn get() -> usize {
        WORD.get()
    }

    #[inline]
    pub(super) fn set(word: usize) {
        WORD.set(word);
    }
}

/// As above, but each execution begins anew.
#[cfg(forebay_shuttle)]
mod word {
    use super::BUDGET;
    use core::cell::Cell;

    shuttle::thread_local!(static WORD: Cell<usize> = Cell::new(BUDGET));

    pub(super) fn get() -> usize {
        WORD.with(Cell::get)
    }

    pub(super) fn set(word: usize) {
        WORD.with(|cell| cell.set(word));
    }
}

/// Without `std` no thread can be told from another, so all have one budget. What one writes over another's is
/// lost: a budget may end somewhat sooner or later.
#[cfg(not(any(feature = "std", forebay_shuttle)))]
mod word {
    use super::BUDGET;
    // Loads and stores are there on every target, and no model looks at them.
    use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    static WORD: AtomicUsize = AtomicUsize::new(BUDGET);

    #[inline]
    pub(super) fn get() -> usize {
        WORD.load(Relaxed)
    }

    #[inline]
    pub(super) fn set(word: usize) {
        WORD.store(word, Relaxed);
    }
}
