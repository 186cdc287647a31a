//! A job server that can be stopped: on SIGTERM it refuses new jobs, does what it has accepted up
//! to a deadline, and names what is left, to be saved.
//!
//! ```sh
//! cargo run --release --example http_jobs -- --address 127.0.0.1:8080
//! curl -i --data 7 http://127.0.0.1:8080/jobs      # 202, or 429 when it is full, or 503 when it stops
//! curl http://127.0.0.1:8080/metrics               # for Prometheus
//! kill -TERM "$(pgrep http_jobs)"
//! ```
//!
//! A job is a number. Multiples of ten fail each time, and end as dead letters.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{self, Write, stdout};

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clap::Parser;
use forebay::queue::{Builder, Queue, Shutdown, Stats, TryPutError};
use tokio::net::TcpListener;
use tokio::time::sleep;

#[derive(Parser)]
#[command(about = "A job server that loses nothing when it is stopped")]
struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    address: SocketAddr,
    /// Jobs that wait at most
    #[arg(long, default_value_t = 100)]
    maxsize: usize,
    /// Workers
    #[arg(long, default_value_t = 4)]
    workers: usize,
    /// How long a job takes, in milliseconds
    #[arg(long, default_value_t = 50)]
    work_ms: u64,
    /// How long to go on after a signal, in milliseconds
    #[arg(long, default_value_t = 5000)]
    deadline_ms: u64,
}

type Jobs = Queue<u64>;

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let jobs: Jobs = Builder::new()
        .maxsize(options.maxsize)
        .retries(2)
        .tracking()
        .fifo()
        .map_err(io::Error::other)?;

    let effort = Duration::from_millis(options.work_ms);
    let pool = jobs.pool(async move |number: &mut u64| {
        sleep(effort).await;
        if *number % 10 == 0 {
            return Err("a multiple of ten");
        }
        say(format_args!("done {number}"));
        Ok(())
    });
    for worker in pool.backoff(|_| sleep(Duration::from_millis(10))).workers(options.workers) {
        tokio::spawn(worker);
    }

    let listener = TcpListener::bind(options.address).await?;
    say(format_args!("listening on {}", listener.local_addr()?));
    let router = Router::new()
        .route("/jobs", post(submit))
        .route("/metrics", get(metrics))
        .layer(DefaultBodyLimit::max(100))
        .with_state(jobs.clone());
    // The server answers until the jobs are closed: what is accepted is in the account below.
    let server = axum::serve(listener, router).with_graceful_shutdown({
        let jobs = jobs.clone();
        async move { jobs.closed().await }
    });
    let server = tokio::spawn(server.into_future());

    told_to_end().await?;
    let deadline = sleep(Duration::from_millis(options.deadline_ms));
    let stopped = jobs.stop(Shutdown::Graceful, deadline).await;
    // Jobs in hand at the deadline finish, or come back to be saved too.
    jobs.join().await;
    for number in stopped.leftovers.into_iter().chain(jobs.shutdown(Shutdown::Immediate)) {
        say(format_args!("left {number}"));
    }
    for letter in jobs.dead_letters() {
        say(format_args!("dead {} after {} attempts", letter.item, letter.attempts));
    }
    say(format_args!("{}", jobs.stats()));
    server.await?
}

/// A line at once: it must be out when the process ends.
fn say(line: core::fmt::Arguments<'_>) {
    let mut stdout = stdout().lock();
    // A reader that has gone is no reason to lose jobs.
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

#[cfg(unix)]
async fn told_to_end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

async fn submit(State(jobs): State<Jobs>, body: String) -> Response {
    let Ok(number) = body.trim().parse() else {
        return (StatusCode::BAD_REQUEST, "the body is the number of a job\n").into_response();
    };
    match jobs.try_put(number) {
        Ok(()) => (StatusCode::ACCEPTED, "accepted\n").into_response(),
        Err(TryPutError::Full(_)) => {
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "1")], "full\n").into_response()
        }
        Err(TryPutError::ShutDown(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "about to stop\n").into_response()
        }
    }
}

async fn metrics(State(jobs): State<Jobs>) -> Response {
    let text = Stats::prometheus(&[("jobs", jobs.stats())]);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
