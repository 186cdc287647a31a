//! Batches of jobs, and workers from one line.

use crate::common::{Ledger, Task, on_every_runtime};
use core::future::{pending, poll_fn};
use core::task::Poll;
use forebay::queue::{Builder, GetError, PutError, Queue, Shutdown, TryGetError, TryPutError};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn queues(maxsize: usize) -> Vec<Queue<u32>> {
    let builder = Builder::new().maxsize(maxsize);
    vec![builder.fifo().unwrap(), builder.priority().unwrap(), builder.retries(1).fifo().unwrap()]
}

fn panics<R>(operation: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(operation)).is_err()
}

// ---- batches

#[test]
fn a_batch_waits_for_its_first_job_and_takes_what_is_there() {
    for queue in queues(8) {
        assert_eq!(queue.try_get_many(3).unwrap_err(), TryGetError::Empty);
        let mut get = Task::parked(queue.get_many(3));
        assert!(queue.try_put_many(0..5).is_ok());
        assert!(get.wakes() >= 1);
        assert_eq!(get.finish().unwrap().into_inner(), [0, 1, 2]);
        assert_eq!(queue.unfinished(), 2);
        let batch = queue.try_get_many(9).unwrap();
        assert_eq!((batch.len(), queue.len(), queue.unfinished()), (2, 0, 2));
        for job in batch {
            job.done();
        }
        queue.shutdown(Shutdown::Graceful);
        assert_eq!(Task::new(queue.get_many(1)).finish().unwrap_err(), GetError);
        assert_eq!(queue.get_many_blocking(1).unwrap_err(), GetError);
    }
}

#[test]
fn the_jobs_of_a_batch_that_is_dropped_do_what_jobs_do() {
    for queue in queues(8) {
        queue.try_put_many(0..3).unwrap();
        drop(queue.try_get_many(3).unwrap());
        let stats = queue.stats();
        assert_eq!((stats.done + stats.retried, stats.len), (3, stats.retried));
    }
}

#[test]
fn a_batch_whose_item_panics_in_its_drop_is_done() {
    struct Bomb(bool);
    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 {
                resume_unwind(Box::new("the item fails"));
            }
        }
    }
    let queue = Queue::unbounded();
    for bomb in [false, true, false] {
        assert!(queue.try_put(Bomb(bomb)).is_ok());
    }
    assert!(panics(|| queue.try_get_many(3).unwrap().done()));
    assert_eq!((queue.unfinished(), queue.stats().done), (0, 3));
}

#[test]
fn many_puts_wait_for_room_and_give_back_what_is_left() {
    for queue in queues(2) {
        assert_eq!(queue.try_put_many(0..5), Err(TryPutError::Full(vec![2, 3, 4])));
        let mut put = Task::parked(queue.put_many(2..5));
        queue.try_get().unwrap().done();
        assert_eq!(put.wakes(), 1);
        put.park();
        assert_eq!((queue.len(), queue.unfinished()), (2, 2));
        queue.shutdown(Shutdown::Graceful);
        assert_eq!(put.finish(), Err(PutError(vec![3, 4])));
        assert_eq!(put.into_inner().into_inner(), []);
        assert_eq!(queue.try_put_many(7..9), Err(TryPutError::ShutDown(vec![7, 8])));
        assert_eq!(queue.put_many_blocking(7..9), Err(PutError(vec![7, 8])));
        assert_eq!(queue.put_many_blocking([]), Ok(()));
    }
}

#[test]
fn a_cancelled_put_of_many_drops_or_returns_what_was_not_put() {
    let ledger = Ledger::new(4);
    let queue = Queue::bounded(1);
    let mut put = Task::parked(queue.put_many((0..4).map(|id| ledger.message(id))));
    queue.try_get().unwrap().done();
    put.park();
    ledger.assert_dropped([0]);
    let rest = put.into_inner().into_inner();
    assert_eq!(rest.iter().map(crate::common::Message::id).collect::<Vec<_>>(), [2, 3]);
    drop(rest);
    drop(queue);
    ledger.assert_all_dropped();
}

#[test]
#[should_panic(expected = "a batch of no jobs")]
fn a_batch_of_nothing_is_refused() {
    let _ = Queue::<u8>::unbounded().try_get_many(0);
}

#[test]
fn batches_pass_between_tasks() {
    on_every_runtime(async |runtime| {
        for queue in queues(3) {
            let worker = runtime.spawn({
                let queue = queue.clone();
                async move {
                    let mut sum = 0;
                    while let Ok(batch) = queue.get_many(2).await {
                        sum += batch.into_inner().into_iter().sum::<u32>();
                    }
                    sum
                }
            });
            queue.put_many(1..=50).await.unwrap();
            queue.join().await;
            queue.shutdown(Shutdown::Graceful);
            assert_eq!(worker.await, 1275);
        }
    });
}

// ---- pools

#[test]
fn a_pool_works_until_the_queue_ends() {
    on_every_runtime(async |runtime| {
        let sum = Arc::new(AtomicUsize::new(0));
        let queue = Builder::new().maxsize(4).retries(2).fifo().unwrap();
        let pool = queue.pool({
            let sum = Arc::clone(&sum);
            async move |number: &mut usize| {
                futures_lite::future::yield_now().await;
                match *number % 10 {
                    3 => Err("three"),
                    7 => resume_unwind(Box::new("seven")),
                    _ => {
                        sum.fetch_add(*number, Ordering::SeqCst);
                        Ok(())
                    }
                }
            }
        });
        let workers: Vec<_> = pool.workers(3).map(|worker| runtime.spawn(worker)).collect();
        queue.put_many(0..100).await.unwrap();
        queue.join().await;
        let mut dead: Vec<_> = queue.dead_letters().into_iter().map(|dead| dead.item).collect();
        dead.sort_unstable();
        assert_eq!(dead, (0..100).filter(|n| n % 10 == 3 || n % 10 == 7).collect::<Vec<_>>());
        assert_eq!(sum.load(Ordering::SeqCst) + dead.iter().sum::<usize>(), 4950);
        let stats = queue.stats();
        assert_eq!((stats.put, stats.done, stats.failed, stats.retried), (100, 80, 20, 40));
        queue.shutdown(Shutdown::Graceful);
        for worker in workers {
            worker.await;
        }
    });
}

#[test]
fn n_workers_in_one_task_work_side_by_side() {
    let queue = Queue::unbounded();
    queue.try_put_many(0..5).unwrap();
    let open = AtomicUsize::new(0);
    let mut work = Task::new(queue.work(3, async |_: &mut u32| {
        poll_fn(|_| if open.load(Ordering::SeqCst) == 1 { Poll::Ready(()) } else { Poll::Pending })
            .await;
        Ok::<_, ()>(())
    }));
    assert!(work.poll().is_pending());
    assert_eq!((queue.stats().in_hand, queue.len()), (3, 2));
    open.store(1, Ordering::SeqCst);
    queue.shutdown(Shutdown::Graceful);
    work.finish();
    assert_eq!(queue.stats().done, 5);
}

#[test]
fn a_failed_attempt_waits_for_its_timer_and_a_shutdown_ends_the_wait() {
    let queue = Builder::new().retries(9).fifo().unwrap();
    queue.try_put(1).unwrap();
    let timers = AtomicUsize::new(0);
    let pool = queue.pool(async |_: &mut u32| Err::<(), _>(())).backoff(|attempt| {
        assert_eq!(attempt as usize, timers.fetch_add(1, Ordering::SeqCst) + 1);
        async move {
            if attempt == 3 {
                pending::<()>().await;
            }
        }
    });
    let mut work = Task::parked(pool.run(1));
    assert_eq!((timers.load(Ordering::SeqCst), queue.stats().in_hand), (3, 1));
    assert_eq!(queue.shutdown(Shutdown::Immediate), []);
    work.finish();
    assert_eq!(queue.shutdown(Shutdown::Immediate), [1]);
}

#[test]
fn a_pool_survives_a_callback_and_a_drop_that_panic() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new("the item fails"));
        }
    }
    let queue = Builder::new()
        .retries(0)
        .fifo()
        .unwrap()
        .with_dead_letters(|_| resume_unwind(Box::new("the callback fails")));
    queue.try_put_many([(false, None), (true, Some(Bomb)), (true, None)]).ok().unwrap();
    queue.shutdown(Shutdown::Graceful);
    let work = queue.work(
        1,
        async |item: &mut (bool, Option<Bomb>)| {
            if item.0 { Ok(()) } else { Err(()) }
        },
    );
    Task::new(work).finish();
    let stats = queue.stats();
    assert_eq!((stats.done, stats.failed, stats.dead_letters, stats.unfinished), (2, 1, 1, 0));
}

#[test]
fn a_pool_that_is_dropped_is_noticed() {
    let queue = Builder::new().retries(1).fifo().unwrap();
    queue.try_put(1).unwrap();
    let mut join = Task::parked(queue.try_join());
    let mut workers: Vec<_> =
        queue.pool(async |_: &mut u32| pending::<Result<(), ()>>().await).workers(2).collect();
    let mut first = Task::parked(workers.pop().unwrap());
    first.park();
    drop(workers);
    join.park();
    drop(first);
    assert!(join.finish().is_err());
    assert_eq!(queue.try_get().unwrap().attempt(), 2);
}

#[test]
#[should_panic(expected = "a pool of no workers")]
fn a_pool_of_nobody_is_refused() {
    let queue = Queue::<u8>::unbounded();
    drop(queue.pool(async |_: &mut u8| Ok::<_, ()>(())).workers(0));
}
