//! The pipeline as async tasks, written once for every runtime.

use core::time::Duration;
use std::time::Instant;

use forebay::{Receiver, Sender};

use crate::Item;
use crate::args::Args;
use crate::live::Live;
use crate::report::{Notes, ProducerNotes, WorkerNotes};
use crate::runtime::Runtime;

/// Runs the producer and its workers until every item is done.
pub(crate) fn run<R: Runtime>(args: Args, live: &Live) -> Notes {
    R::block_on(async {
        let (sender, receiver) = forebay::bounded(args.capacity);

        let tasks: Vec<_> = (0..args.workers)
            .map(|_| R::spawn(work::<R>(receiver.clone(), live.clone())))
            .collect();
        // Only the workers receive: were they all to die, `send` would fail rather than wait for ever.
        drop(receiver);

        let producer = produce::<R>(&sender, args, live).await;
        // With the last sender gone the channel closes: the workers empty it, and leave.
        drop(sender);

        let mut workers = Vec::new();
        for task in tasks {
            workers.push(task.await);
        }
        Notes { producer, workers }
    })
}

/// Makes the items and sends them, noting how long each step took.
async fn produce<R: Runtime>(sender: &Sender<Item>, args: Args, live: &Live) -> ProducerNotes {
    let mut notes = ProducerNotes::default();
    for _ in 0..args.items {
        let start = Instant::now();
        pause::<R>(args.produce).await;
        let made = Instant::now();

        // The line that this example is about: while the queue is full, it waits.
        if sender.send(Item { effort: args.work }).await.is_err() {
            break;
        }

        let depth = sender.len();
        notes.add(made - start, made.elapsed(), depth);
        live.depth(depth);
    }
    notes
}

/// Takes items, whichever comes next, until the channel is closed and empty.
async fn work<R: Runtime>(receiver: Receiver<Item>, live: Live) -> WorkerNotes {
    let mut notes = WorkerNotes::default();
    while let Ok(item) = receiver.recv().await {
        live.depth(receiver.len());
        let start = Instant::now();
        pause::<R>(item.effort).await;
        notes.add(start.elapsed());
        live.done();
    }
    notes
}

/// Timers round up, so to wait for no time at all is not left to them.
async fn pause<R: Runtime>(time: Duration) {
    if !time.is_zero() {
        R::sleep(time).await;
    }
}
