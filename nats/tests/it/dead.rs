//! Jobs that no worker can do.

use std::error::Error as _;

use forebay_nats::{BoxError, Bytes, Codec, Fault, PutError, Queue, Reason, Shutdown};

use crate::support::{builder, one, open, soon};

#[tokio::test]
async fn a_poisonous_item_is_handed_out_so_often_and_no_more() {
    let (_servers, nats) = one().await;
    let queue = open(&nats, builder().retries(2)).await;
    for item in 0..5 {
        queue.put(item).await.unwrap();
    }
    let worker = tokio::spawn({
        let queue = queue.clone();
        async move {
            let mut handed = [0; 5];
            while let Ok(job) = queue.get().await {
                let handed = &mut handed[usize::try_from(*job).unwrap()];
                assert_eq!(job.attempt(), *handed % 3 + 1);
                *handed += 1;
                if *job == 3 { drop(job) } else { job.done() }
            }
            handed
        }
    });
    soon(queue.join()).await.unwrap();
    assert_eq!(queue.failed().await.unwrap(), 1);
    let letters = soon(queue.dead_letters()).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].item().unwrap(), letters[0].attempts()), (3, 3));
    assert_eq!(letters[0].reason(), &Reason::Exhausted);

    // As a new item, with all its attempts.
    soon(letters[0].put_back()).await.unwrap();
    soon(queue.join()).await.unwrap();
    let letters = soon(queue.dead_letters()).await.unwrap();
    assert_eq!((letters.len(), queue.failed().await.unwrap()), (1, 2));
    soon(letters[0].remove()).await.unwrap();
    soon(letters[0].remove()).await.unwrap();
    assert!(soon(queue.dead_letters()).await.unwrap().is_empty());
    soon(queue.shutdown(Shutdown::Graceful)).await.unwrap();
    let mut handed = soon(worker).await.unwrap();
    handed.sort_unstable();
    assert_eq!(handed, [1, 1, 1, 1, 6]);
}

#[tokio::test]
async fn what_came_back_by_leases_goes_to_the_dead_letters_too() {
    let (servers, nats) = one().await;
    let queue = open(&nats, builder().retries(0)).await;
    queue.put(1).await.unwrap();
    // The last handle of a process goes while its job was leaked: its lease is not kept.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let urls = servers.urls();
    runtime
        .spawn(async move {
            let other = open(&crate::support::connect(&urls).await, builder().retries(0)).await;
            std::mem::forget(other.get().await.unwrap());
        })
        .await
        .unwrap();
    runtime.shutdown_background();
    let worker = tokio::spawn({
        let queue = queue.clone();
        async move { queue.get().await.map(|job| *job) }
    });
    soon(queue.join()).await.unwrap();
    assert_eq!(queue.failed().await.unwrap(), 1);
    soon(queue.shutdown(Shutdown::Graceful)).await.unwrap();
    assert!(soon(worker).await.unwrap().is_err_and(|error| error.is_shut_down()));
}

#[tokio::test]
async fn bytes_that_are_no_item_reach_no_worker() {
    let (_servers, nats) = one().await;
    let texts: Queue<String> = builder().fifo(&nats, "q").await.unwrap();
    texts.put("no number".to_owned()).await.unwrap();
    let queue = open(&nats, builder()).await;
    queue.put(7).await.unwrap();
    let job = soon(queue.get()).await.unwrap();
    assert_eq!(*job, 7);
    job.done();
    soon(queue.join()).await.unwrap();
    let letters = soon(queue.dead_letters()).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(matches!(letters[0].reason(), Reason::Undecodable(words) if !words.is_empty()));
    assert!(letters[0].item().is_err());
    assert_eq!(letters[0].bytes(), b"\"no number\"");
    // Of the right type, it can be read, and put back.
    let letters = soon(texts.dead_letters()).await.unwrap();
    assert_eq!(letters[0].item().unwrap(), "no number");
}

/// Knows no odd numbers.
struct Even;

impl Codec<u64> for Even {
    fn encode(item: &u64) -> Result<Bytes, BoxError> {
        if item.is_multiple_of(2) { Ok(item.to_string().into()) } else { Err("it is odd".into()) }
    }

    fn decode(bytes: &[u8]) -> Result<u64, BoxError> {
        Ok(str::from_utf8(bytes)?.parse()?)
    }
}

#[tokio::test]
async fn what_cannot_be_encoded_is_not_put() {
    let (_servers, nats) = one().await;
    let queue: Queue<u64, Even> = builder().fifo(&nats, "q").await.unwrap();
    queue.put(2).await.unwrap();
    let error = soon(queue.put(3)).await.unwrap_err();
    assert!(matches!(&error, PutError::Failed { item: 3, fault: Fault::Encode(_) }));
    assert_eq!(error.source().unwrap().source().unwrap().to_string(), "it is odd");
    let error = soon(queue.put_all([4, 6, 7, 8])).await.unwrap_err();
    assert!(error.items.contains(&7) && error.items.is_sorted());
    assert_eq!(soon(queue.get()).await.unwrap().into_inner(), 2);
}
