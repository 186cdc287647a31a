//! Senders and receivers that compete for one channel until a deadline: what each of them gets, and
//! how long it waits for it.

use crate::capacity::Capacity;
use crate::executor::Runtime;
use crate::load::flow::{Shape, Tally};
use crate::peers::{Peer, Receiver, Sender};
use futures_util::future::Either;
use hdrhistogram::Histogram;
use std::fmt;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// What the working side does with the processor between two messages.
const WORK: Duration = Duration::from_micros(50);

/// Longer waits count as this one. The watchdog ends a run before that.
const LONGEST_WAIT_NS: u64 = 60_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Pace {
    /// Tight loops on both sides
    Tight,
    /// 50 us of work per message on the side with fewer tasks; of 4x4, on the receivers
    Work,
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tight => "tight",
            Self::Work => "work",
        })
    }
}

/// How a task waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Calls {
    /// Futures
    Async,
    /// Calls that block a thread
    Blocking,
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Async => "async",
            Self::Blocking => "blocking",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Senders,
    Receivers,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Senders => "send",
            Self::Receivers => "recv",
        })
    }
}

impl Side {
    /// How many tasks it has.
    pub fn tasks(self, shape: Shape) -> usize {
        match self {
            Self::Senders => shape.senders,
            Self::Receivers => shape.receivers,
        }
    }
}

pub struct Contest {
    pub shape: Shape,
    pub capacity: Capacity,
    pub pace: Pace,
    pub calls: Calls,
    pub span: Duration,
    /// Whether all tasks run on one thread. Only there the gaps are exact.
    pub one_thread: bool,
}

impl Contest {
    fn work_of(&self, side: Side) -> Duration {
        let worker = if self.shape.senders < self.shape.receivers {
            Side::Senders
        } else {
            Side::Receivers
        };
        if self.pace == Pace::Work && side == worker {
            WORK
        } else {
            Duration::ZERO
        }
    }
}

pub struct Outcome {
    pub time: Duration,
    pub messages: u64,
    logs: Vec<Log>,
}

impl Outcome {
    pub fn of(&self, side: Side) -> Crowd {
        let logs = || self.logs.iter().filter(move |log| log.side == side);
        let least = logs().map(|log| log.count).min().expect("a task");
        let equal = self.messages as f64 / logs().count() as f64;
        let mut waits = histogram();
        for log in logs() {
            waits.add(&log.waits).expect("the same bounds");
        }
        Crowd {
            least_share: least as f64 / equal,
            p99: waits.value_at_quantile(0.99) as f64,
            p999: waits.value_at_quantile(0.999) as f64,
            worst: waits.max() as f64,
            gap: logs().filter_map(|log| log.gap).max(),
        }
    }
}

/// How the tasks of one side fared. Times are nanoseconds.
pub struct Crowd {
    /// The least count of a task over the equal share.
    pub least_share: f64,
    pub p99: f64,
    pub p999: f64,
    pub worst: f64,
    /// The most operations of the others that completed during one wait.
    pub gap: Option<u64>,
}

/// Lets the senders send until the deadline, and the receivers receive all of it.
///
/// # Panics
/// If another set of messages arrives than was sent, or if the peer has no such channel or calls.
pub fn contest<P: Peer>(runtime: &Runtime, contest: &Contest) -> Outcome {
    let &Contest {
        shape, capacity, ..
    } = contest;
    let (sender, receiver) = P::channel::<u64>(capacity).expect("a channel of that capacity");
    let blocking = (contest.calls == Calls::Blocking).then(|| P::blocking().expect("such calls"));
    let (block_send, block_recv) = blocking.map(|calls| (calls.send, calls.recv)).unzip();
    let race = Arc::new(Race::new(contest.span));
    let log = |side| Log::new(&race, side, contest);
    let mut tasks = Vec::with_capacity(shape.senders + shape.receivers);
    for index in 0..shape.senders as u64 {
        let log = log(Side::Senders);
        tasks.push(Either::Left(send(
            sender.clone(),
            block_send,
            index << 48,
            log,
        )));
    }
    drop(sender);
    for _ in 1..shape.receivers {
        let another = receiver
            .another()
            .expect("a channel with several receivers");
        tasks.push(Either::Right(recv(
            another,
            block_recv,
            log(Side::Receivers),
        )));
    }
    tasks.push(Either::Right(recv(
        receiver,
        block_recv,
        log(Side::Receivers),
    )));

    let (time, logs) = runtime.run(tasks);
    let total = |side| {
        let of_side = logs.iter().filter(|log| log.side == side);
        of_side.fold(Tally::default(), |sum, log| sum.plus(log.tally))
    };
    let sent = total(Side::Senders);
    assert_eq!(
        sent,
        total(Side::Receivers),
        "{}: sent and received differ",
        P::NAME
    );
    Outcome {
        time,
        messages: sent.count(),
        logs,
    }
}

async fn send<S: Sender<u64>>(
    mut sender: S,
    blocking: Option<fn(&mut S, u64) -> bool>,
    first: u64,
    mut log: Log,
) -> Log {
    log.begin();
    let mut number = first;
    // Every task sends at least once: one that never gets to it has waited from the start.
    loop {
        let sent = match blocking {
            None => sender.send(number).await,
            Some(send) => send(&mut sender, number),
        };
        assert!(sent, "closed while there are receivers");
        log.completed(number);
        number += 1;
        if log.is_late() {
            return log;
        }
        log.work();
    }
}

async fn recv<R: Receiver<u64>>(
    mut receiver: R,
    blocking: Option<fn(&mut R) -> Option<u64>>,
    mut log: Log,
) -> Log {
    log.begin();
    loop {
        let next = match blocking {
            None => receiver.recv().await,
            Some(recv) => recv(&mut receiver),
        };
        let Some(number) = next else {
            // A task that waits when the channel closes may have waited for a long time, in vain.
            log.waited();
            return log;
        };
        log.completed(number);
        log.work();
    }
}

/// What all tasks of a contest share.
struct Race {
    span: Duration,
    /// When the first task began to run. Those that run later have waited since.
    start: OnceLock<Instant>,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Race {
    fn new(span: Duration) -> Self {
        Self {
            span,
            start: OnceLock::new(),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
        }
    }

    fn completed(&self, side: Side) -> &AtomicU64 {
        match side {
            Side::Senders => &self.sent,
            Side::Receivers => &self.received,
        }
    }
}

/// What one task notes of itself.
struct Log {
    race: Arc<Race>,
    side: Side,
    work: Duration,
    tally: Tally,
    count: u64,
    waits: Histogram<u32>,
    gap: Option<u64>,
    /// Since when it waits, and how many operations of its side had completed then.
    since: Instant,
    seen: u64,
}

impl Log {
    fn new(race: &Arc<Race>, side: Side, contest: &Contest) -> Self {
        Self {
            race: Arc::clone(race),
            side,
            work: contest.work_of(side),
            tally: Tally::default(),
            count: 0,
            waits: histogram(),
            gap: contest.one_thread.then_some(0),
            since: Instant::now(),
            seen: 0,
        }
    }

    fn begin(&mut self) {
        self.since = *self.race.start.get_or_init(Instant::now);
    }

    fn completed(&mut self, number: u64) {
        self.waited();
        self.tally.add(number);
        self.count += 1;
        if self.gap.is_some() {
            // On one thread a load and a store are exact, and cheaper than an addition.
            self.seen += 1;
            let completed = self.race.completed(self.side);
            completed.store(self.seen, Ordering::Relaxed);
        }
    }

    /// Ends one wait. The next one begins at once, unless there is work between.
    fn waited(&mut self) {
        let now = Instant::now();
        let ns = (now - self.since).as_nanos();
        self.waits
            .saturating_record(u64::try_from(ns).unwrap_or(LONGEST_WAIT_NS));
        self.since = now;
        if let Some(gap) = self.gap {
            let completed = self.race.completed(self.side).load(Ordering::Relaxed);
            self.gap = Some(gap.max(completed - self.seen));
            self.seen = completed;
        }
    }

    fn work(&mut self) {
        if !self.work.is_zero() {
            let start = self.since;
            while self.since - start < self.work {
                spin_loop();
                self.since = Instant::now();
            }
        }
    }

    fn is_late(&self) -> bool {
        let start = self.race.start.get().expect("set when the task began");
        self.since - *start >= self.race.span
    }
}

/// Two digits: small enough to stay in the cache while it is written to.
fn histogram() -> Histogram<u32> {
    Histogram::new_with_bounds(1, LONGEST_WAIT_NS, 2).expect("bounds in order")
}
