//! Room that is reserved. Only a ring counts it: where nothing is bounded there is always room, and
//! where messages are weighed there are no permits.

use super::Chained::{Unbounded, Weighted as ByWeight};
use super::{Buffer, Geometry, Owed, PushError};
use crate::sync::uninterrupted;

impl<T> Buffer<T> {
    /// Reserves room for `n` messages. Full also means that there is room, but not for so many;
    /// `false` that there is, but too many permits.
    pub(crate) fn reserve(&self, n: usize) -> Result<bool, PushError> {
        uninterrupted!(match self {
            Self::Bounded(ring) => ring.reserve(n),
            Self::Chained(_) if self.is_closed() => Err(PushError::Closed),
            Self::Chained(_) => Ok(true),
        })
    }

    /// The most messages that room can be reserved for.
    pub(crate) fn most_permits(&self) -> usize {
        match self {
            Self::Bounded(ring) => ring.capacity().min(Geometry::MAX_PERMITS),
            Self::Chained(Unbounded(_)) => usize::MAX,
            // It is not known what they will weigh.
            Self::Chained(ByWeight(_)) => 0,
        }
    }

    /// Puts in a message for which there is a permit, which is used up by that. Never Full.
    pub(crate) fn push_reserved(&self, message: &mut Option<T>) -> Result<Owed, PushError> {
        uninterrupted!({
            let vacancy = match self {
                Self::Bounded(ring) => ring.claim_reserved()?,
                Self::Chained(Unbounded(segments)) => segments.claim()?,
                Self::Chained(ByWeight(_)) => unreachable!("there are no permits"),
            };
            Ok(vacancy.fill(message.take().expect("a message to push")))
        })
    }

    /// Gives the room for `n` messages back.
    pub(crate) fn release(&self, n: usize) {
        match self {
            Self::Bounded(ring) => ring.release(n),
            Self::Chained(_) => {}
        }
    }

    /// For how many messages room is reserved.
    pub(crate) fn reserved(&self) -> usize {
        match self {
            Self::Bounded(ring) => ring.reserved(),
            Self::Chained(_) => 0,
        }
    }
}
