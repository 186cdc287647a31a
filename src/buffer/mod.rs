//! Where messages lie. Nothing in here waits, and nothing knows of wakers: each answer says what the
//! caller must do about those who do wait.

mod position;
mod ring;
mod slot;

pub(crate) use position::{Cursor, Position};
pub(crate) use ring::Ring;

/// Why no slot could be claimed for a message.
#[derive(Debug)]
pub(crate) enum PushError {
    /// Every slot holds a message. With the head word that showed it, to raise the flag on.
    Full(Position),
    /// A receiver is between its claim and the release of the slot: room in a moment.
    Busy,
    /// The buffer is closed.
    Closed,
}

/// Why no message could be taken.
#[derive(Debug)]
pub(crate) enum PopError {
    /// No message. With the tail word that showed it, to raise the flag on.
    Empty(Position),
    /// A sender is between its claim and the publication: a message in a moment.
    Busy,
    /// No message, and never again.
    Closed,
}

/// What a push or pop owes to the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "somebody may sleep until this is announced"]
pub(crate) enum Owed {
    /// Nobody waits: nothing to do.
    Nothing,
    /// The flag was up: the gate must be opened.
    Wakeup,
}
