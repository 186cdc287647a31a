//! The gate alone, by whichever implementation the crate has: places, wakeups, cancels, changed
//! wakers.

use crate::gate::{Gate, Ticket};
use crate::harness::{explore, join, join_all, spawn};
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::task::{Wake, Waker};

/// Counts how often it is woken, and may do something in it.
struct Bell {
    rung: AtomicUsize,
    action: Box<dyn Fn() + Send + Sync>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.fetch_add(1, Relaxed);
        (self.action)();
    }
}

fn bell_that(action: impl Fn() + Send + Sync + 'static) -> Arc<Bell> {
    Arc::new(Bell { rung: AtomicUsize::new(0), action: Box::new(action) })
}

fn bell() -> Arc<Bell> {
    bell_that(|| ())
}

/// Somebody who waits.
struct Waiter {
    bell: Arc<Bell>,
    ticket: Option<Ticket>,
}

impl Waiter {
    fn enter(gate: &Gate, bell: &Arc<Bell>) -> Self {
        let ticket = gate.enter(Waker::from(Arc::clone(bell)));
        Self { bell: Arc::clone(bell), ticket: Some(ticket) }
    }

    /// Takes a place after it yielded, if it may.
    fn yield_first(gate: &Gate) -> Option<Self> {
        gate.yield_first().map(|ticket| Self::line_up(gate, ticket))
    }

    /// Takes the place of a ticket that was drawn without one.
    fn line_up(gate: &Gate, ticket: Ticket) -> Self {
        let bell = bell();
        let ticket = gate.reenter(ticket, Waker::from(Arc::clone(&bell)));
        Self { bell, ticket: Some(ticket) }
    }

    fn ticket(&mut self) -> &mut Ticket {
        self.ticket.as_mut().unwrap()
    }

    /// Whether it is woken; `bell` is to ring from here on if not.
    fn notified_by(&mut self, gate: &Gate, bell: &Arc<Bell>) -> bool {
        gate.notified(self.ticket(), &Waker::from(Arc::clone(bell)))
    }

    fn notified(&mut self, gate: &Gate) -> bool {
        let bell = Arc::clone(&self.bell);
        self.notified_by(gate, &bell)
    }

    fn reenter(&mut self, gate: &Gate) {
        assert!(self.notified(gate), "only who was woken");
        let ticket = self.ticket.take().unwrap();
        self.ticket = Some(gate.reenter(ticket, Waker::from(Arc::clone(&self.bell))));
    }

    /// Goes, and hands on what it got.
    fn cancel(mut self, gate: &Gate) {
        if gate.leave(self.ticket.take().unwrap()) {
            gate.wake_one();
        }
    }

    fn rung(&self) -> usize {
        self.bell.rung.load(Relaxed)
    }
}

fn on_thread<T: 'static>(
    gate: &Arc<Gate>,
    action: impl FnOnce(&Gate) -> T + 'static,
) -> loom::thread::JoinHandle<T> {
    let gate = Arc::clone(gate);
    spawn(move || action(&gate))
}

/// A wakeup that was given is known to one waiter, the first, and its waker was woken.
#[test]
fn two_enter_two_wake() {
    explore(10, || {
        let gate = Arc::new(Gate::new());
        let mut first = Waiter::enter(&gate, &bell());
        let entering = on_thread(&gate, |gate| Waiter::enter(gate, &bell()));
        let waking = on_thread(&gate, Gate::wake_one);
        let given = usize::from(gate.wake_one()) + usize::from(join(waking));
        let mut second = join(entering);
        let known = [first.notified(&gate), second.notified(&gate)].map(usize::from);
        assert_eq!(known.iter().sum::<usize>(), given);
        assert_eq!(known, [first.rung(), second.rung()]);
        assert_eq!(known[0], 1);
    });
}

/// Who goes while it is woken hands the wakeup on.
#[test]
fn cancel_against_wake() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let first = Waiter::enter(&gate, &bell());
        let mut second = Waiter::enter(&gate, &bell());
        let cancel = on_thread(&gate, |gate| first.cancel(gate));
        assert!(gate.wake_one());
        join(cancel);
        assert!(second.notified(&gate));
        assert_eq!(second.rung(), 1);
    });
}

/// Two of three go, from the middle first, while one is woken: the line closes up.
#[test]
fn two_cancels_against_wake() {
    explore(10, || {
        let gate = Arc::new(Gate::new());
        let first = Waiter::enter(&gate, &bell());
        let second = Waiter::enter(&gate, &bell());
        let mut third = Waiter::enter(&gate, &bell());
        let cancels = [
            on_thread(&gate, |gate| second.cancel(gate)),
            on_thread(&gate, |gate| first.cancel(gate)),
        ];
        assert!(gate.wake_one());
        join_all(cancels);
        assert!(third.notified(&gate));
        assert_eq!(third.rung(), 1);
        assert!(!gate.wake_one());
    });
}

/// The new waker is woken, or the poll that brings it sees the wakeup.
#[test]
fn changed_waker_against_wake() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let (old, new) = (bell(), bell());
        let mut waiter = Waiter::enter(&gate, &old);
        let waking = on_thread(&gate, Gate::wake_one);
        let seen = waiter.notified_by(&gate, &new);
        assert!(join(waking));
        assert!(waiter.notified_by(&gate, &new));
        let rung = [&old, &new].map(|bell| bell.rung.load(Relaxed));
        assert_eq!(rung, if seen { [1, 0] } else { [0, 1] });
    });
}

/// Who finds itself woken sees what was done before.
#[test]
fn woken_sees_what_was_before() {
    struct Data(UnsafeCell<usize>);
    unsafe impl Send for Data {}
    unsafe impl Sync for Data {}

    explore(2, || {
        let gate = Arc::new(Gate::new());
        let data = Arc::new(Data(UnsafeCell::new(0)));
        let mut waiter = Waiter::enter(&gate, &bell());
        let waking = on_thread(&gate, {
            let data = Arc::clone(&data);
            move |gate| {
                data.0.with_mut(|data| unsafe { *data = 1 });
                gate.wake_one();
            }
        });
        if waiter.notified(&gate) {
            data.0.with(|data| assert_eq!(unsafe { *data }, 1));
        }
        join(waking);
    });
}

/// Who was woken in vain is served before a newcomer, whichever of them takes its place first.
#[test]
fn robbed_against_newcomer() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let mut robbed = Waiter::enter(&gate, &bell());
        assert!(gate.wake_one());
        let entering = on_thread(&gate, |gate| Waiter::enter(gate, &bell()));
        robbed.reenter(&gate);
        let mut newcomer = join(entering);
        assert!(!robbed.notified(&gate));
        assert!(gate.wake_one());
        assert!(robbed.notified(&gate) && !newcomer.notified(&gate));
        assert!(gate.wake_one());
        assert_eq!((robbed.rung(), newcomer.rung()), (2, 1));
    });
}

/// Who yields first is served before all that come later, though it takes its place after them.
#[test]
fn yields_first_against_newcomer() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let ticket = gate.yield_first().unwrap();
        let entering = on_thread(&gate, |gate| Waiter::enter(gate, &bell()));
        let mut yielded = Waiter::line_up(&gate, ticket);
        let mut newcomer = join(entering);
        assert!(gate.wake_one());
        assert!(yielded.notified(&gate) && !newcomer.notified(&gate));
        assert!(gate.wake_one());
        assert_eq!((yielded.rung(), newcomer.rung()), (1, 1));
    });
}

/// Of two only one yields first, and each has a place of its own.
#[test]
fn two_yield_first() {
    explore(3, || {
        fn come(gate: &Gate) -> (bool, Waiter) {
            let yielded = Waiter::yield_first(gate);
            (yielded.is_some(), yielded.unwrap_or_else(|| Waiter::enter(gate, &bell())))
        }
        let gate = Arc::new(Gate::new());
        let other = on_thread(&gate, come);
        let (yielded, mut first) = come(&gate);
        let (other_yielded, mut second) = join(other);
        assert!(yielded != other_yielded);
        assert!(gate.wake_one() && gate.wake_one() && !gate.wake_one());
        assert!(first.notified(&gate) && second.notified(&gate));
        assert_eq!((first.rung(), second.rung()), (1, 1));
    });
}

/// Who yields first while another one that did goes has a place of its own.
#[test]
fn yields_first_against_leave() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let leaving = on_thread(&gate, |gate| {
            if let Some(first) = Waiter::yield_first(gate) {
                first.cancel(gate);
            }
        });
        let coming = on_thread(&gate, |gate| (Waiter::yield_first(gate), gate.wake_one()));
        join(leaving);
        let (second, woken) = join(coming);
        if let Some(mut second) = second {
            // Who leaves hands the wakeup on.
            assert!(woken && second.notified(&gate));
            assert_eq!(second.rung(), 1);
            gate.settle(second.ticket.take().unwrap());
        }
        assert!(!gate.wake_one());
        assert!(gate.yield_first().is_some());
    });
}

/// Who takes its place again while one wakeup is given gets it, or is there for the next.
#[test]
fn robbed_against_wake() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let mut robbed = Waiter::enter(&gate, &bell());
        assert!(gate.wake_one());
        let waking = on_thread(&gate, Gate::wake_one);
        robbed.reenter(&gate);
        let given = join(waking);
        assert_eq!(robbed.notified(&gate), given);
        assert_eq!(gate.wake_one(), !given);
        assert_eq!(robbed.rung(), 2);
    });
}

/// Who enters while everything is opened is woken, or knows of what was done before.
#[test]
fn open_against_enter() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let closed = Arc::new(AtomicBool::new(false));
        let mut old = Waiter::enter(&gate, &bell());
        let closing = on_thread(&gate, {
            let closed = Arc::clone(&closed);
            move |gate| {
                closed.store(true, Release);
                gate.wake_all();
            }
        });
        let mut new = Waiter::enter(&gate, &bell());
        let knows = closed.load(Acquire);
        join(closing);
        assert!(knows || new.notified(&gate));
        assert!(old.notified(&gate));
        assert_eq!(old.rung(), 1);
    });
}

/// More come than the line has room for, at the same time.
#[test]
fn grow_against_grow() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let mut early: [_; 3] = std::array::from_fn(|_| Waiter::enter(&gate, &bell()));
        let entering = on_thread(&gate, |gate| Waiter::enter(gate, &bell()));
        let mut late = [Waiter::enter(&gate, &bell()), join(entering)];
        for _ in 0..5 {
            assert!(gate.wake_one());
        }
        assert!(early.iter_mut().chain(&mut late).all(|waiter| waiter.notified(&gate)));
        assert!(!gate.wake_one());
    });
}

/// A waker is woken when the lock is free: it may use the gate, while its waiter goes.
#[test]
fn waker_calls_back_against_cancel() {
    explore(3, || {
        let gate = Arc::new(Gate::new());
        let calling = bell_that({
            let gate = Arc::downgrade(&gate);
            move || {
                gate.upgrade().unwrap().wake_one();
            }
        });
        let first = Waiter::enter(&gate, &calling);
        let mut second = Waiter::enter(&gate, &bell());
        let waking = on_thread(&gate, Gate::wake_one);
        first.cancel(&gate);
        assert!(join(waking));
        assert!(second.notified(&gate));
        assert_eq!(second.rung(), 1);
        // Nothing keeps the waker of who has gone.
        assert_eq!(Arc::strong_count(&calling), 1);
    });
}
