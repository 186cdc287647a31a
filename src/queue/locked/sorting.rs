//! What is under the lock, and how items are compared without it.
//!
//! A comparison is the user's: it may take long, panic, or use the queue itself. So a thread that
//! puts an item in its place takes the whole order out of the lock, compares, and puts the order
//! back. What others put meanwhile is `late`: it waits beside the order for the caller that needs
//! all items sorted, which is who takes one out, and takes no longer than the lock. Who needs the
//! order finds it busy, as a slot of the ring that is claimed and not yet published, and comes
//! again.

use super::super::counters::Counters;
use super::super::order::Order;
use super::super::store::{Side, Store, Tag};
use super::{Locked, Phase};
use crate::sync::{Backoff, MutexGuard, both, this_thread};
use core::mem;
use std::panic::resume_unwind;
use std::sync::PoisonError;
use std::time::Instant;

#[derive(Debug)]
pub(super) struct State<T> {
    /// Empty while a thread sorts.
    pub(super) items: Order<T>,
    /// Who sorts now.
    sorter: Option<Sorter>,
    /// What came meanwhile, in the order in which it came.
    pub(super) late: Order<T>,
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
        let late = Order::fifo();
        Self { items, sorter: None, late, phase: Phase::Open, next: 0, counters }
    }

    /// The next number for an item that goes to the end.
    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(super) fn len(&self) -> usize {
        // [lent] what is being sorted takes its room.
        self.items.len() + self.late.len() + self.sorter.map_or(0, |sorter| sorter.items)
    }

    pub(super) fn is_sorted_by_this_thread(&self) -> bool {
        self.sorter.is_some_and(|sorter| sorter.thread == this_thread())
    }
}

type Guard<'a, T> = MutexGuard<'a, State<T>>;

impl<T> Locked<T> {
    /// Nothing that panics runs under the lock, so one that is poisoned is as good as any.
    pub(super) fn lock(&self) -> Guard<'_, T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock with all items in their order; `None` while a thread sorts.
    pub(super) fn sorted(&self) -> Option<Guard<'_, T>> {
        let state = self.lock();
        // [busy-order] the order is empty, and the queue is not.
        state.sorter.is_none().then(|| self.sort_late(state))
    }

    /// The same for a call that has to have it. What comes while it sorts stays late.
    ///
    /// # Panics
    /// In a comparison, which would wait for itself.
    pub(super) fn wait_sorted(&self) -> Guard<'_, T> {
        let state = self.wait_for_sorter();
        if state.is_sorted_by_this_thread() {
            drop(state);
            panic!("all items of a queue are wanted in the middle of a comparison of two of them");
        }
        self.sort_late(state)
    }

    /// The lock while no other thread sorts.
    pub(super) fn wait_for_sorter(&self) -> Guard<'_, T> {
        let mut backoff = Backoff::default();
        loop {
            let state = self.lock();
            if state.sorter.is_none() || state.is_sorted_by_this_thread() {
                return state;
            }
            drop(state);
            backoff.wait();
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
        let (state, pushed) = if state.sorter.is_some() {
            // The comparisons are left to who takes an item out.
            let pushed = state.late.push(item, tag, since);
            (state, pushed)
        } else {
            self.sort(state, 1, |items| items.push(item, tag, since))
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

    fn sort_late<'a>(&'a self, mut state: Guard<'a, T>) -> Guard<'a, T> {
        if state.late.len() == 0 {
            return state;
        }
        // [late] they were put before: nothing comes out before they are in their places.
        let mut late = state.late.take();
        let more = late.len();
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
