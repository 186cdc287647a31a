//! What a push or a pop answers.

use super::position::Position;

/// Why no slot could be claimed for a message.
#[derive(Debug, Clone, Copy)]
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

/// Why no message was displaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotDisplaced {
    /// The buffer is no longer full, or others are at work on either end: look again.
    Contended,
    /// No message is inside: all of the room is reserved.
    Nothing,
}

/// What a push or pop owes to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a waiter may sleep until this is announced"]
pub(crate) enum Owed {
    /// Nothing.
    Nothing,
    /// A waiter of the other side sleeps: the gate must be opened.
    Wakeup,
    /// A push: an observer watches the length. A pop: the level is High.
    Look,
    /// Both.
    WakeupAndLook,
    /// A pop: both, and there is room for all who wait.
    WakeAllAndLook,
    /// A push: the length may be watched, and there may be room for the next one who waits for it.
    LookAndPassOn,
    /// A push: all of these.
    WakeupLookAndPassOn,
}

impl Owed {
    /// Whether this is of a message with a weight.
    pub(crate) fn is_weighed(self) -> bool {
        self as u8 >= Self::WakeAllAndLook as u8
    }

    /// Whether a gate must be opened.
    pub(crate) fn wakes(self) -> bool {
        matches!(
            self,
            Self::Wakeup | Self::WakeupAndLook | Self::WakeAllAndLook | Self::WakeupLookAndPassOn
        )
    }

    /// What the flags say in a word that a claim has replaced.
    #[inline]
    pub(super) fn in_claimed(position: Position) -> Self {
        // The flags are the value, so this costs a mask.
        match position.duties() {
            0b00 => Self::Nothing,
            0b01 => Self::Wakeup,
            0b10 => Self::Look,
            _ => Self::WakeupAndLook,
        }
    }
}
