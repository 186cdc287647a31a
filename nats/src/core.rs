//! What all handles of a queue in this process share, without the type of its items.

use crate::builder::Builder;
use crate::demand::Demand;
use crate::fault::Fault;
use crate::intake::{self, Delivered};
use crate::lease::Leases;
use crate::names;
use crate::nats::{ANSWER, Nats, server_fault, unreadable};
use crate::patience::Patience;
use crate::room::Room;
use crate::settle::{self, Settlement};
use crate::warden;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::{HeaderMap, Request};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// What the server says of a stream.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StreamInfo {
    /// As it is: an update sends all of it back.
    pub(crate) config: Value,
    pub(crate) state: StreamState,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct StreamState {
    pub(crate) messages: u64,
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
}

/// What the server says of a consumer.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ConsumerInfo {
    /// How many messages were never handed out.
    pub(crate) num_pending: u64,
    /// The last one that was.
    pub(crate) delivered: Delivery,
    /// The last one of those that are acked without a gap.
    pub(crate) ack_floor: Delivery,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) stream_seq: u64,
}

/// How things stand with the queue, as far as this process knows.
#[derive(Clone, Debug)]
pub(crate) enum Outlook {
    /// Well.
    Open,
    /// The server has not answered since then.
    Lost { since: tokio::time::Instant, fault: Fault },
    /// It is shut down, and not everything is done yet.
    Closing,
    /// It is shut down and nothing is left.
    ShutDown,
    /// It was deleted, or we may not use it any more.
    Gone(Fault),
}

#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) nats: Nats,
    pub(crate) name: String,
    pub(crate) settings: Builder,
    subject: String,
    /// Begins the message ids of this process, which are the same in every attempt to put an item.
    prefix: String,
    puts: AtomicU64,
    pub(crate) room: Room,
    pub(crate) leases: Leases,
    pub(crate) outlook: watch::Sender<Outlook>,
    /// Asks the warden to look.
    pub(crate) look: Notify,
    pub(crate) arrived: forebay::Receiver<Delivered>,
    pub(crate) demand: Demand,
    settlements: forebay::Sender<Settlement>,
    pub(crate) unsettled: AtomicUsize,
    pub(crate) settled: Notify,
}

/// The user's handles. When the last one goes, this process asks for no more jobs.
#[derive(Debug)]
pub(crate) struct Handles(pub(crate) Arc<Core>);

impl Drop for Handles {
    fn drop(&mut self) {
        self.0.demand.end();
        self.0.look.notify_one();
    }
}

impl Core {
    pub(crate) fn start(
        nats: Nats,
        name: &str,
        settings: Builder,
        info: &StreamInfo,
    ) -> Arc<Handles> {
        let (arrive, arrived) = forebay::unbounded();
        let (settlements, verdicts) = forebay::unbounded();
        let closed = is_closed(name, info);
        let outlook = if closed { Outlook::Closing } else { Outlook::Open };
        let core = Arc::new(Self {
            subject: names::subject(name),
            name: name.to_owned(),
            prefix: nuid::next().to_string(),
            puts: AtomicU64::new(0),
            room: Room::default(),
            leases: Leases::default(),
            outlook: watch::Sender::new(outlook),
            look: Notify::new(),
            arrived,
            demand: Demand::default(),
            settlements,
            unsettled: AtomicUsize::new(0),
            settled: Notify::new(),
            settings,
            nats,
        });
        let runtime = &core.nats.runtime;
        runtime.spawn(settle::run(SettleParts::of(&core), verdicts, Arc::downgrade(&core)));
        runtime.spawn(crate::lease::run(Arc::downgrade(&core), core.settings.lease));
        runtime.spawn(intake::run(Arc::clone(&core), arrive));
        runtime.spawn(warden::run(Arc::clone(&core)));
        Arc::new(Handles(core))
    }

    /// An id by which the server knows an item again, however often it is published.
    pub(crate) fn next_id(&self) -> String {
        format!("{}.{}", self.prefix, self.puts.fetch_add(1, Ordering::Relaxed))
    }

    /// Publishes an item, once.
    pub(crate) async fn publish(&self, id: &str, payload: Bytes) -> Result<(), Refused> {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", id);
        publish(&self.nats, self.subject.clone(), headers, payload).await.map(drop)
    }

    /// What the server says of the queue, asked once.
    pub(crate) async fn info(&self) -> Result<StreamInfo, Fault> {
        self.nats.api(&format!("STREAM.INFO.{}", names::jobs(&self.name)), "").await
    }

    /// What the server says of the consumer that all workers share, asked once.
    pub(crate) async fn consumer(&self) -> Result<ConsumerInfo, Fault> {
        let stream = names::jobs(&self.name);
        self.nats.api(&format!("CONSUMER.INFO.{stream}.{}", names::WORKERS), "").await
    }

    /// Asked until there is an answer or the timeout is over.
    pub(crate) async fn certain_info(&self) -> Result<StreamInfo, Fault> {
        self.patience().ask(|| self.info()).await
    }

    /// As long as an operation bears a server that does not answer.
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.settings.timeout)
    }

    pub(crate) fn is_closed(&self, info: &StreamInfo) -> bool {
        is_closed(&self.name, info)
    }

    /// The subject of the events that tell of an ack.
    pub(crate) fn acks(&self) -> String {
        let (stream, consumer) = (names::jobs(&self.name), names::WORKERS);
        format!("$JS.EVENT.METRIC.CONSUMER.ACK.{stream}.{consumer}")
    }

    /// Whether an attempt is one more than the queue allows.
    pub(crate) fn exhausted(&self, attempts: u32) -> bool {
        self.settings.retries.is_some_and(|retries| attempts > retries.saturating_add(1))
    }

    /// Leaves it to the background to tell the server.
    pub(crate) fn settle(&self, settlement: Settlement) {
        self.unsettled.fetch_add(1, Ordering::SeqCst);
        // The other end stays for as long as there is a sender.
        let _ = self.settlements.try_send(settlement);
    }
}

fn is_closed(name: &str, info: &StreamInfo) -> bool {
    info.config["subjects"][0] == names::closed(name).as_str()
}

/// What settling needs, which stays when all else is gone.
#[derive(Clone)]
pub(crate) struct SettleParts {
    pub(crate) nats: Nats,
    pub(crate) name: String,
    pub(crate) timeout: Duration,
}

impl SettleParts {
    fn of(core: &Core) -> Self {
        Self { nats: core.nats.clone(), name: core.name.clone(), timeout: core.settings.timeout }
    }
}

/// Why a stream did not take a message.
pub(crate) enum Refused {
    Full,
    Failed(Fault),
}

/// Publishes to a stream, once. Returns the number of the message.
pub(crate) async fn publish(
    nats: &Nats,
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
) -> Result<u64, Refused> {
    let request = Request::new().headers(headers).payload(payload).timeout(Some(ANSWER));
    let answer = nats.send(subject, request).await.map_err(Refused::Failed)?;
    let answer = serde_json::from_slice::<Response<PublishAck>>(&answer.payload);
    match answer.map_err(unreadable).map_err(Refused::Failed)? {
        Response::Ok(ack) => Ok(ack.sequence),
        // The same number stands for other limits, and for a disk that is full.
        Response::Err { error }
            if error.error_code().0 == 10077 && error.to_string().contains("maximum messages") =>
        {
            Err(Refused::Full)
        }
        Response::Err { error } => Err(Refused::Failed(server_fault(&error))),
    }
}
