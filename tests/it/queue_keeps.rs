//! What was accepted is accounted for: dead letters, tickets, giving back, stopping, guards, and
//! figures that add up.

use crate::common::{Task, on_every_runtime, queues_of_every_kind, take, watched};
use core::cell::Cell;
use core::future::pending;
use core::time::Duration;
use forebay::queue::{
    Builder, DeadLetter, Job, PutError, Queue, Shutdown, Stats, Stopped, Ticket, TryGetError,
    TryPutError, Worker, WorkersGone,
};
use futures_util::StreamExt;
use static_assertions::assert_impl_all;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

assert_impl_all!(Ticket<'static, Cell<u8>>: Send);
assert_impl_all!(Worker<Cell<u8>>: Send, Sync, Clone);
assert_impl_all!(Queue<Cell<u8>>: Send, Sync, std::panic::UnwindSafe, std::panic::RefUnwindSafe);

fn rest<T>(queue: &Queue<T>) -> Vec<T> {
    core::iter::from_fn(|| take(queue).ok()).collect()
}

fn panics<R>(operation: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(operation)).is_err()
}

/// What the documentation of `Stats` promises when nothing is under way.
#[track_caller]
fn adds_up<T>(queue: &Queue<T>) -> Stats {
    let stats = queue.stats();
    let Stats { put, done, failed, left_over, displaced, unfinished, len, in_hand, .. } = stats;
    assert_eq!(put, done + failed + left_over + displaced + unfinished, "{stats:?}");
    assert_eq!(unfinished, len + in_hand, "{stats:?}");
    stats
}

// ---- dead letters

#[test]
fn a_join_returns_when_the_last_dead_letter_is_there() {
    on_every_runtime(async |runtime| {
        let queue = Builder::new().retries(1).fifo().unwrap();
        for item in 0..10 {
            queue.put(item).await.unwrap();
        }
        let worker = runtime.spawn({
            let queue = queue.clone();
            async move {
                while let Ok(job) = queue.get().await {
                    if *job % 2 == 0 {
                        job.done();
                    }
                }
            }
        });
        queue.join().await;
        let dead: Vec<_> = queue.dead_letters().into_iter().map(|letter| letter.item).collect();
        assert_eq!(dead, [1, 3, 5, 7, 9]);
        let stats = adds_up(&queue);
        assert_eq!((stats.failed, stats.done, stats.retried), (5, 5, 5));
        queue.shutdown(Shutdown::Graceful);
        worker.await;
    });
}

#[test]
fn dead_letters_go_to_a_callback_or_stay_where_it_leaves_or_panics() {
    let seen = Arc::new(AtomicUsize::new(0));
    let queue = Builder::new().retries(0).fifo().unwrap().with_dead_letters({
        let seen = Arc::clone(&seen);
        move |letter| {
            assert_eq!(letter.attempts, 1);
            match letter.item {
                0 => drop(letter.take()),
                1 => {}
                _ => resume_unwind(Box::new("the callback fails")),
            }
            seen.fetch_add(1, Ordering::SeqCst);
        }
    });
    (0..3).for_each(|item| queue.try_put(item).unwrap());
    drop(queue.try_get().unwrap());
    queue.try_get().unwrap().fail();
    assert!(panics(|| drop(queue.try_get().unwrap())));
    assert_eq!((seen.load(Ordering::SeqCst), queue.failed(), queue.unfinished()), (2, 3, 0));
    assert_eq!(adds_up(&queue).dead_letters, 2);
    let left: Vec<_> = queue.dead_letters().into_iter().map(|letter| letter.item).collect();
    assert_eq!(left, [1, 2]);
}

/// Two panics at once would end the program.
#[test]
fn a_callback_that_panics_while_a_worker_does_loses_nothing() {
    let queue = Builder::new()
        .retries(0)
        .fifo()
        .unwrap()
        .with_dead_letters(|_| resume_unwind(Box::new("the callback fails")));
    queue.try_put(1).unwrap();
    assert!(panics(|| {
        let _job = queue.try_get().unwrap();
        resume_unwind(Box::new("the worker fails"));
    }));
    assert_eq!(queue.dead_letters(), [DeadLetter { item: 1, attempts: 1 }]);
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn panics_on_panics_lose_nothing() {
    struct Faulty;
    impl std::task::Wake for Faulty {
        fn wake(self: Arc<Self>) {
            resume_unwind(Box::new("the waker fails"));
        }
    }
    for worker_fails in [false, true] {
        let queue = Builder::new()
            .retries(0)
            .fifo()
            .unwrap()
            .with_dead_letters(|_| resume_unwind(Box::new("the callback fails")));
        queue.try_put(1).unwrap();
        let mut join = Task::parked(queue.join());
        assert!(join.poll_with(&std::task::Waker::from(Arc::new(Faulty))).is_pending());
        assert!(panics(|| {
            let _job = queue.try_get().unwrap();
            if worker_fails {
                resume_unwind(Box::new("the worker fails"));
            }
        }));
        assert_eq!((queue.dead_letters().len(), queue.unfinished()), (1, 0));
        panics(|| drop(join));
    }
}

#[test]
fn dead_letters_go_to_another_queue_while_it_takes_them() {
    let letters = Queue::bounded(1);
    let queue = Builder::new().retries(0).fifo().unwrap().with_dead_letter_queue(letters.clone());
    (0..3).for_each(|item| queue.try_put(item).unwrap());
    drop(queue.try_get());
    drop(queue.try_get());
    assert_eq!(take(&letters).unwrap().item, 0);
    assert_eq!(queue.dead_letters()[0].item, 1);
    letters.shutdown(Shutdown::Graceful);
    drop(queue.try_get());
    assert_eq!(queue.dead_letters()[0].item, 2);
}

#[test]
#[should_panic(expected = "a queue without another handle")]
fn where_dead_letters_go_is_chosen_at_construction() {
    let queue = Builder::new().retries(0).fifo::<u8>().unwrap();
    let _other = queue.clone();
    let _ = queue.with_dead_letters(|_| {});
}

#[test]
fn an_explicit_failure_is_never_silent() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        let mut attempts = 0;
        while let Ok(job) = queue.try_get() {
            attempts += 1;
            job.fail();
        }
        assert_eq!(queue.dead_letters(), [DeadLetter { item: 1, attempts }]);
        let stats = adds_up(&queue);
        assert_eq!((stats.put, stats.failed, stats.unfinished), (1, 1, 0));
    }
}

// ---- tickets

#[test]
fn a_ticket_keeps_its_item_unfinished() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        let mut join = Task::parked(queue.join());
        let (item, ticket) = queue.try_get().unwrap().split();
        assert_eq!((item, ticket.attempt(), queue.unfinished()), (1, 1, 1));
        join.park();
        std::thread::scope(|scope| {
            scope.spawn(|| ticket.into_owned().done());
        });
        join.finish();
        assert_eq!(adds_up(&queue).done, 1);
    }
}

#[test]
fn a_ticket_puts_an_item_back_every_way() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        let (item, ticket) = queue.try_get().unwrap().split();
        ticket.give_back(item);
        let (item, ticket) = queue.try_get().unwrap().split();
        assert_eq!((item, ticket.attempt()), (1, 1));
        assert!(Task::new(ticket.requeue(item + 1)).finish().is_ok());
        let (item, ticket) = queue.try_get().unwrap().split();
        assert_eq!((item, ticket.attempt()), (2, 1));
        let job = ticket.into_job(item);
        assert_eq!((*job, queue.unfinished()), (2, 1));
        let (item, ticket) = job.split();
        ticket.fail(item);
        let stats = adds_up(&queue);
        assert_eq!((stats.put, stats.handed_out), (1, 3));
        assert_eq!((stats.requeued, stats.given_back), (1, 1));
        assert_eq!(stats.retried + stats.failed, 1);
    }
}

#[test]
fn a_ticket_that_is_dropped_is_done_or_failed_and_counted() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        let (_, ticket) = queue.try_get().unwrap().split();
        drop(ticket);
        let stats = adds_up(&queue);
        assert_eq!((stats.done + stats.failed, stats.unfinished, stats.len), (1, 0, 0));
    }
    let queue = Builder::new().retries(5).fifo().unwrap();
    queue.try_put(1).unwrap();
    drop(queue.try_get().unwrap().split());
    assert_eq!((queue.failed(), queue.unfinished()), (1, 0));
    assert_eq!(queue.dead_letters(), []);
}

// ---- giving back

#[test]
fn what_is_given_back_has_its_place_and_its_attempt() {
    for (number, queue) in queues_of_every_kind(4).into_iter().enumerate() {
        (1..=4).for_each(|item| queue.try_put(item).unwrap());
        let jobs = [(); 3].map(|()| queue.try_get().unwrap());
        let mut expected: Vec<_> = jobs.iter().map(|job| **job).collect();
        let [first, second, third] = jobs;
        for job in [second, first, third] {
            job.give_back();
        }
        // A channel has the room all the same.
        assert_eq!((queue.is_full(), number == 0 || queue.try_put(9).is_err()), (number > 0, true));
        assert_eq!((queue.len(), queue.unfinished()), (4, 4));
        if number == 0 {
            // A channel keeps no numbers: there the order is that of giving back.
            expected.swap(0, 1);
        }
        let again = queue.try_get().unwrap();
        assert_eq!((*again, again.attempt()), (expected[0], 1));
        again.give_back();
        if number == 0 {
            expected.rotate_left(1);
        }
        let stats = adds_up(&queue);
        assert_eq!((stats.given_back, stats.handed_out), (4, 4));
        assert_eq!(rest(&queue)[..3], expected);
    }
}

#[test]
fn what_is_given_back_wakes_a_get_or_a_stream() {
    for queue in queues_of_every_kind(1) {
        queue.try_put(1).unwrap();
        let job = queue.try_get().unwrap();
        let mut get = Task::parked(queue.get());
        job.give_back();
        assert_eq!(get.wakes(), 1);
        let job = get.finish().unwrap();
        let mut jobs = Task::new(queue.jobs());
        jobs.park_next();
        job.give_back();
        assert!(jobs.wakes() >= 1);
        assert_eq!(jobs.next().unwrap().into_inner(), 1);
    }
}

/// The notification of a get that is dropped goes to the next.
#[test]
fn what_is_given_back_finds_the_next_get_if_the_first_is_cancelled() {
    for queue in queues_of_every_kind(1) {
        queue.try_put(1).unwrap();
        let job = queue.try_get().unwrap();
        let first = Task::parked(queue.get());
        let mut second = Task::parked(queue.get());
        job.give_back();
        drop(first);
        assert_eq!(second.wakes(), 1);
        assert_eq!(second.finish().unwrap().into_inner(), 1);
    }
}

#[test]
fn after_a_graceful_shutdown_it_is_handed_out_or_left_over() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        let job = queue.try_get().unwrap();
        assert_eq!(queue.shutdown(Shutdown::Graceful), []);
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        job.give_back();
        let job = queue.try_get().unwrap();
        assert_eq!((*job, job.attempt()), (1, 1));
        job.give_back();
        let mut join = Task::parked(queue.join());
        assert_eq!(queue.shutdown(Shutdown::Immediate), [1]);
        join.finish();
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        assert_eq!((adds_up(&queue).left_over, queue.len()), (1, 0));
    }
}

#[test]
fn after_an_immediate_shutdown_it_is_left_over() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        queue.try_put(2).unwrap();
        let job = queue.try_get().unwrap();
        let item = *job;
        assert_eq!(queue.shutdown(Shutdown::Immediate), [3 - item]);
        let mut join = Task::parked(queue.join());
        job.give_back();
        join.finish();
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        assert_eq!(queue.shutdown(Shutdown::Immediate), [item]);
        let stats = adds_up(&queue);
        assert_eq!((stats.left_over, stats.handed_out, stats.given_back), (2, 1, 0));
    }
}

#[test]
fn an_unready_job_waits_for_its_time_and_not_in_the_queue() {
    let queue = Builder::new().priority().unwrap();
    queue.try_put(1).unwrap();
    let (time, timer) = tokio::sync::oneshot::channel::<()>();
    let mut later = Task::parked(queue.try_get().unwrap().requeue_after(timer));
    assert_eq!(queue.try_get().unwrap_err(), TryGetError::Empty);
    assert_eq!(queue.unfinished(), 1);
    time.send(()).unwrap();
    assert!(later.finish().is_ok());
    assert_eq!(take(&queue), Ok(1));
}

#[test]
fn a_shutdown_ends_the_wait_of_an_unready_job() {
    for how in [Shutdown::Graceful, Shutdown::Immediate] {
        for queue in queues_of_every_kind(1) {
            queue.try_put(1).unwrap();
            let job = queue.try_get().unwrap().into_owned();
            let mut later = Task::parked(job.requeue_after(pending::<()>()));
            queue.shutdown(how);
            assert_eq!(later.wakes(), 1);
            let PutError(job) = later.finish().unwrap_err();
            assert_eq!(job.into_inner(), 1);
        }
    }
}

// ---- stopping

#[test]
fn an_immediate_shutdown_returns_what_it_did_not_hand_out() {
    for queue in queues_of_every_kind(4) {
        (1..=4).for_each(|item| queue.try_put(item).unwrap());
        let job = queue.try_get().unwrap();
        let left = queue.shutdown(Shutdown::Immediate);
        assert_eq!(left.len(), 3);
        assert!(!left.contains(&job));
        let stats = adds_up(&queue);
        assert_eq!((stats.put, stats.left_over, stats.in_hand, stats.handed_out), (4, 3, 1, 1));
        assert_eq!(queue.shutdown(Shutdown::Immediate), []);
        job.done();
    }
}

#[test]
fn a_graceful_stop_ends_with_the_work_or_names_what_is_left_at_the_deadline() {
    for queue in queues_of_every_kind(4) {
        (1..=2).for_each(|item| queue.try_put(item).unwrap());
        let mut stop = Task::parked(queue.stop(Shutdown::Graceful, pending::<()>()));
        assert_eq!(queue.try_put(3), Err(TryPutError::ShutDown(3)));
        take(&queue).unwrap();
        stop.park();
        take(&queue).unwrap();
        assert_eq!(stop.finish(), Stopped { leftovers: vec![], in_hand: 0 });
    }
    for queue in queues_of_every_kind(4) {
        (1..=3).for_each(|item| queue.try_put(item).unwrap());
        let (time, deadline) = tokio::sync::oneshot::channel::<()>();
        let mut stop = Task::parked(queue.stop(Shutdown::Graceful, deadline));
        let job = queue.try_get().unwrap();
        time.send(()).unwrap();
        let stopped = stop.finish();
        assert_eq!((stopped.leftovers.len(), stopped.in_hand), (2, 1));
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        job.give_back();
        assert_eq!(queue.shutdown(Shutdown::Immediate).len(), 1);
        assert_eq!(adds_up(&queue).left_over, 3);
    }
}

#[test]
fn a_thread_stops_a_queue_within_a_timeout_or_when_the_work_ends() {
    watched(|| {
        for queue in queues_of_every_kind(4) {
            (1..=2).for_each(|item| queue.try_put(item).unwrap());
            let worker = std::thread::spawn({
                let queue = queue.clone();
                move || {
                    while let Ok(job) = queue.get_blocking() {
                        job.done();
                    }
                }
            });
            // Far beyond what the test may take: the work ends the wait.
            let stopped = queue.stop_blocking(Shutdown::Graceful, Duration::from_secs(3600));
            assert_eq!(stopped, Stopped { leftovers: vec![], in_hand: 0 });
            worker.join().unwrap();
        }
        for queue in queues_of_every_kind(4) {
            (1..=2).for_each(|item| queue.try_put(item).unwrap());
            let job = queue.try_get().unwrap();
            let stopped = queue.stop_blocking(Shutdown::Graceful, Duration::from_millis(1));
            assert_eq!((stopped.leftovers.len(), stopped.in_hand), (1, 1));
            job.done();
        }
    });
}

#[test]
fn a_drain_hands_out_nothing_more_and_waits_for_jobs_in_hand() {
    for queue in queues_of_every_kind(4) {
        (1..=3).for_each(|item| queue.try_put(item).unwrap());
        let jobs = [queue.try_get().unwrap(), queue.try_get().unwrap()];
        let mut stop = Task::parked(queue.stop(Shutdown::Immediate, pending::<()>()));
        assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
        let [first, second] = jobs;
        first.done();
        stop.park();
        let back = *second;
        second.give_back();
        let stopped = stop.finish();
        assert_eq!((stopped.leftovers.len(), stopped.in_hand), (2, 0));
        assert!(stopped.leftovers.contains(&back));
        let stats = adds_up(&queue);
        assert_eq!((stats.done, stats.left_over), (1, 2));
    }
}

#[test]
fn a_stop_that_is_cancelled_keeps_what_is_left() {
    for queue in queues_of_every_kind(4) {
        (1..=3).for_each(|item| queue.try_put(item).unwrap());
        let job = queue.try_get().unwrap();
        drop(Task::parked(queue.stop(Shutdown::Immediate, pending::<()>())));
        assert_eq!((queue.len(), queue.unfinished(), adds_up(&queue).left_over), (0, 1, 2));
        job.done();
        let stopped = Task::new(queue.stop(Shutdown::Immediate, pending::<()>())).finish();
        assert_eq!(stopped.leftovers.len(), 2);
    }
}

#[test]
fn workers_that_hold_several_jobs_end() {
    on_every_runtime(async |runtime| {
        for queue in queues_of_every_kind::<u32>(8) {
            let workers: Vec<_> = (0..2)
                .map(|_| {
                    let mut chunks = queue.jobs().chunks(4);
                    runtime.spawn(async move {
                        let mut sum = 0;
                        while let Some(jobs) = chunks.next().await {
                            assert!(jobs.len() <= 4);
                            sum += jobs.into_iter().map(Job::into_inner).sum::<u32>();
                        }
                        sum
                    })
                })
                .collect();
            for item in 1..=30 {
                queue.put(item).await.unwrap();
            }
            queue.shutdown(Shutdown::Graceful);
            let mut sum = 0;
            for worker in workers {
                sum += worker.await;
            }
            assert_eq!((sum, queue.unfinished()), (465, 0));
        }
    });
}

#[test]
fn a_leaked_job_keeps_nothing_waiting_but_a_join() {
    for queue in queues_of_every_kind(2) {
        queue.try_put(1).unwrap();
        core::mem::forget(queue.try_get().unwrap());
        queue.shutdown(Shutdown::Graceful);
        assert!(Task::new(queue.get()).finish().is_err());
        Task::new(queue.join()).park();
        let deadline = core::future::ready(());
        let stopped = Task::new(queue.stop(Shutdown::Graceful, deadline)).finish();
        assert_eq!(stopped, Stopped { leftovers: vec![], in_hand: 1 });
    }
}

#[test]
fn the_end_can_be_waited_for() {
    for queue in queues_of_every_kind::<u8>(1) {
        let mut closed = [Task::parked(queue.closed()), Task::parked(queue.closed())];
        queue.shutdown(Shutdown::Graceful);
        closed.iter_mut().for_each(Task::finish);
        Task::new(queue.closed()).finish();
        queue.closed_blocking();
    }
}

// ---- guards

#[test]
fn a_queue_ends_with_its_last_producer() {
    for queue in queues_of_every_kind(4) {
        let first = queue.producer();
        let second = first.clone();
        let mut get = Task::parked(queue.get());
        drop(first);
        get.park();
        second.try_put(1).unwrap();
        drop(second);
        assert!(queue.is_shut_down());
        assert_eq!(get.finish().unwrap().into_inner(), 1);
        assert!(Task::new(queue.get()).finish().is_err());
    }
}

#[test]
fn a_join_ends_with_an_error_when_the_last_worker_goes() {
    for queue in queues_of_every_kind(4) {
        queue.try_put(1).unwrap();
        Task::new(queue.try_join()).park();
        let first = queue.worker();
        let second = first.clone();
        let mut join = Task::parked(queue.try_join());
        let mut plain = Task::parked(queue.join());
        drop(first);
        join.park();
        drop(second);
        assert_eq!(join.finish(), Err(WorkersGone));
        plain.park();
        let third = queue.worker();
        let mut join = Task::parked(queue.try_join());
        third.try_get().unwrap().done();
        assert_eq!((join.finish(), plain.finish()), (Ok(()), ()));
        drop(third);
        assert_eq!(Task::new(queue.try_join()).finish(), Ok(()));
    }
}

#[test]
fn a_stop_ends_when_the_last_worker_goes() {
    for queue in queues_of_every_kind(4) {
        (1..=2).for_each(|item| queue.try_put(item).unwrap());
        let worker = queue.worker();
        let mut stop = Task::parked(queue.stop(Shutdown::Graceful, pending::<()>()));
        drop(worker);
        assert_eq!(stop.finish().leftovers.len(), 2);
    }
}

#[test]
fn workers_that_all_die_are_noticed_on_threads() {
    watched(|| {
        for queue in queues_of_every_kind(4) {
            (1..=3).for_each(|item| queue.try_put(item).unwrap());
            let threads: Vec<_> = (0..2)
                .map(|_| {
                    let worker = queue.worker();
                    std::thread::spawn(move || {
                        let _job = worker.get_blocking().unwrap();
                        resume_unwind(Box::new("the worker dies"));
                    })
                })
                .collect();
            assert_eq!(queue.try_join_blocking(), Err(WorkersGone));
            for thread in threads {
                assert!(thread.join().is_err());
            }
        }
    });
}

// ---- borrowed items, figures

#[test]
fn borrowed_items_are_streamed_too() {
    let items = [String::from("a"), String::from("b")];
    for queue in queues_of_every_kind(2) {
        for item in &items {
            queue.try_put(item.as_str()).unwrap();
        }
        queue.shutdown(Shutdown::Graceful);
        let mut jobs = Task::new(queue.jobs());
        let job: Job<'_, &str> = jobs.next().unwrap();
        drop(jobs.next());
        drop(queue);
        assert_eq!(job.into_owned().into_inner().len(), 1);
    }
}

#[test]
fn waiting_is_measured_with_tracking() {
    let builder = Builder::new().tracking();
    for queue in [builder.fifo().unwrap(), builder.lifo().unwrap(), builder.priority().unwrap()] {
        assert_eq!(
            (queue.stats().oldest_wait, queue.stats().total_wait),
            (None, Some(Duration::ZERO))
        );
        queue.try_put(1).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        queue.try_put(2).unwrap();
        assert!(queue.stats().oldest_wait.unwrap() >= Duration::from_millis(5));
        rest(&queue);
        let stats = queue.stats();
        assert!(stats.total_wait.unwrap() >= Duration::from_millis(5));
        assert_eq!(stats.oldest_wait, None);
    }
    assert_eq!(Builder::new().fifo::<u8>().unwrap().stats().total_wait, None);
}

#[test]
fn figures_are_told_to_prometheus() {
    let one = Builder::new().maxsize(3).tracking().fifo().unwrap();
    one.try_put(1).unwrap();
    let two = Queue::unbounded();
    two.try_put(1).unwrap();
    two.try_get().unwrap().fail();
    let text = Stats::prometheus(&[("one", one.stats()), ("a \"b\"\\\n", two.stats())]);
    let failed: Vec<_> = text.lines().filter(|line| line.contains("_failed_total")).collect();
    assert_eq!(
        failed,
        [
            "# HELP forebay_queue_failed_total Items whose attempts are used up.",
            "# TYPE forebay_queue_failed_total counter",
            "forebay_queue_failed_total{queue=\"one\"} 0",
            "forebay_queue_failed_total{queue=\"a \\\"b\\\"\\\\\\n\"} 1",
        ]
    );
    let capacities = text.lines().filter(|line| line.starts_with("forebay_queue_capacity{"));
    assert_eq!(capacities.collect::<Vec<_>>(), ["forebay_queue_capacity{queue=\"one\"} 3"]);
    assert!(text.ends_with('\n') && !text.contains("\n\n"));
    assert_eq!(Stats::prometheus(&[]), "");
}

#[test]
fn figures_are_read_on_one_line() {
    let queue = Queue::unbounded();
    queue.try_put(1).unwrap();
    let line = "1 inside, 0 in hand, 1 put, 0 done, 0 failed, 0 left over";
    assert_eq!(queue.stats().to_string(), line);
    assert_eq!(forebay::Stats::from(queue.stats()).sent, 1);
}
