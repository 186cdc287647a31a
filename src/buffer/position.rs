//! Position words: where one side of a buffer stands, and the flags that the other side must see
//! there.
//!
//! ```text
//!   usize::BITS - 1                         3        2        1         0
//!  +---------------------+-------------------+--------+--------+---------+
//!  | lap                 | index             | BARRED | MARKED | WAITING |
//!  +---------------------+-------------------+--------+--------+---------+
//! ```
//!
//! Lap and index only grow, and wrap around together at the top of the word.
//!
//! In a ring there is a field between the index and the flags. In its tail word it counts the
//! permits: slots that are reserved for messages which are not there yet. While it is not zero the
//! word matches no stamp, so a sender that looks at its slot only learns of permits for nothing.

use core::fmt;

/// The value of a position word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position(pub(super) usize);

impl Position {
    /// Tail word: receivers sleep until a message arrives. Head word: senders sleep until a slot is
    /// free.
    pub(super) const WAITING: usize = 0b001;
    /// Tail word: an observer watches the length, from the beginning and for good. Head word: the
    /// level is High.
    pub(super) const MARKED: usize = 0b010;
    /// Tail word: no further claim, for good. Head word: none for now, a message is being
    /// displaced. Either way the word matches no stamp.
    pub(super) const BARRED: usize = 0b100;
    pub(super) const FLAGS: usize = Self::WAITING | Self::MARKED | Self::BARRED;
    /// How far the index is above the flags.
    pub(super) const SHIFT: u32 = 3;
    /// One step of the index.
    pub(super) const STEP: usize = 1 << Self::SHIFT;

    pub(super) fn is_barred(self) -> bool {
        self.0 & Self::BARRED != 0
    }

    /// The same place for the one who has barred it.
    pub(super) fn unbarred(self) -> Self {
        Self(self.0 & !Self::BARRED)
    }

    pub(super) fn is_waiting(self) -> bool {
        self.0 & Self::WAITING != 0
    }

    pub(super) fn is_marked(self) -> bool {
        self.0 & Self::MARKED != 0
    }

    /// The place so many operations on in a chain of blocks, where a turn ends.
    pub(super) fn turn_end(self, operations: usize) -> Self {
        Self((self.0 & !Self::FLAGS).wrapping_add(operations << Self::SHIFT))
    }

    /// The flags on which a thread that replaces the word must act: waiting, and then marked.
    #[inline]
    pub(super) fn duties(self) -> usize {
        self.0 & (Self::WAITING | Self::MARKED)
    }

    /// The same place, marked if `marked`.
    pub(super) fn marked(self, marked: bool) -> Self {
        if marked { Self(self.0 | Self::MARKED) } else { self }
    }

    /// The first place of a lap of `places`, one lap below the wraparound: where both sides of a
    /// buffer begin, so that every program passes the wraparound in its first moments and none is
    /// surprised by it after years.
    pub(super) const fn start(places: usize) -> Self {
        Self((places << Self::SHIFT).wrapping_neg())
    }

    /// The place before.
    pub(super) const fn before(self) -> Self {
        Self(self.0.wrapping_sub(Self::STEP))
    }

    /// How far into a lap of `places` this is. `places` is a power of two.
    #[inline]
    pub(super) fn index(self, places: usize) -> usize {
        (self.0 >> Self::SHIFT) & (places - 1)
    }

    /// The first place of the lap of `places` in which this is.
    pub(super) fn lap(self, places: usize) -> Self {
        Self(self.0 & !((places << Self::SHIFT) - 1))
    }

    /// How many laps of `places` begin after `self`, up to `later`. `places` is a power of two.
    pub(super) fn laps_to(self, later: Self, places: usize) -> usize {
        let laps = later.lap(places).0.wrapping_sub(self.lap(places).0);
        laps >> Self::SHIFT >> places.trailing_zeros()
    }

    /// Whether this comes before a place that is less than half of all places away.
    #[inline]
    pub(super) fn is_before(self, other: Self) -> bool {
        let distance = (other.0 & !Self::FLAGS).wrapping_sub(self.0 & !Self::FLAGS);
        distance != 0 && distance <= usize::MAX / 2
    }

    /// The next place, with the same flags.
    #[inline]
    pub(super) fn next(self) -> Self {
        Self(self.0.wrapping_add(Self::STEP))
    }

    /// So many places on, with the same flags.
    #[inline]
    pub(super) fn ahead(self, places: usize) -> Self {
        Self(self.0.wrapping_add(places << Self::SHIFT))
    }

    /// Whether both stand at the same place, whatever their flags say.
    pub(super) fn is_at(self, other: Self) -> bool {
        self.0 & !Self::FLAGS == other.0 & !Self::FLAGS
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Position")
            .field("place", &(self.0 >> Self::SHIFT))
            .field("barred", &self.is_barred())
            .field("marked", &self.is_marked())
            .field("waiting", &self.is_waiting())
            .finish()
    }
}

/// Whose turn a slot is: a place, and whether its message is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp(pub(super) usize);

impl Stamp {
    const FILLED: usize = 0b011;

    /// Of a slot that no message has been in. None of a place in the first lap, and later only of
    /// the first slot.
    pub(super) const UNUSED: Self = Self(0);

    /// The slot waits for the sender that claims `position`. No slot has the stamp of a barred
    /// position.
    #[inline]
    pub(super) fn vacant(position: Position) -> Self {
        Self(position.0 & !Self::FILLED)
    }

    /// The slot holds the message of the sender that claimed `position`. No slot has the stamp of a
    /// barred position.
    #[inline]
    pub(super) fn filled(position: Position) -> Self {
        Self(position.0 | Self::FILLED)
    }

    /// The same of the slot before.
    pub(super) fn previous(self) -> Self {
        Self(self.0.wrapping_sub(Position::STEP))
    }
}

/// A stamp has its bits, both or none, where a position has the flags that it says nothing about:
/// so neither flag disturbs it, and none has to be masked out.
const _: () = assert!(Stamp::FILLED == Position::WAITING | Position::MARKED);

#[cfg(test)]
mod tests;
