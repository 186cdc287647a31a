//! Where position words live.

use super::position::Position;
use crate::sync::{AtomicUsize, HEURISTICS, Ordering};

/// The atomic home of a position word.
///
/// It has no plain store: one would erase a flag raised, or a close made, since the word was read.
#[derive(Debug)]
pub(crate) struct Cursor {
    word: AtomicUsize,
    /// The place at which the turn of a task ends: a hint, on the line of the word, which is at
    /// hand then.
    turn_end: AtomicUsize,
}

impl Cursor {
    pub(super) fn new(start: Position, turn_end: Position) -> Self {
        Self { word: AtomicUsize::new(start.0), turn_end: AtomicUsize::new(turn_end.0) }
    }

    /// Whether the turn of a task is over at this position.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap, reason = "the sign of a distance that may wrap around")]
    pub(super) fn turn_is_over(&self, position: Position) -> bool {
        // What a position has below the place only makes it greater.
        HEURISTICS && self.turn_end.load(Ordering::Relaxed).wrapping_sub(position.0) as isize <= 0
    }

    /// A turn begins that ends at this place, which has no flags.
    pub(super) fn end_turn_at(&self, end: Position) {
        self.turn_end.store(end.0, Ordering::Relaxed);
    }

    /// The turn ends so much sooner, if it has not ended.
    pub(super) fn shorten_turn(&self, by: usize) {
        if !self.turn_is_over(self.load(Ordering::Relaxed)) {
            let end = self.turn_end.load(Ordering::Relaxed);
            self.turn_end.store(end.wrapping_sub(by), Ordering::Relaxed);
        }
    }

    #[inline]
    pub(super) fn load(&self, order: Ordering) -> Position {
        Position(self.word.load(order))
    }

    /// Changes the word from `from`, flags and all, to `to`, which must still say who waits.
    /// `false` if it is not `from`.
    #[inline]
    pub(super) fn advance(&self, from: Position, to: Position, order: Ordering) -> bool {
        debug_assert_eq!((from.is_waiting(), from.is_marked()), (to.is_waiting(), to.is_marked()));
        self.word.compare_exchange(from.0, to.0, order, Ordering::Relaxed).is_ok()
    }

    /// Whether the flag is up.
    pub(super) fn is_waiting(&self) -> bool {
        self.load(Ordering::Relaxed).is_waiting()
    }

    /// Moves one place on, whatever the flags are by then. Only for a place that is the caller's
    /// alone.
    pub(super) fn pass(&self, order: Ordering) {
        self.word.fetch_add(Position::STEP, order);
    }

    /// Takes so many permits back, whatever else the word says by then.
    pub(super) fn release(&self, permits: usize) {
        // Relaxed: a sender that waits for the room takes its place at the gate under the lock that
        // the release takes next.
        self.word.fetch_sub(permits << Position::SHIFT, Ordering::Relaxed);
    }

    /// Raises the flag if the word still is what it was when the other side found that it must
    /// wait. The waiter must have its place at the gate by now.
    ///
    /// `false`: the word has moved, look again.
    pub(crate) fn raise(&self, seen: Position) -> bool {
        // [raise] pairs with [claim]: both change one word, so either the claim comes later and
        // sees the flag, or it comes first and this fails. [raise] pairs with [lower]: a flag that
        // is still up is raised again, so that the thread that lowers it sees this place.
        let raised = seen.0 | Position::WAITING;
        self.word.compare_exchange(seen.0, raised, Ordering::Release, Ordering::Relaxed).is_ok()
    }

    /// Lowers the flag. A sweep of the gate must follow: it wakes who has raised it.
    pub(crate) fn lower(&self) {
        // [lower] pairs with [raise]: the place of every waiter that has raised the flag by then is
        // visible.
        self.word.fetch_and(!Position::WAITING, Ordering::Acquire);
    }

    /// Marks the word if it still is `seen`, which is not marked.
    pub(super) fn mark(&self, seen: Position) -> bool {
        let marked = seen.marked(true);
        self.word.compare_exchange(seen.0, marked.0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Takes the mark away if the word still is `seen`, which is marked.
    pub(super) fn unmark(&self, seen: Position) -> bool {
        let unmarked = seen.0 & !Position::MARKED;
        self.word.compare_exchange(seen.0, unmarked, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Replaces the word by itself: of all who replace it, those before have been seen then, and
    /// those after see it.
    pub(super) fn touch(&self, order: Ordering) {
        self.word.fetch_or(0, order);
    }

    /// Bars the place `from`: until it is unbarred no other thread claims it. `false` if the word
    /// is not `from`.
    pub(super) fn bar(&self, from: Position) -> bool {
        self.advance(from, Position(from.0 | Position::BARRED), Ordering::Relaxed)
    }

    /// Gives up a bar of the caller's.
    pub(super) fn unbar(&self) {
        self.word.fetch_and(!Position::BARRED, Ordering::Relaxed);
    }

    /// Whether the tail is barred for good.
    pub(super) fn is_closed(&self) -> bool {
        // [closed] pairs with [close].
        self.load(Ordering::Acquire).is_barred()
    }

    /// Bars the tail for good; `true` for the one call that did.
    pub(super) fn close(&self) -> bool {
        // [close] pairs with [closed]: what the closing thread did before is visible to a caller
        // that is told Closed. Acquire for the one that is told that another has closed already.
        let before = Position(self.word.fetch_or(Position::BARRED, Ordering::AcqRel));
        !before.is_barred()
    }
}

/// A position as one side has seen it: a copy, which may be left behind and which tells no other
/// anything.
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
