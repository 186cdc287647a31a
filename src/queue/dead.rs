//! Where the dead letters of a queue go.

use super::error::TryPutError;
use super::handle::Queue;
use super::letters::{DeadLetter, Undelivered};
use crate::sync::Arc;
use alloc::vec::Vec;

impl<T> Queue<T> {
    /// Takes the dead letters out: the items whose attempts are used up, in the order in which
    /// that came about.
    ///
    /// An item is a dead letter after its last attempt has failed: its job was dropped once more
    /// than [`retries`](crate::queue::Builder::retries) allows, or
    /// [failed](crate::queue::Job::fail) as often. It counts as
    /// [failed](crate::queue::Stats::failed), and [`join`](Self::join) does not wait for it: when
    /// a join returns, the last dead letter is here. It stays here until it is taken, or is
    /// dropped with the last handle of the queue.
    ///
    /// ```
    /// use forebay::queue::{Builder, DeadLetter};
    ///
    /// let queue = Builder::new().retries(1).fifo()?;
    /// queue.try_put("fragile").unwrap();
    /// drop(queue.try_get().unwrap()); // the worker died
    /// drop(queue.try_get().unwrap()); // and the next one
    /// queue.join_blocking();
    /// assert_eq!(queue.dead_letters(), [DeadLetter { item: "fragile", attempts: 2 }]);
    /// # Ok::<(), forebay::BuildError>(())
    /// ```
    pub fn dead_letters(&self) -> Vec<DeadLetter<T>> {
        self.shared.letters.take()
    }

    /// Calls `deliver` with each dead letter of this new queue. What it does not
    /// [take](Undelivered::take) goes to [`dead_letters`](Self::dead_letters), also when it
    /// panics.
    ///
    /// It runs where the last attempt ends: mostly in the drop of a job. The item is unfinished
    /// until it returns.
    ///
    /// # Panics
    /// If the queue has another handle already.
    ///
    /// ```
    /// use forebay::queue::{Builder, Queue};
    ///
    /// let failed = Queue::unbounded();
    /// let queue = Builder::new().retries(0).fifo()?.with_dead_letters({
    ///     let failed = failed.clone();
    ///     move |letter| failed.try_put(letter.take()).expect("a queue without limit")
    /// });
    /// queue.try_put(7).unwrap();
    /// drop(queue.try_get().unwrap());
    /// assert_eq!(failed.try_get().unwrap().item, 7);
    /// # Ok::<(), forebay::BuildError>(())
    /// ```
    #[must_use = "this is the queue"]
    pub fn with_dead_letters<F>(mut self, deliver: F) -> Self
    where
        F: Fn(Undelivered<'_, T>) + Send + Sync + 'static,
    {
        let shared = Arc::get_mut(&mut self.shared).expect("a queue without another handle");
        shared.letters.deliver_by(deliver);
        self
    }

    /// Puts each dead letter of this new queue into another one. What finds it full or shut down
    /// goes to the own [`dead_letters`](Self::dead_letters).
    ///
    /// # Panics
    /// If the queue has another handle already.
    #[must_use = "this is the queue"]
    pub fn with_dead_letter_queue(self, letters: Queue<DeadLetter<T>>) -> Self
    where
        T: Send + 'static,
    {
        self.with_dead_letters(move |mut undelivered| {
            if let Some(letter) = undelivered.letter.take() {
                undelivered.letter = letters.try_put(letter).map_err(TryPutError::into_inner).err();
            }
        })
    }
}
