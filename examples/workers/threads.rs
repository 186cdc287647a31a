//! The pipeline as plain threads: the same as `tasks`, with the blocking calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Instant;

use forebay::queue::{Queue, Shutdown};

use crate::args::Args;
use crate::live::Live;
use crate::report::{Notes, ProducerNotes, WorkerNotes};
use crate::{Item, crash};

/// Runs the producer and its workers until every item is done.
pub(crate) fn run(args: Args, live: &Live) -> Notes {
    let queue = crate::queue(&args);

    let threads: Vec<_> = (0..args.workers)
        .map(|_| {
            let (queue, live) = (queue.clone(), live.clone());
            thread::spawn(move || supervise(&queue, args, &live))
        })
        .collect();

    let producer = produce(&queue, args, live);
    queue.join_blocking();
    queue.shutdown(Shutdown::Graceful);

    let workers = threads.into_iter().map(|thread| thread.join().expect("a worker is supervised"));
    Notes { producer, workers: workers.collect() }
}

fn produce(queue: &Queue<Item>, args: Args, live: &Live) -> ProducerNotes {
    let mut notes = ProducerNotes::default();
    for number in 0..args.items {
        let start = Instant::now();
        thread::sleep(args.produce);
        let made = Instant::now();

        if queue.put_blocking(Item { number, effort: args.work }).is_err() {
            break;
        }

        let depth = queue.len();
        notes.add(made - start, made.elapsed(), depth);
        live.depth(depth);
    }
    notes
}

fn supervise(queue: &Queue<Item>, args: Args, live: &Live) -> WorkerNotes {
    let mut notes = WorkerNotes::default();
    while catch_unwind(AssertUnwindSafe(|| work(queue, args, live, &mut notes))).is_err() {
        notes.crashes += 1;
    }
    notes
}

fn work(queue: &Queue<Item>, args: Args, live: &Live, notes: &mut WorkerNotes) {
    while let Ok(job) = queue.get_blocking() {
        live.depth(queue.len());
        let start = Instant::now();
        crash(&args, &job, job.attempt());
        thread::sleep(job.effort);
        notes.add(start.elapsed());
        live.done();
        job.done();
    }
}
