//! What becomes of a message, and of the patience for it.

use fastrand::Rng;
use smol::Timer;
use std::time::Duration;

/// What a task knows of a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Fate {
    Sent,
    /// With an error, or out of a future that was given up.
    Returned,
    /// In the future that was dropped with it.
    Cancelled,
    Displaced,
    Received,
}

/// Gives up after a while, in a task of whatever runtime.
pub(crate) async fn random_timeout<T>(rng: &mut Rng) -> Option<T> {
    Timer::after(Duration::from_micros(rng.u64(0..300))).await;
    None
}
