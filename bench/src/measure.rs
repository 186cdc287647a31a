//! Measures a flow of messages through every contender, in interleaved rounds.

use crate::capacity::Capacity;
use crate::cell::Figure;
use crate::contender::Contender;
use crate::executor::Runtime;
use crate::figures::{median, quantile};
use crate::load::flow::Shape;
use crate::rounds::interleave;
use crate::watchdog::Watchdog;
use std::time::Duration;

/// Where calibration begins.
const FEW: u64 = 512;

/// Beyond this, an unbounded channel would measure the memory.
const MANY: u64 = 500_000;

/// A contender this many times slower than the fastest still sends as many messages. A slower one
/// sends fewer, or a few cells would take all the time.
const PATIENCE: f64 = 2.0;

pub struct Sampling {
    pub rounds: usize,
    /// The time that one sample of the fastest takes.
    pub sample: Duration,
}

/// A flow that is the same for all.
pub struct Flow<'a> {
    pub runtime: &'a Runtime,
    pub shape: Shape,
    pub capacity: Capacity,
}

impl Flow<'_> {
    /// The figures of those that have such a channel, in their order.
    pub fn measure(
        &self,
        sampling: &Sampling,
        contenders: &[Contender],
        watchdog: &Watchdog,
    ) -> Vec<Figure> {
        let fitting: Vec<&Contender> = contenders
            .iter()
            .filter(|contender| contender.fits(self.shape.receivers, self.capacity))
            .filter(|contender| contender.ends_on(self.runtime))
            .collect();
        let ns_per_message = |contender: &Contender, messages| {
            watchdog.step(format!(
                "{}, {}, {}",
                contender.name, self.shape, self.capacity
            ));
            let time = (contender.flow)(self.runtime, self.shape, self.capacity, messages);
            time.as_nanos() as f64 / messages as f64
        };

        let budget = sampling.sample.as_nanos() as f64;
        let expected: Vec<f64> = fitting
            .iter()
            .map(|contender| {
                calibrate(budget, self.whole_shares(FEW as f64), MANY, |messages| {
                    ns_per_message(contender, messages)
                })
            })
            .collect();
        let fastest = expected.iter().copied().fold(f64::INFINITY, f64::min);
        let messages: Vec<u64> = expected
            .iter()
            .map(|&ns| self.whole_shares((budget / fastest).min(PATIENCE * budget / ns)))
            .collect();

        let samples = interleave(sampling.rounds, fitting.len(), |index| {
            ns_per_message(fitting[index], messages[index])
        });
        let figure =
            |((contender, messages), mut samples): ((&&Contender, u64), Vec<f64>)| Figure {
                name: contender.name,
                package: contender.package,
                flaw: contender.flaw,
                least_share: None,
                messages,
                ns: median(&mut samples),
                low: quantile(&mut samples, 0.25),
                high: quantile(&mut samples, 0.75),
            };
        fitting
            .iter()
            .zip(messages)
            .zip(samples)
            .map(figure)
            .collect()
    }

    /// Rounded down to an equal share for each sender, which is at least one message.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to MANY"
    )]
    fn whole_shares(&self, messages: f64) -> u64 {
        let senders = self.shape.senders as u64;
        let share = messages.min(MANY as f64) as u64 / senders;
        share.max(1) * senders
    }
}

/// Measures more and more at once, until it takes long enough to tell the time of one of them. This
/// is the warm-up too.
pub fn calibrate(budget: f64, few: u64, many: u64, mut ns_each: impl FnMut(u64) -> f64) -> f64 {
    let mut count = few;
    loop {
        let ns = ns_each(count);
        if ns * count as f64 * 4.0 >= budget || count >= many / 4 {
            return ns;
        }
        count *= 4;
    }
}
