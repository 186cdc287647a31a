//! Where messages lie. Nothing in here sleeps, and nothing knows of wakers: each answer says what
//! the caller must do about those who do sleep.

mod answer;
mod cursor;
mod geometry;
mod level;
mod permit;
mod position;
mod ring;
mod segments;
mod slot;
mod stage;
mod turn;
mod weighted;

pub(crate) use answer::{NotDisplaced, Owed, PopError, PushError};
pub(crate) use cursor::Cursor;
use geometry::Geometry;
pub(crate) use geometry::Traffic;
pub(crate) use level::Marks;
pub(crate) use position::Position;

use crate::sync::Ordering::Acquire;
use crate::sync::{uninterrupted, whole_turn};
use alloc::boxed::Box;
use alloc::vec::Vec;
use ring::Ring;
use segments::Segments;
pub(crate) use stage::Stage;
use weighted::Weighted;

/// The storage of a channel. All kinds answer the same questions, for the reasons that their files
/// give.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "all kinds are reached without a pointer")]
pub(crate) enum Buffer<T> {
    Bounded(Ring<T>),
    Chained(Chained<T>),
}

/// What lies in linked blocks. Apart from the ring, so that a look at a pointer tells which of the
/// two it is.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "the one that is not boxed is on the fast path")]
pub(crate) enum Chained<T> {
    Unbounded(Segments<T>),
    /// Bounded by the weight of the messages, not by their number. Boxed: no other channel is
    /// larger for it.
    Weighted(Box<Weighted<T>>),
}

use Chained::{Unbounded, Weighted as ByWeight};

impl<T> Buffer<T> {
    /// The largest capacity that position words can represent.
    pub(crate) const MAX_CAPACITY: usize = Geometry::MAX;

    /// `watched` marks every push as one that watchers must be told of, for good. `None` if the
    /// capacity is zero, or one that words or memory cannot represent.
    pub(crate) fn bounded(capacity: usize, watched: bool) -> Option<Self> {
        Ring::new(capacity, watched).map(Self::Bounded)
    }

    pub(crate) fn unbounded(watched: bool) -> Self {
        Self::Chained(Unbounded(Segments::new(watched, whole_turn(0))))
    }

    /// `None` if the limit is one that words cannot represent.
    pub(crate) fn weighted(limit: usize, weigh: fn(&T) -> usize) -> Option<Self> {
        (limit <= Weighted::<T>::MAX)
            .then(|| Self::Chained(ByWeight(Box::new(Weighted::new(limit, weigh)))))
    }

    /// Puts a message in where the slot is known to be vacant, and the turn not over if it is
    /// `in_turn`; otherwise it comes back, and [`push`](Self::push) must be asked.
    #[inline(always)]
    pub(crate) fn push_fast(&self, message: T, in_turn: bool) -> Result<Owed, T> {
        uninterrupted!({
            let vacancy = match self {
                Self::Bounded(ring) => ring.claim_fast(in_turn),
                Self::Chained(Unbounded(segments)) => {
                    aside();
                    segments.claim_fast(in_turn)
                }
                Self::Chained(ByWeight(_)) => None,
            };
            match vacancy {
                Some(vacancy) => Ok(vacancy.fill(message)),
                None => Err(message),
            }
        })
    }

    /// Puts the message in. It stays with the caller until a slot is claimed for it.
    #[inline]
    pub(crate) fn push(&self, message: &mut Option<T>) -> Result<Owed, PushError> {
        if let Self::Chained(ByWeight(weighted)) = self {
            return weighted.push(message);
        }
        uninterrupted!({
            let vacancy = match self {
                Self::Bounded(ring) => ring.claim()?,
                Self::Chained(Unbounded(segments)) => segments.claim()?,
                Self::Chained(ByWeight(_)) => return Err(PushError::Busy),
            };
            Ok(vacancy.fill(message.take().expect("a message to push")))
        })
    }

    /// Puts the message into a full buffer, in place of the oldest one.
    ///
    /// `full` is what [`push`](Self::push) found.
    pub(crate) fn displace(
        &self,
        full: Position,
        message: &mut Option<T>,
    ) -> Result<(Owed, T), NotDisplaced> {
        uninterrupted!({
            let (vacancy, oldest) = match self {
                Self::Bounded(ring) => ring.displace(full)?,
                Self::Chained(Unbounded(_)) => return Err(NotDisplaced::Contended),
                Self::Chained(ByWeight(_)) => return Err(NotDisplaced::Nothing),
            };
            Ok((vacancy.fill(message.take().expect("a message to push")), oldest))
        })
    }

    /// Puts messages in, as many as go in at once: at least one, and the others stay with the
    /// caller.
    pub(crate) fn push_many(&self, messages: &mut Stage<T>) -> Result<(usize, Owed), PushError> {
        uninterrupted!(match self {
            Self::Bounded(ring) => ring.push_many(messages),
            Self::Chained(Unbounded(segments)) => segments.push_many(messages),
            Self::Chained(ByWeight(_)) => unreachable!("messages with weights go in one by one"),
        })
    }

    /// Takes up to `most` messages, as many as come out at once: at least one. They are added to
    /// `messages`.
    pub(crate) fn pop_many(
        &self,
        messages: &mut Vec<T>,
        most: usize,
    ) -> Result<(usize, Owed), PopError> {
        /// Others wait while a batch is moved, interrupts too.
        const MOST: usize = 64;

        let ready = self.len().min(most).min(MOST);
        if ready > 1 {
            // Before the claim: it may panic.
            messages.reserve(ready);
        }
        match self {
            Self::Bounded(ring) if ready > 1 => uninterrupted!(ring.pop_many(messages, ready)),
            Self::Chained(Unbounded(segments)) if ready > 1 => {
                uninterrupted!(segments.pop_many(messages, ready))
            }
            // Each that has a weight gives its own room back.
            _ => {
                let (message, owed) = self.pop()?;
                messages.push(message);
                Ok((1, owed))
            }
        }
    }

    /// For how many messages, or for what weight, there was room at some moment during the call;
    /// `None` if there is no limit.
    pub(crate) fn room(&self) -> Option<usize> {
        let (head, tail) = self.ends();
        match self {
            Self::Bounded(ring) => Some(ring.room(head, tail)),
            Self::Chained(Unbounded(_)) => None,
            Self::Chained(ByWeight(weighted)) => Some(weighted.limit() - weighted.weight()),
        }
    }

    /// What weight is inside, and the most that may be; `None` if it is not weighed.
    pub(crate) fn weight(&self) -> Option<(usize, usize)> {
        match self {
            Self::Chained(ByWeight(weighted)) => Some((weighted.weight(), weighted.limit())),
            _ => None,
        }
    }

    /// Asks to be told of room for `message`, for which there was none in `full`; `false` if the
    /// head has moved since.
    pub(crate) fn raise_head(&self, full: Position, message: Option<&T>) -> bool {
        match (self, message) {
            (Self::Chained(ByWeight(weighted)), Some(message)) => weighted.raise(full, message),
            _ => self.head().raise(full),
        }
    }

    /// Whether the buffer still is full as of the head word `full`, by messages alone, and open:
    /// then nothing but a move of the head makes room.
    pub(crate) fn is_full_of_messages(&self, full: Position) -> bool {
        match self {
            Self::Bounded(ring) => ring.is_full_of_messages(full),
            Self::Chained(_) => false,
        }
    }

    /// Takes the oldest message where it is known to be there, and the turn not over if it is
    /// `in_turn`; otherwise [`pop`](Self::pop) must be asked.
    #[inline(always)]
    pub(crate) fn pop_fast(&self, in_turn: bool) -> Option<(T, Owed)> {
        uninterrupted!(match self {
            Self::Bounded(ring) => ring.pop_fast(in_turn),
            Self::Chained(Unbounded(segments)) => {
                aside();
                segments.pop_fast(in_turn)
            }
            Self::Chained(ByWeight(_)) => None,
        })
    }

    /// Takes the oldest message.
    pub(crate) fn pop(&self) -> Result<(T, Owed), PopError> {
        match self {
            Self::Bounded(ring) => uninterrupted!(ring.pop()),
            Self::Chained(Unbounded(segments)) => uninterrupted!(segments.pop()),
            Self::Chained(ByWeight(weighted)) => weighted.pop(),
        }
    }

    /// No further claim succeeds. `true` for the one call that closed the buffer.
    pub(crate) fn close(&self) -> bool {
        self.tail().close()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.tail().is_closed()
    }

    /// How many messages were inside at some moment during the call.
    pub(crate) fn len(&self) -> usize {
        let (head, tail) = self.ends();
        self.distance(head, tail)
    }

    /// How many messages had gone in and out at some moment during the call.
    pub(crate) fn traffic(&self) -> Traffic {
        let (head, tail) = self.ends();
        match self {
            Self::Bounded(ring) => ring.traffic(head, tail),
            Self::Chained(Unbounded(segments)) => segments.traffic(head, tail),
            Self::Chained(ByWeight(weighted)) => weighted.traffic(head, tail),
        }
    }

    /// How many messages lie between the two.
    fn distance(&self, head: Position, tail: Position) -> usize {
        match self {
            Self::Bounded(ring) => ring.distance(head, tail),
            Self::Chained(Unbounded(segments)) => {
                aside();
                segments.distance(head, tail)
            }
            Self::Chained(ByWeight(weighted)) => weighted.distance(head, tail),
        }
    }

    /// Where receivers stand, which is not always the word on which senders raise their flag.
    #[inline]
    fn messages_head(&self) -> &Cursor {
        match self {
            Self::Bounded(ring) => ring.head(),
            Self::Chained(Unbounded(segments)) => {
                aside();
                segments.head()
            }
            Self::Chained(ByWeight(weighted)) => weighted.messages_head(),
        }
    }

    /// Where both sides stood at some moment during the call.
    fn ends(&self) -> (Position, Position) {
        // [seen-tail] pairs with [moved-tail]: the head read below is not behind.
        let mut tail = self.tail().load(Acquire);
        let end = self.messages_head();
        loop {
            let head = end.load(Acquire);
            // [len] the same tail before and after: that was the distance when the head was read.
            let word = self.tail().load(Acquire);
            if word.is_at(tail) {
                return (head, tail);
            }
            tail = word;
        }
    }

    /// How many messages it can hold; `None` if there is no limit.
    pub(crate) fn capacity(&self) -> Option<usize> {
        match self {
            Self::Bounded(ring) => Some(ring.capacity()),
            Self::Chained(_) => None,
        }
    }

    /// The word on which receivers raise their flag, and which is closed.
    pub(crate) fn tail(&self) -> &Cursor {
        match self {
            Self::Bounded(ring) => ring.tail(),
            Self::Chained(Unbounded(segments)) => {
                aside();
                segments.tail()
            }
            Self::Chained(ByWeight(weighted)) => weighted.tail(),
        }
    }

    /// The word on which senders raise their flag.
    pub(crate) fn head(&self) -> &Cursor {
        match self {
            Self::Bounded(ring) => ring.head(),
            Self::Chained(Unbounded(segments)) => {
                aside();
                segments.head()
            }
            Self::Chained(ByWeight(weighted)) => weighted.head(),
        }
    }
}

/// Lies beside the fast path of a ring, which is asked for first.
#[inline]
#[cold]
fn aside() {}
