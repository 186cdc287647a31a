//! Several jobs at once.

use super::error::{GetError, TryGetError};
use super::futures::{Getting, future};
use super::handle::Queue;
use super::job::Job;
use super::shared::Shared;
use super::store::{Seen, Side};
use crate::gate::Gate;
use crate::patience::Patient;
use crate::sync::{Arc, MOST_AT_ONCE, for_each};
use crate::wait::{Attempt, Outcome, Wait};
use alloc::vec::{self, Vec};
use core::fmt;
use core::future::Future;
use core::ops::{Deref, DerefMut};
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Queue<T> {
    /// Gets up to `max` jobs: waits for the first one, and takes as many more as are there at
    /// once.
    ///
    /// # Errors
    /// [`GetError`] if the queue is shut down and has nothing left to give.
    ///
    /// # Panics
    /// If `max` is zero.
    ///
    /// # Cancel safety
    /// Dropping the future loses no item, as with [`get`](Self::get).
    ///
    /// # Fairness
    /// As with [`get`](Self::get). A batch can take what another waiter was woken for; that one
    /// waits on.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let queue = forebay::queue::Queue::bounded(10);
    /// queue.put_many(0..5).await.unwrap();
    /// let batch = queue.get_many(3).await.unwrap();
    /// assert_eq!(batch.iter().map(|job| **job).collect::<Vec<_>>(), [0, 1, 2]);
    /// batch.done(); // all together
    /// for job in queue.get_many(3).await.unwrap() {
    ///     job.done(); // or one by one
    /// }
    /// assert_eq!(queue.unfinished(), 0);
    /// # });
    /// ```
    pub fn get_many(&self, max: usize) -> GetMany<'_, T> {
        assert_ne!(max, 0, "a batch of no jobs");
        let getting = Getting { shared: &self.shared, side: Side::Arrivals };
        GetMany(Wait::new(GettingMany { getting, max }))
    }

    /// Gets up to `max` jobs, as many as there are at once.
    ///
    /// # Errors
    /// - [`TryGetError::Empty`] if there is none.
    /// - [`TryGetError::ShutDown`] if there is none, and none will come, because the queue is shut
    ///   down.
    ///
    /// # Panics
    /// If `max` is zero.
    pub fn try_get_many(&self, max: usize) -> Result<Batch<'_, T>, TryGetError> {
        assert_ne!(max, 0, "a batch of no jobs");
        Ok(Batch::filled(self.try_get()?, &self.shared, max))
    }

    /// As [`get_many`](Self::get_many), on a thread, which sleeps while the queue is empty.
    ///
    /// # Errors
    /// [`GetError`] if the queue is shut down and has nothing left to give.
    ///
    /// # Panics
    /// If `max` is zero.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn get_many_blocking(&self, max: usize) -> Result<Batch<'_, T>, GetError> {
        self.get_many(max).block()
    }
}

/// Several [jobs](Job), to be finished [together](Self::done) or one by one. Each stands for
/// itself: one that is dropped does what a job that is dropped does.
///
/// It derefs to a slice of jobs, and iterates over them by value.
#[must_use = "jobs that are dropped count as done, or go back to their queue"]
pub struct Batch<'a, T> {
    jobs: Vec<Job<'a, T>>,
}

impl<'a, T> Batch<'a, T> {
    /// Takes what is there at once.
    fn filled(first: Job<'a, T>, shared: &'a Arc<Shared<T>>, max: usize) -> Self {
        // Not for ever, where others go on putting.
        let max = max.min(shared.store().len().saturating_add(1).max(MOST_AT_ONCE));
        let mut jobs = alloc::vec![first];
        while jobs.len() < max {
            let Ok(job) = Job::try_get(shared) else { break };
            jobs.push(job);
        }
        Self { jobs }
    }

    /// Marks all items as done, and drops them.
    pub fn done(self) {
        // One that panics in its drop is done, and so are the others.
        for_each(self.into_jobs(), Job::done);
    }

    /// Takes the items out, and marks them as done.
    pub fn into_inner(self) -> Vec<T> {
        self.into_jobs().map(Job::into_inner).collect()
    }

    fn into_jobs(mut self) -> vec::IntoIter<Job<'a, T>> {
        core::mem::take(&mut self.jobs).into_iter()
    }
}

/// Each job does what a dropped job does, also where an item panics when it is dropped.
impl<T> Drop for Batch<'_, T> {
    fn drop(&mut self) {
        for_each(self.jobs.drain(..), drop);
    }
}

impl<'a, T> Deref for Batch<'a, T> {
    type Target = [Job<'a, T>];

    fn deref(&self) -> &[Job<'a, T>] {
        &self.jobs
    }
}

impl<'a, T> DerefMut for Batch<'a, T> {
    fn deref_mut(&mut self) -> &mut [Job<'a, T>] {
        &mut self.jobs
    }
}

impl<'a, T> IntoIterator for Batch<'a, T> {
    type Item = Job<'a, T>;
    type IntoIter = vec::IntoIter<Job<'a, T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_jobs()
    }
}

impl<T> fmt::Debug for Batch<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("len", &self.jobs.len()).finish_non_exhaustive()
    }
}

/// An attempt to get some jobs.
#[derive(Debug)]
struct GettingMany<'a, T> {
    getting: Getting<'a, T>,
    max: usize,
}

impl<'a, T> Attempt for GettingMany<'a, T> {
    type Output = Result<Batch<'a, T>, GetError>;
    type Seen = Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        let Self { getting, max } = self;
        let got = getting.attempt();
        got.map(|job| job.map(|first| Batch::filled(first, getting.shared, *max)))
    }

    fn gate(&self) -> &Gate {
        self.getting.gate()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.getting.patience()
    }

    fn gives_way(&self) -> bool {
        self.getting.gives_way()
    }

    fn begin_turn(&self, overtakes: bool) {
        self.getting.begin_turn(overtakes);
    }

    fn raise(&self, seen: Seen) -> bool {
        self.getting.raise(seen)
    }

    fn hand_on(&self) {
        self.getting.hand_on();
    }
}

/// Gets several jobs, and waits for the first one while the queue is empty.
///
/// Made by [`Queue::get_many`].
///
/// # Cancel safety
/// Dropping the future loses no item.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct GetMany<'a, T>(Wait<GettingMany<'a, T>>);

future!("GetMany", GetMany<'a, T> -> Result<Batch<'a, T>, GetError>);
