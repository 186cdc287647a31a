//! The work queue: asyncio's `Queue` for Rust, where finished means finished.
//!
//! Several workers share one [`Queue`]. [`join`](Queue::join) waits until everything that was put
//! has been *done*, not only taken; [`shutdown`](Queue::shutdown) ends it gracefully or at once.
//! What asyncio leaves to a call of `task_done()`, a guard does here: a [`Job`] marks its item as
//! done when it goes, whatever happens to the worker.
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
//! | `task_done()` | [`Job::done`], or its drop | belongs to one item: too many calls cannot be written, nor one before any `get`; for an item by value: [`Ticket`] |
//! | `await join()` | [`Queue::join`] | none: a zero that was reached counts, even if a put follows before the joiner runs |
//! | `shutdown()` | [`Shutdown::Graceful`] | none; what comes back from jobs in hand is handed out to a worker that still gets |
//! | `shutdown(immediate=True)` | [`Shutdown::Immediate`] | what is inside is returned instead of dropped; it is subtracted, and `join` waits for jobs in hand, as in asyncio |
//! | `qsize()`, `empty()`, `full()` | [`len`](Queue::len), [`is_empty`](Queue::is_empty), [`is_full`](Queue::is_full) | one moment during the call: other threads go on |
//! | `maxsize` | [`capacity`](Queue::capacity) | an `Option` |
//! | `_unfinished_tasks` | [`unfinished`](Queue::unfinished) | public |
//! | wait order | wait order | by the age of the wait: a getter or putter that was woken and finds that another was faster keeps its place, where asyncio sends it to the end and may do so for ever; and a loop over ready operations gives way now and then |
//! | cancelling `put`, `get`, `join` | dropping the future | nothing put, nothing taken, the wakeup goes to the next, as in asyncio; but at once, not at the next turn of a loop: if somebody is robbed in the same turn, of several that wait another one may be next |
//! | - | [`Job::requeue`], [`Job::give_back`], [`Builder::retries`], [`Queue::dead_letters`](Queue::dead_letters), [`Queue::stop`], [`Queue::pool`], [`Queue::get_many`] | asyncio has none of them |
//! | one event loop, one thread | any executors, any threads, also blocking | |
//!
//! # Nothing is lost
//! An item that was accepted waits inside, or is in hand, or is done, or was handed back by name:
//! as a [dead letter](Queue::dead_letters) when its attempts are used up, or as a leftover of a
//! [shutdown](Queue::shutdown). [`Stats`] has a figure for each, and they add up. The guide "Work
//! that must not be lost" (`docs/queue.md`) is about retries, stopping within a deadline, and what
//! a crash of the process still loses.
//!
//! # Without `std`
//! There is the queue of the ordinary order, without retries, giving back, pools and blocking
//! calls. These need a lock.

mod batch;
mod books;
mod builder;
#[cfg(feature = "std")]
mod counters;
#[cfg(feature = "std")]
mod dead;
mod displaced;
mod error;
#[cfg(feature = "std")]
mod fate;
mod fifo;
mod futures;
mod guards;
mod handle;
mod job;
mod jobs;
#[cfg(feature = "std")]
mod letters;
#[cfg(feature = "std")]
mod locked;
mod offer;
#[cfg(feature = "std")]
mod order;
#[cfg(feature = "std")]
mod pool;
mod put_many;
mod requeue;
#[cfg(feature = "std")]
mod returned;
mod shared;
mod stats;
mod stop;
mod storage;
mod store;
mod ticket;
mod unfinished;
mod watch;
mod work;
mod workers;

pub use batch::{Batch, GetMany};
pub use builder::Builder;
pub use error::{GetError, PutError, TryGetError, TryPutError};
pub use futures::{Closed, Get, Join, Put};
pub use guards::{Producer, TryJoin, Worker, WorkersGone};
pub use handle::Queue;
pub use job::Job;
pub use jobs::Jobs;
#[cfg(feature = "std")]
pub use letters::{DeadLetter, Undelivered};
pub use offer::Offer;
#[cfg(feature = "std")]
pub use pool::Pool;
pub use put_many::PutMany;
pub use requeue::Requeue;
pub use stats::Stats;
pub use stop::Shutdown;
#[cfg(feature = "std")]
pub use stop::Stopped;
pub use ticket::Ticket;
pub use watch::{PressureChanges, Until};
pub use work::{Work, WorkError, WorkQueue};
