//! A queue by priority: comparisons run without the lock, beside everything else.

use crate::harness::{Task, drive, explore, join, spawn};
use crate::queue::{getting, parked};
use forebay::queue::{Builder, Job, Queue, Shutdown, TryPutError};
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Holds one item, so that the next one is compared.
fn sorted(maxsize: usize) -> Queue<u32> {
    let queue = Builder::new().maxsize(maxsize).priority().unwrap();
    queue.try_put(5).unwrap();
    queue
}

fn take<T>(queue: &Queue<T>) -> Option<T> {
    queue.try_get().map(Job::into_inner).ok()
}

/// What a put brings meanwhile is in its place when something is taken out.
#[test]
fn sorted_late_put() {
    explore(3, || {
        let queue = sorted(3);
        let thread = spawn({
            let queue = queue.clone();
            move || queue.try_put(6).unwrap()
        });
        queue.try_put(1).unwrap();
        assert_eq!(take(&queue), Some(1));
        join(thread);
        assert_eq!([take(&queue), take(&queue), take(&queue)], [Some(5), Some(6), None]);
    });
}

/// While a thread sorts, nobody finds the queue empty.
#[test]
fn sorted_never_empty() {
    explore(3, || {
        let queue = sorted(2);
        let thread = spawn({
            let queue = queue.clone();
            move || queue.try_put(6).unwrap()
        });
        assert_eq!(take(&queue), Some(5));
        join(thread);
        assert_eq!(take(&queue), Some(6));
    });
}

/// What is being sorted takes its room.
#[test]
fn sorted_room() {
    explore(3, || {
        let queue = sorted(2);
        let thread = spawn({
            let queue = queue.clone();
            move || queue.try_put(6).is_ok()
        });
        let second = queue.try_put(7);
        assert_eq!(queue.len(), 2);
        assert!(join(thread) != second.is_ok());
        assert!(second.is_ok() || second == Err(TryPutError::Full(7)));
    });
}

/// A stop takes everything, also what is being sorted and what came late.
#[test]
fn sorted_stop() {
    explore(3, || {
        let queue = sorted(3);
        let thread = spawn({
            let queue = queue.clone();
            move || queue.try_put(6).is_ok()
        });
        queue.try_put(1).unwrap();
        let mut leftovers = queue.shutdown(Shutdown::Immediate);
        let put = join(thread);
        leftovers.sort_unstable();
        assert_eq!(leftovers, if put { vec![1, 5, 6] } else { vec![1, 5] });
        assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    });
}

/// Each of two puts wakes a get, also the one that came late.
#[test]
fn sorted_wakes() {
    explore(3, || {
        let queue = sorted(3);
        queue.try_get().unwrap().done();
        let mut gets = [parked(getting(&queue)), parked(getting(&queue))];
        let thread = spawn({
            let queue = queue.clone();
            move || queue.try_put(6).unwrap()
        });
        queue.try_put(1).unwrap();
        join(thread);
        gets.iter_mut().for_each(drive);
        let [first, second] = gets.map(|get| get.output.unwrap().unwrap());
        assert_eq!(first + second, 7);
    });
}

#[derive(PartialEq, Eq)]
struct Picky(u32);

impl Ord for Picky {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0.max(other.0) == 99 {
            resume_unwind(Box::new("the comparison fails"));
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Picky {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The room of an item whose comparison panics goes to the put that found it taken.
#[test]
fn sorted_panic() {
    explore(3, || {
        let queue = Builder::new().maxsize(2).priority().unwrap();
        assert!(queue.try_put(Picky(5)).is_ok());
        let thread = spawn({
            let queue = queue.clone();
            // It is refused where the other put was first.
            move || catch_unwind(AssertUnwindSafe(|| queue.try_put(Picky(99)).is_ok()))
        });
        let mut put = Task::new({
            let queue = queue.clone();
            async move { queue.put(Picky(1)).await.is_ok() }
        });
        put.poll();
        assert!(matches!(join(thread), Err(_) | Ok(false)));
        drive(&mut put);
        assert_eq!((put.output, queue.len(), queue.unfinished()), (Some(true), 2, 2));
    });
}
