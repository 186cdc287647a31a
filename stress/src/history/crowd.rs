//! The tasks of one history, and who of them sleeps.
//!
//! When all of them sleep or have finished nothing can ever happen again, and it must be right that
//! they sleep: then receivers sleep before an empty channel and senders before a full one, and the
//! channel is open. A wakeup that got lost shows there, whatever the executor.

use forebay::{Receiver, Sender};
use std::fmt;
use std::future::poll_fn;
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

struct Cell(AtomicU8);

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

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

impl Crowd {
    pub fn new(tasks: usize) -> Self {
        Self {
            states: (0..tasks).map(|_| Cell(AtomicU8::new(State::Runs as u8))).collect(),
            awake: AtomicUsize::new(tasks),
        }
    }

    /// A task has fallen asleep or come to its end. If nobody is awake then but some sleep, `close`
    /// must wake them.
    ///
    /// # Panics
    /// If it does not.
    pub fn leave(&self, close: impl FnOnce()) {
        if self.awake.fetch_sub(1, SeqCst) == 1 && self.any_sleeps() {
            // Awake for so long: those who are woken must not find themselves alone.
            self.awake.fetch_add(1, SeqCst);
            close();
            assert!(!self.any_sleeps(), "asleep after the close: {:?}", self.states);
            self.awake.fetch_sub(1, SeqCst);
        }
    }

    fn set_awake(&self, task: usize, state: State) {
        if self.states[task].swap(state).sleeps() {
            self.awake.fetch_add(1, SeqCst);
        }
    }

    fn any(&self, state: State) -> bool {
        self.states.iter().any(|cell| cell.get() == state)
    }

    fn any_sleeps(&self) -> bool {
        self.any(State::Sends) || self.any(State::Receives)
    }

    /// When nobody is awake, those who sleep must have a reason.
    ///
    /// # Panics
    /// If one of them has none.
    pub fn assert_blocked(&self, sender: &Sender<u32>, receiver: &Receiver<u32>) {
        assert!(!receiver.is_closed(), "asleep before a closed channel: {:?}", self.states);
        if self.any(State::Receives) {
            let len = receiver.len();
            assert!(len == 0, "receivers sleep before {len} messages: {:?}", self.states);
        }
        if self.any(State::Sends) {
            // Who sleeps for room by weight may need more than there is.
            let weighs = sender.stats().weight.is_some();
            let blocked = if weighs { !sender.is_empty() } else { sender.is_full() };
            assert!(blocked, "senders sleep before a free slot: {:?}", self.states);
        }
    }

    /// Polls for `task` until there is an answer, or the patience is at its end: `None` then.
    ///
    /// `close` as for [`leave`](Self::leave).
    pub async fn wait<T>(
        self: &Arc<Self>,
        task: usize,
        asleep: State,
        patience: Option<u32>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
        mut close: impl FnMut(),
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
            } else if self.states[task].fall_asleep(asleep) {
                self.leave(&mut close);
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
