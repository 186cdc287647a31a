//! One test body on every runtime, under a watchdog.

use core::fmt::Display;
use core::panic::Location;
use core::pin::Pin;
use core::time::Duration;
use std::io::{Write, stderr};
use std::process::abort;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

/// A lost wakeup must fail the test, not hang it. Far longer than any test takes, even under a
/// sanitizer on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Runtime {
    Smol,
    AsyncStd,
    TokioCurrentThread,
    TokioMultiThread,
    /// No runtime at all: the waker unparks a thread, and every spawned task has its own.
    BlockOn,
}

impl Runtime {
    pub(crate) const ALL: [Self; 5] = [
        Self::Smol,
        Self::AsyncStd,
        Self::TokioCurrentThread,
        Self::TokioMultiThread,
        Self::BlockOn,
    ];

    pub(crate) fn block_on<F: Future>(self, future: F) -> F::Output {
        match self {
            Self::Smol => smol::block_on(future),
            Self::AsyncStd => async_std::task::block_on(future),
            Self::TokioCurrentThread => tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a current-thread runtime starts")
                .block_on(future),
            Self::TokioMultiThread => tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .build()
                .expect("a multi-thread runtime starts")
                .block_on(future),
            Self::BlockOn => futures_lite::future::block_on(future),
        }
    }

    /// Runs `future` beside the caller, which must itself run on this runtime. What comes back
    /// is its output, or its panic.
    pub(crate) fn spawn<T: Send + 'static>(
        self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = T> + Send>> {
        match self {
            Self::Smol => Box::pin(smol::spawn(future)),
            Self::AsyncStd => Box::pin(async_std::task::spawn(future)),
            Self::TokioCurrentThread | Self::TokioMultiThread => {
                let task = tokio::spawn(future);
                Box::pin(async { task.await.expect("the task did not panic") })
            }
            Self::BlockOn => {
                let (sender, receiver) = tokio::sync::oneshot::channel();
                thread::spawn(move || sender.send(futures_lite::future::block_on(future)));
                Box::pin(async { receiver.await.expect("the task did not panic") })
            }
        }
    }
}

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

/// Runs a test that may block its threads.
#[track_caller]
pub(crate) fn watched<R>(test: impl FnOnce() -> R) -> R {
    guarded(Location::caller(), test)
}

fn guarded<R>(place: impl Display, test: impl FnOnce() -> R) -> R {
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
