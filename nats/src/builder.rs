//! How a queue is opened.

use crate::codec::Codec;
use crate::core::{Core, StreamInfo};
use crate::error::{Fault, OpenError};
use crate::names;
use crate::nats::Nats;
use crate::queue::Queue;
use serde_json::{Value, json};
use std::time::Duration;

/// Where the server keeps a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Storage {
    /// On disk: what is inside survives the server. Whether it survives a power loss is the server's `sync_interval`.
    #[default]
    File,
    /// In memory: what is inside goes with the server, or, of several, with the last one.
    Memory,
}

impl Storage {
    fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Memory => "memory",
        }
    }
}

/// Opens queues: joins the one that is there, or makes it.
///
/// All processes open a queue by the same settings. What belongs to the queue (`maxsize`, `retries`, `lease`, `replicas`,
/// `storage`) is compared with the queue that is there; the rest is each process's own.
///
/// ```no_run
/// use forebay_nats::{Builder, Nats, Queue};
/// use std::time::Duration;
///
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// let nats = Nats::from_env().await?;
/// let pages: Queue<String> = Builder::new()
///     .maxsize(100)
///     .retries(3)
///     .lease(Duration::from_secs(10))
///     .fifo(&nats, "crawl")
///     .await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "`fifo` opens the queue"]
pub struct Builder {
    maxsize: Option<u64>,
    replicas: usize,
    storage: Storage,
    pub(crate) retries: Option<u32>,
    pub(crate) lease: Duration,
    pub(crate) prefetch: usize,
    pub(crate) timeout: Duration,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            maxsize: None,
            replicas: 1,
            storage: Storage::File,
            retries: None,
            lease: Duration::from_secs(30),
            prefetch: 1,
            timeout: Duration::from_secs(60),
        }
    }
}

impl Builder {
    /// A queue that holds any number of items, on the disk of one server, in which a job that is dropped is done.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many items are inside, *those in hand included*: unlike `forebay::queue`, where it counts those that wait.
    /// Workers that put new items need room beyond what all of them have in hand.
    pub fn maxsize(mut self, maxsize: u64) -> Self {
        self.maxsize = Some(maxsize);
        self
    }

    /// A job that is dropped without `done` comes back, at once and before new ones. After `limit` such returns it goes to the
    /// [dead letters](Queue::dead_letters) and counts as [`failed`](Queue::failed).
    ///
    /// The server counts how often it has handed an item out. So whatever made it come back counts: a drop, a process that was
    /// killed, a lease that ran out, [`requeue`](crate::Job::requeue). After a crash of the server the count of the last
    /// moments can begin again.
    pub fn retries(mut self, limit: u32) -> Self {
        self.retries = Some(limit);
        self
    }

    /// How long after its last sign of life a worker's jobs are handed to others: 30 seconds if this is left out, 100 ms to
    /// 1 hour.
    ///
    /// A process gives signs of life for its jobs by itself, every third of this, however long a job takes. Only a process
    /// that is killed, paused or cut off for so long loses its jobs. Short: the jobs of a killed worker come back soon. Long: a
    /// worker that is slow to run (a stopped machine, a blocked executor) keeps its jobs, and nobody does them a second time.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// How many jobs a process asks for at once, 1 to 10,000. One, unless this is called: a job goes where a worker waits
    /// for it. More save a round trip for each job, and jobs wait in the process meanwhile, where no other one can take them.
    /// Their leases are kept for as long as the process gets jobs or has any in hand.
    pub fn prefetch(mut self, jobs: usize) -> Self {
        self.prefetch = jobs;
        self
    }

    /// On how many servers of a cluster the queue is kept, 1 to 5. Three survive the loss of one.
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// Where the server keeps it.
    pub fn storage(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self
    }

    /// How long an operation bears that the server cannot be reached, before it fails: 60 seconds if this is left out, 1 to
    /// 100 seconds.
    ///
    /// A put is asked again meanwhile, and the server knows it again for two minutes: it is not put twice.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Opens the queue of this name: up to 64 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`OpenError`]. What was not there before is not there after it.
    pub async fn fifo<T, C: Codec<T>>(
        self,
        nats: &Nats,
        name: &str,
    ) -> Result<Queue<T, C>, OpenError> {
        nats.runtime.run(self.open(nats, name)).await
    }

    /// Opens the queue from a thread, which sleeps meanwhile.
    ///
    /// # Errors
    /// As [`fifo`](Self::fifo).
    ///
    /// # Panics
    /// In an async task of tokio.
    pub fn fifo_blocking<T, C: Codec<T>>(
        self,
        nats: &Nats,
        name: &str,
    ) -> Result<Queue<T, C>, OpenError> {
        nats.runtime.block_on(self.open(nats, name))
    }

    fn check(&self, name: &str) -> Result<(), OpenError> {
        let seconds = |seconds| Duration::from_secs(seconds);
        let wrong = if !names::is_valid(name) {
            "a name has 1 to 64 letters, digits, `-` and `_`"
        } else if self.maxsize == Some(0) {
            "a `maxsize` of zero has no room for any item"
        } else if self.maxsize.is_some_and(|maxsize| i64::try_from(maxsize).is_err()) {
            "the `maxsize` is too large: leave it out"
        } else if !(1..=5).contains(&self.replicas) {
            "there can be 1 to 5 `replicas`"
        } else if !(Duration::from_millis(100)..=seconds(3600)).contains(&self.lease) {
            "a `lease` takes 100 milliseconds to 1 hour"
        } else if !(1..=10_000).contains(&self.prefetch) {
            "`prefetch` takes 1 to 10,000 jobs"
        } else if !(seconds(1)..=seconds(100)).contains(&self.timeout) {
            "a `timeout` takes 1 to 100 seconds"
        } else {
            return Ok(());
        };
        Err(OpenError::Invalid(wrong))
    }

    async fn open<T, C: Codec<T>>(self, nats: &Nats, name: &str) -> Result<Queue<T, C>, OpenError> {
        self.check(name)?;
        let info = nats.client.server_info();
        if !nats.client.is_server_compatible(2, 10, 26) {
            return Err(OpenError::ServerTooOld { version: info.version });
        }
        // Servers that have only just started have no leader yet.
        let patience = self.timeout.min(Duration::from_secs(10));
        let make = || self.make(nats, name);
        let jobs = match nats.persist(patience, make).await {
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
        let (jobs, dead) = (names::jobs(name), names::dead(name));
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
        // The dead letters first: a queue that is there has a place for them. They are left over by a queue that was
        // deleted halfway, and stay.
        let letters: Result<StreamInfo, Fault> = nats.api(&format!("STREAM.INFO.{dead}"), "").await;
        let fresh = matches!(letters, Err(Fault::Gone));
        if fresh {
            let config = self.config(&dead, &names::letters(name), "limits");
            let _: Value = nats.api(&format!("STREAM.CREATE.{dead}"), config.to_string()).await?;
        }
        let made = async {
            let mut config = self.config(&jobs, &names::subject(name), "workqueue");
            config["discard"] = "new".into();
            config["max_msgs"] = self.maxsize.map_or(json!(-1), Value::from);
            config["metadata"] = self.metadata();
            let info = nats.api(&format!("STREAM.CREATE.{jobs}"), config.to_string()).await?;
            match self.make_consumer(nats, &jobs).await {
                Ok(()) => Ok(info),
                Err(fault) => {
                    let _ = nats.api::<Value>(&format!("STREAM.DELETE.{jobs}"), "").await;
                    Err(fault)
                }
            }
        };
        match made.await {
            // The server takes the same configuration as often as it comes, and not another one: another process was faster.
            Err(Fault::Server { code: 10058, .. }) => {
                nats.api(&format!("STREAM.INFO.{jobs}"), "").await
            }
            Err(fault) if fresh && !fault.is_transient() => {
                let _ = nats.api::<Value>(&format!("STREAM.DELETE.{dead}"), "").await;
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
                // The client counts and saves the dead letters: the server would keep an exhausted item and its place for good.
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
        let info: Value = nats.persist(patience, || nats.api(&subject, "")).await?;
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

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
