//! Channels of short life: each is made, passes a few messages and is dropped.

use crate::capacity::Capacity;
use crate::load::flow::{Tally, recv_all, send_all};
use crate::peers::Peer;
use futures_lite::future::{block_on, zip};
use std::time::{Duration, Instant};

/// So many channels, one after the other, both sides in one task. Where all messages fit, one side
/// sends all of them and goes before the other begins; else the two take turns.
///
/// # Panics
/// If another set of messages arrives than was sent, or if the peer has no such channel.
pub fn short<P: Peer>(capacity: Capacity, messages: u64, channels: u64) -> Duration {
    let expected = Tally::of(0..messages);
    block_on(async {
        let start = Instant::now();
        for _ in 0..channels {
            let (sender, receiver) =
                P::channel::<u64>(capacity).expect("a channel of that capacity");
            let (_, arrived) = zip(send_all(sender, 0..messages), recv_all(receiver)).await;
            assert_eq!(arrived, expected, "{}: sent and received differ", P::NAME);
        }
        start.elapsed()
    })
}
