//! The work queue: the count against what can be got, join against the last done, shutdown against
//! everything.

use crate::harness::{Task, drive, explore, join, join_all, spawn};
use forebay::queue::{Builder, GetError, Job, PutError, Queue, Shutdown, TryPutError};
use loom::cell::UnsafeCell;
use std::rc::Rc;

/// Queues as small as they get: a channel, and items under a lock.
pub(crate) fn ring() -> Queue<u32> {
    Queue::bounded(1)
}

pub(crate) fn shelf() -> Queue<u32> {
    Builder::new().maxsize(1).lifo().unwrap()
}

pub(crate) fn joining(queue: &Queue<u32>) -> Task<()> {
    let queue = queue.clone();
    Task::new(async move { queue.join().await })
}

/// A job is done as soon as it is got.
pub(crate) fn getting(queue: &Queue<u32>) -> Task<Result<u32, GetError>> {
    let queue = queue.clone();
    Task::new(async move { queue.get().await.map(Job::into_inner) })
}

pub(crate) fn putting(queue: &Queue<u32>, item: u32) -> Task<Result<(), PutError<u32>>> {
    let queue = queue.clone();
    Task::new(async move { queue.put(item).await })
}

pub(crate) fn parked<T>(mut task: Task<T>) -> Task<T> {
    assert!(!task.poll());
    task
}

pub(crate) fn in_hand(queue: &Queue<u32>, item: u32) -> Job<'static, u32> {
    queue.try_put(item).unwrap();
    queue.try_get().unwrap().into_owned()
}

/// A worker that is done before the put returns. An arithmetic overflow would end the model.
fn count_fast_worker(queue: fn() -> Queue<u32>, put: fn(&Queue<u32>)) {
    let queue = queue();
    let thread = spawn({
        let queue = queue.clone();
        move || put(&queue)
    });
    if let Ok(job) = queue.try_get() {
        assert_eq!(queue.unfinished(), 1);
        job.done();
        assert_eq!(queue.unfinished(), 0);
    }
    join(thread);
    assert_eq!(queue.unfinished(), queue.len());
}

fn try_put(queue: &Queue<u32>) {
    queue.try_put(1).unwrap();
}

#[test]
fn queue_count_ring() {
    explore(5, || count_fast_worker(ring, try_put));
}

/// The same with a put that would wait, if there were no room.
#[test]
fn queue_count_ring_put() {
    explore(5, || count_fast_worker(ring, |queue| assert!(putting(queue, 1).poll())));
}

#[test]
fn queue_count_shelf() {
    explore(3, || count_fast_worker(shelf, try_put));
}

/// A put that fails beside the last done keeps no join waiting.
#[test]
fn queue_failed_put() {
    explore(20, || {
        let queue = ring();
        let job = in_hand(&queue, 1);
        queue.shutdown(Shutdown::Graceful);
        let mut waiter = parked(joining(&queue));
        let thread = spawn({
            let queue = queue.clone();
            move || assert_eq!(queue.try_put(2), Err(TryPutError::ShutDown(2)))
        });
        job.done();
        join(thread);
        drive(&mut waiter);
        assert!(waiter.is_done());
        assert_eq!(queue.unfinished(), 0);
    });
}

/// A put that waits, and is dropped, beside the last done.
#[test]
fn queue_cancelled_put() {
    explore(20, || {
        let queue = ring();
        queue.try_put(1).unwrap();
        let mut waiter = parked(joining(&queue));
        let thread = spawn({
            let mut put = putting(&queue, 2);
            move || put.poll()
        });
        assert_eq!(queue.try_get().unwrap().into_inner(), 1);
        let was_put = join(thread);
        drive(&mut waiter);
        assert_eq!(queue.unfinished(), usize::from(was_put));
        assert!(was_put || waiter.is_done());
    });
}

/// Two workers are done while a join begins.
#[test]
fn queue_join_last_done() {
    explore(50, || {
        let queue = Queue::bounded(2);
        let jobs = [in_hand(&queue, 1), in_hand(&queue, 2)];
        let threads = jobs.map(|job| spawn(move || job.done()));
        let mut waiter = joining(&queue);
        waiter.poll();
        join_all(threads);
        drive(&mut waiter);
        assert!(waiter.is_done());
    });
}

/// The same with one worker, in more detail, and two joins.
#[test]
fn queue_join_two() {
    explore(20, || {
        let queue = ring();
        let job = in_hand(&queue, 1);
        let mut first = parked(joining(&queue));
        let thread = spawn(move || job.done());
        let mut second = joining(&queue);
        second.poll();
        join(thread);
        drive(&mut (&mut first, &mut second));
        assert!(first.is_done() && second.is_done());
    });
}

/// A zero counts for the join that waited, whatever is put before it runs.
#[test]
fn queue_join_then_put() {
    explore(20, || {
        let queue = ring();
        let job = in_hand(&queue, 1);
        let mut waiter = joining(&queue);
        let waiting = spawn(move || {
            let waits = !waiter.poll();
            (waiter, waits)
        });
        job.done();
        queue.try_put(2).unwrap();
        let (mut waiter, _) = join(waiting);
        drive(&mut waiter);
        // A join that began after the put waits for it.
        queue.try_get().unwrap().done();
        drive(&mut waiter);
        assert!(waiter.is_done());
    });
}

#[test]
fn queue_join_parked_then_put() {
    explore(5, || {
        let queue = ring();
        let job = in_hand(&queue, 1);
        let mut waiter = parked(joining(&queue));
        let thread = spawn({
            let queue = queue.clone();
            move || {
                job.done();
                queue.try_put(2).unwrap();
            }
        });
        waiter.poll();
        join(thread);
        drive(&mut waiter);
        assert!(waiter.is_done());
    });
}

/// A zero that came before the put is no zero for a join that comes after it, even if the zero is
/// still being told.
#[test]
fn queue_join_stale_zero() {
    explore(20, || {
        let queue = ring();
        let job = in_hand(&queue, 1);
        let mut early = parked(joining(&queue));
        let thread = spawn(move || job.done());
        queue.try_put(2).unwrap();
        let mut late = joining(&queue);
        late.poll();
        join(thread);
        drive(&mut (&mut early, &mut late));
        assert!(!late.is_done(), "an item is unfinished since before the join");
        queue.try_get().unwrap().done();
        drive(&mut (&mut early, &mut late));
        assert!(early.is_done() && late.is_done());
    });
}

/// What two workers wrote is seen by who joined, however it learned of the zero.
fn join_sees(put_again: bool) {
    let queue = Queue::bounded(2);
    let jobs = [in_hand(&queue, 1), in_hand(&queue, 2)];
    let cells = Rc::new([UnsafeCell::new(0), UnsafeCell::new(0)]);
    let mut waiter = parked(joining(&queue));
    let mut jobs = jobs.into_iter().enumerate();
    let threads = [(); 2].map(|()| {
        let (index, job) = jobs.next().unwrap();
        let (cells, queue) = (Rc::clone(&cells), queue.clone());
        spawn(move || {
            cells[index].with_mut(|cell| unsafe { *cell = 1 });
            job.done();
            if put_again && index == 1 {
                queue.try_put(3).unwrap();
            }
        })
    });
    if waiter.poll() {
        for cell in &*cells {
            cell.with(|cell| assert_eq!(unsafe { *cell }, 1));
        }
    }
    join_all(threads);
}

#[test]
fn queue_join_sees() {
    explore(20, || join_sees(false));
}

#[test]
fn queue_join_sees_by_number() {
    explore(20, || join_sees(true));
}

/// A put is accepted and dropped by the shutdown, or refused; the count is right in both cases.
fn shutdown_put(queue: fn() -> Queue<u32>) {
    let queue = queue();
    let thread = spawn({
        let queue = queue.clone();
        move || queue.try_put(1).is_ok()
    });
    queue.shutdown(Shutdown::Immediate);
    join(thread);
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
}

#[test]
fn queue_shutdown_put_ring() {
    explore(5, || shutdown_put(ring));
}

#[test]
fn queue_shutdown_put_shelf() {
    explore(3, || shutdown_put(shelf));
}

/// A put that is about to wait for room is refused.
fn shutdown_waiting_put(queue: fn() -> Queue<u32>) {
    let queue = queue();
    queue.try_put(1).unwrap();
    let mut put = putting(&queue, 2);
    let thread = spawn(move || {
        put.poll();
        put
    });
    queue.shutdown(Shutdown::Graceful);
    let mut put = join(thread);
    drive(&mut put);
    assert_eq!(put.output, Some(Err(PutError(2))));
    assert_eq!(queue.unfinished(), 1);
}

#[test]
fn queue_shutdown_waiting_put_ring() {
    explore(5, || shutdown_waiting_put(ring));
}

#[test]
fn queue_shutdown_waiting_put_shelf() {
    explore(5, || shutdown_waiting_put(shelf));
}

fn shutdown_get(queue: fn() -> Queue<u32>) {
    let queue = queue();
    let mut get = getting(&queue);
    let thread = spawn(move || {
        get.poll();
        get
    });
    queue.shutdown(Shutdown::Graceful);
    let mut get = join(thread);
    drive(&mut get);
    assert_eq!(get.output, Some(Err(GetError)));
}

#[test]
fn queue_shutdown_get_ring() {
    explore(5, || shutdown_get(ring));
}

#[test]
fn queue_shutdown_get_shelf() {
    explore(5, || shutdown_get(shelf));
}

/// One takes the item, or the shutdown drops it: the join ends either way, and not before the job
/// is done.
fn shutdown_join(queue: fn() -> Queue<u32>) {
    let queue = queue();
    queue.try_put(1).unwrap();
    let mut waiter = parked(joining(&queue));
    let thread = spawn({
        let queue = queue.clone();
        move || queue.try_get().ok().map(Job::into_owned)
    });
    queue.shutdown(Shutdown::Immediate);
    let job = join(thread);
    drive(&mut waiter);
    assert_ne!(waiter.is_done(), job.is_some());
    drop(job);
    drive(&mut waiter);
    assert!(waiter.is_done());
}

#[test]
fn queue_shutdown_join_ring() {
    explore(5, || shutdown_join(ring));
}

#[test]
fn queue_shutdown_join_shelf() {
    explore(3, || shutdown_join(shelf));
}

/// Under a lock: an item wakes a get that registers.
#[test]
fn queue_shelf_get() {
    explore(5, || {
        let queue = shelf();
        let mut get = getting(&queue);
        let thread = spawn(move || {
            get.poll();
            get
        });
        queue.try_put(1).unwrap();
        let mut get = join(thread);
        drive(&mut get);
        assert_eq!(get.output, Some(Ok(1)));
    });
}

/// Room wakes a put that registers.
#[test]
fn queue_shelf_put() {
    explore(5, || {
        let queue = shelf();
        queue.try_put(1).unwrap();
        let mut put = putting(&queue, 2);
        let thread = spawn(move || {
            put.poll();
            put
        });
        queue.try_get().unwrap().done();
        let mut put = join(thread);
        drive(&mut put);
        assert_eq!(put.output, Some(Ok(())));
    });
}

/// The job of a get that is dropped with its notification goes to the other.
#[test]
fn queue_shelf_cancelled_get() {
    explore(3, || {
        let queue = shelf();
        let first = parked(getting(&queue));
        let mut second = parked(getting(&queue));
        let thread = spawn({
            let queue = queue.clone();
            move || queue.try_put(1).unwrap()
        });
        drop(first);
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(1)));
    });
}
