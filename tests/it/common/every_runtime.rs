//! One test body on every runtime, under the watchdog.

use core::panic::Location;

use super::runtime::Runtime;
use super::watchdog::guarded;

/// Runs `test` once on each runtime.
#[track_caller]
pub(crate) fn on_every_runtime(test: impl AsyncFn(Runtime)) {
    let caller = Location::caller();
    for runtime in Runtime::ALL {
        // Captured like all output of a test: it says on which runtime the test failed.
        println!("on {runtime:?}");
        guarded(format_args!("{caller} on {runtime:?}"), || runtime.block_on(test(runtime)));
    }
}
