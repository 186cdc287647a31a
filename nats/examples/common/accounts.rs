//! What became of every job, by what the workers told.
#![allow(dead_code, reason = "each user of this file needs another part")]

use std::time::Duration;

use crate::work::Done;

#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    /// How many jobs the producer has put, and how long it was held back by a full queue.
    pub(crate) put: u64,
    pub(crate) held_back: Duration,
    /// Of each job: how often it was done, the last attempt, and its result.
    jobs: Vec<Job>,
}

#[derive(Clone, Copy, Default, Debug)]
struct Job {
    done: u64,
    attempts: u64,
    primes: u64,
}

impl Accounts {
    pub(crate) fn of(jobs: u64) -> Self {
        let jobs = vec![Job::default(); usize::try_from(jobs).expect("there is memory for them")];
        Self { put: 0, held_back: Duration::ZERO, jobs }
    }

    pub(crate) fn add(&mut self, done: Done) {
        let job = &mut self.jobs[usize::try_from(done.number).expect("a small number")];
        job.done += 1;
        job.attempts = job.attempts.max(done.attempt.into());
        job.primes = done.primes;
    }

    /// How many jobs are done, however often.
    pub(crate) fn done(&self) -> u64 {
        self.count(|job| (job.done > 0).into())
    }

    /// How many are not.
    pub(crate) fn lost(&self) -> u64 {
        self.jobs.len() as u64 - self.done()
    }

    /// How often a job was done that was done already.
    pub(crate) fn duplicates(&self) -> u64 {
        self.count(|job| job.done.saturating_sub(1))
    }

    /// How often the jobs were handed out, as the server has counted.
    pub(crate) fn attempts(&self) -> u64 {
        self.count(|job| job.attempts)
    }

    /// The result, in which each job counts once.
    pub(crate) fn primes(&self) -> u64 {
        self.count(|job| job.primes)
    }

    fn count(&self, of: impl Fn(&Job) -> u64) -> u64 {
        self.jobs.iter().map(of).sum()
    }
}
