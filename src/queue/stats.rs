//! The account of a queue.

use alloc::string::String;
use core::fmt::{self, Write};
use core::time::Duration;

/// What became of all items of a queue, and how it stands.
///
/// Made by [`Queue::stats`](crate::queue::Queue::stats). It costs a few loads; with `std` also
/// some locks, for an instant each.
///
/// # It adds up
/// When no operation is under way:
/// - `put` = `done` + `failed` + `left_over` + `displaced` + `unfinished`
/// - `unfinished` = `len` + `in_hand`
/// - `handed_out` = `done` + `failed` + `retried` + `requeued` + `given_back` + `in_hand` + what
///   is left over of jobs that came back after an immediate shutdown
///
/// While others are at work each figure is read on its own, a little before or after the others.
///
/// # Range
/// The counts wrap around to zero as those of [`forebay::Stats`](crate::Stats).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Stats {
    /// How many items were put. One that comes back is not put again.
    pub put: usize,
    /// How many jobs were handed out.
    pub handed_out: usize,
    /// How many items are done.
    pub done: usize,
    /// How many items have used up their attempts, or whose [`Ticket`](crate::queue::Ticket) was
    /// dropped in a queue with retries.
    pub failed: usize,
    /// How many failed attempts there were after which the item came back.
    pub retried: usize,
    /// How many jobs were [given back](crate::queue::Job::give_back), and are or were inside
    /// again.
    pub given_back: usize,
    /// How many jobs were [put back](crate::queue::Job::requeue).
    pub requeued: usize,
    /// How many items a stop has left over, returned or not.
    pub left_over: usize,
    /// How many items were displaced for want of room.
    pub displaced: usize,
    /// How many jobs are in hand.
    pub in_hand: usize,
    /// How many items are inside or in hand.
    pub unfinished: usize,
    /// How many items are inside.
    pub len: usize,
    /// How many [dead letters](crate::queue::Queue::dead_letters) wait to be taken.
    pub dead_letters: usize,
    /// How long the item inside has waited that has waited for longest. With
    /// [`tracking`](crate::queue::Builder::tracking) only, and `None` if nothing is inside. To
    /// find it, all items inside are looked at.
    pub oldest_wait: Option<Duration>,
    /// How long all items together have waited to be handed out. With
    /// [`tracking`](crate::queue::Builder::tracking) only.
    pub total_wait: Option<Duration>,
    /// How many items can be inside; `None` if there is no limit.
    pub capacity: Option<usize>,
    /// How many handles of the queue there are: clones, owned jobs, streams of jobs, guards.
    pub handles: usize,
    /// How many puts wait for room, those included that have just been woken.
    #[cfg(feature = "std")]
    pub waiting_puts: usize,
    /// How many gets wait for an item, those included that have just been woken, and the streams
    /// that were left waiting.
    #[cfg(feature = "std")]
    pub waiting_gets: usize,
    /// The greatest length so far. With [`tracking`](crate::queue::Builder::tracking) only.
    pub deepest: Option<usize>,
    /// How many items were given back for want of room: those of a batch each. With
    /// [`tracking`](crate::queue::Builder::tracking) only.
    pub refused: Option<usize>,
    pub(super) traffic: crate::Stats,
}

/// How long items wait to be handed out.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Waits {
    /// The longest time that an item inside has waited.
    pub(super) oldest: Option<Duration>,
    /// The sum over all items that were handed out.
    pub(super) total: Duration,
}

impl Stats {
    /// The figures of these queues in the text format of Prometheus: what a page for it answers,
    /// with the content type `text/plain; version=0.0.4`.
    ///
    /// Each figure is a metric `forebay_queue_...` with a label `queue`; names of queues must
    /// differ.
    ///
    /// ```
    /// use forebay::queue::{Queue, Stats};
    ///
    /// let queue = Queue::bounded(10);
    /// queue.try_put("page").unwrap();
    /// let text = Stats::prometheus(&[("crawl", queue.stats())]);
    /// assert!(text.contains("# TYPE forebay_queue_put_total counter\n"));
    /// assert!(text.contains("\nforebay_queue_put_total{queue=\"crawl\"} 1\n"));
    /// ```
    pub fn prometheus(queues: &[(&str, Self)]) -> String {
        let mut text = String::new();
        for metric in METRICS {
            // Writing to a string does not fail.
            let _ = metric.write(&mut text, queues);
        }
        text
    }
}

/// The traffic of a queue as that of a channel, for what works with both. An item that comes back
/// counts as sent once more.
impl From<Stats> for crate::Stats {
    fn from(stats: Stats) -> Self {
        stats.traffic
    }
}

/// On one line: `3 inside, 2 in hand, 120 put, 110 done, 5 failed, 0 left over`.
impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { len, in_hand, put, done, failed, left_over, .. } = self;
        write!(f, "{len} inside, {in_hand} in hand, {put} put, {done} done, {failed} failed, ")?;
        write!(f, "{left_over} left over")
    }
}

struct Metric {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    /// `None` where it is not measured.
    value: fn(&Stats) -> Option<Value>,
}

enum Value {
    Count(usize),
    Seconds(Duration),
}

#[allow(clippy::unnecessary_wraps, reason = "as the figures that are not always there")]
fn count(count: usize) -> Option<Value> {
    Some(Value::Count(count))
}

impl Metric {
    const fn new(
        name: &'static str,
        kind: &'static str,
        help: &'static str,
        value: fn(&Stats) -> Option<Value>,
    ) -> Self {
        Self { name, kind, help, value }
    }

    fn write(&self, text: &mut String, queues: &[(&str, Stats)]) -> fmt::Result {
        let Self { name, kind, help, value } = self;
        let mut values =
            queues.iter().filter_map(|(queue, stats)| Some((queue, value(stats)?))).peekable();
        if values.peek().is_some() {
            write!(
                text,
                "# HELP forebay_queue_{name} {help}\n# TYPE forebay_queue_{name} {kind}\n"
            )?;
        }
        for (queue, value) in values {
            write!(text, "forebay_queue_{name}{{queue=\"")?;
            for character in queue.chars() {
                match character {
                    '\\' => text.push_str("\\\\"),
                    '"' => text.push_str("\\\""),
                    '\n' => text.push_str("\\n"),
                    other => text.push(other),
                }
            }
            match value {
                Value::Count(count) => writeln!(text, "\"}} {count}")?,
                Value::Seconds(time) => writeln!(text, "\"}} {}", time.as_secs_f64())?,
            }
        }
        Ok(())
    }
}

const METRICS: &[Metric] = &[
    Metric::new("put_total", "counter", "Items put.", |stats| count(stats.put)),
    Metric::new("handed_out_total", "counter", "Jobs handed out.", |stats| count(stats.handed_out)),
    Metric::new("done_total", "counter", "Items done.", |stats| count(stats.done)),
    Metric::new("failed_total", "counter", "Items whose attempts are used up.", |stats| {
        count(stats.failed)
    }),
    Metric::new(
        "retried_total",
        "counter",
        "Failed attempts after which the item came back.",
        |stats| count(stats.retried),
    ),
    Metric::new("given_back_total", "counter", "Jobs given back.", |stats| count(stats.given_back)),
    Metric::new("requeued_total", "counter", "Jobs put back.", |stats| count(stats.requeued)),
    Metric::new("left_over_total", "counter", "Items left over by a stop.", |stats| {
        count(stats.left_over)
    }),
    Metric::new("displaced_total", "counter", "Items displaced for want of room.", |stats| {
        count(stats.displaced)
    }),
    Metric::new("refused_total", "counter", "Items refused for want of room.", |stats| {
        stats.refused.and_then(count)
    }),
    Metric::new("inside", "gauge", "Items inside.", |stats| count(stats.len)),
    Metric::new("in_hand", "gauge", "Jobs in hand.", |stats| count(stats.in_hand)),
    Metric::new("dead_letters", "gauge", "Dead letters to be taken.", |stats| {
        count(stats.dead_letters)
    }),
    Metric::new("capacity", "gauge", "Items that can be inside.", |stats| {
        stats.capacity.and_then(count)
    }),
    Metric::new("deepest", "gauge", "The greatest number of items inside so far.", |stats| {
        stats.deepest.and_then(count)
    }),
    Metric::new(
        "oldest_wait_seconds",
        "gauge",
        "How long the oldest item inside has waited.",
        |stats| stats.oldest_wait.map(Value::Seconds),
    ),
    Metric::new(
        "wait_seconds_total",
        "counter",
        "How long items have waited to be handed out.",
        |stats| stats.total_wait.map(Value::Seconds),
    ),
];
