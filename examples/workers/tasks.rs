//! The pipeline as async tasks, written once for every runtime.

use core::panic::AssertUnwindSafe;
use core::time::Duration;
use std::time::Instant;

use forebay::queue::{Queue, Shutdown};
use futures_lite::FutureExt;

use crate::args::Args;
use crate::live::Live;
use crate::report::{Notes, ProducerNotes, WorkerNotes};
use crate::runtime::Runtime;
use crate::{Item, crash};

/// Runs the producer and its workers until every item is done.
pub(crate) fn run<R: Runtime>(args: Args, live: &Live) -> Notes {
    R::block_on(async {
        let queue = crate::queue(&args);

        let tasks: Vec<_> = (0..args.workers)
            .map(|_| R::spawn(supervise::<R>(queue.clone(), args, live.clone())))
            .collect();

        let producer = produce::<R>(&queue, args, live).await;
        // Everything that was put is done, or is in hand; when it is done, the workers may go.
        queue.join().await;
        queue.shutdown(Shutdown::Graceful);

        let mut workers = Vec::new();
        for task in tasks {
            workers.push(task.await);
        }
        Notes { producer, workers }
    })
}

/// Makes the items and puts them, noting how long each step took.
async fn produce<R: Runtime>(queue: &Queue<Item>, args: Args, live: &Live) -> ProducerNotes {
    let mut notes = ProducerNotes::default();
    for number in 0..args.items {
        let start = Instant::now();
        pause::<R>(args.produce).await;
        let made = Instant::now();

        // The line that this example is about: while the queue is full, it waits.
        if queue.put(Item { number, effort: args.work }).await.is_err() {
            break;
        }

        let depth = queue.len();
        notes.add(made - start, made.elapsed(), depth);
        live.depth(depth);
    }
    notes
}

/// Puts a worker that crashed to work again.
async fn supervise<R: Runtime>(queue: Queue<Item>, args: Args, live: Live) -> WorkerNotes {
    let mut notes = WorkerNotes::default();
    while AssertUnwindSafe(work::<R>(&queue, args, &live, &mut notes)).catch_unwind().await.is_err()
    {
        notes.crashes += 1;
    }
    notes
}

/// Takes items, whichever comes next, until the queue is shut down and empty.
async fn work<R: Runtime>(queue: &Queue<Item>, args: Args, live: &Live, notes: &mut WorkerNotes) {
    while let Ok(job) = queue.get().await {
        live.depth(queue.len());
        let start = Instant::now();
        // If this panics, the job is dropped on the way out, and goes back to the queue.
        crash(&args, &job, job.attempt());
        pause::<R>(job.effort).await;
        notes.add(start.elapsed());
        live.done();
        job.done();
    }
}

/// Timers round up, so to wait for no time at all is not left to them.
async fn pause<R: Runtime>(time: Duration) {
    if !time.is_zero() {
        R::sleep(time).await;
    }
}
