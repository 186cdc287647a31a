//! What can go wrong, with the item given back wherever there is one.

use core::error::Error;
use core::fmt;

/// The queue is shut down. Gives back what could not be put.
///
/// Returned by [`put`](crate::queue::Queue::put) and its blocking form with the item, and by
/// [`requeue`](crate::queue::Job::requeue) with the job.
#[derive(PartialEq, Eq, Clone, Copy)]
pub struct PutError<T>(pub T);

impl<T> PutError<T> {
    /// What could not be put.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutError(..)")
    }
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("putting into a queue that is shut down")
    }
}

impl<T> Error for PutError<T> {}

/// The item could not be put at once. Gives it back.
///
/// Returned by [`try_put`](crate::queue::Queue::try_put) with the item, and by
/// [`try_requeue`](crate::queue::Job::try_requeue) with the job.
#[derive(PartialEq, Eq, Clone, Copy)]
pub enum TryPutError<T> {
    /// The queue holds as many items as it can.
    Full(T),
    /// The queue is shut down.
    ShutDown(T),
}

impl<T> TryPutError<T> {
    /// What could not be put.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::ShutDown(item) => item,
        }
    }

    /// Whether the queue was full: a later attempt can succeed.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the queue was shut down: no later attempt can succeed.
    pub fn is_shut_down(&self) -> bool {
        matches!(self, Self::ShutDown(_))
    }
}

impl<T> fmt::Debug for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::ShutDown(_) => "ShutDown(..)",
        })
    }
}

impl<T> fmt::Display for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "putting into a full queue",
            Self::ShutDown(_) => "putting into a queue that is shut down",
        })
    }
}

impl<T> Error for TryPutError<T> {}

/// The queue is shut down and has nothing left to give.
///
/// Returned by [`get`](crate::queue::Queue::get) and its blocking form.
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub struct GetError;

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("getting from an empty queue that is shut down")
    }
}

impl Error for GetError {}

/// There was no job to get at once.
///
/// Returned by [`try_get`](crate::queue::Queue::try_get).
#[derive(PartialEq, Eq, Clone, Copy, Debug)]
pub enum TryGetError {
    /// The queue is empty.
    Empty,
    /// The queue is empty and shut down.
    ShutDown,
}

impl TryGetError {
    /// Whether the queue was empty and more can come: a later attempt can succeed.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether the queue was empty and shut down: no later attempt can succeed.
    pub fn is_shut_down(&self) -> bool {
        matches!(self, Self::ShutDown)
    }
}

impl fmt::Display for TryGetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "getting from an empty queue",
            Self::ShutDown => "getting from an empty queue that is shut down",
        })
    }
}

impl Error for TryGetError {}
