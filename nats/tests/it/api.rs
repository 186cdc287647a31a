//! Each operation, on one server.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use forebay_nats::{Builder, Nats, Queue, Shutdown, TryGetError, TryPutError};
use futures_util::StreamExt;
use tokio::time::Instant;

use crate::support::{LEASE, builder, connect, ms, one, open, soon, until, waits};

#[tokio::test]
async fn first_in_first_out() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    for item in 0..20 {
        soon(queue.put(item)).await.unwrap();
    }
    assert_eq!(queue.unfinished().await.unwrap(), 20);
    until(async || queue.len().await.unwrap() == 20).await;
    for item in 0..20 {
        let job = soon(queue.get()).await.unwrap();
        assert_eq!((*job, job.attempt()), (item, 1));
        soon(job.done_confirmed()).await.unwrap();
    }
    assert_eq!((queue.len().await.unwrap(), queue.unfinished().await.unwrap()), (0, 0));
    soon(queue.join()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_is_exact_and_counts_jobs_in_hand() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(100)).await;
    let (put, full) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let putters: Vec<_> = (0..64)
        .map(|number| {
            let (queue, put, full) = (queue.clone(), Arc::clone(&put), Arc::clone(&full));
            tokio::spawn(async move {
                for item in 0..10 {
                    match queue.try_put(number * 10 + item).await {
                        Ok(()) => put.fetch_add(1, Ordering::SeqCst),
                        Err(TryPutError::Full(back)) => {
                            assert_eq!(back, number * 10 + item);
                            full.fetch_add(1, Ordering::SeqCst)
                        }
                        Err(error) => panic!("{error:?}"),
                    };
                }
            })
        })
        .collect();
    for putter in putters {
        putter.await.unwrap();
    }
    assert_eq!((put.load(Ordering::SeqCst), full.load(Ordering::SeqCst)), (100, 540));
    assert_eq!(queue.unfinished().await.unwrap(), 100);

    let job = soon(queue.get()).await.unwrap();
    assert!(queue.try_put(1).await.unwrap_err().is_full());
    soon(job.done_confirmed()).await.unwrap();
    queue.try_put(1).await.unwrap();
}

#[tokio::test]
async fn a_put_waits_for_room_of_another_process() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(1)).await;
    let other = open(&connect(&servers.urls()).await, builder().maxsize(1)).await;
    soon(queue.put(1)).await.unwrap();
    let mut put = pin!(queue.put(2));
    waits(ms(300), &mut put).await;
    let job = soon(other.get()).await.unwrap();
    waits(ms(200), &mut put).await;
    job.done();
    soon(&mut put).await.unwrap();
    assert_eq!(*soon(other.get()).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_puts_at_a_limit_of_one() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(1)).await;
    let other = open(&connect(&servers.urls()).await, builder().maxsize(1)).await;
    let putters: Vec<_> = (0..64)
        .map(|item| {
            let queue = if item % 2 == 0 { queue.clone() } else { other.clone() };
            tokio::spawn(async move { queue.put(item).await })
        })
        .collect();
    let mut seen = HashSet::new();
    for _ in 0..64 {
        let job = soon(other.get()).await.unwrap();
        assert_eq!(other.unfinished().await.unwrap(), 1);
        assert!(seen.insert(*job));
        job.done();
    }
    for putter in putters {
        soon(putter).await.unwrap().unwrap();
    }
    soon(queue.join()).await.unwrap();
    assert_eq!(seen.len(), 64);
}

#[tokio::test]
async fn join_waits_for_jobs_in_hand_and_new_ones() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    let other = open(&connect(&servers.urls()).await, builder()).await;
    soon(queue.join()).await.unwrap();
    queue.put(1).await.unwrap();
    let mut join = pin!(other.join());
    waits(ms(200), &mut join).await;
    let job = soon(queue.get()).await.unwrap();
    queue.put(2).await.unwrap();
    job.done();
    waits(ms(300), &mut join).await;
    soon(queue.get()).await.unwrap().done();
    soon(&mut join).await.unwrap();
}

#[tokio::test]
async fn put_all_and_jobs() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(300).prefetch(16)).await;
    let put = tokio::spawn({
        let queue = queue.clone();
        async move { queue.put_all(0..1000).await }
    });
    let mut seen = HashSet::new();
    {
        let mut jobs = pin!(queue.jobs().take(1000));
        while let Some(job) = soon(jobs.next()).await {
            let job = job.unwrap();
            assert!(seen.insert(*job));
            job.done();
        }
    }
    soon(put).await.unwrap().unwrap();
    assert_eq!(seen, (0..1000).collect());
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn try_get_does_not_wait() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    assert!(matches!(soon(queue.try_get()).await, Err(TryGetError::Empty)));
    queue.put(1).await.unwrap();
    let job = soon(queue.try_get()).await.unwrap();
    assert!(matches!(soon(queue.try_get()).await, Err(TryGetError::Empty)));
    assert_eq!(job.into_inner(), 1);
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn what_is_given_back_comes_first() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    for item in 0..3 {
        queue.put(item).await.unwrap();
    }
    soon(queue.get()).await.unwrap().requeue();
    soon(queue.flush()).await;
    let job = soon(queue.get()).await.unwrap();
    assert_eq!((*job, job.attempt()), (0, 2));
    let start = Instant::now();
    job.requeue_after(ms(400));
    for item in 1..3 {
        let job = soon(queue.get()).await.unwrap();
        assert_eq!((*job, job.attempt()), (item, 1));
        job.done();
    }
    let job = soon(queue.get()).await.unwrap();
    assert_eq!((*job, job.attempt()), (0, 3));
    assert!(start.elapsed() >= ms(350));
    job.done();
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn a_ticket_is_the_job_without_its_item() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().retries(9)).await;
    queue.put(7).await.unwrap();
    let (item, ticket) = soon(queue.get()).await.unwrap().split();
    assert_eq!((item, ticket.attempt()), (7, 1));
    drop(ticket);
    let (item, ticket) = soon(queue.get()).await.unwrap().split();
    assert_eq!((item, ticket.attempt(), queue.unfinished().await.unwrap()), (7, 2, 1));
    let mut job = ticket.into_job(item);
    *job += 1;
    assert_eq!(*job, 8);
    job.requeue();
    let (item, ticket) = soon(queue.get()).await.unwrap().split();
    assert_eq!((item, ticket.attempt()), (7, 3));
    soon(ticket.done_confirmed()).await.unwrap();
    assert_eq!(queue.unfinished().await.unwrap(), 0);
}

#[tokio::test]
async fn a_lease_is_kept_while_a_job_is_in_hand() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    let other = open(&connect(&servers.urls()).await, builder()).await;
    queue.put(1).await.unwrap();
    let job = soon(queue.get()).await.unwrap();
    waits(LEASE * 4, other.get()).await;
    assert!(!job.lease_lost());
    job.done();
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn without_retries_a_drop_is_done_and_with_them_it_comes_back() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    queue.put(1).await.unwrap();
    drop(soon(queue.get()).await.unwrap());
    soon(queue.join()).await.unwrap();

    let queue: Queue<u64> = builder().retries(3).fifo(&nats, "again").await.unwrap();
    queue.put(1).await.unwrap();
    let worker = tokio::spawn({
        let queue = queue.clone();
        async move {
            let _job = queue.get().await.unwrap();
            std::panic::resume_unwind(Box::new("the worker died"));
        }
    });
    assert!(soon(worker).await.unwrap_err().is_panic());
    let job = soon(queue.get()).await.unwrap();
    assert_eq!((*job, job.attempt()), (1, 2));
    job.done();
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn prefetched_jobs_of_a_slow_worker_stay_its_own() {
    let (servers, nats) = one().await;
    let settings = builder().retries(5).prefetch(8);
    let queue = open(&nats, settings.clone()).await;
    let other = open(&connect(&servers.urls()).await, settings).await;
    queue.put_all(0..8).await.unwrap();
    let first = soon(queue.get()).await.unwrap();
    until(async || queue.len().await.unwrap() == 0).await;
    // The slow job takes several leases.
    waits(LEASE * 4, other.get()).await;
    first.done();
    for item in 1..8 {
        let job = soon(queue.get()).await.unwrap();
        assert_eq!((*job, job.attempt()), (item, 1));
        job.done();
    }
    soon(queue.join()).await.unwrap();

    // When no worker is left they go to another process: here when the handles go.
    queue.put_all(0..8).await.unwrap();
    soon(queue.get()).await.unwrap().done();
    drop(queue);
    for _ in 1..8 {
        soon(other.get()).await.unwrap().done();
    }
    soon(other.join()).await.unwrap();
}

#[test]
fn any_executor_and_none() {
    let servers = crate::server::Servers::start(1);
    let nats = loop {
        if let Ok(nats) = Nats::connect_blocking(&servers.urls()) {
            break nats;
        }
        std::thread::sleep(ms(20));
    };
    let queue: Queue<String> =
        Builder::new().maxsize(2).retries(1).fifo_blocking(&nats, "any").unwrap();
    let worker = std::thread::spawn({
        let queue = queue.clone();
        move || {
            let mut done = 0;
            while let Ok(job) = queue.get_blocking() {
                assert_eq!(job.attempt(), 1);
                job.done();
                done += 1;
            }
            done
        }
    });
    let on_smol = smol::spawn({
        let queue = queue.clone();
        async move {
            let mut done = 0;
            while let Ok(job) = queue.get().await {
                job.done();
                done += 1;
            }
            done
        }
    });
    for item in 0..50 {
        queue.put_blocking(item.to_string()).unwrap();
    }
    smol::block_on(async {
        for item in 50..100 {
            queue.put(item.to_string()).await.unwrap();
        }
        queue.join().await.unwrap();
        assert_eq!(queue.unfinished().await.unwrap(), 0);
    });
    queue.join_blocking().unwrap();
    assert!(queue.shutdown_blocking(Shutdown::Graceful).unwrap().is_empty());
    assert_eq!(worker.join().unwrap() + smol::block_on(on_smol), 100);
    queue.flush_blocking();
}
