//! Jobs from the server.
//!
//! One task of each process asks for as many jobs as its workers wait for, and hands them on by a
//! channel: a worker that gives up takes nothing with it.

use crate::core::{Core, Outlook};
use crate::fault::Fault;
use crate::lease::Held;
use crate::names;
use crate::nats::ANSWER;
use crate::settle::{Settlement, Verdict};
use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long the server keeps a request for jobs, and how often it says that it does.
const EXPIRES: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(2);
/// After such a silence it does not.
const SILENCE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(500);

/// An item that the server has handed out, in bytes.
#[derive(Debug)]
pub(crate) struct Delivered {
    pub(crate) payload: Bytes,
    /// How often the server has handed it out.
    pub(crate) deliveries: u32,
    /// How often workers had it in hand, once one has it.
    pub(crate) attempts: u32,
    /// Its number in the stream, and when it was put there by the server's clock.
    pub(crate) sequence: u64,
    pub(crate) put_at: u64,
    /// The number of the note of its attempts, if there is one.
    pub(crate) note: Option<u64>,
    /// The attempts to note if it goes back, where the server would count one more.
    pub(crate) unseen: Option<u32>,
    pub(crate) held: Held,
}

/// One conversation with the server: it ends when what was asked can be answered no more.
struct Talk<'a> {
    core: &'a Arc<Core>,
    arrive: &'a forebay::Sender<Delivered>,
    inbox: String,
    requests: u64,
    /// How many jobs are still to come.
    asked: usize,
    heard: Instant,
    connects: u64,
}

pub(crate) async fn run(core: Arc<Core>, arrive: forebay::Sender<Delivered>) {
    const PAUSE: Duration = Duration::from_millis(50);
    let mut pause = PAUSE;
    while !core.demand.is_over() {
        let inbox = core.nats.client.new_inbox();
        let Ok(mut messages) = core.nats.client.subscribe(format!("{inbox}.*")).await else {
            break;
        };
        let mut talk = Talk {
            core: &core,
            arrive: &arrive,
            inbox,
            requests: 0,
            asked: 0,
            heard: Instant::now(),
            connects: connects(&core),
        };
        let began = Instant::now();
        let end = talk.run(&mut messages).await;
        while let Some(Some(message)) = messages.next().now_or_never() {
            talk.hear(message);
        }
        if end == End::Finished {
            break;
        }
        core.look.notify_one();
        pause = if began.elapsed() > 4 * pause {
            PAUSE
        } else {
            (pause * 2).min(Duration::from_secs(1))
        };
        sleep(pause).await;
    }
    give_back(&core);
}

fn connects(core: &Core) -> u64 {
    core.nats.client.statistics().connects.load(Ordering::Relaxed)
}

/// Jobs that no worker here takes are for others.
fn give_back(core: &Core) {
    while let Ok(delivered) = core.arrived.try_recv() {
        core.settle(Settlement { verdict: Verdict::Again(None), delivered, told: None });
    }
}

#[derive(PartialEq, Eq)]
enum End {
    /// Begin anew.
    Broken,
    /// Nothing is wanted any more, or nothing will come.
    Finished,
}

impl Talk<'_> {
    async fn run(&mut self, messages: &mut Subscriber) -> End {
        let mut outlook = self.core.outlook.subscribe();
        let mut tick = tokio::time::interval(TICK);
        loop {
            if self.core.demand.is_over()
                || matches!(*outlook.borrow_and_update(), Outlook::ShutDown | Outlook::Gone(_))
            {
                return End::Finished;
            }
            if self.ask().await.is_err() {
                return End::Broken;
            }
            let buffered = self.core.arrived.len();
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) => {
                        if self.hear(message) == Heard::Broken {
                            return End::Broken;
                        }
                    }
                    None => return End::Broken,
                },
                () = self.core.demand.changed.notified() => {}
                _ = outlook.changed() => {}
                _ = tick.tick(), if self.asked > 0 || buffered > 0 => {
                    if connects(self.core) != self.connects {
                        // The server of before has forgotten us.
                        return End::Broken;
                    }
                    if self.asked > 0 && self.heard.elapsed() > SILENCE {
                        return End::Broken;
                    }
                    if buffered > 0 {
                        self.perhaps_give_back(buffered);
                    }
                }
            }
        }
    }

    /// Asks for what is missing.
    async fn ask(&mut self) -> Result<(), async_nats::PublishError> {
        let core = self.core;
        let waiting = core.demand.waiting();
        let prefetch = core.settings.prefetch;
        let target = if prefetch > 1 && core.demand.idle() < core.settings.lease {
            waiting.max(prefetch)
        } else {
            waiting
        };
        let missing = target.saturating_sub(core.arrived.len() + self.asked);
        // With a store here, the next ones are asked for when half of it is used.
        if missing == 0 || (prefetch > 1 && missing * 2 < target) {
            return Ok(());
        }
        if self.asked == 0 {
            self.heard = Instant::now();
        }
        self.asked += missing;
        self.requests += 1;
        let body = format!(
            r#"{{"batch":{missing},"expires":{},"idle_heartbeat":{}}}"#,
            EXPIRES.as_nanos(),
            HEARTBEAT.as_nanos()
        );
        let reply = format!("{}.{}", self.inbox, self.requests);
        core.nats.client.publish_with_reply(next_subject(core), reply, body.into()).await
    }

    fn hear(&mut self, message: Message) -> Heard {
        self.heard = Instant::now();
        match message.status.map(|status| status.as_u16()) {
            None => {
                self.asked = self.asked.saturating_sub(1);
                if let Some(delivered) = receive(self.core, message) {
                    // The other end stays for as long as the core does.
                    let _ = self.arrive.try_send(delivered);
                }
                Heard::Well
            }
            // A heartbeat.
            Some(100) => Heard::Well,
            // A request has expired, as it should.
            Some(408) => {
                let pending = message.headers.as_ref().and_then(|headers| {
                    headers.get("Nats-Pending-Messages")?.as_str().parse::<usize>().ok()
                });
                match pending {
                    Some(pending) => {
                        self.asked = self.asked.saturating_sub(pending);
                        Heard::Well
                    }
                    None => Heard::Broken,
                }
            }
            // No leader, another leader, no consumer.
            Some(_) => Heard::Broken,
        }
    }

    /// Jobs that have waited here for a lease, while no worker asked for one, are for others.
    fn perhaps_give_back(&self, buffered: usize) {
        let demand = &self.core.demand;
        // A worker that asked for one and went leaves one behind. A store is for the workers
        // that are at work.
        let unwanted = self.core.settings.prefetch == 1 || self.core.leases.count() <= buffered;
        if demand.waiting() == 0 && demand.idle() > self.core.settings.lease && unwanted {
            give_back(self.core);
        }
    }
}

#[derive(PartialEq, Eq)]
enum Heard {
    Well,
    Broken,
}

/// Asks for one job that is there, once.
pub(crate) async fn take(core: &Core) -> Result<Option<Message>, Fault> {
    let client = &core.nats.client;
    let inbox = client.new_inbox();
    // A job arrives under the subject of its stream: the client's own requests would not know it
    // for their answer.
    let answers = client.subscribe(inbox.clone()).await;
    let mut answers = answers.map_err(|_| Fault::Disconnected)?;
    let question = r#"{"batch":1,"no_wait":true}"#.into();
    let asked = client.publish_with_reply(next_subject(core), inbox, question).await;
    asked.map_err(|_| Fault::Disconnected)?;
    let Ok(Some(message)) = timeout(ANSWER, answers.next()).await else {
        return Err(Fault::TimedOut);
    };
    match message.status.map(|status| status.as_u16()) {
        None => Ok(Some(message)),
        Some(404) => Ok(None),
        Some(_) => Err(Fault::NoQuorum),
    }
}

/// Where jobs are asked for.
fn next_subject(core: &Core) -> String {
    format!("$JS.API.CONSUMER.MSG.NEXT.{}.{}", names::jobs(&core.name), names::WORKERS)
}

/// An item that has come.
pub(crate) fn receive(core: &Core, message: Message) -> Option<Delivered> {
    let reply = message.reply?;
    let (deliveries, sequence, put_at) = counts(&reply)?;
    let held = core.leases.hold(reply, core.settings.lease);
    Some(Delivered {
        payload: message.payload,
        deliveries,
        attempts: 0,
        sequence,
        put_at,
        note: None,
        // Of a later delivery there is a note, or the first one was an attempt.
        unseen: (deliveries == 1).then_some(0),
        held,
    })
}

/// How often a message was handed out, its number in the stream, and its time. The server writes
/// them into the subject for its ack: after `$JS.ACK`, perhaps a domain and an account, the stream
/// and the consumer.
fn counts(reply: &str) -> Option<(u32, u64, u64)> {
    let words: Vec<_> = reply.strip_prefix("$JS.ACK.")?.split('.').collect();
    let first = if words.len() >= 9 { 4 } else { 2 };
    let number = |index: usize| words.get(first + index)?.parse::<u64>().ok();
    Some((u32::try_from(number(0)?).unwrap_or(u32::MAX), number(1)?, number(3)?))
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn both_forms_of_an_ack_are_read() {
        for (reply, expected) in [
            ("$JS.ACK.S.C.3.17.9.17000.4", Some((3, 17, 17_000))),
            ("$JS.ACK.domain.account.S.C.3.17.9.17000.4", Some((3, 17, 17_000))),
            ("$JS.ACK.domain.account.S.C.3.17.9.17000.4.random", Some((3, 17, 17_000))),
            ("$JS.ACK.S.C.99999999999.17.9.1.4", Some((u32::MAX, 17, 1))),
            ("$JS.ACK.S.C", None),
            ("$JS.ACK.S.C.x.17.9.1.4", None),
            ("_INBOX.S.C.3.17.9.1.4", None),
        ] {
            assert_eq!(counts(reply), expected, "{reply}");
        }
    }
}
