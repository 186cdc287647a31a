//! The load, the consumer, and the clock: the same for every kind.

use core::ops::Range;
use core::time::Duration;
use std::time::Instant;

use forebay::{BuildError, Builder, Sender};

pub(crate) const STEP: Duration = Duration::from_millis(10);
pub(crate) const STEPS: usize = 320;
pub(crate) const SECOND: usize = 100;

/// The consumer takes one item in each step; that is so many per second.
pub(crate) const PACE: usize = SECOND;
/// Items per second wanted in a burst, and else.
const MUCH: usize = 220;
const LITTLE: usize = 30;
/// The steps of each second that are a burst.
pub(crate) const BURST: Range<usize> = 20..50;

pub(crate) const CAPACITY: usize = 16;
pub(crate) const LOW: usize = 3;
pub(crate) const HIGH: usize = 10;

/// One kind of backpressure, on the upstream side.
pub(crate) trait Upstream {
    /// One step: so many items more are to be sent, as soon as that is possible.
    fn step(&mut self, now: Instant, more: usize);

    /// How many items the upstream got rid of in all.
    fn sent(&self) -> usize;

    /// How many of them are still before the channel.
    fn before_the_channel(&self) -> usize {
        0
    }
}

/// What was seen, step by step.
pub(crate) struct Run {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Items that the upstream wanted to send.
    pub(crate) wanted: Vec<usize>,
    /// Items that it did send.
    pub(crate) sent: Vec<usize>,
    pub(crate) refused: Vec<usize>,
    pub(crate) taken: Vec<usize>,
    /// Items in the channel after the upstream's turn.
    pub(crate) length: Vec<usize>,
    pub(crate) before_the_channel: Vec<usize>,
}

/// Three bursts: for 0.3 s of every second more than twice of what the consumer can take, else less
/// than a third.
fn wanted(step: usize) -> usize {
    let until = |step: usize| {
        let in_burst = |steps: usize| steps.clamp(BURST.start, BURST.end) - BURST.start;
        let much = step / SECOND * BURST.len() + in_burst(step % SECOND);
        (much * MUCH + (step - much) * LITTLE) / SECOND
    };
    until(step + 1) - until(step)
}

/// Per step, of a sum over all of them.
pub(crate) fn per_step(sum: usize) -> f64 {
    sum as f64 / STEPS as f64
}

/// Runs the load against one kind.
///
/// # Errors
/// If the channel cannot be built.
pub(crate) fn run<U: Upstream>(
    name: &'static str,
    title: &'static str,
    upstream: impl FnOnce(Sender<()>) -> U,
) -> Result<Run, BuildError> {
    let builder = Builder::new().capacity(CAPACITY).watermarks(LOW, HIGH).tracking();
    let (sender, receiver) = builder.build()?;
    let mut upstream = upstream(sender);

    let none = || Vec::with_capacity(STEPS);
    let mut run = Run {
        name,
        title,
        wanted: (0..STEPS).map(wanted).collect(),
        sent: none(),
        refused: none(),
        taken: none(),
        length: none(),
        before_the_channel: none(),
    };
    // The only reading of a clock: where the virtual one begins.
    let mut now = Instant::now();
    for &wanted in &run.wanted {
        let (sent, refused) = (upstream.sent(), receiver.stats().refused);
        upstream.step(now, wanted);
        run.sent.push(upstream.sent() - sent);
        run.refused.push(receiver.stats().refused.unwrap_or(0) - refused.unwrap_or(0));
        run.length.push(receiver.len());
        run.before_the_channel.push(upstream.before_the_channel());
        run.taken.push(usize::from(receiver.try_recv().is_ok()));
        now += STEP;
    }
    Ok(run)
}
