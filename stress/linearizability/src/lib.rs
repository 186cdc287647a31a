//! Whether a recorded history of a channel can be explained by a bounded FIFO that does one thing
//! at a time.
//!
//! Each call has a moment of its beginning and one of its end. The history is *linearizable* if
//! every call can be given a moment in between at which it happens at once, so that in this order a
//! [`Fifo`] gives all the recorded answers. Knows no channel and no threads.

mod checker;
mod fifo;

pub use checker::{Operation, Violation, check};
pub use fifo::{Fifo, Outcome, weight};
