//! Steps by the clock.

use core::time::Duration;
use std::time::Instant;

/// When the last step was due.
pub(crate) struct Pace(Instant);

impl Pace {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// How long to sleep until the next step, which is due `gap` after the last one. Timers are
    /// late, and a late step must not make those after it late as well; but time that was lost is
    /// not made up for.
    pub(crate) fn step(&mut self, gap: Duration) -> Duration {
        let now = Instant::now();
        self.0 = now.max(self.0 + gap);
        self.0 - now
    }
}
