//! The same bursty load against the four kinds of backpressure, as pictures.
//!
//! | kind | what the upstream does with a full channel |
//! |---|---|
//! | implicit | it waits in `send().await` |
//! | explicit | it is refused, and comes back when it was told to |
//! | reactive | it writes into a socket, and nobody reads |
//! | proactive | it slows down before the channel is full |
//!
//! The channels, their wakeups and what is drawn of them (`stats`) are real. The clock is not: time
//! goes in steps of 10 ms that take no time, so that the pictures show the four kinds and not the
//! machine, and are the same on every run.
//!
//! ```text
//! cargo run --release --example four_kinds
//! cargo run --release --example four_kinds -- --out /tmp
//! ```
//!
//! Read `kinds.rs` first; `load.rs` is what all four have to cope with, `picture.rs` draws it.

#![allow(clippy::cast_precision_loss, reason = "a few hundred items become lines in a picture")]

mod kinds;
mod load;
mod picture;
#[path = "../adaptive_producer/throttle.rs"]
mod throttle;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use clap::Parser;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use kinds::{Explicit, Implicit, Proactive, Reactive};

/// Draws what four kinds of backpressure make of the same bursts
#[derive(Parser)]
struct Args {
    /// The folder for the pictures
    #[arg(long, default_value = "docs/backpressure")]
    out: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Args { out } = Args::parse();
    fs::create_dir_all(&out)?;
    let runs = [
        load::run("implicit", "send().await waits", Implicit::new)?,
        load::run("explicit", "try_send, and come back", Explicit::new)?,
        load::run("reactive", "a socket is not read", Reactive::new)?,
        load::run("proactive", "watermarks 3 and 10", Proactive::new)?,
    ];

    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["kind", "wanted", "done", "refused", "deepest", "mean length"]);
    for run in &runs {
        let sum = |counts: &[usize]| counts.iter().sum::<usize>();
        table.add_row([
            run.name.to_owned(),
            sum(&run.wanted).to_string(),
            sum(&run.taken).to_string(),
            sum(&run.refused).to_string(),
            run.length.iter().max().map_or(0, |&deepest| deepest).to_string(),
            format!("{:.1}", load::per_step(sum(&run.length))),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");

    for run in &runs {
        picture::draw(&out.join(format!("{}.svg", run.name)), core::slice::from_ref(run))?;
    }
    picture::draw(&out.join("four_kinds.svg"), &runs)?;
    println!("five pictures in {}", out.display());
    Ok(())
}
