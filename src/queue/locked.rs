//! Items under a lock: last in first out, by priority, or coming back when their job is dropped.
//!
//! Whoever changes something under the lock opens the gate after it, always; whoever is to sleep takes its place at the
//! gate and then looks under the lock once more. So the lock decides: either the second look sees the change, or the
//! change comes later and finds the sleeper. Nothing of the user's runs under the lock but the `Ord::cmp` of a priority.

use super::counters::Counters;
use super::displaced::Displaced;
use super::error::TryPutError;
use super::order::{Entry, Order};
use super::store::{Origin, PutOutcome, Seen, Side, Taken};
use super::unfinished::Unfinished;
use crate::buffer::Traffic;
use crate::builder::Options;
use crate::gate::{Gate, sweep};
use crate::overflow::Overflow;
use crate::pressure::{Pressure, Watched};
use crate::stats::Stats;
use crate::sync::{Defer, Mutex, MutexGuard, defer};
use crate::wait::Outcome;
use core::cell::Cell;
use core::mem;
use std::sync::PoisonError;

#[derive(Debug)]
pub(super) struct Locked<T> {
    state: Mutex<State<T>>,
    maxsize: Option<usize>,
    /// How often a job that was dropped comes back; `None`: dropped is done.
    retries: Option<u32>,
    overflow: Overflow,
    /// Whether the level ever changes.
    watched: bool,
    arrivals: Gate,
    streams: Gate,
    vacancies: Gate,
    /// Where one waits for a level.
    levels: Gate,
}

#[derive(Debug)]
struct State<T> {
    items: Order<T>,
    phase: Phase,
    /// Jobs that were taken and are not done.
    in_hand: usize,
    failed: usize,
    counters: Counters,
    /// A `get` has changed the level, and nobody has been told yet.
    untold: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Phase {
    Open,
    /// Nothing is put any more.
    Closed,
    /// Nothing comes back any more either.
    Drained,
}

impl<T> Locked<T> {
    pub(super) fn new(
        items: Order<T>,
        maxsize: Option<usize>,
        retries: Option<u32>,
        options: Options,
    ) -> Self {
        Self {
            state: Mutex::new(State {
                items,
                phase: Phase::Open,
                in_hand: 0,
                failed: 0,
                counters: Counters::new(options),
                untold: false,
            }),
            maxsize,
            retries,
            overflow: options.overflow,
            watched: options.marks.is_some(),
            arrivals: Gate::new(),
            streams: Gate::new(),
            vacancies: Gate::new(),
            levels: Gate::new(),
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
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome<T> {
        let unfinished = displaced.unfinished;
        let at_risk = Cell::new(false);
        // Before the lock is taken, so that it is free when this runs.
        let _lost = defer(|| {
            if at_risk.get() {
                self.finish(unfinished);
            }
        });
        let mut state = self.lock();
        let mut take = || item.take().expect("an item is put");
        if state.phase != Phase::Open {
            drop(state);
            return Outcome::Done(Err(TryPutError::ShutDown(take())));
        }
        let full = !self.has_room(&state);
        if full {
            match if origin == Origin::New { self.overflow } else { Overflow::Wait } {
                Overflow::Wait => return Outcome::Blocked(None),
                Overflow::Refuse => {
                    state.counters.refused();
                    return Outcome::Done(Err(TryPutError::Full(take())));
                }
                Overflow::DropNewest => {
                    state.counters.dropped();
                    // As if it had been in: whoever displaces it counts it as done.
                    unfinished.raise();
                    displaced.item = Some(take());
                    return Outcome::Done(Ok(()));
                }
                Overflow::DropOldest => {}
            }
        }
        let attempt = if let Origin::Requeued(attempt) = origin { attempt } else { 1 };
        // It may panic in a comparison. Then the item goes with the unwinding: a new one was not counted, a job is done.
        at_risk.set(origin != Origin::New);
        state.items.push(Entry { item: take(), attempt });
        at_risk.set(false);
        match origin {
            // [raise-locked] before the lock is free: nobody can have got the item.
            Origin::New => unfinished.raise(),
            Origin::Requeued(_) => state.in_hand -= 1,
        }
        let changed = if full {
            displaced.item = state.items.displace().map(|entry| entry.item);
            state.counters.displaced();
            false
        } else {
            state.counters.went_in()
        };
        drop(state);
        let _told = defer(|| self.tell(changed));
        // [shelved] after the lock: see the head of this file.
        self.hand_on(Side::Arrivals);
        Outcome::Done(Ok(()))
    }

    pub(super) fn get(&self) -> Outcome<Option<Taken<T>>, Seen> {
        let mut state = self.lock();
        if let Some(Entry { item, attempt }) = state.items.pop() {
            state.in_hand += 1;
            state.untold |= state.counters.came_out(1);
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
        if self.maxsize.is_none() && !self.watched {
            return;
        }
        let mut state = self.lock();
        // With jobs that came back, the shelf may be over its size and stay full.
        let room = self.maxsize.is_some() && self.has_room(&state);
        let changed = mem::take(&mut state.untold);
        drop(state);
        let _told = defer(|| self.tell(changed));
        if room {
            // [freed] after the lock: see the head of this file.
            self.hand_on(Side::Vacancies);
        }
    }

    /// Wakes who waits for a level, if it has changed.
    fn tell(&self, changed: bool) {
        if changed {
            // [told] after the lock: see the head of this file.
            self.levels.notify(usize::MAX);
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
            let changed = state.counters.went_in();
            done.cancel();
            drop(state);
            let _told = defer(|| self.tell(changed));
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
        sweep(&[&self.arrivals, &self.streams, &self.vacancies, &self.levels]);
    }

    pub(super) fn drain(&self, unfinished: &Unfinished) {
        let mut state = self.lock();
        state.phase = Phase::Drained;
        let items = state.items.take();
        let changed = state.counters.came_out(items.len());
        drop(state);
        let items = defer_drop(items, unfinished);
        let _told = defer(|| self.tell(changed));
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

    pub(super) fn count_refused(&self) {
        self.lock().counters.refused();
    }

    pub(super) fn stats(&self) -> Stats {
        let state = self.lock();
        let Traffic { len, sent, received } = state.counters.traffic();
        let tally = state.counters.tally();
        drop(state);
        Stats {
            len,
            capacity: self.maxsize,
            sent,
            received,
            senders: 1,
            receivers: 1,
            waiting_senders: self.vacancies.sleepers(),
            waiting_receivers: self.arrivals.sleepers() + self.streams.sleepers(),
            deepest: tally.map(|tally| tally.deepest),
            refused: tally.map(|tally| tally.refused),
            displaced: tally.map(|tally| tally.displaced),
        }
    }

    /// What has the level.
    pub(super) fn watched(&self) -> &Self {
        self
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.lock().phase != Phase::Open
    }

    pub(super) fn failed(&self) -> usize {
        self.lock().failed
    }
}

impl<T> Watched for Locked<T> {
    fn pressure(&self) -> Pressure {
        self.lock().counters.level()
    }

    fn is_over(&self) -> bool {
        self.is_shut_down()
    }

    fn levels(&self) -> &Gate {
        &self.levels
    }
}

/// Drops the items at the end of the scope, and counts each; one that panics takes no other with it.
fn defer_drop<T>(mut items: Order<T>, unfinished: &Unfinished) -> Defer<impl FnMut()> {
    fn drop_all<T>(items: &mut Order<T>, unfinished: &Unfinished) {
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
