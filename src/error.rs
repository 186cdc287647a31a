//! What can go wrong, with the message given back wherever there is one.

#[cfg(feature = "sink")]
mod sink;

use core::error::Error;
use core::fmt;
#[cfg(feature = "sink")]
pub use sink::SinkError;

/// The channel is closed. Gives back the message that could not be sent.
///
/// Returned by [`send`](crate::Sender::send), [`send_blocking`](crate::Sender::send_blocking) and
/// [`force_send`](crate::Sender::force_send).
#[derive(PartialEq, Eq, Clone, Copy)]
pub struct SendError<T>(pub T);

impl<T> SendError<T> {
    /// The message that could not be sent.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// drop(receiver);
    /// assert_eq!(sender.send_blocking(7).unwrap_err().into_inner(), 7);
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendError(..)")
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sending into a closed channel")
    }
}

impl<T> Error for SendError<T> {}

/// The message could not be sent at once. Gives it back.
///
/// Returned by [`try_send`](crate::Sender::try_send).
#[derive(PartialEq, Eq, Clone, Copy)]
pub enum TrySendError<T> {
    /// The channel holds as many messages as it can.
    Full(T),
    /// The channel is closed.
    Closed(T),
}

impl<T> TrySendError<T> {
    /// The message that could not be sent.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(message) | Self::Closed(message) => message,
        }
    }

    /// Whether the channel was full: a later attempt can succeed.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the channel was closed: no later attempt can succeed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "sending into a full channel",
            Self::Closed(_) => "sending into a closed channel",
        })
    }
}

impl<T> Error for TrySendError<T> {}

/// No room could be reserved.
///
/// Returned by [`reserve`](crate::Sender::reserve) and its like.
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ReserveError {
    /// There is not so much room now. Only of the `try_` forms.
    Full,
    /// The channel is closed.
    Closed,
    /// More than can be reserved. Never so many if it is more than `most`; otherwise not now,
    /// because of those that are reserved already: once some of these are used or dropped, a later
    /// attempt can succeed.
    TooMany {
        /// The most that can be reserved at a time, by all permits together. Zero where messages
        /// are weighed.
        most: usize,
    },
}

impl fmt::Display for ReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("reserving in a full channel"),
            Self::Closed => f.write_str("reserving in a closed channel"),
            Self::TooMany { most } => write!(f, "no more than {most} can be reserved at a time"),
        }
    }
}

impl Error for ReserveError {}

/// The message could not be sent in time. Gives it back.
///
/// Returned by [`send_or`](crate::Sender::send_or) and its like.
#[derive(PartialEq, Eq, Clone, Copy)]
pub enum SendTimeoutError<T> {
    /// The channel was still full when the time was over.
    Timeout(T),
    /// The channel is closed.
    Closed(T),
}

impl<T> SendTimeoutError<T> {
    /// The message that could not be sent.
    pub fn into_inner(self) -> T {
        match self {
            Self::Timeout(message) | Self::Closed(message) => message,
        }
    }

    /// Whether the time was over: a later attempt can succeed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether the channel was closed: no later attempt can succeed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl<T> fmt::Debug for SendTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout(_) => "Timeout(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for SendTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout(_) => "timed out sending into a full channel",
            Self::Closed(_) => "sending into a closed channel",
        })
    }
}

impl<T> Error for SendTimeoutError<T> {}

/// No message could be received in time.
///
/// Returned by [`recv_or`](crate::Receiver::recv_or) and its like.
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub enum RecvTimeoutError {
    /// The channel was still empty when the time was over.
    Timeout,
    /// The channel is empty and closed.
    Closed,
}

impl RecvTimeoutError {
    /// Whether the time was over: a later attempt can succeed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout)
    }

    /// Whether the channel was empty and closed: no later attempt can succeed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }
}

impl fmt::Display for RecvTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "timed out receiving from an empty channel",
            Self::Closed => "receiving from an empty and closed channel",
        })
    }
}

impl Error for RecvTimeoutError {}

/// The channel is closed and every message has been received.
///
/// Returned by [`recv`](crate::Receiver::recv) and
/// [`recv_blocking`](crate::Receiver::recv_blocking).
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub struct RecvError;

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("receiving from an empty and closed channel")
    }
}

impl Error for RecvError {}

/// There was no message to receive at once.
///
/// Returned by [`try_recv`](crate::Receiver::try_recv).
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub enum TryRecvError {
    /// The channel is empty.
    Empty,
    /// The channel is empty and closed.
    Closed,
}

impl TryRecvError {
    /// Whether the channel was empty and not closed: a later attempt can succeed.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether the channel was empty and closed: no later attempt can succeed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "receiving from an empty channel",
            Self::Closed => "receiving from an empty and closed channel",
        })
    }
}

impl Error for TryRecvError {}

/// No channel or queue can be made like that.
///
/// Returned by [`Builder::build`](crate::Builder::build), and by the last call of a
/// [`queue::Builder`](crate::queue::Builder).
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The capacity is zero. Where that is to mean "no limit", leave the call out.
    ZeroCapacity,
    /// The capacity is 2^47 or more (2^23 on a 32-bit machine), whatever it is of: position words
    /// cannot represent it. Or the memory for so much cannot be had, where it is allocated when it
    /// is made: in a channel, and in a first-in first-out queue without retries or tracking. The
    /// other queues allocate as they fill, so of them a capacity below that can exceed the memory.
    CapacityOverflow(usize),
    /// The low mark is not below the high one.
    LowNotBelowHigh {
        /// The low mark.
        low: usize,
        /// The high mark.
        high: usize,
    },
    /// The low mark is zero: no length is under it, so the pressure could never fall.
    ZeroLow,
    /// The high mark is above the capacity: no length exceeds it.
    HighAboveCapacity {
        /// The high mark.
        high: usize,
        /// The capacity.
        capacity: usize,
    },
    /// A channel that is bounded by weight has a capacity too, or drops the oldest message.
    Weight,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroCapacity => f.write_str("capacity cannot be zero"),
            Self::CapacityOverflow(capacity) => write!(f, "capacity overflow: {capacity}"),
            Self::LowNotBelowHigh { low, high } => {
                write!(f, "the low mark {low} is not below the high mark {high}")
            }
            Self::ZeroLow => f.write_str("no length is under a low mark of 0"),
            Self::HighAboveCapacity { high, capacity } => {
                write!(f, "the high mark {high} is above the capacity {capacity}")
            }
            Self::Weight => {
                f.write_str("what is bounded by weight has no capacity, and cannot drop the oldest")
            }
        }
    }
}

impl Error for BuildError {}
