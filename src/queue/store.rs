//! What goes into a storage and comes out of it, and what a storage can do.

use super::displaced::Displaced;
use super::error::TryPutError;
use super::stats::Waits;
use super::unfinished::Unfinished;
use crate::futures::Receiving;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::pressure::Watched;
use crate::stats::Stats;
use crate::wait::{Attempt, Outcome};
use alloc::vec::Vec;

/// What an attempt that was blocked saw: a position of the channel; a lock has nothing to show.
pub(super) type Seen = Option<<Receiving<'static, ()> as Attempt>::Seen>;

/// Where a waiter waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// For room.
    Vacancies,
    /// For an item.
    Arrivals,
    /// For an item, as a stream, which may never look again.
    Streams,
}

/// What is known of an item beside the item itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Tag {
    /// How often it was handed out, the next or present time included.
    pub(super) attempt: u32,
    /// Its place in the order of arrival. Without meaning in a channel, which keeps none.
    pub(super) number: u64,
}

impl Tag {
    pub(super) const FIRST: Self = Self { attempt: 1, number: 0 };
}

/// What is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// An item that is not counted yet.
    New,
    /// A job in hand.
    Requeued(Tag),
}

/// Where an item that comes back is put.
#[cfg(feature = "std")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Behind all others.
    End,
    /// Where it was.
    Own,
}

/// What an attempt to put came to. What is not put stays where it was. Blocked is for the caller to
/// judge: a storage displaces, but refuses nothing for want of room.
pub(super) type PutOutcome = Outcome<Result<(), ShutDown>, Seen>;

/// Nothing is put any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ShutDown;

/// Why an item was not put by a call that does not wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    Full,
    ShutDown,
}

impl Refusal {
    pub(super) fn of<T>(self, item: T) -> TryPutError<T> {
        match self {
            Self::Full => TryPutError::Full(item),
            Self::ShutDown => TryPutError::ShutDown(item),
        }
    }
}

/// An item with all that is known of it.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) item: T,
    pub(super) tag: Tag,
    /// Since when it waits, where that is measured.
    #[cfg(feature = "std")]
    pub(super) since: Option<std::time::Instant>,
}

impl<T> Entry<T> {
    /// An item whose wait is not measured.
    #[inline]
    pub(super) fn new(item: T, tag: Tag) -> Self {
        Self {
            item,
            tag,
            #[cfg(feature = "std")]
            since: None,
        }
    }
}

/// What is to be told after an item was taken out under a lock.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "a channel tells it itself"))]
pub(super) struct Freed {
    /// There is room for a put that waits.
    pub(super) room: bool,
    /// The level has changed.
    pub(super) level: bool,
}

/// A place where items lie. It answers in the terms of the wait loop: done, blocked, or busy.
pub(super) trait Store<T> {
    /// Puts the item, and counts it if it is new. It stays in `item` while it waits for room, after
    /// a close, and where a comparison panics.
    fn put(
        &self,
        item: &mut Option<T>,
        origin: Origin,
        displaced: &mut Displaced<'_, T>,
    ) -> PutOutcome;

    /// Takes an item out; `None` when none will come.
    ///
    /// Once the item is in a job, [`tell`](Self::tell) must follow if something was freed.
    fn get(&self, unfinished: &Unfinished, freed: &mut Freed) -> Outcome<Option<Entry<T>>, Seen>;

    /// Wakes the waiters for what a `get` has freed.
    fn tell(&self, freed: Freed) {
        let _ = freed;
    }

    /// Takes in an item that is counted, also beyond the size and after a close. `false`, and it
    /// stays in `item`, once nothing is handed out any more.
    #[cfg(feature = "std")]
    fn take_back(&self, item: &mut Option<T>, tag: Tag, place: Place) -> bool;

    /// Nothing is put any more.
    fn close(&self);

    /// Nothing is handed out any more; what is inside goes to `leftovers`. Follows the close.
    fn stop(&self, leftovers: &mut Vec<T>);

    fn gate(&self, side: Side) -> &Gate;

    fn patience(&self, side: Side) -> Option<Patient<'_>> {
        let _ = side;
        None
    }

    /// Whether the executor gets its turn before the next operation, which is ready.
    fn gives_way(&self, side: Side) -> bool;

    /// The same of an `offer`, which may be refused at once.
    fn offer_gives_way(&self) -> bool;

    /// A task that has waited begins its turn.
    fn begin_turn(&self, side: Side, overtakes: bool);

    /// Asks to be announced. Needless where everything that opens a gate does so anyway.
    fn raise(&self, side: Side, seen: Seen) -> bool {
        let _ = (side, seen);
        true
    }

    /// Wakes another waiter; a `get`, or the streams if none waits.
    fn hand_on(&self, side: Side);

    fn len(&self) -> usize;

    fn capacity(&self) -> Option<usize>;

    /// Whether a put must wait.
    fn is_full(&self) -> bool {
        self.capacity().is_some_and(|maxsize| self.len() >= maxsize)
    }

    /// Takes note of items that are given back for want of room.
    fn count_refused(&self, items: usize);

    /// All but the handles.
    fn stats(&self) -> Stats;

    /// How long the items inside have waited, where it is measured.
    fn waits(&self) -> Option<Waits> {
        None
    }

    fn is_shut_down(&self) -> bool;

    /// Whether this is called by a comparison of items that this thread has made busy: who asks
    /// again and again asks for ever.
    #[cfg(feature = "std")]
    fn is_comparing(&self) -> bool {
        false
    }

    /// What has the level.
    fn watched(&self) -> &dyn Watched;
}
