//! What a test runs through: every runtime, every kind of queue.

use core::panic::Location;

use forebay::queue::{Builder, Queue};

use super::runtime::Runtime;
use super::watchdog::guarded;

/// Runs `test` once on each runtime, under the watchdog.
#[track_caller]
pub(crate) fn on_every_runtime(test: impl AsyncFn(Runtime)) {
    let caller = Location::caller();
    for runtime in Runtime::ALL {
        // Captured like all output of a test: it says on which runtime the test failed.
        println!("on {runtime:?}");
        guarded(format_args!("{caller} on {runtime:?}"), || runtime.block_on(test(runtime)));
    }
}

/// Empty queues with these options: first in first out, last in first out, and by priority, then the same with retries.
/// Without `std` there is only the first.
pub(crate) fn every_queue<T: Ord>(builder: Builder) -> Vec<Queue<T>> {
    #[cfg(not(feature = "std"))]
    let queues = [builder.fifo()];
    #[cfg(feature = "std")]
    let queues = [builder, builder.retries(2)]
        .into_iter()
        .flat_map(|builder| [builder.fifo(), builder.lifo(), builder.priority()]);
    queues.into_iter().map(|queue| queue.expect("options that go together")).collect()
}
