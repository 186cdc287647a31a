//! The work, and the worker: it knows no more of its queue than that it is one.

use std::convert::Infallible;

use forebay::queue::{Work, WorkError, WorkQueue};
use serde::{Deserialize, Serialize};

/// A range of numbers, in which primes are to be counted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Chunk {
    pub(crate) number: u64,
    pub(crate) from: u64,
    pub(crate) to: u64,
}

impl Chunk {
    /// The numbers from zero on, in so many chunks of this size.
    pub(crate) fn all(count: u64, size: u64) -> impl Iterator<Item = Self> {
        (0..count).map(move |number| Self { number, from: number * size, to: (number + 1) * size })
    }

    /// How many primes there are. It takes its time.
    pub(crate) fn primes(&self) -> u64 {
        let is_prime = |number: &u64| {
            *number >= 2 && (2..=number.isqrt()).all(|factor| !number.is_multiple_of(factor))
        };
        (self.from..self.to).filter(is_prime).count() as u64
    }
}

/// What a worker tells of a job before it marks it as done: a crash in between does it twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) number: u64,
    pub(crate) attempt: u32,
    pub(crate) primes: u64,
}

/// Works until the queue is shut down and everything is done.
pub(crate) async fn worker<Q: WorkQueue<Chunk>>(
    queue: Q,
    mut tell: impl FnMut(Done) + Send,
) -> Result<Infallible, Q::GetError> {
    loop {
        let job = queue.get().await?;
        tell(Done { number: job.number, attempt: job.attempt(), primes: job.primes() });
        job.done();
    }
}

/// Whether a worker has come to its end as it should.
pub(crate) fn has_finished<E: WorkError>(ended: &Result<Infallible, E>) -> bool {
    ended.as_ref().is_err_and(WorkError::is_shut_down)
}
