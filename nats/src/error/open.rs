//! Of connecting and opening.

use crate::fault::Fault;
use async_nats::{ConnectErrorKind, rustls};
use std::error::Error;
use std::{fmt, io};

/// No connection could be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// An address makes no sense.
    Address(io::Error),
    /// The server does not let us in: it asks for other credentials, or for some.
    Refused(async_nats::ConnectError),
    /// No secure connection: the server's certificate is not trusted, it does not trust ours, or
    /// one side speaks TLS where the other does not.
    Tls(async_nats::ConnectError),
    /// No server is there. One that closes the connection without a word wants TLS first, which
    /// [`tls_first`](async_nats::ConnectOptions::tls_first) gives it.
    Failed(async_nats::ConnectError),
    /// There is no tokio runtime here, and none can be started.
    Runtime(io::Error),
}

impl From<async_nats::ConnectError> for ConnectError {
    fn from(error: async_nats::ConnectError) -> Self {
        match error.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                Self::Refused(error)
            }
            ConnectErrorKind::Tls => Self::Tls(error),
            _ if tls(&error).is_some() => Self::Tls(error),
            _ => Self::Failed(error),
        }
    }
}

/// What TLS says, which the client reports as an input or output that failed.
fn tls(error: &async_nats::ConnectError) -> Option<&rustls::Error> {
    error.source()?.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => write!(f, "the address of a NATS server: {error}"),
            Self::Refused(error) => write!(f, "the NATS server does not let us in: {error}"),
            Self::Tls(error) => match tls(error) {
                Some(rustls::Error::InvalidMessage(_)) => {
                    write!(f, "the NATS server does not answer in TLS: {error}")
                }
                Some(rustls::Error::InvalidCertificate(_)) => {
                    write!(f, "the certificate of the NATS server is not trusted: {error}")
                }
                _ => write!(f, "TLS with the NATS server: {error}"),
            },
            // Only this text tells it from any other end of a connection.
            Self::Failed(error) if error.to_string().contains("expected INFO") => {
                write!(f, "no NATS server greets there, or one that wants TLS first: {error}")
            }
            Self::Failed(error) => write!(f, "no connection to a NATS server: {error}"),
            Self::Runtime(error) => write!(f, "no tokio runtime for the connection: {error}"),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Address(error) | Self::Runtime(error) => Some(error),
            Self::Refused(error) | Self::Tls(error) | Self::Failed(error) => Some(error),
        }
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
