//! Messages from some senders to some receivers, until every sender has sent its share.

use crate::capacity::Capacity;
use crate::executor::Runtime;
use crate::peers::{Peer, Receiver, Sender};
use futures_util::future::Either;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub senders: usize,
    pub receivers: usize,
}

impl Shape {
    pub const ONE: Self = Self::of(1, 1);
    pub const FAN_IN: Self = Self::of(4, 1);
    pub const FAN_OUT: Self = Self::of(1, 4);
    pub const MANY: Self = Self::of(4, 4);

    const fn of(senders: usize, receivers: usize) -> Self {
        Self { senders, receivers }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.senders, self.receivers)
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('x').and_then(|(senders, receivers)| {
            Some(Self {
                senders: senders.parse().ok()?,
                receivers: receivers.parse().ok()?,
            })
        });
        parsed
            .filter(|shape| shape.senders > 0 && shape.receivers > 0)
            .ok_or_else(|| "a shape is senders x receivers, as in 4x1".into())
    }
}

/// What one task sent or received.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Tally {
    count: u64,
    sum: u64,
}

impl Tally {
    pub fn add(&mut self, number: u64) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(number);
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum.wrapping_add(other.sum),
        }
    }

    pub fn count(self) -> u64 {
        self.count
    }

    pub fn of(numbers: Range<u64>) -> Self {
        let mut tally = Self::default();
        numbers.for_each(|number| tally.add(number));
        tally
    }
}

/// The time that so many messages take. The count must divide by the senders.
///
/// # Panics
/// If another set of messages arrives than was sent, or if the peer has no such channel.
pub fn flow<P: Peer>(
    runtime: &Runtime,
    shape: Shape,
    capacity: Capacity,
    messages: u64,
) -> Duration {
    let (sender, receiver) = P::channel::<u64>(capacity).expect("a channel of that capacity");
    let each = messages / shape.senders as u64;
    let mut tasks = Vec::with_capacity(shape.senders + shape.receivers);
    for index in 0..shape.senders as u64 {
        let numbers = index * each..(index + 1) * each;
        tasks.push(Either::Left(send_all(sender.clone(), numbers)));
    }
    drop(sender);
    for _ in 1..shape.receivers {
        let another = receiver
            .another()
            .expect("a channel with several receivers");
        tasks.push(Either::Right(recv_all(another)));
    }
    tasks.push(Either::Right(recv_all(receiver)));

    let (time, tallies) = runtime.run(tasks);
    let arrived = tallies.into_iter().fold(Tally::default(), Tally::plus);
    assert_eq!(
        arrived,
        Tally::of(0..messages),
        "{}: sent and received differ",
        P::NAME
    );
    time
}

/// What it sent counts on the other side only.
pub async fn send_all(mut sender: impl Sender<u64>, numbers: Range<u64>) -> Tally {
    for number in numbers {
        assert!(
            sender.send(number).await,
            "closed while there are receivers"
        );
    }
    Tally::default()
}

pub async fn recv_all(mut receiver: impl Receiver<u64>) -> Tally {
    let mut tally = Tally::default();
    while let Some(number) = receiver.recv().await {
        tally.add(number);
    }
    tally
}
