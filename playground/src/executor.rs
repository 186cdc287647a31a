//! An executor in a time of its own, which passes only when it is told to.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::task::{Context, Poll, Waker};

/// What is polled, and polled again once it was woken.
#[derive(Default)]
pub struct Executor {
    tasks: Vec<Task>,
    clock: Rc<Clock>,
}

/// Names a task of one executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaskId(usize);

struct Task {
    id: TaskId,
    future: Pin<Box<dyn Future<Output = ()>>>,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

impl Executor {
    pub fn clock(&self) -> &Rc<Clock> {
        &self.clock
    }

    pub fn spawn(&mut self, future: impl Future<Output = ()> + 'static) -> TaskId {
        let id = TaskId(self.tasks.last().map_or(0, |last| last.id.0 + 1));
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        self.tasks.push(Task { id, future: Box::pin(future), woken });
        id
    }

    /// Drops the task, wherever it waits.
    pub fn cancel(&mut self, id: TaskId) {
        self.tasks.retain(|task| task.id != id);
    }

    pub fn wake(&self, id: TaskId) {
        if let Some(task) = self.tasks.iter().find(|task| task.id == id) {
            task.woken.0.store(true, Relaxed);
        }
    }

    /// Polls until every task waits.
    pub fn run(&mut self) {
        loop {
            let mut idle = true;
            self.tasks.retain_mut(|task| {
                if !task.woken.0.swap(false, Relaxed) {
                    return true;
                }
                idle = false;
                let waker = Waker::from(Arc::clone(&task.woken));
                task.future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending()
            });
            if idle {
                return;
            }
        }
    }
}

/// The time in microseconds, and what waits for a later one.
#[derive(Default)]
pub struct Clock {
    now: Cell<u64>,
    timers: RefCell<Vec<(u64, Waker)>>,
}

impl Clock {
    pub fn now(&self) -> u64 {
        self.now.get()
    }

    pub fn sleep(&self, micros: u64) -> Sleep<'_> {
        Sleep { clock: self, due: self.now() + micros, registered: false }
    }

    /// Moves on to the next timer, and wakes it; or to `end`, if that comes first.
    ///
    /// Returns whether there was a timer.
    pub fn step(&self, end: u64) -> bool {
        let mut timers = self.timers.borrow_mut();
        // The first of equal ones: those who sleep wake in the order in which they lay down.
        let next = timers.iter().enumerate().min_by_key(|(_, timer)| timer.0);
        match next.map(|(index, timer)| (index, timer.0)) {
            Some((index, due)) if due <= end => {
                self.now.set(due);
                timers.remove(index).1.wake();
                true
            }
            _ => {
                self.now.set(end);
                false
            }
        }
    }
}

/// Waits for a time. A task has one waker for all its life, so it is given to the clock once.
pub struct Sleep<'a> {
    clock: &'a Clock,
    due: u64,
    registered: bool,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.due {
            return Poll::Ready(());
        }
        if !self.registered {
            self.registered = true;
            self.clock.timers.borrow_mut().push((self.due, cx.waker().clone()));
        }
        Poll::Pending
    }
}
