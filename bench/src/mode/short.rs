//! A few messages through a new channel: what it costs to make, use and drop one.
//!
//! One loop measures every channel in every cell: whatever else the machine does meets all cells.

use crate::capacity::Capacity::{self, Bounded, Unbounded};
use crate::contender::{self, Contender};
use crate::figures::{geometric_mean, median};
use crate::machine::Machine;
use crate::measure::calibrate;
use crate::report::{goal, table};
use crate::rounds::interleave;
use crate::watchdog::Watchdog;
use clap::builder::PossibleValuesParser;

const MESSAGES: [u64; 3] = [1, 10, 100];
const CAPACITIES: [Capacity; 4] = [Bounded(1), Bounded(10), Bounded(100), Unbounded];

/// Where calibration begins, and where it ends at the latest.
const FEW: u64 = 4;
const MANY: u64 = 100_000;

#[derive(clap::Args)]
pub struct Options {
    /// forebay beside these peers only
    #[arg(long, value_delimiter = ',')]
    #[arg(value_parser = PossibleValuesParser::new(contender::peer_names()))]
    peer: Vec<String>,
    /// Rounds in which every peer is measured once
    #[arg(long, default_value = "201", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Microseconds that one sample takes: short ones often fit between two of a busy machine's
    /// turns
    #[arg(long, default_value = "1000", value_parser = clap::value_parser!(u16).range(1..))]
    sample: u16,
}

/// The name of a ratio, and whom the best is chosen from.
type Best = (&'static str, fn(&Contender) -> bool);

const BEST: Best = ("/ best", |_| true);
const BEST_SOUND: Best = ("/ best sound", Contender::is_sound);

/// So many messages through new channels of that capacity.
struct Cell {
    messages: u64,
    capacity: Capacity,
    /// Nanoseconds per channel of each that has such a channel, first forebay.
    results: Vec<(Contender, f64)>,
}

pub fn run(options: &Options) {
    let cells = measure(options);
    println!(
        "{}\nmade, all sent, all received, dropped: ns per channel\n{}\n",
        Machine::here(),
        every_cell(&cells, &[], |_, ns| format!("{ns:.0}")),
    );
    println!(
        "forebay / this: below 1, forebay is faster\n{}\n",
        every_cell(&cells, &[BEST, BEST_SOUND], |forebay, ns| {
            format!("{:.2}", forebay / ns)
        })
    );
    goals(&cells);
}

fn measure(options: &Options) -> Vec<Cell> {
    let watchdog = Watchdog::start();
    let budget = f64::from(options.sample) * 1000.0;
    let mut cells = Vec::new();
    let mut entries = Vec::new();
    for capacity in CAPACITIES {
        for messages in MESSAGES {
            let mut contenders = contender::all();
            contenders.retain(|contender| {
                let chosen = options.peer.is_empty()
                    || options.peer.iter().any(|name| name == contender.name);
                (contender.is_forebay() || chosen) && contender.fits(1, capacity)
            });
            for contender in contenders {
                let cell = cells.len();
                let mut entry = Entry {
                    cell,
                    contender,
                    messages,
                    capacity,
                    channels: 1,
                };
                entry.channels = entry.calibrate(budget, &watchdog);
                entries.push(entry);
            }
            cells.push(Cell {
                messages,
                capacity,
                results: Vec::new(),
            });
        }
    }
    let samples = interleave(options.rounds.into(), entries.len(), |index| {
        let entry = &entries[index];
        entry.measure(entry.channels, &watchdog)
    });
    for (entry, mut samples) in entries.into_iter().zip(samples) {
        let result = (entry.contender, median(&mut samples));
        cells[entry.cell].results.push(result);
    }
    cells
}

/// A channel in one cell, and how many of them a sample makes.
struct Entry {
    cell: usize,
    contender: Contender,
    messages: u64,
    capacity: Capacity,
    channels: u64,
}

impl Entry {
    /// Nanoseconds per channel.
    fn measure(&self, channels: u64, watchdog: &Watchdog) -> f64 {
        let Self {
            contender,
            messages,
            capacity,
            ..
        } = self;
        watchdog.step(format!("{}, {messages}, {capacity}", contender.name));
        let time = (contender.short)(*capacity, *messages, channels);
        time.as_nanos() as f64 / channels as f64
    }

    /// How many channels take so many nanoseconds.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "1 to MANY"
    )]
    fn calibrate(&self, budget: f64, watchdog: &Watchdog) -> u64 {
        let ns = calibrate(budget, FEW, MANY, |channels| {
            // One of three is undisturbed.
            let tries = (0..3).map(|_| self.measure(channels, watchdog));
            tries.fold(f64::INFINITY, f64::min)
        });
        (budget / ns).clamp(1.0, MANY as f64) as u64
    }
}

impl Cell {
    fn forebay(&self) -> f64 {
        self.results[0].1
    }

    /// forebay's time over that of the fastest of the others.
    fn ratio(&self, (_, among): Best) -> f64 {
        let others = self.results[1..].iter().filter(|(other, _)| among(other));
        self.forebay() / others.map(|(_, ns)| *ns).fold(f64::INFINITY, f64::min)
    }

    /// Nanoseconds per channel.
    fn of(&self, name: &str) -> Option<f64> {
        let result = self.results.iter().find(|(it, _)| it.name == name);
        result.map(|(_, ns)| *ns)
    }

    /// Whether no send has to wait.
    fn all_fit(&self) -> bool {
        let capacity = self.capacity.bounded();
        capacity.is_none_or(|capacity| capacity as u64 >= self.messages)
    }
}

/// A figure of forebay's time and that of each, and the ratios to the best.
fn every_cell(
    cells: &[Cell],
    ratios: &[Best],
    figure: impl Fn(f64, f64) -> String,
) -> comfy_table::Table {
    let mut names: Vec<_> = contender::all()
        .iter()
        .filter(|it| cells.iter().any(|cell| cell.of(it.name).is_some()))
        .map(|it| (it.name, it.label()))
        .collect();
    names.dedup();
    let mut header = vec!["messages, capacity".to_string()];
    header.extend(names.iter().map(|(_, label)| label.clone()));
    header.extend(ratios.iter().map(|(name, _)| (*name).to_string()));
    let mut table = table(header);
    for cell in cells {
        let mut row = vec![format!("{}, {}", cell.messages, cell.capacity)];
        row.extend(names.iter().map(|(name, _)| {
            cell.of(name)
                .map_or_else(|| "-".into(), |ns| figure(cell.forebay(), ns))
        }));
        row.extend(
            ratios
                .iter()
                .map(|best| format!("{:.2}", cell.ratio(*best))),
        );
        table.add_row(row);
    }
    table
}

/// Geometric means over the best of the others.
fn goals(cells: &[Cell]) {
    let report = |what: &str, limit, belongs: &dyn Fn(&Cell) -> bool| {
        for best in [BEST, BEST_SOUND] {
            let group = cells.iter().filter(|cell| belongs(cell));
            if let Some(mean) = geometric_mean(group.map(|cell| cell.ratio(best))) {
                println!("{}", goal(&format!("{what}, mean {}", best.0), mean, limit));
            }
        }
    };
    for (messages, limit) in MESSAGES.into_iter().zip([1.5, 1.0, 1.0]) {
        let what = format!("messages that fit: {messages}");
        report(&what, limit, &|cell| {
            cell.all_fit() && cell.messages == messages
        });
    }
    for (capacity, limit) in [(1, 1.5), (10, 1.0), (100, 1.0)] {
        report(&format!("capacity {capacity}"), limit, &|cell| {
            cell.capacity == Bounded(capacity)
        });
    }
}
