//! Futures and streams polled by hand, each with a waker that counts.

use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;

use futures_core::Stream;

#[derive(Debug, Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A future or a stream beside the count of its wakes.
pub(crate) struct Task<P> {
    polled: Pin<Box<P>>,
    wakes: Arc<Wakes>,
}

impl<P> Task<P> {
    pub(crate) fn new(polled: P) -> Self {
        Self { polled: Box::pin(polled), wakes: Arc::default() }
    }

    /// How often the task was woken since it went to sleep.
    pub(crate) fn wakes(&self) -> usize {
        self.wakes.count()
    }

    /// From the next poll on the task has another waker. The count of the old one comes back.
    pub(crate) fn replace_waker(&mut self) -> Arc<Wakes> {
        core::mem::take(&mut self.wakes)
    }

    pub(crate) fn get(&self) -> &P {
        &self.polled
    }

    pub(crate) fn into_inner(self) -> P
    where
        P: Unpin,
    {
        *Pin::into_inner(self.polled)
    }

    /// Calls it once, with a context whose wakes are counted from here on.
    #[cfg_attr(not(feature = "std"), allow(dead_code, reason = "its users need std"))]
    pub(crate) fn with<R>(&mut self, call: impl FnOnce(&mut P, &mut Context<'_>) -> R) -> R
    where
        P: Unpin,
    {
        self.wakes.0.store(0, Ordering::SeqCst);
        let waker = self.waker();
        call(self.polled.as_mut().get_mut(), &mut Context::from_waker(&waker))
    }

    fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.wakes))
    }

    /// Polls until there is an answer or the task sleeps. A future may yield, that is wake itself
    /// and ask for another poll, before it registers; then it does not sleep yet.
    fn settle_with<T>(
        &mut self,
        poll: impl Fn(Pin<&mut P>, &mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        const PATIENCE: usize = 1000;
        for _ in 0..PATIENCE {
            self.wakes.0.store(0, Ordering::SeqCst);
            let waker = self.waker();
            let answer = poll(self.polled.as_mut(), &mut Context::from_waker(&waker));
            if answer.is_ready() || self.wakes() == 0 {
                return answer;
            }
        }
        panic!("a blocked task polls itself for ever");
    }
}

impl<F: Future> Task<F> {
    /// Polls exactly once.
    pub(crate) fn poll(&mut self) -> Poll<F::Output> {
        self.poll_with(&self.waker())
    }

    /// Polls exactly once, with a waker that is not counted.
    pub(crate) fn poll_with(&mut self, waker: &Waker) -> Poll<F::Output> {
        self.polled.as_mut().poll(&mut Context::from_waker(waker))
    }

    /// Polls until the future is ready or sleeps.
    pub(crate) fn settle(&mut self) -> Poll<F::Output> {
        self.settle_with(F::poll)
    }

    /// Puts a future that must wait to sleep.
    #[track_caller]
    pub(crate) fn park(&mut self) {
        assert!(self.settle().is_pending(), "a future that must wait is ready");
    }

    /// A future that sleeps, with no wake yet.
    #[track_caller]
    pub(crate) fn parked(future: F) -> Self {
        let mut task = Self::new(future);
        task.park();
        task
    }

    /// The output of a future that must not wait.
    #[track_caller]
    pub(crate) fn finish(&mut self) -> F::Output {
        match self.settle() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("a future that must be ready waits"),
        }
    }
}

impl<S: Stream> Task<S> {
    /// Polls exactly once, with a waker that is not counted.
    pub(crate) fn poll_next_with(&mut self, waker: &Waker) -> Poll<Option<S::Item>> {
        self.polled.as_mut().poll_next(&mut Context::from_waker(waker))
    }

    pub(crate) fn settle_next(&mut self) -> Poll<Option<S::Item>> {
        self.settle_with(S::poll_next)
    }

    /// Puts a stream that must wait to sleep.
    #[track_caller]
    pub(crate) fn park_next(&mut self) {
        assert!(self.settle_next().is_pending(), "a stream that must wait is ready");
    }

    /// The answer of a stream that must not wait.
    #[track_caller]
    pub(crate) fn next(&mut self) -> Option<S::Item> {
        match self.settle_next() {
            Poll::Ready(item) => item,
            Poll::Pending => panic!("a stream that must be ready waits"),
        }
    }
}
