//! Dead letters: items whose attempts are used up.

use super::error::TryPutError;
use super::handle::Queue;
use crate::sync::{Arc, Mutex};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::ops::Deref;
use core::panic::AssertUnwindSafe;
use std::sync::PoisonError;

impl<T> Queue<T> {
    /// Takes the dead letters out: the items whose attempts are used up, in the order in which that
    /// came about.
    ///
    /// An item is a dead letter after its last attempt has failed: its job was dropped once more than
    /// [`retries`](crate::queue::Builder::retries) allows, or [failed](crate::queue::Job::fail) as often. It counts as
    /// [failed](crate::queue::Stats::failed), and [`join`](Self::join) does not wait for it: when a join
    /// returns, the last dead letter is here. It stays here until it is taken, or is dropped with the
    /// last handle of the queue.
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

    /// Calls `deliver` with each dead letter of this new queue. What it does not [take](Undelivered::take) goes to
    /// [`dead_letters`](Self::dead_letters), also when it panics.
    ///
    /// It runs where the last attempt ends: mostly in the drop of a job. The item is unfinished until it
    /// returns.
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
        shared.letters.deliver = Some(AssertUnwindSafe(Box::new(deliver)));
        self
    }

    /// Puts each dead letter of this new queue into another one. What finds it full or shut down goes to the
    /// own [`dead_letters`](Self::dead_letters).
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

/// An item whose attempts are used up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DeadLetter<T> {
    /// The item.
    pub item: T,
    /// How often it was handed out.
    pub attempts: u32,
}

type Deliver<T> = Box<dyn Fn(Undelivered<'_, T>) + Send + Sync>;

/// The dead letters of a queue, and where else they go.
pub(super) struct Letters<T> {
    list: Mutex<Vec<DeadLetter<T>>>,
    deliver: Option<AssertUnwindSafe<Deliver<T>>>,
}

impl<T> Letters<T> {
    pub(super) fn new() -> Self {
        Self { list: Mutex::new(Vec::new()), deliver: None }
    }

    /// Takes care of a letter, whatever the user's code does.
    pub(super) fn receive(&self, item: T, attempts: u32) {
        let undelivered =
            Undelivered { letter: Some(DeadLetter { item, attempts }), letters: self };
        if let Some(deliver) = &self.deliver {
            deliver(undelivered);
        }
    }

    fn take(&self) -> Vec<DeadLetter<T>> {
        mem::take(&mut *self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn len(&self) -> usize {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl<T> fmt::Debug for Letters<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letters").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// A dead letter that is to be delivered. Dropped before it is taken, it goes to the queue's own
/// [`dead_letters`](Queue::dead_letters).
///
/// Passed to the callback of [`with_dead_letters`](Queue::with_dead_letters).
pub struct Undelivered<'a, T> {
    /// `None` once it is taken.
    letter: Option<DeadLetter<T>>,
    letters: &'a Letters<T>,
}

impl<T> Undelivered<'_, T> {
    /// Takes the letter out. It is the caller's from here on.
    ///
    /// # Panics
    /// Never.
    pub fn take(mut self) -> DeadLetter<T> {
        self.letter.take().expect("it is taken once")
    }
}

impl<T> Deref for Undelivered<'_, T> {
    type Target = DeadLetter<T>;

    fn deref(&self) -> &DeadLetter<T> {
        self.letter.as_ref().expect("it is not taken")
    }
}

impl<T> Drop for Undelivered<'_, T> {
    fn drop(&mut self) {
        if let Some(letter) = self.letter.take() {
            self.letters.list.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
        }
    }
}

impl<T> fmt::Debug for Undelivered<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undelivered").finish_non_exhaustive()
    }
}
