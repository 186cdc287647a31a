//! The pipeline as plain threads: the same as `tasks`, with `send_blocking` and `recv_blocking`.

use std::thread;
use std::time::Instant;

use forebay::{Receiver, Sender};

use crate::Item;
use crate::args::Args;
use crate::live::Live;
use crate::report::{Notes, ProducerNotes, WorkerNotes};

/// Runs the producer and its workers until every item is done.
pub(crate) fn run(args: Args, live: &Live) -> Notes {
    let (sender, receiver) = forebay::bounded(args.capacity);

    let threads: Vec<_> = (0..args.workers)
        .map(|_| {
            let (receiver, live) = (receiver.clone(), live.clone());
            thread::spawn(move || work(&receiver, &live))
        })
        .collect();
    drop(receiver);

    let producer = produce(&sender, args, live);
    drop(sender);

    let workers = threads.into_iter().map(|thread| thread.join().expect("a worker panicked"));
    Notes { producer, workers: workers.collect() }
}

fn produce(sender: &Sender<Item>, args: Args, live: &Live) -> ProducerNotes {
    let mut notes = ProducerNotes::default();
    for _ in 0..args.items {
        let start = Instant::now();
        thread::sleep(args.produce);
        let made = Instant::now();

        if sender.send_blocking(Item { effort: args.work }).is_err() {
            break;
        }

        let depth = sender.len();
        notes.add(made - start, made.elapsed(), depth);
        live.depth(depth);
    }
    notes
}

fn work(receiver: &Receiver<Item>, live: &Live) -> WorkerNotes {
    let mut notes = WorkerNotes::default();
    while let Ok(item) = receiver.recv_blocking() {
        live.depth(receiver.len());
        let start = Instant::now();
        thread::sleep(item.effort);
        notes.add(start.elapsed());
        live.done();
    }
    notes
}
