//! Items under a lock: last in first out, by priority, or such that may come back.
//!
//! What changes something under the lock opens the gate after it, always; a waiter takes its place
//! at the gate and then looks under the lock once more. So the lock decides: either the second
//! look sees the change, or the change comes later and finds the waiter. Nothing of the user's
//! runs under the lock: see [`sorting`] for the `Ord::cmp` of a priority.

mod sorting;
mod turn;

use super::counters::Counters;
use super::displaced::Displaced;
use super::order::Order;
use super::stats::Waits;
use super::store::{Entry, Freed, Origin, Place, PutOutcome, Seen, ShutDown, Side, Store, Tag};
use super::unfinished::Unfinished;
use crate::buffer::Traffic;
use crate::builder::Options;
use crate::gate::{Gate, sweep};
use crate::overflow::Overflow;
use crate::patience::Patience;
use crate::pressure::{Pressure, Watched};
use crate::stats::Stats;
use crate::sync::{Mutex, both};
use crate::wait::Outcome;
use alloc::vec::Vec;
use sorting::State;
use std::time::Instant;
use turn::Turns;

#[derive(Debug)]
pub(super) struct Locked<T> {
    state: Mutex<State<T>>,
    maxsize: Option<usize>,
    options: Options,
    patience: Patience,
    puts: Turns,
    gets: Turns,
    arrivals: Gate,
    streams: Gate,
    vacancies: Gate,
    /// Where one waits for a level, or for the end.
    levels: Gate,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Phase {
    Open,
    /// Nothing is put any more.
    Closed,
    /// Nothing is handed out any more either, nor taken in.
    Stopped,
}

impl<T> Locked<T> {
    pub(super) fn new(items: Order<T>, maxsize: Option<usize>, options: Options) -> Self {
        Self {
            state: Mutex::new(State::new(items, Counters::new(options))),
            maxsize,
            options,
            // Who spins finds the lock taken.
            patience: Patience::new(false, false),
            puts: Turns::new(maxsize),
            gets: Turns::new(maxsize),
            arrivals: Gate::new(),
            streams: Gate::new(),
            vacancies: Gate::new(),
            levels: Gate::new(),
        }
    }

    fn has_room(&self, state: &State<T>) -> bool {
        self.maxsize.is_none_or(|maxsize| state.len() < maxsize)
    }

    /// Since when an item waits that is put now.
    fn now(&self) -> Option<Instant> {
        self.options.tracking.then(Instant::now)
    }

    fn put_gives_way(&self, never_waits: bool) -> bool {
        if !self.puts.is_over() {
            return false;
        }
        let turn = self.patience.of_senders().next_turn(self.vacancies.newcomer_overtakes());
        self.puts.begin(turn);
        turn.gives_way() && !self.is_shut_down() && (never_waits || !self.is_full())
    }

    fn get_gives_way(&self) -> bool {
        if !self.gets.is_over() {
            return false;
        }
        let turn = self.patience.of_receivers().next_turn(self.arrivals.newcomer_overtakes());
        self.gets.begin(turn);
        turn.gives_way() && self.len() != 0
    }

    /// Wakes the waiters for a level, if it has changed.
    fn tell_level(&self, changed: bool) {
        if changed {
            // [told] after the lock: see the head of this file.
            self.levels.wake_all();
        }
    }
}

impl<T> Store<T> for Locked<T> {
    fn put(
        &self,
        item: &mut Option<T>,
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome {
        let now = self.now();
        // Only who displaces must know which one is the last.
        let displaces = self.options.overflow == Overflow::DropOldest;
        let state = if displaces { self.sorted() } else { Some(self.lock()) };
        let Some(mut state) = state else { return Outcome::Busy };
        if state.phase != Phase::Open {
            return Outcome::Done(Err(ShutDown));
        }
        let full = !self.has_room(&state);
        if !full && state.is_behind() {
            return Outcome::Busy;
        }
        if full {
            match if origin == Origin::New { self.options.overflow } else { Overflow::Wait } {
                Overflow::Wait | Overflow::Refuse => return Outcome::Blocked(None),
                Overflow::DropNewest => {
                    self.puts.spend();
                    state.counters.dropped();
                    // As if it had been in: what is displaced is counted as done when it goes.
                    displaced.unfinished.raise();
                    displaced.item = item.take();
                    return Outcome::Done(Ok(()));
                }
                Overflow::DropOldest => {}
            }
        }
        self.puts.spend();
        let attempt = if let Origin::Requeued(tag) = origin { tag.attempt } else { 1 };
        let tag = Tag { attempt, number: state.number() };
        if origin == Origin::New {
            // [raise-locked] before the lock is free: nothing can have got the item.
            displaced.unfinished.raise();
        }
        let undo = || {
            if origin == Origin::New {
                displaced.unfinished.lower();
            }
        };
        let mut state = self.push(state, item, tag, now, undo);
        let changed = if full {
            displaced.item = state.items.displace();
            state.counters.displaced();
            false
        } else {
            state.counters.went_in()
        };
        drop(state);
        // [shelved] after the lock: see the head of this file.
        both(|| self.hand_on(Side::Arrivals), || self.tell_level(changed));
        Outcome::Done(Ok(()))
    }

    fn get(&self, _: &Unfinished, freed: &mut Freed) -> Outcome<Option<Entry<T>>, Seen> {
        let Some((mut state, entry)) = self.pop() else { return Outcome::Busy };
        if let Some(Entry { since, .. }) = &entry {
            self.gets.spend();
            state.counters.waited(*since);
            freed.level = state.counters.came_out(1);
            // With items that came back there may be more inside than the size, and no room yet.
            freed.room = self.maxsize.is_some() && self.has_room(&state);
        } else if state.phase == Phase::Open {
            return Outcome::Blocked(None);
        }
        Outcome::Done(entry)
    }

    fn tell(&self, freed: Freed) {
        if freed.room {
            // [freed] after the lock: see the head of this file.
            both(|| self.hand_on(Side::Vacancies), || self.tell_level(freed.level));
        } else {
            self.tell_level(freed.level);
        }
    }

    fn take_back(&self, item: &mut Option<T>, tag: Tag, place: Place) -> bool {
        let now = self.now();
        let mut state = self.lock();
        // [stopped] under the lock: what comes later than the stop is a leftover.
        if state.phase == Phase::Stopped {
            return false;
        }
        let number = if place == Place::Own { tag.number } else { state.number() };
        // Beyond the size of the queue, if need be: there is nowhere else to go.
        let mut state = self.push(state, item, Tag { number, ..tag }, now, || ());
        let changed = state.counters.went_in();
        drop(state);
        // [returned] after the lock: see the head of this file.
        both(|| self.hand_on(Side::Arrivals), || self.tell_level(changed));
        true
    }

    fn close(&self) {
        let mut state = self.lock();
        state.phase = state.phase.max(Phase::Closed);
        drop(state);
        // [shut] a waiter that takes its place later finds it shut.
        sweep(&[&self.arrivals, &self.streams, &self.vacancies, &self.levels]);
    }

    fn stop(&self, leftovers: &mut Vec<T>) {
        let mut state = self.wait_sorted();
        state.phase = Phase::Stopped;
        let (mut items, mut late) = (state.items.take(), state.late.take());
        let changed = state.counters.came_out(items.len() + late.len());
        drop(state);
        let entries = core::iter::from_fn(|| items.pop().or_else(|| late.pop()));
        leftovers.extend(entries.map(|entry| entry.item));
        self.tell_level(changed);
    }

    fn gate(&self, side: Side) -> &Gate {
        match side {
            Side::Vacancies => &self.vacancies,
            Side::Arrivals => &self.arrivals,
            Side::Streams => &self.streams,
        }
    }

    fn gives_way(&self, side: Side) -> bool {
        match side {
            Side::Vacancies => self.put_gives_way(self.options.overflow.drops()),
            Side::Arrivals | Side::Streams => self.get_gives_way(),
        }
    }

    fn offer_gives_way(&self) -> bool {
        self.put_gives_way(self.options.overflow != Overflow::Wait)
    }

    fn begin_turn(&self, side: Side, overtakes: bool) {
        let (turns, patience) = match side {
            Side::Vacancies => (&self.puts, self.patience.of_senders()),
            Side::Arrivals | Side::Streams => (&self.gets, self.patience.of_receivers()),
        };
        if let Some(turn) = patience.turn_of_woken(overtakes) {
            turns.begin(turn);
        }
    }

    fn hand_on(&self, side: Side) {
        match side {
            Side::Vacancies => {
                self.patience.of_receivers().wakes();
                self.vacancies.wake_one();
            }
            Side::Arrivals => {
                self.patience.of_senders().wakes();
                if !self.arrivals.wake_one() {
                    self.streams.wake_all();
                }
            }
            Side::Streams => {}
        }
    }

    fn len(&self) -> usize {
        self.lock().len()
    }

    fn capacity(&self) -> Option<usize> {
        self.maxsize
    }

    fn count_refused(&self, items: usize) {
        let mut state = self.lock();
        self.puts.spend();
        state.counters.refused(items);
    }

    fn stats(&self) -> Stats {
        let state = self.lock();
        let Traffic { len, sent, received } = state.counters.traffic();
        let tally = state.counters.tally();
        drop(state);
        Stats {
            len,
            capacity: self.maxsize,
            reserved: 0,
            weight: None,
            weight_limit: None,
            sent,
            received,
            senders: 1,
            receivers: 1,
            waiting_senders: self.vacancies.waiters(),
            waiting_receivers: self.arrivals.waiters() + self.streams.waiters(),
            deepest: tally.map(|tally| tally.deepest),
            refused: tally.map(|tally| tally.refused),
            displaced: tally.map(|tally| tally.displaced),
        }
    }

    fn waits(&self) -> Option<Waits> {
        if !self.options.tracking {
            return None;
        }
        let state = self.wait_for_sorter();
        let total = state.counters.total_wait()?;
        let oldest = state.oldest();
        drop(state);
        let oldest = oldest.map(|since| since.elapsed());
        Some(Waits { oldest, total })
    }

    fn is_shut_down(&self) -> bool {
        self.lock().phase != Phase::Open
    }

    fn is_comparing(&self) -> bool {
        self.lock().is_sorted_by_this_thread()
    }

    fn watched(&self) -> &dyn Watched {
        self
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
