//! Where the client lives: in the tokio that is there, or in one of its own on a thread.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A tokio runtime, ours or not. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Runtime {
    handle: Handle,
    /// The thread ends with the last clone, and each task that is spawned has one.
    _thread: Option<Arc<Thread>>,
}

/// A thread that runs a runtime until this is dropped.
struct Thread {
    _stop: oneshot::Sender<()>,
}

impl Runtime {
    /// The ambient one if there is one, else a new one.
    pub(crate) fn here() -> std::io::Result<Self> {
        if let Ok(handle) = Handle::try_current() {
            return Ok(Self { handle, _thread: None });
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        std::thread::Builder::new().name("forebay-nats".into()).spawn(move || {
            // It is dropped, never sent to.
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self { handle, _thread: Some(Arc::new(Thread { _stop: stop })) })
    }

    /// Runs a task in the background. The runtime stays for as long as it runs.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let runtime = self.clone();
        self.handle.spawn(async move {
            task.await;
            drop(runtime);
        });
    }

    /// Lets any executor poll what needs tokio's timers.
    pub(crate) async fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| {
            let _context = self.handle.enter();
            future.as_mut().poll(cx)
        })
        .await
    }

    /// Runs a future on this thread, which sleeps meanwhile.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}
