//! Bounded async channels for any executor: a fast producer, slower workers, one shared queue, and memory that
//! cannot overflow.
//!
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
//!
//! # What each operation does
//! | | room and messages | full | empty | closed |
//! |---|---|---|---|---|
//! | [`Sender::send`] | sends | waits | sends | [`SendError`] with the message |
//! | [`Sender::try_send`] | sends | [`TrySendError::Full`] with the message | sends | [`TrySendError::Closed`] with the message |
//! | [`Sender::force_send`] | sends | sends, returns the oldest | sends | [`SendError`] with the message |
//! | [`Sender::offer`] | sends | as [`Overflow`] says | sends | [`TrySendError::Closed`] with the message |
//! | [`Receiver::recv`] | receives | receives | waits | receives, then [`RecvError`] |
//! | [`Receiver::try_recv`] | receives | receives | [`TryRecvError::Empty`] | receives, then [`TryRecvError::Closed`] |
//!
//! A channel that is made by a [`Builder`] also tells those who send how full it is: [`pressure`](Sender::pressure) and
//! [`until`](Sender::until) by two watermarks, and [`stats`](Sender::stats) in figures. With another [`Overflow`] policy than to wait,
//! a full channel refuses or drops messages, also those of `send` and `try_send`. [`DrainMeter`] estimates when there will be
//! room.
//!
//! The [work queue](queue) adds what a channel cannot know: whether everything that was received is also done.
//!
//! # What is promised
//! - Messages of one sender arrive in the order sent.
//! - There are never more than `capacity` messages inside.
//! - Dropping a `recv` future loses no message and no wakeup; dropping a `send` future means "not sent".
//! - One message wakes one waiting `recv`, one free slot one waiting `send`.
//! - [`close`](Sender::close) is final: every later send fails, what is inside can be received, and everybody who waits wakes.
//! - When the last [`Receiver`] goes, the messages inside are dropped at once.
//!
//! - A waiter has a place in a line, and keeps it: see the fairness of [`send`](Sender::send#fairness). Nobody starves.
//! - A task that finds only ready operations gives way to the others once in 512 messages, on any executor.
//! - A wait allocates nothing in the steady state, and a waker is woken, cloned and dropped outside of every lock: it may use the
//!   channel, poll its task at once, or drop it.
//!
//! # Features
//! - `std` (default): blocking calls, and threads that yield instead of spinning. Without it the crate needs `alloc` only.
//! - `portable-atomic`: for targets without compare-and-swap.
//! - `critical-section`: interrupt handlers may use the channel (never waiting, of course). Without it, and without `std`,
//!   keep interrupts away from the channel: they could spin for ever on what they have interrupted.
//! - `event-listener`: waits in the lists of that crate, in place of the waiter line. It is the reference that the line is tested
//!   against, not an improvement: a wait allocates, and wakers are woken, cloned and dropped under the lock of the list, so a waker must
//!   not use the gate in which its future waits (no sending or closing in the waker of a `recv`, no polling and no dropping of a future
//!   in `wake()`).

#![no_std]
#![deny(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod blocking;
#[allow(unsafe_code)]
mod buffer;
mod builder;
mod channel;
mod count;
mod error;
mod futures;
mod gate;
mod handle;
#[cfg(feature = "std")]
mod meter;
mod offer;
mod overflow;
mod patience;
mod pressure;
pub mod queue;
mod receiver;
mod sender;
mod stats;
mod stream;
mod sync;
mod wait;
mod watch;

pub use builder::{Builder, bounded, unbounded};
pub use error::{BuildError, RecvError, SendError, TryRecvError, TrySendError};
pub use futures::{Closed, Recv, Send};
#[cfg(feature = "std")]
pub use meter::DrainMeter;
pub use offer::Offer;
pub use overflow::Overflow;
pub use pressure::Pressure;
pub use receiver::{Receiver, WeakReceiver};
pub use sender::{Sender, WeakSender};
pub use stats::Stats;
pub use watch::{PressureChanges, Until};

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../docs/async-channel.md")]
struct AsyncChannel;

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../docs/backpressure.md")]
struct Backpressure;

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../docs/migration.md")]
struct Migration;

#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../docs/queue.md")]
struct WorkQueue;
