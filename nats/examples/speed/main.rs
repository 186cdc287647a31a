//! What the queue costs beside the raw client, on one server or three, in one run. Many
//! short rounds say more than few long ones where a machine is shared.
//!
//! ```sh
//! cargo run --release --example speed
//! cargo run --release --example speed -- --nodes 3
//! ```

mod ours;
mod raw;
#[path = "../common/server.rs"]
mod server;

use std::time::{Duration, Instant};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use forebay_nats::Nats;
use tokio::time::sleep;

/// Jobs per second of the raw client and of the queue, and the latency of room.
#[derive(Parser)]
struct Args {
    /// Servers
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
    nodes: u8,
    /// Jobs of each measurement one by one; ten times as many when pipelined
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    jobs: u32,
    /// Rounds, of which the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    rounds: u16,
    /// The raw client gives its messages no ids: asked again, a put may be there twice
    #[arg(long)]
    bare: bool,
}

/// How many operations are under way at once when pipelined.
const WINDOW: usize = 256;

/// What is put: with its quotes a job of 100 bytes.
fn item() -> String {
    "x".repeat(98)
}

#[derive(Clone, Copy, Default)]
struct Times {
    put: Duration,
    put_pipelined: Duration,
    get: Duration,
    get_pipelined: Duration,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let args = Args::parse();
    let servers = server::Servers::start(args.nodes.into());
    let nats = connect(&servers.urls()).await;
    let (mut raw, mut ours) = (Vec::new(), Vec::new());
    for round in 0..args.rounds {
        // Turn about, so that neither is always the first.
        for turn in 0..2 {
            if (turn == 0) == round.is_multiple_of(2) {
                raw.push(raw::run(nats.client(), &args).await?);
            } else {
                ours.push(ours::run(&nats, &args).await?);
            }
        }
    }
    let other = connect(&servers.urls()).await;
    let mut latencies = ours::room(&nats, &other, args.nodes.into()).await?;

    println!("{} server(s), {} rounds, medians", args.nodes, args.rounds);
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_header(["jobs of 100 bytes per second", "raw", "forebay-nats", "cost", "goal"]);
    let (one, many) = (args.jobs, args.jobs * 10);
    row(&mut table, "put, one by one", one, 1.2, &raw, &ours, |times| times.put);
    row(&mut table, "put, 256 under way", many, 1.3, &raw, &ours, |times| times.put_pipelined);
    row(&mut table, "get and done, one by one", one, 1.2, &raw, &ours, |times| times.get);
    row(&mut table, "get and done, 256 at once", many, 1.3, &raw, &ours, |t| t.get_pipelined);
    for column in 1..5 {
        table.column_mut(column).expect("there are five").set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    latencies.sort_unstable();
    println!(
        "done in one process to put returned in another: median {:.2?}, nine of ten within {:.2?}",
        latencies[latencies.len() / 2],
        latencies[latencies.len() * 9 / 10]
    );
    Ok(())
}

fn row(
    table: &mut Table,
    what: &str,
    jobs: u32,
    goal: f64,
    raw: &[Times],
    ours: &[Times],
    of: impl Fn(&Times) -> Duration,
) {
    let seconds = |times: &Times| of(times).as_secs_f64();
    // Those of one round ran one after the other, on a machine that was as busy.
    let cost = median(raw.iter().zip(ours).map(|(raw, ours)| seconds(ours) / seconds(raw)));
    let (raw, ours) = (median(raw.iter().map(seconds)), median(ours.iter().map(seconds)));
    table.add_row([
        what.to_owned(),
        format!("{:.0}", f64::from(jobs) / raw),
        format!("{:.0}", f64::from(jobs) / ours),
        format!("{cost:.2}"),
        format!("{goal:.1}"),
    ]);
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Servers take a moment to begin.
async fn connect(urls: &str) -> Nats {
    loop {
        if let Ok(nats) = Nats::connect(urls).await {
            return nats;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

async fn timed<F: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>>>(
    future: F,
) -> Result<Duration, Box<dyn std::error::Error + Send + Sync>> {
    let start = Instant::now();
    future.await?;
    Ok(start.elapsed())
}
