//! Dead letters: items whose attempts are used up.

use crate::sync::Mutex;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::ops::Deref;
use core::panic::AssertUnwindSafe;
use std::sync::PoisonError;

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

    /// From here on `deliver` is called with each.
    pub(super) fn deliver_by(
        &mut self,
        deliver: impl Fn(Undelivered<'_, T>) + Send + Sync + 'static,
    ) {
        self.deliver = Some(AssertUnwindSafe(Box::new(deliver)));
    }

    pub(super) fn take(&self) -> Vec<DeadLetter<T>> {
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
/// [`dead_letters`](crate::queue::Queue::dead_letters).
///
/// Passed to the callback of [`with_dead_letters`](crate::queue::Queue::with_dead_letters).
pub struct Undelivered<'a, T> {
    /// `None` once it is taken.
    pub(super) letter: Option<DeadLetter<T>>,
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
