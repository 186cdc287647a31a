//! How a queue is opened.

use crate::codec::Codec;
use crate::error::OpenError;
use crate::names;
use crate::nats::Nats;
use crate::queue::Queue;
use std::time::Duration;

/// Where the server keeps a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Storage {
    /// On disk: what is inside survives the server. Whether it survives a power loss is the
    /// server's `sync_interval`.
    #[default]
    File,
    /// In memory: what is inside goes with the server, or, of several, with the last one.
    Memory,
}

impl Storage {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Memory => "memory",
        }
    }
}

/// Opens queues: joins the one that is there, or makes it.
///
/// All processes open a queue by the same settings. What belongs to the queue (`maxsize`,
/// `retries`, `lease`, `replicas`, `storage`) is compared with the queue that is there; the rest is
/// each process's own.
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
    pub(crate) maxsize: Option<u64>,
    pub(crate) replicas: usize,
    pub(crate) storage: Storage,
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
    /// A queue that holds any number of items, on the disk of one server, in which a job that is
    /// dropped is done.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many items are inside, *those in hand included*: unlike `forebay::queue`, where
    /// it counts those that wait. Workers that put new items need room beyond what all of them have
    /// in hand.
    pub fn maxsize(mut self, maxsize: u64) -> Self {
        self.maxsize = Some(maxsize);
        self
    }

    /// A job that is dropped without `done` comes back, at once and before new ones. After `limit`
    /// such returns it goes to the [dead letters](Queue::dead_letters) and counts as
    /// [`failed`](Queue::failed).
    ///
    /// Whatever made it come back from a worker counts: a drop, a process that was killed, a lease
    /// that ran out, [`requeue`](crate::Job::requeue). What comes back without a worker having had
    /// it does not, and an item that no worker had never becomes a dead letter. After a crash of
    /// the server the count of the last moments can begin again.
    ///
    /// With a limit of zero each attempt is noted on the server before a worker has the job: that
    /// is one more round trip. With others only those after the first are.
    pub fn retries(mut self, limit: u32) -> Self {
        self.retries = Some(limit);
        self
    }

    /// How long after its last sign of life a worker's jobs are handed to others: 30 seconds if
    /// this is left out, 100 ms to 1 hour.
    ///
    /// A process gives signs of life for its jobs by itself, every third of this, however long a
    /// job takes. Only a process that is killed, paused or cut off for so long loses its jobs.
    /// Short: the jobs of a killed worker come back soon. Long: a worker that is slow to run (a
    /// stopped machine, a blocked executor) keeps its jobs, and they are not done a second time.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// How many jobs a process asks for at once, 1 to 10,000. One, unless this is called: a job
    /// goes where a worker waits for it. More save a round trip for each job, and jobs wait in the
    /// process meanwhile, where no other one can take them. Their leases are kept for as long as
    /// the process gets jobs or has any in hand.
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

    /// How long an operation bears that the server cannot be reached, before it fails: 60 seconds
    /// if this is left out, 1 to 100 seconds.
    ///
    /// A put is asked again meanwhile, and the server knows it again for two minutes: it is not put
    /// twice.
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

    pub(crate) fn check(&self, name: &str) -> Result<(), OpenError> {
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
}
