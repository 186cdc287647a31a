//! The work queue: what asyncio's does, edge by edge, for every order and on every runtime.

use crate::common::{Ledger, Task, on_every_runtime, queues_of_every_kind, take};
use forebay::queue::{Builder, GetError, Job, PutError, Queue, Shutdown, TryGetError, TryPutError};
use futures_lite::StreamExt;
use static_assertions::{assert_impl_all, assert_not_impl_any};

assert_impl_all!(Queue<std::cell::Cell<u8>>: Send, Sync, Clone);
assert_not_impl_any!(Queue<*const u8>: Send, Sync);
assert_impl_all!(Job<'static, std::cell::Cell<u8>>: Send);
assert_not_impl_any!(Job<'static, std::cell::Cell<u8>>: Sync);
assert_impl_all!(forebay::queue::Put<'static, std::marker::PhantomPinned>: Send, Unpin);
assert_impl_all!(forebay::queue::Requeue<'static, std::marker::PhantomPinned>: Send, Unpin);
assert_impl_all!(forebay::queue::Jobs<std::marker::PhantomPinned>: Send, Unpin);

#[test]
fn items_come_out_in_their_order() {
    let fifo = Queue::unbounded();
    for item in [2, 3, 1] {
        fifo.try_put(item).unwrap();
    }
    assert_eq!([take(&fifo), take(&fifo), take(&fifo)], [Ok(2), Ok(3), Ok(1)]);
}

#[cfg(feature = "std")]
mod ranked {
    /// Ordered by its number only.
    #[derive(Debug)]
    pub(crate) struct Ranked(pub(crate) u8, pub(crate) &'static str);
    impl Ord for Ranked {
        fn cmp(&self, other: &Self) -> core::cmp::Ordering {
            self.0.cmp(&other.0)
        }
    }
    impl PartialOrd for Ranked {
        fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl PartialEq for Ranked {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl Eq for Ranked {}
}

#[cfg(feature = "std")]
#[test]
fn the_other_orders() {
    let lifo = Builder::new().lifo().unwrap();
    for item in [2, 3, 1] {
        lifo.try_put(item).unwrap();
    }
    assert_eq!([take(&lifo), take(&lifo), take(&lifo)], [Ok(1), Ok(3), Ok(2)]);

    let priority = Builder::new().priority().unwrap();
    for (rank, name) in [(2, "c"), (1, "a"), (2, "d"), (1, "b")] {
        priority.try_put(ranked::Ranked(rank, name)).unwrap();
    }
    let names: Vec<_> = core::iter::from_fn(|| take(&priority).ok()).map(|item| item.1).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
}

#[test]
fn a_full_queue_refuses_and_an_empty_one_has_nothing() {
    for queue in queues_of_every_kind(2) {
        assert_eq!((queue.capacity(), queue.is_empty(), queue.is_full()), (Some(2), true, false));
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::Empty);
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        assert_eq!(queue.try_put(3), Err(TryPutError::Full(3)));
        assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (2, true, 2));
        let job = queue.try_get().unwrap();
        assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (1, false, 2));
        assert_eq!(job.attempt(), 1);
        job.done();
        assert_eq!(queue.unfinished(), 1);
    }
    assert_eq!(Queue::<u8>::unbounded().capacity(), None);
    assert!(!Queue::<u8>::unbounded().is_full());
}

#[test]
#[should_panic(expected = "capacity cannot be zero")]
fn a_queue_for_nothing_is_refused() {
    let _ = Queue::<u8>::bounded(0);
}

#[test]
fn a_put_waits_for_room_and_a_get_for_an_item() {
    for queue in queues_of_every_kind(1) {
        let mut get = Task::parked(queue.get());
        queue.try_put(1).unwrap();
        assert_eq!(get.wakes(), 1);
        let job = get.finish().unwrap();
        queue.try_put(2).unwrap();
        let mut put = Task::parked(queue.put(3));
        assert_eq!(queue.unfinished(), 2);
        take(&queue).unwrap();
        assert_eq!(put.wakes(), 1);
        assert_eq!(put.finish(), Ok(()));
        assert_eq!(queue.unfinished(), 2);
        job.done();
    }
}

#[test]
fn a_cancelled_put_is_neither_put_nor_counted_and_its_room_goes_to_the_next() {
    for queue in queues_of_every_kind(1) {
        queue.try_put(0).unwrap();
        let first = Task::parked(queue.put(1));
        let second = Task::parked(queue.put(2));
        let mut third = Task::parked(queue.put(3));
        take(&queue).unwrap();
        assert_eq!([first.wakes(), second.wakes(), third.wakes()], [1, 0, 0]);
        drop(first);
        assert_eq!([second.wakes(), third.wakes()], [1, 0]);
        assert_eq!(second.into_inner().into_inner(), Some(2));
        assert_eq!(queue.unfinished(), 0);
        assert_eq!(third.finish(), Ok(()));
        assert_eq!(queue.unfinished(), 1);
    }
}

#[test]
fn a_cancelled_get_loses_nothing() {
    for queue in queues_of_every_kind(1) {
        let first = Task::parked(queue.get());
        let mut second = Task::parked(queue.get());
        queue.try_put(1).unwrap();
        drop(first);
        assert_eq!(second.wakes(), 1);
        assert_eq!(second.finish().unwrap().into_inner(), 1);
    }
}

/// asyncio sends it to the end.
#[test]
fn who_was_robbed_keeps_its_place_other_than_in_asyncio() {
    for queue in queues_of_every_kind(1) {
        let mut first = Task::parked(queue.get());
        let mut second = Task::parked(queue.get());
        queue.try_put(1).unwrap();
        assert_eq!(take(&queue), Ok(1));
        first.park();
        queue.try_put(2).unwrap();
        assert_eq!((first.wakes(), second.wakes()), (1, 0));
        assert_eq!(first.finish().unwrap().into_inner(), 2);
        queue.try_put(3).unwrap();
        assert_eq!(second.wakes(), 1);
        assert_eq!(second.finish().unwrap().into_inner(), 3);
    }
}

#[test]
fn a_fresh_queue_is_joined_at_once() {
    for queue in queues_of_every_kind::<u8>(1) {
        Task::new(queue.join()).finish();
        Task::new(queue.join()).finish();
    }
}

#[test]
fn a_join_waits_for_what_is_done_not_for_what_is_taken() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        let mut joins = [Task::parked(queue.join()), Task::parked(queue.join())];
        let job = queue.try_get().unwrap();
        joins.iter_mut().for_each(Task::park);
        job.done();
        assert_eq!(joins.each_ref().map(Task::wakes), [1, 1]);
        joins.iter_mut().for_each(Task::finish);
        Task::new(queue.join()).finish();
        queue.try_put(2).unwrap();
        Task::new(queue.join()).park();
    }
}

#[test]
fn a_zero_counts_even_if_a_put_comes_before_the_joiner() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        let mut join = Task::parked(queue.join());
        take(&queue).unwrap();
        queue.try_put(2).unwrap();
        let mut late = Task::parked(queue.join());
        assert_eq!(join.wakes(), 1);
        join.finish();
        assert_eq!(late.wakes(), 0);
        late.park();
        take(&queue).unwrap();
        late.finish();
    }
}

#[test]
fn a_cancelled_join_leaves_the_others_waiting() {
    for queue in queues_of_every_kind(1) {
        queue.try_put(1).unwrap();
        let first = Task::parked(queue.join());
        let mut second = Task::parked(queue.join());
        drop(first);
        assert_eq!(second.wakes(), 0);
        take(&queue).unwrap();
        second.finish();
    }
}

#[test]
fn a_failed_put_is_not_counted() {
    for queue in queues_of_every_kind(1) {
        queue.shutdown(Shutdown::Graceful);
        assert_eq!(queue.try_put(1), Err(TryPutError::ShutDown(1)));
        assert_eq!(Task::new(queue.put(2)).finish(), Err(PutError(2)));
        assert_eq!(queue.unfinished(), 0);
        Task::new(queue.join()).finish();
    }
}

#[test]
fn a_graceful_shutdown_hands_out_what_is_inside() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        let mut put = Task::parked(queue.put(3));
        let mut join = Task::parked(queue.join());
        assert!(!queue.is_shut_down());
        queue.shutdown(Shutdown::Graceful);
        queue.shutdown(Shutdown::Graceful);
        assert!(queue.is_shut_down());
        assert_eq!((put.wakes(), put.finish()), (1, Err(PutError(3))));
        assert_eq!((queue.len(), queue.unfinished()), (2, 2));
        let first = queue.try_get().unwrap();
        let second = queue.try_get().unwrap();
        first.done();
        join.park();
        second.done();
        join.finish();
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        assert_eq!(Task::new(queue.get()).finish().unwrap_err(), GetError);
    }
}

#[test]
fn a_shutdown_wakes_everyone_and_fails_a_put_that_had_room() {
    for how in [Shutdown::Graceful, Shutdown::Immediate] {
        for queue in queues_of_every_kind(1) {
            queue.try_put(0).unwrap();
            let mut puts = [Task::parked(queue.put(1)), Task::parked(queue.put(2))];
            take(&queue).unwrap();
            queue.shutdown(how);
            assert_eq!(puts.each_ref().map(Task::wakes), [1, 1]);
            assert_eq!(puts.each_mut().map(Task::finish), [Err(PutError(1)), Err(PutError(2))]);
        }
        for queue in queues_of_every_kind::<u8>(1) {
            let mut gets = [Task::parked(queue.get()), Task::parked(queue.get())];
            let mut jobs = Task::new(queue.jobs());
            jobs.park_next();
            queue.shutdown(how);
            assert_eq!(gets.each_ref().map(Task::wakes), [1, 1]);
            for get in &mut gets {
                assert!(get.finish().is_err());
            }
            assert!(jobs.wakes() >= 1 && jobs.next().is_none() && jobs.next().is_none());
        }
    }
}

#[test]
fn an_immediate_shutdown_drops_what_is_inside_and_waits_for_what_is_in_hand() {
    let ledger = Ledger::new(6);
    {
        let queue = Queue::bounded(3);
        (0..3).for_each(|id| assert!(queue.try_put(ledger.message(id)).is_ok()));
        let job = queue.try_get().unwrap();
        let mut join = Task::parked(queue.join());
        queue.shutdown(Shutdown::Graceful);
        queue.shutdown(Shutdown::Immediate);
        queue.shutdown(Shutdown::Graceful);
        ledger.assert_dropped([1, 2]);
        assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (0, false, 1));
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        join.park();
        assert_eq!(job.into_inner().id(), 0);
        join.finish();
    }
    for queue in queues_of_every_kind(3) {
        (0..3).for_each(|item| queue.try_put(item).unwrap());
        let job = queue.try_get().unwrap();
        let mut join = Task::parked(queue.join());
        queue.shutdown(Shutdown::Immediate);
        assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (0, false, 1));
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        join.park();
        drop(job);
        join.finish();
        assert_eq!(queue.failed(), 0);
    }
}

#[test]
fn an_immediate_shutdown_with_nothing_in_hand_ends_the_join() {
    for queue in queues_of_every_kind(3) {
        (0..3).for_each(|item| queue.try_put(item).unwrap());
        let mut join = Task::parked(queue.join());
        queue.shutdown(Shutdown::Immediate);
        assert_eq!(join.wakes(), 1);
        join.finish();
    }
}

#[test]
fn a_job_is_done_exactly_once_whichever_way_it_goes() {
    let ways: [fn(Job<'_, u8>); 4] = [
        |job| job.done(),
        |job| assert_eq!(job.into_inner(), 1),
        |job| job.into_owned().done(),
        |mut job| {
            *job += 1;
            assert_eq!(job.into_owned().into_inner(), 2);
        },
    ];
    for way in ways {
        for queue in queues_of_every_kind(2) {
            queue.try_put(1).unwrap();
            way(queue.try_get().unwrap());
            assert_eq!((queue.unfinished(), queue.len()), (0, 0));
        }
    }
    for queue in [Queue::bounded(1), Queue::unbounded()] {
        queue.try_put(1).unwrap();
        drop(queue.try_get().unwrap());
        assert_eq!((queue.unfinished(), queue.len()), (0, 0));
    }
}

#[test]
fn the_item_is_gone_before_the_join_returns() {
    struct Watch(Queue<Watch>);
    impl Drop for Watch {
        fn drop(&mut self) {
            assert_eq!(self.0.unfinished(), 1);
        }
    }
    let queue = Queue::bounded(1);
    for finish in [|job: Job<'_, Watch>| job.done(), |job: Job<'_, Watch>| drop(job)] {
        assert!(queue.try_put(Watch(queue.clone())).is_ok());
        finish(queue.try_get().unwrap());
        assert_eq!(queue.unfinished(), 0);
    }
}

#[test]
fn a_requeue_waits_for_room_and_never_loses_the_count() {
    for queue in queues_of_every_kind(1) {
        queue.try_put(1).unwrap();
        let job = queue.try_get().unwrap();
        queue.try_put(2).unwrap();
        let job = job.try_requeue().unwrap_err();
        assert!(job.is_full());
        let mut requeue = Task::parked(job.into_inner().requeue());
        let mut join = Task::parked(queue.join());
        assert_eq!(queue.unfinished(), 2);
        assert_eq!(take(&queue), Ok(2));
        assert_eq!(requeue.wakes(), 1);
        assert!(requeue.finish().is_ok());
        drop(requeue);
        assert_eq!((queue.unfinished(), queue.len()), (1, 1));
        join.park();
        let job = queue.try_get().unwrap();
        assert_eq!((*job, job.attempt()), (1, 1));
        job.done();
        join.finish();
    }
}

#[test]
fn a_requeue_into_a_queue_that_is_shut_down_gives_the_job_back() {
    for how in [Shutdown::Graceful, Shutdown::Immediate] {
        for queue in queues_of_every_kind(1) {
            queue.try_put(1).unwrap();
            let job = queue.try_get().unwrap().into_owned();
            queue.try_put(2).unwrap();
            let mut requeue = Task::parked(job.requeue());
            queue.shutdown(how);
            let PutError(job) = requeue.finish().unwrap_err();
            let job = job.try_requeue().unwrap_err();
            assert!(job.is_shut_down());
            assert_eq!(job.into_inner().into_inner(), 1);
            assert_eq!(queue.unfinished(), queue.len());
        }
    }
}

#[test]
fn a_cancelled_requeue_drops_the_job_or_gives_it_back() {
    for queue in [Queue::bounded(1), Builder::new().maxsize(1).fifo().unwrap()] {
        queue.try_put(1).unwrap();
        let job = queue.try_get().unwrap();
        queue.try_put(2).unwrap();
        let requeue = Task::parked(job.requeue());
        let job = requeue.into_inner().into_inner().unwrap();
        assert_eq!((*job, queue.unfinished()), (1, 2));
        drop(Task::parked(job.requeue()));
        assert_eq!(queue.unfinished(), 1);
    }
}

#[test]
fn jobs_are_streamed_until_the_queue_is_over() {
    on_every_runtime(async |runtime| {
        for queue in queues_of_every_kind::<u32>(2) {
            let mut jobs = queue.jobs();
            let worker = runtime.spawn(async move {
                let mut sum = 0;
                while let Some(job) = jobs.next().await {
                    sum += job.into_inner();
                }
                sum
            });
            for item in 1..=100 {
                queue.put(item).await.unwrap();
            }
            queue.join().await;
            queue.shutdown(Shutdown::Graceful);
            assert_eq!(worker.await, 5050);
        }
    });
}

#[test]
fn workers_that_put_new_work_end_exactly_when_all_is_done() {
    on_every_runtime(async |runtime| {
        let queue = Queue::<u32>::unbounded();
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let queue = queue.clone();
                runtime.spawn(async move {
                    let mut seen = 0;
                    while let Ok(job) = queue.get().await {
                        seen += 1;
                        if *job > 0 {
                            queue.put(*job - 1).await.unwrap();
                            queue.put(*job - 1).await.unwrap();
                        }
                        job.done();
                    }
                    seen
                })
            })
            .collect();
        queue.put(7).await.unwrap();
        queue.join().await;
        queue.shutdown(Shutdown::Immediate);
        let mut seen = 0;
        for worker in workers {
            seen += worker.await;
        }
        assert_eq!(seen, 255);
    });
}

#[test]
fn the_last_handle_drops_the_items_and_an_owned_job_is_a_handle() {
    let ledger = Ledger::new(3);
    let queue = Queue::bounded(3);
    (0..3).for_each(|id| assert!(queue.try_put(ledger.message(id)).is_ok()));
    let job = queue.try_get().unwrap().into_owned();
    drop(queue);
    ledger.assert_dropped([]);
    drop(job);
    ledger.assert_all_dropped();
}

#[test]
fn the_errors_say_what_happened() {
    let text = "putting into a queue that is shut down";
    assert_eq!(PutError(1).to_string(), text);
    assert_eq!(TryPutError::Full(1).to_string(), "putting into a full queue");
    assert_eq!(TryPutError::ShutDown(1).into_inner(), 1);
    assert_eq!(TryGetError::Empty.to_string(), "getting from an empty queue");
    assert_eq!(GetError.to_string(), TryGetError::ShutDown.to_string());
    assert_eq!(format!("{:?}", PutError(1)), "PutError(..)");
    assert!(TryGetError::Empty.is_empty() && TryGetError::ShutDown.is_shut_down());
    assert_eq!(format!("{:?}", Queue::<u8>::unbounded()), "Queue { .. }");
}

#[cfg(feature = "std")]
#[test]
fn threads_that_block() {
    crate::common::watched(|| {
        for queue in queues_of_every_kind::<u32>(2) {
            let worker = std::thread::spawn({
                let queue = queue.clone();
                move || {
                    let mut sum = 0;
                    while let Ok(job) = queue.get_blocking() {
                        sum += job.into_inner();
                    }
                    sum
                }
            });
            (1..=100).for_each(|item| queue.put_blocking(item).unwrap());
            queue.join_blocking();
            queue.shutdown(Shutdown::Graceful);
            assert_eq!(worker.join().unwrap(), 5050);
            assert_eq!(queue.put_blocking(1), Err(PutError(1)));
        }
    });
}
