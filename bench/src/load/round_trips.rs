//! One message to and fro between two tasks.

use crate::capacity::Capacity;
use crate::executor::Runtime;
use crate::peers::{Peer, Receiver, Sender};
use futures_util::future::Either;
use std::time::Instant;

/// The nanoseconds of each round trip.
pub fn round_trips<P: Peer>(runtime: &Runtime, capacity: Capacity, count: u64) -> Vec<f64> {
    let channel = || P::channel::<u64>(capacity).expect("a channel of that capacity");
    let (there, there_end) = channel();
    let (back, back_end) = channel();
    let tasks = vec![
        Either::Left(echo(there_end, back)),
        Either::Right(call(there, back_end, count)),
    ];
    let (_, outputs) = runtime.run(tasks);
    outputs.into_iter().flatten().collect()
}

async fn echo(mut receiver: impl Receiver<u64>, mut sender: impl Sender<u64>) -> Vec<f64> {
    while let Some(number) = receiver.recv().await {
        assert!(
            sender.send(number).await,
            "closed while there is a receiver"
        );
    }
    Vec::new()
}

async fn call(
    mut sender: impl Sender<u64>,
    mut receiver: impl Receiver<u64>,
    count: u64,
) -> Vec<f64> {
    let mut trips = Vec::with_capacity(usize::try_from(count).expect("a vector's worth"));
    let mut start = Instant::now();
    for number in 0..count {
        assert!(
            sender.send(number).await,
            "closed while there is a receiver"
        );
        assert_eq!(receiver.recv().await, Some(number));
        let end = Instant::now();
        trips.push((end - start).as_nanos() as f64);
        start = end;
    }
    trips
}
