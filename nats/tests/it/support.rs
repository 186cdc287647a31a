//! What the tests share.

use std::future::Future;
use std::time::Duration;

use forebay_nats::{Builder, Nats, Queue};
use tokio::time::{Instant, sleep, timeout};

use crate::server::Servers;

/// A server, and a connection to it.
pub(crate) async fn one() -> (Servers, Nats) {
    let servers = Servers::start(1);
    let nats = connect(&servers.urls()).await;
    (servers, nats)
}

/// Servers take a moment to begin.
pub(crate) async fn connect(urls: &str) -> Nats {
    let start = Instant::now();
    loop {
        match Nats::connect(urls).await {
            Ok(nats) => return nats,
            Err(error) if start.elapsed() > Duration::from_secs(20) => panic!("{error:?}"),
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// A short lease, so that what a crash leaves behind comes back soon.
pub(crate) fn builder() -> Builder {
    Builder::new().lease(LEASE)
}

pub(crate) const LEASE: Duration = Duration::from_millis(1500);

pub(crate) async fn open(nats: &Nats, builder: Builder) -> Queue<u64> {
    builder.fifo(nats, "q").await.unwrap()
}

/// What takes longer hangs.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    timeout(Duration::from_secs(30), future).await.expect("it hangs")
}

/// Does not come to its end in this time.
pub(crate) async fn waits<F: Future>(time: Duration, future: F) {
    assert!(timeout(time, future).await.is_err(), "it does not wait");
}

pub(crate) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Looks until it is true.
pub(crate) async fn until(mut is_true: impl AsyncFnMut() -> bool) {
    soon(async {
        while !is_true().await {
            sleep(ms(10)).await;
        }
    })
    .await;
}
