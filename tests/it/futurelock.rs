//! A future that is woken and never polled again stalls at most its own notification.

use core::mem::forget;

use crate::common::{Task, on_every_runtime};
use forebay::bounded;

#[test]
fn an_unpolled_recv_does_not_stall_the_second_message() {
    let (tx, rx) = bounded(2);
    let mut unpolled = Task::parked(rx.recv());
    let mut second = Task::parked(rx.recv());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!((unpolled.wakes(), second.wakes()), (1, 0));
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.finish(), Ok(1), "the order is the ring's, whoever wakes");
    assert_eq!(unpolled.finish(), Ok(2));
}

#[test]
fn an_unpolled_send_does_not_stall_the_second_slot() {
    let (tx, rx) = bounded(2);
    (0..2).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    let mut unpolled = Task::parked(tx.send(2));
    let mut second = Task::parked(tx.send(3));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((unpolled.wakes(), second.wakes()), (1, 0));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.finish(), Ok(()));
    assert_eq!(unpolled.finish(), Ok(()));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(3), Ok(2)));
}

#[test]
fn an_unpolled_send_does_not_stall_a_slot_that_is_freed_twice() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let unpolled = Task::parked(tx.send(1));
    let mut second = Task::parked(tx.send(2));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(tx.try_send(3), Ok(()));
    assert_eq!(rx.try_recv(), Ok(3));
    assert_eq!((unpolled.wakes(), second.wakes()), (1, 1));
    assert_eq!(second.finish(), Ok(()));
}

#[test]
fn many_unpolled_recvs_stall_only_as_many_notifications() {
    let (tx, rx) = bounded(8);
    let unpolled: Vec<_> = (0..4).map(|_| Task::parked(rx.recv())).collect();
    let mut live = Task::parked(rx.recv());
    (0..4).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    assert!(unpolled.iter().all(|recv| recv.wakes() == 1));
    assert_eq!(tx.try_send(4), Ok(()));
    assert_eq!(live.wakes(), 1);
    for message in 0..5 {
        assert_eq!(live.finish(), Ok(message));
    }
}

#[test]
fn forgotten_recvs_stall_only_as_many_notifications() {
    let (tx, rx) = bounded(8);
    forget(Task::parked(rx.recv()));
    let woken = Task::parked(rx.recv());
    (0..2).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    assert_eq!(woken.wakes(), 1);
    forget(woken);
    let mut live = Task::new(rx.recv());
    (0..2).for_each(|message| assert_eq!(live.finish(), Ok(message)));
    live.park();
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(live.wakes(), 1);
    assert_eq!(live.finish(), Ok(2));
}

#[test]
fn forgotten_sends_stall_only_as_many_notifications() {
    let (tx, rx) = bounded(2);
    (0..2).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    forget(Task::parked(tx.send(10)));
    let mut live = Task::parked(tx.send(11));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(0), Ok(1)));
    assert_eq!(live.wakes(), 1);
    assert_eq!(live.finish(), Ok(()));
    assert_eq!(tx.try_send(12), Ok(()));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(11), Ok(12)));
}

#[test]
fn a_forgotten_stream_stalls_nobody() {
    let (tx, rx) = bounded(2);
    forget(Task::parked_stream(rx.clone()));
    let mut stream = Task::parked_stream(rx.clone());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(stream.wakes(), 1);
    assert_eq!(stream.next(), Some(1));
    let mut recv = Task::parked(rx.recv());
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(recv.wakes(), 1);
    assert_eq!(recv.finish(), Ok(2));
}

#[test]
fn an_unpolled_recv_does_not_stall_the_streams() {
    let (tx, rx) = bounded(2);
    let unpolled = Task::parked(rx.recv());
    let mut stream = Task::parked_stream(rx.clone());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!((unpolled.wakes(), stream.wakes()), (1, 0));
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(stream.wakes(), 1);
    assert_eq!((stream.next(), stream.next()), (Some(1), Some(2)));
}

#[test]
fn forgotten_futures_outlive_their_channel() {
    let (tx, rx) = bounded(1);
    forget(Task::parked(rx.recv()));
    forget(Task::parked(tx.closed()));
    assert_eq!(tx.try_send(vec![1]), Ok(()));
    forget(Task::parked(tx.send(vec![2])));
    drop(rx);
    assert!(tx.is_closed());
}

/// A `recv` that is registered and not polled, while its task waits for others.
#[test]
fn a_task_beside_its_own_unpolled_future_goes_on() {
    on_every_runtime(async |runtime| {
        let (tx, rx) = bounded(2);
        let tx_2 = tx.clone();
        let (is_registered, registered) = bounded(1);
        let receiver = runtime.spawn(async move {
            let mut unpolled = Box::pin(rx.recv());
            assert!(futures_lite::future::poll_once(&mut unpolled).await.is_none());
            is_registered.send(()).await.expect("the sender waits for it");
            let mut received = vec![rx.recv().await];
            received.push(rx.recv().await);
            received.push(unpolled.await);
            received
        });
        let sender = runtime.spawn(async move {
            registered.recv().await.expect("the receiver says so");
            for message in 0..3 {
                tx_2.send(message).await.expect("the receiver keeps the channel open");
            }
        });
        sender.await;
        drop(tx);
        let received: Vec<_> = receiver.await.into_iter().flatten().collect();
        assert_eq!(received, [0, 1, 2]);
    });
}
