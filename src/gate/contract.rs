//! Both gates do the same: random programs wake the same waiters in the same order.

use super::{event, line};
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::task::Waker;
use proptest::prelude::*;
use std::sync::Mutex;

#[derive(Clone, Copy, Debug)]
enum Step {
    Enter,
    WakeOne,
    WakeAll,
    /// One of the waiters looks, with one of two wakers.
    Look(usize, bool),
    Leave(usize),
    /// The oldest of those that were woken finds that it was robbed.
    Reenter,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Enter),
        3 => Just(Step::WakeOne),
        1 => Just(Step::WakeAll),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(who, waker)| Step::Look(who, waker)),
        3 => any::<usize>().prop_map(Step::Leave),
        2 => Just(Step::Reenter),
    ]
}

/// What happened: who was woken by which waker, and what was answered.
type Log = Arc<Mutex<Vec<(usize, bool)>>>;

struct Bell {
    who: usize,
    which: bool,
    log: Log,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.log.lock().unwrap().push((self.who, self.which));
    }
}

macro_rules! trace {
    ($name:ident, $gate:ident) => {
        fn $name(steps: &[Step]) -> Vec<Vec<(usize, bool)>> {
            struct Waiter {
                age: usize,
                ticket: $gate::Ticket,
                woken: bool,
                robbed: bool,
            }

            let gate = $gate::Gate::new();
            let log = Log::default();
            let mut waiters: Vec<Waiter> = Vec::new();
            let mut trace = Vec::new();
            let mut next = 0;
            let waker =
                |who, which| Waker::from(Arc::new(Bell { who, which, log: Arc::clone(&log) }));
            for &step in steps {
                let answer = match step {
                    Step::Enter => {
                        let ticket = gate.enter(waker(next, false));
                        waiters.push(Waiter { age: next, ticket, woken: false, robbed: false });
                        next += 1;
                        None
                    }
                    Step::WakeOne => Some(gate.wake_one()),
                    Step::WakeAll => {
                        gate.wake_all();
                        None
                    }
                    Step::Look(_, _) | Step::Leave(_) if waiters.is_empty() => None,
                    Step::Look(who, which) => {
                        let index = who % waiters.len();
                        let waiter = &mut waiters[index];
                        let waker = waker(waiter.age, which);
                        Some(gate.notified(&mut waiter.ticket, &waker))
                    }
                    Step::Leave(who) => {
                        let index = who % waiters.len();
                        Some(gate.leave(waiters.remove(index).ticket))
                    }
                    Step::Reenter => {
                        // event-listener knows the order in which they come back, not their age.
                        let youngest = waiters.iter().rposition(|it| it.robbed && !it.woken);
                        let woken = waiters.iter().position(|it| it.woken);
                        woken.filter(|&index| youngest.is_none_or(|it| it < index)).map(|index| {
                            let Waiter { age, mut ticket, .. } = waiters.remove(index);
                            assert!(gate.notified(&mut ticket, &waker(age, false)));
                            let ticket = gate.reenter(ticket, waker(age, false));
                            let again = Waiter { age, ticket, woken: false, robbed: true };
                            waiters.insert(index, again);
                            true
                        })
                    }
                };
                let mut happened = core::mem::take(&mut *log.lock().unwrap());
                for waiter in &mut waiters {
                    waiter.woken |= happened.iter().any(|&(who, _)| who == waiter.age);
                }
                happened.extend(answer.map(|answer| (usize::MAX, answer)));
                trace.push(happened);
            }
            trace
        }
    };
}

trace!(of_line, line);
trace!(of_event, event);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_line_wakes_whom_event_listener_wakes(
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        prop_assert_eq!(of_line(&steps), of_event(&steps));
    }
}
