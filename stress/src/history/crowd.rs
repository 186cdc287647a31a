//! The tasks of one history, and who of them sleeps.
//!
//! When all of them sleep or have finished nothing can ever happen again, and it must be right that they sleep: then
//! receivers sleep before an empty channel and senders before a full one, and the channel is open. A
//! wakeup that got lost shows there, whatever the executor.

use forebay::{Receiver, Sender};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

/// What a task does, as far as its wakers know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    Runs,
    /// Somebody has called its waker since its last poll.
    Woken,
    Sends,
    Receives,
}

impl State {
    fn sleeps(self) -> bool {
        matches!(self, Self::Sends | Self::Receives)
    }
}

#[derive(Debug)]
struct Cell(AtomicU8);

impl Cell {
    const STATES: [State; 4] = [State::Runs, State::Woken, State::Sends, State::Receives];

    fn get(&self) -> State {
        Self::STATES[usize::from(self.0.load(SeqCst))]
    }

    fn swap(&self, state: State) -> State {
        Self::STATES[usize::from(self.0.swap(state as u8, SeqCst))]
    }

    /// From `Runs` to `state`; `false` if the task was woken.
    fn fall_asleep(&self, state: State) -> bool {
        self.0.compare_exchange(State::Runs as u8, state as u8, SeqCst, SeqCst).is_ok()
    }
}

#[derive(Debug)]
pub struct Crowd {
    states: Vec<Cell>,
    /// How many can still do something by themselves. May be too high for a moment, never too low.
    awake: AtomicUsize,
}

/// Nobody is left who could do anything.
#[derive(Debug)]
pub struct AllAsleep;

impl Crowd {
    pub fn new(tasks: usize) -> Self {
        Self {
            states: (0..tasks).map(|_| Cell(AtomicU8::new(State::Runs as u8))).collect(),
            awake: AtomicUsize::new(tasks),
        }
    }

    /// One less is awake; the last one to go is told.
    fn leave(&self) -> Result<(), AllAsleep> {
        if self.awake.fetch_sub(1, SeqCst) == 1 { Err(AllAsleep) } else { Ok(()) }
    }

    /// A task has come to its end.
    ///
    /// # Errors
    /// If the others all sleep.
    pub fn finish(&self) -> Result<(), AllAsleep> {
        self.leave()
    }

    fn set_awake(&self, task: usize, state: State) {
        if self.states[task].swap(state).sleeps() {
            self.awake.fetch_add(1, SeqCst);
        }
    }

    fn any(&self, state: State) -> bool {
        self.states.iter().any(|cell| cell.get() == state)
    }

    pub fn any_sleeps(&self) -> bool {
        self.any(State::Sends) || self.any(State::Receives)
    }

    /// To be called when all are asleep, by the one who found that out.
    ///
    /// # Panics
    /// If one of them should not be.
    pub fn assert_blocked(&self, sender: &Sender<u32>, receiver: &Receiver<u32>) {
        if self.any_sleeps() {
            assert!(!receiver.is_closed(), "asleep before a closed channel: {:?}", self.states);
        }
        if self.any(State::Receives) {
            let len = receiver.len();
            assert!(len == 0, "receivers sleep before {len} messages: {:?}", self.states);
        }
        if self.any(State::Sends) {
            assert!(sender.is_full(), "senders sleep before a free slot: {:?}", self.states);
        }
    }

    /// Polls, as `task`, up to `patience` times. `all_asleep` is called if then nobody is awake.
    ///
    /// `None` if the patience is at its end.
    pub async fn wait<T>(
        self: &Arc<Self>,
        task: usize,
        asleep: State,
        patience: Option<u32>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
        mut all_asleep: impl FnMut(),
    ) -> Option<T> {
        let mut polls = 0;
        poll_fn(|cx| {
            self.set_awake(task, State::Runs);
            // A fresh one for each poll: the channel must follow a task that changes its waker.
            let crowd = Arc::clone(self);
            let waker = Waker::from(Arc::new(Bell { crowd, task, waker: cx.waker().clone() }));
            if let Poll::Ready(answer) = poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(Some(answer));
            }
            polls += 1;
            if let Some(patience) = patience {
                if polls == patience {
                    return Poll::Ready(None);
                }
                cx.waker().wake_by_ref();
            } else if self.states[task].fall_asleep(asleep) && self.leave().is_err() {
                all_asleep();
            }
            Poll::Pending
        })
        .await
    }
}

/// The waker of a task for one poll.
struct Bell {
    crowd: Arc<Crowd>,
    task: usize,
    waker: Waker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // First: whoever wakes is awake, so the count cannot be zero in between.
        self.crowd.set_awake(self.task, State::Woken);
        self.waker.wake_by_ref();
    }
}
