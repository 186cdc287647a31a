//! What becomes of a message for which there is no room, policy by policy, to the last message.

use crate::common::{Ledger, Message, Task, on_every_runtime, watched};
use forebay::queue::{self, PutError, Queue, TryPutError, WorkQueue};
use forebay::{Builder, Overflow, Receiver, SendError, Sender, TrySendError};
use futures_lite::future::block_on;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use Overflow::{DropNewest, DropOldest, Refuse, Wait};

fn full<T>(overflow: Overflow, inside: impl IntoIterator<Item = T>) -> (Sender<T>, Receiver<T>) {
    let inside: Vec<_> = inside.into_iter().collect();
    let builder = Builder::new().capacity(inside.len()).tracking().overflow(overflow);
    let (sender, receiver) = builder.build().unwrap();
    for message in inside {
        assert!(sender.try_send(message).is_ok());
    }
    (sender, receiver)
}

fn rest<T>(receiver: &Receiver<T>) -> Vec<T> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

#[test]
fn with_room_every_policy_sends() {
    for overflow in [Wait, Refuse, DropOldest, DropNewest] {
        let builder = Builder::new().overflow(overflow);
        for (sender, receiver) in [builder.capacity(3).build().unwrap(), builder.build().unwrap()] {
            assert_eq!(Task::new(sender.offer(1)).finish(), Ok(None));
            assert_eq!(Task::new(sender.send(2)).finish(), Ok(()));
            assert_eq!(sender.try_send(3), Ok(()));
            receiver.close();
            assert_eq!(Task::new(sender.offer(4)).finish(), Err(TrySendError::Closed(4)));
            assert_eq!(Task::new(sender.send(4)).finish(), Err(SendError(4)));
            assert_eq!(sender.try_send(4), Err(TrySendError::Closed(4)));
            assert_eq!(rest(&receiver), [1, 2, 3]);
        }
    }
}

#[test]
fn full_and_closed_is_closed() {
    for overflow in [Wait, Refuse, DropOldest, DropNewest] {
        let (sender, receiver) = full(overflow, [1]);
        receiver.close();
        assert_eq!(Task::new(sender.offer(2)).finish(), Err(TrySendError::Closed(2)));
        assert_eq!(sender.try_send(2), Err(TrySendError::Closed(2)));
        assert_eq!(rest(&receiver), [1]);
    }
}

#[test]
fn wait_waits() {
    let (sender, receiver) = full(Wait, [1]);
    assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    let mut offer = Task::parked(sender.offer(2));
    let given_up = Task::parked(sender.offer(3));
    assert_eq!(given_up.into_inner().into_inner(), Some(3));
    assert_eq!((offer.wakes(), receiver.try_recv()), (0, Ok(1)));
    assert_eq!((offer.wakes(), offer.finish()), (1, Ok(None)));
    assert_eq!(offer.into_inner().into_inner(), None);
    let mut closed = Task::parked(sender.offer(4));
    receiver.close();
    assert_eq!(closed.finish(), Err(TrySendError::Closed(4)));
    assert_eq!(sender.stats().refused, Some(1));
}

/// An offer that was woken and is dropped leaves the room to the next.
#[test]
fn a_woken_offer_hands_on() {
    let (sender, receiver) = full(Wait, [1]);
    let first = Task::parked(sender.offer(2));
    let mut second = Task::parked(sender.send(3));
    receiver.try_recv().unwrap();
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    drop(first);
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.finish(), Ok(()));
}

#[test]
fn refuse_gives_back() {
    let (sender, receiver) = full(Refuse, [1]);
    assert_eq!(Task::new(sender.offer(2)).finish(), Err(TrySendError::Full(2)));
    assert_eq!(sender.try_send(4), Err(TrySendError::Full(4)));
    let stats = sender.stats();
    assert_eq!((stats.refused, stats.displaced, stats.sent), (Some(2), Some(0), 1));
    assert_eq!(rest(&receiver), [1]);
}

/// The error of `send` means Closed, so it waits where it could say Full only.
#[test]
fn a_send_does_not_refuse() {
    let (sender, receiver) = full(Refuse, [1]);
    let mut send = Task::parked(sender.send(2));
    assert_eq!((send.wakes(), receiver.try_recv()), (0, Ok(1)));
    assert_eq!((send.wakes(), send.finish()), (1, Ok(())));
    let mut closed = Task::parked(sender.send(3));
    receiver.close();
    assert_eq!(closed.finish(), Err(SendError(3)));
    assert_eq!(rest(&receiver), [2]);
    assert_eq!(sender.stats().refused, Some(0));
}

/// A producer that sends until it is told that the channel is closed sends all there is, under
/// every policy.
#[test]
fn a_producer_ends_when_the_channel_does() {
    for overflow in [Wait, Refuse, DropOldest, DropNewest] {
        on_every_runtime(async |runtime| {
            let builder = Builder::new().capacity(2).overflow(overflow).tracking();
            let (sender, receiver) = builder.build().unwrap();
            let observer = receiver.clone();
            let producer = runtime.spawn(async move {
                let mut sent = 0;
                while sent < 100 && sender.send(sent).await.is_ok() {
                    sent += 1;
                }
                sent
            });
            let mut received = 0;
            while receiver.recv().await.is_ok() {
                received += 1;
            }
            assert_eq!(producer.await, 100);
            assert_eq!(received + observer.stats().displaced.unwrap(), 100 + observer.len());
        });
    }
}

#[test]
fn the_oldest_makes_room() {
    let ledger = Ledger::new(6);
    let (sender, receiver) = full(DropOldest, (0..2).map(|id| ledger.message(id)));
    let oldest = Task::new(sender.offer(ledger.message(2))).finish().unwrap().unwrap();
    assert_eq!(oldest.id(), 0);
    ledger.assert_dropped([]);
    assert!(Task::new(sender.send(ledger.message(3))).finish().is_ok());
    ledger.assert_dropped([1]);
    assert!(sender.try_send(ledger.message(4)).is_ok());
    ledger.assert_dropped([1, 2]);
    let oldest = sender.force_send(ledger.message(5)).unwrap().unwrap();
    assert_eq!(oldest.id(), 3);
    let stats = sender.stats();
    assert_eq!((stats.refused, stats.displaced), (Some(0), Some(4)));
    assert_eq!((stats.sent, stats.received, stats.len), (6, 4, 2));
    assert_eq!(rest(&receiver).iter().map(Message::id).collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn the_newest_is_not_sent() {
    let ledger = Ledger::new(4);
    let (sender, receiver) = full(DropNewest, [ledger.message(0)]);
    let newest = Task::new(sender.offer(ledger.message(1))).finish().unwrap().unwrap();
    assert_eq!(newest.id(), 1);
    assert!(Task::new(sender.send(ledger.message(2))).finish().is_ok());
    assert!(sender.try_send(ledger.message(3)).is_ok());
    ledger.assert_dropped([2, 3]);
    let stats = sender.stats();
    assert_eq!((stats.refused, stats.displaced, stats.sent), (Some(0), Some(3), 1));
    assert_eq!(rest(&receiver).iter().map(Message::id).collect::<Vec<_>>(), [0]);
}

/// A message that displaces another is announced like any.
#[test]
fn a_receiver_that_waits_is_woken_once() {
    let (sender, receiver) = full(DropOldest, [1]);
    receiver.try_recv().unwrap();
    let mut recv = Task::parked(receiver.recv());
    sender.try_send(2).unwrap();
    sender.try_send(3).unwrap();
    assert_eq!((recv.wakes(), recv.finish()), (1, Ok(3)));
}

struct Brittle(bool);

impl Drop for Brittle {
    fn drop(&mut self) {
        if self.0 {
            self.0 = false;
            std::panic::resume_unwind(Box::new("the message fails"));
        }
    }
}

#[test]
fn a_displaced_message_that_panics_upsets_nothing() {
    for overflow in [DropOldest, DropNewest] {
        for by_send in [true, false] {
            let (sender, receiver) = full(overflow, [Brittle(overflow == DropOldest)]);
            let message = Brittle(overflow == DropNewest);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                if by_send {
                    let _ = Task::new(sender.send(message)).finish();
                } else {
                    let _ = sender.try_send(message);
                }
            }));
            assert!(outcome.is_err());
            assert_eq!((sender.len(), sender.stats().displaced), (1, Some(1)));
            assert!(receiver.try_recv().is_ok());
            assert!(sender.try_send(Brittle(false)).is_ok());
            assert!(receiver.try_recv().is_ok());
            assert!(receiver.try_recv().is_err());
        }
    }
}

/// Four threads offer, two receive: every message has gone one way.
#[test]
fn every_message_is_accounted_for() {
    const EACH: usize = if cfg!(miri) { 30 } else { 5_000 };
    for overflow in [Wait, Refuse, DropOldest, DropNewest] {
        watched(|| {
            let ledger = Ledger::new(4 * EACH);
            let builder = Builder::new().capacity(3).tracking().watermarks(1, 2);
            let (sender, receiver) = builder.overflow(overflow).build().unwrap();
            let (back, received) = thread::scope(|scope| {
                let offerers: Vec<_> = (0..4)
                    .map(|offerer| {
                        let (sender, ledger) = (sender.clone(), ledger.clone());
                        scope.spawn(move || {
                            let (mut refused, mut displaced) = (0, 0);
                            for id in offerer * EACH..(offerer + 1) * EACH {
                                match block_on(sender.offer(ledger.message(id))) {
                                    Ok(None) => {}
                                    Ok(Some(_)) => displaced += 1,
                                    Err(TrySendError::Full(_)) => refused += 1,
                                    Err(TrySendError::Closed(_)) => unreachable!(),
                                }
                            }
                            (refused, displaced)
                        })
                    })
                    .collect();
                let receivers = [(); 2].map(|()| {
                    let receiver = receiver.clone();
                    scope.spawn(move || {
                        std::iter::from_fn(|| block_on(receiver.recv()).ok()).count()
                    })
                });
                let back: Vec<_> =
                    offerers.into_iter().map(|offerer| offerer.join().unwrap()).collect();
                sender.close();
                (back, receivers.map(|receiver| receiver.join().unwrap()))
            });
            let refused: usize = back.iter().map(|(refused, _)| refused).sum();
            let displaced: usize = back.iter().map(|(_, displaced)| displaced).sum();
            let received: usize = received.iter().sum();
            assert_eq!(refused + displaced + received, 4 * EACH);
            let stats = sender.stats();
            assert_eq!((stats.refused, stats.displaced), (Some(refused), Some(displaced)));
            let left = received + if overflow == DropOldest { displaced } else { 0 };
            assert_eq!((stats.sent, stats.received, stats.len), (left, left, 0));
            assert!(overflow == Refuse || refused == 0);
            assert!(!matches!(overflow, Wait | Refuse) || displaced == 0);
            ledger.assert_all_dropped();
        });
    }
}

#[test]
fn an_offer_that_waits_goes_on_on_every_runtime() {
    on_every_runtime(async |runtime| {
        let (sender, receiver) = full(Wait, [0]);
        let offering = runtime.spawn(async move {
            for number in 1..100 {
                assert_eq!(sender.offer(number).await, Ok(None));
            }
        });
        for number in 0..100 {
            assert_eq!(receiver.recv().await, Ok(number));
        }
        offering.await;
    });
}

#[cfg(feature = "std")]
#[test]
fn an_offer_that_blocks_goes_on() {
    watched(|| {
        let (sender, receiver) = full(Wait, [0]);
        let offering = thread::spawn(move || sender.offer_blocking(1));
        assert_eq!(receiver.recv_blocking(), Ok(0));
        assert_eq!(receiver.recv_blocking(), Ok(1));
        assert_eq!(offering.join().unwrap(), Ok(None));
        let queue = queue::Builder::new().maxsize(1).overflow(Refuse).fifo().unwrap();
        assert_eq!(queue.offer_blocking(1), Ok(None));
        assert_eq!(queue.offer_blocking(2), Err(TryPutError::Full(2)));
    });
}

/// Queues of every kind, full with 10, 20 and 30.
fn full_queues(overflow: Overflow) -> Vec<Queue<u32>> {
    let builder = queue::Builder::new().maxsize(3).tracking().overflow(overflow);
    #[cfg_attr(not(feature = "std"), allow(unused_mut))]
    let mut queues = vec![builder.fifo().unwrap()];
    #[cfg(feature = "std")]
    queues.extend([
        builder.retries(1).fifo().unwrap(),
        builder.lifo().unwrap(),
        builder.priority().unwrap(),
    ]);
    for queue in &queues {
        for item in [10, 20, 30] {
            queue.try_put(item).unwrap();
        }
    }
    queues
}

/// Finishes all that is inside, and then a join.
fn finish<T>(queue: &Queue<T>) -> Vec<T> {
    let items = std::iter::from_fn(|| queue.try_get().ok().map(queue::Job::into_inner)).collect();
    Task::new(queue.join()).finish();
    assert_eq!(queue.unfinished(), 0);
    items
}

#[test]
fn a_queue_drops_what_has_waited_for_longest_or_what_is_least_urgent() {
    let left = [
        (10, vec![20, 30, 15]),
        (10, vec![20, 30, 15]),
        (10, vec![15, 30, 20]),
        (30, vec![10, 15, 20]),
    ];
    for (queue, (displaced, left)) in full_queues(DropOldest).into_iter().zip(left) {
        assert_eq!(Task::new(queue.offer(15)).finish(), Ok(Some(displaced)));
        assert_eq!((queue.len(), queue.unfinished()), (3, 3));
        let stats = queue.stats();
        assert_eq!((stats.put, stats.handed_out, stats.len), (4, 0, 3));
        assert_eq!((stats.displaced, stats.deepest), (1, Some(3)));
        assert_eq!(finish(&queue), left);
    }
}

#[cfg(feature = "std")]
#[test]
fn the_least_urgent_may_be_the_one_that_is_put() {
    let queue = full_queues(DropOldest).pop().unwrap();
    assert_eq!(Task::new(queue.offer(40)).finish(), Ok(Some(40)));
    assert_eq!(queue.try_put(50), Ok(()));
    assert_eq!(finish(&queue), [10, 20, 30]);
}

#[test]
fn a_queue_drops_the_newest() {
    for queue in full_queues(DropNewest) {
        assert_eq!(Task::new(queue.offer(15)).finish(), Ok(Some(15)));
        assert_eq!(Task::new(queue.put(16)).finish(), Ok(()));
        assert_eq!(queue.try_put(17), Ok(()));
        assert_eq!((queue.unfinished(), queue.stats().displaced), (3, 3));
        assert_eq!(finish(&queue).len(), 3);
    }
}

#[test]
fn a_queue_refuses() {
    for queue in full_queues(Refuse) {
        assert_eq!(Task::new(queue.offer(15)).finish(), Err(TryPutError::Full(15)));
        assert_eq!(queue.try_put(17), Err(TryPutError::Full(17)));
        assert_eq!((queue.unfinished(), queue.stats().refused), (3, Some(2)));
        assert_eq!(finish(&queue).len(), 3);
        queue.shutdown(queue::Shutdown::Graceful);
        assert_eq!(Task::new(queue.offer(15)).finish(), Err(TryPutError::ShutDown(15)));
    }
}

#[test]
fn a_queue_waits() {
    for queue in full_queues(Wait) {
        let mut offer = Task::parked(queue.offer(15));
        let given_up = Task::parked(queue.offer(16));
        assert_eq!(given_up.into_inner().into_inner(), Some(16));
        let job = queue.try_get().unwrap();
        assert_eq!(offer.finish(), Ok(None));
        job.done();
        assert_eq!(finish(&queue).len(), 3);
    }
}

/// The error of a put means that the queue is shut down, and nothing else.
#[test]
fn a_put_is_never_refused_for_want_of_room() {
    for queue in full_queues(Refuse) {
        let mut put = Task::parked(queue.put(16));
        let mut many = Task::parked(queue.put_many([17, 18]));
        let mut generic = Task::parked(WorkQueue::put(&queue, 19));
        assert_eq!((queue.unfinished(), queue.stats().refused), (3, Some(0)));
        let free = |rooms| (0..rooms).for_each(|_| queue.try_get().unwrap().done());
        free(1);
        assert_eq!(put.finish(), Ok(()));
        free(2);
        assert_eq!(many.finish(), Ok(()));
        free(1);
        assert_eq!(generic.finish(), Ok(()));
        assert_eq!((queue.len(), queue.stats().refused), (3, Some(0)));
        let mut late = Task::parked(queue.put(20));
        queue.shutdown(queue::Shutdown::Graceful);
        assert_eq!(late.finish(), Err(PutError(20)));
    }
}

/// It waits whatever the policy is: a job in hand is lost to nobody.
#[test]
fn a_job_that_is_put_back_displaces_nothing() {
    for overflow in [Refuse, DropOldest, DropNewest] {
        for queue in full_queues(overflow) {
            let job = queue.try_get().unwrap();
            queue.try_put(40).unwrap();
            let job = job.try_requeue().unwrap_err();
            assert!(job.is_full());
            let mut requeue = Task::parked(job.into_inner().requeue());
            assert_eq!((queue.len(), queue.unfinished()), (3, 4));
            queue.try_get().unwrap().done();
            assert!(requeue.finish().is_ok());
            drop(requeue);
            assert_eq!(finish(&queue).len(), 3);
        }
    }
}

/// Beyond the size by jobs that came back: a put displaces one, and the queue stays as long as it
/// is.
#[cfg(feature = "std")]
#[test]
fn a_queue_that_is_over_its_size_stays_so() {
    let builder = queue::Builder::new().maxsize(1).retries(9).overflow(DropOldest).tracking();
    let queue = builder.fifo().unwrap();
    queue.try_put(1).unwrap();
    let job = queue.try_get().unwrap();
    queue.try_put(2).unwrap();
    drop(job);
    assert_eq!((queue.len(), queue.is_full()), (2, true));
    assert_eq!(Task::new(queue.offer(3)).finish(), Ok(Some(2)));
    assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (2, true, 2));
    assert_eq!(finish(&queue), [1, 3]);
}

/// A join waits for no item that was displaced, and for all others.
#[test]
fn a_join_beside_displacing_puts() {
    const ITEMS: usize = if cfg!(miri) { 50 } else { 5_000 };
    for overflow in [DropOldest, DropNewest, Refuse] {
        watched(|| {
            let ledger = Ledger::new(2 * ITEMS);
            let queue = queue::Builder::new().maxsize(2).overflow(overflow).fifo().unwrap();
            thread::scope(|scope| {
                let putters = [0, 1].map(|putter| {
                    let (queue, ledger) = (queue.clone(), ledger.clone());
                    scope.spawn(move || {
                        for id in putter * ITEMS..(putter + 1) * ITEMS {
                            let _ = queue.try_put(ledger.message(id));
                        }
                    })
                });
                scope.spawn(|| {
                    while let Ok(job) = block_on(queue.get()) {
                        job.done();
                    }
                });
                for putter in putters {
                    putter.join().unwrap();
                }
                block_on(queue.join());
                assert_eq!((queue.len(), queue.unfinished()), (0, 0));
                ledger.assert_all_dropped();
                queue.shutdown(queue::Shutdown::Graceful);
            });
        });
    }
}

#[test]
fn a_displaced_item_that_panics_is_done() {
    for overflow in [DropOldest, DropNewest] {
        let builder = queue::Builder::new().maxsize(1).overflow(overflow);
        #[cfg_attr(not(feature = "std"), allow(unused_mut))]
        let mut queues = vec![builder.fifo().unwrap()];
        #[cfg(feature = "std")]
        queues.push(builder.lifo().unwrap());
        for queue in queues {
            assert!(queue.try_put(Brittle(overflow == DropOldest)).is_ok());
            let put = || drop(queue.try_put(Brittle(overflow == DropNewest)));
            assert!(catch_unwind(AssertUnwindSafe(put)).is_err());
            assert_eq!((queue.len(), queue.unfinished()), (1, 1));
            assert_eq!(finish(&queue).len(), 1);
        }
    }
}
