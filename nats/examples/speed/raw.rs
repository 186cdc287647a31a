//! The client without the queue: the same stream and consumer, and no more than is asked for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use forebay_nats::async_nats::jetstream::{self, consumer, stream};
use forebay_nats::async_nats::{Client, HeaderMap};
use futures_util::{StreamExt, TryStreamExt};

use crate::{Args, Times, WINDOW, item, timed};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub(crate) async fn run(client: &Client, args: &Args) -> Outcome<Times> {
    let jetstream = jetstream::new(client.clone());
    let config = stream::Config {
        name: "RAW".to_owned(),
        subjects: vec!["raw".to_owned()],
        retention: stream::RetentionPolicy::WorkQueue,
        discard: stream::DiscardPolicy::New,
        max_messages: 1_000_000,
        num_replicas: args.nodes.into(),
        ..stream::Config::default()
    };
    let stream = loop {
        match jetstream.create_stream(config.clone()).await {
            Ok(stream) => break stream,
            // The servers have no leader yet.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    };
    let workers = stream
        .create_consumer(consumer::pull::Config {
            durable_name: Some("workers".to_owned()),
            max_ack_pending: -1,
            ..consumer::pull::Config::default()
        })
        .await?;
    let payload = serde_json::to_vec(&item())?;
    let count = AtomicU64::new(0);
    let put = || async {
        if args.bare {
            jetstream.publish("raw", payload.clone().into()).await?.await?;
        } else {
            // As the queue's, so that the server knows an item again.
            let mut headers = HeaderMap::new();
            let id = format!("{}.{}", "y".repeat(22), count.fetch_add(1, Ordering::Relaxed));
            headers.insert("Nats-Msg-Id", id);
            let published = jetstream.publish_with_headers("raw", headers, payload.clone().into());
            published.await?.await?;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    };

    let times = Times {
        put: timed(async {
            for _ in 0..args.jobs {
                put().await?;
            }
            Ok(())
        })
        .await?,
        get: timed(async {
            for _ in 0..args.jobs {
                let mut batch = workers.fetch().max_messages(1).messages().await?;
                let message = batch.next().await.ok_or("a job is there")??;
                confirm(client, &message).await?;
            }
            Ok(())
        })
        .await?,
        put_pipelined: timed(async {
            let puts = futures_util::stream::iter((0..args.jobs * 10).map(|_| put()));
            puts.buffer_unordered(WINDOW).try_collect::<()>().await
        })
        .await?,
        get_pipelined: timed(async {
            let batches = workers.stream().max_messages_per_batch(WINDOW).messages().await?;
            let jobs = usize::try_from(args.jobs * 10)?;
            let confirms =
                batches.take(jobs).map(|message| async move { confirm(client, &message?).await });
            confirms.buffer_unordered(WINDOW).try_collect::<()>().await
        })
        .await?,
    };
    jetstream.delete_stream("RAW").await?;
    Ok(times)
}

/// `double_ack` subscribes each time; this does not.
async fn confirm(client: &Client, message: &jetstream::Message) -> Outcome<()> {
    let reply = message.reply.clone().ok_or("a job can be acknowledged")?;
    client.request(reply, "+ACK".into()).await?;
    Ok(())
}
