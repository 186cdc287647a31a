//! An HTTP server that refuses what it cannot do in time, and says when to come back.
//!
//! ```text
//!                  try_put   ┌────────────┐ ──▶ worker 1
//!    POST /jobs ──────────▶  │   queue    │ ──▶ worker 2      202 Accepted
//!                  │         └────────────┘ ──▶ worker 3
//!                  └─ full ─▶ 429 Too Many Requests, Retry-After: from the pace of the workers
//! ```
//!
//! Two crowds visit it, one after the other, with the same jobs. The impatient one tries again at
//! once when it is refused; the polite one comes back when it was told to. Both get their work done
//! in the same time, for the workers set the pace. The table shows what else it took.
//!
//! The queue holds about a second of work, since `Retry-After` counts in whole seconds: with
//! `--maxsize 50` the workers run dry before a polite client is back.
//!
//! ```text
//! cargo run --release --example http_429
//! cargo run --release --example http_429 -- --clients 64 --workers 8 --maxsize 400
//! cargo run --release --example http_429 -- --listen 127.0.0.1:8080      and elsewhere:
//!     curl -i -d 1 http://127.0.0.1:8080/jobs
//!     curl http://127.0.0.1:8080/stats
//! ```
//!
//! Read `server.rs` first; `client.rs` is the crowd.

mod client;
mod server;

use core::net::SocketAddr;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::error::Error;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use clap::Parser;
use clap::builder::RangedU64ValueParser;
use client::{Answers, Crowd, Manners};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use server::Server;

/// An HTTP server with a bounded queue, and crowds that want more than it can do
#[derive(Clone, Copy, Parser)]
struct Args {
    /// How many jobs wait for a worker at most
    #[arg(long, default_value_t = 200, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    maxsize: usize,

    /// How many workers there are
    #[arg(long, default_value_t = 4, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
    workers: usize,

    /// How long a worker takes for a job
    #[arg(long = "work-ms", value_name = "MS", default_value_t = 20, value_parser = RangedU64ValueParser::<u64>::new().range(0..=60_000))]
    work: u64,

    /// How many clients come at a time
    #[arg(long, default_value_t = 32, value_parser = RangedU64ValueParser::<u32>::new().range(1..=1000))]
    clients: u32,

    /// How many jobs each client has
    #[arg(long, default_value_t = 30, value_parser = RangedU64ValueParser::<u32>::new().range(1..=1_000_000))]
    jobs: u32,

    /// Serve whoever connects here, in place of the two crowds
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    match args.listen {
        Some(address) => serve(args, address),
        None => compare(args),
    }
}

/// A server whose workers count what they have done.
fn start(args: Args, address: SocketAddr) -> std::io::Result<(Server, Arc<AtomicU64>)> {
    let done = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&done);
    let server = Server::start(address, args.maxsize, args.workers, move |_job| {
        let counter = Arc::clone(&counter);
        async move {
            tokio::time::sleep(Duration::from_millis(args.work)).await;
            counter.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    Ok((server, done))
}

fn serve(args: Args, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let (server, _) = start(args, address)?;
    println!("listening on http://{}, POST /jobs with a number, GET /stats", server.address);
    loop {
        thread::park();
    }
}

fn compare(args: Args) -> Result<(), Box<dyn Error>> {
    let Args { clients, jobs, .. } = args;
    println!(
        "{clients} clients with {jobs} jobs each, {} workers, {} ms for a job, a queue of {}.",
        args.workers, args.work, args.maxsize
    );
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header([
        "clients",
        "requests",
        "202",
        "429",
        "refused",
        "done",
        "deepest queue",
        "elapsed",
    ]);
    for (name, manners) in
        [("impatient", Manners::Impatient(Duration::from_millis(10))), ("polite", Manners::Polite)]
    {
        let (server, done) = start(args, SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let start = Instant::now();
        let answers = Crowd { clients, jobs, manners }.visit(server.address)?;
        let queue = server.jobs.clone();
        server.stop();
        let elapsed = start.elapsed();
        let Answers { accepted, refused } = answers;
        table.add_row([
            name.to_owned(),
            (accepted + refused).to_string(),
            accepted.to_string(),
            refused.to_string(),
            format!("{:.0} %", 100.0 * answers.refusals()),
            done.load(Ordering::Relaxed).to_string(),
            queue.stats().deepest.unwrap_or(0).to_string(),
            format!("{:.1} s", elapsed.as_secs_f64()),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    Ok(())
}
