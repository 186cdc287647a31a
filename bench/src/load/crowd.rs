//! Very many channels at once, and very many tasks that wait for nothing.

use crate::allocations::{Heap, count};
use crate::capacity::Capacity;
use crate::executor::Runtime;
use crate::load::flow::{Tally, recv_all, send_all};
use crate::peers::{Peer, Receiver};
use cpu_time::ProcessTime;
use futures_util::future::Either;
use std::thread;
use std::time::Duration;

/// So many channels with a sender and a receiver each, all at once. Returns what the channels
/// allocated, and the time that all their messages took.
pub fn channels<P: Peer>(
    runtime: &Runtime,
    capacity: Capacity,
    channels: u64,
    messages_each: u64,
) -> (Heap, Duration) {
    let open = |_| P::channel::<u64>(capacity).expect("a channel of that capacity");
    let (pairs, heap) = count(|| (0..channels).map(open).collect::<Vec<_>>());
    let mut tasks = Vec::new();
    for (sender, receiver) in pairs {
        tasks.push(Either::Left(send_all(sender, 0..messages_each)));
        tasks.push(Either::Right(recv_all(receiver)));
    }
    let (time, tallies) = runtime.run(tasks);
    let expected = Tally::of(0..messages_each);
    let exact = tallies.iter().filter(|tally| **tally == expected).count() as u64;
    assert_eq!(exact, channels, "{}: sent and received differ", P::NAME);
    (heap, time)
}

/// The processor time that so many parked receivers use in `span`.
pub fn idle<P: Peer>(runtime: &Runtime, receivers: usize, span: Duration) -> Duration {
    let capacity = Capacity::Bounded(100);
    let open = || P::channel::<u64>(capacity).expect("a channel of that capacity");
    let (sender, receiver) = open();
    let mut senders = vec![sender];
    let mut all = vec![receiver];
    while all.len() < receivers {
        all.push(all[0].another().unwrap_or_else(|| {
            let (sender, receiver) = open();
            senders.push(sender);
            receiver
        }));
    }
    thread::scope(|scope| {
        scope.spawn(|| runtime.run(all.into_iter().map(recv_all).collect()));
        // Until all of them have parked.
        thread::sleep(span / 2);
        let start = ProcessTime::now();
        thread::sleep(span);
        let used = start.elapsed();
        drop(senders);
        used
    })
}
