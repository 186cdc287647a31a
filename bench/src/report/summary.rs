//! The matrix as Markdown: every cell, the means of groups of cells, and the goals.

use super::{goal, table};
use crate::capacity::Capacity;
use crate::cell::{Against, Cell, Figure};
use crate::executor::Executor;
use crate::figures::geometric_mean;
use crate::load::flow::Shape;
use crate::machine::{Machine, version};
use crate::peers::Flaw;
use crate::shares::FAIR;
use std::fmt::Write;

pub fn report(machine: &Machine, cells: &[Cell]) -> String {
    let mut report = format!("{machine}\n");
    let names = peer_names(cells);
    let versions: Vec<String> = names
        .iter()
        .filter_map(|name| peers(cells).find(|peer| peer.name == *name))
        .map(|peer| format!("{} {}", peer.name, version(peer.package)))
        .collect();
    let _ = writeln!(
        report,
        "forebay {}, {}",
        version("forebay"),
        versions.join(", ")
    );
    for run in cells.chunk_by(|a, b| a.executor == b.executor) {
        let _ = writeln!(
            report,
            "\n{}: ns per message\n{}",
            run[0].executor,
            every_cell(run, &names)
        );
    }
    let _ = writeln!(
        report,
        "\n* starves: some task gets less than {FAIR} of an equal share. ? not measured"
    );
    let _ = writeln!(
        report,
        "\nforebay / peer, geometric means: below 1, forebay is faster"
    );
    let _ = writeln!(
        report,
        "{}\n\n{}\n",
        groups(cells),
        each_peer(cells, &names)
    );
    report + &goals(cells)
}

fn peers(cells: &[Cell]) -> impl Iterator<Item = &Figure> {
    cells.iter().flat_map(|cell| &cell.peers)
}

/// In the order of the contenders. A cell lacks some of them, so all cells are asked.
fn peer_names(cells: &[Cell]) -> Vec<&'static str> {
    let present: Vec<_> = peers(cells).map(|peer| peer.name).collect();
    let mut names = crate::contender::peer_names();
    names.retain(|name| present.contains(name));
    names
}

/// The name, marked where it must not be read without a warning.
fn marked(cells: &[Cell], name: &str) -> String {
    match flaw(cells, name) {
        Some(flaw) => format!("{name} ({flaw})"),
        None => name.to_string(),
    }
}

pub fn flaw(cells: &[Cell], name: &str) -> Option<Flaw> {
    peers(cells).find(|peer| peer.name == name)?.flaw
}

/// In how many of the cells where tasks are rivals the channel is fair.
pub fn fair_cells(cells: &[Cell], name: &str) -> String {
    let rivals = cells.iter().filter(|cell| cell.has_rivals());
    let verdicts: Vec<Option<bool>> = rivals
        .flat_map(Cell::figures)
        .filter(|figure| figure.name == name)
        .map(Figure::is_fair)
        .collect();
    let count = |verdict| verdicts.iter().filter(|it| **it == verdict).count();
    match (count(Some(true)), verdicts.len() - count(None)) {
        (_, 0) => "not measured".into(),
        (fair, measured) => format!("{fair} of {measured}"),
    }
}

fn every_cell(cells: &[Cell], names: &[&'static str]) -> comfy_table::Table {
    let mut header = vec!["shape, capacity".into(), "forebay".into()];
    header.extend(names.iter().map(|name| marked(cells, name)));
    header.extend([
        "/ best".into(),
        "/ best sound".into(),
        "/ best sound fair".into(),
    ]);
    let mut table = table(header);
    for cell in cells {
        let mut row = vec![
            format!("{}, {}", cell.shape, cell.capacity),
            ns(&cell.forebay),
        ];
        row.extend(names.iter().map(|name| {
            cell.peers
                .iter()
                .find(|peer| peer.name == *name)
                .map_or_else(dash, ns)
        }));
        row.push(ratio(cell.ratio(Against::Best)));
        row.push(ratio(cell.ratio(Against::BestSound)));
        row.push(ratio(cell.ratio(Against::BestFair)));
        table.add_row(row);
    }
    table
}

fn groups(cells: &[Cell]) -> comfy_table::Table {
    let mut table = table([
        "cells",
        "number",
        "/ best",
        "/ best sound",
        "worst / best sound",
        "/ best sound fair",
        "worst / best sound fair",
        "/ async-channel",
    ]);
    let mut row = |name: String, group: &[&Cell]| {
        if !group.is_empty() {
            table.add_row([
                name,
                group.len().to_string(),
                ratio(mean(group, Against::Best)),
                ratio(mean(group, Against::BestSound)),
                ratio(worst(group, Against::BestSound)),
                ratio(mean(group, Against::BestFair)),
                ratio(worst(group, Against::BestFair)),
                ratio(mean(group, Against::Peer("async-channel"))),
            ]);
        }
    };
    row("all".into(), &group(cells, |_| true));
    row(
        "capacity 10 and more".into(),
        &group(cells, |cell| at_least(cell, 10)),
    );
    by(cells, |cell| cell.executor.to_string(), &mut row);
    by(cells, |cell| cell.shape.to_string(), &mut row);
    by(
        cells,
        |cell| format!("capacity {}", cell.capacity),
        &mut row,
    );
    table
}

fn each_peer(cells: &[Cell], names: &[&'static str]) -> comfy_table::Table {
    let mut table = table(["peer", "cells", "mean", "worst", "fair among rivals"]);
    table.add_row([
        "forebay".into(),
        cells.len().to_string(),
        dash(),
        dash(),
        fair_cells(cells, "forebay"),
    ]);
    let all = group(cells, |_| true);
    for name in names {
        let against = Against::Peer(name);
        let shared = all
            .iter()
            .filter(|cell| cell.ratio(against).is_some())
            .count();
        table.add_row([
            format!("/ {}", marked(cells, name)),
            shared.to_string(),
            ratio(mean(&all, against)),
            ratio(worst(&all, against)),
            fair_cells(cells, name),
        ]);
    }
    table
}

fn goals(cells: &[Cell]) -> String {
    let all = group(cells, |_| true);
    let roomy = group(cells, |cell| at_least(cell, 10));
    let tiny = |executors: &[Executor], belongs: fn(&Cell) -> bool| {
        group(cells, |cell| {
            cell.capacity == Capacity::Bounded(1)
                && executors.contains(&cell.executor)
                && belongs(cell)
        })
    };
    let one_thread = [Executor::TokioCurrent];
    let two_threads = [Executor::TokioMulti, Executor::Smol];
    [
        (
            "mean / best sound, capacity 10 and more",
            mean(&roomy, Against::BestSound),
            0.45,
        ),
        ("mean / best sound", mean(&all, Against::BestSound), 0.55),
        (
            "mean / async-channel",
            mean(&all, Against::Peer("async-channel")),
            0.15,
        ),
        (
            "worst / best sound, capacity 10 and more",
            worst(&roomy, Against::BestSound),
            1.0,
        ),
        (
            "capacity 1, tokio current-thread, 1x1, / best sound",
            worst(
                &tiny(&one_thread, |cell| cell.shape == Shape::ONE),
                Against::BestSound,
            ),
            1.2,
        ),
        (
            "capacity 1, tokio current-thread, others, worst / best sound",
            worst(
                &tiny(&one_thread, |cell| cell.shape != Shape::ONE),
                Against::BestSound,
            ),
            1.6,
        ),
        (
            "capacity 1, two workers and smol, worst / best sound fair",
            worst(&tiny(&two_threads, |_| true), Against::BestFair),
            1.0,
        ),
    ]
    .into_iter()
    .filter_map(|(what, measured, limit)| Some(goal(what, measured?, limit) + "\n"))
    .collect()
}

fn group(cells: &[Cell], belongs: impl Fn(&Cell) -> bool) -> Vec<&Cell> {
    cells.iter().filter(|cell| belongs(cell)).collect()
}

/// A row for each value of the key, in the order of first appearance.
fn by(cells: &[Cell], key: impl Fn(&Cell) -> String, row: &mut impl FnMut(String, &[&Cell])) {
    let mut seen = Vec::new();
    for value in cells.iter().map(&key) {
        if !seen.contains(&value) {
            row(value.clone(), &group(cells, |cell| key(cell) == value));
            seen.push(value);
        }
    }
}

fn at_least(cell: &Cell, capacity: usize) -> bool {
    cell.capacity.bounded().is_none_or(|its| its >= capacity)
}

fn mean(cells: &[&Cell], against: Against) -> Option<f64> {
    geometric_mean(cells.iter().filter_map(|cell| cell.ratio(against)))
}

fn worst(cells: &[&Cell], against: Against) -> Option<f64> {
    cells
        .iter()
        .filter_map(|cell| cell.ratio(against))
        .max_by(f64::total_cmp)
}

fn ns(figure: &Figure) -> String {
    let digits = usize::from(figure.ns < 100.0);
    let mark = match figure.is_fair() {
        Some(true) => "",
        Some(false) => "*",
        None => "?",
    };
    format!("{:.digits$}{mark}", figure.ns)
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(dash, |ratio| format!("{ratio:.2}"))
}

fn dash() -> String {
    "-".into()
}
