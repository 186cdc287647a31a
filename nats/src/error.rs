//! What can go wrong, with the item given back wherever there is one.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Why the server, or the way to it, did not do what it was asked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// There was no connection for as long as the queue's [`timeout`](crate::Builder::timeout).
    Disconnected,
    /// The server did not answer for as long as the queue's [`timeout`](crate::Builder::timeout).
    TimedOut,
    /// The servers are there but have no leader: too few of them are up to decide anything.
    NoQuorum,
    /// The encoded item is larger than the server takes.
    TooLarge {
        /// Its size in bytes, with what is sent beside it.
        size: usize,
        /// The server's `max_payload`.
        limit: usize,
    },
    /// The [`Codec`](crate::Codec) could not encode the item.
    Encode(Arc<dyn Error + Send + Sync>),
    /// The queue was deleted on the server.
    Gone,
    /// The server refused.
    Server {
        /// JetStream's number for the reason; zero where it gives none.
        code: u64,
        /// Its words.
        text: String,
    },
}

impl Fault {
    /// Whether trying again later can help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Disconnected | Self::TimedOut | Self::NoQuorum)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disconnected => f.write_str("no connection to the NATS server"),
            Self::TimedOut => f.write_str("the NATS server does not answer"),
            Self::NoQuorum => f.write_str("the NATS servers have no quorum"),
            Self::TooLarge { size, limit } => {
                write!(f, "the item takes {size} bytes, and the NATS server takes {limit}")
            }
            Self::Encode(_) => f.write_str("the item cannot be encoded"),
            Self::Gone => f.write_str("the queue was deleted on the NATS server"),
            Self::Server { code, text } => write!(f, "the NATS server refused: {text} ({code})"),
        }
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(error) => Some(&**error),
            _ => None,
        }
    }
}

/// No connection could be made.
#[derive(Debug)]
pub struct ConnectError(pub(crate) async_nats::ConnectError);

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connecting to the NATS server")
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// A queue could not be opened. Nothing was made on the server that was not there before.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// What the builder was told cannot be.
    Invalid(&'static str),
    /// There is a queue of that name, and it is another one.
    Differs {
        /// What differs.
        what: &'static str,
        /// What the builder was told.
        asked: String,
        /// What the queue has.
        found: String,
    },
    /// The server is older than 2.10.26. Older ones lose jobs.
    ServerTooOld {
        /// Its version.
        version: String,
    },
    /// The server runs without JetStream, or the account may not use it.
    NoJetStream,
    /// The server did not do it.
    Failed(Fault),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(what) => f.write_str(what),
            Self::Differs { what, asked, found } => {
                write!(f, "the queue is there with another {what}: {found} instead of {asked}")
            }
            Self::ServerTooOld { version } => {
                write!(f, "NATS server {version} is too old: 2.10.26 is the oldest that keeps jobs")
            }
            Self::NoJetStream => f.write_str("the NATS server has no JetStream for this account"),
            Self::Failed(fault) => write!(f, "opening the queue: {fault}"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(fault) => Some(fault),
            _ => None,
        }
    }
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        match fault {
            // JetStream is off for the server, or for the account.
            Fault::Server { code: 10076 | 10039, .. } => Self::NoJetStream,
            fault => Self::Failed(fault),
        }
    }
}

/// The item was not put, or is not known to be. Gives it back.
#[derive(Clone)]
pub enum PutError<T> {
    /// The queue is shut down.
    ShutDown(T),
    /// The server could not be reached, or refused.
    ///
    /// After a [transient](Fault::is_transient) fault the item may be inside all the same: the server's answer can
    /// be what got lost.
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
