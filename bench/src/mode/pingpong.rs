//! The round trip of one message between two tasks: median and 99th percentile.

use crate::capacity::Capacity;
use crate::contender::{self, Contender};
use crate::executor::Executor;
use crate::figures::quantile;
use crate::report::{goal, table};
use crate::rounds::interleave;
use crate::watchdog::Watchdog;
use clap::ValueEnum;

#[derive(clap::Args)]
pub struct Options {
    /// Only these executors
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Executor::value_variants().to_vec())]
    executor: Vec<Executor>,
    /// The capacity of both channels
    #[arg(long, default_value = "100")]
    capacity: Capacity,
    /// Rounds in which every peer is measured once
    #[arg(long, default_value = "15", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Round trips per peer and round
    #[arg(long, default_value = "1000", value_parser = clap::value_parser!(u64).range(1..))]
    trips: u64,
}

pub fn run(options: &Options) {
    let watchdog = Watchdog::start();
    for executor in &options.executor {
        println!(
            "{executor}, capacity {}: ns per round trip",
            options.capacity
        );
        compare(*executor, options, &watchdog);
    }
}

fn compare(executor: Executor, options: &Options, watchdog: &Watchdog) {
    let runtime = executor.start();
    let mut contenders = contender::all();
    contenders.retain(|it| it.fits(1, options.capacity) && it.ends_on(&runtime));
    let trips = |contender: &Contender, count| {
        watchdog.step(format!("{executor}, {}", contender.name));
        (contender.round_trips)(&runtime, options.capacity, count)
    };
    for contender in &contenders {
        trips(contender, options.trips);
    }
    let samples = interleave(options.rounds.into(), contenders.len(), |index| {
        trips(&contenders[index], options.trips)
    });

    let mut results: Vec<(&Contender, f64, f64)> = contenders
        .iter()
        .zip(samples)
        .map(|(contender, rounds)| {
            let mut trips = rounds.concat();
            (
                contender,
                quantile(&mut trips, 0.5),
                quantile(&mut trips, 0.99),
            )
        })
        .collect();
    let forebay = results[0].1;
    let sound = results[1..]
        .iter()
        .filter(|(contender, ..)| contender.is_sound());
    let best = sound.map(|result| result.1).fold(f64::INFINITY, f64::min);
    results.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut table = table(["channel", "median", "p99", "forebay / this"]);
    for (contender, median, p99) in results {
        table.add_row([
            contender.label(),
            format!("{median:.0}"),
            format!("{p99:.0}"),
            format!("{:.2}", forebay / median),
        ]);
    }
    println!(
        "{table}\n{}\n",
        goal("median / best sound", forebay / best, 1.0)
    );
}
