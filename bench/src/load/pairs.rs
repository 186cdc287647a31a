//! One thread and no waiting: each message goes in and comes out again.

use crate::capacity::Capacity;
use crate::peers::{Message, Peer, Receiver, Sender};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Sends so many messages through a queue, and tells how long it took.
pub type Pairs = Box<dyn FnMut(u64) -> Duration>;

pub fn pairs<M: Message>(
    mut push: impl FnMut(M) -> bool + 'static,
    mut pop: impl FnMut() -> Option<M> + 'static,
) -> Pairs {
    Box::new(move |count| {
        let start = Instant::now();
        for number in 0..count {
            assert!(
                push(black_box(M::numbered(number))),
                "no room in an empty queue"
            );
            let message = pop().expect("a message that was just sent");
            assert_eq!(black_box(&message).number(), number);
        }
        start.elapsed()
    })
}

pub fn of_peer<P: Peer, M: Message>(capacity: Capacity) -> Option<Pairs> {
    let (mut sender, mut receiver) = P::channel::<M>(capacity)?;
    Some(pairs(
        move |message| sender.try_send(message),
        move || receiver.try_recv(),
    ))
}
