//! Attempts are those of workers: a job that none had in hand is as new.

use std::collections::HashSet;
use std::future::Future;

use forebay_nats::{Builder, Nats, Queue};
use futures_util::FutureExt;
use serde_json::Value;

use crate::server::Servers;
use crate::support::{builder, connect, ms, one, open, soon, until, waits};

/// Does something to a queue in a process of its own, which is killed then.
async fn killed<F: Future<Output = ()> + Send + 'static>(
    servers: &Servers,
    builder: Builder,
    what: impl FnOnce(Queue<u64>) -> F + Send + 'static,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let urls = servers.urls();
    let process = runtime.spawn(async move {
        let queue = open(&connect(&urls).await, builder).await;
        what(queue.clone()).await;
        // Nothing says farewell.
        std::mem::forget(queue);
    });
    process.await.unwrap();
    runtime.shutdown_background();
}

/// How many notes there are.
async fn notes(nats: &Nats) -> u64 {
    let info = nats.client().request("$JS.API.STREAM.INFO.FOREBAY_ATTEMPTS_q", "".into()).await;
    let info = serde_json::from_slice::<Value>(&info.unwrap().payload).unwrap();
    info["state"]["messages"].as_u64().unwrap()
}

/// These are all there, each for its first worker, and none is a dead letter.
async fn are_new(queue: &Queue<u64>, items: impl Iterator<Item = u64>) {
    let mut items: HashSet<_> = items.collect();
    while !items.is_empty() {
        let job = soon(queue.get()).await.unwrap();
        assert_eq!(job.attempt(), 1, "{}", *job);
        assert!(items.remove(&job));
        job.done();
    }
    soon(queue.join()).await.unwrap();
    assert_eq!(queue.failed().await.unwrap(), 0);
}

#[tokio::test]
async fn prefetched_jobs_that_go_back_are_new() {
    for retries in [None, Some(0), Some(1)] {
        let (servers, nats) = one().await;
        let settings = retries.map_or(builder(), |retries| builder().retries(retries));
        let queue = open(&nats, settings.clone()).await;
        queue.put_all(0..8).await.unwrap();
        // Each takes all of them, does none, and goes.
        for _ in 0..3 {
            let other = open(&connect(&servers.urls()).await, settings.clone().prefetch(8)).await;
            let _ = other.get().now_or_never();
            until(async || queue.len().await.unwrap() == 0).await;
            drop(other);
        }
        are_new(&queue, 0..8).await;
        soon(queue.flush()).await;
        assert_eq!(notes(&nats).await, 0);
    }
}

#[tokio::test]
async fn a_job_whose_worker_stopped_waiting_is_new() {
    let (servers, nats) = one().await;
    let settings = builder().retries(0);
    let queue = open(&nats, settings.clone()).await;
    let other = open(&connect(&servers.urls()).await, settings).await;
    waits(ms(100), other.get()).await;
    queue.put(1).await.unwrap();
    // It has come to a process without a worker, and goes back after a lease.
    until(async || queue.len().await.unwrap() == 0).await;
    are_new(&queue, 1..2).await;
}

#[tokio::test]
async fn prefetched_jobs_of_a_killed_process_are_no_dead_letters() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder().retries(0)).await;
    queue.put_all(0..8).await.unwrap();
    killed(&servers, builder().retries(0).prefetch(8), async |queue| {
        std::mem::forget(soon(queue.get()).await.unwrap());
        while queue.len().await.unwrap() > 0 {
            tokio::time::sleep(ms(10)).await;
        }
    })
    .await;
    // The one in hand is one: it has no other attempt.
    let mut items: HashSet<_> = (1..8).collect();
    while !items.is_empty() {
        let job = soon(queue.get()).await.unwrap();
        assert_eq!(job.attempt(), 1, "{}", *job);
        assert!(items.remove(&job));
        job.done();
    }
    waits(ms(100), queue.get()).await;
    soon(queue.join()).await.unwrap();
    let letters = soon(queue.dead_letters()).await.unwrap();
    assert_eq!((letters.len(), letters[0].item().unwrap(), letters[0].attempts()), (1, 0, 1));
    soon(queue.flush()).await;
    assert_eq!(notes(&nats).await, 0);
}

#[tokio::test]
async fn the_attempts_of_killed_workers_count() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder().retries(2)).await;
    queue.put(7).await.unwrap();
    for attempt in 1..=3 {
        killed(&servers, builder().retries(2), async move |queue| {
            let job = soon(queue.get()).await.unwrap();
            assert_eq!((*job, job.attempt()), (7, attempt));
            std::mem::forget(job);
        })
        .await;
    }
    let _ = queue.get().now_or_never();
    waits(ms(100), queue.get()).await;
    let mut get = Box::pin(queue.get());
    tokio::select! {
        job = &mut get => panic!("{job:?}"),
        joined = soon(queue.join()) => joined.unwrap(),
    }
    let letters = soon(queue.dead_letters()).await.unwrap();
    assert_eq!((letters.len(), letters[0].attempts()), (1, 3));
    soon(queue.flush()).await;
    assert_eq!(notes(&nats).await, 0);
}

#[tokio::test]
async fn a_get_that_is_dropped_while_it_counts_has_not_counted() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().retries(0)).await;
    queue.put(1).await.unwrap();
    // Later and later, until one gets it.
    let job = soon(async {
        for round in 0_u64.. {
            let pause = tokio::time::sleep(std::time::Duration::from_micros(round * 20));
            tokio::select! {
                biased;
                job = queue.get() => return job.unwrap(),
                () = pause => {}
            }
        }
        unreachable!()
    })
    .await;
    assert_eq!((*job, job.attempt()), (1, 1));
    job.done();
    soon(queue.join()).await.unwrap();
    assert_eq!(queue.failed().await.unwrap(), 0);
}
