//! How positions run through a ring, and what lies between two of them.

use super::position::Position;
use crate::sync::{ONE_THREAD, Turn, whole_turn};

/// How positions run through a ring of some capacity: the index stops at the capacity, the lap goes
/// on.
#[derive(Debug)]
pub(super) struct Geometry {
    /// The index of the last slot.
    last: usize,
    /// The bits of the index. A lap has a power of two of places, used or not, so that lap and
    /// index are bit fields.
    mask: usize,
    /// From the last slot to the first of the next lap.
    turn: usize,
    /// From a slot to the same one of the next lap.
    lap: usize,
    /// How many operations make a task's turn.
    budget: usize,
}

impl Geometry {
    /// The bits of the permits. A word of 32 has few to spare: each one halves the messages until
    /// it wraps around.
    const PERMIT_BITS: u32 = if usize::BITS >= 64 { 12 } else { 4 };
    /// The most permits at a time.
    pub(super) const MAX_PERMITS: usize = (1 << Self::PERMIT_BITS) - 1;
    /// How far the index of a ring is above the flags and the permits.
    const SHIFT: u32 = Position::SHIFT + Self::PERMIT_BITS;
    /// One step of the index.
    pub(super) const STEP: usize = 1 << Self::SHIFT;
    /// The largest capacity that leaves two bits for the lap.
    pub(super) const MAX: usize = usize::MAX >> (Self::SHIFT + 2);

    /// `None` if `capacity` is zero, or leaves no room for laps and flags in a word.
    pub(super) fn new(capacity: usize) -> Option<Self> {
        if capacity > Self::MAX {
            return None;
        }
        let last = capacity.checked_sub(1)?;
        let places = capacity.next_power_of_two();
        Some(Self {
            last,
            mask: places - 1,
            turn: (places - last) << Self::SHIFT,
            lap: places << Self::SHIFT,
            budget: whole_turn(capacity),
        })
    }

    pub(super) fn capacity(&self) -> usize {
        self.last + 1
    }

    /// Where both sides begin: as [`Position::start`].
    pub(super) fn start(&self) -> Position {
        Position(self.lap.wrapping_neg())
    }

    /// The place of the slot at `index` in the first lap.
    pub(super) fn first(&self, index: usize) -> Position {
        Position(self.start().0 + (index << Self::SHIFT))
    }

    #[inline]
    pub(super) fn index(&self, position: Position) -> usize {
        (position.0 >> Self::SHIFT) & self.mask
    }

    /// The next place, with the same flags.
    #[inline]
    pub(super) fn next(&self, position: Position) -> Position {
        let step = if self.index(position) == self.last { self.turn } else { Self::STEP };
        Position(position.0.wrapping_add(step))
    }

    /// So many places on, up to the last slot, with the same flags.
    #[inline]
    pub(super) fn in_row(position: Position, places: usize) -> Position {
        Position(position.0.wrapping_add(places << Self::SHIFT))
    }

    /// So many places on, and no more than there are slots, with the same flags.
    pub(super) fn ahead(&self, position: Position, places: usize) -> Position {
        let index = self.index(position) + places;
        // From the last slot a turn leads to the next lap, whose indices begin at zero again.
        let unused = if index > self.last { self.turn - Self::STEP } else { 0 };
        Position(position.0.wrapping_add((places << Self::SHIFT) + unused))
    }

    /// So many places on.
    #[cold]
    fn far_ahead(&self, position: Position, places: usize) -> Position {
        let (laps, rest) = (places / self.capacity(), places % self.capacity());
        self.ahead(Position(position.0.wrapping_add(laps * self.lap)), rest)
    }

    /// Where a turn ends whose first operation has led here.
    #[inline]
    pub(super) fn turn_end(&self, position: Position, turn: Turn) -> Position {
        let left = turn.left(self.budget);
        let place = Position(position.0 & !(Self::STEP - 1));
        if !ONE_THREAD && matches!(turn, Turn::Shared(_)) {
            // Not in step with the laps: threads that take turns in each lap all come to its end.
            return self.far_ahead(place, left);
        }
        // In a small ring places that no slot has count as well: a whole turn is somewhat shorter
        // there, but takes a lap.
        if left > self.capacity() { Self::in_row(place, left) } else { self.ahead(place, left) }
    }

    /// Whether both stand at the same place, whatever their flags and permits.
    #[inline]
    pub(super) fn is_at(one: Position, other: Position) -> bool {
        (one.0 ^ other.0) >> Self::SHIFT == 0
    }

    /// How many slots are neither filled nor reserved. `None` if the tail was read earlier and the
    /// head has passed it.
    pub(super) fn room(&self, head: Position, tail: Position) -> Option<usize> {
        if tail.is_before(head) {
            return None;
        }
        let taken = self.places_between(head, tail) + tail.permits();
        Some(self.capacity().saturating_sub(taken))
    }

    /// The same slot one lap later, with the same flags.
    #[inline]
    pub(super) fn next_lap(&self, position: Position) -> Position {
        Position(position.0.wrapping_add(self.lap))
    }

    /// How many messages lie between `head` and `tail`.
    ///
    /// A displacement moves the tail first: for a moment there is one place more than messages.
    pub(super) fn distance(&self, head: Position, tail: Position) -> usize {
        // [len-displaced] as many as the permits leave room for.
        self.places_between(head, tail).min(self.most_messages(tail))
    }

    /// How many messages there can be beside the permits.
    fn most_messages(&self, tail: Position) -> usize {
        self.capacity() - tail.permits()
    }

    fn places_between(&self, head: Position, tail: Position) -> usize {
        self.laps(head, tail) * self.capacity() + self.index(tail) - self.index(head)
    }

    /// How many laps begin after `earlier`, up to `later`.
    fn laps(&self, earlier: Position, later: Position) -> usize {
        let lap = |position: Position| position.0 & !(self.lap - 1);
        lap(later).wrapping_sub(lap(earlier)) >> self.lap.trailing_zeros()
    }

    /// How many messages went in and out before `head` and `tail`.
    pub(super) fn traffic(&self, head: Position, tail: Position) -> Traffic {
        let since_start =
            |position| self.laps(self.start(), position) * self.capacity() + self.index(position);
        // The message that a displacement takes out is out when the tail has moved.
        let displaced = self.places_between(head, tail) > self.most_messages(tail);
        let head = if displaced { self.next(head) } else { head };
        Traffic {
            len: self.distance(head, tail),
            sent: since_start(tail),
            received: since_start(head),
        }
    }
}

/// How many messages went into a buffer and out of it since it was made.
///
/// They are the positions themselves, and wrap around with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Traffic {
    /// How many are inside.
    pub(crate) len: usize,
    pub(crate) sent: usize,
    pub(crate) received: usize,
}

/// The permits, in the word of a ring's tail.
impl Position {
    /// How many slots of a ring are reserved.
    #[inline]
    pub(super) fn permits(self) -> usize {
        (self.0 >> Self::SHIFT) & Geometry::MAX_PERMITS
    }

    /// The same place and flags, with no permits.
    #[inline]
    pub(super) fn without_permits(self) -> Self {
        Self(self.0 & !(Geometry::MAX_PERMITS << Self::SHIFT))
    }

    /// The same place and flags, with so many permits more: no more than
    /// [`MAX_PERMITS`](Geometry::MAX_PERMITS) in all.
    pub(super) fn with_more_permits(self, permits: usize) -> Self {
        debug_assert!(self.permits() + permits <= Geometry::MAX_PERMITS, "the field overflows");
        Self(self.0 + (permits << Self::SHIFT))
    }

    /// The same place and flags, with so many permits less.
    pub(super) fn with_fewer_permits(self, permits: usize) -> Self {
        debug_assert!(self.permits() >= permits, "what was reserved is counted");
        Self(self.0 - (permits << Self::SHIFT))
    }
}

#[cfg(test)]
mod tests;
