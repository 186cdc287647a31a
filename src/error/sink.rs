//! What can go wrong in a `Sink`.

use super::{ReserveError, SendError};
use core::error::Error;
use core::fmt;

/// What a [`SendSink`](crate::SendSink) could not do as a `Sink`.
#[derive(PartialEq, Eq, Clone, Copy)]
#[non_exhaustive]
pub enum SinkError<T> {
    /// Nothing could be reserved, so there was no message yet.
    Reserve(ReserveError),
    /// The message that was given could not be sent. Gives it back.
    Send(SendError<T>),
}

impl<T> SinkError<T> {
    /// The message that could not be sent, if there was one.
    pub fn into_inner(self) -> Option<T> {
        match self {
            Self::Reserve(_) => None,
            Self::Send(error) => Some(error.into_inner()),
        }
    }

    /// Whether the channel, or the sink, was closed: no later attempt can succeed.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Reserve(ReserveError::Closed) | Self::Send(_))
    }
}

impl<T> fmt::Debug for SinkError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reserve(error) => f.debug_tuple("Reserve").field(error).finish(),
            Self::Send(error) => f.debug_tuple("Send").field(error).finish(),
        }
    }
}

impl<T> fmt::Display for SinkError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reserve(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
        }
    }
}

impl<T> Error for SinkError<T> {}
