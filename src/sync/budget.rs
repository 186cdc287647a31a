//! The budget: how many operations a thread may do without a wait until its executor gets a turn, so that
//! timers and other tasks run beside a loop that always finds work.
//!
//! It belongs to the thread and not to a channel, so it ends for every loop, whatever it works on: many
//! channels, new ones, or a full one that is only refused. (tokio gives each task a budget, but a
//! library can't see where a task's turn begins.)

/// At some 20 ns for each operation, it ends after some microseconds. A prime: where tasks go in turns, it ends in
/// each of them as often.
pub(crate) const BUDGET: usize = if cfg!(forebay_shuttle) { 3 } else { 1021 };

/// From below: what is left of the budget, and of the alert.
const LEFT: usize = 0xfff;
const SHIFT: u32 = LEFT.count_ones();

/// Spends one operation. `true` if the executor gets its turn first: the budget has ended, and a new one begins with
/// this operation; or there was an `alert`, and this one would overtake a waiter that is `starving`.
#[inline]
pub(crate) fn gives_way(starving: impl FnOnce() -> bool) -> bool {
    let word = word::get();
    if word & LEFT == 0 {
        return has_ended(word >> SHIFT, starving);
    }
    word::set(word - 1);
    false
}

#[cold]
fn has_ended(alert: usize, starving: impl FnOnce() -> bool) -> bool {
    /// How many operations of an alert one that gives way is worth: the waiter may be held and never be polled.
    const TURN: usize = 64;

    if alert == 0 {
        word::set(BUDGET - 1);
        return true;
    }
    let gives_way = starving();
    word::set(alert.saturating_sub(if gives_way { TURN } else { 1 }) << SHIFT);
    gives_way
}

/// A waiter was woken in vain again: from here on each operation of this thread looks first whether it
/// overtakes one that is starving, for as long as a budget lasts. Without an alert none pays for that.
#[cold]
pub(crate) fn alert() {
    word::set(BUDGET << SHIFT);
}

/// Spends so many operations that were one call.
pub(crate) fn spend(operations: usize) {
    let word = word::get();
    word::set(word - operations.min(word & LEFT));
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
