//! Futures that are polled by hand.

use loom::sync::atomic::{AtomicBool, Ordering};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// A future, and whether its waker was called since the last poll.
pub(crate) struct Task<T> {
    future: Pin<Box<dyn Future<Output = T>>>,
    woken: Arc<Flag>,
    pub(crate) output: Option<T>,
}

/// Known to the checker: that a task was woken, or not yet, is part of the interleaving.
struct Flag(AtomicBool);

impl Flag {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(false)))
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

impl<T> Task<T> {
    pub(crate) fn new(future: impl Future<Output = T> + 'static) -> Self {
        Self { future: Box::pin(future), woken: Flag::new(), output: None }
    }

    /// Polls, woken or not; `true` if the task is done.
    pub(crate) fn poll(&mut self) -> bool {
        self.woken.0.swap(false, Ordering::Acquire);
        let waker = Waker::from(Arc::clone(&self.woken));
        if let Poll::Ready(output) = self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            self.output = Some(output);
        }
        self.is_done()
    }

    /// Polls with another waker: a call of the one before counts no more.
    pub(crate) fn poll_moved(&mut self) -> bool {
        self.woken = Flag::new();
        self.poll()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.output.is_some()
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::Acquire)
    }
}

/// One task or several, of one kind or of different kinds.
pub(crate) trait Tasks {
    /// Polls those that are woken and not done; `true` if there was any.
    fn run(&mut self) -> bool;
}

impl<T> Tasks for Task<T> {
    fn run(&mut self) -> bool {
        let ready = !self.is_done() && self.is_woken();
        if ready {
            self.poll();
        }
        ready
    }
}

impl<T: Tasks, const N: usize> Tasks for [T; N] {
    fn run(&mut self) -> bool {
        self.iter_mut().fold(false, |ran, task| task.run() | ran)
    }
}

impl<A: Tasks, B: Tasks> Tasks for (&mut A, &mut B) {
    fn run(&mut self) -> bool {
        self.0.run() | self.1.run()
    }
}

/// Polls what is woken until nothing is.
pub(crate) fn drive(tasks: &mut impl Tasks) {
    while tasks.run() {
        // A task that has woken itself waits for another thread.
        loom::thread::yield_now();
    }
}

pub(crate) fn count_woken<T>(tasks: &[Task<T>]) -> usize {
    tasks.iter().filter(|task| task.is_woken()).count()
}
