//! Where the items lie: in a channel, or where their order needs a lock.
//!
//! Both answer in the terms of the wait loop: done, blocked, or busy. They differ in one thing only that a caller sees: from
//! a shelf a job that was dropped may come back.

use super::displaced::Displaced;
use super::fifo::Fifo;
#[cfg(feature = "std")]
use super::locked::Locked;
use super::store::{Origin, PutOutcome, Seen, Side, Taken};
use super::unfinished::Unfinished;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::pressure::{Pressure, Watched};
use crate::stats::Stats;
use crate::wait::Outcome;

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one for each queue; a box would cost every operation a load"
)]
pub(super) enum Storage<T> {
    Fifo(Fifo<T>),
    #[cfg(feature = "std")]
    Locked(Locked<T>),
}

/// Calls the same method of either kind.
macro_rules! either {
    ($storage:expr, $kind:ident => $call:expr) => {
        match $storage {
            Storage::Fifo($kind) => $call,
            #[cfg(feature = "std")]
            Storage::Locked($kind) => $call,
        }
    };
}

impl<T> Storage<T> {
    /// Puts the item where that takes a few instructions; otherwise it comes back, and [`put`](Self::put) must be asked.
    #[inline]
    pub(super) fn put_fast(
        &self,
        item: T,
        unfinished: &Unfinished,
        origin: Origin,
    ) -> Result<(), T> {
        match self {
            Self::Fifo(fifo) => fifo.put_fast(item, unfinished, origin),
            #[cfg(feature = "std")]
            Self::Locked(_) => Err(item),
        }
    }

    /// Puts the item, and counts it if it is new. It stays in `item` while it waits for room.
    #[inline]
    pub(super) fn put(
        &self,
        item: &mut Option<T>,
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome<T> {
        either!(self, kind => kind.put(item, origin, displaced))
    }

    /// Takes an item out where that takes a few instructions, and nothing must follow; otherwise [`get`](Self::get) must be asked.
    #[inline]
    pub(super) fn get_fast(&self, unfinished: &Unfinished) -> Option<Taken<T>> {
        match self {
            Self::Fifo(fifo) => fifo.get_fast(unfinished),
            #[cfg(feature = "std")]
            Self::Locked(_) => None,
        }
    }

    /// Takes an item out; `None` when none will come.
    ///
    /// [`freed`](Self::freed) must follow once the item is in safe hands.
    #[inline]
    pub(super) fn get(&self, unfinished: &Unfinished) -> Outcome<Option<Taken<T>>, Seen> {
        match self {
            Self::Fifo(fifo) => fifo.get(unfinished),
            #[cfg(feature = "std")]
            Self::Locked(locked) => locked.get(),
        }
    }

    /// Wakes a put for the room that a `get` has made.
    #[inline]
    pub(super) fn freed(&self) {
        match self {
            Self::Fifo(_) => {}
            #[cfg(feature = "std")]
            Self::Locked(locked) => locked.freed(),
        }
    }

    /// A job in hand is done, where that takes a few instructions; `false` if [`finish`](Self::finish) must be asked.
    #[inline]
    pub(super) fn finish_fast(&self, unfinished: &Unfinished) -> bool {
        match self {
            Self::Fifo(_) => unfinished.lower_fast(),
            #[cfg(feature = "std")]
            Self::Locked(_) => false,
        }
    }

    /// A job in hand is done.
    #[inline]
    pub(super) fn finish(&self, unfinished: &Unfinished) {
        match self {
            Self::Fifo(_) => unfinished.lower(),
            #[cfg(feature = "std")]
            Self::Locked(locked) => locked.finish(unfinished),
        }
    }

    /// A job was dropped by somebody who is not done with it.
    #[inline]
    pub(super) fn abandon(&self, taken: Taken<T>, unfinished: &Unfinished) {
        match self {
            Self::Fifo(_) => {
                let _done = crate::sync::defer(|| unfinished.lower());
                drop(taken);
            }
            #[cfg(feature = "std")]
            Self::Locked(locked) => locked.abandon(taken, unfinished),
        }
    }

    pub(super) fn close(&self) {
        either!(self, kind => kind.close());
    }

    pub(super) fn drain(&self, unfinished: &Unfinished) {
        either!(self, kind => kind.drain(unfinished));
    }

    pub(super) fn gate(&self, side: Side) -> &Gate {
        either!(self, kind => kind.gate(side))
    }

    #[cfg_attr(not(feature = "std"), allow(clippy::unnecessary_wraps, reason = "a shelf has none"))]
    pub(super) fn patience(&self, side: Side) -> Option<Patient<'_>> {
        match self {
            Self::Fifo(fifo) => Some(fifo.patience(side)),
            #[cfg(feature = "std")]
            Self::Locked(_) => None,
        }
    }

    pub(super) fn raise(&self, side: Side, seen: Seen) -> bool {
        match self {
            Self::Fifo(fifo) => fifo.raise(side, seen),
            // Everything that opens a gate of a shelf does so whether anybody waits or not.
            #[cfg(feature = "std")]
            Self::Locked(_) => true,
        }
    }

    pub(super) fn hand_on(&self, side: Side) {
        either!(self, kind => kind.hand_on(side));
    }

    pub(super) fn len(&self) -> usize {
        either!(self, kind => kind.len())
    }

    pub(super) fn capacity(&self) -> Option<usize> {
        either!(self, kind => kind.capacity())
    }

    /// Takes note that an item was given back for want of room.
    pub(super) fn count_refused(&self) {
        either!(self, kind => kind.count_refused());
    }

    /// All but who is there.
    pub(super) fn stats(&self) -> Stats {
        either!(self, kind => kind.stats())
    }

    pub(super) fn is_shut_down(&self) -> bool {
        either!(self, kind => kind.is_shut_down())
    }

    pub(super) fn failed(&self) -> usize {
        match self {
            Self::Fifo(_) => 0,
            #[cfg(feature = "std")]
            Self::Locked(locked) => locked.failed(),
        }
    }
}

impl<T> Watched for Storage<T> {
    fn pressure(&self) -> Pressure {
        either!(self, kind => kind.watched().pressure())
    }

    fn is_over(&self) -> bool {
        either!(self, kind => kind.watched().is_over())
    }

    fn levels(&self) -> &Gate {
        either!(self, kind => kind.watched().levels())
    }
}
