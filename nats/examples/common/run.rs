//! Servers, a producer and workers, each a process, and what is done to them.
#![allow(dead_code, reason = "each user of this file needs another part")]

use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use forebay_nats::{Queue, Shutdown};
use rustix::process::Signal;
use tokio::time::sleep;

use crate::accounts::Accounts;
use crate::child::{self, News, Plan, Role};
use crate::server::{Servers, pause, signal};
use crate::work::Chunk;

pub(crate) struct Run {
    pub(crate) plan: Plan,
    pub(crate) servers: Servers,
    pub(crate) queue: Queue<Chunk>,
    /// `None` once it is dead.
    pub(crate) workers: Vec<Option<Child>>,
    producer: Child,
    accounts: Arc<Mutex<Accounts>>,
    /// The most jobs that were seen inside at once, and now.
    inside: Arc<(AtomicU64, AtomicU64)>,
    /// How much each worker has done.
    shares: Arc<Mutex<Vec<u64>>>,
}

impl Run {
    /// Children are this program again, with these arguments.
    pub(crate) async fn start(
        servers: Servers,
        plan: Plan,
        workers: usize,
        arguments: &[&str],
    ) -> Self {
        let queue = open(&plan).await;
        let accounts = Arc::new(Mutex::new(Accounts::of(plan.jobs)));
        let shares = Arc::new(Mutex::new(vec![0; workers]));
        let workers = (0..workers).map(|number| {
            let (accounts, shares) = (Arc::clone(&accounts), Arc::clone(&shares));
            let tell = move |news| {
                if let News::Done(done) = news {
                    locked(&accounts).add(done);
                    locked(&shares)[number] += 1;
                }
            };
            Some(child::start(Role::Worker, &plan, arguments, tell))
        });
        let workers = workers.collect();
        let tell = {
            let accounts = Arc::clone(&accounts);
            move |news| {
                if let News::Put(put, held_back) = news {
                    let mut accounts = locked(&accounts);
                    (accounts.put, accounts.held_back) = (put, held_back);
                }
            }
        };
        let producer = child::start(Role::Producer, &plan, arguments, tell);
        let inside = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
        tokio::spawn(watch(queue.clone(), Arc::downgrade(&inside)));
        Self { plan, servers, queue, workers, producer, accounts, inside, shares }
    }

    pub(crate) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        locked(&self.accounts)
    }

    /// How many jobs were inside when the server was last asked.
    pub(crate) fn inside(&self) -> u64 {
        self.inside.1.load(Ordering::SeqCst)
    }

    /// The most of them that were seen.
    pub(crate) fn most_inside(&self) -> u64 {
        self.inside.0.load(Ordering::SeqCst)
    }

    pub(crate) fn shares(&self) -> Vec<u64> {
        locked(&self.shares).clone()
    }

    /// Waits until so many jobs are done.
    pub(crate) async fn until_done(&self, jobs: u64) {
        while self.accounts().done() < jobs {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// SIGKILL.
    pub(crate) fn kill_worker(&mut self, number: usize) {
        let mut worker = self.workers[number].take().expect("it lives");
        worker.kill().expect("it lives");
        worker.wait().expect("it ends");
    }

    pub(crate) fn pause_worker(&self, number: usize) {
        pause(self.workers[number].as_ref().expect("it lives"));
    }

    pub(crate) fn resume_worker(&self, number: usize) {
        signal(self.workers[number].as_ref().expect("it lives"), Signal::CONT);
    }

    /// How things stand, for one who wonders why they don't move.
    pub(crate) async fn state(&self) -> String {
        let client = self.queue.nats().client();
        let (put, done) = {
            let accounts = self.accounts();
            (accounts.put, accounts.done())
        };
        let mut state = vec![format!("put {put}, done {done}")];
        for what in ["STREAM.INFO.FOREBAY_JOBS_primes", "CONSUMER.INFO.FOREBAY_JOBS_primes.workers"]
        {
            let answer = client.request(format!("$JS.API.{what}"), "".into()).await;
            state.push(match answer {
                Ok(answer) => String::from_utf8_lossy(&answer.payload).into_owned(),
                Err(error) => format!("{what}: {error}"),
            });
        }
        state.join("\n")
    }

    /// The node that leads the queue.
    pub(crate) async fn leader(&self) -> usize {
        let client = self.queue.nats().client().clone();
        loop {
            let asked = client.request("$JS.API.STREAM.INFO.FOREBAY_JOBS_primes", "".into()).await;
            if let Ok(answer) = asked
                && let Ok(info) = serde_json::from_slice::<serde_json::Value>(&answer.payload)
                && let Some(name) = info["cluster"]["leader"].as_str()
                && let Some(number) = name.strip_prefix("node")
            {
                return number.parse().expect("nodes have numbers");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until all is put and done, ends the workers, and returns the accounts.
    pub(crate) async fn finish(&mut self) -> Accounts {
        while self.producer.try_wait().expect("it is a child").is_none() {
            sleep(Duration::from_millis(10)).await;
        }
        assert!(self.producer.wait().expect("it has ended").success(), "the producer failed");
        self.queue.join().await.expect("the server is there");
        Box::pin(self.queue.shutdown(Shutdown::Graceful)).await.expect("the server is there");
        for worker in &mut self.workers {
            let Some(mut worker) = worker.take() else { continue };
            while worker.try_wait().expect("it is a child").is_none() {
                sleep(Duration::from_millis(10)).await;
            }
            assert!(worker.wait().expect("it has ended").success(), "a worker failed");
        }
        // What the workers told last may still be under way.
        for _ in 0..100 {
            if self.accounts().lost() == 0 {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.accounts().clone()
    }
}

/// Asks the server how many jobs are inside, until the run is over.
async fn watch(queue: Queue<Chunk>, inside: Weak<(AtomicU64, AtomicU64)>) {
    loop {
        let asked = queue.unfinished().await;
        let Some(inside) = inside.upgrade() else { break };
        if let Ok(now) = asked {
            inside.0.fetch_max(now, Ordering::SeqCst);
            inside.1.store(now, Ordering::SeqCst);
        }
        drop(inside);
        sleep(Duration::from_millis(20)).await;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        for child in self.workers.iter_mut().flatten().chain([&mut self.producer]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Servers take a moment to begin.
async fn open(plan: &Plan) -> Queue<Chunk> {
    for _ in 0..200 {
        if let Ok(queue) = plan.open().await {
            return queue;
        }
        sleep(Duration::from_millis(50)).await;
    }
    plan.open().await.expect("the servers run")
}
