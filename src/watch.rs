//! What a watched channel keeps: its marks, its counters, and who waits for a level.
//!
//! All of this is off the way of a channel that was built without it. What the level is and when it
//! changes, the buffer knows.

use crate::buffer::{Buffer, Marks};
use crate::gate::Gate;
use crate::sync::AtomicUsize;
use crate::sync::Ordering::Relaxed;

/// What a watched channel has beyond any other.
#[derive(Debug)]
pub(crate) struct Watch {
    marks: Option<Marks>,
    counters: Option<Counters>,
    /// Where one waits for a level.
    pub(crate) levels: Gate,
}

/// What is counted with tracking.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) deepest: usize,
    pub(crate) refused: usize,
    pub(crate) displaced: usize,
}

#[derive(Debug)]
struct Counters {
    deepest: AtomicUsize,
    refused: AtomicUsize,
    displaced: AtomicUsize,
}

impl Watch {
    pub(crate) fn new(marks: Option<Marks>, tracking: bool) -> Self {
        let zero = || AtomicUsize::new(0);
        Self {
            marks,
            counters: tracking.then(|| Counters {
                deepest: zero(),
                refused: zero(),
                displaced: zero(),
            }),
            levels: Gate::new(),
        }
    }

    /// Follows a push.
    pub(crate) fn pushed<T>(&self, buffer: &Buffer<T>) {
        if let Some(counters) = &self.counters {
            counters.deepen(buffer.measure());
        }
        if self.marks.is_some_and(|marks| buffer.rise(marks.high)) {
            self.tell();
        }
    }

    /// Follows a pop.
    pub(crate) fn popped<T>(&self, buffer: &Buffer<T>) {
        if self.marks.is_some_and(|marks| buffer.fall(marks)) {
            self.tell();
        }
    }

    /// Wakes all who wait for a level.
    fn tell(&self) {
        // [tell] whether a waiter is known or not: changes are rare. Who takes a place later
        // finds the change.
        self.levels.wake_all();
    }

    pub(crate) fn count_refused(&self, messages: usize) {
        if let Some(counters) = &self.counters {
            counters.refused.fetch_add(messages, Relaxed);
        }
    }

    pub(crate) fn count_displaced(&self) {
        if let Some(counters) = &self.counters {
            counters.displaced.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn tally(&self) -> Option<Tally> {
        self.counters.as_ref().map(|counters| Tally {
            deepest: counters.deepest.load(Relaxed),
            refused: counters.refused.load(Relaxed),
            displaced: counters.displaced.load(Relaxed),
        })
    }
}

impl Counters {
    fn deepen(&self, length: usize) {
        let mut known = self.deepest.load(Relaxed);
        while known < length {
            match self.deepest.compare_exchange(known, length, Relaxed, Relaxed) {
                Ok(_) => return,
                Err(current) => known = current,
            }
        }
    }
}
