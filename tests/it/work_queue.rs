//! Code that is written against the traits runs on the queue.

use core::fmt::Debug;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

#[cfg(feature = "std")]
use forebay::queue::Builder;
use forebay::queue::{Queue, Shutdown, Work, WorkError, WorkQueue};

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

/// A poll by hand.
fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn ready<F: Future<Output: Debug>>(future: F) -> F::Output {
    match poll(future) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

/// Runs on a queue that is generic: nothing of the concrete type is in reach.
fn get<Q: WorkQueue<u64>>(queue: &Q) -> Option<Result<Q::Job, Q::GetError>> {
    match poll(queue.get()) {
        Poll::Ready(got) => Some(got),
        Poll::Pending => None,
    }
}

fn sendable<T: Send + 'static>(value: T) -> T {
    value
}

#[test]
fn a_generic_worker_does_every_job() {
    let queue = Queue::unbounded();
    ready(WorkQueue::put(&queue, 100)).unwrap();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let worker = sendable(halver(queue.clone()));
            std::thread::spawn(move || futures_lite::future::block_on(worker).unwrap())
        })
        .collect();
    futures_lite::future::block_on(queue.join());
    assert_eq!(queue.unfinished(), 0);
    queue.shutdown(Shutdown::Graceful);
    let sums = workers.into_iter().map(|worker| worker.join().unwrap());
    let (done, attempts) = sums.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    // A tree of halves with 100 leaves.
    assert_eq!((done, attempts), (199, 199));
}

#[test]
fn a_job_of_the_trait_is_the_job_of_the_queue() {
    let queue = Queue::bounded(2);
    ready(WorkQueue::put(&queue, 1)).unwrap();
    ready(WorkQueue::put(&queue, 2)).unwrap();
    assert!(poll(WorkQueue::put(&queue, 3)).is_pending());

    let first = get(&queue).unwrap().unwrap();
    assert_eq!((*first, Work::attempt(&first), queue.unfinished()), (1, 1, 2));
    Work::done(first);
    assert_eq!(queue.unfinished(), 1);
    let second = sendable(get(&queue).unwrap().unwrap());
    assert_eq!(Work::into_inner(second), 2);
    assert_eq!(queue.unfinished(), 0);
    assert!(get(&queue).is_none());
}

#[test]
fn what_could_not_be_put_comes_back() {
    fn refused<Q: WorkQueue<u64>>(queue: &Q) -> u64 {
        let Poll::Ready(Err(error)) = poll(queue.put(7)) else { panic!("it is shut down") };
        Q::into_item(error)
    }
    let queue = Queue::bounded(1);
    queue.shutdown(Shutdown::Graceful);
    assert_eq!(refused(&queue), 7);
    assert!(get(&queue).unwrap().is_err_and(|error| error.is_shut_down()));
}

#[cfg(feature = "std")]
#[test]
fn a_dropped_job_comes_back_by_the_trait_too() {
    let queue = Builder::new().retries(1).fifo().unwrap();
    ready(WorkQueue::put(&queue, 5)).unwrap();
    drop(get(&queue).unwrap().unwrap());
    let again = get(&queue).unwrap().unwrap();
    assert_eq!((*again, Work::attempt(&again)), (5, 2));
    Work::done(again);
    assert_eq!((queue.unfinished(), queue.failed()), (0, 0));
}
