//! The level of a buffer: High from when its length exceeds one mark until it falls under another.
//!
//! It is a flag in the head word, which every claim keeps. So a receiver that takes a message out
//! learns from the very word that it replaces whether there is anything to lower; and a sender that
//! puts one in can raise the flag on the very word with which it measured the length. Tail and head
//! are two words all the same, and a level that follows both must not miss the last change of
//! either.
//!
//! # The last word
//! When all is quiet, a length over `high` is High, and one under `low` is Low:
//! - *Under `low`.* The flag is raised on an exact head only, with more than `high` messages behind
//!   it, so it was up before the last message was taken; the receiver that took that saw it, and
//!   finds a tail that is no later than the last: a length no greater than the last one, under
//!   `low`. It lowers the flag, or another thread has.
//! - *Over `high`.* The sender that put the last message in looks at the head. It may see a flag
//!   that has been lowered since. So a thread that lowers the flag touches the tail afterwards, and
//!   looks as if it had put something in itself. In the order of the tail the last message comes
//!   either before the touch, and then this look finds it; or after it, and then the touch made the
//!   lowered flag visible.
//!
//! While operations overlap, the level may be late for them.

use super::position::Position;
use super::{Buffer, Chained};
use crate::sync::Ordering::{Acquire, Relaxed, Release};

/// The lengths at which the level changes. `low` is less than `high`, and not zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Marks {
    /// Low once there are fewer messages.
    pub(crate) low: usize,
    /// High once there are more.
    pub(crate) high: usize,
}

impl<T> Buffer<T> {
    /// Whether the level is High.
    pub(crate) fn is_high(&self) -> bool {
        self.head().load(Relaxed).is_marked()
    }

    /// After a push: makes the level High if it is Low with more than `high` messages inside.
    /// `true` if it did.
    pub(crate) fn rise(&self, high: usize) -> bool {
        let word = self.head();
        loop {
            // [rise] pairs with [fall]: a flag that was lowered before the caller put its message
            // in is seen lowered.
            let tail = self.tail().load(Acquire);
            // One that has been left behind only makes the length greater, and then cannot be
            // marked.
            let head = word.load(Relaxed);
            if head.is_marked() || self.length(head, tail) <= high {
                return false;
            }
            // [mark] only the head with which the length was measured.
            if word.mark(head) {
                return true;
            }
        }
    }

    /// After a pop: makes the level Low if it is High with fewer than `low` messages inside. `true`
    /// if it did.
    pub(crate) fn fall(&self, marks: Marks) -> bool {
        let word = self.head();
        loop {
            // [seen-head] pairs with [moved-head]: the tail read below is not behind this head.
            let head = word.load(Acquire);
            if !head.is_marked() || self.length(head, self.tail().load(Relaxed)) >= marks.low {
                return false;
            }
            // [unmark] only the head with which the length was measured.
            if word.unmark(head) {
                break;
            }
        }
        // [fall] pairs with [rise].
        self.tail().touch(Release);
        // [look-back] for those who put something in before that, and saw the flag still up.
        self.rise(marks.high);
        true
    }

    /// After a push: how many messages are inside.
    pub(crate) fn measure(&self) -> usize {
        // [seen-tail] pairs with [moved-tail]: the head read below is not behind any that a sender
        // up to here has left.
        let tail = self.tail().load(Acquire);
        self.length(self.head().load(Relaxed), tail)
    }

    /// How many messages lie between the two, or what they weigh; none if the tail was read earlier
    /// and the head has passed it.
    fn length(&self, head: Position, tail: Position) -> usize {
        if let Self::Chained(Chained::Weighted(_)) = self {
            head.weight()
        } else if tail.is_before(head) {
            0
        } else {
            self.distance(head, tail)
        }
    }
}
