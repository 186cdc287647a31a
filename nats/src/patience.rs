//! How long a server is borne that does not answer, and how often it is asked.

use crate::fault::Fault;
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The first pause between two attempts, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// Attempts at one thing, more and more rarely, until it is decided or the time is over.
#[derive(Debug)]
pub(crate) struct Patience {
    limit: Duration,
    /// When the first attempt failed.
    since: Option<Instant>,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, since: None, pause: PAUSE.0 }
    }

    /// The server has answered: the next fault is a first one.
    pub(crate) fn renew(&mut self) {
        *self = Self::new(self.limit);
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// The fault, if none can help or the time is over.
    pub(crate) async fn bear(&mut self, fault: Fault) -> Result<(), Fault> {
        let since = *self.since.get_or_insert_with(Instant::now);
        if !fault.is_transient() || since.elapsed() + self.pause > self.limit {
            return Err(fault);
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE.1);
        Ok(())
    }

    /// Asks until there is an answer.
    pub(crate) async fn ask<A, F>(mut self, mut ask: impl FnMut() -> F) -> Result<A, Fault>
    where
        F: Future<Output = Result<A, Fault>>,
    {
        loop {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(fault) => self.bear(fault).await?,
            }
        }
    }
}
