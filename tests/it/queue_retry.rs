//! Jobs that come back, and what a panic of the user's code costs: never an item that it does not
//! concern.
use crate::common::{Ledger, Task, on_every_runtime};
use core::cmp::Ordering;
use forebay::queue::{Builder, DeadLetter, Job, Queue, Shutdown, TryGetError, TryPutError};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};

fn panics<R>(operation: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(operation)).is_err()
}

#[test]
fn a_dropped_job_comes_back_until_it_has_failed() {
    let builder = Builder::new().retries(2);
    for queue in [builder.fifo().unwrap(), builder.lifo().unwrap(), builder.priority().unwrap()] {
        queue.try_put(7).unwrap();
        for attempt in 1..=3 {
            let job = queue.try_get().unwrap();
            assert_eq!((*job, job.attempt(), queue.unfinished()), (7, attempt, 1));
            assert_eq!(queue.failed(), 0);
        }
        assert_eq!((queue.failed(), queue.unfinished(), queue.len()), (1, 0, 0));
        assert_eq!(queue.dead_letters(), [DeadLetter { item: 7, attempts: 3 }]);
        assert_eq!(queue.dead_letters(), []);
    }
    let none = Builder::new().retries(0).fifo().unwrap();
    none.try_put(1).unwrap();
    drop(none.try_get().unwrap());
    assert_eq!((none.failed(), none.unfinished()), (1, 0));
}

#[test]
fn a_returning_job_needs_no_room_and_wakes_a_get() {
    let queue = Builder::new().maxsize(1).retries(9).fifo().unwrap();
    queue.try_put(1).unwrap();
    let job = queue.try_get().unwrap();
    queue.try_put(2).unwrap();
    let mut put = Task::parked(queue.put(3));
    drop(job);
    assert_eq!((queue.len(), queue.is_full()), (2, true));
    assert_eq!(queue.try_get().unwrap().into_inner(), 2);
    // Still full: the room is not there yet.
    assert_eq!(put.wakes(), 0);
    assert_eq!(queue.try_put(4), Err(TryPutError::Full(4)));
    let again = queue.try_get().unwrap();
    assert_eq!((*again, again.attempt(), put.wakes()), (1, 2, 1));
    assert_eq!(put.finish(), Ok(()));
    assert_eq!(queue.try_get().unwrap().into_inner(), 3);

    let mut get = Task::parked(queue.get());
    drop(again);
    assert_eq!(get.wakes(), 1);
    assert_eq!(get.finish().unwrap().attempt(), 3);
}

#[test]
fn after_a_graceful_shutdown_no_get_waits_for_what_may_come_back_and_it_is_handed_out_all_the_same()
{
    let queue = Builder::new().retries(1).fifo().unwrap();
    queue.try_put(1).unwrap();
    let job = queue.try_get().unwrap();
    let mut get = Task::parked(queue.get());
    let mut jobs = Task::new(queue.jobs());
    jobs.park_next();
    queue.shutdown(Shutdown::Graceful);
    assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
    assert_eq!(get.wakes(), 1);
    assert!(get.finish().is_err());
    assert!(jobs.wakes() >= 1 && jobs.next().is_none());
    drop(job);
    let job = queue.try_get().unwrap();
    assert_eq!((job.attempt(), queue.unfinished()), (2, 1));
    drop(job);
    assert_eq!((queue.unfinished(), queue.failed()), (0, 1));
}

#[test]
fn after_an_immediate_shutdown_what_comes_back_is_left_over() {
    let ledger = Ledger::new(2);
    let queue = Builder::new().retries(5).fifo().unwrap();
    (0..2).for_each(|id| assert!(queue.try_put(ledger.message(id)).is_ok()));
    let job = queue.try_get().unwrap();
    queue.shutdown(Shutdown::Graceful);
    let mut join = Task::parked({
        ledger.assert_dropped([]);
        queue.shutdown(Shutdown::Immediate);
        ledger.assert_dropped([1]);
        queue.join()
    });
    drop(job);
    join.finish();
    ledger.assert_dropped([1]);
    assert_eq!((queue.len(), queue.failed()), (0, 0));
    let left: Vec<_> =
        queue.shutdown(Shutdown::Immediate).iter().map(crate::common::Message::id).collect();
    assert_eq!(left, [0]);
}

#[test]
fn a_cancelled_requeue_goes_back_by_its_own_way() {
    let queue = Builder::new().maxsize(1).retries(5).fifo().unwrap();
    queue.try_put(1).unwrap();
    let job = queue.try_get().unwrap();
    queue.try_put(2).unwrap();
    drop(Task::parked(job.requeue()));
    assert_eq!((queue.len(), queue.unfinished()), (2, 2));
}

#[test]
fn a_job_that_was_put_back_is_in_hand_no_more() {
    let queue = Builder::new().retries(1).fifo().unwrap();
    queue.try_put(1).unwrap();
    queue.try_get().unwrap().try_requeue().unwrap();
    queue.shutdown(Shutdown::Graceful);
    queue.try_get().unwrap().done();
    assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
}

#[test]
fn workers_that_panic_lose_nothing() {
    on_every_runtime(async |runtime| {
        let queue = Builder::new().maxsize(4).retries(1_000).fifo().unwrap();
        let workers: Vec<_> = (0..3)
            .map(|number| {
                let queue: Queue<usize> = queue.clone();
                runtime.spawn(async move {
                    let mut sum = 0;
                    while let Ok(job) = queue.get().await {
                        let panicked = panics(|| {
                            let job = job;
                            if (*job + number) % 3 == 0 && job.attempt() < 3 {
                                resume_unwind(Box::new("a worker dies"));
                            }
                            sum += job.into_inner();
                        });
                        if panicked {
                            futures_lite::future::yield_now().await;
                        }
                    }
                    sum
                })
            })
            .collect();
        for item in 1..=100 {
            queue.put(item).await.unwrap();
        }
        queue.join().await;
        queue.shutdown(Shutdown::Graceful);
        let mut sum = 0;
        for worker in workers {
            sum += worker.await;
        }
        assert_eq!((sum, queue.failed()), (5050, 0));
    });
}

#[test]
fn a_job_whose_item_panics_in_its_drop_is_done() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new("the item fails"));
        }
    }
    for queue in [Queue::bounded(2), Builder::new().lifo().unwrap()] {
        for _ in 0..2 {
            assert!(queue.try_put(Bomb).is_ok());
        }
        assert!(panics(|| queue.try_get().unwrap().done()));
        assert!(panics(|| drop(queue.try_get().unwrap())));
        assert_eq!(queue.unfinished(), 0);
        assert!(queue.try_put(Bomb).is_ok());
        let mut join = Task::parked(queue.join());
        assert!(panics(|| drop(queue.shutdown(Shutdown::Immediate))));
        join.finish();
        assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    }
}

/// Whoever compares with it panics.
#[derive(Debug, PartialEq, Eq)]
struct Picky(u8);

impl Ord for Picky {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0.max(other.0) == 99 {
            resume_unwind(Box::new("the comparison fails"));
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Picky {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[test]
fn a_comparison_that_panics_leaves_the_queue_as_it_was() {
    let queue = Builder::new().maxsize(3).retries(1).priority().unwrap();
    assert!(queue.try_put(Picky(99)).is_ok());
    let job = queue.try_get().unwrap();
    assert!(queue.try_put(Picky(2)).is_ok());
    assert!(queue.try_put(Picky(1)).is_ok());
    assert!(panics(|| queue.try_put(Picky(99))));
    assert!(panics(|| Task::new(queue.put(Picky(99))).finish()));
    assert_eq!((queue.len(), queue.unfinished()), (2, 3));
    // A job that cannot be put back is a dead letter.
    assert!(panics(|| drop(job)));
    assert_eq!((queue.len(), queue.unfinished()), (2, 2));
    assert_eq!(queue.dead_letters(), [DeadLetter { item: Picky(99), attempts: 1 }]);
    queue.shutdown(Shutdown::Graceful);
    assert_eq!(queue.try_get().unwrap().into_inner(), Picky(1));
    assert_eq!(queue.try_get().unwrap().into_inner(), Picky(2));
    assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn what_cannot_be_given_back_is_a_dead_letter() {
    let queue = Builder::new().priority().unwrap();
    assert!(queue.try_put(Picky(99)).is_ok());
    let job = queue.try_get().unwrap();
    assert!(queue.try_put(Picky(1)).is_ok());
    assert!(panics(|| job.give_back()));
    assert_eq!(queue.dead_letters(), [DeadLetter { item: Picky(99), attempts: 1 }]);
    assert_eq!((queue.len(), queue.unfinished(), queue.failed()), (1, 1, 1));
}

#[test]
fn an_item_whose_comparison_panics_stays_in_its_put() {
    let queue = Builder::new().priority().unwrap();
    assert!(queue.try_put(Picky(1)).is_ok());
    let mut put = Task::new(queue.put(Picky(99)));
    assert!(panics(|| put.poll().is_ready()));
    assert_eq!(put.into_inner().into_inner(), Some(Picky(99)));
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
}

#[test]
fn a_requeue_whose_comparison_panics_is_a_dead_letter_or_done() {
    for (retries, dead) in [(None, 0), (Some(3), 1)] {
        let builder = retries.map_or(Builder::new(), |limit| Builder::new().retries(limit));
        let queue = builder.priority().unwrap();
        for way in [
            |job: Job<'_, Picky>| drop(job.try_requeue()),
            |job: Job<'_, Picky>| drop(Task::new(job.requeue()).poll()),
        ] {
            assert!(queue.try_put(Picky(99)).is_ok());
            let job = queue.try_get().unwrap();
            assert!(queue.try_put(Picky(1)).is_ok());
            assert!(panics(|| way(job)));
            assert_eq!((queue.len(), queue.unfinished()), (1, 1));
            assert_eq!(queue.dead_letters().len(), dead);
            queue.try_get().unwrap().done();
        }
    }
}

/// What is dropped under the lock of the queue that it looks at hangs.
#[test]
fn an_item_may_look_at_the_queue_in_its_drop() {
    struct Looks(Queue<Looks>, u8);
    impl Drop for Looks {
        fn drop(&mut self) {
            let _ = (self.0.len(), self.0.stats(), self.0.dead_letters());
        }
    }
    impl Ord for Looks {
        fn cmp(&self, other: &Self) -> Ordering {
            Picky(self.1).cmp(&Picky(other.1))
        }
    }
    impl PartialOrd for Looks {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }
    impl PartialEq for Looks {
        fn eq(&self, other: &Self) -> bool {
            self.cmp(other).is_eq()
        }
    }
    impl Eq for Looks {}
    crate::common::watched(|| {
        let builder = Builder::new().maxsize(2).overflow(forebay::Overflow::DropOldest);
        for queue in [
            builder.fifo().unwrap(),
            builder.lifo().unwrap(),
            builder.retries(0).priority().unwrap(),
            builder.retries(1).priority().unwrap(),
        ] {
            let item = |rank| Looks(queue.clone(), rank);
            (0..4).for_each(|rank| assert!(queue.try_put(item(rank)).is_ok()));
            panics(|| queue.try_put(item(99)));
            if let Ok(job) = queue.try_get() {
                panics(|| queue.try_put(item(99)));
                drop(job);
            }
            drop(queue.try_get());
            queue.shutdown(Shutdown::Immediate);
            assert!(queue.try_put(item(1)).is_err());
            drop(queue.dead_letters());
        }
    });
}

struct Faulty;

impl Wake for Faulty {
    fn wake(self: Arc<Self>) {
        resume_unwind(Box::new("the waker fails"));
    }
}

/// A sleeping future with a waker that panics.
fn faulty<F: Future>(future: F) -> Task<F> {
    let mut task = Task::parked(future);
    assert!(task.poll_with(&Waker::from(Arc::new(Faulty))).is_pending());
    task
}

#[test]
fn a_waker_that_panics_upsets_no_count() {
    let builder = Builder::new().maxsize(1);
    for queue in
        [builder.fifo().unwrap(), builder.lifo().unwrap(), builder.retries(1).fifo().unwrap()]
    {
        let get = faulty(queue.get());
        assert!(panics(|| queue.try_put(1)));
        assert_eq!((queue.len(), queue.unfinished()), (1, 1));
        panics(|| drop(get));

        let put = faulty(queue.put(2));
        assert!(panics(|| queue.try_get().map(Job::done)));
        panics(|| drop(put));
        // The job goes with the unwinding: done, or back.
        assert_eq!(queue.unfinished(), queue.len());
        if let Ok(job) = queue.try_get() {
            job.done();
        }

        assert_eq!(queue.try_put(3), Ok(()));
        let join = faulty(queue.join());
        let mut other = Task::parked(queue.join());
        assert!(panics(|| queue.try_get().unwrap().done()));
        panics(|| other.finish());
        panics(|| drop(join));
        assert_eq!(queue.unfinished(), 0);
    }
}
