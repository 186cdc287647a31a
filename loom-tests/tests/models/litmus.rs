//! The checker itself: what it finds, what it doesn't, and what the crate's own atomics add. A
//! change of any of this in another version of loom changes what the other models prove.

use crate::harness::{explore, join, spawn};
use crate::sync;
use loom::sync::atomic::{AtomicUsize, fence};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::{Arc, Mutex};

/// All results that the two threads of a litmus test can have together.
fn outcomes(
    floor: usize,
    model: impl Fn() -> (usize, usize) + Send + Sync + 'static,
) -> BTreeSet<(usize, usize)> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    explore(floor, {
        let seen = Arc::clone(&seen);
        move || {
            seen.lock().unwrap().insert(model());
        }
    });
    Arc::into_inner(seen).unwrap().into_inner().unwrap()
}

/// Each thread writes its own variable, then reads the other's.
fn store_buffer(
    write: impl Fn(&AtomicUsize) + Send + Copy + Sync + 'static,
    read: impl Fn(&AtomicUsize) -> usize + Send + Copy + Sync + 'static,
) -> BTreeSet<(usize, usize)> {
    outcomes(3, move || {
        let x = Arc::new(AtomicUsize::new(0));
        let y = Arc::new(AtomicUsize::new(0));
        let thread = spawn({
            let (x, y) = (Arc::clone(&x), Arc::clone(&y));
            move || {
                write(&x);
                read(&y)
            }
        });
        write(&y);
        (read(&x), join(thread))
    })
}

#[test]
fn store_buffer_is_found() {
    for (store, load) in [(Relaxed, Relaxed), (Release, Acquire)] {
        let seen = store_buffer(move |x| x.store(1, store), move |x| x.load(load));
        assert!(seen.contains(&(0, 0)));
    }
}

#[test]
fn store_buffer_is_forbidden_by_two_fences() {
    let seen = store_buffer(
        |x| {
            x.store(1, Relaxed);
            fence(SeqCst);
        },
        |x| x.load(Relaxed),
    );
    assert!(!seen.contains(&(0, 0)));
}

#[test]
fn store_buffer_is_found_with_weaker_fences() {
    let seen = store_buffer(
        |x| {
            x.store(1, Relaxed);
            fence(AcqRel);
        },
        |x| x.load(Relaxed),
    );
    assert!(seen.contains(&(0, 0)));
}

/// A false alarm: to loom, sequentially consistent accesses are no more than acquire and release.
#[test]
fn sequentially_consistent_accesses_are_weakened() {
    let seen = store_buffer(|x| x.store(1, SeqCst), |x| x.load(SeqCst));
    assert!(seen.contains(&(0, 0)));
}

/// A blind spot: a read-modify-write reads the newest value, also where a processor may read an
/// older one.
#[test]
fn read_modify_writes_hide_a_store_buffer() {
    let seen = store_buffer(|x| x.store(1, Relaxed), |x| x.fetch_add(0, Relaxed));
    assert!(!seen.contains(&(0, 0)));
}

/// Passing a message: flag and message as read.
fn message_passing(store: Ordering, load: Ordering) -> BTreeSet<(usize, usize)> {
    outcomes(3, move || {
        let message = Arc::new(AtomicUsize::new(0));
        let flag = Arc::new(AtomicUsize::new(0));
        let thread = spawn({
            let (message, flag) = (Arc::clone(&message), Arc::clone(&flag));
            move || {
                message.store(1, Relaxed);
                flag.store(1, store);
            }
        });
        let seen = (flag.load(load), message.load(Relaxed));
        join(thread);
        seen
    })
}

#[test]
fn relaxed_message_passing_is_found() {
    assert!(message_passing(Relaxed, Relaxed).contains(&(1, 0)));
    assert!(message_passing(Release, Relaxed).contains(&(1, 0)));
    assert!(message_passing(Relaxed, Acquire).contains(&(1, 0)));
}

#[test]
fn released_message_passing_is_forbidden() {
    assert!(!message_passing(Release, Acquire).contains(&(1, 0)));
}

/// A load beside a load and a store, which is what every push beside a pop looks like.
macro_rules! load_beside_load_and_store {
    ($atomic:ty, $floor:literal) => {
        outcomes($floor, || {
            let x = Arc::new(<$atomic>::new(0));
            let thread = spawn({
                let x = Arc::clone(&x);
                move || {
                    let before = x.load(Relaxed);
                    x.store(1, Relaxed);
                    before
                }
            });
            let seen = x.load(Relaxed);
            (join(thread), seen)
        })
    };
}

/// The blind spot for which the crate's atomics have a probe: the thread's own load hides that of
/// the other thread.
#[test]
fn plain_loads_are_not_interleaved() {
    let seen = load_beside_load_and_store!(AtomicUsize, 1);
    assert_eq!(seen, BTreeSet::from([(0, 0)]));
}

#[test]
fn probed_loads_are_interleaved() {
    let seen = load_beside_load_and_store!(sync::AtomicUsize, 3);
    assert_eq!(seen, BTreeSet::from([(0, 0), (0, 1)]));
}

/// The probe is a point in the schedule, not an edge between threads.
#[test]
fn probed_loads_are_still_relaxed() {
    let seen = outcomes(3, || {
        let message = Arc::new(sync::AtomicUsize::new(0));
        let flag = Arc::new(sync::AtomicUsize::new(0));
        let thread = spawn({
            let (message, flag) = (Arc::clone(&message), Arc::clone(&flag));
            move || {
                message.store(1, Relaxed);
                flag.store(1, Relaxed);
            }
        });
        let seen = (flag.load(Relaxed), message.load(Relaxed));
        join(thread);
        seen
    });
    assert!(seen.contains(&(1, 0)));
}
