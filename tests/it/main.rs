//! The tests of what the crate promises, one module for each theme, in one binary: it links the
//! runtimes once.

mod common;

mod api;
mod auto_traits;
#[cfg(feature = "std")]
mod batch;
#[cfg(feature = "std")]
mod blocking;
mod builder;
mod cancel;
mod capacity;
mod close;
mod differences;
mod drops;
mod fairness;
#[cfg(feature = "std")]
mod force;
mod futurelock;
#[cfg(feature = "std")]
mod handles;
#[cfg(feature = "std")]
mod known_bugs;
mod large_ring;
mod mended;
#[cfg(feature = "std")]
mod meter;
mod order;
mod overflow;
mod panics;
#[cfg(feature = "std")]
mod permit;
mod pressure;
mod queue;
#[cfg(feature = "std")]
mod queue_compare;
#[cfg(feature = "std")]
mod queue_keeps;
#[cfg(feature = "std")]
mod queue_large;
#[cfg(feature = "std")]
mod queue_pool;
#[cfg(feature = "std")]
mod queue_random;
#[cfg(feature = "std")]
mod queue_retry;
mod readme;
mod reentrant;
#[cfg(feature = "sink")]
mod sink;
mod stats;
mod stream;
#[cfg(feature = "std")]
mod stress;
mod superset;
mod wakers;
mod weak;
mod weight;
mod work_queue;
