//! What the figures of a channel and of a queue say.

use crate::common::{Task, watched};
use core::future::ready;
use forebay::queue::{self, Queue};
use forebay::{Builder, Overflow, Receiver, Sender, Stats, TrySendError, bounded, unbounded};
use std::thread;
#[cfg(feature = "std")]
use std::time::Duration;

/// Sent, received, inside.
fn flow(stats: Stats) -> (usize, usize, usize) {
    (stats.sent, stats.received, stats.len)
}

fn channels() -> [(Sender<usize>, Receiver<usize>); 4] {
    let builder = Builder::new().watermarks(1, 2).tracking();
    [bounded(3), unbounded(), builder.capacity(3).build().unwrap(), builder.build().unwrap()]
}

/// Over many laps, and over the wraparound of the positions, which comes in the first.
#[test]
fn every_message_counts_once_on_either_side() {
    for (sender, receiver) in channels() {
        for number in 0..200 {
            assert_eq!(flow(sender.stats()), (number, number, 0));
            sender.try_send(number).unwrap();
            assert_eq!(flow(sender.stats()), (number + 1, number, 1));
            assert_eq!(receiver.try_recv(), Ok(number));
        }
        for inside in 0..3 {
            assert_eq!(flow(receiver.stats()), (200 + inside, 200, inside));
            sender.try_send(0).unwrap();
        }
    }
}

#[test]
fn what_was_not_sent_does_not_count() {
    let (sender, receiver) = bounded(1);
    sender.try_send(1).unwrap();
    assert!(sender.try_send(2).is_err());
    assert_eq!(flow(sender.stats()), (1, 0, 1));
    receiver.close();
    assert!(sender.try_send(3).is_err());
    assert_eq!(flow(sender.stats()), (1, 0, 1));
}

/// It goes out at the other end, as if it had been received.
#[test]
fn a_displaced_message_has_left() {
    let (sender, receiver) = Builder::new().capacity(2).tracking().build().unwrap();
    for number in 0..7_u32 {
        let oldest = sender.force_send(number).unwrap();
        assert_eq!(oldest, number.checked_sub(2));
    }
    assert_eq!(flow(sender.stats()), (7, 5, 2));
    assert_eq!(sender.stats().displaced, Some(5));
    assert_eq!(receiver.try_recv(), Ok(5));
    assert_eq!(flow(sender.stats()), (7, 6, 1));
}

#[test]
fn handles_and_those_who_wait_are_counted() {
    let (sender, receiver) = bounded::<u8>(1);
    let (_second, _third) = (sender.clone(), receiver.clone());
    let _fourth = receiver.clone();
    let stats = sender.stats();
    assert_eq!((stats.senders, stats.receivers, stats.capacity), (2, 3, Some(1)));
    #[cfg(feature = "std")]
    {
        let recv = Task::parked(receiver.recv());
        let mut stream = Task::new(receiver.clone());
        stream.park_next();
        let stats = sender.stats();
        assert_eq!((stats.waiting_senders, stats.waiting_receivers), (0, 2));
        drop((recv, stream));
        sender.try_send(1).unwrap();
        let sends = [Task::parked(sender.send(2)), Task::parked(sender.send(3))];
        let stats = sender.stats();
        assert_eq!((stats.waiting_senders, stats.waiting_receivers), (2, 0));
        drop(sends);
        assert_eq!(sender.stats().waiting_senders, 0);
    }
}

#[test]
fn without_tracking_nothing_is_tracked() {
    let builder = Builder::new().capacity(1).overflow(Overflow::DropOldest);
    for (sender, _receiver) in
        [builder.build().unwrap(), builder.watermarks(1, 2).capacity(2).build().unwrap()]
    {
        (0..3).for_each(|number| sender.try_send(number).unwrap());
        let stats = sender.stats();
        assert_eq!((stats.deepest, stats.refused, stats.displaced), (None, None, None));
    }
}

#[test]
fn the_deepest_length_and_the_refused_are_tracked() {
    let (sender, receiver) = Builder::new().capacity(4).tracking().build().unwrap();
    assert_eq!(sender.stats().deepest, Some(0));
    for depth in [2, 1, 3, 2] {
        (0..depth).for_each(|number| sender.try_send(number).unwrap());
        (0..depth).for_each(|number| assert_eq!(receiver.try_recv(), Ok(number)));
    }
    assert_eq!((sender.stats().deepest, sender.stats().refused), (Some(3), Some(0)));
    (0..4).for_each(|number| sender.try_send(number).unwrap());
    assert_eq!(sender.try_send(4), Err(TrySendError::Full(4)));
    assert_eq!(sender.try_send(5), Err(TrySendError::Full(5)));
    // To wait is not to be refused, and neither is a closed door.
    drop(Task::parked(sender.send(6)));
    sender.close();
    assert!(sender.try_send(7).is_err());
    assert_eq!((sender.stats().deepest, sender.stats().refused), (Some(4), Some(2)));
}

#[test]
fn of_a_batch_each_message_that_comes_back_is_refused() {
    let (sender, _receiver) = Builder::new().capacity(3).tracking().build().unwrap();
    assert_eq!(sender.try_send_many(0..10).unwrap_err().into_inner().count(), 7);
    assert_eq!(sender.stats().refused, Some(7));
    // As many as there are, which is not known: one.
    assert_eq!(sender.try_send_many((0..10).filter(|_| true)).unwrap_err().into_inner().sent(), 0);
    assert!(sender.try_send_many(0..).is_err());
    assert_eq!(sender.stats().refused, Some(9));
    for queue in queues(3) {
        assert_eq!(queue.try_put_many(0..10).unwrap_err().into_inner().len(), 7);
        assert_eq!(queue.stats().refused, Some(7));
        queue.shutdown(queue::Shutdown::Graceful);
        assert!(queue.try_put_many(0..10).is_err());
        assert_eq!(queue.stats().refused, Some(7));
    }
}

#[test]
fn what_comes_back_when_the_time_is_over_is_refused() {
    let (sender, _receiver) = Builder::new().capacity(1).tracking().build().unwrap();
    sender.try_send(0).unwrap();
    assert!(Task::new(sender.send_or(1, ready(()))).finish().is_err());
    assert!(Task::new(sender.offer_or(2, ready(()))).finish().is_err());
    assert_eq!(sender.stats().refused, Some(2));
    #[cfg(feature = "std")]
    {
        assert!(sender.send_timeout(3, Duration::ZERO).is_err());
        assert!(sender.offer_timeout(4, Duration::ZERO).is_err());
        assert_eq!(sender.stats().refused, Some(4));
    }
    sender.close();
    assert!(Task::new(sender.send_or(5, ready(()))).finish().is_err());
    assert!(sender.stats().refused <= Some(4));
}

#[test]
fn what_is_dropped_with_the_last_receiver_has_come_out() {
    let (sender, receiver) = bounded(3);
    (0..3).for_each(|number| sender.try_send(number).unwrap());
    receiver.try_recv().unwrap();
    drop(receiver);
    assert_eq!(flow(sender.stats()), (3, 3, 0));
}

#[test]
fn permits_of_a_channel_without_limit_reserve_no_room() {
    let (sender, _receiver) = unbounded::<u8>();
    let permits = sender.try_reserve_many(5).unwrap();
    assert_eq!((permits.len(), sender.stats().reserved), (5, 0));
}

#[test]
fn they_are_shown_on_one_line() {
    let (sender, receiver) = bounded(3);
    sender.try_send(1).unwrap();
    let stats = receiver.stats();
    let expected = if cfg!(feature = "std") {
        "1 of 3 inside, 1 sent, 0 received, 1 senders (0 waiting), 1 receivers (0 waiting)"
    } else {
        "1 of 3 inside, 1 sent, 0 received, 1 senders, 1 receivers"
    };
    assert_eq!(stats.to_string(), expected);
    assert!(
        format!("{stats:?}")
            .starts_with("Stats { len: 1, capacity: Some(3), reserved: 0, weight: None, ")
    );

    let builder = Builder::new().weight(100, |page: &&str| page.len());
    let (sender, _receiver) = builder.build().unwrap();
    sender.try_send("a page").unwrap();
    let line = sender.stats().to_string();
    assert!(line.starts_with("1 inside, weighing 6 of 100, 1 sent, 0 received, "), "{line}");

    let (sender, _receiver) = Builder::new().tracking().build().unwrap();
    sender.try_send(1).unwrap();
    let line = sender.stats().to_string();
    assert!(line.starts_with("1 inside (deepest 1), 1 sent"), "{line}");
    assert!(line.ends_with(", 0 refused, 0 displaced"), "{line}");
}

/// One moment: never more inside than there is room, and the difference is what is inside.
#[test]
fn a_snapshot_is_of_one_moment() {
    const MESSAGES: usize = if cfg!(miri) { 100 } else { 30_000 };
    watched(|| {
        let (sender, receiver) =
            Builder::new().capacity(3).watermarks(1, 2).tracking().build().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..MESSAGES {
                    sender.force_send(number).unwrap();
                }
                sender.close();
            });
            scope.spawn(|| {
                loop {
                    match receiver.try_recv() {
                        Ok(_) => {}
                        Err(error) if error.is_closed() => break,
                        Err(_) => thread::yield_now(),
                    }
                }
            });
            let (mut sent, mut received) = (0, 0);
            while !sender.is_closed() {
                let stats = sender.stats();
                assert_eq!(stats.sent - stats.received, stats.len);
                assert!(stats.len <= 3 && stats.deepest <= Some(3), "{stats}");
                assert!(sent <= stats.sent && received <= stats.received, "{stats}");
                (sent, received) = (stats.sent, stats.received);
            }
        });
        assert_eq!(flow(sender.stats()), (MESSAGES, MESSAGES, 0));
    });
}

/// Queues of every kind with tracking.
fn queues(maxsize: usize) -> Vec<Queue<usize>> {
    let builder = queue::Builder::new().maxsize(maxsize).tracking();
    #[cfg_attr(not(feature = "std"), allow(unused_mut))]
    let mut queues = vec![builder.fifo().unwrap()];
    #[cfg(feature = "std")]
    queues.extend([
        builder.lifo().unwrap(),
        builder.priority().unwrap(),
        builder.retries(1).fifo().unwrap(),
    ]);
    queues
}

#[test]
fn a_queue_counts_as_a_channel_does() {
    for queue in queues(2) {
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        assert!(queue.try_put(3).is_err());
        queue.try_get().unwrap().done();
        let stats = queue.stats();
        assert_eq!(flow(stats.into()), (2, 1, 1));
        assert_eq!((stats.deepest, stats.refused, stats.displaced), (Some(2), Some(1), 0));
        assert_eq!((stats.capacity, stats.handles), (Some(2), 1));
        let _another = queue.clone();
        assert_eq!(queue.stats().handles, 2);
        #[cfg(feature = "std")]
        {
            queue.try_put(3).unwrap();
            let put = Task::parked(queue.put(4));
            assert_eq!(queue.stats().waiting_puts, 1);
            drop(put);
            queue.shutdown(queue::Shutdown::Immediate);
            assert_eq!(flow(queue.stats().into()), (3, 3, 0));
        }
    }
}

#[cfg(feature = "std")]
#[test]
fn an_item_that_comes_back_counts_again() {
    let queue = queue::Builder::new().maxsize(1).retries(5).tracking().fifo().unwrap();
    queue.try_put(1).unwrap();
    let job = queue.try_get().unwrap();
    queue.try_put(2).unwrap();
    drop(job);
    // One more than the size, and full all the same.
    assert_eq!(flow(queue.stats().into()), (3, 1, 2));
    assert_eq!((queue.is_full(), queue.stats().deepest), (true, Some(2)));
    queue.try_get().unwrap().done();
    assert!(queue.is_full());
    queue.try_get().unwrap().done();
    assert!(!queue.is_full());
}
