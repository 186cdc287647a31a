//! Turns: how far a task goes on without a wait before the executor is asked for others.
//!
//! A turn ends at a place, which lies beside the word that moves there, so the fast path only
//! compares the two. It is a hint: what threads write at once is lost, and a turn is somewhat
//! longer or shorter.

use super::cursor::Cursor;
use super::position::Position;
use super::weighted::Weighted;
use super::{Buffer, ByWeight, Geometry, Unbounded};
use crate::sync::Ordering::Relaxed;
use crate::sync::{Turn, whole_turn};

impl<T> Buffer<T> {
    /// Whether the turn of those who push is over.
    #[inline]
    pub(crate) fn push_turn_is_over(&self) -> bool {
        Self::turn_is_over(self.tail())
    }

    /// Whether the turn of those who pop is over.
    #[inline]
    pub(crate) fn pop_turn_is_over(&self) -> bool {
        Self::turn_is_over(self.messages_head())
    }

    #[inline]
    fn turn_is_over(word: &Cursor) -> bool {
        word.turn_is_over(word.load(Relaxed))
    }

    /// A turn of pushes begins, of which one is done.
    #[inline]
    pub(crate) fn begin_push_turn(&self, turn: Turn) {
        self.begin_turn(self.tail(), turn);
    }

    /// The same of pops.
    #[inline]
    pub(crate) fn begin_pop_turn(&self, turn: Turn) {
        self.begin_turn(self.messages_head(), turn);
    }

    #[inline]
    fn begin_turn(&self, word: &Cursor, turn: Turn) {
        let position = word.load(Relaxed);
        word.end_turn_at(match self {
            Self::Bounded(ring) => ring.turn_end(position, turn),
            Self::Chained(Unbounded(_)) => position.turn_end(turn.left(whole_turn(0))),
            Self::Chained(ByWeight(_)) => position.turn_end(turn.left(Weighted::<T>::TURN)),
        });
    }

    /// One operation of those who push has moved nothing on.
    pub(crate) fn spend_push(&self) {
        self.spend(self.tail());
    }

    /// The same of those who pop.
    #[cfg(feature = "std")]
    pub(crate) fn spend_pop(&self) {
        self.spend(self.messages_head());
    }

    fn spend(&self, word: &Cursor) {
        word.shorten_turn(self.one());
    }

    /// One operation, as the words count it.
    fn one(&self) -> usize {
        match self {
            Self::Bounded(_) => Geometry::STEP,
            Self::Chained(_) => Position::STEP,
        }
    }
}
