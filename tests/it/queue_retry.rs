//! Jobs that come back, and what a panic of the user's code costs: never an item that it does not concern.
use crate::common::{Grenade, Ledger, Task, fail, faulty, on_every_runtime, panics};
use core::cmp::Ordering;
use forebay::queue::{Builder, Job, Queue, Shutdown, TryGetError, TryPutError};

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
fn after_a_graceful_shutdown_getters_wait_for_jobs_that_may_come_back() {
    let queue = Builder::new().retries(1).fifo().unwrap();
    queue.try_put(1).unwrap();
    let job = queue.try_get().unwrap();
    queue.shutdown(Shutdown::Graceful);
    assert_eq!(queue.try_get().unwrap_err(), TryGetError::Empty);
    let mut get = Task::parked(queue.get());
    let mut jobs = Task::parked_stream(queue.jobs());
    drop(job);
    let job = get.finish().unwrap();
    assert_eq!(job.attempt(), 2);
    let mut get = Task::parked(queue.get());
    job.done();
    assert_eq!(get.wakes(), 1);
    assert!(get.finish().is_err());
    assert!(jobs.wakes() >= 1 && jobs.next().is_none());
}

#[test]
fn after_an_immediate_shutdown_nothing_comes_back() {
    let ledger = Ledger::new(2);
    let queue = Builder::new().retries(5).fifo().unwrap();
    (0..2).for_each(|id| assert!(queue.try_put(ledger.message(id)).is_ok()));
    let job = queue.try_get().unwrap();
    queue.shutdown(Shutdown::Graceful);
    let mut get = Task::parked({
        ledger.assert_dropped([]);
        queue.shutdown(Shutdown::Immediate);
        ledger.assert_dropped([1]);
        queue.join()
    });
    drop(job);
    get.finish();
    ledger.assert_all_dropped();
    assert_eq!((queue.len(), queue.failed()), (0, 0));
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
                                fail("a worker dies");
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
    for queue in [
        Queue::bounded(2),
        Builder::new().lifo().unwrap(),
        Builder::new().retries(0).fifo().unwrap(),
    ] {
        for _ in 0..2 {
            assert!(queue.try_put(Grenade { armed: true }).is_ok());
        }
        assert!(panics(|| queue.try_get().unwrap().done()));
        assert!(panics(|| drop(queue.try_get().unwrap())));
        assert_eq!(queue.unfinished(), 0);
        assert!(queue.try_put(Grenade { armed: true }).is_ok());
        let mut join = Task::parked(queue.join());
        assert!(panics(|| queue.shutdown(Shutdown::Immediate)));
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
            fail("the comparison fails");
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
    // A job that cannot be put back is done, whichever way it was to go.
    assert!(panics(|| drop(job)));
    assert_eq!((queue.len(), queue.unfinished()), (2, 2));
    queue.shutdown(Shutdown::Graceful);
    assert_eq!(queue.try_get().unwrap().into_inner(), Picky(1));
    assert_eq!(queue.try_get().unwrap().into_inner(), Picky(2));
    assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn a_requeue_whose_comparison_panics_is_done() {
    let queue = Builder::new().priority().unwrap();
    assert!(queue.try_put(Picky(99)).is_ok());
    let job = queue.try_get().unwrap();
    assert!(queue.try_put(Picky(1)).is_ok());
    assert!(panics(|| job.try_requeue()));
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
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

#[test]
fn a_waker_that_panics_at_the_last_job_leaves_it_done() {
    let queue = Builder::new().retries(1).fifo().unwrap();
    queue.try_put(1).unwrap();
    let job = queue.try_get().unwrap();
    queue.shutdown(Shutdown::Graceful);
    let get = faulty(queue.get());
    assert!(panics(|| job.done()));
    assert_eq!(queue.unfinished(), 0);
    panics(|| drop(get));
}
