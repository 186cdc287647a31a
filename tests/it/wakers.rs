//! Who is woken, how often, and by which waker.

use crate::common::{Task, Wakes};
use forebay::{Receiver, Recv, Send, Sender, bounded};
use std::sync::Arc;

const CROWD: usize = 100;

fn parked_recvs(rx: &Receiver<usize>, n: usize) -> Vec<Task<Recv<'_, usize>>> {
    (0..n).map(|_| Task::parked(rx.recv())).collect()
}

fn parked_sends(tx: &Sender<usize>, n: usize) -> Vec<Task<Send<'_, usize>>> {
    (0..n).map(|message| Task::parked(tx.send(message))).collect()
}

fn parked_streams(rx: &Receiver<usize>, n: usize) -> Vec<Task<Receiver<usize>>> {
    (0..n).map(|_| Task::parked_stream(rx.clone())).collect()
}

fn wakes<P>(tasks: &[Task<P>]) -> usize {
    tasks.iter().map(Task::wakes).sum()
}

fn fill(tx: &Sender<usize>) {
    while tx.try_send(usize::MAX).is_ok() {}
}

#[test]
fn one_message_wakes_one_of_a_hundred_recvs() {
    let (tx, rx) = bounded(CROWD);
    let recvs = parked_recvs(&rx, CROWD);
    for sent in 1..=CROWD {
        assert_eq!(tx.try_send(0), Ok(()));
        assert_eq!(wakes(&recvs), sent);
    }
    assert!(recvs.iter().all(|recv| recv.wakes() == 1));
}

#[test]
fn one_freed_slot_wakes_one_of_a_hundred_sends() {
    for capacity in [1, 2, 5] {
        let (tx, rx) = bounded(capacity);
        fill(&tx);
        let sends = parked_sends(&tx, CROWD);
        for freed in 1..=capacity {
            assert!(rx.try_recv().is_ok());
            assert_eq!(wakes(&sends), freed);
        }
    }
}

#[test]
fn a_hundred_messages_one_by_one_cost_a_hundred_wakes() {
    let (tx, rx) = bounded(1);
    let mut recvs = parked_recvs(&rx, CROWD);
    for message in 0..CROWD {
        assert_eq!(tx.try_send(message), Ok(()));
        let woken = recvs.iter().position(|recv| recv.wakes() == 1).expect("one wakes");
        assert_eq!(recvs.swap_remove(woken).finish(), Ok(message));
        assert_eq!(wakes(&recvs), 0, "a receiver that succeeds wakes no other");
    }
}

#[test]
fn a_hundred_slots_one_by_one_cost_a_hundred_wakes() {
    let (tx, rx) = bounded(1);
    fill(&tx);
    let mut sends = parked_sends(&tx, CROWD);
    for _ in 0..CROWD {
        assert!(rx.try_recv().is_ok());
        let woken = sends.iter().position(|send| send.wakes() == 1).expect("one wakes");
        assert_eq!(sends.swap_remove(woken).finish(), Ok(()));
        assert_eq!(wakes(&sends), 0, "a sender that succeeds wakes no other");
    }
}

#[test]
fn a_message_for_a_recv_leaves_the_streams_asleep() {
    for streams_first in [true, false] {
        let (tx, rx) = bounded(4);
        let early = parked_streams(&rx, if streams_first { 10 } else { 0 });
        let recvs = parked_recvs(&rx, 2);
        let late = parked_streams(&rx, if streams_first { 0 } else { 10 });
        for sent in 1..=2 {
            assert_eq!(tx.try_send(0), Ok(()));
            assert_eq!((wakes(&recvs), wakes(&early) + wakes(&late)), (sent, 0));
        }
        assert_eq!(tx.try_send(0), Ok(()));
        assert_eq!((wakes(&recvs), wakes(&early) + wakes(&late)), (2, 10));
    }
}

#[test]
fn streams_alone_wake_once_each_until_they_are_polled() {
    let (tx, rx) = bounded(4);
    let mut streams = parked_streams(&rx, CROWD);
    for message in 0..3 {
        assert_eq!(tx.try_send(message), Ok(()));
        assert!(streams.iter().all(|stream| stream.wakes() == 1));
    }
    // Three find a message; the others sleep again, to be woken by the next.
    for (message, stream) in streams.iter_mut().take(3).enumerate() {
        assert_eq!(stream.next(), Some(message));
    }
    streams.iter_mut().for_each(Task::park_next);
    assert_eq!(tx.try_send(0), Ok(()));
    assert!(streams.iter().all(|stream| stream.wakes() == 1));
}

#[test]
fn a_stream_that_is_not_parked_is_not_woken() {
    let (tx, rx) = bounded(4);
    let mut streams = parked_streams(&rx, 2);
    (0..4).for_each(|message| assert_eq!(tx.try_send(message), Ok(())));
    assert_eq!(streams[0].next(), Some(0));
    // Ready: it counts as asleep only after its next `Pending`.
    let before = streams[0].wakes();
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(tx.try_send(4), Ok(()));
    assert_eq!(streams[0].wakes(), before);
}

#[test]
fn a_recv_dropped_with_its_notification_hands_it_to_one_other() {
    let (tx, rx) = bounded(4);
    let streams = parked_streams(&rx, 3);
    let mut recvs = parked_recvs(&rx, 5);
    assert_eq!(tx.try_send(0), Ok(()));
    for left in (1..5).rev() {
        let woken = recvs.iter().position(|recv| recv.wakes() == 1).expect("one was woken");
        drop(recvs.swap_remove(woken));
        assert_eq!((recvs.len(), wakes(&recvs), wakes(&streams)), (left, 1, 0));
    }
    drop(recvs);
    assert!(streams.iter().all(|stream| stream.wakes() == 1), "nobody else is left");
}

#[test]
fn a_send_dropped_with_its_notification_hands_it_to_one_other() {
    let (tx, rx) = bounded(2);
    fill(&tx);
    let mut sends = parked_sends(&tx, 5);
    assert!(rx.try_recv().is_ok());
    for left in (1..5).rev() {
        let woken = sends.iter().position(|send| send.wakes() == 1).expect("one was woken");
        drop(sends.swap_remove(woken));
        assert_eq!((sends.len(), wakes(&sends)), (left, 1));
    }
}

#[test]
fn a_waiter_dropped_without_a_notification_wakes_nobody() {
    let (tx, rx) = bounded(1);
    let mut recvs = parked_recvs(&rx, 3);
    let streams = parked_streams(&rx, 3);
    drop(recvs.pop());
    assert_eq!(wakes(&recvs) + wakes(&streams), 0);
    drop(recvs);
    assert_eq!(wakes(&streams), 0);
    drop(streams);

    fill(&tx);
    let mut sends = parked_sends(&tx, 3);
    drop(sends.pop());
    assert_eq!(wakes(&sends), 0);
}

#[test]
fn a_recv_robbed_of_its_message_does_not_wake_others() {
    let (tx, rx) = bounded(2);
    let mut recvs = parked_recvs(&rx, 2);
    assert_eq!(tx.try_send(0), Ok(()));
    let woken = recvs.iter().position(|recv| recv.wakes() == 1).expect("one was woken");
    assert_eq!(rx.try_recv(), Ok(0));
    recvs[woken].park();
    assert_eq!(wakes(&recvs), 0);
    drop(recvs.swap_remove(woken));
    assert_eq!(wakes(&recvs), 0, "the notification is settled, not handed on");
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(wakes(&recvs), 1);
}

#[test]
fn close_wakes_everyone_once() {
    let (tx, rx) = bounded(1);
    let recvs = parked_recvs(&rx, CROWD);
    let streams = parked_streams(&rx, CROWD);
    let closed: Vec<_> = (0..CROWD).map(|_| Task::parked(tx.closed())).collect();
    assert!(tx.close());
    assert!(recvs.iter().all(|recv| recv.wakes() == 1));
    assert!(streams.iter().all(|stream| stream.wakes() == 1));
    assert!(closed.iter().all(|closed| closed.wakes() == 1));
    assert!(!rx.close());
    assert_eq!((wakes(&recvs), wakes(&streams), wakes(&closed)), (CROWD, CROWD, CROWD));

    let (tx, rx) = bounded(1);
    fill(&tx);
    let sends = parked_sends(&tx, CROWD);
    assert!(rx.close());
    assert!(sends.iter().all(|send| send.wakes() == 1));
}

#[test]
fn traffic_does_not_wake_who_waits_for_close() {
    let (tx, rx) = bounded(1);
    let closed = Task::parked(tx.closed());
    for message in 0..10 {
        assert_eq!(tx.try_send(message), Ok(()));
        assert_eq!(rx.try_recv(), Ok(message));
    }
    assert_eq!(closed.wakes(), 0);
}

#[test]
fn polling_again_with_the_same_waker_still_wakes_once() {
    let (tx, rx) = bounded(1);
    let mut recv = Task::parked(rx.recv());
    let mut stream = Task::new(rx.clone());
    (0..10).for_each(|_| recv.park());
    (0..10).for_each(|_| stream.park_next());
    assert_eq!(tx.try_send(0), Ok(()));
    assert_eq!((recv.wakes(), stream.wakes()), (1, 0));

    let mut send = Task::parked(tx.send(1));
    (0..10).for_each(|_| send.park());
    assert_eq!(recv.finish(), Ok(0));
    assert_eq!(send.wakes(), 1);
}

/// Parks with one waker after another: only the last one may hear of `event`.
fn only_the_last_waker_wakes<P>(mut task: Task<P>, park: fn(&mut Task<P>), event: impl FnOnce()) {
    park(&mut task);
    let replaced: Vec<Arc<Wakes>> = (0..5)
        .map(|_| {
            let old = task.replace_waker();
            park(&mut task);
            old
        })
        .collect();
    event();
    assert_eq!(task.wakes(), 1);
    assert!(replaced.iter().all(|old| old.count() == 0));
}

#[test]
fn a_waiter_polled_with_another_waker_wakes_that_one() {
    let (tx, rx) = bounded(1);
    only_the_last_waker_wakes(Task::new(rx.recv()), Task::park, || {
        assert_eq!(tx.try_send(0), Ok(()));
    });
    only_the_last_waker_wakes(Task::new(tx.send(1)), Task::park, || {
        assert_eq!(rx.try_recv(), Ok(0));
    });
    only_the_last_waker_wakes(Task::new(rx.clone()), Task::park_next, || {
        assert_eq!(tx.try_send(2), Ok(()));
    });
    only_the_last_waker_wakes(Task::new(tx.closed()), Task::park, || assert!(rx.close()));
}

#[test]
fn a_woken_waiter_polled_with_another_waker_keeps_its_turn() {
    let (tx, rx) = bounded(1);
    let mut recv = Task::parked(rx.recv());
    let other = Task::parked(rx.recv());
    assert_eq!(tx.try_send(0), Ok(()));
    let old = recv.replace_waker();
    assert_eq!(recv.finish(), Ok(0));
    assert_eq!((old.count(), other.wakes()), (1, 0));
}

#[test]
fn no_waker_is_kept_once_its_future_is_gone() {
    let (tx, rx) = bounded(1);
    let mut recv = Task::parked(rx.recv());
    let waker = recv.replace_waker();
    assert!(Arc::strong_count(&waker) > 1, "a sleeping future keeps its waker");
    drop(recv);
    assert_eq!(Arc::strong_count(&waker), 1);

    let mut recv = Task::parked(rx.recv());
    assert_eq!(tx.try_send(0), Ok(()));
    let waker = recv.replace_waker();
    assert_eq!(recv.finish(), Ok(0));
    assert_eq!(Arc::strong_count(&waker), 1);

    let mut stream = Task::parked_stream(rx.clone());
    let waker = stream.replace_waker();
    drop(stream);
    assert_eq!(Arc::strong_count(&waker), 1);
}
