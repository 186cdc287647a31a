//! Blocking calls and futures on the same channel.

use std::thread;

use crate::common::{Task, on_every_runtime, watched};
use forebay::{RecvError, SendError, bounded};

const MESSAGES: usize = 300;

#[test]
fn blocking_calls_that_need_not_wait() {
    watched(|| {
        let (tx, rx) = bounded(1);
        assert_eq!(tx.send_blocking(1), Ok(()));
        assert_eq!(rx.recv_blocking(), Ok(1));
        assert_eq!(tx.send_blocking(2), Ok(()));
        tx.close();
        assert_eq!(tx.send_blocking(3), Err(SendError(3)));
        assert_eq!(rx.recv_blocking(), Ok(2));
        assert_eq!(rx.recv_blocking(), Err(RecvError));
    });
}

#[test]
fn threads_hand_over_every_message_in_order() {
    watched(|| {
        for capacity in [1, 2, 5] {
            let (tx, rx) = bounded(capacity);
            thread::scope(|scope| {
                scope.spawn(move || {
                    for message in 0..MESSAGES {
                        assert_eq!(tx.send_blocking(message), Ok(()));
                    }
                });
                for message in 0..MESSAGES {
                    assert_eq!(rx.recv_blocking(), Ok(message));
                }
                assert_eq!(rx.recv_blocking(), Err(RecvError));
            });
        }
    });
}

#[test]
fn many_threads_on_both_sides() {
    watched(|| {
        let (tx, rx) = bounded(2);
        let mut received: Vec<usize> = thread::scope(|scope| {
            for sender in 0..4 {
                let tx = tx.clone();
                scope.spawn(move || {
                    for n in 0..MESSAGES {
                        assert_eq!(tx.send_blocking(sender * MESSAGES + n), Ok(()));
                    }
                });
            }
            drop(tx);
            let receive_all = || core::iter::from_fn(|| rx.recv_blocking().ok()).collect();
            let receivers: Vec<_> = (0..4).map(|_| scope.spawn(receive_all)).collect();
            receivers
                .into_iter()
                .flat_map(|receiver| -> Vec<usize> { receiver.join().expect("no panic") })
                .collect()
        });
        received.sort_unstable();
        assert!(received.into_iter().eq(0..4 * MESSAGES));
    });
}

#[test]
fn a_thread_receives_what_a_task_sends() {
    on_every_runtime(async |_| {
        let (tx, rx) = bounded(1);
        let thread =
            thread::spawn(move || core::iter::from_fn(|| rx.recv_blocking().ok()).eq(0..MESSAGES));
        for message in 0..MESSAGES {
            tx.send(message).await.expect("the thread receives");
        }
        drop(tx);
        assert!(thread.join().expect("the thread did not panic"));
    });
}

#[test]
fn a_task_receives_what_a_thread_sends() {
    on_every_runtime(async |_| {
        let (tx, rx) = bounded(1);
        let thread = thread::spawn(move || {
            (0..MESSAGES).for_each(|message| tx.send_blocking(message).expect("the task receives"));
        });
        for message in 0..MESSAGES {
            assert_eq!(rx.recv().await, Ok(message));
        }
        assert_eq!(rx.recv().await, Err(RecvError));
        thread.join().expect("the thread did not panic");
    });
}

#[test]
fn close_releases_blocked_threads() {
    watched(|| {
        let (tx, rx) = bounded::<u8>(1);
        thread::scope(|scope| {
            let receivers: Vec<_> = (0..2).map(|_| scope.spawn(|| rx.recv_blocking())).collect();
            assert!(tx.close());
            for receiver in receivers {
                assert_eq!(receiver.join().expect("no panic"), Err(RecvError));
            }
        });

        let (tx, rx) = bounded(1);
        assert_eq!(tx.send_blocking(0), Ok(()));
        thread::scope(|scope| {
            let tx = &tx;
            let senders: Vec<_> =
                (1..3).map(|message| scope.spawn(move || tx.send_blocking(message))).collect();
            drop(rx);
            for (sender, message) in senders.into_iter().zip(1..) {
                assert_eq!(sender.join().expect("no panic"), Err(SendError(message)));
            }
        });
    });
}

#[test]
fn a_blocked_thread_and_a_parked_future_share_the_wakeups() {
    watched(|| {
        let (tx, rx) = bounded(2);
        let mut parked = Task::parked(rx.recv());
        let rx_2 = rx.clone();
        let thread = thread::spawn(move || rx_2.recv_blocking());
        assert_eq!(tx.try_send(1), Ok(()));
        assert_eq!(tx.try_send(2), Ok(()));
        let mut received = [parked.finish(), thread.join().expect("no panic")];
        received.sort_by_key(|message| message.ok());
        assert_eq!(received, [Ok(1), Ok(2)]);
        assert!(rx.is_empty());
    });
}

/// An iterator that sleeps on this very thread takes no wakeup from the send that asks it.
#[test]
fn a_pipe_of_channels_gets_everything_through() {
    const MESSAGES: usize = 3000;

    let (first, between) = bounded(1);
    let (second, last) = bounded(1);
    thread::scope(|scope| {
        scope
            .spawn(move || (0..MESSAGES).for_each(|message| first.send_blocking(message).unwrap()));
        scope.spawn(move || {
            let sent = second.send_many_blocking(between.iter());
            assert_eq!(sent.map_err(drop), Ok(MESSAGES));
        });
        assert!(last.iter().eq(0..MESSAGES));
    });
}
