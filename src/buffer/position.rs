//! Position words: where one side of a buffer stands, and the flags that the other side must see there.
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
//! In a ring there is a field between the index and the flags. In its tail word it counts the permits: slots that are
//! reserved for messages which are not there yet. While it is not zero the word matches no stamp, so a sender
//! that looks at its slot only learns of permits for nothing.

use crate::sync::{AtomicUsize, Ordering};
use core::fmt;

/// The value of a position word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position(usize);

impl Position {
    /// Tail word: receivers sleep until a message arrives. Head word: senders sleep until a slot is free.
    const WAITING: usize = 0b001;
    /// Tail word: somebody watches the length, from the beginning and for good. Head word: the level is High.
    const MARKED: usize = 0b010;
    /// Tail word: no further claim, for good. Head word: none for now, a message is being displaced. Either way the
    /// word matches no stamp.
    const BARRED: usize = 0b100;
    const FLAGS: usize = Self::WAITING | Self::MARKED | Self::BARRED;
    /// How far the index is above the flags.
    const SHIFT: u32 = 3;
    /// One step of the index.
    const STEP: usize = 1 << Self::SHIFT;

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

    /// The same place and flags, with so many permits more: no more than [`Geometry::MAX_PERMITS`] in all.
    pub(super) fn with_more_permits(self, permits: usize) -> Self {
        debug_assert!(self.permits() + permits <= Geometry::MAX_PERMITS, "the field overflows");
        Self(self.0 + (permits << Self::SHIFT))
    }

    /// The same place and flags, with so many permits less.
    pub(super) fn with_fewer_permits(self, permits: usize) -> Self {
        debug_assert!(self.permits() >= permits, "what was reserved is counted");
        Self(self.0 - (permits << Self::SHIFT))
    }

    /// The flags on which whoever replaces the word must act: waiting, and then marked.
    #[inline]
    pub(super) fn duties(self) -> usize {
        self.0 & (Self::WAITING | Self::MARKED)
    }

    /// The same place, marked if `marked`.
    pub(super) fn marked(self, marked: bool) -> Self {
        if marked { Self(self.0 | Self::MARKED) } else { self }
    }

    /// The first place of a lap of `places`, one lap below the wraparound: where both sides of a buffer begin, so that
    /// every program passes the wraparound in its first moments and none is surprised by it after years.
    pub(super) fn start(places: usize) -> Self {
        Self((places << Self::SHIFT).wrapping_neg())
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

    /// The slot waits for the sender that claims `position`. No slot has the stamp of a barred position.
    #[inline]
    pub(super) fn vacant(position: Position) -> Self {
        Self(position.0 & !Self::FILLED)
    }

    /// The slot holds the message of the sender that claimed `position`. No slot has the stamp of a barred position.
    #[inline]
    pub(super) fn filled(position: Position) -> Self {
        Self(position.0 | Self::FILLED)
    }

    /// The same of the slot before.
    pub(super) fn previous(self) -> Self {
        Self(self.0.wrapping_sub(Position::STEP))
    }
}

/// A stamp has its bits, both or none, where a position has the flags that it says nothing about: so neither
/// flag disturbs it, and none has to be masked out.
const _: () = assert!(Stamp::FILLED == Position::WAITING | Position::MARKED);

/// How positions run through a ring of some capacity: the index stops at the capacity, the lap goes on.
#[derive(Debug)]
pub(super) struct Geometry {
    /// The index of the last slot.
    last: usize,
    /// The bits of the index. A lap has a power of two of places, used or not, so that lap and index are bit fields.
    mask: usize,
    /// From the last slot to the first of the next lap.
    turn: usize,
    /// From a slot to the same one of the next lap.
    lap: usize,
}

impl Geometry {
    /// The bits of the permits. A word of 32 has few to spare: each one halves the messages until it wraps around.
    const PERMIT_BITS: u32 = if usize::BITS >= 64 { 12 } else { 4 };
    /// The most permits at a time.
    pub(super) const MAX_PERMITS: usize = (1 << Self::PERMIT_BITS) - 1;
    /// How far the index of a ring is above the flags and the permits.
    const SHIFT: u32 = Position::SHIFT + Self::PERMIT_BITS;
    /// One step of the index.
    const STEP: usize = 1 << Self::SHIFT;
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

    /// Whether both stand at the same place, whatever their flags and permits.
    #[inline]
    pub(super) fn is_at(one: Position, other: Position) -> bool {
        (one.0 ^ other.0) >> Self::SHIFT == 0
    }

    /// How many slots are neither filled nor reserved. `None` if the tail was read earlier and the head has passed it.
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
    /// An displace moves the tail first: for a moment there is one place more than messages.
    pub(super) fn distance(&self, head: Position, tail: Position) -> usize {
        self.places_between(head, tail).min(self.capacity())
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
        // The message that an displace displaces is out when the tail has moved.
        let displaced = self.places_between(head, tail) > self.capacity();
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

/// The atomic home of a position word.
///
/// It has no plain store: one would erase a flag raised, or a close made, since the word was read.
#[derive(Debug)]
pub(crate) struct Cursor(AtomicUsize);

impl Cursor {
    pub(super) fn new(start: Position) -> Self {
        Self(AtomicUsize::new(start.0))
    }

    #[inline]
    pub(super) fn load(&self, order: Ordering) -> Position {
        Position(self.0.load(order))
    }

    /// Changes the word from `from`, flags and all, to `to`, which must still say who waits. `false` if it is not `from`.
    #[inline]
    pub(super) fn advance(&self, from: Position, to: Position, order: Ordering) -> bool {
        debug_assert_eq!((from.is_waiting(), from.is_marked()), (to.is_waiting(), to.is_marked()));
        self.0.compare_exchange(from.0, to.0, order, Ordering::Relaxed).is_ok()
    }

    /// Moves one place on, whatever the flags are by then. Only for a place that is the caller's alone.
    pub(super) fn pass(&self, order: Ordering) {
        self.0.fetch_add(Position::STEP, order);
    }

    /// Takes so many permits back, whatever else the word says by then.
    pub(super) fn release(&self, permits: usize) {
        // Relaxed: whoever waits for the room takes its place at the gate under the lock that the release takes next.
        self.0.fetch_sub(permits << Position::SHIFT, Ordering::Relaxed);
    }

    /// Raises the flag if the word still is what it was when the other side found that it must wait.
    ///
    /// `seen` must have been read after listening began. `false`: the word has moved, look again.
    pub(crate) fn raise(&self, seen: Position) -> bool {
        // [raise] pairs with [claim]: both change one word, so either the claim comes later and sees the flag, or it
        // comes first and this fails. A flag that is up already needs nothing: a sweep that follows its
        // lowering finds the listener in the list, because the listener was there before the word was read.
        seen.is_waiting()
            || self
                .0
                .compare_exchange(
                    seen.0,
                    seen.0 | Position::WAITING,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_ok()
    }

    /// Lowers the flag. A sweep of the gate must follow: it wakes who has seen the flag up.
    pub(crate) fn lower(&self) {
        // [lower] pairs with [raise]: the list's mutex orders the sweep after every listener that saw the flag up.
        self.0.fetch_and(!Position::WAITING, Ordering::Relaxed);
    }

    /// Marks the word if it still is `seen`, which is not marked.
    pub(super) fn mark(&self, seen: Position) -> bool {
        let marked = seen.marked(true);
        self.0.compare_exchange(seen.0, marked.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Takes the mark away if the word still is `seen`, which is marked.
    pub(super) fn unmark(&self, seen: Position) -> bool {
        let unmarked = seen.0 & !Position::MARKED;
        self.0.compare_exchange(seen.0, unmarked, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Replaces the word by itself: of all who replace it, those before have been seen then, and those after see it.
    pub(super) fn touch(&self, order: Ordering) {
        self.0.fetch_or(0, order);
    }

    /// Bars the place `from`: until it is unbarred nobody else claims it. `false` if the word is not `from`.
    pub(super) fn bar(&self, from: Position) -> bool {
        self.advance(from, Position(from.0 | Position::BARRED), Ordering::Relaxed)
    }

    /// Gives up a bar of the caller's.
    pub(super) fn unbar(&self) {
        self.0.fetch_and(!Position::BARRED, Ordering::Relaxed);
    }

    /// Whether the tail is barred for good.
    pub(super) fn is_closed(&self) -> bool {
        // [closed] pairs with [close].
        self.load(Ordering::Acquire).is_barred()
    }

    /// Bars the tail for good; `true` for the one call that did.
    pub(super) fn close(&self) -> bool {
        // [close] pairs with [closed]: what the closing thread did before is visible to whoever is told Closed.
        // Acquire for the one that is told that another has closed already.
        let before = Position(self.0.fetch_or(Position::BARRED, Ordering::AcqRel));
        !before.is_barred()
    }
}

/// A position as somebody has seen it: a copy, which may be left behind and which tells nobody anything.
#[derive(Debug)]
pub(super) struct CachedPosition(AtomicUsize);

impl CachedPosition {
    pub(super) fn new(position: Position) -> Self {
        Self(AtomicUsize::new(position.0))
    }

    #[inline]
    pub(super) fn get(&self) -> Position {
        Position(self.0.load(Ordering::Relaxed))
    }

    #[inline]
    pub(super) fn set(&self, position: Position) {
        self.0.store(position.0, Ordering::Relaxed);
    }
}
