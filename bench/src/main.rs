//! forebay beside its peers, measured in one run. README.md tells how to read it.

mod allocations;
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
mod shares;
mod watchdog;

use clap::{Parser, Subcommand};
use std::error::Error;

#[global_allocator]
static HEAP: allocations::Counting = allocations::Counting;

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
    /// What each of several competing tasks gets, and how long it waits for it
    Fairness(mode::fairness::Options),
    /// The round trip of one message between two tasks
    Pingpong(mode::pingpong::Options),
    /// 1, 10 and 100 messages through a new channel
    Short(mode::short::Options),
    /// Bytes per channel and slot, allocations per blocked operation
    Memory,
    /// 1 to 1,000 tasks on one channel, 10,000 channels, 100 idle receivers
    Scale(mode::scale::Options),
    /// What arrives when most futures are dropped while they wait
    Soundness(mode::soundness::Options),
}

fn main() -> Result<(), Box<dyn Error>> {
    // crossfire asks for it: it spins less where there is only one core.
    crossfire::detect_backoff_cfg();
    match Arguments::parse().mode {
        Mode::Fast(options) => mode::fast::run(&options),
        Mode::Matrix(options) => mode::matrix::run(&options)?,
        Mode::Fairness(options) => mode::fairness::run(&options)?,
        Mode::Pingpong(options) => mode::pingpong::run(&options),
        Mode::Short(options) => mode::short::run(&options),
        Mode::Memory => mode::memory::run(),
        Mode::Scale(options) => mode::scale::run(&options),
        Mode::Soundness(options) => mode::soundness::run(&options)?,
    }
    Ok(())
}
