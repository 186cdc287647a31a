//! When to come back.

use crate::stats::Stats;
use core::f64::consts::LN_2;
use core::time::Duration;
use std::time::Instant;

/// Estimates from the [`Stats`] of a channel or queue how fast it drains, and when there will be
/// room in it: what a server answers as `Retry-After`.
///
/// The rate is an average in which what is `half_life` ago counts half as much as what is now. Time
/// in which there was nothing to receive does not count: receivers without messages are not slow.
/// So observe with every message that is accepted or refused, or by the clock, and at least about
/// as often as a full channel drains.
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
/// for number in 0..4 {
///     sender.try_send(number).unwrap();
/// }
/// meter.observe(&sender.stats(), start);
/// receiver.try_recv().unwrap();
/// receiver.try_recv().unwrap();
/// // Two messages in one second, so room for three, which lacks one, in half a second.
/// meter.observe(&sender.stats(), start + Duration::from_secs(1));
/// assert_eq!(meter.rate(), Some(2.0));
/// assert_eq!(meter.until_room(&sender.stats(), 2), Some(Duration::ZERO));
/// assert_eq!(meter.until_room(&sender.stats(), 3), Some(Duration::from_millis(500)));
/// assert_eq!(meter.until_room(&sender.stats(), 5), None);
/// ```
#[derive(Clone, Debug)]
#[doc(alias("retry_after", "429"))]
pub struct DrainMeter {
    half_life: Duration,
    last: Option<Seen>,
    /// Messages per second, as far as they have been seen: a sum of weighted rates.
    rates: f64,
    /// The sum of the weights: one, less what lies before the first observation.
    weights: f64,
}

/// What an observation leaves for the next one.
#[derive(Clone, Copy, Debug)]
struct Seen {
    received: usize,
    len: usize,
    at: Instant,
}

impl DrainMeter {
    /// A meter that has seen nothing yet. The shorter the `half_life`, the faster it follows a
    /// change, and the more it follows chance; with zero it knows the last interval only.
    #[must_use]
    pub fn new(half_life: Duration) -> Self {
        Self { half_life, last: None, rates: 0.0, weights: 0.0 }
    }

    /// Takes note of what the channel was like at `now`.
    ///
    /// An interval between two observations counts as follows:
    /// - Not all that was inside at its beginning was received: in full, there was always something
    ///   to receive.
    /// - The channel was empty at one end of it: only if more was received than at the rate known
    ///   so far.
    /// - It was empty at neither end, but may have been between: in full, but as no longer than
    ///   twice the time that the rate known so far gives for what was received. A lull is no news,
    ///   a change of pace is.
    ///
    /// A clock that has not moved on since the last time is waited for: what was received meanwhile
    /// counts later. A count that is less than the last one has wrapped around, or is of another
    /// channel: the interval is left out.
    pub fn observe(&mut self, stats: &Stats, now: Instant) {
        let seen = Seen { received: stats.received, len: stats.len, at: now };
        let Some(last) = self.last else {
            self.last = Some(seen);
            return;
        };
        let elapsed = now.saturating_duration_since(last.at).as_secs_f64();
        if elapsed <= 0.0 {
            return;
        }
        self.last = Some(seen);
        let Some(received) = seen.received.checked_sub(last.received) else {
            return;
        };
        #[allow(clippy::cast_precision_loss, reason = "an estimate")]
        let messages = received as f64;
        let busy = if received < last.len {
            elapsed
        } else if last.len == 0 || seen.len == 0 {
            if self.rate().is_none_or(|rate| messages <= rate * elapsed) {
                return;
            }
            elapsed
        } else {
            self.rate().map_or(elapsed, |rate| elapsed.min(2.0 * messages / rate))
        };
        let gained = -f64::exp_m1(-busy / self.half_life.as_secs_f64() * LN_2);
        self.rates += (messages / busy - self.rates) * gained;
        self.weights += (1.0 - self.weights) * gained;
    }

    /// How many messages are received per second where there are any to receive; `None` before
    /// there was a time of which that is known.
    pub fn rate(&self) -> Option<f64> {
        (self.weights > 0.0).then(|| self.rates / self.weights)
    }

    /// In how long there will be room for `n` messages, at this rate, if no others are sent. Zero
    /// if there is room.
    ///
    /// Room that is [reserved](Stats::reserved) counts as if its messages were inside. By
    /// [weight](Stats::weight), a message counts for as much as those inside weigh on average; with
    /// nothing inside there is room.
    ///
    /// `None` if nothing can be said: no rate is known, hardly anything was received lately (less
    /// than one message in four half-lives), or there will never be room for so many.
    pub fn until_room(&self, stats: &Stats, n: usize) -> Option<Duration> {
        let Some(most) = most(stats) else {
            return Some(Duration::ZERO);
        };
        if n > most {
            return None;
        }
        let taken = stats.len.saturating_add(stats.reserved);
        // A queue may hold more than its capacity for a while.
        let missing = taken.saturating_add(n).saturating_sub(most);
        if missing == 0 {
            return Some(Duration::ZERO);
        }
        let least =
            if self.half_life.is_zero() { 0.0 } else { 0.25 / self.half_life.as_secs_f64() };
        let rate = self.rate().filter(|rate| *rate > least)?;
        #[allow(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = missing as f64 / rate;
        Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }
}

/// How many messages can be inside, of a weight like that of those which are; `None` if there is no
/// limit, or none is known.
fn most(stats: &Stats) -> Option<usize> {
    let Some((weight, limit)) = stats.weight.zip(stats.weight_limit) else {
        return stats.capacity;
    };
    // The length is read apart from the weight.
    let weights = limit as u128 * stats.len.max(1) as u128;
    Some(usize::try_from(weights.checked_div(weight as u128)?).unwrap_or(usize::MAX))
}
