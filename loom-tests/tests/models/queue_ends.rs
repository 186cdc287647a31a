//! What becomes of jobs that are not done, and how a queue ends: nothing is lost between a stop and
//! what comes back.

use crate::harness::{Task, drive, explore, join, spawn};
use crate::queue::{getting, in_hand, joining, parked, ring, shelf};
use forebay::queue::{Builder, GetError, Job, Queue, Shutdown, TryGetError, WorkersGone};

fn returning() -> Queue<u32> {
    Builder::new().retries(1).fifo().unwrap()
}

fn closing(queue: &Queue<u32>) -> Task<()> {
    let queue = queue.clone();
    Task::new(async move { queue.closed().await })
}

fn try_joining(queue: &Queue<u32>) -> Task<Result<(), WorkersGone>> {
    let queue = queue.clone();
    Task::new(async move { queue.try_join().await })
}

/// What comes back wakes a get that registers.
fn comes_back(queue: fn() -> Queue<u32>, back: fn(Job<'static, u32>)) {
    let queue = queue();
    let job = in_hand(&queue, 1);
    let mut get = getting(&queue);
    let thread = spawn(move || {
        get.poll();
        get
    });
    back(job);
    let mut get = join(thread);
    drive(&mut get);
    assert_eq!(get.output, Some(Ok(1)));
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn ends_returned_job() {
    explore(5, || comes_back(returning, |job| drop(job)));
}

#[test]
fn ends_given_back_ring() {
    explore(5, || comes_back(ring, Job::give_back));
}

#[test]
fn ends_given_back_shelf() {
    explore(5, || comes_back(shelf, Job::give_back));
}

/// The same through a ticket.
#[test]
fn ends_ticket_given_back() {
    explore(5, || {
        comes_back(ring, |job| {
            let (item, ticket) = job.split();
            ticket.give_back(item);
        });
    });
}

/// What is given back is announced to a get that is dropped with it: the next one gets it.
fn given_back_cancelled(queue: fn() -> Queue<u32>) {
    let queue = queue();
    let job = in_hand(&queue, 1);
    let first = parked(getting(&queue));
    let mut second = parked(getting(&queue));
    let thread = spawn(move || job.give_back());
    drop(first);
    join(thread);
    drive(&mut second);
    assert_eq!(second.output, Some(Ok(1)));
}

#[test]
fn ends_given_back_cancelled_ring() {
    explore(3, || given_back_cancelled(ring));
}

#[test]
fn ends_given_back_cancelled_shelf() {
    explore(3, || given_back_cancelled(shelf));
}

/// Two workers pass an item to each other: one that looks meanwhile may miss it only while it is in
/// hand.
#[test]
fn ends_given_back_beside_try_get() {
    explore(5, || {
        let queue = ring();
        queue.try_put(1).unwrap();
        queue.shutdown(Shutdown::Graceful);
        let thread = spawn({
            let queue = queue.clone();
            move || match queue.try_get() {
                Ok(job) => {
                    job.give_back();
                    false
                }
                Err(_) => true,
            }
        });
        let got = queue.try_get().map(Job::into_inner);
        let missed = join(thread);
        assert!(got == Ok(1) || !missed);
        assert_eq!(queue.len(), usize::from(got.is_err()));
    });
}

/// An immediate shutdown beside a job that is given back: it is left over, now or with the next
/// call.
fn stop_beside(queue: fn() -> Queue<u32>, back: fn(Job<'static, u32>)) {
    let queue = queue();
    let job = in_hand(&queue, 1);
    let mut waiter = parked(joining(&queue));
    let thread = spawn(move || back(job));
    let mut left = queue.shutdown(Shutdown::Immediate);
    join(thread);
    drive(&mut waiter);
    assert!(waiter.is_done());
    assert_eq!(queue.try_get().err(), Some(TryGetError::ShutDown));
    left.extend(queue.shutdown(Shutdown::Immediate));
    assert_eq!(left, [1]);
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    let stats = queue.stats();
    assert_eq!((stats.put, stats.left_over, stats.done), (1, 1, 0));
}

#[test]
fn ends_stop_given_back_ring() {
    explore(3, || stop_beside(ring, Job::give_back));
}

#[test]
fn ends_stop_given_back_shelf() {
    explore(3, || stop_beside(shelf, Job::give_back));
}

#[test]
fn ends_stop_returned() {
    explore(3, || stop_beside(returning, |job| drop(job)));
}

/// Who has joined can take what was left over late.
fn joined_leftover(queue: fn() -> Queue<u32>) {
    let queue = queue();
    let job = in_hand(&queue, 1);
    queue.shutdown(Shutdown::Immediate);
    let thread = spawn(move || job.give_back());
    if joining(&queue).poll() {
        assert_eq!(queue.shutdown(Shutdown::Immediate), [1]);
    }
    join(thread);
}

#[test]
fn ends_joined_leftover_ring() {
    explore(3, || joined_leftover(ring));
}

#[test]
fn ends_joined_leftover_shelf() {
    explore(3, || joined_leftover(shelf));
}

/// The same where the stop itself leaves over, and another stop takes it.
#[test]
fn ends_joined_stop() {
    explore(3, || {
        let queue = ring();
        queue.try_put(1).unwrap();
        let thread = spawn({
            let queue = queue.clone();
            move || queue.shutdown(Shutdown::Immediate).len()
        });
        let joined = joining(&queue).poll();
        let here = queue.shutdown(Shutdown::Immediate).len();
        let there = join(thread);
        assert_eq!(here + there, 1);
        assert_eq!(queue.unfinished(), 0);
        let _ = joined;
    });
}

/// A put and a get beside a stop: what was put is got, or left over.
fn stop_put_get(queue: fn() -> Queue<u32>) {
    let queue = queue();
    let thread = spawn({
        let queue = queue.clone();
        move || {
            let put = queue.try_put(1).is_ok();
            let got = queue.try_get().map(Job::into_inner).is_ok();
            (put, got)
        }
    });
    let left = queue.shutdown(Shutdown::Immediate).len();
    let (put, got) = join(thread);
    assert_eq!(usize::from(put), usize::from(got) + left);
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
}

#[test]
fn ends_stop_put_get_ring() {
    explore(3, || stop_put_get(ring));
}

#[test]
fn ends_stop_put_get_shelf() {
    explore(3, || stop_put_get(shelf));
}

/// Two stops beside each other return each item once.
#[test]
fn ends_two_stops() {
    explore(3, || {
        let queue = Queue::bounded(2);
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        let thread = spawn({
            let queue = queue.clone();
            move || queue.shutdown(Shutdown::Immediate)
        });
        let mut left = queue.shutdown(Shutdown::Immediate);
        left.extend(join(thread));
        left.sort_unstable();
        assert_eq!((left, queue.unfinished()), (vec![1, 2], 0));
    });
}

/// Who has joined finds the dead letter.
#[test]
fn ends_joined_dead_letter() {
    explore(5, || {
        let queue = Builder::new().retries(0).fifo().unwrap();
        let job = in_hand(&queue, 1);
        let thread = spawn(move || drop(job));
        if joining(&queue).poll() {
            assert_eq!(queue.dead_letters().len(), 1);
        }
        join(thread);
        assert_eq!((queue.failed(), queue.unfinished()), (1, 0));
    });
}

/// A join waits for the ticket, and is woken by it.
#[test]
fn ends_ticket_join() {
    explore(5, || {
        let queue = ring();
        let (item, ticket) = in_hand(&queue, 1).split();
        let mut waiter = parked(joining(&queue));
        let thread = spawn(move || ticket.done());
        waiter.poll();
        join(thread);
        drive(&mut waiter);
        assert!(waiter.is_done());
        assert_eq!((item, queue.unfinished()), (1, 0));
    });
}

/// The last producer to go ends the queue after all that was put.
fn last_producer(queue: fn() -> Queue<u32>) {
    let queue = queue();
    let (one, other) = (queue.producer(), queue.producer());
    let mut get = getting(&queue);
    let thread = spawn(move || {
        one.try_put(1).unwrap();
        drop(one);
    });
    drop(other);
    get.poll();
    join(thread);
    drive(&mut get);
    assert_eq!(get.output, Some(Ok(1)));
    assert_eq!(queue.try_get().err(), Some(TryGetError::ShutDown));
}

#[test]
fn ends_last_producer_ring() {
    explore(3, || last_producer(ring));
}

#[test]
fn ends_last_producer_shelf() {
    explore(3, || last_producer(shelf));
}

/// The last producer wakes a get.
#[test]
fn ends_last_producer_get() {
    explore(3, || {
        let queue = ring();
        let producers = [queue.producer(), queue.producer()];
        let mut get = parked(getting(&queue));
        let threads = producers.map(|producer| spawn(move || drop(producer)));
        threads.into_iter().for_each(join);
        drive(&mut get);
        assert_eq!(get.output, Some(Err(GetError)));
    });
}

/// The last worker to go ends the join that registers.
#[test]
fn ends_last_worker() {
    explore(5, || {
        let queue = ring();
        queue.try_put(1).unwrap();
        let worker = queue.worker();
        let thread = spawn(move || drop(worker));
        let mut waiter = try_joining(&queue);
        waiter.poll();
        join(thread);
        drive(&mut waiter);
        assert_eq!(waiter.output, Some(Err(WorkersGone)));
    });
}

/// What the last worker did before it went counts.
#[test]
fn ends_last_worker_done() {
    explore(5, || {
        let queue = ring();
        let job = in_hand(&queue, 1);
        let worker = queue.worker();
        let thread = spawn(move || {
            job.done();
            drop(worker);
        });
        let mut waiter = try_joining(&queue);
        waiter.poll();
        join(thread);
        drive(&mut waiter);
        assert_eq!(waiter.output, Some(Ok(())));
    });
}

fn shutdown_closed(queue: fn() -> Queue<u32>) {
    let queue = queue();
    let mut closed = closing(&queue);
    let thread = spawn(move || {
        closed.poll();
        closed
    });
    queue.shutdown(Shutdown::Graceful);
    let mut closed = join(thread);
    drive(&mut closed);
    assert!(closed.is_done());
}

#[test]
fn ends_closed_ring() {
    explore(3, || shutdown_closed(ring));
}

#[test]
fn ends_closed_shelf() {
    explore(3, || shutdown_closed(shelf));
}
