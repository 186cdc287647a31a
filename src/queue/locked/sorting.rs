//! What is under the lock, and how items are compared without it.
//!
//! A comparison is the user's: it may take long, panic, or use the queue itself. So a thread that
//! puts an item in its place takes the whole order out of the lock, compares, and puts the order
//! back. What others put meanwhile is `late`, up to a limit, and put in its place by the thread
//! that sorts when it is through with its own, or by the next.
//!
//! Who takes an item out needs the order, and finds it busy, as a slot of the ring that is claimed
//! and not yet published. Those that put could have it again and again before such a one comes
//! back. Therefore it leaves a wish, and the thread that sorts leaves the first item beside the
//! order, for who comes while it is out again. Calls that need all items and cannot come again keep
//! the others from taking the order.

use super::super::counters::Counters;
use super::super::order::Order;
use super::super::store::{Entry, Side, Store, Tag};
use super::{Locked, Phase};
use crate::sync::{Backoff, MutexGuard, both, this_thread};
use core::fmt;
use core::mem;
use std::panic::resume_unwind;
use std::sync::PoisonError;
use std::time::Instant;

/// So many items may be late: each is compared by another thread than its own, which would put more
/// and more otherwise than can be compared meanwhile.
const MOST_LATE: usize = 64;

pub(super) struct State<T> {
    /// Empty while a thread sorts.
    pub(super) items: Order<T>,
    /// Who sorts now.
    sorter: Option<Sorter>,
    /// What came meanwhile, in the order in which it came.
    pub(super) late: Order<T>,
    /// Whether the order was busy for one that takes an item out.
    wished: bool,
    /// What was the first item of the order then.
    wish: Option<Entry<T>>,
    /// How often the order was put back since.
    wish_age: u32,
    /// How many calls wait for the order. What is put meanwhile is late.
    reserved: usize,
    pub(super) phase: Phase,
    /// The number of the next item that goes to the end.
    next: u64,
    pub(super) counters: Counters,
}

#[derive(Clone, Copy, Debug)]
struct Sorter {
    thread: usize,
    /// How many items it has, sorted or not.
    items: usize,
}

impl<T> State<T> {
    pub(super) fn new(items: Order<T>, counters: Counters) -> Self {
        Self {
            items,
            sorter: None,
            late: Order::fifo(),
            wished: false,
            wish: None,
            wish_age: 0,
            reserved: 0,
            phase: Phase::Open,
            next: 0,
            counters,
        }
    }

    /// The next number for an item that goes to the end.
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn len(&self) -> usize {
        // [lent] what is being sorted takes its room.
        let lent = self.sorter.map_or(0, |sorter| sorter.items);
        self.items.len() + self.late.len() + usize::from(self.wish.is_some()) + lent
    }

    /// Since when the one waits that has waited for longest.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let wish = self.wish.as_ref().and_then(|entry| entry.since);
        [self.items.oldest(), self.late.oldest(), wish].into_iter().flatten().min()
    }

    /// Whether a put has to come again: it can be neither sorted nor late.
    pub(super) fn is_behind(&self) -> bool {
        self.is_out() && self.late.len() >= MOST_LATE && !self.is_sorted_by_this_thread()
    }

    /// Whether the order is not to be had.
    fn is_out(&self) -> bool {
        self.sorter.is_some() || self.reserved > 0
    }

    pub(super) fn is_sorted_by_this_thread(&self) -> bool {
        self.sorter.is_some_and(|sorter| sorter.thread == this_thread())
    }

    /// Leaves the first item for one that has come in vain. It comes again soon, or never.
    fn fulfil(&mut self) {
        const SOON: u32 = 1000;

        if self.wish.is_some() {
            self.wish_age += 1;
            if self.wish_age > SOON {
                self.take_wish_back();
            }
        } else if self.wished {
            self.wished = false;
            self.wish_age = 0;
            self.wish = self.items.pop();
        }
    }

    /// [wish] others may be before it by now, or none may come for it.
    fn take_wish_back(&mut self) {
        if let Some(entry) = self.wish.take() {
            self.late.push_late(entry);
        }
    }
}

impl<T> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No item: its code must not run under the lock.
        f.debug_struct("State").field("len", &self.len()).finish_non_exhaustive()
    }
}

type Guard<'a, T> = MutexGuard<'a, State<T>>;

impl<T> Locked<T> {
    /// Nothing that panics runs under the lock, so one that is poisoned is as good as any.
    pub(super) fn lock(&self) -> Guard<'_, T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock with the first item, which is taken out; `None` while a thread sorts.
    pub(super) fn pop(&self) -> Option<(Guard<'_, T>, Option<Entry<T>>)> {
        let mut state = self.lock();
        // [busy-order] the order is empty, and the queue is not.
        if state.sorter.is_some() {
            if let Some(entry) = state.wish.take() {
                return Some((state, Some(entry)));
            }
            state.wished = true;
            return None;
        }
        state.take_wish_back();
        let mut state = self.sort_late(state);
        let entry = state.items.pop();
        state.fulfil();
        Some((state, entry))
    }

    /// The lock with all items in their order; `None` while a thread sorts.
    pub(super) fn sorted(&self) -> Option<Guard<'_, T>> {
        let mut state = self.lock();
        // [busy-order] as above.
        state.sorter.is_none().then(|| {
            state.take_wish_back();
            self.sort_late(state)
        })
    }

    /// The same for a call that has to have it. What comes while it sorts stays late.
    ///
    /// # Panics
    /// In a comparison, which would wait for itself.
    pub(super) fn wait_sorted(&self) -> Guard<'_, T> {
        let mut state = self.wait_for_sorter();
        if state.is_sorted_by_this_thread() {
            drop(state);
            panic!("all items of a queue are wanted in the middle of a comparison of two of them");
        }
        state.take_wish_back();
        self.sort_late(state)
    }

    /// The lock while no other thread sorts.
    pub(super) fn wait_for_sorter(&self) -> Guard<'_, T> {
        let mut backoff = Backoff::default();
        let mut state = self.lock();
        if state.sorter.is_none() || state.is_sorted_by_this_thread() {
            return state;
        }
        state.reserved += 1;
        loop {
            drop(state);
            backoff.wait();
            state = self.lock();
            if state.sorter.is_none() {
                state.reserved -= 1;
                return state;
            }
        }
    }

    /// Puts an item in its place, or with those that came late.
    ///
    /// # Panics
    /// If a comparison does. The item is back in `item` then, the queue as it was, and `undo` has
    /// run.
    pub(super) fn push<'a>(
        &'a self,
        mut state: Guard<'a, T>,
        item: &mut Option<T>,
        tag: Tag,
        since: Option<Instant>,
        undo: impl FnOnce(),
    ) -> Guard<'a, T> {
        let (state, pushed) = if state.is_out() {
            let pushed = state.late.push(item, tag, since);
            (state, pushed)
        } else {
            let (state, pushed) = self.sort(state, 1, |items| items.push(item, tag, since));
            let mut state = self.sort_late(state);
            state.fulfil();
            (state, pushed)
        };
        if let Err(panic) = pushed {
            drop(state);
            // [room-back] a put may have found it taken meanwhile.
            let hand_on = || self.hand_on(Side::Vacancies);
            both(|| resume_unwind(panic), || both(undo, hand_on));
            unreachable!("a panic goes on");
        }
        state
    }

    /// Puts late items in their places.
    fn sort_late<'a>(&'a self, mut state: Guard<'a, T>) -> Guard<'a, T> {
        let more = state.late.len();
        if more == 0 {
            return state;
        }
        // [late] they were put before: nothing comes out before they are in their places.
        let mut late = state.late.take();
        let sort = |items: &mut Order<T>| {
            while let Some(entry) = late.pop() {
                items.push_late(entry);
            }
        };
        self.sort(state, more, sort).0
    }

    /// Changes the order, to which so many items are added; without the lock, if that compares.
    fn sort<'a, R>(
        &'a self,
        mut state: Guard<'a, T>,
        more: usize,
        change: impl FnOnce(&mut Order<T>) -> R,
    ) -> (Guard<'a, T>, R) {
        if !state.items.compares() {
            let result = change(&mut state.items);
            return (state, result);
        }
        let mut items = mem::replace(&mut state.items, Order::fifo());
        state.sorter = Some(Sorter { thread: this_thread(), items: items.len() + more });
        drop(state);
        let result = change(&mut items);
        let mut state = self.lock();
        state.items = items;
        state.sorter = None;
        (state, result)
    }
}

#[cfg(all(test, not(forebay_loom)))]
mod tests;
