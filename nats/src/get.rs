//! Getting jobs.

use crate::attempts;
use crate::codec::Codec;
use crate::core::Outlook;
use crate::error::{GetError, TryGetError};
use crate::fault::Fault;
use crate::intake::{self, Delivered};
use crate::job::Job;
use crate::queue::Queue;
use crate::settle::{Reason, Settlement, Verdict};
use futures_util::{Stream, stream};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a consumer may lag behind its stream, in pauses of so many milliseconds.
const LAG: [u64; 6] = [1, 2, 4, 8, 16, 32];

impl<T, C: Codec<T>> Queue<T, C> {
    /// Gets a job, and waits for one first while the queue is empty.
    ///
    /// # Errors
    /// [`GetError`]: the queue is shut down and everything is done, as jobs in hand may come back;
    /// or it was deleted, or the server cannot be reached for as long as the
    /// [`timeout`](crate::Builder::timeout).
    ///
    /// # Cancel safety
    /// Dropping the future loses no item. A job that comes later waits for the next `get` of this
    /// process, and goes back to the server if there is none for the length of a lease. That is no
    /// attempt.
    pub async fn get(&self) -> Result<Job<T>, GetError> {
        let core = self.core();
        loop {
            let delivered = match self.arrived() {
                Some(delivered) => delivered,
                None => core.nats.runtime.run(self.wait()).await?,
            };
            let job = core.nats.runtime.run(self.hand_out(delivered)).await;
            if let Some(job) = job.map_err(GetError::Failed)? {
                return Ok(job);
            }
        }
    }

    /// A job that waits here already.
    fn arrived(&self) -> Option<Delivered> {
        let core = self.core();
        let delivered = core.arrived.try_recv().ok()?;
        core.demand.taken(core.arrived.len(), core.settings.prefetch);
        Some(delivered)
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
    /// If the future is dropped before it is complete, a job may be under way. It comes back when
    /// its lease is over, and its first worker may see the second attempt then.
    pub async fn try_get(&self) -> Result<Job<T>, TryGetError> {
        let core = self.core();
        loop {
            let delivered = match self.arrived() {
                Some(delivered) => delivered,
                None => core.nats.runtime.run(self.ask()).await?,
            };
            let job = core.nats.runtime.run(self.hand_out(delivered)).await;
            if let Some(job) = job.map_err(TryGetError::Failed)? {
                return Ok(job);
            }
        }
    }

    /// Asks for a job that is there.
    async fn ask(&self) -> Result<Delivered, TryGetError> {
        let core = self.core();
        let mut pauses = LAG.into_iter();
        loop {
            let taken =
                core.patience().ask(|| intake::take(core)).await.map_err(TryGetError::Failed)?;
            if let Some(message) = taken {
                match intake::receive(core, message) {
                    Some(delivered) => return Ok(delivered),
                    None => continue,
                }
            }
            let info = core.certain_info().await.map_err(TryGetError::Failed)?;
            if core.is_closed(&info) && info.state.messages == 0 {
                return Err(TryGetError::ShutDown);
            }
            // What was just put is in the stream a moment before it can be taken.
            let consumer =
                core.patience().ask(|| core.consumer()).await.map_err(TryGetError::Failed)?;
            match pauses.next() {
                Some(pause) if consumer.delivered.stream_seq < info.state.last_seq => {
                    sleep(Duration::from_millis(pause)).await;
                }
                _ => return Err(TryGetError::Empty),
            }
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

    /// The jobs as a stream, which ends when the queue is shut down and everything is done. After a
    /// fault it can be polled again.
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

    /// The job, if it is one and still ours to give.
    async fn hand_out(&self, delivered: Delivered) -> Result<Option<Job<T>>, Fault> {
        let core = self.core();
        if delivered.held.is_lost() {
            // It waited here while this process slept. Another worker has it, or will.
            return Ok(None);
        }
        let Some(delivered) = attempts::claim(core, delivered).await? else { return Ok(None) };
        match C::decode(&delivered.payload) {
            Ok(item) => Ok(Some(Job::new(core, item, delivered))),
            Err(error) => {
                let verdict = Verdict::Dead(Reason::Undecodable(error.to_string()));
                core.settle(Settlement { verdict, delivered, told: None });
                Ok(None)
            }
        }
    }
}
