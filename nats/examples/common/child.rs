//! A producer or a worker in a process of its own, and what it tells the one that started it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use forebay_nats::{Builder, Nats, Queue};
use serde::{Deserialize, Serialize};

use crate::work::{self, Chunk, Done};

/// What all processes know of the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) urls: String,
    pub(crate) jobs: u64,
    /// How many numbers a job has.
    pub(crate) size: u64,
    pub(crate) maxsize: u64,
    pub(crate) lease: Duration,
    pub(crate) prefetch: usize,
    pub(crate) replicas: usize,
}

impl Plan {
    pub(crate) async fn open(&self) -> Result<Queue<Chunk>, Box<dyn std::error::Error>> {
        let nats = Nats::connect(&self.urls).await?;
        let builder = Builder::new().maxsize(self.maxsize).retries(10).lease(self.lease);
        let builder = builder.prefetch(self.prefetch).replicas(self.replicas);
        Ok(builder.fifo(&nats, "primes").await?)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Role {
    Producer,
    Worker,
}

/// Where a child finds what it is.
const VARIABLE: &str = "FOREBAY_NATS_CHILD";

/// What a child tells.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    /// The producer has put so many, and was held back for so long.
    Put(u64, Duration),
    Done(Done),
}

impl News {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let kind = words.next()?;
        let mut number = || words.next()?.parse::<u64>().ok();
        match kind {
            "put" => Some(Self::Put(number()?, Duration::from_micros(number()?))),
            "done" => {
                let (number, attempt, primes) = (number()?, number()?, number()?);
                let attempt = attempt.try_into().ok()?;
                Some(Self::Done(Done { number, attempt, primes }))
            }
            _ => None,
        }
    }

    fn write(self) {
        let line = match self {
            Self::Put(number, held) => format!("put {number} {}\n", held.as_micros()),
            Self::Done(done) => format!("done {} {} {}\n", done.number, done.attempt, done.primes),
        };
        // In one piece: a child may be killed at any moment.
        std::io::stdout().write_all(line.as_bytes()).expect("the parent listens");
    }
}

/// Starts this program again, with these arguments. What the child tells goes to `tell`, on a
/// thread of its own.
pub(crate) fn start(
    role: Role,
    plan: &Plan,
    arguments: &[&str],
    mut tell: impl FnMut(News) + Send + 'static,
) -> Child {
    let program = std::env::current_exe().expect("this program has a path");
    let order = serde_json::to_string(&(role, plan)).expect("it is plain data");
    let mut command = Command::new(program);
    command.args(arguments).env(VARIABLE, order).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it can be started again");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some(news) = News::read(&line) {
                tell(news);
            }
        }
    });
    child
}

/// Does what a child is for, if this is one. Returns whether it was.
pub(crate) async fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let Ok(order) = std::env::var(VARIABLE) else { return Ok(false) };
    let (role, plan): (Role, Plan) = serde_json::from_str(&order)?;
    // A line for what was printed before.
    println!();
    let queue = plan.open().await?;
    match role {
        Role::Producer => {
            let mut held = Duration::ZERO;
            for chunk in Chunk::all(plan.jobs, plan.size) {
                if let Err(refused) = queue.try_put(chunk).await {
                    let since = Instant::now();
                    queue.put(refused.into_inner()).await?;
                    held += since.elapsed();
                }
                News::Put(chunk.number + 1, held).write();
            }
        }
        Role::Worker => {
            let ended = work::worker(queue.clone(), |done| News::Done(done).write()).await;
            queue.flush().await;
            if !work::has_finished(&ended) {
                ended?;
            }
        }
    }
    Ok(true)
}
