//! Several items put at once.

use super::error::{PutError, TryPutError};
use super::futures::{Putting, future};
use super::handle::Queue;
use super::store::{Origin, Refusal, Seen};
use crate::gate::Gate;
use crate::patience::Patient;
use crate::sync::MOST_AT_ONCE;
use crate::wait::{Attempt, Outcome, Wait};
use alloc::vec::{self, Vec};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Queue<T> {
    /// Puts items one after the other, and waits for room before each for which there is none.
    /// Items of other puts can come between them.
    ///
    /// # Errors
    /// [`PutError`] with the items that were not put, in their order, if the queue is shut down,
    /// or gets shut down while this waits.
    ///
    /// # Cancel safety
    /// Dropped before it is complete, a part of the items can have been put. The others are
    /// dropped with the future, unless [`into_inner`](PutMany::into_inner) takes them back out.
    pub fn put_many(&self, items: impl IntoIterator<Item = T>) -> PutMany<'_, T> {
        PutMany(Wait::new(PuttingMany {
            putting: Putting { shared: &self.shared, item: None },
            rest: items.into_iter().collect::<Vec<_>>().into_iter(),
            known: 0,
        }))
    }

    /// Puts as many items as there is room for at once.
    ///
    /// # Errors
    /// With the items that were not put, in their order:
    /// - [`TryPutError::Full`] if the queue holds as many items as it can.
    /// - [`TryPutError::ShutDown`] if the queue is shut down.
    ///
    /// ```
    /// use forebay::queue::{Queue, TryPutError};
    ///
    /// let queue = Queue::bounded(2);
    /// assert_eq!(queue.try_put_many(0..5), Err(TryPutError::Full(vec![2, 3, 4])));
    /// ```
    pub fn try_put_many(
        &self,
        items: impl IntoIterator<Item = T>,
    ) -> Result<(), TryPutError<Vec<T>>> {
        let mut items = items.into_iter();
        while let Some(item) = items.next() {
            self.try_put(item).map_err(|error| {
                let refusal = if error.is_full() { Refusal::Full } else { Refusal::ShutDown };
                let back: Vec<_> = core::iter::once(error.into_inner()).chain(&mut items).collect();
                if refusal == Refusal::Full {
                    // The first of them is counted already.
                    self.shared.store().count_refused(back.len() - 1);
                }
                refusal.of(back)
            })?;
        }
        Ok(())
    }

    /// As [`put_many`](Self::put_many), from a thread, which sleeps while the queue is full.
    ///
    /// # Errors
    /// [`PutError`] with the items that were not put, in their order, if the queue is shut down,
    /// or gets shut down while this waits.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn put_many_blocking(
        &self,
        items: impl IntoIterator<Item = T>,
    ) -> Result<(), PutError<Vec<T>>> {
        self.put_many(items).block()
    }
}

/// An attempt to put all that is left.
#[derive(Debug)]
struct PuttingMany<'a, T> {
    /// Where and how it waits, with the next item if there was no room for it.
    putting: Putting<'a, T>,
    rest: vec::IntoIter<T>,
    /// How many were left when that was last asked.
    known: usize,
}

impl<T> PuttingMany<'_, T> {
    fn take(&mut self) -> Vec<T> {
        self.putting.item.take().into_iter().chain(&mut self.rest).collect()
    }
}

impl<T> Attempt for PuttingMany<'_, T> {
    type Output = Result<(), PutError<Vec<T>>>;
    type Seen = Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        for _ in 0..MOST_AT_ONCE {
            let Putting { shared, item } = &mut self.putting;
            if item.is_none() {
                *item = self.rest.next();
            }
            if item.is_none() {
                return Outcome::Done(Ok(()));
            }
            match shared.put(item, Origin::New, &mut shared.nothing_displaced()) {
                Outcome::Done(Ok(())) => {}
                Outcome::Done(Err(_)) => return Outcome::Done(Err(PutError(self.take()))),
                Outcome::Blocked(seen) => return Outcome::Blocked(seen),
                Outcome::Busy => return Outcome::Busy,
            }
        }
        Outcome::Busy
    }

    fn gate(&self) -> &Gate {
        self.putting.gate()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.putting.patience()
    }

    fn gives_way(&self) -> bool {
        self.putting.gives_way()
    }

    fn begin_turn(&self, overtakes: bool) {
        self.putting.begin_turn(overtakes);
    }

    fn has_progressed(&mut self) -> bool {
        let left = self.rest.len();
        left != core::mem::replace(&mut self.known, left)
    }

    fn raise(&self, seen: Seen) -> bool {
        self.putting.raise(seen)
    }

    fn hand_on(&self) {
        self.putting.hand_on();
    }
}

/// Puts several items, and waits for room while the queue is full.
///
/// Made by [`Queue::put_many`].
///
/// # Cancel safety
/// Dropped before it is complete, a part of the items can have been put. The others are dropped
/// with the future, unless [`into_inner`](Self::into_inner) takes them back out.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct PutMany<'a, T>(Wait<PuttingMany<'a, T>>);

impl<T> PutMany<'_, T> {
    /// Gives up, and gives back the items that were not put, in their order. None after the future
    /// is complete.
    pub fn into_inner(mut self) -> Vec<T> {
        self.0.attempt.take()
    }
}

// The items are moved out of the future, never pinned in it.
impl<T> Unpin for PutMany<'_, T> {}
future!("PutMany", PutMany<'a, T> -> Result<(), PutError<Vec<T>>>);
