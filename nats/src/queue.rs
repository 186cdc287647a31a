//! The handle.

use crate::codec::{BoxError, Codec, Json};
use crate::core::{Core, Handles, Outlook};
use crate::error::{
    Fault, GetError, PutAllError, PutError, ShutdownError, TryGetError, TryPutError,
};
use crate::intake::{self, Delivered};
use crate::job::Job;
use crate::join;
use crate::names;
use crate::room::{self, Refusal};
use crate::settle::{LETTER, Reason, Settlement, Verdict};
use bytes::Bytes;
use futures_util::stream::{self, FuturesUnordered};
use futures_util::{Stream, StreamExt};
use serde_json::{Value, json};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::time::Instant;

/// How many puts of [`Queue::put_all`] are under way at once.
const WINDOW: usize = 256;

/// How a queue ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shutdown {
    /// Nothing is put any more; what is inside is handed out to the last item.
    Graceful,
    /// Nothing is put any more, and what was not handed out is taken out.
    Immediate,
}

/// A work queue on a NATS server, which all processes share that open it by the same name. Clones are handles of
/// one process, which asks for jobs as long as there is one.
///
/// [`Builder`](crate::Builder) opens it. Items are of type `T`, and travel as the codec `C` writes them.
pub struct Queue<T, C = Json> {
    handles: Arc<Handles>,
    item: PhantomData<fn(T, C) -> T>,
}

impl<T, C> Queue<T, C> {
    pub(crate) fn new(handles: Arc<Handles>) -> Self {
        Self { handles, item: PhantomData }
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.handles.0
    }

    /// Waits until everything that was put is done, by whichever process, or a dead letter.
    ///
    /// It looks at what is inside: a moment without any, between the end of one job and the next put, can be missed.
    ///
    /// # Errors
    /// [`Fault`] if the server cannot be reached for as long as the [`timeout`](crate::Builder::timeout), or the queue is deleted.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect on anybody.
    pub async fn join(&self) -> Result<(), Fault> {
        let core = self.core();
        core.nats.runtime.run(join::drained(core)).await
    }

    /// Waits for everything from a thread, which sleeps meanwhile. As [`join`](Self::join).
    ///
    /// # Errors
    /// As [`join`](Self::join).
    ///
    /// # Panics
    /// In an async task of tokio.
    pub fn join_blocking(&self) -> Result<(), Fault> {
        self.core().nats.runtime.block_on(self.join())
    }

    /// Waits until the server has confirmed all that this process has done, dropped and given back.
    ///
    /// Call it before the process ends: what is not confirmed by then comes back when its lease is over.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect on anybody.
    pub async fn flush(&self) {
        let core = self.core();
        loop {
            let mut settled = std::pin::pin!(core.settled.notified());
            settled.as_mut().enable();
            if core.unsettled.load(Ordering::SeqCst) == 0 {
                return;
            }
            settled.await;
        }
    }

    /// Waits for the server from a thread, which sleeps meanwhile. As [`flush`](Self::flush).
    ///
    /// # Panics
    /// In an async task of tokio.
    pub fn flush_blocking(&self) {
        self.core().nats.runtime.block_on(self.flush());
    }

    /// How many items wait to be handed out for the first time, at one moment.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn len(&self) -> Result<u64, Fault> {
        let core = self.core();
        let subject = format!("CONSUMER.INFO.{}.{}", names::jobs(&core.name), names::WORKERS);
        let ask = || core.nats.api::<Value>(&subject, "");
        let asking = core.nats.persist(core.settings.timeout, ask);
        let info = core.nats.runtime.run(asking).await?;
        Ok(info["num_pending"].as_u64().unwrap_or(0))
    }

    /// Whether no item waits to be handed out for the first time, at one moment.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn is_empty(&self) -> Result<bool, Fault> {
        Ok(self.len().await? == 0)
    }

    /// How many items are inside or in hand, at one moment: what `maxsize` limits.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn unfinished(&self) -> Result<u64, Fault> {
        let core = self.core();
        Ok(core.nats.runtime.run(core.certain_info()).await?.state.messages)
    }

    /// How many items have ever become dead letters.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn failed(&self) -> Result<u64, Fault> {
        let core = self.core();
        Ok(core.nats.runtime.run(crate::dead::info(core)).await?.state.last_seq)
    }

    /// Whether the queue is shut down.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn is_shut_down(&self) -> Result<bool, Fault> {
        let core = self.core();
        let info = core.nats.runtime.run(core.certain_info()).await?;
        Ok(core.is_closed(&info))
    }

    /// Nothing is put any more, anywhere. The server decides: a put that it had accepted before is inside.
    async fn close(&self) -> Result<(), Fault> {
        let core = self.core();
        let close = || async {
            let mut info = core.info().await?;
            if core.is_closed(&info) {
                return Ok(());
            }
            info.config["subjects"] = json!([names::closed(&core.name)]);
            let subject = format!("STREAM.UPDATE.{}", names::jobs(&core.name));
            core.nats.api::<Value>(&subject, info.config.to_string()).await?;
            core.look.notify_one();
            Ok(())
        };
        core.nats.persist(core.settings.timeout, close).await
    }
}

impl<T, C: Codec<T>> Queue<T, C> {
    /// Puts an item, and waits for room first while the queue is full. Returns when the server has the item.
    ///
    /// # Errors
    /// [`PutError`] with the item: the queue is shut down, perhaps while this waits; the server refuses, or cannot be reached
    /// for as long as the [`timeout`](crate::Builder::timeout).
    ///
    /// # Fairness
    /// An ack anywhere wakes one waiting put, in some process; in one process the one that has waited for longest. Room is
    /// free to all until it is taken.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is complete, the item *may have been put*: the server's answer may be under way.
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

    /// Puts many items, 256 at a time under way, so that they do not wait for each other's round trips. They arrive in
    /// their order while nothing goes wrong and the queue does not fill.
    ///
    /// # Errors
    /// [`PutAllError`] with the items that are not known to be inside. After the first one no other is begun.
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

    /// Gets a job, and waits for one first while the queue is empty.
    ///
    /// # Errors
    /// [`GetError`]: the queue is shut down and everything is done, as jobs in hand may come back; or it was deleted, or the
    /// server cannot be reached for as long as the [`timeout`](crate::Builder::timeout).
    ///
    /// # Cancel safety
    /// Dropping the future loses no item. A job that comes later waits for the next `get` of this process, and goes back
    /// to the server if there is none for the length of a lease; that counts as an attempt.
    pub async fn get(&self) -> Result<Job<T>, GetError> {
        let core = self.core();
        loop {
            let delivered = match core.arrived.try_recv() {
                Ok(delivered) => {
                    core.demand.renew();
                    delivered
                }
                Err(_) => core.nats.runtime.run(self.wait()).await?,
            };
            if let Some(job) = self.decode(delivered) {
                return Ok(job);
            }
        }
    }

    async fn wait(&self) -> Result<Delivered, GetError> {
        let core = self.core();
        let start = Instant::now();
        let _wanting = core.demand.want();
        let mut outlook = core.outlook.subscribe();
        loop {
            let lost = match &*outlook.borrow_and_update() {
                Outlook::ShutDown => return Err(GetError::ShutDown),
                Outlook::Gone(fault) => return Err(GetError::Failed(fault.clone())),
                Outlook::Lost { since, fault } => {
                    Some(((*since).max(start) + core.settings.timeout, fault.clone()))
                }
                Outlook::Open | Outlook::Closing => None,
            };
            let over = async {
                match lost {
                    Some((until, fault)) => {
                        tokio::time::sleep_until(until).await;
                        fault
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                Ok(delivered) = core.arrived.recv() => return Ok(delivered),
                _ = outlook.changed() => {}
                fault = over => return Err(GetError::Failed(fault)),
            }
        }
    }

    /// Gets a job if one waits.
    ///
    /// # Errors
    /// [`TryGetError`].
    ///
    /// # Cancel safety
    /// If the future is dropped before it is complete, a job may be under way; it comes back when its lease is over, which
    /// counts as an attempt.
    pub async fn try_get(&self) -> Result<Job<T>, TryGetError> {
        let core = self.core();
        loop {
            let delivered = match core.arrived.try_recv() {
                Ok(delivered) => {
                    core.demand.renew();
                    delivered
                }
                Err(_) => core.nats.runtime.run(self.ask()).await?,
            };
            if let Some(job) = self.decode(delivered) {
                return Ok(job);
            }
        }
    }

    /// Asks for a job that is there.
    async fn ask(&self) -> Result<Delivered, TryGetError> {
        let core = self.core();
        loop {
            match core.nats.persist(core.settings.timeout, || intake::take(core)).await {
                Ok(Some(message)) => {
                    if let Some(delivered) = intake::receive(core, message) {
                        return Ok(delivered);
                    }
                }
                Ok(None) => break,
                Err(fault) => return Err(TryGetError::Failed(fault)),
            }
        }
        match core.certain_info().await {
            Ok(info) if core.is_closed(&info) && info.state.messages == 0 => {
                Err(TryGetError::ShutDown)
            }
            Ok(_) => Err(TryGetError::Empty),
            Err(fault) => Err(TryGetError::Failed(fault)),
        }
    }

    /// Gets a job from a thread, which sleeps while the queue is empty. As [`get`](Self::get).
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// # Panics
    /// In an async task of tokio.
    pub fn get_blocking(&self) -> Result<Job<T>, GetError> {
        self.core().nats.runtime.block_on(self.get())
    }

    /// The jobs as a stream, which ends when the queue is shut down and everything is done. After a fault it can be
    /// polled again.
    ///
    /// # Cancel safety
    /// A `next()` that is dropped loses no item.
    pub fn jobs(&self) -> impl Stream<Item = Result<Job<T>, Fault>> + Send + use<T, C>
    where
        T: Send + 'static,
    {
        stream::unfold(self.clone(), async |queue| match queue.get().await {
            Ok(job) => Some((Ok(job), queue)),
            Err(GetError::ShutDown) => None,
            Err(GetError::Failed(fault)) => Some((Err(fault), queue)),
        })
    }

    /// Shuts the queue down, for all processes and for good. Jobs in hand go on, and can come back.
    ///
    /// A graceful shutdown returns no items. An immediate one takes out and returns those that were not handed out; what was
    /// [prefetched](crate::Builder::prefetch) by a process counts as handed out.
    ///
    /// # Errors
    /// [`ShutdownError`] with what was taken out so far, if the server cannot be reached for as long as the
    /// [`timeout`](crate::Builder::timeout), or refuses.
    ///
    /// # Cancel safety
    /// A future that is dropped may have shut the queue down. What an immediate one had taken out and not returned comes
    /// back when its lease is over, unless the server was told before: don't drop it.
    pub async fn shutdown(&self, how: Shutdown) -> Result<Vec<T>, ShutdownError<T>> {
        let mut items = Vec::new();
        let taking = async {
            self.close().await?;
            if how == Shutdown::Immediate {
                while let Some(job) = self.take().await? {
                    let (item, ticket) = job.split();
                    // From here on it is the caller's, confirmed or not.
                    items.push(item);
                    ticket.done_confirmed().await?;
                }
            }
            Ok(())
        };
        match self.core().nats.runtime.run(taking).await {
            Ok(()) => Ok(items),
            Err(fault) => Err(ShutdownError { items, fault }),
        }
    }

    /// A job that was not handed out to a worker yet.
    async fn take(&self) -> Result<Option<Job<T>>, Fault> {
        match self.try_get().await {
            Ok(job) => Ok(Some(job)),
            Err(TryGetError::Empty | TryGetError::ShutDown) => Ok(None),
            Err(TryGetError::Failed(fault)) => Err(fault),
        }
    }

    /// Shuts the queue down from a thread. As [`shutdown`](Self::shutdown).
    ///
    /// # Errors
    /// As [`shutdown`](Self::shutdown).
    ///
    /// # Panics
    /// In an async task of tokio.
    pub fn shutdown_blocking(&self, how: Shutdown) -> Result<Vec<T>, ShutdownError<T>> {
        self.core().nats.runtime.block_on(self.shutdown(how))
    }

    /// The dead letters: items whose attempts are used up, and bytes that do not decode. They stay until they are
    /// [removed](crate::DeadLetter::remove) or [put back](crate::DeadLetter::put_back).
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn dead_letters(&self) -> Result<Vec<crate::DeadLetter<T, C>>, Fault> {
        crate::dead::list(self).await
    }

    fn encode(&self, item: &T) -> Result<Bytes, Fault> {
        let payload = C::encode(item).map_err(|error: BoxError| Fault::Encode(error.into()))?;
        // It must have room among the dead letters too.
        let limit = self.core().nats.client.max_payload();
        let size = payload.len() + LETTER;
        if size > limit { Err(Fault::TooLarge { size, limit }) } else { Ok(payload) }
    }

    fn decode(&self, delivered: Delivered) -> Option<Job<T>> {
        let core = self.core();
        if delivered.held.is_lost() {
            // It waited here while this process slept. Another worker has it, or will.
            return None;
        }
        match C::decode(&delivered.payload) {
            Ok(item) => Some(Job::new(core, item, delivered)),
            Err(error) => {
                let verdict = Verdict::Dead(Reason::Undecodable(error.to_string()));
                core.settle(Settlement { verdict, delivered, told: None });
                None
            }
        }
    }
}

impl<T, C> Clone for Queue<T, C> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.handles))
    }
}

impl<T, C> fmt::Debug for Queue<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("name", &self.core().name).finish_non_exhaustive()
    }
}
