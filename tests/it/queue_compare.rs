//! Comparisons of a priority: slow ones, such that use the queue, and such that panic late.

use crate::common::{Task, watched};
use forebay::queue::{Builder, GetError, Job, Queue, Shutdown, TryGetError, TryPutError};
use forebay::{Overflow, Pressure};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

type Queues = Queue<Item>;

/// By rank; what is set for the thread runs first.
#[derive(PartialEq, Eq, Debug)]
struct Item(u8);

std::thread_local! {
    static COMPARISON: RefCell<Option<Box<dyn FnMut()>>> = const { RefCell::new(None) };
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        // Taken out, so that a comparison in the middle of it is an ordinary one.
        if let Some(mut run) = COMPARISON.take() {
            run();
            COMPARISON.set(Some(run));
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Runs `action` with `comparison` in each comparison of this thread.
fn comparing<R>(comparison: impl FnMut() + 'static, action: impl FnOnce() -> R) -> R {
    COMPARISON.set(Some(Box::new(comparison)));
    let result = catch_unwind(AssertUnwindSafe(action));
    COMPARISON.set(None);
    result.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Runs `action` once, in the first comparison of this thread.
fn in_a_comparison<R>(action: impl FnOnce() + 'static, put: impl FnOnce() -> R) -> R {
    let mut action = Some(action);
    comparing(move || action.take().into_iter().for_each(|action| action()), put)
}

fn fails() {
    resume_unwind(Box::new("the comparison fails"));
}

fn passes() {}

fn ranks(queue: &Queues) -> Vec<u8> {
    core::iter::from_fn(|| queue.try_get().ok()).map(|job| job.into_inner().0).collect()
}

fn queue_of(builder: Builder, ranks: impl IntoIterator<Item = u8>) -> Queues {
    let queue = builder.priority().unwrap();
    ranks.into_iter().for_each(|rank| queue.try_put(Item(rank)).unwrap());
    queue
}

#[test]
fn a_comparison_may_use_its_queue() {
    watched(|| {
        let queue = queue_of(Builder::new().maxsize(10).watermarks(2, 3).tracking(), [5]);
        let here = queue.clone();
        let uses = move || {
            assert_eq!((here.len(), here.is_full(), here.unfinished()), (2, false, 2));
            assert_eq!((here.pressure(), here.stats().len), (Pressure::Low, 1));
            assert_eq!(here.try_get().unwrap_err(), TryGetError::Empty);
            assert!(!Task::new(here.get()).poll().is_ready());
            for rank in [7, 2, 3] {
                here.try_put(Item(rank)).unwrap();
            }
            assert_eq!(Task::new(here.put(Item(4))).finish(), Ok(()));
            assert_eq!((here.len(), here.unfinished()), (6, 6));
            here.shutdown(Shutdown::Graceful);
            assert_eq!(here.try_put(Item(9)), Err(TryPutError::ShutDown(Item(9))));
            // Not the end, as something is inside.
            assert_eq!(here.try_get().unwrap_err(), TryGetError::Empty);
        };
        in_a_comparison(uses, || queue.try_put(Item(6))).unwrap();
        assert_eq!((queue.len(), queue.unfinished(), queue.pressure()), (6, 6, Pressure::High));
        assert_eq!(ranks(&queue), [2, 3, 4, 5, 6, 7]);
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        assert_eq!((queue.unfinished(), queue.stats().done), (0, 6));
    });
}

#[test]
fn what_needs_all_items_says_so_in_a_comparison() {
    watched(|| {
        let full = queue_of(Builder::new().maxsize(2).overflow(Overflow::DropOldest), [5, 6]);
        let here = full.clone();
        let refused = move || {
            assert_eq!(here.try_put(Item(1)), Err(TryPutError::Full(Item(1))));
            assert_eq!((here.len(), here.stats().refused), (3, None));
        };
        in_a_comparison(refused, || full.try_put(Item(4))).unwrap();
        assert_eq!(ranks(&full), [4, 5]);

        let queue = queue_of(Builder::new(), [5]);
        let here = queue.clone();
        let stops = move || drop(here.shutdown(Shutdown::Immediate));
        let put = || in_a_comparison(stops, || queue.try_put(Item(6)));
        let panic = catch_unwind(AssertUnwindSafe(put)).unwrap_err();
        assert!(panic.downcast_ref::<&str>().unwrap().contains("in the middle of a comparison"));
        assert_eq!((queue.unfinished(), queue.shutdown(Shutdown::Immediate)), (1, vec![Item(5)]));
    });
}

/// Puts an item on a thread that stays in its first comparison until `meanwhile` has run, goes on
/// with `after` there, and runs `later` in all others. Whether the put panicked.
fn held(
    queue: &Queues,
    rank: u8,
    after: impl FnOnce() + Send + 'static,
    mut later: impl FnMut() + Send + 'static,
    meanwhile: impl FnOnce(),
) -> bool {
    let (begins, begun) = mpsc::channel();
    let (go_on, waits) = mpsc::channel();
    let put = thread::spawn({
        let queue = queue.clone();
        move || {
            let mut first = Some(move || {
                begins.send(()).unwrap();
                waits.recv().unwrap();
                after();
            });
            let compares = move || first.take().map_or_else(&mut later, |first| first());
            comparing(compares, || queue.try_put(Item(rank))).unwrap();
        }
    });
    begun.recv().unwrap();
    meanwhile();
    go_on.send(()).unwrap();
    put.join().is_err()
}

#[test]
fn others_go_on_while_a_thread_compares() {
    watched(|| {
        let queue = queue_of(Builder::new().maxsize(4), [5, 6]);
        let mut waiting = Task::new(queue.put(Item(0)));
        let panicked = held(&queue, 1, passes, passes, || {
            assert_eq!((queue.len(), queue.unfinished(), queue.is_full()), (3, 3, false));
            queue.try_put(Item(3)).unwrap();
            // What is compared takes its room.
            assert_eq!(queue.try_put(Item(4)), Err(TryPutError::Full(Item(4))));
            assert!(waiting.poll().is_pending());
            // A get that is polled meanwhile comes again.
            let mut get = Task::new(queue.get());
            assert!(get.poll().is_pending());
            assert!(get.wakes() > 0);
        });
        assert!(!panicked);
        let least = queue.try_get().map(Job::into_inner);
        assert_eq!(least, Ok(Item(1)));
        assert_eq!(waiting.finish(), Ok(()));
        assert_eq!(ranks(&queue), [0, 3, 5, 6]);
    });
}

#[test]
fn who_takes_out_waits_for_a_comparison() {
    watched(|| {
        let queue = queue_of(Builder::new(), [5]);
        let (takes, taken) = mpsc::channel();
        held(&queue, 1, passes, passes, || {
            for takes_out in
                [(|queue| queue.try_get().map(Job::into_inner).ok()) as fn(&Queues) -> _, |queue| {
                    queue.shutdown(Shutdown::Immediate).pop()
                }]
            {
                let (queue, takes) = (queue.clone(), takes.clone());
                thread::spawn(move || takes.send(takes_out(&queue)).unwrap());
            }
            assert!(taken.recv_timeout(Duration::from_millis(20)).is_err());
        });
        let mut both = [taken.recv().unwrap(), taken.recv().unwrap()];
        both.sort();
        // The stop may take both, and then there is no other.
        assert!([[Some(Item(1)), Some(Item(5))], [None, Some(Item(5))]].contains(&both));
    });
}

#[test]
fn a_panic_gives_back_the_room_that_another_put_found_taken() {
    watched(|| {
        let queue = queue_of(Builder::new().maxsize(2), [5]);
        let mut put = Task::new(queue.put(Item(3)));
        let panicked = held(&queue, 1, fails, passes, || assert!(put.poll().is_pending()));
        assert!(panicked);
        assert_eq!((put.wakes(), queue.len(), queue.unfinished()), (1, 1, 1));
        assert_eq!(put.finish(), Ok(()));
        assert_eq!(ranks(&queue), [3, 5]);
    });
}

#[test]
fn a_panic_wakes_who_joins() {
    watched(|| {
        let queue = queue_of(Builder::new().maxsize(2), [5]);
        let mut join = Task::new(queue.join());
        let panicked = held(&queue, 1, fails, passes, || {
            assert!(join.poll().is_pending());
        });
        assert!(panicked);
        queue.try_get().unwrap().done();
        join.finish();
    });
}

/// Its put has returned: it must not be lost, and the thread that compares it has done nothing
/// wrong.
#[test]
fn an_item_whose_comparison_panics_late_comes_last() {
    watched(|| {
        let queue = queue_of(Builder::new(), [5, 6]);
        let mut later = 0;
        // The item in hand is compared twice; the first of the late ones comes next.
        let third_fails = move || {
            later += 1;
            if later == 2 {
                fails();
            }
        };
        let panicked = held(&queue, 7, passes, third_fails, || {
            for rank in [1, 2] {
                queue.try_put(Item(rank)).unwrap();
            }
        });
        assert!(!panicked);
        // What comes later is before it, too.
        queue.try_put(Item(8)).unwrap();
        assert_eq!((queue.len(), queue.unfinished()), (6, 6));
        assert_eq!(ranks(&queue), [2, 5, 6, 7, 8, 1]);
        assert_eq!((queue.stats().put, queue.stats().done), (6, 6));
    });
}

/// One that takes an item out comes in vain, and comes again when the order is out again: as often
/// happens where others put all the time.
#[test]
fn who_came_in_vain_finds_an_item_although_the_order_is_out_again() {
    watched(|| {
        let queue = queue_of(Builder::new(), [5, 6]);
        let mut get = Task::new(queue.get());
        held(&queue, 7, passes, passes, || assert!(get.poll().is_pending()));
        held(&queue, 8, passes, passes, || {
            assert_eq!(get.poll().map(|job| job.map(Job::into_inner)), Poll::Ready(Ok(Item(5))));
            // It was left for one.
            assert!(Task::new(queue.get()).poll().is_pending());
        });
        assert_eq!(ranks(&queue), [6, 7, 8]);
    });
}

/// What was left for one that does not come goes back in its place.
#[test]
fn an_item_that_was_left_for_nobody_keeps_its_place() {
    watched(|| {
        let queue = queue_of(Builder::new().maxsize(5), [5, 6]);
        held(&queue, 7, passes, passes, || {
            assert!(Task::new(queue.get()).poll().is_pending());
        });
        queue.try_put(Item(3)).unwrap();
        assert_eq!((queue.len(), queue.unfinished(), queue.is_full()), (4, 4, false));
        assert_eq!(ranks(&queue), [3, 5, 6, 7]);
    });
}

/// Another thread compares what is late, and would never come to an end if all could put more.
#[test]
fn so_many_items_are_late_and_no_more() {
    watched(|| {
        let queue = queue_of(Builder::new(), [5]);
        held(&queue, 7, passes, passes, || {
            (0..64).for_each(|_| queue.try_put(Item(6)).unwrap());
            let mut put = Task::new(queue.put(Item(4)));
            assert!(put.poll().is_pending());
        });
        assert_eq!((queue.len(), queue.unfinished()), (66, 66));
        assert_eq!(ranks(&queue).len(), 66);
    });
}

#[test]
fn a_job_comes_back_while_a_thread_compares() {
    watched(|| {
        let queue = queue_of(Builder::new().maxsize(2), [5, 6]);
        let job = queue.try_get().unwrap();
        held(&queue, 7, passes, passes, || job.give_back());
        queue.shutdown(Shutdown::Graceful);
        assert_eq!(ranks(&queue), [5, 6, 7]);
        assert_eq!(Task::new(queue.get()).finish().unwrap_err(), GetError);
    });
}
