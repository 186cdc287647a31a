//! An executor of one thread without a clock, which runs what is ready in a known order.

use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Waker};
use std::sync::{Arc, Mutex};
use std::task::Wake;

/// Which of the tasks that are ready runs next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Fifo,
    Lifo,
    /// Any of them, by this seed.
    Random(u64),
}

impl Order {
    pub(crate) const ALL: [Self; 5] =
        [Self::Fifo, Self::Lifo, Self::Random(1), Self::Random(2), Self::Random(3)];

    fn next(&mut self, ready: &mut Vec<usize>) -> Option<usize> {
        if ready.is_empty() {
            return None;
        }
        let index = match self {
            Self::Fifo => 0,
            Self::Lifo => ready.len() - 1,
            Self::Random(state) => {
                // Knuth's MMIX generator; the upper bits are the random ones.
                *state = state.wrapping_mul(6_364_136_223_846_793_005);
                *state = state.wrapping_add(1_442_695_040_888_963_407);
                (*state >> 33) as usize % ready.len()
            }
        };
        Some(ready.remove(index))
    }
}

type Ready = Arc<Mutex<Vec<usize>>>;

struct Schedule {
    task: usize,
    is_ready: AtomicBool,
    ready: Ready,
}

impl Wake for Schedule {
    fn wake(self: Arc<Self>) {
        if !self.is_ready.swap(true, Ordering::SeqCst) {
            self.ready.lock().unwrap().push(self.task);
        }
    }
}

pub(crate) struct Executor<'a> {
    order: Order,
    ready: Ready,
    tasks: Vec<Option<Pin<Box<dyn Future<Output = ()> + 'a>>>>,
    schedules: Vec<Arc<Schedule>>,
}

impl<'a> Executor<'a> {
    pub(crate) fn new(order: Order) -> Self {
        Self { order, ready: Ready::default(), tasks: Vec::new(), schedules: Vec::new() }
    }

    pub(crate) fn spawn(&mut self, future: impl Future<Output = ()> + 'a) {
        let schedule = Arc::new(Schedule {
            task: self.tasks.len(),
            is_ready: AtomicBool::new(false),
            ready: Arc::clone(&self.ready),
        });
        schedule.clone().wake();
        self.schedules.push(schedule);
        self.tasks.push(Some(Box::pin(future)));
    }

    /// Polls the next one; `false` if none is ready.
    pub(crate) fn turn(&mut self) -> bool {
        let Some(task) = self.order.next(&mut self.ready.lock().unwrap()) else {
            return false;
        };
        let schedule = &self.schedules[task];
        schedule.is_ready.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(schedule));
        if let Some(future) = &mut self.tasks[task] {
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                self.tasks[task] = None;
            }
        }
        true
    }

    /// Runs until none is ready; how many have not ended.
    pub(crate) fn run(&mut self) -> usize {
        /// Far more than any test needs: a task that wakes itself for ever fails it.
        const TURNS: usize = 10_000_000;

        for _ in 0..TURNS {
            if !self.turn() {
                return self.tasks.iter().flatten().count();
            }
        }
        panic!("there is no end of turns");
    }
}
