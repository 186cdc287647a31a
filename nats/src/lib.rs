#![doc = include_str!("../README.md")]

mod attempts;
mod builder;
mod codec;
mod core;
mod dead;
mod demand;
mod error;
mod fault;
mod get;
mod intake;
mod job;
mod join;
mod lease;
mod names;
mod nats;
mod open;
mod patience;
mod put;
mod queue;
mod room;
mod runtime;
mod settle;
mod stranded;
mod warden;
mod work;

pub use async_nats;
pub use builder::{Builder, Storage};
pub use bytes::Bytes;
pub use codec::{BoxError, Codec, Json};
pub use dead::DeadLetter;
pub use error::{
    ConnectError, GetError, OpenError, PutAllError, PutError, ShutdownError, TryGetError,
    TryPutError,
};
pub use fault::Fault;
pub use job::{Job, Ticket};
pub use nats::Nats;
pub use queue::{Queue, Shutdown};
pub use settle::Reason;
