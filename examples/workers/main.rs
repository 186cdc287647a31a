//! A fast producer, a few slower workers, and one small queue between them.
//!
//! ```text
//!                            ┌───────┐ ┌─▶ worker 1
//!    producer ─ send().await ▶ ░ ▒ ▓ ├─┼─▶ worker 2    each item goes to one of them
//!                            └───────┘ └─▶ worker 3
//! ```
//!
//! When the queue is full, `send` waits. So the producer slows down to the pace of the workers, and
//! memory stays bounded. That is backpressure, and the table at the end shows it.
//!
//! ```text
//! cargo run --release --example workers
//! cargo run --release --example workers -- --runtime tokio --workers 8 --capacity 1
//! cargo run --release --example workers -- --help
//! ```
//!
//! Read `tasks.rs` first: it is the pipeline for async runtimes. `threads.rs` is the same pipeline for
//! plain threads, and `runtime.rs` is all that differs between smol, async-std and tokio.

mod args;
mod live;
mod report;
mod runtime;
mod tasks;
mod threads;

use core::time::Duration;
use std::time::Instant;

use args::{Args, RuntimeName};
use clap::Parser as _;
use live::Live;
use runtime::{AsyncStd, Smol, Tokio};

/// What goes through the channel.
struct Item {
    /// How long a worker needs for it.
    effort: Duration,
}

fn main() {
    let args = Args::parse();
    if !args.quiet {
        println!("{args}");
    }

    let live = Live::new(&args);
    let start = Instant::now();
    let notes = match args.runtime {
        RuntimeName::Smol => tasks::run::<Smol>(args, &live),
        RuntimeName::AsyncStd => tasks::run::<AsyncStd>(args, &live),
        RuntimeName::Tokio => tasks::run::<Tokio>(args, &live),
        RuntimeName::Threads => threads::run(args, &live),
    };
    let elapsed = start.elapsed();
    live.clear();

    println!("{}", notes.table(&args, elapsed));
}
