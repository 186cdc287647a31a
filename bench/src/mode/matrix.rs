//! Executors x shapes x capacities x peers: the time of one message, as a ratio to the best peer.

use crate::capacity::Capacity;
use crate::cell::Cell;
use crate::contender;
use crate::executor::Executor;
use crate::load::flow::Shape;
use crate::machine::Machine;
use crate::measure::{Flow, Sampling};
use crate::mode::or;
use crate::report::{chart, csv, summary};
use crate::shares::Shares;
use crate::watchdog::Watchdog;
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

#[derive(clap::Args)]
pub struct Options {
    /// Fewer cells, fewer rounds, shorter samples: under a minute
    #[arg(long)]
    quick: bool,
    /// Only these executors
    #[arg(long, value_enum, value_delimiter = ',')]
    executor: Vec<Executor>,
    /// Only these shapes: senders x receivers, as in 4x1
    #[arg(long, value_delimiter = ',')]
    shape: Vec<Shape>,
    /// Only these capacities: numbers, or `unbounded`
    #[arg(long, value_delimiter = ',')]
    capacity: Vec<Capacity>,
    /// forebay beside these peers only
    #[arg(long, value_delimiter = ',')]
    #[arg(value_parser = PossibleValuesParser::new(contender::peer_names()))]
    peer: Vec<String>,
    /// Rounds in which every peer is measured once
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: Option<u16>,
    /// Milliseconds that one sample of the fastest takes
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    sample: Option<u16>,
    /// Write the table, CSV and SVG charts into this directory
    #[arg(long)]
    out: Option<PathBuf>,
    /// The CSV of `fairness`, which tells whose throughput starves; if not given, the one in
    /// `--out`
    #[arg(long)]
    fairness: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let machine = Machine::here();
    let shares = options.shares()?;
    let cells = measure(options, &shares);
    let report = summary::report(&machine, &cells);
    print!("{report}");
    if let Some(out) = &options.out {
        fs::create_dir_all(out)?;
        fs::write(out.join("matrix.md"), report)?;
        csv::write(&out.join("matrix.csv"), &cells)?;
        chart::draw(out, &machine, &cells)?;
    }
    Ok(())
}

fn measure(options: &Options, shares: &Shares) -> Vec<Cell> {
    let mut contenders = contender::all();
    contenders.retain(|contender| {
        let chosen = options.peer.is_empty() || options.peer.iter().any(|it| it == contender.name);
        contender.is_forebay() || chosen
    });
    let sampling = options.sampling();
    let watchdog = Watchdog::start();
    let mut cells = Vec::new();
    for executor in or(&options.executor, Executor::value_variants()) {
        let runtime = &executor.start();
        for shape in or(&options.shape, options.shapes()) {
            for capacity in or(&options.capacity, options.capacities()) {
                if !contenders[0].fits(shape.receivers, capacity) {
                    continue;
                }
                eprintln!("{executor}, {shape}, {capacity}");
                let flow = Flow {
                    runtime,
                    shape,
                    capacity,
                };
                let mut figures = flow.measure(&sampling, &contenders, &watchdog);
                for figure in &mut figures {
                    figure.least_share = shares.least(executor, shape, capacity, figure.name);
                }
                let mut figures = figures.into_iter();
                let forebay = figures.next().expect("the first contender fits");
                cells.push(Cell {
                    executor,
                    shape,
                    capacity,
                    forebay,
                    peers: figures.collect(),
                });
            }
        }
    }
    cells
}

impl Options {
    /// Empty without a CSV of `fairness`.
    fn shares(&self) -> Result<Shares, Box<dyn Error>> {
        let beside = self.out.as_ref().map(|out| out.join("fairness.csv"));
        let path = self
            .fairness
            .clone()
            .or(beside.filter(|path| path.exists()));
        path.map_or_else(|| Ok(Shares::default()), |path| Shares::read(&path))
    }

    fn shapes(&self) -> &'static [Shape] {
        if self.quick {
            &[Shape::ONE, Shape::MANY]
        } else {
            &[Shape::ONE, Shape::FAN_IN, Shape::FAN_OUT, Shape::MANY]
        }
    }

    fn capacities(&self) -> &'static [Capacity] {
        use Capacity::{Bounded, Unbounded};
        if self.quick {
            &[Bounded(1), Bounded(100), Unbounded]
        } else {
            &[
                Bounded(1),
                Bounded(10),
                Bounded(100),
                Bounded(1024),
                Unbounded,
            ]
        }
    }

    fn sampling(&self) -> Sampling {
        let (rounds, sample) = if self.quick { (5, 10) } else { (21, 25) };
        Sampling {
            rounds: self.rounds.unwrap_or(rounds).into(),
            sample: Duration::from_millis(self.sample.unwrap_or(sample).into()),
        }
    }
}
