//! A future may be dropped at every boundary between its polls: no message and no wakeup is lost.

use core::task::Poll;

use crate::common::{Ledger, Task, give_up_after, on_every_runtime};
use forebay::{SendError, TryRecvError, bounded};

/// Where in its life a waiting future is dropped.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Unpolled,
    /// Polled once: perhaps it only yielded and is not registered yet.
    PolledOnce,
    Asleep,
    /// Woken for a message or a slot, and dropped before it looked.
    Woken,
    /// Woken, robbed by somebody who did not wait, and asleep again.
    Robbed,
    Closed,
}

const BOUNDARIES: [At; 6] =
    [At::Unpolled, At::PolledOnce, At::Asleep, At::Woken, At::Robbed, At::Closed];

const CAPACITIES: [usize; 4] = [1, 2, 3, 4];

#[test]
fn a_recv_dropped_at_any_boundary_loses_nothing() {
    for capacity in CAPACITIES {
        for at in BOUNDARIES {
            let case = format!("capacity {capacity}, dropped {at:?}");
            let (tx, rx) = bounded(capacity);
            let mut sent = 0;
            let mut send = || {
                assert_eq!(tx.try_send(sent), Ok(()), "{case}");
                sent += 1;
            };
            let mut received = Vec::new();
            let mut recv = Task::new(rx.recv());
            match at {
                At::Unpolled => {}
                At::PolledOnce => assert!(recv.poll().is_pending()),
                _ => recv.park(),
            }
            let mut other = Task::parked(rx.recv());
            match at {
                At::Unpolled | At::PolledOnce | At::Asleep => {}
                At::Woken => send(),
                At::Robbed => {
                    send();
                    received.push(rx.try_recv().expect("the thief is first"));
                    recv.park();
                }
                At::Closed => {
                    tx.close();
                }
            }
            drop(recv);
            if at == At::Closed {
                assert!(other.finish().is_err(), "{case}");
                continue;
            }
            // Whatever was dropped, the other waiter is woken for the next message it can have.
            if at != At::Woken {
                send();
            }
            assert_eq!(other.wakes(), 1, "{case}");
            received.push(other.finish().expect("a message is there"));
            drop(other);
            (0..capacity).for_each(|_| send());
            received.extend(core::iter::from_fn(|| rx.try_recv().ok()));
            assert!(received.into_iter().eq(0..sent), "{case}");
        }
    }
}

#[test]
fn a_send_dropped_at_any_boundary_is_not_sent_and_loses_no_slot() {
    for capacity in CAPACITIES {
        for at in BOUNDARIES {
            let case = format!("capacity {capacity}, dropped {at:?}");
            let ledger = Ledger::new(capacity + 3);
            let (cancelled, others, robber) = (capacity, capacity + 1, capacity + 2);
            let (tx, rx) = bounded(capacity);
            for id in 0..capacity {
                assert!(tx.try_send(ledger.message(id)).is_ok(), "{case}");
            }
            let mut send = Task::new(tx.send(ledger.message(cancelled)));
            match at {
                At::Unpolled => {}
                At::PolledOnce => assert!(send.poll().is_pending()),
                _ => send.park(),
            }
            let mut other = Task::parked(tx.send(ledger.message(others)));
            let robber = ledger.message(robber);
            let mut expected: Vec<_> = (0..capacity).collect();
            let mut received = Vec::new();
            let mut receive = || received.push(rx.try_recv().expect("a message is there").id());
            match at {
                At::Unpolled | At::PolledOnce | At::Asleep => drop(robber),
                At::Woken => {
                    drop(robber);
                    receive();
                }
                At::Robbed => {
                    receive();
                    expected.push(robber.id());
                    assert!(tx.try_send(robber).is_ok(), "{case}");
                    send.park();
                }
                At::Closed => {
                    drop(robber);
                    tx.close();
                }
            }
            assert_eq!(ledger.drops(cancelled), 0, "{case}");
            drop(send);
            assert_eq!(ledger.drops(cancelled), 1, "{case}");
            if at == At::Closed {
                let Err(SendError(message)) = other.finish() else { panic!("{case}") };
                assert_eq!(message.id(), others, "{case}");
            } else {
                if at != At::Woken {
                    receive();
                }
                assert_eq!(other.wakes(), 1, "{case}");
                assert!(other.finish().is_ok(), "{case}");
                expected.push(others);
            }
            while let Ok(message) = rx.try_recv() {
                received.push(message.id());
            }
            assert_eq!(received, expected, "{case}");
            ledger.assert_all_dropped();
        }
    }
}

#[test]
fn an_unsent_message_comes_back_from_every_boundary() {
    for at in BOUNDARIES {
        let (tx, rx) = bounded(1);
        assert_eq!(tx.try_send(0), Ok(()));
        let mut send = Task::new(tx.send(1));
        match at {
            At::Unpolled => {}
            At::PolledOnce => assert!(send.poll().is_pending()),
            At::Asleep => send.park(),
            At::Woken => {
                send.park();
                assert_eq!(rx.try_recv(), Ok(0));
            }
            At::Robbed => {
                send.park();
                assert_eq!(rx.try_recv(), Ok(0));
                assert_eq!(tx.try_send(2), Ok(()));
                send.park();
            }
            At::Closed => {
                send.park();
                tx.close();
            }
        }
        assert_eq!(send.into_inner().into_inner(), Some(1), "{at:?}");
        let inside = core::iter::from_fn(|| rx.try_recv().ok());
        assert!(!inside.into_iter().any(|message| message == 1), "{at:?}: taken back and sent");
    }
}

#[test]
fn a_message_taken_back_leaves_its_notification_to_the_next_send() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let send = Task::parked(tx.send(1));
    let mut next = Task::parked(tx.send(2));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((send.wakes(), next.wakes()), (1, 0));
    assert_eq!(send.into_inner().into_inner(), Some(1));
    assert_eq!(next.wakes(), 1);
    assert_eq!(next.finish(), Ok(()));
    assert_eq!(rx.try_recv(), Ok(2));
}

#[test]
fn a_finished_send_has_no_message_to_give_back() {
    let (tx, rx) = bounded(1);
    let mut sent = Task::new(tx.send(1));
    assert_eq!(sent.finish(), Ok(()));
    assert_eq!(sent.into_inner().into_inner(), None);
    assert_eq!(rx.try_recv(), Ok(1));

    tx.close();
    let mut refused = Task::new(tx.send(2));
    assert_eq!(refused.finish(), Err(SendError(2)));
    assert_eq!(refused.into_inner().into_inner(), None);
}

#[test]
fn a_cancelled_closed_leaves_the_others_waiting() {
    let (tx, rx) = bounded::<u8>(1);
    let first = Task::parked(tx.closed());
    let mut second = Task::parked(tx.closed());
    drop(first);
    assert_eq!(second.wakes(), 0);
    drop(rx);
    second.finish();
}

#[test]
fn every_other_waiter_still_gets_its_message_when_the_rest_is_cancelled() {
    let (tx, rx) = bounded(3);
    let mut kept = Vec::new();
    let mut dropped = Vec::new();
    for turn in 0..6 {
        let list = if turn % 2 == 0 { &mut dropped } else { &mut kept };
        list.push(Task::parked(rx.recv()));
    }
    (0..3).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    drop(dropped);
    for (message, recv) in kept.iter_mut().enumerate() {
        assert_eq!(recv.wakes(), 1);
        assert_eq!(recv.poll(), Poll::Ready(Ok(message)));
    }
}

/// Futures that give up after 1 to 5 polls, on real tasks, until each message is through.
#[test]
fn tasks_that_give_up_and_try_again_deliver_every_message_once() {
    const MESSAGES: usize = 200;
    on_every_runtime(async |runtime| {
        for capacity in CAPACITIES {
            let (tx, rx) = bounded(capacity);
            let senders: Vec<_> = (0..2)
                .map(|sender| {
                    let tx = tx.clone();
                    runtime.spawn(async move {
                        for n in 0..MESSAGES {
                            let mut message = sender * MESSAGES + n;
                            for polls in (1..=5).cycle() {
                                let mut send = tx.send(message);
                                if let Some(sent) = give_up_after(polls, &mut send).await {
                                    assert_eq!(sent, Ok(()));
                                    break;
                                }
                                message = send.into_inner().expect("a pending send has it");
                                futures_lite::future::yield_now().await;
                            }
                        }
                    })
                })
                .collect();
            let receivers: Vec<_> = (0..2)
                .map(|_| {
                    let rx = rx.clone();
                    runtime.spawn(async move {
                        let mut received = Vec::new();
                        for polls in (1..=5).cycle() {
                            match give_up_after(polls, &mut rx.recv()).await {
                                Some(Ok(message)) => received.push(message),
                                Some(Err(_)) => break,
                                None => futures_lite::future::yield_now().await,
                            }
                        }
                        received
                    })
                })
                .collect();
            drop(tx);
            for sender in senders {
                sender.await;
            }
            let mut received = Vec::new();
            for receiver in receivers {
                received.extend(receiver.await);
            }
            received.sort_unstable();
            assert!(received.into_iter().eq(0..2 * MESSAGES), "capacity {capacity}");
            assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
        }
    });
}

#[test]
fn a_future_moves_to_another_task_halfway() {
    on_every_runtime(async |runtime| {
        let (tx, rx) = bounded(1);
        let (tx_2, rx_2) = (tx.clone(), rx.clone());

        let mut recv = Box::pin(async move { rx_2.recv().await });
        assert!(futures_lite::future::poll_once(&mut recv).await.is_none());
        let recv = runtime.spawn(recv);
        assert_eq!(tx.send(1).await, Ok(()));
        assert_eq!(recv.await, Ok(1));

        assert_eq!(tx.send(2).await, Ok(()));
        let mut send = Box::pin(async move { tx_2.send(3).await });
        assert!(futures_lite::future::poll_once(&mut send).await.is_none());
        let send = runtime.spawn(send);
        assert_eq!(rx.recv().await, Ok(2));
        assert_eq!(send.await, Ok(()));
        assert_eq!(rx.recv().await, Ok(3));
    });
}
