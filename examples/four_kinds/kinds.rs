//! The four kinds, from the side of the upstream.

use core::time::Duration;
use std::time::Instant;

use forebay::{DrainMeter, Receiver, Sender};
use smol::LocalExecutor;

use crate::load::{CAPACITY, STEP, Upstream};
use crate::throttle::Throttle;

/// All that a producer needs for implicit backpressure, and a relay too.
async fn pump(from: Receiver<()>, to: Sender<()>) {
    while let Ok(item) = from.recv().await {
        // Waits while there is no room. What is not yet sent stays where it comes from.
        if to.send(item).await.is_err() {
            break;
        }
    }
}

/// It waits in `send().await`.
pub(crate) struct Implicit {
    tasks: LocalExecutor<'static>,
    /// Where items come from that can wait, such as a file: without a limit, but not in memory.
    source: Sender<()>,
    channel: Sender<()>,
}

impl Implicit {
    pub(crate) fn new(channel: Sender<()>) -> Self {
        let tasks = LocalExecutor::new();
        let (source, items) = forebay::unbounded();
        tasks.spawn(pump(items, channel.clone())).detach();
        Self { tasks, source, channel }
    }
}

impl Upstream for Implicit {
    fn step(&mut self, _: Instant, more: usize) {
        run(&self.tasks, &self.source, more);
    }

    fn sent(&self) -> usize {
        self.channel.stats().sent
    }
}

/// Gives the tasks more items, and runs them until each of them waits.
fn run(tasks: &LocalExecutor<'_>, source: &Sender<()>, more: usize) {
    for _ in 0..more {
        source.try_send(()).expect("the source has no limit");
    }
    while tasks.try_tick() {}
}

/// It is refused, and told when to come back.
pub(crate) struct Explicit {
    channel: Sender<()>,
    meter: DrainMeter,
    /// When those who were refused come back.
    appointments: Vec<Instant>,
}

impl Explicit {
    pub(crate) fn new(channel: Sender<()>) -> Self {
        let meter = DrainMeter::new(Duration::from_millis(200));
        Self { channel, meter, appointments: Vec::new() }
    }
}

impl Upstream for Explicit {
    fn step(&mut self, now: Instant, more: usize) {
        self.meter.observe(&self.channel.stats(), now);
        let appointments = self.appointments.len();
        self.appointments.retain(|&time| time > now);
        let back = appointments - self.appointments.len();
        for _ in 0..back + more {
            if self.channel.try_send(()).is_err() {
                let wait = self.meter.until_room(&self.channel.stats(), CAPACITY / 2);
                self.appointments.push(now + wait.unwrap_or(Duration::from_millis(100)));
            }
        }
    }

    fn sent(&self) -> usize {
        self.channel.stats().sent
    }
}

/// It writes into a socket. The kernel's buffers, played by a second channel, take some more; then
/// it waits as well, on another machine.
pub(crate) struct Reactive {
    tasks: LocalExecutor<'static>,
    source: Sender<()>,
    kernel: Sender<()>,
}

impl Reactive {
    pub(crate) fn new(channel: Sender<()>) -> Self {
        let tasks = LocalExecutor::new();
        let (source, items) = forebay::unbounded();
        let (kernel, socket) = forebay::bounded(CAPACITY / 2);
        tasks.spawn(pump(items, kernel.clone())).detach();
        tasks.spawn(pump(socket, channel)).detach();
        Self { tasks, source, kernel }
    }
}

impl Upstream for Reactive {
    fn step(&mut self, _: Instant, more: usize) {
        run(&self.tasks, &self.source, more);
    }

    fn sent(&self) -> usize {
        self.kernel.stats().sent
    }

    fn before_the_channel(&self) -> usize {
        self.kernel.len()
    }
}

/// It slows down before the channel is full.
pub(crate) struct Proactive {
    channel: Sender<()>,
    throttle: Throttle,
    /// Items that it could make.
    ideas: usize,
    /// When the next one may be made.
    next: Instant,
}

impl Proactive {
    pub(crate) fn new(channel: Sender<()>) -> Self {
        Self { channel, throttle: Throttle::new(100.0), ideas: 0, next: Instant::now() }
    }
}

impl Upstream for Proactive {
    fn step(&mut self, now: Instant, more: usize) {
        self.ideas += more;
        // Several in one step, if the pace asks for it; but time without ideas is not made up for.
        if self.next + STEP < now {
            self.next = now;
        }
        while self.ideas > 0 && self.next <= now && self.channel.try_send(()).is_ok() {
            self.ideas -= 1;
            self.next += self.throttle.gap(self.channel.pressure());
        }
    }

    fn sent(&self) -> usize {
        self.channel.stats().sent
    }
}
