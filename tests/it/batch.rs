//! Many messages by one operation.

use crate::common::{Ledger, Task};
use forebay::{Builder, Overflow, Receiver, RecvError, Sender, TryRecvError, bounded, unbounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

fn both<T>(capacity: usize) -> [(Sender<T>, Receiver<T>); 2] {
    [bounded(capacity), unbounded()]
}

#[test]
fn batches_go_in_and_come_out_in_order() {
    for capacity in [1, 2, 3, 5, 64, 100, 1000] {
        for (tx, rx) in both(capacity) {
            let (mut next, mut batch) = (0, Vec::new());
            for round in 0..200 {
                let count = round % (capacity + 1);
                assert_eq!(tx.try_send_many(next..next + count).unwrap(), count);
                assert_eq!(rx.len(), count);
                next += count;
                while rx.try_recv_many(&mut batch, 1 + round % 70).is_ok() {}
                assert!(rx.is_empty());
            }
            assert!(batch.iter().copied().eq(0..next));
        }
    }
}

#[test]
fn what_is_not_taken_is_given_back() {
    let (tx, rx) = bounded(3);
    tx.try_send(0).unwrap();
    let full = tx.try_send_many(1..10).unwrap_err();
    assert!(full.is_full());
    let unsent = full.into_inner();
    assert_eq!((unsent.sent(), unsent.size_hint()), (2, (7, Some(7))));
    assert_eq!(unsent.collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(rx.drain().collect::<Vec<_>>(), [0, 1, 2]);
    rx.close();
    let closed = tx.try_send_many(0..2).unwrap_err();
    assert!(closed.is_closed());
    assert_eq!(closed.into_inner().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_batch_waits_for_room() {
    let (tx, rx) = bounded(2);
    let mut send = Task::parked(tx.send_many(0..5));
    let mut batch = Vec::new();
    assert_eq!(rx.try_recv_many(&mut batch, 9), Ok(2));
    assert_eq!(send.wakes(), 1);
    assert!(send.poll().is_pending());
    send.park();
    assert_eq!(rx.try_recv_many(&mut batch, 9), Ok(2));
    assert_eq!(send.finish().unwrap(), 5);
    assert_eq!(rx.try_recv_many(&mut batch, 9), Ok(1));
    assert_eq!(batch, [0, 1, 2, 3, 4]);
}

#[test]
fn a_cancelled_batch_gives_back_what_was_not_sent() {
    let (tx, rx) = bounded(2);
    let send = Task::parked(tx.send_many(0..5));
    let unsent = send.into_inner().into_inner().unwrap();
    assert_eq!(unsent.sent(), 2);
    assert_eq!(unsent.collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(rx.drain().collect::<Vec<_>>(), [0, 1]);
    tx.send_many_blocking([7, 8]).unwrap();
    let mut closed = Task::parked(tx.send_many(0..5));
    rx.close();
    let unsent = closed.finish().unwrap_err().into_inner();
    assert_eq!((unsent.sent(), unsent.count()), (0, 5));
}

#[test]
fn a_batch_wakes_one_receiver_for_each_message() {
    for (tx, rx) in both(9) {
        let mut recvs: Vec<_> = (0..4).map(|_| Task::parked(rx.recv())).collect();
        tx.try_send_many(0..3).unwrap();
        assert_eq!(recvs.iter().map(Task::wakes).collect::<Vec<_>>(), [1, 1, 1, 0]);
        for (number, recv) in recvs.iter_mut().take(3).enumerate() {
            assert_eq!(recv.finish(), Ok(number));
        }
        // More messages than receivers: one that comes later is announced too.
        tx.try_send_many(3..6).unwrap();
        assert_eq!(recvs[3].finish(), Ok(3));
        assert_eq!(rx.drain().count(), 2);
    }
}

#[test]
fn a_batch_that_is_taken_wakes_one_sender_for_each_slot() {
    let (tx, rx) = bounded(3);
    tx.try_send_many(0..3).unwrap();
    let mut sends: Vec<_> = (3..7).map(|number| Task::parked(tx.send(number))).collect();
    assert_eq!(rx.try_recv_many(&mut Vec::new(), 2), Ok(2));
    assert_eq!(sends.iter().map(Task::wakes).collect::<Vec<_>>(), [1, 1, 0, 0]);
    assert!(sends.iter_mut().take(2).all(|send| send.finish() == Ok(())));
}

#[test]
fn recv_many_waits_and_ends() {
    for (tx, rx) in both(4) {
        let mut batch = Vec::new();
        let mut recv = Task::parked(rx.recv_many(&mut batch, 10));
        tx.try_send_many(0..3).unwrap();
        assert_eq!(recv.finish(), Ok(3));
        drop(recv);
        tx.close();
        assert_eq!(Task::new(rx.recv_many(&mut batch, 1)).finish(), Err(RecvError));
        assert_eq!(rx.recv_many_blocking(&mut batch, 1), Err(RecvError));
        assert_eq!(rx.try_recv_many(&mut batch, 1), Err(TryRecvError::Closed));
        assert_eq!(Task::new(rx.recv_many(&mut batch, 0)).finish(), Ok(0));
        assert_eq!(batch, [0, 1, 2]);
    }
}

#[test]
fn a_cancelled_recv_many_hands_on() {
    let (tx, rx) = bounded(4);
    let mut batch = Vec::new();
    let first = Task::parked(rx.recv_many(&mut batch, 10));
    let mut second = Task::parked(rx.recv());
    tx.try_send(1).unwrap();
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    drop(first);
    assert_eq!((second.wakes(), second.finish()), (1, Ok(1)));
}

#[test]
fn batches_leave_permits_alone() {
    let (tx, rx) = bounded(8);
    let permits = tx.try_reserve_many(3).unwrap();
    for _ in 0..10 {
        assert_eq!(tx.try_send_many(0..8).unwrap_err().into_inner().sent(), 5);
        assert_eq!(rx.drain().count(), 5);
    }
    drop(permits);
    assert_eq!(tx.try_send_many(0..8).unwrap(), 8);
}

#[test]
fn batches_obey_the_policy() {
    for (overflow, inside) in [(Overflow::DropOldest, [8, 9]), (Overflow::DropNewest, [0, 1])] {
        let (tx, rx) = Builder::new().capacity(2).overflow(overflow).build().unwrap();
        assert_eq!(Task::new(tx.send_many(0..10)).finish().unwrap(), 10);
        assert_eq!(rx.drain().collect::<Vec<_>>(), inside);
    }
}

/// Messages that are too large to be staged, or have no size.
#[test]
fn messages_of_every_size() {
    let (tx, rx) = bounded(5);
    assert_eq!(tx.try_send_many((0..5).map(|number| [number; 1000])).unwrap(), 5);
    assert!(rx.drain().map(|message| message[999]).eq(0..5));
    let (tx, rx) = bounded(100);
    assert_eq!(tx.try_send_many([(); 100]).unwrap(), 100);
    assert_eq!(rx.try_recv_many(&mut Vec::new(), 1000), Ok(100));
}

/// An iterator is the user's code: it may use the channel, and panic.
#[test]
fn an_iterator_may_do_anything() {
    let ledger = Ledger::new(10);
    let (tx, rx) = bounded(10);
    let messages = (0..10).map(|id| {
        assert!(id < 5, "the iterator fails");
        ledger.message(id)
    });
    assert!(catch_unwind(AssertUnwindSafe(|| tx.try_send_many(messages))).is_err());
    assert!(rx.is_empty());
    ledger.assert_dropped([0, 1, 2, 3, 4]);

    let (tx, rx) = bounded(10);
    let both = (0..3).inspect(|_| tx.try_send(10).unwrap());
    assert_eq!(tx.try_send_many(both).unwrap(), 3);
    assert_eq!(rx.drain().collect::<Vec<_>>(), [10, 10, 10, 0, 1, 2]);
}

#[test]
fn threads_with_batches_lose_nothing() {
    const EACH: usize = 20_000;
    for (tx, rx) in [bounded(1), bounded(7), bounded(100), unbounded()] {
        let received: Vec<Vec<usize>> = thread::scope(|scope| {
            for sender in 0..3 {
                let tx = tx.clone();
                scope.spawn(move || {
                    let mut next = sender * EACH;
                    while next < (sender + 1) * EACH {
                        let count = (1 + next % 50).min((sender + 1) * EACH - next);
                        assert_eq!(tx.send_many_blocking(next..next + count).unwrap(), count);
                        next += count;
                    }
                });
            }
            drop(tx);
            let receivers = [0, 1].map(|receiver| {
                let rx = rx.clone();
                scope.spawn(move || {
                    let mut batch = Vec::new();
                    while rx.recv_many_blocking(&mut batch, 1 + 40 * receiver).is_ok() {}
                    batch
                })
            });
            receivers.into_iter().map(|receiver| receiver.join().unwrap()).collect()
        });
        for batch in &received {
            let mut last = [None; 3];
            assert!(batch.iter().all(|id| last[id / EACH].replace(*id) < Some(*id)), "in order");
        }
        let mut all = received.concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..3 * EACH));
    }
}
