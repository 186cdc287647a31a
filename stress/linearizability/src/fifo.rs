//! The sequential specification.

use std::collections::VecDeque;

/// What a call was and what it answered. Messages are unique numbers.
///
/// A call that was cancelled has no outcome: it must look as if it had never been made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A message is in, by whatever call.
    Sent(u32),
    /// `force_send` found no room: the oldest message came back, or its own where all of the room
    /// was reserved.
    Displaced { sent: u32, oldest: u32 },
    /// All of the room was taken.
    Full,
    /// There was no room for this message.
    Refused(u32),
    /// A permit was given.
    Reserved,
    /// The message of a permit is in.
    SentReserved(u32),
    /// A permit has gone without a message.
    Released,
    /// A call that sends found the channel closed.
    SendClosed,
    /// A message is out, by whatever call.
    Received(u32),
    /// `try_recv` found no message.
    Empty,
    /// A call that receives found the channel closed and no message in it.
    RecvClosed,
    /// `close`, with its answer.
    Close(bool),
    /// `is_closed`, with its answer.
    IsClosed(bool),
    /// `len`, with its answer.
    Len(usize),
}

/// What a message weighs where that counts.
pub fn weight(message: u32) -> usize {
    usize::try_from(message % 10).expect("a digit")
}

impl From<usize> for Fifo {
    fn from(capacity: usize) -> Self {
        Self::new(capacity)
    }
}

/// A bounded FIFO that can be closed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fifo {
    capacity: usize,
    /// Whether the capacity is one of weight: that of a message is the last digit of its number.
    weighs: bool,
    messages: VecDeque<u32>,
    reserved: usize,
    closed: bool,
}

impl Fifo {
    pub fn new(capacity: usize) -> Self {
        Self { capacity, weighs: false, messages: VecDeque::new(), reserved: 0, closed: false }
    }

    /// One that is bounded by the weight of its messages.
    pub fn weighing(limit: usize) -> Self {
        Self { weighs: true, ..Self::new(limit) }
    }

    /// What a message takes of the room: a part of it, and no more than all.
    fn room_for(&self, message: u32) -> usize {
        if self.weighs { weight(message).clamp(1, self.capacity) } else { 1 }
    }

    /// How much of the room is taken.
    pub fn weight(&self) -> usize {
        self.messages.iter().map(|&message| self.room_for(message)).sum()
    }

    /// Whether there can be no room for the message. Room that is gathered for another is none, and
    /// is gathered only beside messages.
    pub fn refuses(&self, message: u32) -> bool {
        self.room_for(message) > self.room() || (self.weighs && !self.is_empty())
    }

    pub fn len(&self) -> usize {
        self.messages.len()
    }

    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.room() == 0
    }

    /// What is neither filled nor reserved.
    pub fn room(&self) -> usize {
        self.capacity - self.weight() - self.reserved
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Without its messages, as when the last receiver has gone.
    #[must_use]
    pub fn drained(&self) -> Self {
        Self { messages: VecDeque::new(), ..self.clone() }
    }

    /// The state after a call with this outcome; `None` if the call would have had another one.
    pub fn after(&self, outcome: Outcome) -> Option<Self> {
        let possible = match outcome {
            Outcome::Sent(message) => !self.closed && self.room_for(message) <= self.room(),
            Outcome::Reserved => !self.closed && !self.is_full(),
            Outcome::SentReserved(_) => !self.closed && self.reserved > 0,
            Outcome::Released => self.reserved > 0,
            Outcome::Displaced { sent, oldest } => {
                // The oldest need not be heavy enough, so nothing inside is displaced by weight.
                let first = self.messages.front().filter(|_| !self.weighs).unwrap_or(&sent);
                !self.closed && self.refuses(sent) && *first == oldest
            }
            Outcome::Full => !self.closed && self.is_full(),
            Outcome::Refused(message) => !self.closed && self.refuses(message),
            Outcome::SendClosed => self.closed,
            Outcome::Received(message) => self.messages.front() == Some(&message),
            Outcome::Empty => !self.closed && self.is_empty(),
            Outcome::RecvClosed => self.closed && self.is_empty(),
            Outcome::Close(first) => self.closed != first,
            Outcome::IsClosed(answer) => self.closed == answer,
            Outcome::Len(answer) => self.len() == answer,
        };
        possible.then(|| {
            let mut next = self.clone();
            match outcome {
                Outcome::Sent(message) => next.messages.push_back(message),
                Outcome::Reserved => next.reserved += 1,
                Outcome::Released => next.reserved -= 1,
                Outcome::SentReserved(message) => {
                    next.reserved -= 1;
                    next.messages.push_back(message);
                }
                Outcome::Displaced { sent, oldest } if sent == oldest => {}
                Outcome::Displaced { sent, .. } => {
                    next.messages.pop_front();
                    next.messages.push_back(sent);
                }
                Outcome::Received(_) => drop(next.messages.pop_front()),
                Outcome::Close(_) => next.closed = true,
                Outcome::Full
                | Outcome::Refused(_)
                | Outcome::SendClosed
                | Outcome::Empty
                | Outcome::RecvClosed
                | Outcome::IsClosed(_)
                | Outcome::Len(_) => {}
            }
            next
        })
    }
}
