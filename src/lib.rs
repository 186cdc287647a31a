//! Bounded async channels and work queues for any executor: a fast producer, slower workers, one
//! shared queue, and memory that cannot overflow. A send waits while there is no room, so that the
//! producer goes at the pace of the workers: that is backpressure, and it needs no configuration.
//! The crate needs no runtime and, without its default features, no `std`.
//!
//! # Which type do I need?
//! | to | take |
//! |---|---|
//! | hand each message to one of several receivers, at their pace | [`bounded`]: a [`Sender`] and a [`Receiver`], both cloneable |
//! | know when all of it is *done*, retry what failed, stop without losing anything | [`queue::Queue`] |
//! | be told before it is full, or lose something on purpose | a [`Builder`], with [`watermarks`](Builder::watermarks) or [`Overflow`] |
//! | take the most urgent item first, or the last one | [`queue::Builder`] |
//! | refuse, and say when to come back | [`Sender::try_send`] and [`DrainMeter`] |
//! | never wait, where something else bounds what is inside | [`unbounded`] |
//!
//! A channel:
//! ```
//! # futures_lite::future::block_on(async {
//! let (sender, receiver) = forebay::bounded(3);
//! let producer = async {
//!     for item in 0..10 {
//!         // Waits while three items are under way: the producer goes at the worker's pace.
//!         sender.send(item).await?;
//!     }
//!     sender.close();
//!     Ok::<_, forebay::SendError<i32>>(())
//! };
//! let worker = async {
//!     let mut sum = 0;
//!     while let Ok(item) = receiver.recv().await {
//!         sum += item;
//!     }
//!     sum
//! };
//! let (sent, sum) = futures_lite::future::zip(producer, worker).await;
//! assert_eq!((sent, sum), (Ok(()), 45));
//! # });
//! ```
//! A work queue:
//! ```
//! # futures_lite::future::block_on(async {
//! use forebay::queue::{Queue, Shutdown};
//!
//! let queue = Queue::bounded(3);
//! let producer = async {
//!     for item in 0..10 {
//!         queue.put(item).await.unwrap();
//!     }
//!     queue.join().await; // all ten are done, not only taken
//!     queue.shutdown(Shutdown::Graceful);
//! };
//! let worker = async {
//!     let mut sum = 0;
//!     while let Ok(job) = queue.get().await {
//!         sum += *job;
//!     } // the job is done where it is dropped
//!     sum
//! };
//! assert_eq!(futures_lite::future::zip(producer, worker).await.1, 45);
//! # });
//! ```
//!
//! # Guides
//! - [Backpressure](guide::backpressure): the four kinds, and how to choose
//! - [Work that must not be lost](guide::queue): retries, dead letters, stopping within a deadline
//! - [From other channels](guide::migration), and [from async-channel](guide::async_channel)
//! - [On every executor](guide::executors): threads and tasks, timeouts, select
//! - [On microcontrollers and in browsers](guide::embedded): targets, memory, interrupts
//!
//! # What each operation does
//! | | room and messages | full | empty | closed |
//! |---|---|---|---|---|
//! | [`Sender::send`] | sends | waits | sends | [`SendError`] with the message |
//! | [`Sender::try_send`] | sends | [`TrySendError::Full`] with the message | sends | [`TrySendError::Closed`] with the message |
//! | [`Sender::force_send`] | sends | sends, returns the oldest, or returns this one: see there | sends | [`SendError`] with the message |
//! | [`Sender::offer`] | sends | as [`Overflow`] says | sends | [`TrySendError::Closed`] with the message |
//! | [`Receiver::recv`] | receives | receives | waits | receives, then [`RecvError`] |
//! | [`Receiver::try_recv`] | receives | receives | [`TryRecvError::Empty`] | receives, then [`TryRecvError::Closed`] |
//!
//! A channel that is made by a [`Builder`] also tells those who send how full it is:
//! [`pressure`](Sender::pressure) and [`until`](Sender::until) by two watermarks, and
//! [`stats`](Sender::stats) in figures. With another [`Overflow`] policy than to wait, a full
//! channel refuses messages, though not those of `send`, or drops them, also those of `send`.
//! [`DrainMeter`] estimates when there will be room.
//!
//! The [work queue](queue) has a table of its own, from asyncio's calls.
//!
//! # What is promised
//! - Messages of one sender arrive in the order sent.
//! - There are never more than `capacity` messages inside.
//! - Dropping a `recv` future loses no message and no wakeup; dropping a `send` future means "not
//!   sent".
//! - One message wakes one waiting `recv`, one free slot one waiting `send`.
//! - [`close`](Sender::close) is final: every later send fails, what is inside can be received, and
//!   all who wait wake.
//! - When the last [`Receiver`] goes, the messages inside are dropped at once.
//!
//! - A waiter has a place in a line, and keeps it: see the fairness of [`send`](Sender::send).
//!   Nobody starves.
//! - A loop over ready operations of a channel gives way to other tasks once in 512 messages, or as
//!   many as there is room for, up to 4096, and by the clock where several threads share the
//!   channel (with `std`): see [`recv`](Receiver::recv). So it does on any executor.
//! - A wait allocates nothing in the steady state, and a waker is woken, cloned and dropped outside
//!   of every lock: it may use the channel, poll its task at once, or drop it.
//!
//! # Features
//! - `std` (default): blocking calls, and threads that yield instead of spinning. Without it the
//!   crate needs `alloc` only.
//! - `portable-atomic`: for targets without compare-and-swap.
//! - `sink`: [`SendSink`] is a `futures_sink::Sink`.
//! - `critical-section`: interrupt handlers may use the channel (never waiting, of course). Without
//!   it, and without `std`, keep interrupts away from the channel: they could spin for ever on what
//!   they have interrupted.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

// By floor, from the ground up: imports run downwards only.

// The ground: what differs between the builds; errors and plain values.
mod error;
mod overflow;
mod stats;
mod sync;

// What knows no channel: where messages lie, where one waits, what was learned about waiting,
// counts.
#[allow(unsafe_code)]
mod buffer;
mod count;
mod gate;
#[cfg(feature = "std")]
mod meter;
mod patience;

// The one wait loop, and waiting for a level.
mod pressure;
mod wait;
mod watch;

// The buffer with its gates: what opens which.
mod channel;

// The waits as futures.
mod futures;
mod until;

// The handles, and what both have in common.
mod handle;
mod receiver;
mod sender;

// What makes handles, extends them or holds one.
#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod blocking;
mod builder;
#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod deadline;
mod iter;
mod observer;
mod offer;
mod owned;
mod permit;
mod recv_many;
mod reserve;
mod send_many;
mod sink;
mod stream;
mod streaming;
mod timer;

// The work queue, on a bare channel; and the guides, which are documentation only.
#[cfg(any(doc, doctest))]
pub mod guide;
pub mod queue;

pub use builder::{Builder, WeightBuilder, bounded, unbounded};
#[cfg(feature = "sink")]
pub use error::SinkError;
pub use error::{
    BuildError, RecvError, RecvTimeoutError, ReserveError, SendError, SendTimeoutError,
    TryRecvError, TrySendError,
};
pub use futures::{Closed, Recv, Send};
pub use iter::{Drain, TryIter};
#[cfg(all(feature = "std", not(target_family = "wasm")))]
pub use iter::{IntoIter, Iter};
#[cfg(feature = "std")]
pub use meter::DrainMeter;
pub use observer::Observer;
pub use offer::Offer;
pub use overflow::Overflow;
pub use owned::{RecvOwned, SendOwned};
pub use permit::{OwnedPermit, Permit, Permits};
pub use pressure::Pressure;
pub use receiver::{Receiver, WeakReceiver};
pub use recv_many::RecvMany;
pub use reserve::{Reserve, ReserveMany, ReserveOwned};
pub use send_many::{SendMany, Unsent};
pub use sender::{Sender, WeakSender};
pub use sink::SendSink;
pub use stats::Stats;
pub use until::{PressureChanges, Until};

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
struct Readme;
