//! The level beside pushes and pops: what it is when all is quiet, and that whoever waits for it is
//! told.
//!
//! The marks are as near to each other as they can be: High with more than two inside, Low with
//! none.

use crate::harness::{
    Rx, Task, Tx, closed, count_woken, drive, explore, force, join, join_all, poll_thread, put,
    put_thread, spawn, take, take_thread, watched,
};
use forebay::Pressure::{self, High, Low};
use futures_core::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

const LOW: usize = 1;
const HIGH: usize = 2;

fn bounded() -> (Tx, Rx) {
    watched(Some(4), LOW, HIGH)
}

fn unbounded() -> (Tx, Rx) {
    watched(None, LOW, HIGH)
}

/// The level is High, and so many are inside: fewer than it takes to get there.
fn high_with(inside: usize, (tx, rx): (Tx, Rx)) -> (Tx, Rx) {
    (0..3).for_each(|id| put(&tx, id).unwrap());
    for _ in inside..3 {
        take(&rx).unwrap();
    }
    assert_eq!((tx.pressure(), tx.len()), (High, inside));
    (tx, rx)
}

/// So many are inside, and the level is Low.
fn low_with(inside: usize, (tx, rx): (Tx, Rx)) -> (Tx, Rx) {
    (0..inside).for_each(|id| put(&tx, id as u32).unwrap());
    assert_eq!(tx.pressure(), Low);
    (tx, rx)
}

/// All is quiet.
fn assert_settled(tx: &Tx) {
    let (length, level) = (tx.len(), tx.pressure());
    assert!(length <= HIGH || level == High, "{length} inside, {level:?}");
    assert!(length >= LOW || level == Low, "{length} inside, {level:?}");
}

fn until(tx: &Tx, level: Pressure) -> Task<Pressure> {
    let tx = Arc::clone(tx);
    Task::new(async move { tx.until(level).await })
}

/// Asleep until that level.
fn watching(tx: &Tx, level: Pressure) -> Task<Pressure> {
    let mut task = until(tx, level);
    assert!(!task.poll());
    task
}

/// Takes what it can, up to so many.
fn take_up_to(rx: &Rx, messages: usize) {
    for _ in 0..messages {
        let _ = take(rx);
    }
}

fn put_three(tx: &Tx) {
    (10..13).for_each(|id| put(tx, id).unwrap());
}

fn fall_beside_pushes(channel: (Tx, Rx)) {
    let (tx, rx) = high_with(1, channel);
    let thread = take_thread(&rx);
    put_three(&tx);
    join(thread);
    assert_eq!(tx.len(), 3);
    assert_settled(&tx);
}

fn fall_beside_pushes_perm(channel: (Tx, Rx)) {
    let (tx, rx) = high_with(1, channel);
    let thread = spawn({
        let tx = Arc::clone(&tx);
        move || put_three(&tx)
    });
    take(&rx).unwrap();
    join(thread);
    assert_settled(&tx);
}

/// The one who takes the last message lowers the level, while others fill the queue again.
#[test]
fn fall_vs_push() {
    explore(20, || fall_beside_pushes(bounded()));
}

#[test]
fn fall_vs_push_perm() {
    explore(20, || fall_beside_pushes_perm(bounded()));
}

#[test]
fn unbounded_fall_vs_push() {
    explore(20, || fall_beside_pushes(unbounded()));
}

#[test]
fn unbounded_fall_vs_push_perm() {
    explore(20, || fall_beside_pushes_perm(unbounded()));
}

fn rise_beside_pops(channel: (Tx, Rx)) {
    let (tx, rx) = low_with(2, channel);
    let thread = put_thread(&tx, 10);
    take_up_to(&rx, 3);
    join(thread);
    assert_settled(&tx);
}

/// The one who puts the message over the mark raises the level, while others empty the queue.
#[test]
fn rise_vs_pop() {
    explore(20, || rise_beside_pops(bounded()));
}

#[test]
fn rise_vs_pop_perm() {
    explore(20, || {
        let (tx, rx) = low_with(2, bounded());
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take_up_to(&rx, 3)
        });
        put(&tx, 10).unwrap();
        join(thread);
        assert_settled(&tx);
    });
}

#[test]
fn unbounded_rise_vs_pop() {
    explore(20, || rise_beside_pops(unbounded()));
}

#[test]
fn two_pushers() {
    explore(20, || {
        let (tx, _rx) = low_with(1, bounded());
        let thread = put_thread(&tx, 10);
        put(&tx, 11).unwrap();
        join(thread);
        assert_eq!(tx.pressure(), High);
    });
}

#[test]
fn two_poppers() {
    explore(20, || {
        let (tx, rx) = high_with(2, bounded());
        let thread = take_thread(&rx);
        take(&rx).unwrap();
        join(thread);
        assert_eq!(tx.pressure(), Low);
    });
}

#[test]
fn two_poppers_one_pusher() {
    explore(20, || {
        let (tx, rx) = high_with(1, bounded());
        let takes = [0; 2].map(|_| {
            let rx = Arc::clone(&rx);
            spawn(move || take_up_to(&rx, 1))
        });
        put(&tx, 10).unwrap();
        join_all(takes);
        assert_settled(&tx);
    });
}

/// Full, and displaced in place, while the others empty the queue.
#[test]
fn force_vs_pop() {
    explore(20, || {
        let (tx, rx) = low_with(2, watched(Some(3), LOW, HIGH));
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                force(&tx, 10).unwrap();
                force(&tx, 11).unwrap();
            }
        });
        take_up_to(&rx, 2);
        join(thread);
        assert_settled(&tx);
    });
}

/// Who has taken one out and still sees High has seen the length that a late look at an earlier
/// head did not.
#[test]
fn late_look() {
    explore(20, || {
        let (tx, rx) = high_with(1, bounded());
        let thread = take_thread(&rx);
        put_three(&tx);
        take(&rx).unwrap();
        let seen = tx.pressure();
        join(thread);
        assert_eq!(tx.len(), 2);
        assert!(seen == Low || tx.pressure() == High);
    });
}

/// A peak that nobody can have seen is not reported.
#[test]
fn deepest() {
    explore(20, || {
        let (tx, rx) = forebay::Builder::new().capacity(4).tracking().build().unwrap();
        let (tx, rx) = low_with(1, (Arc::new(tx), Arc::new(rx)));
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                take(&rx).unwrap();
                put(&tx, 10).unwrap();
            }
        });
        put(&tx, 11).unwrap();
        join(thread);
        assert_eq!(tx.stats().deepest, Some(2));
    });
}

/// Asleep, or going to sleep, when the level falls.
#[test]
fn watchers_of_a_fall() {
    explore(20, || {
        let (tx, rx) = high_with(1, bounded());
        let asleep = watching(&tx, Low);
        let thread = take_thread(&rx);
        let mut later = until(&tx, Low);
        later.poll();
        join(thread);
        let mut watchers = [asleep, later];
        drive(&mut watchers);
        assert_eq!(watchers.map(|watcher| watcher.output), [Some(Low); 2]);
    });
}

#[test]
fn watchers_of_a_rise() {
    explore(20, || {
        let (tx, _rx) = low_with(2, bounded());
        let asleep = watching(&tx, High);
        let thread = poll_thread(until(&tx, High));
        put(&tx, 10).unwrap();
        let mut watchers = [asleep, join(thread)];
        drive(&mut watchers);
        assert_eq!(watchers.map(|watcher| watcher.output), [Some(High); 2]);
    });
}

/// A watcher that goes takes no other's wakeup with it.
#[test]
fn watcher_cancelled() {
    explore(5, || {
        let (tx, _rx) = low_with(2, bounded());
        let mut watchers = [watching(&tx, High), watching(&tx, High)];
        let gone = watching(&tx, High);
        let thread = spawn(move || drop(gone));
        put(&tx, 10).unwrap();
        join(thread);
        drive(&mut watchers);
        assert_eq!(watchers.map(|watcher| watcher.output), [Some(High); 2]);
    });
}

/// The level rises while it falls: whoever waits for what it is in the end is told.
#[test]
fn watchers_of_both() {
    explore(20, || {
        let (tx, rx) = high_with(1, bounded());
        let low = watching(&tx, Low);
        let thread = take_thread(&rx);
        put_three(&tx);
        let mut high = until(&tx, High);
        high.poll();
        join(thread);
        let mut watchers = [low, high];
        drive(&mut watchers);
        assert_eq!(watchers[1].output, Some(High));
    });
}

/// Without a change nobody is woken.
#[test]
fn no_change() {
    explore(10, || {
        let (tx, rx) = low_with(1, bounded());
        let watchers = [watching(&tx, High), watching(&tx, High)];
        let thread = put_thread(&tx, 10);
        take(&rx).unwrap();
        join(thread);
        assert_eq!(count_woken(&watchers), 0);
    });
}

/// The last item of a stream is the last level.
#[test]
fn stream() {
    explore(20, || {
        let (tx, rx) = high_with(1, bounded());
        let mut changes = tx.pressure_changes();
        let mut last = None;
        let mut task = Task::new(async move {
            let mut pinned = Pin::new(&mut changes);
            while let Some(level) = poll_fn(|cx| pinned.as_mut().poll_next(cx)).await {
                assert_ne!(last, Some(level));
                last = Some(level);
            }
            last.unwrap()
        });
        task.poll();
        let thread = take_thread(&rx);
        put_three(&tx);
        join(thread);
        drive(&mut task);
        assert_eq!(tx.pressure(), High);
        take_up_to(&rx, 3);
        drive(&mut task);
        tx.close();
        drive(&mut task);
        assert_eq!(task.output, Some(Low));
    });
}

/// A close tells those who wait for the close. Where the length is watched, they do not wait with
/// those for a level.
#[test]
fn closed_future() {
    explore(20, || {
        let (tx, rx) = low_with(0, bounded());
        let mut waiting = [closed(&tx), closed(&tx)];
        assert!(!waiting[0].poll());
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        waiting[1].poll();
        join(thread);
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| task.is_done()));
    });
}

/// A close tells those who wait for a level, asleep or going to sleep.
#[test]
fn close() {
    explore(20, || {
        let (tx, rx) = low_with(1, bounded());
        let asleep = watching(&tx, High);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let mut later = until(&tx, High);
        later.poll();
        join(thread);
        let mut watchers = [asleep, later];
        drive(&mut watchers);
        assert_eq!(watchers.map(|watcher| watcher.output), [Some(Low); 2]);
    });
}

/// The same of a queue whose items are under a lock.
#[test]
fn shelf() {
    explore(20, || {
        let builder = forebay::queue::Builder::new().watermarks(LOW, HIGH);
        let queue = builder.lifo().unwrap();
        (0..2).for_each(|item| queue.try_put(item).unwrap());
        let watcher = |level| {
            let queue = queue.clone();
            Task::new(async move { queue.until(level).await })
        };
        let mut asleep = watcher(High);
        assert!(!asleep.poll());
        let thread = spawn({
            let queue = queue.clone();
            move || queue.try_put(2).unwrap()
        });
        let mut later = watcher(High);
        later.poll();
        join(thread);
        let mut watchers = [asleep, later];
        drive(&mut watchers);
        assert_eq!(watchers.map(|watcher| watcher.output), [Some(High); 2]);

        let mut asleep = watcher(Low);
        assert!(!asleep.poll());
        let thread = spawn({
            let queue = queue.clone();
            move || while queue.try_get().is_ok() {}
        });
        let mut later = watcher(Low);
        later.poll();
        join(thread);
        let mut watchers = [asleep, later];
        drive(&mut watchers);
        assert_eq!(watchers.map(|watcher| watcher.output), [Some(Low); 2]);
    });
}
