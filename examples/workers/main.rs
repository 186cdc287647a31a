//! A fast producer, a few slower workers, and one small queue between them.
//!
//! ```text
//!                            ┌───────┐ ┌─▶ worker 1
//!    producer ── put().await ▶ ░ ▒ ▓ ├─┼─▶ worker 2    each item goes to one of them
//!                            └───────┘ └─▶ worker 3
//! ```
//!
//! When the queue is full, `put` waits. So the producer slows down to the pace of the workers, and
//! memory stays bounded. That is backpressure, and the table at the end shows it.
//!
//! The pool ends by `join`, which returns when every item is done and not only taken, and
//! `shutdown`. A worker that panics loses nothing: its job goes back to the queue. `--crash 20`
//! shows it.
//!
//! ```text
//! cargo run --release --example workers
//! cargo run --release --example workers -- --runtime tokio --workers 8 --capacity 1
//! cargo run --release --example workers -- --crash 20
//! cargo run --release --example workers -- --help
//! ```
//!
//! Read `tasks.rs` first: it is the pipeline for async runtimes. `threads.rs` is the same pipeline
//! for plain threads, and `common/runtime.rs` is all that differs between smol, async-std and
//! tokio.

mod args;
mod live;
mod report;
#[path = "../common/runtime.rs"]
mod runtime;
mod tasks;
mod threads;

use core::time::Duration;
use std::time::Instant;

use args::{Args, RuntimeName};
use clap::Parser as _;
use forebay::queue::{Builder, Queue};
use live::Live;
use runtime::{AsyncStd, Smol, Tokio};

/// What goes through the queue.
struct Item {
    number: u32,
    /// How long a worker needs for it.
    effort: Duration,
}

/// A queue to which a job goes back when its worker panics.
fn queue(args: &Args) -> Queue<Item> {
    Builder::new().maxsize(args.capacity).retries(1).fifo().unwrap()
}

/// What a bug in a worker does, at the first attempt of the items that are meant to meet it.
fn crash(args: &Args, item: &Item, attempt: u32) {
    if attempt == 1 && item.number < args.crash {
        // As `panic!`, but without the message: a thousand of them would hide the table.
        std::panic::resume_unwind(Box::new("a worker crashed"));
    }
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
