//! forebay beside its peers, measured in one run. README.md tells how to read it.

mod capacity;
mod cell;
mod contender;
mod executor;
mod figures;
mod load;
mod machine;
mod measure;
mod mode;
mod peers;
mod report;
mod rounds;
mod watchdog;

use clap::{Parser, Subcommand};
use std::error::Error;

#[derive(Parser)]
#[command(about)]
struct Arguments {
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Subcommand)]
enum Mode {
    /// `try_send` and `try_recv` on one thread, beside queues that cannot wait
    Fast(mode::fast::Options),
    /// Time per message on every executor, in every shape and capacity, beside every peer
    Matrix(mode::matrix::Options),
}

fn main() -> Result<(), Box<dyn Error>> {
    // crossfire asks for it: it spins less where there is only one core.
    crossfire::detect_backoff_cfg();
    match Arguments::parse().mode {
        Mode::Fast(options) => mode::fast::run(&options),
        Mode::Matrix(options) => mode::matrix::run(&options)?,
    }
    Ok(())
}
