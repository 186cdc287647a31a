//! The connection.

use crate::error::ConnectError;
use crate::fault::Fault;
use crate::names;
use crate::runtime::Runtime;
use async_nats::connection::State;
use async_nats::jetstream::{self, response::Response};
use async_nats::subject::ToSubject;
use async_nats::{Client, ConnectOptions, Message, Request, RequestErrorKind, ServerAddr};
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;
use std::{fmt, io};

/// How long one request waits for its answer. What got none is asked again: a client does not say
/// when it lost the connection in between.
pub(crate) const ANSWER: Duration = Duration::from_secs(1);

/// JetStream's number for "no message found".
pub(crate) const NO_MESSAGE: u64 = 10037;

/// A server that does not answer three of these is left for another one.
const PING: Duration = Duration::from_secs(2);

/// A connection to a NATS server, or to a cluster of them. Clones are the same connection; queues
/// that are opened on it share it.
///
/// It runs in the tokio runtime in which it was made. Made outside of one, it brings a thread with
/// a runtime of its own, so that any executor can use it.
#[derive(Clone)]
pub struct Nats {
    pub(crate) client: Client,
    pub(crate) runtime: Runtime,
}

impl Nats {
    /// Connects to a server. `urls` is one address or several of one cluster, separated by commas,
    /// such as `nats://127.0.0.1:4222` or
    /// `tls://user:password@a.example,tls://user:password@b.example`. A single word before the `@`
    /// is a token. What is no letter in them is written with a percent sign, as in all addresses.
    ///
    /// With `tls` the connection is secure, or there is none; with `nats` it is if the server asks
    /// for it. The server's certificate must be one that this machine trusts, or that the
    /// environment variable `SSL_CERT_FILE` names.
    ///
    /// A connection that is lost later is made again, for ever: to another server of the cluster
    /// if there is one, also when the first one only stands still.
    ///
    /// # Errors
    /// [`ConnectError`] if an address makes no sense, no server is there, or it does not let us in.
    ///
    /// ```no_run
    /// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
    /// let nats = forebay_nats::Nats::connect("nats://127.0.0.1:4222").await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect(urls: &str) -> Result<Self, ConnectError> {
        let servers = servers(urls)?;
        let mut options = ConnectOptions::new().ping_interval(PING);
        // The client leaves this to its user.
        if let Some(server) = servers.iter().find(|server| server.has_user_pass()) {
            let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            let user = decoded(server.username().unwrap_or_default());
            options = match server.password() {
                Some(password) => options.user_and_password(user, decoded(password)),
                None => options.token(user),
            };
        }
        Self::open(servers, options).await
    }

    /// Connects with all that [`async_nats`] can: a file of credentials, keys, certificates,
    /// timeouts. What the addresses say of users is not looked at.
    ///
    /// Its `ping_interval` is a minute, unless it is set: after three of them a server that stands
    /// still is left for another one, and a [`timeout`](crate::Builder::timeout) is over before.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// ```no_run
    /// use forebay_nats::Nats;
    /// use forebay_nats::async_nats::ConnectOptions;
    ///
    /// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
    /// let options = ConnectOptions::with_credentials_file("worker.creds")
    ///     .await?
    ///     .add_root_certificates("ca.pem".into())
    ///     .ping_interval(std::time::Duration::from_secs(2));
    /// let nats = Nats::connect_with(&std::env::var("NATS_URL")?, options).await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect_with(urls: &str, options: ConnectOptions) -> Result<Self, ConnectError> {
        Self::open(servers(urls)?, options).await
    }

    async fn open(servers: Vec<ServerAddr>, options: ConnectOptions) -> Result<Self, ConnectError> {
        let runtime = Self::runtime()?;
        // It is large.
        let connecting = Box::pin(options.connect(servers));
        let client = runtime.run(connecting).await?;
        Ok(Self::new(client, runtime))
    }

    /// Connects to the servers that the environment variable `NATS_URL` names, or to the one on
    /// this machine. As [`connect`](Self::connect).
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn from_env() -> Result<Self, ConnectError> {
        let urls = std::env::var("NATS_URL");
        Self::connect(urls.as_deref().unwrap_or("nats://127.0.0.1:4222")).await
    }

    /// Uses a connection that is there.
    ///
    /// # Errors
    /// [`ConnectError`] if there is no tokio runtime here and none can be started.
    pub fn from_client(client: Client) -> Result<Self, ConnectError> {
        Ok(Self::new(client, Self::runtime()?))
    }

    /// Connects from a thread, which sleeps meanwhile. As [`connect`](Self::connect).
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// # Panics
    /// In an async task of tokio.
    pub fn connect_blocking(urls: &str) -> Result<Self, ConnectError> {
        let runtime = Self::runtime()?;
        runtime.clone().block_on(Self::connect(urls)).map(|nats| Self { runtime, ..nats })
    }

    /// The connection itself.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Deletes a queue with all that is inside, and its dead letters. Returns whether there was
    /// one.
    ///
    /// Handles of it that are open anywhere fail with [`Fault::Gone`]. A name can be used again
    /// only after this: a queue that was shut down stays so.
    ///
    /// # Errors
    /// [`Fault`] if the server did not do it.
    pub async fn delete_queue(&self, name: &str) -> Result<bool, Fault> {
        self.runtime
            .run(async {
                let mut found = false;
                for stream in [names::jobs(name), names::attempts(name), names::dead(name)] {
                    match self.api::<Value>(&format!("STREAM.DELETE.{stream}"), "").await {
                        Ok(_) => found = true,
                        Err(Fault::Gone) => {}
                        Err(fault) => return Err(fault),
                    }
                }
                Ok(found)
            })
            .await
    }

    fn new(client: Client, runtime: Runtime) -> Self {
        Self { client, runtime }
    }

    fn runtime() -> Result<Runtime, ConnectError> {
        Runtime::here().map_err(ConnectError::Runtime)
    }

    /// Asks JetStream's API, once, with JSON or nothing.
    pub(crate) async fn api<A: DeserializeOwned>(
        &self,
        subject: &str,
        question: impl Into<Bytes>,
    ) -> Result<A, Fault> {
        let answer = self.ask(format!("$JS.API.{subject}"), question, ANSWER).await?;
        match serde_json::from_slice(&answer.payload).map_err(unreadable)? {
            Response::Ok(answer) => Ok(answer),
            Response::Err { error } => Err(server_fault(&error)),
        }
    }

    /// Deletes a message of a stream, once. It may be gone already, perhaps by an attempt whose
    /// answer got lost.
    pub(crate) async fn delete(&self, stream: &str, sequence: u64) -> Result<(), Fault> {
        let subject = format!("STREAM.MSG.DELETE.{stream}");
        let question = json!({ "seq": sequence }).to_string();
        match self.api::<Value>(&subject, question).await {
            Ok(_) | Err(Fault::Server { code: NO_MESSAGE | 10057, .. }) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Sends a request, once, and waits so long for its answer.
    pub(crate) async fn ask(
        &self,
        subject: impl ToSubject,
        payload: impl Into<Bytes>,
        wait: Duration,
    ) -> Result<Message, Fault> {
        self.send(subject, Request::new().payload(payload.into()).timeout(Some(wait))).await
    }

    /// Sends a request that is made already.
    pub(crate) async fn send(
        &self,
        subject: impl ToSubject,
        request: Request,
    ) -> Result<Message, Fault> {
        let connected = || self.client.connection_state() == State::Connected;
        if !connected() {
            // It would only wait in the client, beside the next attempts.
            return Err(Fault::Disconnected);
        }
        let size = request.payload.as_ref().map_or(0, Bytes::len);
        self.client.send_request(subject, request).await.map_err(|error| match error.kind() {
            _ if !connected() => Fault::Disconnected,
            RequestErrorKind::TimedOut => Fault::TimedOut,
            RequestErrorKind::NoResponders => Fault::NoQuorum,
            RequestErrorKind::MaxPayloadExceeded => {
                Fault::TooLarge { size, limit: self.client.max_payload() }
            }
            _ => Fault::Server { code: 0, text: error.to_string() },
        })
    }
}

fn servers(urls: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    let parse = |url: &str| {
        let server: ServerAddr = url.trim().parse()?;
        let wrong = if server.host().is_empty() {
            "there is no host in it"
        } else if server.is_websocket() {
            // The client is built without websockets, and would speak to these without TLS.
            "it begins with `nats` or `tls`"
        } else {
            return Ok(server);
        };
        Err(io::Error::new(io::ErrorKind::InvalidInput, wrong))
    };
    urls.split(',').map(parse).collect::<Result<_, _>>().map_err(ConnectError::Address)
}

/// What JetStream says.
pub(crate) fn server_fault(error: &jetstream::Error) -> Fault {
    match error.error_code().0 {
        // Stream not found, consumer not found.
        10059 | 10014 => Fault::Gone,
        // No leader, or JetStream is only just starting.
        10008 | 10009 => Fault::NoQuorum,
        // An earlier attempt to put the item is not decided yet.
        10158 => Fault::TimedOut,
        code => Fault::Server { code, text: error.to_string() },
    }
}

/// Bytes that are not what they should be.
#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn unreadable(error: serde_json::Error) -> Fault {
    Fault::Server { code: 0, text: error.to_string() }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats").finish_non_exhaustive()
    }
}
