//! Dead letters: items that no worker could do.

use crate::codec::{BoxError, Codec, Json};
use crate::core::{Core, StreamInfo};
use crate::fault::Fault;
use crate::names;
use crate::nats::{NO_MESSAGE, Nats};
use crate::queue::Queue;
use crate::room::{self, Refusal};
use crate::settle::{ATTEMPTS, REASON, Reason};
use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::RawMessage;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// An item that went out of a queue without being done: its attempts are used up, or its bytes are
/// no item. The server keeps it until it is [removed](Self::remove) or [put back](Self::put_back).
///
/// Made by [`Queue::dead_letters`].
pub struct DeadLetter<T, C = Json> {
    core: Arc<Core>,
    /// Its number among the dead letters.
    sequence: u64,
    payload: Bytes,
    attempts: u32,
    reason: Reason,
    item: PhantomData<fn(T, C) -> T>,
}

impl<T, C> DeadLetter<T, C> {
    /// How often workers had it in hand.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Why it is here.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The bytes that were put.
    pub fn bytes(&self) -> &[u8] {
        &self.payload
    }

    /// Deletes it for good.
    ///
    /// # Errors
    /// [`Fault`] if the server cannot be reached for as long as the
    /// [`timeout`](crate::Builder::timeout), or refuses.
    pub async fn remove(&self) -> Result<(), Fault> {
        let core = &self.core;
        let stream = names::dead(&core.name);
        let delete = || core.nats.delete(&stream, self.sequence);
        core.nats.runtime.run(core.patience().ask(delete)).await
    }

    /// Puts it into the queue again, as a new item, and removes it here. Waits for room first while
    /// the queue is full.
    ///
    /// # Errors
    /// [`Fault`] if the queue is shut down, or as [`remove`](Self::remove). It is still here then.
    pub async fn put_back(&self) -> Result<(), Fault> {
        let core = &self.core;
        let put = room::put(core, self.payload.clone(), true);
        match core.nats.runtime.run(put).await {
            Ok(()) => self.remove().await,
            Err(Refusal::Failed(fault)) => Err(fault),
            Err(Refusal::ShutDown | Refusal::Full) => {
                Err(Fault::Server { code: 0, text: "the queue is shut down".to_owned() })
            }
        }
    }
}

impl<T, C: Codec<T>> DeadLetter<T, C> {
    /// The item.
    ///
    /// # Errors
    /// That of the [`Codec`], if the bytes are none.
    pub fn item(&self) -> Result<T, BoxError> {
        C::decode(&self.payload)
    }
}

impl<T, C> fmt::Debug for DeadLetter<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("attempts", &self.attempts)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What the server says of the dead letters.
pub(crate) async fn info(core: &Core) -> Result<StreamInfo, Fault> {
    let subject = format!("STREAM.INFO.{}", names::dead(&core.name));
    core.patience().ask(|| core.nats.api(&subject, "")).await
}

#[derive(Deserialize)]
struct Found {
    message: RawMessage,
}

/// The message of a stream that a question is for, asked once.
pub(crate) async fn found(
    nats: &Nats,
    stream: &str,
    question: Value,
) -> Result<StreamMessage, Fault> {
    let subject = format!("STREAM.MSG.GET.{stream}");
    let found: Found = nats.api(&subject, question.to_string()).await?;
    StreamMessage::try_from(found.message)
        .map_err(|error| Fault::Server { code: 0, text: error.to_string() })
}

pub(crate) async fn list<T, C>(queue: &Queue<T, C>) -> Result<Vec<DeadLetter<T, C>>, Fault> {
    let core = queue.core();
    let stream = names::dead(&core.name);
    let letters = names::letters(&core.name);
    let listing = async {
        let mut next = info(core).await?.state.first_seq.max(1);
        let mut list = Vec::new();
        loop {
            let question = json!({ "seq": next, "next_by_subj": letters });
            let ask = || found(&core.nats, &stream, question.clone());
            let message = match core.patience().ask(ask).await {
                Ok(message) => message,
                Err(Fault::Server { code: NO_MESSAGE, .. }) => return Ok(list),
                Err(fault) => return Err(fault),
            };
            next = message.sequence + 1;
            list.push(letter(core, message));
        }
    };
    core.nats.runtime.run(listing).await
}

fn letter<T, C>(core: &Arc<Core>, message: StreamMessage) -> DeadLetter<T, C> {
    let header = |headers: &HeaderMap, name: &str| headers.get(name).map(ToString::to_string);
    DeadLetter {
        core: Arc::clone(core),
        sequence: message.sequence,
        attempts: header(&message.headers, ATTEMPTS)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0),
        reason: Reason::of_header(&header(&message.headers, REASON).unwrap_or_default()),
        payload: message.payload,
        item: PhantomData,
    }
}
