//! What goes into a storage and comes out of it.

use super::error::TryPutError;
use crate::futures::Receiving;
use crate::wait::{Attempt, Outcome};

/// What an attempt that was blocked saw: a position of the channel; a shelf has nothing to show.
pub(super) type Seen = Option<<Receiving<'static, ()> as Attempt>::Seen>;

/// Where somebody waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// For room.
    Vacancies,
    /// For an item.
    Arrivals,
    /// For an item, as a stream, which may never look again.
    Streams,
}

/// What is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// An item that is not counted yet.
    New,
    /// A job in hand, after so many attempts.
    Requeued(u32),
}

/// What an attempt to put came to.
pub(super) type PutOutcome<T> = Outcome<Result<(), TryPutError<T>>, Seen>;

/// An item on its way out.
#[derive(Debug)]
pub(super) struct Taken<T> {
    pub(super) item: T,
    pub(super) attempt: u32,
}
