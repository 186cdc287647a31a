//! Messages of one sender arrive in the order sent.

use crate::common::{Runtime, Task, on_every_runtime};
use forebay::{Sender, bounded};

const SENDERS: usize = 4;
const MESSAGES: usize = 200;

/// Sender number and position among its messages.
type Numbered = (usize, usize);

/// Every sender sends its messages in order, by `send` and `try_send` in turn.
fn start_senders(runtime: Runtime, tx: &Sender<Numbered>) -> Vec<impl Future<Output = ()> + use<>> {
    let send_all = |tx: Sender<Numbered>, sender| async move {
        for position in 0..MESSAGES {
            if position % 2 == 0 || tx.try_send((sender, position)).is_err() {
                tx.send((sender, position)).await.expect("the channel is open");
            }
        }
    };
    (0..SENDERS).map(|sender| runtime.spawn(send_all(tx.clone(), sender))).collect()
}

#[test]
fn one_receiver_sees_every_message_of_each_sender_in_order() {
    on_every_runtime(async |runtime| {
        for capacity in [1, 3] {
            let (tx, rx) = bounded(capacity);
            let senders = start_senders(runtime, &tx);
            drop(tx);
            let mut next = [0; SENDERS];
            while let Ok((sender, position)) = rx.recv().await {
                assert_eq!(position, next[sender], "sender {sender}");
                next[sender] += 1;
            }
            assert_eq!(next, [MESSAGES; SENDERS]);
            for sender in senders {
                sender.await;
            }
        }
    });
}

#[test]
fn every_receiver_sees_its_share_of_each_sender_in_order() {
    on_every_runtime(async |runtime| {
        let (tx, rx) = bounded(3);
        let receivers: Vec<_> = (0..4)
            .map(|_| {
                let rx = rx.clone();
                runtime.spawn(async move {
                    let mut received = Vec::new();
                    while let Ok(message) = rx.recv().await {
                        received.push(message);
                    }
                    received
                })
            })
            .collect();
        let senders = start_senders(runtime, &tx);
        drop(tx);
        for sender in senders {
            sender.await;
        }
        let mut all = Vec::new();
        for receiver in receivers {
            let received: Vec<Numbered> = receiver.await;
            for sender in 0..SENDERS {
                let positions = received.iter().filter(|message| message.0 == sender);
                assert!(positions.is_sorted(), "sender {sender}: {received:?}");
            }
            all.extend(received);
        }
        all.sort_unstable();
        let sent = (0..SENDERS).flat_map(|sender| (0..MESSAGES).map(move |n| (sender, n)));
        assert!(all.into_iter().eq(sent), "each message arrives once");
    });
}

#[test]
fn the_order_of_completed_sends_is_the_order_of_arrival() {
    for capacity in [1, 2, 3, 5, 1000] {
        let (tx, rx) = bounded(capacity);
        let (mut sent, mut received) = (0, 0);
        // Fill and empty by uneven steps, so that every slot is the first and the last in turn.
        for step in 0..40 {
            for _ in 0..=step % (capacity + 1) {
                sent += usize::from(tx.try_send(sent).is_ok());
            }
            for _ in 0..=step % 3 {
                if let Ok(message) = rx.try_recv() {
                    assert_eq!(message, received);
                    received += 1;
                }
            }
        }
        tx.close();
        while let Ok(message) = rx.try_recv() {
            assert_eq!(message, received);
            received += 1;
        }
        assert_eq!(received, sent);
    }
}

#[test]
fn sends_that_waited_arrive_in_the_order_in_which_they_were_woken() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let mut waiting: Vec<_> = (1..5).map(|message| Task::parked(tx.send(message))).collect();
    for message in 0..5 {
        assert_eq!(rx.try_recv(), Ok(message));
        if let Some(woken) = waiting.iter().position(|send| send.wakes() > 0) {
            assert_eq!(waiting.remove(woken).finish(), Ok(()));
        }
    }
}
