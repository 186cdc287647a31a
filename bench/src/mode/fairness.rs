//! Tasks that compete for a channel: what each of them gets, and how long it waits.

use crate::capacity::Capacity;
use crate::contender::{self, Contender};
use crate::executor::{Executor, Runtime};
use crate::figures::median;
use crate::load::contest::{Calls, Contest, Crowd, Outcome, Pace, Side};
use crate::load::flow::Shape;
use crate::machine::Machine;
use crate::mode::or;
use crate::report::fairness::{self as report, Cell, Figure};
use crate::rounds::interleave;
use crate::watchdog::Watchdog;
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const SHAPES: [Shape; 3] = [Shape::FAN_IN, Shape::FAN_OUT, Shape::MANY];
const CAPACITIES: [Capacity; 3] = [
    Capacity::Bounded(1),
    Capacity::Bounded(10),
    Capacity::Bounded(100),
];

/// Whom the goals compare with.
const QUICK_PEERS: [&str; 3] = ["async-channel", "flume", "tokio-mpsc"];

#[derive(clap::Args)]
pub struct Options {
    /// Fewer peers, shorter samples, no 4x4 with work: under two minutes
    #[arg(long)]
    quick: bool,
    /// Only these executors
    #[arg(long, value_enum, value_delimiter = ',')]
    executor: Vec<Executor>,
    /// Only these calls; blocking ones on threads only
    #[arg(long, value_enum, value_delimiter = ',')]
    calls: Vec<Calls>,
    /// Only these shapes: senders x receivers, as in 4x1
    #[arg(long, value_delimiter = ',')]
    shape: Vec<Shape>,
    /// Only these capacities
    #[arg(long, value_delimiter = ',')]
    capacity: Vec<Capacity>,
    /// Only at this pace
    #[arg(long, value_enum, value_delimiter = ',')]
    pace: Vec<Pace>,
    /// forebay beside these peers only
    #[arg(long, value_delimiter = ',')]
    #[arg(value_parser = PossibleValuesParser::new(contender::peer_names()))]
    peer: Vec<String>,
    /// Rounds in which every peer is measured once
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: Option<u16>,
    /// Milliseconds that one sample takes; one with work takes twice as long
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    sample: Option<u16>,
    /// Write the tables and the CSV, which `matrix` reads, into this directory
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let machine = Machine::here();
    let cells = measure(options);
    let report = report::report(
        &machine,
        options.rounds(),
        options.sample(Pace::Tight),
        &cells,
    );
    print!("{report}");
    if let Some(out) = &options.out {
        fs::create_dir_all(out)?;
        fs::write(out.join("fairness.md"), report)?;
        report::write_csv(&out.join("fairness.csv"), &cells)?;
    }
    Ok(())
}

fn measure(options: &Options) -> Vec<Cell> {
    let contenders = options.contenders();
    let watchdog = Watchdog::start();
    let mut cells = Vec::new();
    for executor in or(&options.executor, Executor::value_variants()) {
        let runtime = executor.start();
        for calls in or(&options.calls, Calls::value_variants()) {
            if calls == Calls::Blocking && executor != Executor::Threads {
                continue;
            }
            for pace in or(&options.pace, Pace::value_variants()) {
                for shape in or(&options.shape, options.shapes(pace)) {
                    for capacity in or(&options.capacity, &CAPACITIES) {
                        eprintln!("{executor}, {calls}, {pace}, {shape}, {capacity}");
                        let contest = Contest {
                            shape,
                            capacity,
                            pace,
                            calls,
                            span: options.sample(pace),
                            one_thread: executor == Executor::TokioCurrent,
                        };
                        let all = compare(options, &contenders, &runtime, &contest, &watchdog);
                        cells.extend(crowded_sides(executor, &contest, &all));
                    }
                }
            }
        }
    }
    cells
}

/// The outcomes of each contender that has such a channel.
fn compare<'a>(
    options: &Options,
    contenders: &'a [Contender],
    runtime: &Runtime,
    contest: &Contest,
    watchdog: &Watchdog,
) -> Vec<(&'a Contender, Vec<Outcome>)> {
    let fitting: Vec<&Contender> = contenders
        .iter()
        .filter(|contender| contender.fits(contest.shape.receivers, contest.capacity))
        .filter(|contender| contender.blocks || contest.calls == Calls::Async)
        .collect();
    let outcomes = interleave(options.rounds().into(), fitting.len(), |index| {
        let contender = fitting[index];
        watchdog.step(format!(
            "{}, {}, {}, {}",
            contender.name, contest.pace, contest.shape, contest.capacity
        ));
        (contender.contest)(runtime, contest)
    });
    fitting.into_iter().zip(outcomes).collect()
}

/// A cell for each side that has several tasks. A lone task has no share and waits for no other.
fn crowded_sides(
    executor: Executor,
    contest: &Contest,
    all: &[(&Contender, Vec<Outcome>)],
) -> Vec<Cell> {
    [Side::Senders, Side::Receivers]
        .into_iter()
        .filter(|side| side.tasks(contest.shape) > 1)
        .map(|side| Cell {
            executor,
            calls: contest.calls,
            pace: contest.pace,
            shape: contest.shape,
            side,
            capacity: contest.capacity,
            figures: all
                .iter()
                .map(|(contender, outcomes)| figure(contender, outcomes, side))
                .collect(),
        })
        .collect()
}

fn figure(contender: &Contender, outcomes: &[Outcome], side: Side) -> Figure {
    let ns = |outcome: &Outcome| outcome.time.as_nanos() as f64 / outcome.messages as f64;
    let crowds: Vec<Crowd> = outcomes.iter().map(|outcome| outcome.of(side)).collect();
    let middle = |of: fn(&Crowd) -> f64| median(&mut crowds.iter().map(of).collect::<Vec<_>>());
    let shares = crowds.iter().map(|crowd| crowd.least_share);
    let waits = crowds.iter().map(|crowd| crowd.worst);
    Figure {
        name: contender.name,
        package: contender.package,
        sound: contender.is_sound(),
        ns: median(&mut outcomes.iter().map(ns).collect::<Vec<_>>()),
        least_share: middle(|crowd| crowd.least_share),
        least_share_of_all: shares.fold(f64::INFINITY, f64::min),
        p99: middle(|crowd| crowd.p99),
        p999: middle(|crowd| crowd.p999),
        worst: middle(|crowd| crowd.worst),
        worst_of_all: waits.fold(0.0, f64::max),
        gap: crowds.iter().filter_map(|crowd| crowd.gap).max(),
    }
}

impl Options {
    fn contenders(&self) -> Vec<Contender> {
        let mut contenders = contender::all();
        contenders.retain(|contender| {
            let chosen = if self.peer.is_empty() {
                !self.quick || QUICK_PEERS.contains(&contender.name)
            } else {
                self.peer.iter().any(|it| it == contender.name)
            };
            contender.is_forebay() || chosen
        });
        contenders
    }

    fn shapes(&self, pace: Pace) -> &'static [Shape] {
        if self.quick && pace == Pace::Work {
            &SHAPES[..2]
        } else {
            &SHAPES
        }
    }

    fn rounds(&self) -> u16 {
        self.rounds.unwrap_or(3)
    }

    /// At 50 us a message, a short sample would count too few of them to tell a share.
    fn sample(&self, pace: Pace) -> Duration {
        let sample = self.sample.unwrap_or(if self.quick { 100 } else { 150 });
        let sample = Duration::from_millis(sample.into());
        match pace {
            Pace::Tight => sample,
            Pace::Work => sample * 2,
        }
    }
}
