//! Futures that are dropped.

use std::collections::HashSet;
use std::time::Duration;

use forebay_nats::{Builder, Queue};
use futures_util::FutureExt;
use tokio::time::sleep;

use crate::support::{builder, connect, ms, one, open, soon, waits};

#[tokio::test]
async fn a_get_that_is_dropped_takes_nothing_with_it() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    waits(ms(50), queue.get()).await;
    queue.put(1).await.unwrap();
    queue.put(2).await.unwrap();
    // The first one was asked for, and has no worker. It waits here for the next `get`.
    sleep(ms(100)).await;
    let job = soon(queue.get()).await.unwrap();
    assert_eq!((*job, job.attempt()), (1, 1));
    job.done();
    soon(queue.get()).await.unwrap().done();
    soon(queue.join()).await.unwrap();

    // Where no other `get` follows, it goes to another process.
    waits(ms(50), queue.get()).await;
    queue.put(3).await.unwrap();
    let other = open(&connect(&servers.urls()).await, builder()).await;
    let job = soon(other.get()).await.unwrap();
    assert_eq!(*job, 3);
    job.done();
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn a_thousand_gets_that_are_dropped_lose_nothing() {
    let (_servers, nats) = one().await;
    // A busy machine does not renew a thousand leases in time.
    let queue = open(&nats, Builder::new().lease(Duration::from_secs(3600))).await;
    let mut got = Vec::new();
    for item in 0..1000_u64 {
        queue.put(item).await.unwrap();
        // A poll or two, then it is dropped.
        tokio::select! {
            biased;
            job = queue.get() => got.push(job.unwrap()),
            () = tokio::task::yield_now() => {}
        }
    }
    while got.len() < 1000 {
        got.push(soon(queue.get()).await.unwrap());
    }
    let mut items: Vec<_> = got.iter().map(|job| **job).collect();
    items.sort_unstable();
    assert_eq!(items, (0..1000).collect::<Vec<_>>());
    for job in got {
        job.done();
    }
    soon(queue.join()).await.unwrap();
}

#[tokio::test]
async fn a_put_that_is_dropped_is_put_once_or_not_at_all() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(1)).await;
    queue.put(0).await.unwrap();
    // It waits for room, so it was not put.
    waits(ms(300), queue.put(1)).await;
    soon(queue.get()).await.unwrap().done();
    soon(queue.join()).await.unwrap();
    sleep(ms(300)).await;
    assert_eq!(queue.unfinished().await.unwrap(), 0);

    // The wakeup goes to the next put.
    queue.put(0).await.unwrap();
    let (mut first, mut second) = (Box::pin(queue.put(1)), Box::pin(queue.put(2)));
    waits(ms(100), &mut first).await;
    waits(ms(100), &mut second).await;
    drop(first);
    soon(queue.get()).await.unwrap().done();
    soon(second).await.unwrap();
    assert_eq!(*soon(queue.get()).await.unwrap(), 2);

    // Dropped after one poll each: whatever was put can be got, and nothing comes twice.
    let queue: Queue<u64> = builder().fifo(&nats, "dropped").await.unwrap();
    for item in 0..200 {
        let _ = queue.put(item).now_or_never();
    }
    sleep(ms(200)).await;
    let mut seen = HashSet::new();
    let work = async {
        loop {
            let job = queue.get().await.unwrap();
            assert!(seen.insert(*job));
            job.done();
        }
    };
    soon(async {
        tokio::select! {
            joined = queue.join() => joined.unwrap(),
            () = work => {}
        }
    })
    .await;
}
