//! The runtimes, in one form.

use core::pin::Pin;
use std::thread;

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
