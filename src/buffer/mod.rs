//! Where messages lie. Nothing in here sleeps, and nothing knows of wakers: each answer says what the
//! caller must do about those who do sleep.

mod answer;
mod level;
mod position;
mod ring;
mod segments;
mod slot;

pub(crate) use answer::{Owed, PopError, PushError};
pub(crate) use level::Marks;
pub(crate) use position::{Cursor, Position, Traffic};

use crate::sync::Ordering::Acquire;
use crate::sync::{BARE_ATOMICS, uninterrupted};
use ring::Ring;
use segments::Segments;

/// The storage of a channel. Both kinds answer the same questions, for the reasons that their files give.
#[derive(Debug)]
pub(crate) enum Buffer<T> {
    Bounded(Ring<T>),
    Unbounded(Segments<T>),
}

/// Both have their position words at the same places, so that nothing needs to ask which one it is to find them.
const _: () = {
    let [ring, segments] = [Ring::<()>::WORDS, Segments::<()>::WORDS];
    assert!(!BARE_ATOMICS || (ring[0] == segments[0] && ring[1] == segments[1]));
};

impl<T> Buffer<T> {
    /// `watched` marks every push as one that somebody must be told of, for good. `None` if the capacity is zero, or one that
    /// words or memory cannot represent.
    pub(crate) fn bounded(capacity: usize, watched: bool) -> Option<Self> {
        Ring::new(capacity, watched).map(Self::Bounded)
    }

    pub(crate) fn unbounded(watched: bool) -> Self {
        Self::Unbounded(Segments::new(watched))
    }

    /// Puts a message in where the slot is known to be vacant; otherwise it comes back, and
    /// [`push`](Self::push) must be asked.
    #[inline(always)]
    pub(crate) fn push_fast(&self, message: T) -> Result<Owed, T> {
        uninterrupted!({
            let vacancy = match self {
                Self::Bounded(ring) => ring.claim_fast(),
                Self::Unbounded(segments) => segments.claim_fast(),
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
        uninterrupted!({
            let vacancy = match self {
                Self::Bounded(ring) => ring.claim()?,
                Self::Unbounded(segments) => segments.claim()?,
            };
            Ok(vacancy.fill(message.take().expect("a message to push")))
        })
    }

    /// Puts the message into a full buffer, in place of the oldest one.
    ///
    /// `full` is what [`push`](Self::push) found. `None` if that is no longer so, or if the slot is contended.
    pub(crate) fn displace(&self, full: Position, message: &mut Option<T>) -> Option<(Owed, T)> {
        uninterrupted!({
            let (vacancy, oldest) = match self {
                Self::Bounded(ring) => ring.displace(full)?,
                Self::Unbounded(_) => return None,
            };
            Some((vacancy.fill(message.take().expect("a message to push")), oldest))
        })
    }

    /// Takes the oldest message where it is known to be there; otherwise [`pop`](Self::pop) must be asked.
    #[inline(always)]
    pub(crate) fn pop_fast(&self) -> Option<(T, Owed)> {
        uninterrupted!(match self {
            Self::Bounded(ring) => ring.pop_fast(),
            Self::Unbounded(segments) => segments.pop_fast(),
        })
    }

    /// Takes the oldest message.
    pub(crate) fn pop(&self) -> Result<(T, Owed), PopError> {
        uninterrupted!(match self {
            Self::Bounded(ring) => ring.pop(),
            Self::Unbounded(segments) => segments.pop(),
        })
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
            Self::Unbounded(segments) => segments.traffic(head, tail),
        }
    }

    /// How many messages lie between the two.
    fn distance(&self, head: Position, tail: Position) -> usize {
        match self {
            Self::Bounded(ring) => ring.distance(head, tail),
            Self::Unbounded(segments) => segments.distance(head, tail),
        }
    }

    /// Where both sides stood at some moment during the call.
    fn ends(&self) -> (Position, Position) {
        // [seen-tail] pairs with [moved-tail]: the head read below is not behind.
        let mut tail = self.tail().load(Acquire);
        loop {
            let head = self.head().load(Acquire);
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
            Self::Unbounded(_) => None,
        }
    }

    /// The word on which receivers raise their flag, and which is closed.
    pub(crate) fn tail(&self) -> &Cursor {
        match self {
            Self::Bounded(ring) => ring.tail(),
            Self::Unbounded(segments) => segments.tail(),
        }
    }

    /// The word on which senders raise their flag.
    pub(crate) fn head(&self) -> &Cursor {
        match self {
            Self::Bounded(ring) => ring.head(),
            Self::Unbounded(segments) => segments.head(),
        }
    }
}
