//! What the tasks of a crowded side get: every cell, the worst cells, and the goals.

use super::{table, verdict};
use crate::capacity::Capacity;
use crate::contender;
use crate::executor::Executor;
use crate::load::contest::{Calls, Pace, Side};
use crate::load::flow::Shape;
use crate::machine::{Machine, version};
use std::error::Error;
use std::fmt::{self, Write};
use std::path::Path;
use std::time::Duration;

/// One side of a channel that several tasks compete for.
pub struct Cell {
    pub executor: Executor,
    pub calls: Calls,
    pub pace: Pace,
    pub shape: Shape,
    pub side: Side,
    pub capacity: Capacity,
    /// First forebay's.
    pub figures: Vec<Figure>,
}

/// Times are nanoseconds.
pub struct Figure {
    pub name: &'static str,
    pub package: &'static str,
    pub sound: bool,
    /// Per message.
    pub ns: f64,
    /// The least count of a task over the equal share: the median and the least of the rounds.
    pub least_share: f64,
    pub least_share_of_all: f64,
    pub p99: f64,
    pub p999: f64,
    /// The longest wait: the median and the longest of the rounds.
    pub worst: f64,
    pub worst_of_all: f64,
    /// The most messages of the others during one wait, of all rounds. Only on one thread.
    pub gap: Option<u64>,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            shape,
            side,
            capacity,
            ..
        } = self;
        write!(f, "{shape} {side}, {capacity}")
    }
}

impl Cell {
    /// What it shares with its neighbours: where the tasks run, how they wait, at which pace.
    fn run(&self) -> String {
        let Self {
            executor,
            calls,
            pace,
            ..
        } = self;
        match calls {
            Calls::Async => format!("{executor}, {pace}"),
            Calls::Blocking => format!("{executor}, {calls}, {pace}"),
        }
    }

    fn forebay(&self) -> &Figure {
        &self.figures[0]
    }

    fn of(&self, names: &[&str]) -> impl Iterator<Item = &Figure> {
        self.figures
            .iter()
            .filter(move |figure| names.contains(&figure.name))
    }
}

pub fn report(machine: &Machine, rounds: u16, sample: Duration, cells: &[Cell]) -> String {
    let names = names(cells);
    let versions: Vec<_> = names
        .iter()
        .map(|it| format!("{} {}", it.0, version(it.1)))
        .collect();
    let mut report = format!(
        "{machine}\n{}\nmedians of {rounds} rounds of {} ms, with work twice that\n",
        versions.join(", "),
        sample.as_millis()
    );
    for run in cells.chunk_by(|a, b| a.run() == b.run()) {
        let _ = writeln!(report, "\n{}\n{}", run[0].run(), every_cell(run));
    }
    let least = |cells: &[&Figure]| {
        let shares = cells.iter().map(|figure| figure.least_share);
        share(shares.fold(f64::INFINITY, f64::min))
    };
    let longest = |cells: &[&Figure]| {
        let waits = cells.iter().map(|figure| figure.worst);
        milliseconds(waits.fold(0.0, f64::max))
    };
    let _ = writeln!(
        report,
        "\nleast share, in the worst cell of each\n{}",
        worst_cells(cells, &names, least)
    );
    let _ = writeln!(
        report,
        "\nworst wait in ms, in the worst cell of each\n{}",
        worst_cells(cells, &names, longest)
    );
    let _ = writeln!(report, "\ngoals of forebay\n{}", goals(cells));
    report
}

/// The channels and their packages, in the order of the contenders. A cell lacks some of them, so
/// all cells are asked.
fn names(cells: &[Cell]) -> Vec<(&'static str, &'static str)> {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for contender in contender::all() {
        let name = (contender.name, contender.package);
        let mut figures = cells.iter().flat_map(|cell| &cell.figures);
        if !names.contains(&name) && figures.any(|figure| figure.name == name.0) {
            names.push(name);
        }
    }
    names
}

fn every_cell(cells: &[Cell]) -> comfy_table::Table {
    let gaps = cells.iter().any(|cell| cell.forebay().gap.is_some());
    let mut header = vec![
        "shape side, capacity",
        "channel",
        "ns per message",
        "least share",
        "p99, us",
        "p99.9, us",
        "worst wait, us",
    ];
    if gaps {
        header.push("largest gap, messages");
    }
    let mut table = table(header);
    for cell in cells {
        for figure in &cell.figures {
            let mut row = vec![
                cell.to_string(),
                figure.name.into(),
                format!("{:.0}", figure.ns),
                share(figure.least_share),
                microseconds(figure.p99),
                microseconds(figure.p999),
                microseconds(figure.worst),
            ];
            row.extend(figure.gap.map(|gap| gap.to_string()));
            table.add_row(row);
        }
    }
    table
}

/// A row for each executor and pace, a column for each channel.
fn worst_cells(
    cells: &[Cell],
    names: &[(&'static str, &'static str)],
    worst: impl Fn(&[&Figure]) -> String,
) -> comfy_table::Table {
    let header = names.iter().map(|name| name.0.to_string());
    let mut table = table(std::iter::once("executor, calls, pace".into()).chain(header));
    for run in cells.chunk_by(|a, b| a.run() == b.run()) {
        let mut row = vec![run[0].run()];
        row.extend(names.iter().map(|name| {
            let all = run.iter().flat_map(|cell| &cell.figures);
            let figures: Vec<&Figure> = all.filter(|figure| figure.name == name.0).collect();
            if figures.is_empty() {
                "-".into()
            } else {
                worst(&figures)
            }
        }));
        table.add_row(row);
    }
    table
}

#[derive(Clone, Copy)]
enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

impl Limit {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
        }
    }

    /// Which of two values is farther on the wrong side.
    fn worse(self, a: f64, b: f64) -> std::cmp::Ordering {
        match self {
            Self::AtLeast(_) => b.total_cmp(&a),
            Self::AtMost(_) => a.total_cmp(&b),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(limit) => write!(f, ">= {limit:.2}"),
            Self::AtMost(limit) => write!(f, "<= {limit:.2}"),
        }
    }
}

/// Something that holds in every cell of an executor, or is missed.
struct Goal {
    what: &'static str,
    executor: Executor,
    limit: Limit,
    /// `None` in a cell that the goal does not speak of.
    value: fn(&Cell) -> Option<f64>,
}

const GOALS: [Goal; 10] = [
    Goal {
        what: "least share",
        executor: Executor::TokioCurrent,
        limit: Limit::AtLeast(0.95),
        value: least_share,
    },
    Goal {
        what: "least share",
        executor: Executor::TokioMulti,
        limit: Limit::AtLeast(0.70),
        value: least_share,
    },
    Goal {
        what: "least share",
        executor: Executor::Smol,
        limit: Limit::AtLeast(0.90),
        value: least_share,
    },
    Goal {
        what: "largest gap / (capacity + tasks)",
        executor: Executor::TokioCurrent,
        limit: Limit::AtMost(4.0),
        value: gap,
    },
    Goal {
        what: WORST_WAIT,
        executor: Executor::TokioCurrent,
        limit: Limit::AtMost(2.0),
        value: worst_wait,
    },
    Goal {
        what: WORST_WAIT,
        executor: Executor::TokioMulti,
        limit: Limit::AtMost(2.0),
        value: worst_wait,
    },
    Goal {
        what: WORST_WAIT,
        executor: Executor::Smol,
        limit: Limit::AtMost(2.0),
        value: worst_wait,
    },
    Goal {
        what: "tight: least share - the better of flume and async-channel",
        executor: Executor::Threads,
        limit: Limit::AtLeast(0.0),
        value: |cell| {
            let others = cell
                .of(&["flume", "async-channel"])
                .map(|it| it.least_share);
            let best = others.max_by(f64::total_cmp)?;
            (cell.pace == Pace::Tight).then_some(cell.forebay().least_share - best)
        },
    },
    Goal {
        what: "receivers work: least share of the senders",
        executor: Executor::Threads,
        limit: Limit::AtLeast(0.95),
        value: |cell| senders_of_slow_receivers(cell).then_some(cell.forebay().least_share),
    },
    Goal {
        what: "receivers work: worst wait of the senders / async-channel",
        executor: Executor::Threads,
        limit: Limit::AtMost(1.0),
        value: |cell| {
            let theirs = cell.of(&["async-channel"]).next()?;
            senders_of_slow_receivers(cell).then_some(cell.forebay().worst / theirs.worst)
        },
    },
];

const WORST_WAIT: &str = "worst wait / best of flume, async-channel, tokio (0.5 ms at least)";

#[expect(clippy::unnecessary_wraps, reason = "one of several")]
fn least_share(cell: &Cell) -> Option<f64> {
    Some(cell.forebay().least_share)
}

fn gap(cell: &Cell) -> Option<f64> {
    let enough = cell.capacity.bounded()? + cell.side.tasks(cell.shape);
    Some(cell.forebay().gap? as f64 / enough as f64)
}

fn worst_wait(cell: &Cell) -> Option<f64> {
    const HALF_A_MILLISECOND: f64 = 500_000.0;
    let others = cell
        .of(&["flume", "async-channel", "tokio-mpsc"])
        .map(|it| it.worst);
    let best = others.min_by(f64::total_cmp)?;
    Some(cell.forebay().worst / best.max(HALF_A_MILLISECOND))
}

fn senders_of_slow_receivers(cell: &Cell) -> bool {
    let receivers_work = cell.shape.receivers <= cell.shape.senders;
    cell.pace == Pace::Work && receivers_work && cell.side == Side::Senders
}

fn goals(cells: &[Cell]) -> comfy_table::Table {
    let mut table = table(["goal", "limit", "worst", "in", "cells met", ""]);
    for goal in GOALS {
        let of_executor = cells.iter().filter(|cell| cell.executor == goal.executor);
        let values: Vec<(f64, &Cell)> = of_executor
            .filter_map(|cell| Some(((goal.value)(cell)?, cell)))
            .collect();
        let worst = values.iter().max_by(|a, b| goal.limit.worse(a.0, b.0));
        let Some((worst, cell)) = worst else {
            continue;
        };
        let met = values
            .iter()
            .filter(|value| goal.limit.holds(value.0))
            .count();
        table.add_row([
            format!("{}, {}", goal.executor, goal.what),
            goal.limit.to_string(),
            format!("{worst:.2}"),
            format!("{}: {cell}", cell.run()),
            format!("{met} of {}", values.len()),
            verdict(met == values.len()).into(),
        ]);
    }
    table
}

/// Every figure as a line.
pub fn write_csv(path: &Path, cells: &[Cell]) -> Result<(), Box<dyn Error>> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record([
        "executor",
        "calls",
        "pace",
        "senders",
        "receivers",
        "side",
        "capacity",
        "channel",
        "version",
        "sound",
        "ns_per_message",
        "least_share",
        "least_share_of_all_rounds",
        "p99_ns",
        "p999_ns",
        "worst_ns",
        "worst_ns_of_all_rounds",
        "largest_gap",
    ])?;
    for cell in cells {
        for figure in &cell.figures {
            writer.write_record([
                cell.executor.to_string(),
                cell.calls.to_string(),
                cell.pace.to_string(),
                cell.shape.senders.to_string(),
                cell.shape.receivers.to_string(),
                cell.side.to_string(),
                cell.capacity.to_string(),
                figure.name.to_string(),
                version(figure.package).to_string(),
                figure.sound.to_string(),
                format!("{:.1}", figure.ns),
                format!("{:.3}", figure.least_share),
                format!("{:.3}", figure.least_share_of_all),
                format!("{:.0}", figure.p99),
                format!("{:.0}", figure.p999),
                format!("{:.0}", figure.worst),
                format!("{:.0}", figure.worst_of_all),
                figure.gap.map_or_else(String::new, |gap| gap.to_string()),
            ])?;
        }
    }
    writer.flush()?;
    Ok(())
}

fn share(share: f64) -> String {
    format!("{share:.2}")
}

fn microseconds(ns: f64) -> String {
    let us = ns / 1000.0;
    if us < 10.0 {
        format!("{us:.1}")
    } else {
        format!("{us:.0}")
    }
}

fn milliseconds(ns: f64) -> String {
    let ms = ns / 1_000_000.0;
    if ms < 10.0 {
        format!("{ms:.2}")
    } else {
        format!("{ms:.0}")
    }
}
