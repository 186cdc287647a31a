//! The end of a queue, seen by everyone.

use std::pin::pin;

use forebay_nats::{GetError, PutError, Shutdown, TryGetError, TryPutError};
use futures_util::StreamExt;

use crate::support::{builder, connect, ms, one, open, soon, waits};

#[tokio::test]
async fn gracefully_what_is_inside_is_done_first() {
    let (servers, nats) = one().await;
    let settings = builder().maxsize(3).retries(2);
    let queue = open(&nats, settings.clone()).await;
    let other = open(&connect(&servers.urls()).await, settings.clone()).await;
    for item in 0..3 {
        queue.put(item).await.unwrap();
    }
    // A put that waits, in another process.
    let waiting = tokio::spawn({
        let other = other.clone();
        async move { other.put(9).await }
    });
    let in_hand = soon(queue.get()).await.unwrap();
    tokio::time::sleep(ms(200)).await;
    assert!(soon(queue.shutdown(Shutdown::Graceful)).await.unwrap().is_empty());
    assert!(matches!(soon(waiting).await.unwrap(), Err(PutError::ShutDown(9))));
    assert!(matches!(soon(queue.put(4)).await, Err(PutError::ShutDown(4))));
    assert!(matches!(soon(other.try_put(5)).await, Err(TryPutError::ShutDown(5))));
    assert!(other.is_shut_down().await.unwrap());

    for item in 1..3 {
        let job = soon(other.get()).await.unwrap();
        assert_eq!(*job, item);
        job.done();
    }
    // The job in hand may come back, so the others wait for it.
    let mut idle = pin!(other.get());
    waits(ms(300), &mut idle).await;
    drop(in_hand);
    let job = soon(&mut idle).await.unwrap();
    assert_eq!((*job, job.attempt()), (0, 2));
    let mut idle = pin!(queue.get());
    waits(ms(100), &mut idle).await;
    job.done();
    assert!(matches!(soon(&mut idle).await, Err(GetError::ShutDown)));
    assert!(matches!(soon(other.get()).await, Err(GetError::ShutDown)));
    assert!(matches!(soon(other.try_get()).await, Err(TryGetError::ShutDown)));
    assert!(soon(pin!(other.jobs()).next()).await.is_none());
    soon(other.join()).await.unwrap();

    // A process that comes late sees the same. Another shutdown changes nothing.
    let late = open(&connect(&servers.urls()).await, settings).await;
    assert!(matches!(soon(late.get()).await, Err(GetError::ShutDown)));
    assert!(matches!(soon(late.put(6)).await, Err(PutError::ShutDown(6))));
    assert!(soon(late.shutdown(Shutdown::Graceful)).await.unwrap().is_empty());
}

#[tokio::test]
async fn idle_workers_of_other_processes_end_at_once() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder()).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        let other = open(&connect(&servers.urls()).await, builder()).await;
        idle.push(tokio::spawn(async move { other.get().await }));
    }
    tokio::time::sleep(ms(300)).await;
    let start = tokio::time::Instant::now();
    soon(queue.shutdown(Shutdown::Graceful)).await.unwrap();
    for worker in idle {
        assert!(matches!(soon(worker).await.unwrap(), Err(GetError::ShutDown)));
    }
    // By the event, long before they would have looked by themselves.
    assert!(start.elapsed() < ms(3000), "{:?}", start.elapsed());
}

#[tokio::test]
async fn immediately_what_was_not_handed_out_comes_back_to_the_caller() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder().retries(1)).await;
    let other = open(&connect(&servers.urls()).await, builder().retries(1)).await;
    for item in 0..10 {
        queue.put(item).await.unwrap();
    }
    let in_hand = soon(other.get()).await.unwrap();
    let left = soon(queue.shutdown(Shutdown::Immediate)).await.unwrap();
    assert_eq!(left, (1..10).collect::<Vec<_>>());
    let mut join = pin!(queue.join());
    waits(ms(300), &mut join).await;
    assert_eq!(*in_hand, 0);
    drop(in_hand);
    let again = soon(other.get()).await.unwrap();
    assert_eq!((*again, again.attempt()), (0, 2));
    again.done();
    soon(&mut join).await.unwrap();
    assert!(matches!(soon(other.get()).await, Err(GetError::ShutDown)));
    assert!(matches!(soon(queue.put(1)).await, Err(PutError::ShutDown(1))));
}

#[tokio::test]
async fn a_deleted_queue_says_so_and_its_name_is_free() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().maxsize(1)).await;
    queue.put(1).await.unwrap();
    soon(queue.shutdown(Shutdown::Graceful)).await.unwrap();
    assert!(soon(nats.delete_queue("q")).await.unwrap());
    assert!(!soon(nats.delete_queue("q")).await.unwrap());
    assert!(matches!(soon(queue.get()).await, Err(GetError::Failed(forebay_nats::Fault::Gone))));
    let error = soon(queue.put(2)).await.unwrap_err();
    assert!(matches!(error.fault(), Some(forebay_nats::Fault::Gone)), "{error:?}");
    assert!(matches!(soon(queue.join()).await, Err(forebay_nats::Fault::Gone)));

    let queue = open(&nats, builder()).await;
    soon(queue.put(3)).await.unwrap();
    assert_eq!(*soon(queue.get()).await.unwrap(), 3);
}
