//! Telling the server what became of a job, in the background.

use crate::attempts;
use crate::core::{Core, Refused, SettleParts, publish};
use crate::fault::Fault;
use crate::intake::Delivered;
use crate::names;
use crate::nats::ANSWER;
use crate::patience::Patience;
use async_nats::HeaderMap;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::sync::Weak;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How many settlements are under way at once.
const WINDOW: usize = 256;

/// What became of a job.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Done,
    /// It comes back, at once or later.
    Again(Option<Duration>),
    /// It goes to the dead letters.
    Dead(Reason),
}

/// Why a job is a dead letter.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// Its attempts are used up.
    Exhausted,
    /// Its bytes are no item, in the words of the [`Codec`](crate::Codec).
    Undecodable(String),
}

impl Reason {
    fn header(&self) -> String {
        match self {
            Self::Exhausted => "exhausted".to_owned(),
            Self::Undecodable(words) => {
                // A header is one line, and the server counts it: room for it was left by the put.
                let words: String =
                    words.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(100).collect();
                format!("undecodable {words}")
            }
        }
    }

    pub(crate) fn of_header(header: &str) -> Self {
        match header.strip_prefix("undecodable") {
            Some(words) => Self::Undecodable(words.trim().to_owned()),
            None => Self::Exhausted,
        }
    }
}

/// How many bytes a dead letter can be larger than the item that was put.
pub(crate) const LETTER: usize = 256;

pub(crate) const ATTEMPTS: &str = "Forebay-Attempts";
pub(crate) const REASON: &str = "Forebay-Reason";

#[derive(Debug)]
pub(crate) struct Settlement {
    pub(crate) verdict: Verdict,
    pub(crate) delivered: Delivered,
    /// Who wants to know of it.
    pub(crate) told: Option<forebay::Sender<Result<(), Fault>>>,
}

pub(crate) async fn run(
    parts: SettleParts,
    verdicts: forebay::Receiver<Settlement>,
    core: Weak<Core>,
) {
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            settlement = verdicts.recv(), if under_way.len() < WINDOW => match settlement {
                Ok(settlement) => under_way.push(settle(&parts, settlement)),
                Err(_) => break,
            },
            Some(()) = under_way.next() => one_less(&core),
        }
    }
    while under_way.next().await.is_some() {
        one_less(&core);
    }
}

fn one_less(core: &Weak<Core>) {
    if let Some(core) = core.upgrade()
        && core.unsettled.fetch_sub(1, Ordering::SeqCst) == 1
    {
        core.settled.notify_waiters();
    }
}

async fn settle(parts: &SettleParts, settlement: Settlement) {
    let Settlement { verdict, delivered, told } = settlement;
    let outcome = deliver(parts, verdict, &delivered).await;
    let note = delivered.note.filter(|_| matches!(outcome, Ok(true)));
    drop(delivered);
    if let Some(told) = told {
        // The caller may have stopped waiting.
        let _ = told.try_send(outcome.map(drop));
    }
    if let Some(note) = note {
        attempts::forget(&parts.nats, &parts.name, note).await;
    }
}

/// Repeats it until the server has confirmed it, or the timeout is over. The lease is renewed
/// meanwhile; if it fails in the end the job comes back. Returns whether it has left the queue.
async fn deliver(
    parts: &SettleParts,
    mut verdict: Verdict,
    delivered: &Delivered,
) -> Result<bool, Fault> {
    let mut patience = Patience::new(parts.timeout);
    let mut unseen = delivered.unseen;
    loop {
        if !matches!(verdict, Verdict::Done) && delivered.held.is_lost() {
            // The server hands it out by itself: a nak would do it once more, while another worker
            // is at it.
            return Ok(false);
        }
        let fault = match &verdict {
            Verdict::Dead(reason) => match bury(parts, reason, delivered).await {
                Ok(()) => {
                    verdict = Verdict::Done;
                    continue;
                }
                Err(fault) if fault.is_transient() => fault,
                // It stays in the queue: the next attempt to hand it out tries again.
                Err(_) => {
                    verdict = Verdict::Again(Some(Duration::from_secs(1)));
                    continue;
                }
            },
            Verdict::Done => match tell(parts, delivered, "+ACK".into()).await {
                Ok(()) => return Ok(true),
                Err(fault) => fault,
            },
            Verdict::Again(delay) => {
                let told = match (unseen, delay) {
                    (Some(attempts), _) => note(parts, delivered, attempts).await,
                    (None, None) => tell(parts, delivered, "-NAK".into()).await,
                    (None, Some(delay)) => {
                        let body = format!("-NAK {{\"delay\": {}}}", delay.as_nanos());
                        tell(parts, delivered, body.into()).await
                    }
                };
                match told {
                    Ok(()) if unseen.take().is_some() => continue,
                    Ok(()) => return Ok(false),
                    Err(fault) => fault,
                }
            }
        };
        patience.bear(fault).await?;
    }
}

/// Says it once, and waits for the answer.
async fn tell(parts: &SettleParts, delivered: &Delivered, body: Bytes) -> Result<(), Fault> {
    parts.nats.ask(delivered.held.reply().clone(), body, ANSWER).await.map(drop)
}

/// Notes how many attempts it had, before it goes back.
async fn note(parts: &SettleParts, delivered: &Delivered, attempts: u32) -> Result<(), Fault> {
    attempts::write(&parts.nats, &parts.name, delivered, attempts).await.map(drop)
}

/// Saves it among the dead letters. The server knows it again.
async fn bury(parts: &SettleParts, reason: &Reason, delivered: &Delivered) -> Result<(), Fault> {
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Msg-Id", format!("{}.{}", parts.name, delivered.sequence));
    headers.insert(ATTEMPTS, delivered.attempts.to_string());
    headers.insert(REASON, reason.header());
    let payload = delivered.payload.clone();
    match publish(&parts.nats, names::letters(&parts.name), headers, payload).await {
        Ok(_) => Ok(()),
        Err(Refused::Failed(fault)) => Err(fault),
        Err(Refused::Full) => Err(Fault::Server { code: 10077, text: "no room".to_owned() }),
    }
}
