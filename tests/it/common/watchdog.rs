//! A test that hangs fails.

use core::fmt::Display;
use core::panic::Location;
use core::time::Duration;
use std::io::{Write, stderr};
use std::process::abort;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

/// A lost wakeup must fail the test, not hang it. Far longer than any test takes, even under a
/// sanitizer on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs a test that may block its threads.
#[track_caller]
pub(crate) fn watched<R>(test: impl FnOnce() -> R) -> R {
    guarded(Location::caller(), test)
}

/// Names `place` if there is no end in time.
pub(crate) fn guarded<R>(place: impl Display, test: impl FnOnce() -> R) -> R {
    let name = thread::current().name().unwrap_or("main").to_owned();
    let what = format!("{name} ({place})");
    let (done, watch) = mpsc::channel::<()>();
    thread::spawn(move || {
        if watch.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            // Not `eprintln`: what a test prints is captured, and lost in an abort.
            let _ = writeln!(stderr(), "{what} hangs: no end within {LIMIT:?}");
            abort();
        }
    });
    let result = test();
    drop(done);
    result
}
