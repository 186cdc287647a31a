//! When to come back.

use crate::stats::Stats;
use core::f64::consts::LN_2;
use core::time::Duration;
use std::time::Instant;

/// Estimates from the count of received messages how fast a channel drains, and when there will be room in it: what a
/// server answers as `Retry-After`.
///
/// The rate is an average in which what is `half_life` ago counts half as much as what is now. It is the rate at which
/// messages *were* received: where receivers wait for messages, they could do more, and the estimate errs on the side of
/// coming back too late. So observe while the channel is busy: with every message that is accepted or refused, or by the
/// clock.
///
/// The clock is passed in, so that a test can do without one.
///
/// ```
/// use forebay::DrainMeter;
/// use std::time::{Duration, Instant};
///
/// let (sender, receiver) = forebay::bounded(4);
/// let mut meter = DrainMeter::new(Duration::from_secs(10));
/// let start = Instant::now();
/// meter.observe(sender.stats().received, start);
/// for number in 0..4 {
///     sender.try_send(number).unwrap();
/// }
/// receiver.try_recv().unwrap();
/// receiver.try_recv().unwrap();
/// // Two messages in one second, so room for three, which lacks one, in half a second.
/// meter.observe(sender.stats().received, start + Duration::from_secs(1));
/// assert_eq!(meter.rate(), Some(2.0));
/// assert_eq!(meter.until_room(&sender.stats(), 2), Some(Duration::ZERO));
/// assert_eq!(meter.until_room(&sender.stats(), 3), Some(Duration::from_millis(500)));
/// assert_eq!(meter.until_room(&sender.stats(), 5), None);
/// ```
#[derive(Clone, Debug)]
pub struct DrainMeter {
    half_life: Duration,
    last: Option<(usize, Instant)>,
    /// Messages per second, as far as they have been seen: a sum of weighted rates.
    rates: f64,
    /// The sum of the weights: one, less what lies before the first observation.
    weights: f64,
}

impl DrainMeter {
    /// A meter that has seen nothing yet. The shorter the `half_life`, the faster it follows a change, and the more it
    /// follows chance; with zero it knows the last interval only.
    #[must_use]
    pub fn new(half_life: Duration) -> Self {
        Self { half_life, last: None, rates: 0.0, weights: 0.0 }
    }

    /// Takes note that by `now` so many messages have been [`received`](Stats::received) in all.
    ///
    /// A clock that has not moved on since the last time is waited for: what was received meanwhile counts later. A count
    /// that is less than the last one has wrapped around, or is of another channel: the interval is left out.
    pub fn observe(&mut self, received: usize, now: Instant) {
        let Some((before, then)) = self.last else {
            self.last = Some((received, now));
            return;
        };
        let elapsed = now.saturating_duration_since(then).as_secs_f64();
        if elapsed <= 0.0 {
            return;
        }
        self.last = Some((received, now));
        if let Some(more) = received.checked_sub(before) {
            #[allow(clippy::cast_precision_loss, reason = "an estimate")]
            let rate = more as f64 / elapsed;
            let gained = -f64::exp_m1(-elapsed / self.half_life.as_secs_f64() * LN_2);
            self.rates += (rate - self.rates) * gained;
            self.weights += (1.0 - self.weights) * gained;
        }
    }

    /// How many messages are received per second; `None` before two observations at different times.
    pub fn rate(&self) -> Option<f64> {
        (self.weights > 0.0).then(|| self.rates / self.weights)
    }

    /// In how long there will be room for `n` messages, at this rate, if nobody else sends any. Zero if there is room.
    ///
    /// `None` if nothing can be said: no rate is known, nothing was received lately, or there will never be room for so many.
    pub fn until_room(&self, stats: &Stats, n: usize) -> Option<Duration> {
        let Some(capacity) = stats.capacity else {
            return Some(Duration::ZERO);
        };
        // A queue may hold more than its capacity for a while.
        let missing = (stats.len.saturating_add(n)).saturating_sub(capacity);
        if n > capacity {
            return None;
        }
        if missing == 0 {
            return Some(Duration::ZERO);
        }
        let rate = self.rate().filter(|rate| *rate > 0.0)?;
        #[allow(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = missing as f64 / rate;
        Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }
}
