//! One route, whose body is the receiving end of a channel.

use core::convert::Infallible;
use core::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use forebay::Sender;
use futures_util::StreamExt;
use tokio::time::sleep;

/// How many lines may be under way to a client: those it is not fast enough for wait in the
/// producer, not in memory.
const LINES: usize = 4;

/// Calls `left` with the number of lines that were sent to each client that has left.
pub(crate) fn router(
    every: Duration,
    left: impl Fn(u64) + Clone + Send + Sync + 'static,
) -> Router {
    Router::new().route(
        "/ticks",
        get(move || {
            let left = left.clone();
            async move {
                let (lines, body) = forebay::bounded(LINES);
                tokio::spawn(async move { left(produce(lines, every).await) });
                Body::from_stream(body.map(Ok::<_, Infallible>))
            }
        }),
    )
}

/// Sends until there is no receiver: the server drops the body when its client leaves.
async fn produce(lines: Sender<String>, every: Duration) -> u64 {
    let mut number = 0;
    loop {
        // Without this the producer would notice only when it has made the next line, which may be
        // long after.
        tokio::select! {
            () = lines.closed() => return number,
            () = sleep(every) => {}
        }
        if lines.send(format!("tick {number}\n")).await.is_err() {
            return number;
        }
        number += 1;
    }
}
