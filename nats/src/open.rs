//! Opening a queue: it is found or made, and compared.

use crate::builder::Builder;
use crate::codec::Codec;
use crate::core::{Core, StreamInfo};
use crate::error::OpenError;
use crate::fault::Fault;
use crate::names;
use crate::nats::Nats;
use crate::patience::Patience;
use crate::queue::Queue;
use async_nats::ServerInfo;
use serde_json::{Value, json};
use std::future::ready;
use std::time::Duration;

/// The oldest servers that are known to keep jobs, alone and as several: 2.9.10 loses some by a
/// crash, and three of 2.10.26 by one of their leader or of all.
const OLDEST: (i64, i64, i64) = (2, 10, 26);
const OLDEST_OF_SEVERAL: (i64, i64, i64) = (2, 11, 11);

impl Builder {
    pub(crate) async fn open<T, C: Codec<T>>(
        self,
        nats: &Nats,
        name: &str,
    ) -> Result<Queue<T, C>, OpenError> {
        self.check(name)?;
        // Servers that have only just started have no leader yet.
        let patience = self.timeout.min(Duration::from_secs(10));
        let info = Patience::new(patience).ask(|| ready(greeting(nats))).await?;
        let oldest = if self.replicas > 1 { OLDEST_OF_SEVERAL } else { OLDEST };
        if !nats.client.is_server_compatible(oldest.0, oldest.1, oldest.2) {
            return Err(OpenError::ServerTooOld { version: info.version, oldest });
        }
        let make = || self.make(nats, name);
        let jobs = match Patience::new(patience).ask(make).await {
            Ok(jobs) => jobs,
            Err(Fault::NoQuorum) if !info.jetstream => return Err(OpenError::NoJetStream),
            Err(fault) => return Err(fault.into()),
        };
        self.compare(name, &jobs)?;
        self.compare_consumer(nats, name, patience).await?;
        Ok(Queue::new(Core::start(nats.clone(), name, self, &jobs)))
    }

    /// Finds the queue, or makes it. Each step can be repeated by this process or another one.
    async fn make(&self, nats: &Nats, name: &str) -> Result<StreamInfo, Fault> {
        let jobs = names::jobs(name);
        match nats.api(&format!("STREAM.INFO.{jobs}"), "").await {
            Err(Fault::Gone) => {}
            // Made by a process that went before it had come to the consumer, or whole.
            Ok(info) => {
                if self.compare(name, &info).is_ok() {
                    self.make_consumer(nats, &jobs).await?;
                }
                return Ok(info);
            }
            Err(fault) => return Err(fault),
        }
        let mut fresh = Vec::new();
        let made = async {
            // First what is beside it: a queue that is there has all of it. What was left over by
            // a queue that was deleted halfway stays.
            let mut notes = self.config(&names::attempts(name), &names::notes(name), "limits");
            notes["max_msgs_per_subject"] = 1.into();
            let letters = self.config(&names::dead(name), &names::letters(name), "limits");
            for config in [notes, letters] {
                let stream = config["name"].as_str().unwrap_or_default();
                match nats.api::<Value>(&format!("STREAM.INFO.{stream}"), "").await {
                    Err(Fault::Gone) => {}
                    found => {
                        found?;
                        continue;
                    }
                }
                let subject = format!("STREAM.CREATE.{stream}");
                nats.api::<Value>(&subject, config.to_string()).await?;
                fresh.push(stream.to_owned());
            }
            let mut config = self.config(&jobs, &names::subject(name), "workqueue");
            config["discard"] = "new".into();
            config["max_msgs"] = self.maxsize.map_or(json!(-1), Value::from);
            config["metadata"] = self.metadata();
            let info = nats.api(&format!("STREAM.CREATE.{jobs}"), config.to_string()).await?;
            let made = self.make_consumer(nats, &jobs).await;
            if made.as_ref().is_err_and(|fault| !fault.is_transient()) {
                let _ = nats.api::<Value>(&format!("STREAM.DELETE.{jobs}"), "").await;
            }
            made.map(|()| info)
        };
        match made.await {
            // The server takes the same configuration as often as it comes, and not another one:
            // another process was faster.
            Err(Fault::Server { code: 10058, .. }) => {
                nats.api(&format!("STREAM.INFO.{jobs}"), "").await
            }
            Err(fault) if !fault.is_transient() => {
                for stream in fresh {
                    let _ = nats.api::<Value>(&format!("STREAM.DELETE.{stream}"), "").await;
                }
                Err(fault)
            }
            made => made,
        }
    }

    fn config(&self, stream: &str, subject: &str, retention: &str) -> Value {
        json!({
            "name": stream,
            "subjects": [subject],
            "retention": retention,
            "storage": self.storage.name(),
            "num_replicas": self.replicas,
            "max_consumers": -1,
            "max_msgs": -1,
            "max_bytes": -1,
            "max_age": 0,
            "discard": "old",
            "duplicate_window": nanos(Duration::from_secs(120)),
            "allow_direct": true,
        })
    }

    async fn make_consumer(&self, nats: &Nats, jobs: &str) -> Result<(), Fault> {
        let config = json!({
            "stream_name": jobs,
            "config": {
                "durable_name": names::WORKERS,
                "deliver_policy": "all",
                "replay_policy": "instant",
                "ack_policy": "explicit",
                "ack_wait": nanos(self.lease),
                // The client counts and saves the dead letters: the server would keep an exhausted
                // item and its place for good.
                "max_deliver": -1,
                "max_ack_pending": -1,
                "max_waiting": 100_000,
                // Each ack is an event: this is how a put learns of room.
                "sample_freq": "100%",
            },
        });
        let subject = format!("CONSUMER.DURABLE.CREATE.{jobs}.{}", names::WORKERS);
        match nats.api::<Value>(&subject, config.to_string()).await {
            // It is there with another lease, which is compared later.
            Ok(_) | Err(Fault::Server { code: 10148 | 10012, .. }) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    fn metadata(&self) -> Value {
        let retries = self.retries.map_or("none".to_owned(), |limit| limit.to_string());
        let lease = self.lease.as_millis().to_string();
        json!({ "forebay-retries": retries, "forebay-lease-ms": lease })
    }

    /// Whether the queue is the one that was meant.
    fn compare(&self, name: &str, info: &StreamInfo) -> Result<(), OpenError> {
        let found = &info.config;
        let differs = |what, asked: Value, found: &Value| match &asked {
            asked if asked == found => Ok(()),
            _ => {
                Err(OpenError::Differs { what, asked: asked.to_string(), found: found.to_string() })
            }
        };
        differs("retention", "workqueue".into(), &found["retention"])?;
        differs("discard", "new".into(), &found["discard"])?;
        if found["subjects"] != json!([names::closed(name)]) {
            differs("subject", json!([names::subject(name)]), &found["subjects"])?;
        }
        differs("maxsize", self.maxsize.map_or(json!(-1), Value::from), &found["max_msgs"])?;
        differs("storage", self.storage.name().into(), &found["storage"])?;
        differs("number of replicas", self.replicas.into(), &found["num_replicas"])?;
        let metadata = self.metadata();
        for (what, key) in [("number of retries", "forebay-retries"), ("lease", "forebay-lease-ms")]
        {
            differs(what, metadata[key].clone(), &found["metadata"][key])?;
        }
        Ok(())
    }

    /// Whether the consumer is the one that was meant.
    async fn compare_consumer(
        &self,
        nats: &Nats,
        name: &str,
        patience: Duration,
    ) -> Result<(), OpenError> {
        let subject = format!("CONSUMER.INFO.{}.{}", names::jobs(name), names::WORKERS);
        let info: Value = Patience::new(patience).ask(|| nats.api(&subject, "")).await?;
        let asked = nanos(self.lease);
        if info["config"]["ack_wait"] != json!(asked) || info["config"]["max_deliver"] != json!(-1)
        {
            return Err(OpenError::Differs {
                what: "consumer",
                asked: format!("a lease of {asked} ns, no limit of deliveries"),
                found: info["config"].to_string(),
            });
        }
        Ok(())
    }
}

/// What the server said of itself: nothing, if the client was told to come back without one.
fn greeting(nats: &Nats) -> Result<ServerInfo, Fault> {
    let info = nats.client.server_info();
    if info.version.is_empty() { Err(Fault::Disconnected) } else { Ok(info) }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
