//! Of putting.

use crate::fault::Fault;
use std::error::Error;
use std::fmt;

/// The item was not put, or is not known to be. Gives it back.
#[derive(Clone)]
pub enum PutError<T> {
    /// The queue is shut down.
    ShutDown(T),
    /// The server could not be reached, or refused.
    ///
    /// After a [transient](Fault::is_transient) fault the item may be inside all the same: the
    /// server's answer can be what got lost.
    Failed {
        /// What could not be put.
        item: T,
        /// Why.
        fault: Fault,
    },
}

impl<T> PutError<T> {
    /// What could not be put.
    pub fn into_inner(self) -> T {
        match self {
            Self::ShutDown(item) | Self::Failed { item, .. } => item,
        }
    }

    /// Whether the queue was shut down: no later attempt can succeed.
    pub fn is_shut_down(&self) -> bool {
        matches!(self, Self::ShutDown(_))
    }

    /// What was wrong with the server or the way to it.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Failed { fault, .. } => Some(fault),
            Self::ShutDown(_) => None,
        }
    }
}

impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShutDown(_) => f.write_str("ShutDown(..)"),
            Self::Failed { fault, .. } => write!(f, "Failed({fault:?}, ..)"),
        }
    }
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShutDown(_) => f.write_str("putting into a queue that is shut down"),
            Self::Failed { fault, .. } => write!(f, "putting: {fault}"),
        }
    }
}

impl<T> Error for PutError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault().map(|fault| fault as _)
    }
}

/// The item could not be put at once. Gives it back.
#[derive(Clone)]
pub enum TryPutError<T> {
    /// The queue holds as many items as it can, those in hand included.
    Full(T),
    /// The queue is shut down.
    ShutDown(T),
    /// As [`PutError::Failed`].
    Failed {
        /// What could not be put.
        item: T,
        /// Why.
        fault: Fault,
    },
}

impl<T> TryPutError<T> {
    /// What could not be put.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::ShutDown(item) | Self::Failed { item, .. } => item,
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

    /// What was wrong with the server or the way to it.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Failed { fault, .. } => Some(fault),
            _ => None,
        }
    }
}

impl<T> fmt::Debug for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("Full(..)"),
            Self::ShutDown(_) => f.write_str("ShutDown(..)"),
            Self::Failed { fault, .. } => write!(f, "Failed({fault:?}, ..)"),
        }
    }
}

impl<T> fmt::Display for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("putting into a full queue"),
            Self::ShutDown(_) => f.write_str("putting into a queue that is shut down"),
            Self::Failed { fault, .. } => write!(f, "putting: {fault}"),
        }
    }
}

impl<T> Error for TryPutError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault().map(|fault| fault as _)
    }
}

/// There are items that were not put, or are not known to be. Gives them back.
pub struct PutAllError<T> {
    /// Those items, in their order, with what was not begun.
    pub items: Vec<T>,
    /// Why; `None` if the queue is shut down.
    pub fault: Option<Fault>,
}

impl<T> fmt::Debug for PutAllError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PutAllError")
            .field("items", &self.items.len())
            .field("fault", &self.fault)
            .finish()
    }
}

impl<T> fmt::Display for PutAllError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} items are not known to be put: ", self.items.len())?;
        match &self.fault {
            Some(fault) => fault.fmt(f),
            None => f.write_str("the queue is shut down"),
        }
    }
}

impl<T> Error for PutAllError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault.as_ref().map(|fault| fault as _)
    }
}
