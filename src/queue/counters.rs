//! What a locked storage knows beside its items. It is kept under the lock.

use crate::buffer::Traffic;
use crate::builder::Options;
use crate::pressure::Pressure;
use crate::watch::Tally;
use core::time::Duration;
use std::time::Instant;

#[derive(Debug)]
pub(super) struct Counters {
    options: Options,
    level: Pressure,
    traffic: Traffic,
    tally: Tally,
    /// How long those have waited that were handed out.
    waited: Duration,
}

impl Counters {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            level: Pressure::Low,
            traffic: Traffic { len: 0, sent: 0, received: 0 },
            tally: Tally::default(),
            waited: Duration::ZERO,
        }
    }

    pub(super) fn level(&self) -> Pressure {
        self.level
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// What was counted, if it is to be told.
    pub(super) fn tally(&self) -> Option<Tally> {
        self.options.tracking.then_some(self.tally)
    }

    /// An item went in; `true` if that changed the level.
    #[must_use]
    pub(super) fn went_in(&mut self) -> bool {
        self.traffic.sent = self.traffic.sent.wrapping_add(1);
        self.traffic.len += 1;
        self.tally.deepest = self.tally.deepest.max(self.traffic.len);
        self.follow()
    }

    /// So many came out; `true` if that changed the level.
    #[must_use]
    pub(super) fn came_out(&mut self, items: usize) -> bool {
        self.traffic.received = self.traffic.received.wrapping_add(items);
        self.traffic.len -= items;
        self.follow()
    }

    /// An item is handed out that has waited since then.
    pub(super) fn waited(&mut self, since: Option<Instant>) {
        if let Some(since) = since {
            self.waited += since.elapsed();
        }
    }

    /// How long all have waited that were handed out, if it is measured.
    pub(super) fn total_wait(&self) -> Option<Duration> {
        self.options.tracking.then_some(self.waited)
    }

    /// One went in, and another came out for want of room.
    pub(super) fn displaced(&mut self) {
        self.traffic.sent = self.traffic.sent.wrapping_add(1);
        self.traffic.received = self.traffic.received.wrapping_add(1);
        self.tally.displaced += 1;
    }

    /// One came, and went for want of room.
    pub(super) fn dropped(&mut self) {
        self.tally.displaced += 1;
    }

    pub(super) fn refused(&mut self, items: usize) {
        self.tally.refused += items;
    }

    fn follow(&mut self) -> bool {
        let level = match self.options.marks {
            Some(marks) if self.traffic.len > marks.high => Pressure::High,
            Some(marks) if self.traffic.len < marks.low => Pressure::Low,
            _ => self.level,
        };
        core::mem::replace(&mut self.level, level) != level
    }
}
