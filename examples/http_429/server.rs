//! The server: a job is accepted if there is room for it, or refused at once with the time to come
//! back.

use core::convert::Infallible;
use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use forebay::DrainMeter;
use forebay::queue::{Builder, Queue, Shutdown, TryPutError};
use tokio::runtime::Runtime;

/// How long the meter remembers: what happened so long ago counts half.
const HALF_LIFE: Duration = Duration::from_secs(1);

/// An estimate beyond this is none.
const LONGEST_WAIT: u64 = 60;

/// A job is its number.
type Jobs = Queue<u64>;

/// Serves until it is stopped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) jobs: Jobs,
    runtime: Runtime,
}

impl Server {
    /// Starts a server and its workers. At most `maxsize` jobs wait for them.
    ///
    /// # Errors
    /// If the address cannot be had.
    pub(crate) fn start<F: Future<Output = ()> + Send + 'static>(
        address: SocketAddr,
        maxsize: usize,
        workers: usize,
        work: impl Fn(u64) -> F + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let runtime = Runtime::new()?;
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let jobs = Builder::new().maxsize(maxsize).tracking().fifo().map_err(io::Error::other)?;

        let pool = jobs.pool(async move |job: &mut u64| {
            work(*job).await;
            Ok::<_, Infallible>(())
        });
        for worker in pool.workers(workers) {
            runtime.spawn(worker);
        }
        let router = router(jobs.clone());
        runtime.spawn(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, router).await
        });
        Ok(Self { address, jobs, runtime })
    }

    /// Does what it has accepted, and ends.
    pub(crate) fn stop(self) {
        self.jobs.shutdown(Shutdown::Graceful);
        self.jobs.join_blocking();
        self.runtime.shutdown_background();
    }
}

fn router(jobs: Jobs) -> Router {
    let meter = Arc::new(Mutex::new(DrainMeter::new(HALF_LIFE)));
    Router::new()
        .route("/jobs", post(submit))
        .route("/stats", get(stats))
        .layer(DefaultBodyLimit::max(100))
        .with_state(Desk { jobs, meter })
}

/// Where jobs are handed in.
#[derive(Clone)]
struct Desk {
    jobs: Jobs,
    meter: Arc<Mutex<DrainMeter>>,
}

async fn submit(State(desk): State<Desk>, body: String) -> Response {
    let Ok(number) = body.trim().parse() else {
        return (StatusCode::BAD_REQUEST, "the body is the number of a job\n").into_response();
    };
    desk.observe();
    // The line that this example is about: it does not wait. A server that did would keep a
    // connection and a task for everybody who waits, and that is a queue as well, without a limit.
    match desk.jobs.try_put(number) {
        Ok(()) => (StatusCode::ACCEPTED, "accepted\n").into_response(),
        Err(TryPutError::Full(_)) => {
            let seconds = desk.retry_after();
            let reason = format!("full: come back in {seconds} s\n");
            let status = StatusCode::TOO_MANY_REQUESTS;
            (status, [(RETRY_AFTER, seconds.to_string())], reason).into_response()
        }
        Err(TryPutError::ShutDown(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "about to stop\n").into_response()
        }
    }
}

async fn stats(State(desk): State<Desk>) -> String {
    format!("{}\n", desk.jobs.stats())
}

impl Desk {
    fn meter(&self) -> std::sync::MutexGuard<'_, DrainMeter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn observe(&self) {
        // Looked at under the lock: the meter sees the counts in the order in which they grew.
        let mut meter = self.meter();
        let (now, stats) = (Instant::now(), forebay::Stats::from(self.jobs.stats()));
        meter.observe(&stats, now);
    }

    /// In how many seconds it is worth to come back.
    fn retry_after(&self) -> u64 {
        let stats = forebay::Stats::from(self.jobs.stats());
        // Room for half the queue, not for one: all who are refused in this second come back in the
        // same one.
        let room = stats.capacity.map_or(1, |maxsize| maxsize.div_ceil(2));
        let wait = self.meter().until_room(&stats, room);
        // HTTP counts in whole seconds.
        let seconds = wait.map_or(1, |wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        seconds.clamp(1, LONGEST_WAIT)
    }
}
