//! What a review of the waiting found, one test each.

use core::task::Poll;

use crate::common::Task;
use forebay::queue::Queue;
use forebay::{Builder, ReserveError, bounded};

#[test]
#[cfg(target_pointer_width = "64")]
fn more_permits_than_the_word_counts_are_refused_and_hold_up_nobody() {
    let (tx, rx) = bounded(5000);
    let permits = tx.try_reserve_many(4095).unwrap();
    assert_eq!(Task::new(tx.reserve()).finish().err(), Some(ReserveError::TooMany { most: 4095 }));
    (0..905).for_each(|message| tx.try_send(message).unwrap());
    let mut send = Task::parked(tx.send(905));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((send.wakes(), send.finish()), (1, Ok(())));
    drop(permits);
    assert!(tx.try_reserve().is_ok());
}

#[test]
fn the_rest_of_a_batch_waits_behind_those_that_wait_already() {
    let (tx, rx) = bounded(1);
    tx.try_send(0).unwrap();
    let mut batch = Task::parked(tx.send_many([1, 2, 3]));
    let mut single = Task::parked(tx.send(9));
    let (mut batch_done, mut single_done) = (false, false);
    let mut order = Vec::new();
    for _ in 0..5 {
        order.push(rx.try_recv().unwrap());
        // Who is woken, and no other.
        if !batch_done && batch.wakes() > 0 {
            batch_done = batch.settle().is_ready();
        } else if !single_done && single.wakes() > 0 {
            single_done = single.settle().is_ready();
        }
    }
    assert_eq!(order, [0, 1, 9, 2, 3]);
}

#[test]
fn the_rest_of_items_waits_behind_those_that_wait_already() {
    let queue = Queue::bounded(1);
    queue.try_put(0).unwrap();
    let mut batch = Task::parked(queue.put_many([1, 2, 3]));
    let mut single = Task::parked(queue.put(9));
    let (mut batch_done, mut single_done) = (false, false);
    let mut order = Vec::new();
    for _ in 0..5 {
        order.push(queue.try_get().unwrap().into_inner());
        // Who is woken, and no other.
        if !batch_done && batch.wakes() > 0 {
            batch_done = batch.settle().is_ready();
        } else if !single_done && single.wakes() > 0 {
            single_done = single.settle().is_ready();
        }
    }
    assert_eq!(order, [0, 1, 9, 2, 3]);
}

/// A timer that is over takes no message away, also where the executor was to get its turn.
#[test]
fn a_time_limit_that_is_over_receives_what_is_there() {
    let (tx, rx) = bounded(4);
    for message in 0..5000 {
        let sent = Task::new(tx.send_or(message, core::future::ready(()))).finish();
        assert!(sent.is_ok(), "{message}");
        assert_eq!(Task::new(rx.recv_or(core::future::ready(()))).finish(), Ok(message));
    }
}

#[test]
fn batches_give_way_too() {
    let queue = Queue::bounded(1000);
    let mut turns = 0;
    for _ in 0..1000 {
        (0..10).for_each(|item| queue.try_put(item).unwrap());
        let mut batch = Task::new(queue.get_many(10));
        let mut polled = batch.poll();
        if polled.is_pending() {
            turns += 1;
            polled = batch.poll();
        }
        let Poll::Ready(Ok(jobs)) = polled else { panic!("ready") };
        assert_eq!(jobs.len(), 10);
        jobs.done();
    }
    assert!((8..=40).contains(&turns), "{turns}");
}

#[test]
fn a_channel_bounded_by_weight_gives_way_now_and_then() {
    let (tx, rx) = Builder::new().weight(1 << 20, |message: &usize| *message).build().unwrap();
    let mut turns = 0;
    for _ in 0..5000 {
        tx.try_send(4096).unwrap();
        let mut recv = Task::new(rx.recv());
        if recv.poll().is_pending() {
            turns += 1;
            recv.finish().unwrap();
        }
    }
    assert!((4..=20).contains(&turns), "{turns}");
}
