//! `force_send` always has room: it displaces the oldest message.

use core::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::common::{Ledger, Task, watched};
use forebay::{SendError, bounded};

#[test]
fn force_send_displaces_the_oldest_of_a_full_channel() {
    for capacity in [1, 2, 3, 4, 5, 1000] {
        let (tx, rx) = bounded(capacity);
        for message in 0..3 * capacity {
            let displaced = message.checked_sub(capacity);
            assert_eq!(tx.force_send(message), Ok(displaced));
            assert_eq!(tx.len(), capacity.min(message + 1));
        }
        for message in 2 * capacity..3 * capacity {
            assert_eq!(rx.try_recv(), Ok(message));
        }
        assert!(rx.is_empty());
    }
}

#[test]
fn force_send_into_a_closed_channel_fails_with_its_message() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.force_send(1), Ok(None));
    tx.close();
    assert_eq!(tx.force_send(2), Err(SendError(2)));
    assert_eq!(rx.try_recv(), Ok(1), "nothing was displaced");
    assert_eq!(tx.force_send(3), Err(SendError(3)));
}

#[test]
fn force_send_wakes_like_any_send() {
    let (tx, rx) = bounded(1);
    let mut recvs = [Task::parked(rx.recv()), Task::parked(rx.recv())];
    assert_eq!(tx.force_send(1), Ok(None));
    assert_eq!(recvs.iter().map(Task::wakes).sum::<usize>(), 1);
    let woken = recvs.iter_mut().find(|recv| recv.wakes() == 1).expect("one was woken");
    assert_eq!(woken.finish(), Ok(1));

    let mut stream = Task::new(rx.clone());
    drop(recvs);
    stream.park_next();
    assert_eq!(tx.force_send(2), Ok(None));
    assert_eq!(stream.wakes(), 1);
}

#[test]
fn a_displaced_message_makes_no_room_for_a_waiting_send() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(1), Ok(()));
    let mut send = Task::parked(tx.send(2));
    assert_eq!(tx.force_send(3), Ok(Some(1)));
    assert_eq!(send.wakes(), 0);
    assert!(send.settle().is_pending());
    assert_eq!(rx.try_recv(), Ok(3));
    assert_eq!(send.wakes(), 1);
    assert_eq!(send.finish(), Ok(()));
}

#[test]
fn a_message_is_displaced_or_received_but_never_both() {
    const SENDERS: usize = 3;
    const EACH: usize = 2000;
    watched(|| {
        for capacity in [1, 2, 5] {
            let ledger = Ledger::new(SENDERS * EACH);
            let (tx, rx) = bounded(capacity);
            let mut seen: Vec<usize> = thread::scope(|scope| {
                let senders: Vec<_> = (0..SENDERS)
                    .map(|sender| {
                        let (tx, ledger) = (tx.clone(), &ledger);
                        scope.spawn(move || {
                            let mut displaced = Vec::new();
                            for id in sender * EACH..(sender + 1) * EACH {
                                let Ok(old) = tx.force_send(ledger.message(id)) else {
                                    panic!("the channel is open")
                                };
                                displaced.extend(old.map(|message| message.id()));
                                assert!(tx.len() <= capacity);
                            }
                            displaced
                        })
                    })
                    .collect();
                drop(tx);
                let mut last = [None; SENDERS];
                let mut received = Vec::new();
                while let Ok(message) = rx.recv_blocking() {
                    let id = message.id();
                    assert!(last[id / EACH] < Some(id), "the order of one sender");
                    last[id / EACH] = Some(id);
                    received.push(id);
                }
                for sender in senders {
                    received.extend(sender.join().expect("the sender did not panic"));
                }
                received
            });
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..SENDERS * EACH), "capacity {capacity}");
            ledger.assert_all_dropped();
        }
    });
}

/// The closed flag shares a word with the position that `force_send` moves.
#[test]
fn force_send_never_loses_a_close() {
    const ROUNDS: usize = 1000;
    watched(|| {
        for round in 0..ROUNDS {
            let (tx, rx) = bounded(1 + round % 3);
            let closed = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    for turn in 1.. {
                        let was_closed = closed.load(Ordering::SeqCst);
                        let sent = tx.force_send(()).is_ok();
                        assert!(!(was_closed && sent), "round {round}: the close is lost");
                        if was_closed {
                            break;
                        }
                        // On a busy machine the closing thread may wait for this one's processor.
                        if turn % 64 == 0 {
                            thread::yield_now();
                        }
                    }
                });
                while !rx.is_full() {
                    thread::yield_now();
                }
                assert!(rx.close());
                closed.store(true, Ordering::SeqCst);
            });
            assert!(tx.is_closed() && !tx.close());
        }
    });
}
