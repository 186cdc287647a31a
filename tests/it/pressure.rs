//! The level by the watermarks, and those who wait for it.

use crate::common::{Task, on_every_runtime, watched};
use core::pin::pin;
use core::task::Poll;
use forebay::Pressure::{self, High, Low};
use forebay::queue::{self, Job, Shutdown};
use forebay::{Builder, Overflow, Receiver, Sender, bounded, unbounded};
use futures_lite::StreamExt;
use futures_lite::future::block_on;
use static_assertions::{assert_impl_all, assert_not_impl_any};
use std::thread;

assert_impl_all!(forebay::Until<'static, std::cell::Cell<u8>>: Send, Sync, Unpin);
assert_impl_all!(forebay::PressureChanges<std::marker::PhantomPinned>: Send, Sync, Unpin);
assert_impl_all!(forebay::Offer<'static, std::marker::PhantomPinned>: Send, Unpin);
assert_not_impl_any!(forebay::PressureChanges<*const u8>: Send, Sync);
assert_impl_all!(queue::Until<'static, std::cell::Cell<u8>>: Send, Sync, Unpin);
assert_impl_all!(queue::PressureChanges<std::marker::PhantomPinned>: Send, Unpin);
assert_impl_all!(queue::Offer<'static, std::marker::PhantomPinned>: Send, Unpin);

/// Repeatable choices.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The rule itself.
struct Model {
    low: usize,
    high: usize,
    inside: usize,
    level: Pressure,
    changes: usize,
}

impl Model {
    fn new(low: usize, high: usize) -> Self {
        Self { low, high, inside: 0, level: Low, changes: 0 }
    }

    fn set(&mut self, inside: usize) {
        self.inside = inside;
        let before = self.level;
        if inside > self.high {
            self.level = High;
        } else if inside < self.low {
            self.level = Low;
        }
        self.changes += usize::from(before != self.level);
    }
}

fn marked<T>(low: usize, high: usize, capacity: Option<usize>) -> (Sender<T>, Receiver<T>) {
    let builder = Builder::new().watermarks(low, high);
    capacity.map_or(builder, |capacity| builder.capacity(capacity)).build().unwrap()
}

/// High, with so many inside: between the marks 1 and 2.
fn high() -> (Sender<u32>, Receiver<u32>) {
    let (sender, receiver) = marked(1, 2, Some(5));
    (0..3).for_each(|number| sender.try_send(number).unwrap());
    (sender, receiver)
}

fn take(receiver: &Receiver<u32>, messages: usize) {
    (0..messages).for_each(|_| assert!(receiver.try_recv().is_ok()));
}

#[test]
fn exactly_between_the_marks() {
    for capacity in [Some(10), Some(16), None] {
        let (sender, receiver) = marked(3, 8, capacity);
        for _round in 0..50 {
            for inside in 0..10 {
                assert_eq!(
                    (sender.len(), sender.pressure()),
                    (inside, if inside > 8 { High } else { Low })
                );
                sender.try_send(inside).unwrap();
            }
            for inside in (0..10).rev() {
                receiver.try_recv().unwrap();
                assert_eq!(
                    (receiver.len(), receiver.pressure()),
                    (inside, if inside < 3 { Low } else { High })
                );
            }
        }
    }
}

/// Random programs of one thread, on every buffer, with watchers whose wakes are counted.
#[test]
fn random_programs_keep_to_the_rule() {
    let programs = if cfg!(miri) { 4 } else { 400 };
    for seed in 0..programs {
        let mut random = Random(seed);
        let capacity = 2 + usize::try_from(random.below(8)).unwrap();
        let high = 2 + usize::try_from(random.below(capacity as u64 - 1)).unwrap();
        let low = 1 + usize::try_from(random.below(high as u64 - 1)).unwrap();
        let limit = (seed % 3 != 0).then_some(capacity);
        let (sender, receiver) = marked(low, high, limit);
        let mut model = Model::new(low, high);
        let mut watcher = Task::parked(sender.until(High));
        let mut seen = 0;
        for _step in 0..300 {
            match random.below(5) {
                0 | 1 if sender.try_send(0).is_ok() => model.set(model.inside + 1),
                2 => {
                    let displaced = sender.force_send(0).unwrap().is_some();
                    model.set(model.inside + usize::from(!displaced));
                }
                3 | 4 if receiver.try_recv().is_ok() => model.set(model.inside - 1),
                _ => {}
            }
            assert_eq!(sender.len(), model.inside);
            assert_eq!(sender.pressure(), model.level, "low {low}, high {high}, {}", model.inside);
            // One wake for each change, and none without.
            assert_eq!(watcher.wakes(), model.changes - seen);
            if model.changes > seen {
                seen = model.changes;
                assert_eq!(watcher.finish(), model.level);
                watcher = Task::parked(sender.until(!model.level));
            }
        }
    }
}

/// The same of every kind of queue, with jobs that come back.
#[test]
fn random_programs_on_queues_keep_to_the_rule() {
    let programs = if cfg!(miri) { 2 } else { 200 };
    for seed in 0..programs {
        let mut random = Random(seed);
        let high = 2 + usize::try_from(random.below(4)).unwrap();
        let low = 1 + usize::try_from(random.below(high as u64 - 1)).unwrap();
        let builder = queue::Builder::new().maxsize(high + 1).watermarks(low, high);
        let builder = builder.overflow(
            [Overflow::Refuse, Overflow::DropOldest, Overflow::DropNewest]
                [usize::try_from(seed % 3).unwrap()],
        );
        #[cfg_attr(not(feature = "std"), allow(unused_mut))]
        let mut queues = vec![builder.fifo().unwrap()];
        #[cfg(feature = "std")]
        queues.extend([
            builder.lifo().unwrap(),
            builder.priority().unwrap(),
            builder.retries(1_000).fifo().unwrap(),
        ]);
        for queue in queues {
            let mut model = Model::new(low, high);
            let mut jobs: Vec<Job<'_, u64>> = Vec::new();
            for _step in 0..200 {
                match random.below(6) {
                    0..=2 => drop(queue.try_put(random.below(10))),
                    3 | 4 => jobs.extend(queue.try_get()),
                    _ => drop(jobs.pop()),
                }
                model.set(queue.len());
                assert_eq!(
                    queue.pressure(),
                    model.level,
                    "low {low}, high {high}, {}",
                    model.inside
                );
            }
            jobs.into_iter().for_each(Job::done);
            queue.shutdown(Shutdown::Immediate);
            assert_eq!((queue.len(), queue.pressure()), (0, Low));
        }
    }
}

#[test]
fn without_marks_it_is_low_for_ever() {
    let builder = Builder::new().tracking();
    let channels = [bounded(2), unbounded(), builder.capacity(2).build().unwrap()];
    for (sender, receiver) in channels {
        (0..2).for_each(|number| sender.try_send(number).unwrap());
        assert_eq!((sender.pressure(), receiver.pressure()), (Low, Low));
        assert_eq!(Task::new(sender.until(Low)).finish(), Low);
        let mut until = Task::parked(receiver.until(High));
        let mut changes = Task::new(sender.pressure_changes());
        assert_eq!(changes.next(), Some(Low));
        changes.park_next();
        receiver.try_recv().unwrap();
        sender.try_send(3).unwrap();
        assert_eq!((until.wakes(), changes.wakes()), (0, 0));
        drop(sender);
        assert_eq!((until.wakes(), changes.wakes()), (1, 1));
        assert_eq!((until.finish(), changes.next()), (Low, None));
    }
}

#[test]
fn any_number_of_watchers_is_woken_once_for_each_change() {
    let (sender, receiver) = high();
    let mut falls: Vec<_> = (0..100).map(|_| Task::parked(receiver.until(Low))).collect();
    let mut streams: Vec<_> = (0..10).map(|_| Task::new(sender.pressure_changes())).collect();
    for stream in &mut streams {
        assert_eq!(stream.next(), Some(High));
        stream.park_next();
    }
    take(&receiver, 2);
    assert!(falls.iter().all(|watcher| watcher.wakes() == 0));
    receiver.try_recv().unwrap();
    assert!(falls.iter().all(|watcher| watcher.wakes() == 1));
    assert!(streams.iter().all(|stream| stream.wakes() == 1));
    assert!(falls.iter_mut().all(|watcher| watcher.finish() == Low));
    for stream in &mut streams {
        assert_eq!(stream.next(), Some(Low));
        stream.park_next();
    }
    // Far from the marks nobody stirs.
    for number in 0..2 {
        sender.try_send(number).unwrap();
        receiver.try_recv().unwrap();
    }
    assert!(streams.iter().all(|stream| stream.wakes() == 0));
}

/// What changes back before a watcher looks, it has not seen.
#[test]
fn changes_that_were_not_looked_at_are_one() {
    let (sender, receiver) = high();
    let mut changes = Task::new(sender.pressure_changes());
    assert_eq!(changes.next(), Some(High));
    changes.park_next();
    let mut until = Task::parked(sender.until(Low));
    take(&receiver, 3);
    (0..3).for_each(|number| sender.try_send(number).unwrap());
    assert_eq!((until.wakes(), changes.wakes()), (1, 1));
    changes.park_next();
    until.park();
    take(&receiver, 3);
    assert_eq!((until.finish(), changes.next()), (Low, Some(Low)));
}

/// A watcher that was woken and goes owes nothing to anybody.
#[test]
fn a_watcher_that_goes_wakes_nobody_and_costs_nobody_a_wakeup() {
    let (sender, receiver) = high();
    let (first, second) = (Task::parked(sender.until(Low)), Task::parked(sender.until(Low)));
    let mut stream = Task::new(sender.pressure_changes());
    stream.next();
    stream.park_next();
    drop(first);
    take(&receiver, 3);
    assert_eq!((second.wakes(), stream.wakes()), (1, 1));
    let third = Task::parked(sender.until(High));
    drop((second, stream));
    assert_eq!(third.wakes(), 0);
    (0..3).for_each(|number| sender.try_send(number).unwrap());
    assert_eq!(third.wakes(), 1);
}

#[test]
fn a_close_ends_the_wait_with_the_level_at_hand() {
    for by_drop in [false, true] {
        let (sender, receiver) = high();
        let mut until = Task::parked(receiver.until(Low));
        let mut changes = Task::new(receiver.pressure_changes());
        assert_eq!(changes.next(), Some(High));
        changes.park_next();
        if by_drop {
            drop(sender);
        } else {
            assert!(sender.close());
        }
        assert_eq!((until.wakes(), changes.wakes()), (1, 1));
        assert_eq!((until.finish(), changes.next(), changes.next()), (High, None, None));
        // The level goes on following the length.
        assert_eq!(Task::new(receiver.until(Low)).finish(), High);
        take(&receiver, 3);
        assert_eq!(receiver.pressure(), Low);
        let mut late = Task::new(receiver.pressure_changes());
        assert_eq!((late.next(), late.next()), (Some(Low), None));
    }
}

#[test]
fn the_last_receiver_leaves_nothing_and_low_pressure() {
    let (sender, receiver) = high();
    let mut until = Task::parked(sender.until(Low));
    let mut changes = Task::new(sender.pressure_changes());
    assert_eq!(changes.next(), Some(High));
    drop(receiver);
    assert_eq!(until.finish(), Low);
    assert_eq!((sender.len(), sender.pressure()), (0, Low));
    assert_eq!((changes.next(), changes.next()), (Some(Low), None));
}

/// A stream of changes is no handle.
#[test]
fn a_stream_keeps_nothing_open() {
    let (sender, receiver) = high();
    let mut changes = pin!(sender.pressure_changes());
    assert_eq!((sender.sender_count(), sender.receiver_count()), (1, 1));
    drop(sender);
    assert!(receiver.is_closed());
    assert_eq!(block_on(changes.next()), Some(High));
    assert_eq!(block_on(changes.next()), None);
}

#[test]
fn a_shutdown_ends_the_wait() {
    let builder = queue::Builder::new().watermarks(1, 2);
    #[cfg_attr(not(feature = "std"), allow(unused_mut))]
    let mut queues = vec![builder.fifo().unwrap()];
    #[cfg(feature = "std")]
    queues.extend([builder.lifo().unwrap(), builder.retries(1).fifo().unwrap()]);
    for queue in queues {
        let mut rise = Task::parked(queue.until(High));
        (0..3).for_each(|item| queue.try_put(item).unwrap());
        assert_eq!((rise.wakes(), rise.finish()), (1, High));
        let mut fall = Task::parked(queue.until(Low));
        let mut changes = Task::new(queue.pressure_changes());
        assert_eq!(changes.next(), Some(High));
        changes.park_next();
        queue.try_get().unwrap().done();
        assert_eq!((fall.wakes(), changes.wakes()), (0, 0));
        queue.shutdown(Shutdown::Graceful);
        assert_eq!((fall.wakes(), fall.finish()), (1, High));
        assert_eq!((changes.next(), changes.next()), (None, None));
    }
}

#[test]
fn a_get_tells_of_a_fall() {
    let builder = queue::Builder::new().watermarks(1, 2);
    #[cfg_attr(not(feature = "std"), allow(unused_mut))]
    let mut queues = vec![builder.fifo().unwrap(), builder.maxsize(3).fifo().unwrap()];
    #[cfg(feature = "std")]
    queues.extend([builder.lifo().unwrap(), builder.maxsize(3).lifo().unwrap()]);
    for queue in queues {
        (0..3).for_each(|item| queue.try_put(item).unwrap());
        let mut fall = Task::parked(queue.until(Low));
        (0..3).for_each(|_| queue.try_get().unwrap().done());
        assert_eq!((fall.wakes(), fall.finish()), (1, Low));
    }
}

/// Pollable once more after the end, with another waker in between.
#[test]
fn the_waker_of_the_last_poll_is_woken() {
    let (sender, receiver) = high();
    let mut until = Task::parked(sender.until(Low));
    let old = until.replace_waker();
    until.park();
    take(&receiver, 3);
    assert_eq!((old.count(), until.wakes()), (0, 1));
    assert_eq!(until.settle(), Poll::Ready(Low));
}

/// The queue of the issue: over ten slow down, under three speed up. It never gets full.
#[test]
fn a_producer_that_minds_the_level_never_waits_for_room() {
    on_every_runtime(async |runtime| {
        let (sender, receiver) = marked(3, 10, Some(12));
        let producer = runtime.spawn(async move {
            for number in 0..2_000 {
                if sender.pressure() == High {
                    sender.until(Low).await;
                }
                sender.try_send(number).unwrap();
            }
        });
        for number in 0..2_000 {
            assert_eq!(receiver.recv().await, Ok(number));
        }
        producer.await;
        assert!(receiver.recv().await.is_err());
    });
}

/// Each side waits for what only the other brings about.
#[test]
fn two_who_wait_for_each_other_go_on() {
    on_every_runtime(async |runtime| {
        let (sender, receiver) = marked(1, 2, Some(3));
        let filler = runtime.spawn(async move {
            while !sender.is_closed() {
                sender.until(Low).await;
                while sender.pressure() == Low && sender.send(()).await.is_ok() {
                    // As long as it takes.
                }
            }
        });
        let mut changes = receiver.pressure_changes();
        for _round in 0..300 {
            assert_eq!(receiver.until(High).await, High);
            while receiver.pressure() == High {
                receiver.recv().await.unwrap();
            }
        }
        receiver.close();
        filler.await;
        let mut last = None;
        while let Some(level) = changes.next().await {
            assert_ne!(last.replace(level), Some(level));
        }
    });
}

#[cfg(feature = "std")]
#[test]
fn threads_wait_too() {
    watched(|| {
        let (sender, receiver) = high();
        let waiting = [(); 3].map(|()| {
            let receiver = receiver.clone();
            thread::spawn(move || receiver.until_blocking(Low))
        });
        (0..3).for_each(|number| assert_eq!(receiver.recv_blocking(), Ok(number)));
        assert!(waiting.into_iter().all(|waiter| waiter.join().unwrap() == Low));
        sender.close();
        assert_eq!(sender.until_blocking(High), Low);

        let queue: queue::Queue<u8> = queue::Builder::new().watermarks(1, 2).lifo().unwrap();
        let waiting = thread::spawn({
            let queue = queue.clone();
            move || queue.until_blocking(High)
        });
        (0..3).for_each(|item| queue.put_blocking(item).unwrap());
        assert_eq!(waiting.join().unwrap(), High);
    });
}

/// Threads push and pop as they like; when they are through, the level is that of the length, and
/// everybody knows.
#[test]
fn when_all_is_quiet_the_level_is_right() {
    let rounds = if cfg!(miri) { 5 } else { 300 };
    for capacity in [Some(4), None] {
        watched(|| {
            for round in 0..rounds {
                let (sender, receiver) = marked(1, 2, capacity);
                let (last, seen) = thread::scope(|scope| {
                    let changes = sender.pressure_changes();
                    let watcher = scope.spawn(move || block_on(changes.last()));
                    let pushers = [0, 1, 2].map(|pusher| {
                        let sender = &sender;
                        scope.spawn(move || {
                            for step in 0..20 {
                                if pusher == 0 && step % 5 == 0 {
                                    let _ = sender.force_send(step);
                                } else {
                                    let _ = sender.try_send(step);
                                }
                            }
                        })
                    });
                    let poppers = [0, 1].map(|_| {
                        let receiver = &receiver;
                        scope.spawn(move || {
                            for _step in 0..25 + round % 6 {
                                let _ = receiver.try_recv();
                            }
                        })
                    });
                    for pusher in pushers {
                        pusher.join().unwrap();
                    }
                    for popper in poppers {
                        popper.join().unwrap();
                    }
                    let last = sender.pressure();
                    // Who waits for it has been told already.
                    assert_eq!(block_on(receiver.until(last)), last);
                    sender.close();
                    (last, watcher.join().unwrap())
                });
                let inside = sender.len();
                assert!(inside <= 2 || last == High, "{inside} inside, {last:?}");
                assert!(inside >= 1 || last == Low, "{inside} inside, {last:?}");
                assert_eq!(seen, Some(last));
            }
        });
    }
}
