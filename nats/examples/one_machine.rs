//! The work of `cluster` on the queue of `forebay`: one process, no server, the same worker.
//!
//! ```sh
//! cargo run --release --example one_machine
//! ```

#[path = "common/accounts.rs"]
mod accounts;
#[path = "common/work.rs"]
mod work;

use std::sync::mpsc;
use std::time::Instant;

use accounts::Accounts;
use forebay::queue::{Builder, Shutdown};
use work::{Chunk, has_finished, worker};

const JOBS: u64 = 4000;
const SIZE: u64 = 1000;

#[tokio::main]
async fn main() {
    let start = Instant::now();
    let queue = Builder::new().maxsize(100).retries(10).fifo().expect("it has room");
    let (tell, told) = mpsc::channel();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let (queue, tell) = (queue.clone(), tell.clone());
            tokio::spawn(async move {
                let ended = worker(queue, |done| tell.send(done).expect("it is read")).await;
                assert!(has_finished(&ended));
            })
        })
        .collect();
    drop(tell);
    let mut accounts = Accounts::of(JOBS);
    for chunk in Chunk::all(JOBS, SIZE) {
        let since = Instant::now();
        if let Err(refused) = queue.try_put(chunk) {
            queue.put(refused.into_inner()).await.expect("it is open");
            accounts.held_back += since.elapsed();
        }
        accounts.put += 1;
    }
    queue.join().await;
    queue.shutdown(Shutdown::Graceful);
    for worker in workers {
        worker.await.expect("it works");
    }
    for done in told {
        accounts.add(done);
    }
    println!(
        "put {}, done {}, lost {}, done twice {}, held back {:.2?}, in all {:.2?}: {} primes",
        accounts.put,
        accounts.done(),
        accounts.lost(),
        accounts.duplicates(),
        accounts.held_back,
        start.elapsed(),
        accounts.primes()
    );
}
