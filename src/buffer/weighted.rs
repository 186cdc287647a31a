//! A FIFO of messages with weights, bounded by the sum of these.
//!
//! The messages lie in an unbounded queue. What is bounded is counted in a word of its own, which
//! takes the place of the head word for all who wait for room: it has the same flags, and the
//! weight where that has a place. A sender takes room there before it puts its message in, and a
//! receiver gives it back after it has taken the message out. Each of these replaces the word, so
//! the sum is exact, and the receiver that gives room back learns in the same step who waits for
//! it.
//!
//! A message lies beside the weight for which room was taken, so just that much is given back: to
//! weigh is the user's code, which may panic or change its mind. It runs where nothing is taken
//! yet.
//!
//! # Order
//! A waiter that is woken and finds too little room takes its old place again. So that light
//! messages don't use up for ever what a heavy one waits for, the first that goes to sleep sets a
//! *goal*: until there is so much room, no sender takes any. The sender that takes room lifts the
//! goal, and the next one that goes to sleep sets its own.
//!
//! A goal has no owner. One that is left behind by a wait that was dropped holds the others up
//! until so much has been received, and it is never more than the limit.
//!
//! # No sender sleeps beside an empty channel
//! A sender is blocked only while weight is taken, so there is a message that will be received. The
//! receiver that gives back the last of it wakes all who wait, anyone else the first one.

use super::answer::{Owed, PopError, PushError};
use super::cursor::Cursor;
use super::geometry::Traffic;
use super::position::Position;
use super::segments::Segments;
use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{AtomicUsize, Backoff, CachePadded, Distance, uninterrupted, whole_turn};
use core::mem::ManuallyDrop;

/// A message, and the room that it takes.
#[derive(Debug)]
struct Weighed<T> {
    message: T,
    weight: usize,
}

type Pushed = Result<Owed, PushError>;
type Popped<T> = Result<(T, Owed), PopError>;

/// What this does, reached by pointers: so only a program that makes such a channel contains it,
/// and not everyone who uses one of the others.
#[derive(Debug)]
struct Code<T> {
    push: fn(&Weighted<T>, &mut Option<T>) -> Pushed,
    pop: fn(&Weighted<T>) -> Popped<T>,
    raise: fn(&Weighted<T>, Position, &T) -> bool,
    drop: fn(&mut Weighted<T>),
}

#[derive(Debug)]
#[repr(C)]
pub(crate) struct Weighted<T> {
    /// Dropped by its code.
    messages: ManuallyDrop<Segments<Weighed<T>>>,
    /// How much weight is taken, with the flags of a head word.
    taken: CachePadded<Cursor>,
    after: Distance,
    /// So much room must be there before any of it is given; zero: whatever fits.
    goal: AtomicUsize,
    limit: usize,
    weigh: fn(&T) -> usize,
    code: Code<T>,
}

impl<T> Weighted<T> {
    /// The largest limit that a word can represent beside its flags.
    pub(super) const MAX: usize = usize::MAX >> (Position::SHIFT + 1);

    /// The length of a turn. It is not known how many messages there is room for, and there are
    /// more places than slots: so somewhat longer than most.
    pub(super) const TURN: usize = whole_turn(0) + whole_turn(0) / 8;

    /// `limit` is not zero, and no more than [`MAX`](Self::MAX).
    pub(super) fn new(limit: usize, weigh: fn(&T) -> usize) -> Self {
        Self {
            // Marked: after each push there is one to look for whom there is room left.
            messages: ManuallyDrop::new(Segments::new(true, Self::TURN)),
            taken: CachePadded::new(Cursor::new(Position::of_weight(0), Position::of_weight(0))),
            after: Distance::new(),
            goal: AtomicUsize::new(0),
            limit,
            weigh,
            code: Code {
                push: Self::push_weighed,
                pop: Self::pop_weighed,
                raise: Self::raise_weighed,
                // SAFETY: `Weighted` calls it once, when it is dropped itself.
                drop: |weighted| unsafe { ManuallyDrop::drop(&mut weighted.messages) },
            },
        }
    }

    /// A message that is heavier than the limit takes all of it. One without weight would not be
    /// bounded.
    fn weight_of(&self, message: &T) -> usize {
        (self.weigh)(message).clamp(1, self.limit)
    }

    /// Whether there is room for the weight in a channel of which so much is taken.
    fn fits(&self, taken: Position, weight: usize) -> bool {
        // [goal] the one that waits for most of the room is not overtaken while the room is
        // gathered.
        weight.max(self.goal.load(Relaxed)) <= self.limit - taken.weight()
    }

    fn take(&self, weight: usize) -> Result<(), PushError> {
        loop {
            if self.messages.tail().is_closed() {
                return Err(PushError::Closed);
            }
            // [given] pairs with [give]: what the receivers did before they gave the room, and a
            // goal that was lifted before.
            let taken = self.taken.load(Acquire);
            if !self.fits(taken, weight) {
                // No sender finds the channel full and empty at once: another thread is between its
                // room and its slot, or between a message and the room that it gives back.
                return Err(if self.is_empty() { PushError::Busy } else { PushError::Full(taken) });
            }
            if self.goal.load(Relaxed) != 0 {
                self.goal.store(0, Relaxed);
            }
            // [take] on the word with which the room was found. [give] pairs with [given]: it lifts
            // the goal.
            if self.taken.advance(taken, taken.heavier(weight), Release) {
                return Ok(());
            }
        }
    }

    fn give(&self, weight: usize) -> Owed {
        loop {
            let taken = self.taken.load(Relaxed);
            // [claim] pairs with [raise]: the flag is read in the word that this replaces.
            // [give] pairs with [given].
            if self.taken.advance(taken, taken.lighter(weight), Release) {
                return match Owed::in_claimed(taken) {
                    // [empty-wakes-all] nothing more will be received, and they need not need all
                    // of the room.
                    Owed::Wakeup | Owed::WakeupAndLook if taken.weight() <= weight => {
                        Owed::WakeAllAndLook
                    }
                    owed => owed,
                };
            }
        }
    }

    /// Asks to be told of room for a message for which there was none in `full`; `false` if that is
    /// no longer so.
    pub(super) fn raise(&self, full: Position, message: &T) -> bool {
        (self.code.raise)(self, full, message)
    }

    fn raise_weighed(&self, full: Position, message: &T) -> bool {
        let weight = self.weight_of(message);
        // [goal] by the first of them.
        let _ = self.goal.compare_exchange(0, weight, Relaxed, Relaxed);
        // [raise-again] the word comes back to what it was, and the goal is in another one: only
        // with the flag up is it certain that the next change will be told.
        self.taken.raise(full) && !self.fits(self.taken.load(Acquire), weight)
    }

    pub(super) fn push(&self, message: &mut Option<T>) -> Pushed {
        (self.code.push)(self, message)
    }

    fn push_weighed(&self, message: &mut Option<T>) -> Pushed {
        let weight = self.weight_of(message.as_ref().expect("a message to push"));
        self.take(weight)?;
        let mut backoff = Backoff::default();
        loop {
            let pushed = uninterrupted!({
                self.messages.claim().map(|vacancy| {
                    let message = message.take().expect("a message to push");
                    vacancy.fill(Weighed { message, weight })
                })
            });
            match pushed {
                // [pass-on] what this message has left may be room for the next one.
                Ok(owed) if self.taken.is_waiting() => {
                    return Ok(if owed.wakes() {
                        Owed::WakeupLookAndPassOn
                    } else {
                        Owed::LookAndPassOn
                    });
                }
                Ok(_) => return pushed,
                Err(PushError::Closed) => {
                    // [refused] no waiter is told: the close wakes all.
                    let _ = self.give(weight);
                    return pushed;
                }
                // Another sender is about to link the next block.
                Err(PushError::Busy | PushError::Full(_)) => backoff.wait(),
            }
        }
    }

    pub(super) fn pop(&self) -> Popped<T> {
        (self.code.pop)(self)
    }

    fn pop_weighed(&self) -> Popped<T> {
        match uninterrupted!(self.messages.pop()) {
            // [weighed-once] the user's code would run between the claim and the room that it
            // gives.
            Ok((Weighed { message, weight }, _)) => Ok((message, self.give(weight))),
            // As in `take`.
            Err(PopError::Empty(_)) if self.weight() != 0 => Err(PopError::Busy),
            Err(error) => Err(error),
        }
    }

    /// Whether no message was inside at some moment during the call.
    fn is_empty(&self) -> bool {
        let head = self.messages.head().load(Acquire);
        self.messages.distance(head, self.messages.tail().load(Acquire)) == 0
    }

    /// How much is taken.
    pub(super) fn weight(&self) -> usize {
        self.taken.load(Relaxed).weight()
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// How many messages lie between `head` and `tail`.
    pub(super) fn distance(&self, head: Position, tail: Position) -> usize {
        self.messages.distance(head, tail)
    }

    /// How many messages went in and out before `head` and `tail`.
    pub(super) fn traffic(&self, head: Position, tail: Position) -> Traffic {
        self.messages.traffic(head, tail)
    }

    /// The word on which receivers raise their flag.
    pub(super) fn tail(&self) -> &Cursor {
        self.messages.tail()
    }

    /// Where receivers stand.
    pub(super) fn messages_head(&self) -> &Cursor {
        self.messages.head()
    }

    /// The word on which senders raise their flag.
    pub(super) fn head(&self) -> &Cursor {
        &self.taken
    }
}

impl<T> Drop for Weighted<T> {
    fn drop(&mut self) {
        (self.code.drop)(self);
    }
}

/// The word of what is taken: the weight, where other words have a place.
impl Position {
    fn of_weight(weight: usize) -> Self {
        Self(weight << Self::SHIFT)
    }

    pub(super) fn weight(self) -> usize {
        self.0 >> Self::SHIFT
    }

    fn heavier(self, weight: usize) -> Self {
        Self(self.0 + (weight << Self::SHIFT))
    }

    fn lighter(self, weight: usize) -> Self {
        Self(self.0 - (weight << Self::SHIFT))
    }
}
