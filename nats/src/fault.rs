//! What can be wrong with the server or the way to it.

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
        match self {
            Self::Disconnected | Self::TimedOut | Self::NoQuorum => true,
            // Too few servers for the replicas: some are not up yet.
            Self::Server { code, .. } => *code == 10005,
            Self::TooLarge { .. } | Self::Encode(_) | Self::Gone => false,
        }
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
