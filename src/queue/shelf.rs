//! Items under a lock: last in first out, by priority, or coming back when their job is dropped.
//!
//! Whoever changes something under the lock opens the gate after it, always; whoever is to sleep takes its place at the
//! gate and then looks under the lock once more. So the lock decides: either the second look sees the change, or the
//! change comes later and finds the sleeper. Nothing of the user's runs under the lock but the `Ord::cmp` of a priority.

use super::rack::{Entry, Rack};
use super::storage::{Put, Seen, Side, Taken};
use super::unfinished::Unfinished;
use crate::gate::{Gate, sweep};
use crate::sync::{Defer, Mutex, MutexGuard, defer};
use crate::wait::Outcome;
use core::cell::Cell;
use std::sync::PoisonError;

#[derive(Debug)]
pub(super) struct Shelf<T> {
    state: Mutex<State<T>>,
    maxsize: Option<usize>,
    /// How often a job that was dropped comes back; `None`: dropped is done.
    retries: Option<u32>,
    arrivals: Gate,
    streams: Gate,
    vacancies: Gate,
}

#[derive(Debug)]
struct State<T> {
    items: Rack<T>,
    phase: Phase,
    /// Jobs that were taken and are not done.
    in_hand: usize,
    failed: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Phase {
    Open,
    /// Nothing is put any more.
    Closed,
    /// Nothing comes back any more either.
    Drained,
}

impl<T> Shelf<T> {
    pub(super) fn new(items: Rack<T>, maxsize: Option<usize>, retries: Option<u32>) -> Self {
        Self {
            state: Mutex::new(State { items, phase: Phase::Open, in_hand: 0, failed: 0 }),
            maxsize,
            retries,
            arrivals: Gate::new(),
            streams: Gate::new(),
            vacancies: Gate::new(),
        }
    }

    /// A comparison that panicked has changed nothing, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_room(&self, state: &State<T>) -> bool {
        self.maxsize.is_none_or(|maxsize| state.items.len() < maxsize)
    }

    pub(super) fn put(
        &self,
        item: &mut Option<T>,
        unfinished: &Unfinished,
        how: Put,
    ) -> Outcome<Result<(), T>, Seen> {
        let at_risk = Cell::new(false);
        // Before the lock is taken, so that it is free when this runs.
        let _lost = defer(|| {
            if at_risk.get() {
                self.finish(unfinished);
            }
        });
        let mut state = self.lock();
        if state.phase != Phase::Open {
            drop(state);
            return Outcome::Done(Err(item.take().expect("an item is put")));
        }
        if !self.has_room(&state) {
            return Outcome::Blocked(None);
        }
        let attempt = if let Put::Again(attempt) = how { attempt } else { 1 };
        // It may panic in a comparison. Then the item goes with the unwinding: a new one was not counted, a job is done.
        at_risk.set(how != Put::New);
        state.items.push(Entry { item: item.take().expect("an item is put"), attempt });
        at_risk.set(false);
        match how {
            // [raise-locked] before the lock is free: nobody can have got the item.
            Put::New => unfinished.raise(),
            Put::Again(_) => state.in_hand -= 1,
        }
        drop(state);
        // [shelved] after the lock: see the head of this file.
        self.hand_on(Side::Arrivals);
        Outcome::Done(Ok(()))
    }

    pub(super) fn get(&self) -> Outcome<Option<Taken<T>>, Seen> {
        let mut state = self.lock();
        if let Some(Entry { item, attempt }) = state.items.pop() {
            state.in_hand += 1;
            return Outcome::Done(Some(Taken { item, attempt }));
        }
        if self.is_over(&state) { Outcome::Done(None) } else { Outcome::Blocked(None) }
    }

    /// Whether an empty shelf stays empty.
    fn is_over(&self, state: &State<T>) -> bool {
        match state.phase {
            Phase::Open => false,
            // [may-return] a job in hand may come back.
            Phase::Closed => self.retries.is_none() || state.in_hand == 0,
            Phase::Drained => true,
        }
    }

    pub(super) fn freed(&self) {
        // With jobs that came back, the shelf may be over its size and stay full.
        if self.maxsize.is_some() && self.has_room(&self.lock()) {
            // [freed] after the lock: see the head of this file.
            self.hand_on(Side::Vacancies);
        }
    }

    /// A job in hand goes, and does not come back.
    pub(super) fn finish(&self, unfinished: &Unfinished) {
        // [finish] last: when a join returns, the shelf has nothing to do any more either.
        let _lower = defer(|| unfinished.lower());
        let mut state = self.lock();
        state.in_hand -= 1;
        self.announce_end(state);
    }

    /// Tells the getters if the last job that could come back has not.
    fn announce_end(&self, state: MutexGuard<'_, State<T>>) {
        let over = state.in_hand == 0 && state.phase == Phase::Closed && state.items.len() == 0;
        drop(state);
        if over {
            // [last-job] getters that wait for it would wait for ever.
            sweep(&[&self.arrivals, &self.streams]);
        }
    }

    pub(super) fn abandon(&self, taken: Taken<T>, unfinished: &Unfinished) {
        let Taken { item, attempt } = taken;
        // Before the lock is taken, so that it is free when this runs.
        let done = defer(|| self.finish(unfinished));
        let mut state = self.lock();
        if self.retries.is_some_and(|limit| attempt <= limit) && state.phase != Phase::Drained {
            // Beyond the size of the queue, if need be: there is nowhere else to go. It may panic, as in `put`.
            state.items.push(Entry { item, attempt: attempt.saturating_add(1) });
            state.in_hand -= 1;
            done.cancel();
            drop(state);
            // [returned] after the lock: see the head of this file.
            self.hand_on(Side::Arrivals);
            return;
        }
        if self.retries.is_some_and(|limit| attempt > limit) {
            state.failed += 1;
        }
        drop(state);
        drop(item);
        drop(done);
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.phase = state.phase.max(Phase::Closed);
        drop(state);
        // [shut] who takes a place later finds it shut.
        sweep(&[&self.arrivals, &self.streams, &self.vacancies]);
    }

    pub(super) fn drain(&self, unfinished: &Unfinished) {
        let mut state = self.lock();
        state.phase = Phase::Drained;
        let items = state.items.take();
        drop(state);
        let items = defer_drop(items, unfinished);
        // [drained] getters that waited for a job to come back get none.
        sweep(&[&self.arrivals, &self.streams]);
        drop(items);
    }

    pub(super) fn gate(&self, side: Side) -> &Gate {
        match side {
            Side::Vacancies => &self.vacancies,
            Side::Arrivals => &self.arrivals,
            Side::Streams => &self.streams,
        }
    }

    /// Wakes somebody else; a `get`, or the streams if none waits.
    pub(super) fn hand_on(&self, side: Side) {
        match side {
            Side::Vacancies => {
                self.vacancies.notify(1);
            }
            Side::Arrivals => {
                if self.arrivals.notify(1) == 0 {
                    self.streams.notify(usize::MAX);
                }
            }
            Side::Streams => {}
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lock().items.len()
    }

    pub(super) fn capacity(&self) -> Option<usize> {
        self.maxsize
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.lock().phase != Phase::Open
    }

    pub(super) fn failed(&self) -> usize {
        self.lock().failed
    }
}

/// Drops the items at the end of the scope, and counts each; one that panics takes no other with it.
fn defer_drop<T>(mut items: Rack<T>, unfinished: &Unfinished) -> Defer<impl FnMut()> {
    fn drop_all<T>(items: &mut Rack<T>, unfinished: &Unfinished) {
        while let Some(entry) = items.pop() {
            let rest = defer(|| drop_all(items, unfinished));
            let done = defer(|| unfinished.lower());
            drop(entry);
            drop(done);
            rest.cancel();
        }
    }
    defer(move || drop_all(&mut items, unfinished))
}
