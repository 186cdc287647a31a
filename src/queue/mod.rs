//! The work queue: asyncio's `Queue` for Rust, where finished means finished.
//!
//! Several workers share one [`Queue`]. [`join`](Queue::join) waits until everything that was put has been *done*, not only taken;
//! [`shutdown`](Queue::shutdown) ends it gracefully or at once. What asyncio leaves to a call of `task_done()`, a guard
//! does here: a [`Job`] marks its item as done when it goes, whatever happens to the worker.
//!
//! ```
//! use forebay::queue::{Queue, Shutdown};
//!
//! let queue = Queue::bounded(10);
//! let workers: Vec<_> = (0..3)
//!     .map(|_| {
//!         let queue = queue.clone();
//!         std::thread::spawn(move || {
//!             while let Ok(job) = queue.get_blocking() {
//!                 if *job > 1 {
//!                     // New work, put by who is at work: the queue is not finished before this is.
//!                     queue.try_put(*job / 2).unwrap();
//!                 }
//!             }
//!         })
//!     })
//!     .collect();
//! queue.put_blocking(100).unwrap();
//! queue.join_blocking();
//! queue.shutdown(Shutdown::Graceful);
//! for worker in workers {
//!     worker.join().unwrap();
//! }
//! ```
//!
//! # From asyncio
//! | asyncio | forebay | the difference |
//! |---|---|---|
//! | `Queue(maxsize)` | [`Queue::bounded`] | zero panics; asyncio takes zero and less for "no limit" |
//! | `Queue()` | [`Queue::unbounded`] | a name of its own |
//! | `LifoQueue(n)` | [`Builder::lifo`] | the same type, so workers don't care |
//! | `PriorityQueue(n)` | [`Builder::priority`] | equal priorities come out in the order put; what cannot be compared cannot be put, where asyncio raises `TypeError` and keeps the item |
//! | `await put(x)` | [`Queue::put`] | on shutdown the item comes back in the error |
//! | `put_nowait(x)` | [`Queue::try_put`] | `QueueFull` and `QueueShutDown` are [`TryPutError`], with the item |
//! | `await get()` | [`Queue::get`] | gives a [`Job`] |
//! | `get_nowait()` | [`Queue::try_get`] | `QueueEmpty` and `QueueShutDown` are [`TryGetError`] |
//! | `task_done()` | [`Job::done`], or its drop | belongs to one item: too many calls cannot be written, nor one before any `get` |
//! | `await join()` | [`Queue::join`] | none: a zero that was reached counts, even if a put follows before the joiner runs |
//! | `shutdown()` | [`Shutdown::Graceful`] | with retries, `get` waits for jobs in hand, which may come back |
//! | `shutdown(immediate=True)` | [`Shutdown::Immediate`] | none: what is inside is dropped and subtracted, `join` waits for jobs in hand |
//! | `qsize()`, `empty()`, `full()` | [`len`](Queue::len), [`is_empty`](Queue::is_empty), [`is_full`](Queue::is_full) | one moment during the call: other threads go on |
//! | `maxsize` | [`capacity`](Queue::capacity) | an `Option` |
//! | `_unfinished_tasks` | [`unfinished`](Queue::unfinished) | public |
//! | wait order | wait order | a getter or putter that was woken and robbed by somebody who did not wait goes to the end, as in asyncio; but it may first give the other tasks a turn, or spin, and takes its place only after that |
//! | cancelling `put`, `get`, `join` | dropping the future | nothing put, nothing taken, the wakeup goes to the next, as in asyncio; but at once, not at the next turn of a loop: if somebody is robbed in the same turn, of several that wait another one may be next |
//! | - | [`Job::requeue`], [`Builder::retries`] | asyncio has neither |
//! | one event loop, one thread | any executors, any threads, also blocking | |
//!
//! # Without `std`
//! There is the queue of the ordinary order, without retries and without blocking calls. The others need a lock.

mod builder;
#[cfg(feature = "std")]
mod counters;
mod displaced;
mod error;
mod fifo;
mod futures;
mod handle;
mod job;
#[cfg(feature = "std")]
mod locked;
mod offer;
#[cfg(feature = "std")]
mod order;
mod requeue;
mod shared;
mod storage;
mod store;
mod unfinished;
mod watch;
mod work;

pub use builder::Builder;
pub use error::{GetError, PutError, TryGetError, TryPutError};
pub use futures::{Get, Jobs, Join, Put};
pub use handle::{Queue, Shutdown};
pub use job::Job;
pub use offer::Offer;
pub use requeue::Requeue;
pub use watch::{PressureChanges, Until};
pub use work::{Work, WorkError, WorkQueue};
