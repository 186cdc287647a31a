//! All that differs between the async runtimes: the channel itself asks for none of it.

use core::time::Duration;

/// What the pipeline needs of a runtime.
pub(crate) trait Runtime: 'static {
    fn block_on<T>(future: impl Future<Output = T>) -> T;

    fn spawn<T: Send + 'static>(
        future: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T>;

    fn sleep(time: Duration) -> impl Future<Output = ()> + Send;
}

pub(crate) struct Smol;

impl Runtime for Smol {
    fn block_on<T>(future: impl Future<Output = T>) -> T {
        smol::block_on(future)
    }

    fn spawn<T: Send + 'static>(
        future: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        smol::spawn(future)
    }

    async fn sleep(time: Duration) {
        smol::Timer::after(time).await;
    }
}

pub(crate) struct AsyncStd;

impl Runtime for AsyncStd {
    fn block_on<T>(future: impl Future<Output = T>) -> T {
        async_std::task::block_on(future)
    }

    fn spawn<T: Send + 'static>(
        future: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        async_std::task::spawn(future)
    }

    async fn sleep(time: Duration) {
        async_std::task::sleep(time).await;
    }
}

pub(crate) struct Tokio;

impl Runtime for Tokio {
    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Runtime::new().expect("tokio could not start").block_on(future)
    }

    fn spawn<T: Send + 'static>(
        future: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        let task = tokio::spawn(future);
        async { task.await.expect("a task panicked") }
    }

    async fn sleep(time: Duration) {
        tokio::time::sleep(time).await;
    }
}
