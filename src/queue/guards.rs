//! Guards of producers and workers: a queue that notices when the last of them has gone.

use super::futures::future;
use super::handle::Queue;
use super::stop::Shutdown;
use super::unfinished::Joining;
use super::workers::Workers;
use crate::gate::Gate;
use crate::sync::Ordering::{AcqRel, Relaxed};
use crate::sync::abort;
use crate::wait::{Attempt, Outcome, Wait};
use core::error::Error;
use core::fmt;
use core::future::Future;
use core::ops::Deref;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Queue<T> {
    /// A guard for a producer. When the last guard of the queue goes, it shuts down gracefully:
    /// the workers do what is inside, and end.
    ///
    /// Where no guard was ever made, the queue does not end by itself. Make the first one before
    /// the last can go: in front of the tasks, not in them.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(10);
    /// let producers = [queue.producer(), queue.producer()];
    /// for (number, producer) in producers.into_iter().enumerate() {
    ///     std::thread::spawn(move || producer.put_blocking(number));
    /// }
    /// let mut sum = 0;
    /// while let Ok(job) = queue.get_blocking() {
    ///     sum += job.into_inner();
    /// }
    /// assert_eq!(sum, 1);
    /// ```
    pub fn producer(&self) -> Producer<T> {
        if self.shared.producers.fetch_add(1, Relaxed) > usize::MAX / 2 {
            abort();
        }
        Producer { queue: self.clone() }
    }

    /// A guard for a worker. Once the last guard of the queue has gone,
    /// [`try_join`](Self::try_join) ends with an error instead of waiting for work that nothing
    /// does.
    ///
    /// Either all workers of a queue have guards, or none: one without is not known of. Make the
    /// first guard before the last can go. The workers of a [`pool`](Self::pool) have guards.
    ///
    /// ```
    /// let queue = forebay::queue::Queue::bounded(10);
    /// queue.try_put(1).unwrap();
    /// let worker = queue.worker();
    /// let thread = std::thread::spawn(move || drop(worker)); // it dies before it is done
    /// assert!(queue.try_join_blocking().is_err());
    /// # thread.join().unwrap();
    /// ```
    pub fn worker(&self) -> Worker<T> {
        self.shared.workers.add();
        Worker { queue: self.clone() }
    }

    /// As [`join`](Self::join), but ends with an error once the last [guard of a
    /// worker](Self::worker) has gone while something is unfinished. Where no guard was ever made
    /// it waits as `join` does.
    ///
    /// # Errors
    /// [`WorkersGone`] if something is unfinished, and no worker is left.
    ///
    /// # Cancel safety
    /// Dropping the future has no effect.
    pub fn try_join(&self) -> TryJoin<'_> {
        let shared = &*self.shared;
        TryJoin(Wait::new(TryJoining {
            joining: Joining::new(&shared.unfinished),
            workers: &shared.workers,
        }))
    }

    /// As [`try_join`](Self::try_join), on a thread, which sleeps.
    ///
    /// # Errors
    /// [`WorkersGone`] if something is unfinished, and no worker is left.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn try_join_blocking(&self) -> Result<(), WorkersGone> {
        self.try_join().block()
    }
}

/// A handle of a queue that keeps it from ending: see [`Queue::producer`]. A clone is a guard too.
pub struct Producer<T> {
    queue: Queue<T>,
}

impl<T> Clone for Producer<T> {
    fn clone(&self) -> Self {
        self.queue.producer()
    }
}

impl<T> Deref for Producer<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.queue
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        // [last-producer] pairs with itself: the last guard shuts down after all that the others
        // have put.
        if self.queue.shared.producers.fetch_sub(1, AcqRel) == 1 {
            self.queue.shutdown(Shutdown::Graceful);
        }
    }
}

impl<T> fmt::Debug for Producer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer").finish_non_exhaustive()
    }
}

/// A handle of a queue by which [`Queue::try_join`] knows that a worker is left: see
/// [`Queue::worker`]. A clone is a guard too.
///
/// A job that the worker has in hand should go before the guard: declare the guard first.
pub struct Worker<T> {
    queue: Queue<T>,
}

impl<T> Clone for Worker<T> {
    fn clone(&self) -> Self {
        self.queue.worker()
    }
}

impl<T> Deref for Worker<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.queue
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        let shared = &self.queue.shared;
        if shared.workers.remove() {
            // [rouse] after the count: a join that takes its place later finds it.
            shared.unfinished.rouse();
        }
    }
}

impl<T> fmt::Debug for Worker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

/// The last worker has gone, and something is unfinished.
///
/// Returned by [`Queue::try_join`].
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub struct WorkersGone;

impl fmt::Display for WorkersGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("waiting for work that no worker is left to do")
    }
}

impl Error for WorkersGone {}

/// An attempt to find that nothing is unfinished, or nothing is done any more.
#[derive(Debug)]
struct TryJoining<'a> {
    joining: Joining<'a>,
    workers: &'a Workers,
}

impl Attempt for TryJoining<'_> {
    type Output = Result<(), WorkersGone>;
    type Seen = <Joining<'static> as Attempt>::Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Self::Seen> {
        // Before the count is read: what the last worker did is in it.
        let gone = self.workers.have_gone();
        match self.joining.attempt() {
            Outcome::Done(()) => Outcome::Done(Ok(())),
            Outcome::Blocked(_) if gone => Outcome::Done(Err(WorkersGone)),
            Outcome::Blocked(seen) => Outcome::Blocked(seen),
            Outcome::Busy => Outcome::Busy,
        }
    }

    fn gate(&self) -> &Gate {
        self.joining.gate()
    }

    fn raise(&self, seen: Self::Seen) -> bool {
        self.joining.raise(seen)
    }

    fn hand_on(&self) {}
}

/// Waits until everything that was put is done, or no worker is left.
///
/// Made by [`Queue::try_join`].
///
/// # Cancel safety
/// Dropping the future has no effect on other waiters.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct TryJoin<'a>(Wait<TryJoining<'a>>);

future!("TryJoin", TryJoin<'a> -> Result<(), WorkersGone>);
