//! How fast the producer goes: all that it knows of the consumer is one bit, the pressure.

use core::time::Duration;

use forebay::Pressure;

/// How much faster than its middle pace the producer goes while the pressure is low, and how much
/// slower while it is high. As long as the consumer's pace lies in between, the queue fills and
/// drains, mark to mark.
const SWING: f64 = 1.5;

/// How much the middle pace itself grows with each item at low pressure, and shrinks with each at
/// high: a consumer that is much faster or slower than before is found again.
const DRIFT: f64 = 1.02;

/// Between one item in a minute and a million in a second.
const SLOWEST: f64 = 1.0 / 60.0;
const FASTEST: f64 = 1e6;

/// Items per second: the middle of the two paces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Throttle(f64);

impl Throttle {
    /// Begins anywhere; it finds its pace.
    pub(crate) fn new(items_per_second: f64) -> Self {
        Self(items_per_second.clamp(SLOWEST, FASTEST))
    }

    /// One more item is to be made: how long after the last one.
    pub(crate) fn gap(&mut self, pressure: Pressure) -> Duration {
        let (middle, swing) = match pressure {
            Pressure::Low => (self.0 * DRIFT, SWING),
            Pressure::High => (self.0 / DRIFT, 1.0 / SWING),
        };
        self.0 = middle.clamp(SLOWEST, FASTEST);
        Duration::from_secs_f64(1.0 / (self.0 * swing))
    }
}
