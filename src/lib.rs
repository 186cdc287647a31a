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
//! # What a waker may do with the channel
//! A waker is woken, cloned, and dropped when it is replaced or was woken, under the lock of the one waiting list in which its future
//! sleeps (`event-listener`'s). There are five lists: of `recv`, of streams, of `send`, of `closed`, of those who wait for a level.
//! - Always: look (`len`, `is_closed`, the counts), clone handles, drop handles that are not the last of their side.
//! - The waker of [`closed`](Sender::closed) may do anything but wait for the close again.
//! - The waker of a `recv` or a stream may receive, that of a `send` may send, but not both in one program: two threads could take
//!   the two locks in opposite orders.
//! - The waker of [`until`](Sender::until) or [`pressure_changes`](Sender::pressure_changes) may receive or send as long as that does
//!   not change the level.
//! - Anything else waits for ever for the lock that its own thread holds: to send or close in the waker of a `recv`, to poll
//!   or drop another future of the same list, or to own the last handle of a side.
//! - A waker that is dropped together with its future goes outside the locks and may do and own anything.
//!
//! Executors that only schedule the task (all that we know of) do none of this.
//!
//! # Features
//! - `std` (default): blocking calls, and threads that yield instead of spinning. Without it the crate needs `alloc` only.
//! - `portable-atomic`: for targets without compare-and-swap.
//! - `sink`: [`SendSink`] is a `futures_sink::Sink`.
//! - `critical-section`: interrupt handlers may use the channel (never waiting, of course). Without it, and without `std`,
//!   keep interrupts away from the channel: they could spin for ever on what they have interrupted.

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
#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod deadline;
mod error;
mod futures;
mod gate;
mod handle;
mod iter;
#[cfg(feature = "std")]
mod meter;
mod observer;
mod offer;
mod overflow;
mod owned;
mod patience;
mod permit;
mod pressure;
pub mod queue;
mod receiver;
mod recv_many;
mod reserve;
mod send_many;
mod sender;
mod sink;
mod stats;
mod stream;
mod sync;
mod timer;
mod wait;
mod watch;

pub use builder::{Builder, WeightBuilder, bounded, unbounded};
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
