//! Putting items.

use crate::codec::{BoxError, Codec};
use crate::error::{PutAllError, PutError, TryPutError};
use crate::fault::Fault;
use crate::queue::Queue;
use crate::room::{self, Refusal};
use crate::settle::LETTER;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

/// How many puts of [`Queue::put_all`] are under way at once.
const WINDOW: usize = 256;

impl<T, C: Codec<T>> Queue<T, C> {
    /// Puts an item, and waits for room first while the queue is full. Returns when the server has
    /// the item.
    ///
    /// # Errors
    /// [`PutError`] with the item: the queue is shut down, perhaps while this waits; the server
    /// refuses, or cannot be reached for as long as the [`timeout`](crate::Builder::timeout).
    ///
    /// # Fairness
    /// An ack anywhere wakes one waiting put, in some process; in one process the one that has
    /// waited for longest. Room is free to all until it is taken.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is complete, the item *may have been put*: the server's
    /// answer may be under way.
    pub async fn put(&self, item: T) -> Result<(), PutError<T>> {
        let core = self.core();
        let outcome = match self.encode(&item) {
            Ok(payload) => core.nats.runtime.run(room::put(core, payload, true)).await,
            Err(fault) => Err(Refusal::Failed(fault)),
        };
        outcome.map_err(|refusal| match refusal {
            Refusal::ShutDown => PutError::ShutDown(item),
            Refusal::Failed(fault) => PutError::Failed { item, fault },
            Refusal::Full => unreachable!("it waits for room"),
        })
    }

    /// Puts an item if there is room for it now.
    ///
    /// # Errors
    /// [`TryPutError`] with the item.
    ///
    /// # Cancel safety
    /// As [`put`](Self::put).
    pub async fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        let core = self.core();
        let outcome = match self.encode(&item) {
            Ok(payload) => core.nats.runtime.run(room::put(core, payload, false)).await,
            Err(fault) => Err(Refusal::Failed(fault)),
        };
        outcome.map_err(|refusal| match refusal {
            Refusal::Full => TryPutError::Full(item),
            Refusal::ShutDown => TryPutError::ShutDown(item),
            Refusal::Failed(fault) => TryPutError::Failed { item, fault },
        })
    }

    /// Puts an item from a thread, which sleeps while the queue is full. As [`put`](Self::put).
    ///
    /// # Errors
    /// As [`put`](Self::put).
    ///
    /// # Panics
    /// In an async task of tokio.
    pub fn put_blocking(&self, item: T) -> Result<(), PutError<T>> {
        self.core().nats.runtime.block_on(self.put(item))
    }

    /// Puts many items, 256 at a time under way, so that they do not wait for each other's round
    /// trips. They arrive in their order while nothing goes wrong and the queue does not fill.
    ///
    /// # Errors
    /// [`PutAllError`] with the items that are not known to be inside. After the first one no other
    /// is begun.
    ///
    /// # Cancel safety
    /// If the future is dropped, items that were under way may have been put.
    pub async fn put_all(&self, items: impl IntoIterator<Item = T>) -> Result<(), PutAllError<T>> {
        let mut items = items.into_iter().enumerate();
        let mut under_way = FuturesUnordered::new();
        let mut failed = Vec::new();
        let mut why = None;
        loop {
            while why.is_none() && under_way.len() < WINDOW {
                let Some((number, item)) = items.next() else { break };
                under_way.push(async move { (number, self.put(item).await) });
            }
            match under_way.next().await {
                Some((_, Ok(()))) => {}
                Some((number, Err(error))) => {
                    why.get_or_insert_with(|| error.fault().cloned());
                    failed.push((number, error.into_inner()));
                }
                None => break,
            }
        }
        let Some(fault) = why else { return Ok(()) };
        failed.sort_unstable_by_key(|(number, _)| *number);
        let items = failed.into_iter().chain(items).map(|(_, item)| item).collect();
        Err(PutAllError { items, fault })
    }

    fn encode(&self, item: &T) -> Result<Bytes, Fault> {
        let payload = C::encode(item).map_err(|error: BoxError| Fault::Encode(error.into()))?;
        // It must have room among the dead letters too.
        let limit = self.core().nats.client.max_payload();
        let size = payload.len() + LETTER;
        if size > limit { Err(Fault::TooLarge { size, limit }) } else { Ok(payload) }
    }
}
