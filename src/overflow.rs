//! What to do with a message for which there is no room.

/// What a channel or queue does with a message for which there is no room, chosen when it is [built](crate::Builder).
///
/// [`Sender::offer`](crate::Sender::offer) says what became of each message. `send` and `try_send`, for code that knows nothing of
/// the policy, obey it too:
///
/// | full channel | [`offer`](crate::Sender::offer) | [`send`](crate::Sender::send) | [`try_send`](crate::Sender::try_send) |
/// |---|---|---|---|
/// | `Wait` | waits | waits | [`Full`](crate::TrySendError::Full) |
/// | `Refuse` | [`Full`](crate::TrySendError::Full) | [`SendError`](crate::SendError) | [`Full`](crate::TrySendError::Full) |
/// | `DropOldest` | returns the oldest | drops the oldest | drops the oldest |
/// | `DropNewest` | returns this one | drops this one | drops this one |
///
/// An unbounded channel is never full, and has no use for a policy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// The sender waits until there is room.
    #[default]
    Wait,
    /// The sender gets the message back.
    Refuse,
    /// The message that has been inside for longest makes room.
    DropOldest,
    /// The message is not sent.
    DropNewest,
}
