//! Code that is written against the traits of `forebay` does the same on one machine and on many.

use std::future::Future;
use std::pin::pin;

use forebay::queue::{self as local, Work, WorkError, WorkQueue};
use futures_util::future::join_all;

use crate::support::{builder, ms, one, open, soon, waits};

/// Halves what it gets, and puts the halves.
async fn halver<Q: WorkQueue<u64>>(queue: Q) -> Result<(u64, u64), Q::GetError> {
    let (mut done, mut attempts) = (0, 0);
    loop {
        let job = match queue.get().await {
            Ok(job) => job,
            Err(error) if error.is_shut_down() => return Ok((done, attempts)),
            Err(error) => return Err(error),
        };
        attempts += u64::from(job.attempt());
        for half in [*job / 2, *job - *job / 2] {
            if *job > 1 {
                assert!(queue.put(half).await.is_ok());
            }
        }
        job.done();
        done += 1;
    }
}

/// A tree of halves with 100 leaves. `end` joins the queue and shuts it down.
async fn all_jobs_are_done<Q: WorkQueue<u64>>(queue: Q, end: impl Future<Output = ()>) {
    assert!(queue.put(100).await.is_ok());
    let workers = join_all((0..3).map(|_| halver(queue.clone())));
    let (counts, ()) = soon(futures_util::future::join(workers, end)).await;
    let sums = counts.into_iter().map(Result::unwrap);
    let sum = sums.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!(sum, (199, 199));
    let refused = queue.put(7).await.expect_err("it is shut down");
    assert_eq!(Q::into_item(refused), 7);
    assert!(queue.get().await.is_err_and(|error| error.is_shut_down()));
}

/// On a queue with one retry.
async fn jobs_come_back_once<Q: WorkQueue<u64>>(queue: Q) {
    assert!(queue.put(5).await.is_ok());
    assert!(queue.put(6).await.is_ok());
    let first = soon(queue.get()).await.unwrap();
    assert_eq!((*first, first.attempt()), (5, 1));
    assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 6);
    drop(first);
    let again = soon(queue.get()).await.unwrap();
    assert_eq!((*again, again.attempt()), (5, 2));
    drop(again);
    waits(ms(100), queue.get()).await;
}

#[tokio::test]
async fn a_generic_worker_does_every_job() {
    let queue = local::Queue::unbounded();
    let end = async {
        queue.join().await;
        queue.shutdown(local::Shutdown::Graceful);
    };
    all_jobs_are_done(queue.clone(), end).await;

    let (_servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    let end = async {
        queue.join().await.unwrap();
        Box::pin(queue.shutdown(forebay_nats::Shutdown::Graceful)).await.unwrap();
    };
    all_jobs_are_done(queue.clone(), end).await;
}

#[tokio::test]
async fn a_dropped_job_comes_back_until_it_is_a_dead_letter() {
    let queue = local::Builder::new().retries(1).fifo().unwrap();
    jobs_come_back_once(queue.clone()).await;
    assert_eq!((queue.unfinished(), queue.failed()), (0, 1));

    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().retries(1)).await;
    jobs_come_back_once(queue.clone()).await;
    assert_eq!((queue.unfinished().await.unwrap(), queue.failed().await.unwrap()), (0, 1));
}

#[tokio::test]
async fn a_put_waits_for_room() {
    async fn full<Q: WorkQueue<u64>>(queue: Q) {
        assert!(queue.put(1).await.is_ok());
        let mut put = pin!(queue.put(2));
        waits(ms(100), &mut put).await;
        soon(queue.get()).await.unwrap().done();
        assert!(soon(put).await.is_ok());
        assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 2);
    }
    full(local::Queue::bounded(1)).await;
    let (_servers, nats) = one().await;
    full(open(&nats, builder().maxsize(1)).await).await;
}
