//! Bugs that channels like this one have had: each test is one that would have caught it.

use core::mem::forget;
use core::task::{Context, Poll, Waker};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread;

use crate::common::{Ledger, Message, Task, give_up_after, on_every_runtime, watched};
use forebay::{Receiver, Sender, TryRecvError, TrySendError, bounded};

/// async-std#452: the second of two sends woke nobody, because a receiver was already awake.
#[test]
fn two_messages_wake_two_receivers() {
    let (tx, rx) = bounded(2);
    let recvs = [Task::parked(rx.recv()), Task::parked(rx.recv())];
    assert_eq!((tx.try_send(1), tx.try_send(2)), (Ok(()), Ok(())));
    assert!(recvs.iter().all(|recv| recv.wakes() == 1));
}

/// async-channel#45: a blocked send that was woken and forgotten blocked all the others.
#[test]
fn a_forgotten_send_blocks_nobody() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    forget(Task::parked(tx.send(1)));
    let mut next = Task::parked(tx.send(2));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(tx.try_send(3), Ok(()));
    assert_eq!(rx.try_recv(), Ok(3));
    assert_eq!(next.wakes(), 1);
    assert_eq!(next.finish(), Ok(()));
}

/// event-listener#138, #139: the first notification of all was lost, as nothing was initialised.
#[test]
fn the_first_notification_ever_arrives() {
    watched(|| {
        for _ in 0..300 {
            let (tx, rx) = bounded(1);
            let sender = thread::spawn(move || tx.try_send(1));
            assert_eq!(rx.recv_blocking(), Ok(1));
            assert_eq!(sender.join().expect("no panic"), Ok(()));
        }
    });
}

/// async-channel#60: a weak handle came back to life after the channel was closed.
#[test]
fn no_weak_handle_is_upgraded_after_close() {
    let (tx, rx) = bounded::<u8>(1);
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
    tx.close();
    assert!(weak_tx.upgrade().is_none() && weak_rx.upgrade().is_none());
}

/// async-channel#23, crossbeam#669: a reply channel inside a message nobody would receive stayed
/// open until the last sender went.
#[test]
fn a_reply_channel_inside_closes_with_the_last_receiver() {
    on_every_runtime(async |_| {
        let (tx, rx) = bounded(1);
        let (reply_tx, reply_rx) = bounded::<u8>(1);
        tx.send(reply_tx).await.expect("the receiver lives");
        drop(rx);
        assert!(reply_rx.recv().await.is_err());
        assert!(tx.is_closed());
    });
}

/// crossbeam#1187 (RUSTSEC-2025-0024), #1084, rust#121582, futures-rs#1241, tokio#601: messages
/// sent while the last receiver went were leaked, or dropped twice.
#[test]
fn a_send_beside_the_last_drop_of_a_receiver_neither_leaks_nor_drops_twice() {
    const EACH: usize = 10;
    watched(|| {
        for _ in 0..200 {
            let ledger = Ledger::new(2 * EACH);
            let (tx, rx) = bounded(3);
            thread::scope(|scope| {
                for sender in 0..2 {
                    let (tx, ledger) = (&tx, &ledger);
                    scope.spawn(move || {
                        for id in sender * EACH..(sender + 1) * EACH {
                            drop(tx.send_blocking(ledger.message(id)));
                        }
                    });
                }
                drop(rx.recv_blocking());
                drop(rx);
            });
            ledger.assert_all_dropped();
        }
    });
}

/// crossbeam#838: what a sender wrote before it went was not visible to who saw `Closed`.
#[test]
fn closed_shows_what_the_sender_did_before() {
    watched(|| {
        for _ in 0..300 {
            let (tx, rx) = bounded::<()>(1);
            let written = Arc::new(Mutex::new(Some(7)));
            let moved = Arc::clone(&written);
            let sender = thread::spawn(move || {
                let sole = moved;
                drop(sole);
                drop(tx);
            });
            while rx.try_recv() != Err(TryRecvError::Closed) {
                thread::yield_now();
            }
            let written = Arc::try_unwrap(written).expect("the sender dropped its own before");
            assert_eq!(written.into_inner().expect("no panic"), Some(7));
            sender.join().expect("no panic");
        }
    });
}

/// crossbeam#382: a receiver missed the disconnect that raced with its going to sleep.
#[test]
fn a_receiver_that_goes_to_sleep_sees_the_last_sender_go() {
    watched(|| {
        for _ in 0..300 {
            let (tx, rx) = bounded::<u8>(1);
            let receiver = thread::spawn(move || rx.recv_blocking());
            drop(tx);
            assert!(receiver.join().expect("no panic").is_err());
        }
    });
}

/// tokio#2020, #3350: `try_recv` answered `Empty` after the caller's own send had completed, while
/// another sender was in the middle of its own.
#[test]
fn try_recv_finds_a_message_after_an_own_send() {
    const ROUNDS: usize = 20_000;
    // Large messages and more threads than processors: often one stops in the middle of a send.
    let message = [0_u8; 1 << 12];
    watched(|| {
        let (tx, rx) = bounded(8);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        assert!(tx.try_send(message).is_ok());
                        assert!(rx.try_recv().is_ok(), "one message is never taken by two");
                    }
                });
            }
        });
    });
}

/// tokio#8062: the length fell below zero beside concurrent receivers; #6602: `is_empty` was wrong
/// at the border of a block.
#[test]
fn the_length_stays_within_its_bounds() {
    watched(|| {
        let (tx, rx) = bounded(3);
        thread::scope(|scope| {
            for _ in 0..2 {
                let tx = &tx;
                let rx = &rx;
                scope.spawn(move || (0..3000).for_each(|_| assert!(tx.force_send(()).is_ok())));
                scope.spawn(move || (0..3000).filter(|_| rx.try_recv().is_ok()).count());
            }
            (0..3000).for_each(|_| assert!(tx.len() <= 3));
        });
        while rx.try_recv().is_ok() {}
        for laps in 0..100 {
            assert!(rx.is_empty() && tx.try_send(()).is_ok(), "after {laps} laps");
            assert!(!rx.is_empty() && rx.try_recv().is_ok());
        }
    });
}

/// flume (iroh#2536): a cancelled receive took its notification with it.
#[test]
fn a_cancelled_recv_hands_its_notification_on() {
    let (tx, rx) = bounded(1);
    let cancelled = Task::parked(rx.recv());
    let mut next = Task::parked(rx.recv());
    assert_eq!(tx.try_send(1), Ok(()));
    drop(cancelled);
    assert_eq!(next.wakes(), 1);
    assert_eq!(next.finish(), Ok(1));
}

/// flume#120, crossfire#70: `Closed` while a message was still inside.
#[test]
fn closed_is_never_the_answer_while_a_message_is_inside() {
    watched(|| {
        for _ in 0..500 {
            let (tx, rx) = bounded(2);
            let sender = thread::spawn(move || {
                assert!(tx.try_send(1).is_ok());
                assert!(tx.try_send(2).is_ok());
            });
            let mut received = Vec::new();
            loop {
                match rx.try_recv() {
                    Ok(message) => received.push(message),
                    Err(TryRecvError::Empty) => thread::yield_now(),
                    Err(TryRecvError::Closed) => break,
                }
            }
            assert_eq!(received, [1, 2]);
            sender.join().expect("no panic");
        }
    });
}

/// flume#182: every poll of a waiting future registered it once more.
#[test]
fn a_future_polled_often_is_registered_once() {
    let (tx, rx) = bounded(1);
    let mut recv = Task::parked(rx.recv());
    let waker = recv.replace_waker();
    for _ in 0..1000 {
        recv.park();
    }
    assert_eq!(Arc::strong_count(&waker), 1, "the first waker was let go");
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!((waker.count(), recv.wakes()), (0, 1));
}

/// crossfire#22: a waiter that found a message just before it slept stayed registered, and took
/// the next notification with it.
#[test]
fn a_wait_that_ends_early_leaves_no_waiter_behind() {
    watched(|| {
        for _ in 0..300 {
            let (tx, rx) = bounded(2);
            thread::scope(|scope| {
                let receivers = [(); 2].map(|()| {
                    scope.spawn(|| {
                        let mut recv = Task::new(rx.recv());
                        if let Poll::Ready(message) = recv.settle() {
                            return message;
                        }
                        drop(recv);
                        rx.recv_blocking()
                    })
                });
                assert_eq!((tx.try_send(1), tx.try_send(2)), (Ok(()), Ok(())));
                let received = receivers.map(|receiver| receiver.join().expect("no panic"));
                assert!(received == [Ok(1), Ok(2)] || received == [Ok(2), Ok(1)]);
            });
        }
    });
}

/// crossfire 2.0.9: a future polled with another waker was never woken again.
#[test]
fn the_waker_of_the_last_poll_is_the_one_that_counts() {
    let (tx, rx) = bounded(1);
    let mut recv = Task::parked(rx.recv());
    let old = recv.replace_waker();
    recv.park();
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!((old.count(), recv.wakes()), (0, 1));
}

/// crossfire#72: the message of a send that was never polled was leaked.
#[test]
fn a_send_that_is_never_polled_drops_its_message() {
    let ledger = Ledger::new(1);
    let (tx, _rx) = bounded(1);
    drop(tx.send(ledger.message(0)));
    ledger.assert_all_dropped();
}

/// kanal#24 (ferrotunnel#170): a receive that was cancelled took its message with it.
#[test]
fn a_cancelled_recv_leaves_the_message_inside() {
    on_every_runtime(async |runtime| {
        const MESSAGES: usize = 200;
        let (tx, rx) = bounded(1);
        let sender = runtime.spawn(async move {
            for message in 0..MESSAGES {
                tx.send(message).await.expect("the receiver lives");
            }
        });
        let mut received = 0;
        while received < MESSAGES {
            match give_up_after(1, &mut rx.recv()).await {
                Some(message) => {
                    assert_eq!(message, Ok(received));
                    received += 1;
                }
                None => futures_lite::future::yield_now().await,
            }
        }
        sender.await;
    });
}

/// thingbuf#83: a full channel was taken for an empty one, or hung, when the reader was slow.
#[test]
fn full_is_full_wherever_the_ring_begins() {
    for capacity in 1..=5 {
        let (tx, rx) = bounded(capacity);
        for lap in 0..3 * capacity {
            while tx.try_send(lap).is_ok() {}
            assert_eq!((tx.len(), tx.try_send(lap)), (capacity, Err(TrySendError::Full(lap))));
            // One step on: the next lap begins at the next slot.
            while rx.try_recv().is_ok() {}
            assert_eq!((tx.try_send(lap), rx.try_recv()), (Ok(()), Ok(lap)));
        }
    }
}

/// agrona#48: with a capacity of one, the second message overwrote the first.
#[test]
fn a_capacity_of_one_holds_one_message() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
}

/// tachyonix#2: a send future that was forgotten left a pointer to itself in the channel.
#[test]
fn a_forgotten_future_leaves_nothing_dangling() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    {
        let mut on_the_stack = tx.send(1);
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..100 {
            assert!(pin!(&mut on_the_stack).poll(&mut cx).is_pending());
        }
        forget(on_the_stack);
    }
    let overwritten = [0xff_u8; 256];
    assert_eq!(rx.try_recv(), Ok(0));
    assert!(rx.close());
    assert!(std::hint::black_box(overwritten).iter().all(|byte| *byte == 0xff));
}

/// oneshot#87 (RUSTSEC-2026-0005): a receive dropped while it was being woken was used after free.
#[test]
fn a_recv_dropped_beside_a_send_is_not_touched_again() {
    watched(|| {
        for _ in 0..500 {
            let (tx, rx) = bounded(1);
            let recv = Task::parked(rx.recv());
            thread::scope(|scope| {
                scope.spawn(|| assert_eq!(tx.try_send(1), Ok(())));
                drop(recv);
            });
            assert_eq!(rx.try_recv(), Ok(1));
        }
    });
}

/// loole#3: when the receivers went, the waiting sends got one another's messages back.
#[test]
fn waiting_sends_get_their_own_message_back() {
    let ledger = Ledger::new(5);
    let (tx, rx) = bounded(1);
    assert!(tx.try_send(ledger.message(4)).is_ok());
    let mut sends: Vec<_> = (0..4).map(|id| Task::parked(tx.send(ledger.message(id)))).collect();
    drop(rx);
    for (id, send) in sends.iter_mut().enumerate() {
        let error: Result<(), forebay::SendError<Message>> = send.finish();
        assert_eq!(error.expect_err("nobody receives").into_inner().id(), id);
    }
}

/// async-channel#13: receivers woke one another without a message, at full speed.
#[test]
fn idle_receivers_do_not_wake_one_another() {
    let (tx, rx) = bounded(1);
    let mut recvs = [Task::parked(rx.recv()), Task::parked(rx.recv())];
    for _ in 0..3 {
        assert_eq!(tx.try_send(1), Ok(()));
        assert_eq!(rx.try_recv(), Ok(1));
        let mut polls = 0;
        while let Some(woken) = recvs.iter_mut().find(|recv| recv.wakes() > 0) {
            woken.park();
            polls += 1;
        }
        assert!(polls <= 1, "{polls} polls for one message that somebody else took");
    }
}

/// futures-rs#1932, tokio#5429: a waker that used the channel, when it was woken or dropped, found
/// it locked. Here a waker may use every part of it but the gate that it waits at.
#[test]
fn a_waker_may_use_the_channel() {
    struct Echo(Sender<u8>, Receiver<u8>);
    impl Wake for Echo {
        fn wake(self: Arc<Self>) {
            assert_eq!((self.0.len(), self.1.len()), (1, 1));
            assert_eq!(self.1.try_recv(), Ok(1));
        }
    }
    watched(|| {
        let (tx, rx) = bounded(1);
        let mut recv = pin!(rx.recv());
        let waker = Waker::from(Arc::new(Echo(tx.clone(), rx.clone())));
        // The first polls may ask for another turn at once.
        for _ in 0..100 {
            assert!(recv.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert!(recv.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        assert_eq!(tx.try_send(1), Ok(()));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty), "the waker received it");
    });
}
