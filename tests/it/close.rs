//! Close is final and complete, in every state of the channel.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::common::{Ledger, Message, Task, on_every_runtime, watched};
use forebay::{RecvError, SendError, TryRecvError, TrySendError, bounded};

#[test]
fn only_the_first_close_closes() {
    for by_sender in [true, false] {
        let (tx, rx) = bounded::<u8>(1);
        assert!(!tx.is_closed() && !rx.is_closed());
        assert!(if by_sender { tx.close() } else { rx.close() });
        assert!(tx.is_closed() && rx.is_closed());
        assert!(!tx.close() && !rx.close());
    }
}

#[test]
fn what_is_inside_at_any_fill_level_is_still_received() {
    for capacity in [1, 2, 3, 4, 5] {
        for fill in 0..=capacity {
            for laps in 0..2 * capacity {
                let (tx, rx) = bounded(capacity);
                for _ in 0..laps {
                    assert_eq!(tx.try_send(usize::MAX), Ok(()));
                    assert_eq!(rx.try_recv(), Ok(usize::MAX));
                }
                (0..fill).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
                assert!(tx.close());
                assert_eq!(tx.try_send(9), Err(TrySendError::Closed(9)));
                assert_eq!(Task::new(tx.send(9)).finish(), Err(SendError(9)));
                assert_eq!(tx.force_send(9), Err(SendError(9)));
                (0..fill).for_each(|message| assert_eq!(rx.try_recv(), Ok(message)));
                assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
                assert_eq!(Task::new(rx.recv()).finish(), Err(RecvError));
                assert_eq!(tx.try_send(9), Err(TrySendError::Closed(9)), "also when emptied");
            }
        }
    }
}

#[test]
fn close_wakes_everyone_who_waits_for_a_message() {
    let (tx, rx) = bounded::<u8>(1);
    let mut recvs: Vec<_> = (0..3).map(|_| Task::parked(rx.recv())).collect();
    let mut streams: Vec<_> = (0..3).map(|_| Task::parked_stream(rx.clone())).collect();
    let mut closed: Vec<_> = (0..3).map(|_| Task::parked(tx.closed())).collect();
    tx.close();
    for recv in &mut recvs {
        assert!(recv.wakes() > 0);
        assert_eq!(recv.finish(), Err(RecvError));
    }
    for stream in &mut streams {
        assert!(stream.wakes() > 0);
        assert_eq!(stream.next(), None);
    }
    for closed in &mut closed {
        assert!(closed.wakes() > 0);
        closed.finish();
    }
}

#[test]
fn close_wakes_every_waiting_send_which_gets_its_own_message_back() {
    let (tx, rx) = bounded(2);
    (0..2).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    let mut sends: Vec<_> = (10..14).map(|message| Task::parked(tx.send(message))).collect();
    rx.close();
    for (send, message) in sends.iter_mut().zip(10..) {
        assert!(send.wakes() > 0);
        assert_eq!(send.finish(), Err(SendError(message)));
    }
    (0..2).for_each(|message| assert_eq!(rx.try_recv(), Ok(message)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn a_send_with_a_notification_still_fails_after_close() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let mut send = Task::parked(tx.send(1));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(send.wakes(), 1);
    tx.close();
    assert_eq!(send.finish(), Err(SendError(1)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn the_last_sender_closes() {
    let (tx, rx) = bounded(1);
    let tx_2 = tx.clone();
    let mut recv = Task::parked(rx.recv());
    drop(tx);
    assert_eq!((recv.wakes(), rx.is_closed()), (0, false));
    assert_eq!(tx_2.try_send(1), Ok(()));
    assert_eq!(recv.finish(), Ok(1));
    recv.park();
    drop(tx_2);
    assert!(recv.wakes() > 0 && rx.is_closed());
    assert_eq!(recv.finish(), Err(RecvError));
}

#[test]
fn the_last_receiver_closes() {
    let (tx, rx) = bounded(1);
    let rx_2 = rx.clone();
    let mut closed = Task::parked(tx.closed());
    assert_eq!(tx.try_send(1), Ok(()));
    let mut send = Task::parked(tx.send(2));
    drop(rx);
    assert_eq!((send.wakes(), closed.wakes(), tx.is_closed()), (0, 0, false));
    drop(rx_2);
    assert!(send.wakes() > 0 && closed.wakes() > 0 && tx.is_closed());
    assert_eq!(send.finish(), Err(SendError(2)));
    closed.finish();
}

#[test]
fn messages_outlive_the_last_sender() {
    let (tx, rx) = bounded(3);
    (0..3).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    drop(tx);
    assert_eq!(rx.len(), 3);
    (0..3).for_each(|message| assert_eq!(rx.try_recv(), Ok(message)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn the_last_receiver_drops_what_is_inside_at_once() {
    for closed_before in [false, true] {
        let ledger = Ledger::new(4);
        let (tx, rx) = bounded(3);
        for id in 0..3 {
            assert!(tx.try_send(ledger.message(id)).is_ok());
        }
        let mut send = Task::parked(tx.send(ledger.message(3)));
        let rx_2 = rx.clone();
        if closed_before {
            tx.close();
        }
        drop(rx);
        ledger.assert_dropped([]);
        drop(rx_2);
        ledger.assert_dropped(0..3);
        assert_eq!(tx.len(), 0);
        let Err(SendError(message)) = send.finish() else { panic!("the channel is closed") };
        assert_eq!(message.id(), 3);
        drop(message);
        ledger.assert_all_dropped();
    }
}

#[test]
fn a_task_that_waits_is_released_by_close() {
    on_every_runtime(async |runtime| {
        let (tx, rx) = bounded::<u8>(1);
        let (tx_2, rx_2) = (tx.clone(), rx.clone());
        let recv = runtime.spawn(async move { rx_2.recv().await });
        let (done_tx, done_rx) = bounded(1);
        let closed = runtime.spawn(async move {
            tx_2.closed().await;
            done_tx.send(()).await
        });
        assert!(tx.close());
        assert_eq!(recv.await, Err(RecvError));
        assert_eq!(done_rx.recv().await, Ok(()));
        assert_eq!(closed.await, Ok(()));

        let (tx, rx) = bounded(1);
        assert_eq!(tx.send(0).await, Ok(()));
        let sends: Vec<_> = (1..4)
            .map(|message| {
                let tx = tx.clone();
                runtime.spawn(async move { tx.send(message).await })
            })
            .collect();
        drop(rx);
        for (send, message) in sends.into_iter().zip(1..) {
            assert_eq!(send.await, Err(SendError(message)));
        }
    });
}

#[test]
fn a_send_that_races_close_is_either_delivered_or_given_back() {
    const ROUNDS: usize = 300;
    watched(|| {
        for round in 0..ROUNDS {
            let (tx, rx) = bounded(3);
            let accepted: usize = thread::scope(|scope| {
                let senders: Vec<_> = (0..2)
                    .map(|_| {
                        let tx = tx.clone();
                        scope.spawn(move || {
                            let mut accepted = 0;
                            loop {
                                match tx.try_send(accepted) {
                                    Ok(()) => accepted += 1,
                                    Err(TrySendError::Closed(message)) => {
                                        assert_eq!(message, accepted);
                                        return accepted;
                                    }
                                    Err(TrySendError::Full(_)) => thread::yield_now(),
                                }
                            }
                        })
                    })
                    .collect();
                let mut received = 0;
                while received < round % 7 {
                    received += usize::from(rx.try_recv().is_ok());
                }
                assert!(rx.close());
                let accepted = senders.into_iter().map(|sender| sender.join().unwrap()).sum();
                received += core::iter::from_fn(|| rx.try_recv().ok()).count();
                assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
                assert_eq!(received, accepted, "round {round}");
                accepted
            });
            assert!(accepted >= round % 7);
        }
    });
}

#[test]
fn nobody_is_told_closed_while_a_message_is_inside() {
    // Large, so that a sender or a receiver is often in the middle of one.
    let message = [0_u8; 1 << 10];
    watched(|| {
        for _ in 0..300 {
            let (tx, rx) = bounded(4);
            let received = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        loop {
                            match tx.try_send(message) {
                                Ok(()) => {}
                                Err(TrySendError::Full(_)) => thread::yield_now(),
                                Err(TrySendError::Closed(_)) => break,
                            }
                        }
                    });
                    scope.spawn(|| {
                        loop {
                            match rx.try_recv() {
                                Ok(_) => drop(received.fetch_add(1, Ordering::Relaxed)),
                                Err(TryRecvError::Empty) => thread::yield_now(),
                                Err(TryRecvError::Closed) => break,
                            }
                        }
                        assert!(rx.is_empty());
                    });
                }
                while received.load(Ordering::Relaxed) < 8 {
                    thread::yield_now();
                }
                rx.close();
            });
        }
    });
}

#[test]
fn no_send_succeeds_once_close_has_returned() {
    watched(|| {
        for _ in 0..300 {
            let (tx, rx) = bounded(2);
            let closed = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    loop {
                        let was_closed = closed.load(Ordering::SeqCst);
                        let sent = tx.try_send(()).is_ok();
                        assert!(!(was_closed && sent), "sent into a closed channel");
                        if was_closed {
                            break;
                        }
                        let _ = rx.try_recv();
                    }
                });
                thread::yield_now();
                rx.close();
                closed.store(true, Ordering::SeqCst);
            });
        }
    });
}

#[test]
fn messages_sent_while_the_last_receiver_goes_are_dropped_or_given_back() {
    const MESSAGES: usize = 20;
    /// Large, so that a sender is often in the middle of one.
    type Parcel = (Message, [u8; 1 << 14]);
    watched(|| {
        for round in 0..200 {
            let ledger = Ledger::new(MESSAGES);
            let (tx, rx) = bounded::<Parcel>(4);
            thread::scope(|scope| {
                scope.spawn(|| {
                    for id in 0..MESSAGES {
                        if let Err(error) = tx.try_send((ledger.message(id), [0; 1 << 14])) {
                            assert_eq!(error.into_inner().0.id(), id);
                        }
                    }
                });
                for _ in 0..round % 5 {
                    drop(rx.try_recv());
                }
                drop(rx);
            });
            // The sender lives: what it sent does not wait for it to go.
            ledger.assert_all_dropped();
            assert_eq!(tx.len(), 0);
        }
    });
}
