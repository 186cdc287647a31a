//! The queue.

use std::time::{Duration, Instant};

use forebay_nats::{Builder, Nats, Queue};
use futures_util::StreamExt;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::{Args, Times, WINDOW, item, timed};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub(crate) async fn run(nats: &Nats, args: &Args) -> Outcome<Times> {
    let builder = Builder::new().maxsize(1_000_000).replicas(args.nodes.into());
    let queue: Queue<String> = builder.clone().fifo(nats, "speed").await?;
    let ahead: Queue<String> = builder.prefetch(WINDOW).fifo(nats, "speed").await?;
    let jobs = usize::try_from(args.jobs * 10)?;
    let times = Times {
        put: timed(async {
            for _ in 0..args.jobs {
                queue.put(item()).await?;
            }
            Ok(())
        })
        .await?,
        get: timed(async {
            for _ in 0..args.jobs {
                queue.get().await?.done_confirmed().await?;
            }
            Ok(())
        })
        .await?,
        put_pipelined: timed(async {
            Ok(queue.put_all((0..jobs).map(|_| item())).await.map_err(|error| error.to_string())?)
        })
        .await?,
        get_pipelined: timed(async {
            for _ in 0..jobs {
                ahead.get().await?.done();
            }
            ahead.flush().await;
            Ok(())
        })
        .await?,
    };
    nats.delete_queue("speed").await?;
    Ok(times)
}

/// How long it takes from `done` in one process to the return of a put that waits in another one.
/// Both are here, each with its own connection.
pub(crate) async fn room(nats: &Nats, other: &Nats, replicas: usize) -> Outcome<Vec<Duration>> {
    let builder = Builder::new().maxsize(1).replicas(replicas);
    let queue: Queue<String> = builder.clone().fifo(nats, "room").await?;
    let workers: Queue<String> = builder.fifo(other, "room").await?;
    let mut jobs = Box::pin(workers.jobs());
    let mut latencies = Vec::new();
    queue.put(item()).await?;
    for _ in 0..200 {
        let (told, returned) = oneshot::channel();
        let put = {
            let queue = queue.clone();
            tokio::spawn(async move {
                let outcome = queue.put(item()).await;
                let _ = told.send(Instant::now());
                outcome
            })
        };
        let job = jobs.next().await.ok_or("the queue is open")??;
        // The put waits by then.
        sleep(Duration::from_millis(30)).await;
        let start = Instant::now();
        job.done();
        latencies.push(returned.await?.duration_since(start));
        put.await??;
    }
    Ok(latencies)
}
