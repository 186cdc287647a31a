//! What to do with a message for which there is no room.

/// What a channel or queue does with a message for which there is no room, chosen when it is
/// [built](crate::Builder).
///
/// [`Sender::offer`](crate::Sender::offer) says what became of each message. `send` and `try_send`,
/// for code that knows nothing of the policy, obey it as far as they can say so. So do
/// [`offer`](crate::queue::Queue::offer), [`put`](crate::queue::Queue::put) and
/// [`try_put`](crate::queue::Queue::try_put) of a queue:
///
/// | full channel | [`offer`](crate::Sender::offer) | [`send`](crate::Sender::send), `put` | [`try_send`](crate::Sender::try_send), `try_put` |
/// |---|---|---|---|
/// | `Wait` | waits | waits | [`Full`](crate::TrySendError::Full) |
/// | `Refuse` | [`Full`](crate::TrySendError::Full) | waits | [`Full`](crate::TrySendError::Full) |
/// | `DropOldest` | returns the oldest | drops the oldest | drops the oldest |
/// | `DropNewest` | returns this one | drops this one | drops this one |
///
/// The error of `send` means that the channel is closed, and nothing else: a producer that runs
/// `while sender.send(x).await.is_ok()` ends when the channel does, under every policy. So `send`
/// cannot refuse, and waits. `send_many` and the blocking forms do the same, and of a queue `put`,
/// its error being that the queue is shut down. Under the policies that drop it never waits: what
/// is dropped is the channel's choice, and counted as [`displaced`](crate::Stats::displaced).
///
/// An unbounded channel is never full, and has no use for a policy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
#[doc(alias("ring_buffer", "lossy"))]
pub enum Overflow {
    /// The sender waits until there is room.
    #[default]
    Wait,
    /// The sender gets the message back, where it can be told why: from `offer` and the `try_`
    /// forms.
    Refuse,
    /// The message that has been inside for longest makes room. Where all the room is
    /// [reserved](crate::Sender::reserve) there is none, and this one is not sent.
    DropOldest,
    /// The message is not sent.
    DropNewest,
}

impl Overflow {
    /// Whether a message is dropped for want of room, so that no sender waits for it.
    pub(crate) fn drops(self) -> bool {
        matches!(self, Self::DropOldest | Self::DropNewest)
    }
}
