//! Counts primes in a producer and three workers, each a process of its own, while a worker and
//! the server are killed in the middle.
//!
//! ```sh
//! cargo run --release --example cluster
//! cargo run --release --example cluster -- --nodes 3
//! ```
//! The workers run the function that `one_machine` runs on the queue of `forebay`.

#[path = "../common/accounts.rs"]
mod accounts;
#[path = "../common/child.rs"]
mod child;
mod report;
#[path = "../common/run.rs"]
mod run;
#[path = "../common/server.rs"]
mod server;
#[path = "../common/work.rs"]
mod work;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::time::sleep;

use child::Plan;
use report::Live;
use run::Run;
use server::Servers;

/// Distributed work with NATS: a producer, workers, and what breaks in the middle.
#[derive(Parser)]
struct Args {
    /// Servers: one, or three of which one is the leader
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
    nodes: u8,
    /// Jobs in all
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u64).range(10..=1_000_000))]
    jobs: u64,
    /// Numbers that a job looks at
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    size: u64,
    /// Most jobs inside at once, those in hand included
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    maxsize: u64,
    /// Worker processes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=16))]
    workers: u8,
    /// Jobs that a worker asks for at once
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    prefetch: u16,
    /// Milliseconds until the jobs of a dead worker go to others
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u64).range(100..=60_000))]
    lease: u64,
}

/// How long a server stays dead.
const OUTAGE: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    if child::run().await? {
        return Ok(ExitCode::SUCCESS);
    }
    let args = Args::parse();
    let servers = Servers::start(args.nodes.into());
    let plan = Plan {
        urls: servers.urls(),
        jobs: args.jobs,
        size: args.size,
        maxsize: args.maxsize,
        lease: Duration::from_millis(args.lease),
        prefetch: args.prefetch.into(),
        replicas: args.nodes.into(),
    };
    let mut live = Live::begin(args.workers.into());
    let mut run = Run::start(servers, plan, args.workers.into(), &[]).await;

    live.until(&run, args.jobs / 3).await;
    run.kill_worker(0);
    live.event("SIGKILL of worker 1");

    live.until(&run, args.jobs * 2 / 3).await;
    let node = if args.nodes == 1 { 0 } else { run.leader().await };
    run.servers.nodes[node].kill();
    live.event(&format!("SIGKILL of server {}", node + 1));
    let down = Instant::now();
    while down.elapsed() < OUTAGE {
        sleep(Duration::from_millis(250)).await;
        live.line(&run);
    }
    run.servers.nodes[node].start();
    live.event(&format!("server {} is started again", node + 1));

    live.until(&run, args.jobs).await;
    let accounts = run.finish().await;
    live.line(&run);
    let result = primes_below(args.jobs * args.size);
    report::end(&run, &accounts, live.elapsed(), result);
    let is_right = accounts.lost() == 0
        && accounts.primes() == result
        && run.most_inside() <= args.maxsize
        && accounts.put == args.jobs;
    Ok(if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// By a sieve: another way than the workers'.
fn primes_below(end: u64) -> u64 {
    let mut composite = vec![false; usize::try_from(end).expect("there is memory for it")];
    let mut count = 0;
    for number in 2..composite.len() {
        if !composite[number] {
            count += 1;
            for multiple in (number * number..composite.len()).step_by(number) {
                composite[multiple] = true;
            }
        }
    }
    count
}
