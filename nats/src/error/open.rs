//! Of connecting and opening.

use crate::fault::Fault;
use std::error::Error;
use std::fmt;

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
    /// The server is older than those that are known to keep jobs.
    ServerTooOld {
        /// Its version.
        version: String,
        /// The oldest that will do: 2.10.26, and 2.11.11 for more than one replica.
        oldest: (i64, i64, i64),
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
            Self::ServerTooOld { version, oldest: (major, minor, patch) } => write!(
                f,
                "NATS server {version} loses jobs: the oldest that will do is {major}.{minor}.{patch}"
            ),
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
