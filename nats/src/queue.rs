//! The handle.

use crate::codec::{Codec, Json};
use crate::core::{Core, Handles};
use crate::error::{ShutdownError, TryGetError};
use crate::fault::Fault;
use crate::job::Job;
use crate::join;
use crate::names;
use crate::nats::Nats;
use serde_json::{Value, json};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How a queue ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shutdown {
    /// Nothing is put any more; what is inside is handed out to the last item.
    Graceful,
    /// Nothing is put any more, and what was not handed out is taken out.
    Immediate,
}

/// A work queue on a NATS server, which all processes share that open it by the same name. Clones
/// are handles of one process, which asks for jobs as long as there is one.
///
/// [`Builder`](crate::Builder) opens it. Items are of type `T`, and travel as the codec `C` writes
/// them.
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

    /// The connection that it is on.
    pub fn nats(&self) -> &Nats {
        &self.core().nats
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.core().name
    }

    /// Waits until everything that was put is done, by whichever process, or a dead letter.
    ///
    /// It looks at what is inside: a moment without any, between the end of one job and the next
    /// put, can be missed.
    ///
    /// # Errors
    /// [`Fault`] if the server cannot be reached for as long as the
    /// [`timeout`](crate::Builder::timeout), or the queue is deleted.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
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
    /// Call it before the process ends: what is not confirmed by then comes back when its lease is
    /// over.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
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

    /// How many items wait to be handed out for the first time, at one moment. The server counts
    /// an item a moment after its put has returned; [`unfinished`](Self::unfinished) at once.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn len(&self) -> Result<u64, Fault> {
        let core = self.core();
        let info = core.nats.runtime.run(core.patience().ask(|| core.consumer())).await?;
        Ok(info.num_pending)
    }

    /// Whether no item waits to be handed out for the first time, at one moment. As
    /// [`len`](Self::len).
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

    /// Nothing is put any more, anywhere. The server decides: a put that it had accepted before is
    /// inside.
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
        core.patience().ask(close).await
    }
}

impl<T, C: Codec<T>> Queue<T, C> {
    /// Shuts the queue down, for all processes and for good. Jobs in hand go on, and can come back.
    ///
    /// A graceful shutdown returns no items. An immediate one takes out and returns those that were
    /// not handed out; what was [prefetched](crate::Builder::prefetch) by a process counts as
    /// handed out.
    ///
    /// # Errors
    /// [`ShutdownError`] with what was taken out so far, if the server cannot be reached for as
    /// long as the [`timeout`](crate::Builder::timeout), or refuses.
    ///
    /// # Cancel safety
    /// A future that is dropped may have shut the queue down. What an immediate one had taken out
    /// and not returned comes back when its lease is over, unless the server was told before: don't
    /// drop it.
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
        // It is large.
        match self.core().nats.runtime.run(Box::pin(taking)).await {
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

    /// The dead letters: items whose attempts are used up, and bytes that do not decode. They stay
    /// until they are [removed](crate::DeadLetter::remove) or [put
    /// back](crate::DeadLetter::put_back).
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub async fn dead_letters(&self) -> Result<Vec<crate::DeadLetter<T, C>>, Fault> {
        crate::dead::list(self).await
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
