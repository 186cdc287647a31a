//! Many tasks on one channel, many channels, and many receivers that wait for nothing.

use crate::capacity::Capacity;
use crate::contender::{self, Contender};
use crate::executor::Executor;
use crate::figures::median;
use crate::load::flow::Shape;
use crate::measure::{Flow, Sampling};
use crate::report::table;
use crate::rounds::interleave;
use crate::watchdog::Watchdog;
use std::time::Duration;

const CAPACITY: Capacity = Capacity::Bounded(100);
const CHANNELS: u64 = 10_000;
const MESSAGES_EACH: u64 = 20;
const RECEIVERS: usize = 100;
const SECOND: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub struct Options {
    /// The executor
    #[arg(long, value_enum, default_value = "tokio-multi")]
    executor: Executor,
    /// Rounds in which every peer is measured once
    #[arg(long, default_value = "7", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
}

pub fn run(options: &Options) {
    let watchdog = Watchdog::start();
    let contenders = contender::all();
    one_channel(options, &contenders, &watchdog);
    many_channels(options, &contenders, &watchdog);
    idle_receivers(options, &contenders, &watchdog);
}

fn one_channel(options: &Options, contenders: &[Contender], watchdog: &Watchdog) {
    const SHAPES: [(usize, usize); 7] = [
        (1, 1),
        (10, 1),
        (100, 1),
        (1000, 1),
        (10, 10),
        (100, 100),
        (1000, 1000),
    ];
    println!(
        "one channel, capacity {CAPACITY}, {}: ns per message",
        options.executor
    );
    let sampling = Sampling {
        rounds: options.rounds.into(),
        sample: Duration::from_millis(15),
    };
    let fitting = || {
        contenders
            .iter()
            .filter(|contender| contender.fits(1, CAPACITY))
    };
    let names = fitting().map(Contender::label);
    let mut table = table(std::iter::once("senders x receivers".into()).chain(names));
    let runtime = &options.executor.start();
    for (senders, receivers) in SHAPES {
        let shape = Shape { senders, receivers };
        let flow = Flow {
            runtime,
            shape,
            capacity: CAPACITY,
        };
        let figures = flow.measure(&sampling, contenders, watchdog);
        let ns = fitting().map(|contender| {
            let figure = figures.iter().find(|figure| figure.name == contender.name);
            figure.map_or_else(|| "-".into(), |figure| format!("{:.0}", figure.ns))
        });
        table.add_row(std::iter::once(shape.to_string()).chain(ns));
    }
    println!("{table}\n");
}

fn many_channels(options: &Options, contenders: &[Contender], watchdog: &Watchdog) {
    println!(
        "{CHANNELS} channels of capacity 4 with two tasks each, {}",
        options.executor
    );
    let capacity = Capacity::Bounded(4);
    let fitting: Vec<_> = contenders
        .iter()
        .filter(|contender| contender.fits(1, capacity))
        .collect();
    let runtime = options.executor.start();
    let mut bytes = vec![0.0; fitting.len()];
    let samples = interleave(options.rounds.into(), fitting.len(), |index| {
        watchdog.step(format!("{CHANNELS} channels, {}", fitting[index].name));
        let (heap, time) = (fitting[index].channels)(&runtime, capacity, CHANNELS, MESSAGES_EACH);
        bytes[index] = heap.kept() as f64 / CHANNELS as f64;
        time.as_nanos() as f64 / (CHANNELS * MESSAGES_EACH) as f64
    });
    let mut table = table(["channel", "ns per message", "bytes per channel"]);
    for ((contender, mut samples), bytes) in fitting.iter().zip(samples).zip(bytes) {
        let ns = median(&mut samples);
        table.add_row([contender.label(), format!("{ns:.0}"), format!("{bytes:.0}")]);
    }
    println!("{table}\n");
}

fn idle_receivers(options: &Options, contenders: &[Contender], watchdog: &Watchdog) {
    println!("{RECEIVERS} parked receivers: processor time in one second, ms");
    let executors = [options.executor, Executor::Threads];
    let mut table = table(
        std::iter::once("channel".into()).chain(executors.map(|executor| executor.to_string())),
    );
    let runtimes = executors.map(Executor::start);
    for contender in contenders
        .iter()
        .filter(|contender| contender.fits(1, CAPACITY))
    {
        let times = runtimes.each_ref().map(|runtime| {
            watchdog.step(format!("idle receivers, {}", contender.name));
            let used = (contender.idle)(runtime, RECEIVERS, SECOND);
            format!("{:.2}", used.as_secs_f64() * 1000.0)
        });
        table.add_row(std::iter::once(contender.label()).chain(times));
    }
    println!("{table}");
}
