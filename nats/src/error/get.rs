//! Of getting, and of taking out what is left.

use crate::fault::Fault;
use std::error::Error;
use std::fmt;

/// No job was got.
#[derive(Clone, Debug)]
pub enum GetError {
    /// The queue is shut down and has nothing left to give.
    ShutDown,
    /// The server could not be reached, or the queue is gone.
    Failed(Fault),
}

impl GetError {
    /// Whether the queue was shut down: no later attempt can succeed.
    pub fn is_shut_down(&self) -> bool {
        matches!(self, Self::ShutDown)
    }
}

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShutDown => f.write_str("getting from an empty queue that is shut down"),
            Self::Failed(fault) => write!(f, "getting: {fault}"),
        }
    }
}

impl Error for GetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::ShutDown => None,
            Self::Failed(fault) => Some(fault),
        }
    }
}

/// There was no job to get at once.
#[derive(Clone, Debug)]
pub enum TryGetError {
    /// No job waits.
    Empty,
    /// The queue is shut down and has nothing left to give.
    ShutDown,
    /// The server could not be reached, or the queue is gone.
    Failed(Fault),
}

impl TryGetError {
    /// Whether the queue was empty and more can come: a later attempt can succeed.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether the queue was shut down: no later attempt can succeed.
    pub fn is_shut_down(&self) -> bool {
        matches!(self, Self::ShutDown)
    }
}

impl fmt::Display for TryGetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("getting from an empty queue"),
            Self::ShutDown => f.write_str("getting from an empty queue that is shut down"),
            Self::Failed(fault) => write!(f, "getting: {fault}"),
        }
    }
}

impl Error for TryGetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(fault) => Some(fault),
            _ => None,
        }
    }
}

/// A shutdown did not come to its end. Repeat it.
pub struct ShutdownError<T> {
    /// What was taken out of the queue before it failed: it is nowhere else any more.
    pub items: Vec<T>,
    /// Why.
    pub fault: Fault,
}

impl<T> fmt::Debug for ShutdownError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShutdownError")
            .field("items", &self.items.len())
            .field("fault", &self.fault)
            .finish()
    }
}

impl<T> fmt::Display for ShutdownError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shutting down, {} items taken out: {}", self.items.len(), self.fault)
    }
}

impl<T> Error for ShutdownError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.fault)
    }
}
