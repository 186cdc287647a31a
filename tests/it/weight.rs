//! Channels that are bounded by the weight of their messages. Here a message is its own weight.

use crate::common::Task;
use core::cell::Cell;
use core::task::Poll;
use forebay::{
    BuildError, Builder, Overflow, Pressure, Receiver, ReserveError, Sender, TrySendError,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

fn weighed(limit: usize) -> (Sender<usize>, Receiver<usize>) {
    Builder::new().weight(limit, |weight| *weight).build().unwrap()
}

fn weight(sender: &Sender<usize>) -> usize {
    sender.stats().weight.unwrap()
}

#[test]
fn the_sum_of_the_weights_is_bounded() {
    let (tx, rx) = weighed(10);
    assert_eq!((tx.try_send(4), tx.try_send(5)), (Ok(()), Ok(())));
    assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    assert!(!tx.is_full());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!((tx.is_full(), tx.len(), tx.capacity(), weight(&tx)), (true, 3, None, 10));
    assert_eq!(tx.stats().weight_limit, Some(10));
    assert_eq!(rx.try_recv(), Ok(4));
    assert_eq!((weight(&tx), tx.try_send(5)), (6, Err(TrySendError::Full(5))));
    assert_eq!((tx.try_send(4), weight(&tx)), (Ok(()), 10));
    assert_eq!(rx.drain().collect::<Vec<_>>(), [5, 1, 4]);
    assert_eq!(weight(&tx), 0);
    assert_eq!(tx.stats().to_string().split(',').nth(1), Some(" weighing 0 of 10"));
}

#[test]
fn a_message_that_is_too_heavy_passes_alone_and_none_weighs_nothing() {
    let (tx, rx) = weighed(10);
    tx.try_send(0).unwrap();
    assert_eq!(weight(&tx), 1);
    assert_eq!(tx.try_send(100), Err(TrySendError::Full(100)));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((tx.try_send(100), weight(&tx), tx.is_full()), (Ok(()), 10, true));
    assert_eq!(tx.try_send(0), Err(TrySendError::Full(0)));
    assert_eq!((rx.try_recv(), weight(&tx)), (Ok(100), 0));
}

#[test]
fn room_is_gathered_for_the_first_that_waits() {
    let (tx, rx) = weighed(10);
    tx.try_send(5).unwrap();
    tx.try_send(5).unwrap();
    let mut heavy = Task::new(tx.send(10));
    assert!(heavy.settle().is_pending());
    let mut light = Task::new(tx.send(1));
    assert!(light.settle().is_pending());
    assert_eq!(rx.try_recv(), Ok(5));
    // There is room for the light ones, which the heavy one needs too.
    assert!(heavy.settle().is_pending());
    assert!(light.settle().is_pending());
    assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
    assert_eq!(rx.try_recv(), Ok(5));
    assert_eq!(heavy.settle(), Poll::Ready(Ok(())));
    assert!(light.settle().is_pending());
    assert_eq!(rx.try_recv(), Ok(10));
    assert_eq!(light.settle(), Poll::Ready(Ok(())));
    assert_eq!(rx.try_recv(), Ok(1));
}

/// What one of them leaves goes to the next, without another message being received.
#[test]
fn one_message_makes_room_for_several() {
    let (tx, rx) = weighed(10);
    tx.try_send(9).unwrap();
    tx.try_send(1).unwrap();
    let mut sends: Vec<_> = (1..=4).map(|_| Task::new(tx.send(3))).collect();
    for send in &mut sends {
        assert!(send.settle().is_pending());
    }
    assert_eq!(rx.try_recv(), Ok(9));
    let mut sent = 0;
    for _ in 0..4 {
        sends.retain_mut(|send| send.wakes() == 0 || send.settle().is_pending());
        sent = 4 - sends.len();
    }
    assert_eq!(sent, 3);
    assert_eq!(weight(&tx), 10);
}

#[test]
fn a_heavy_send_that_is_dropped_holds_nobody_up() {
    for notified in [false, true] {
        let (tx, rx) = weighed(10);
        tx.try_send(10).unwrap();
        let mut heavy = Task::new(tx.send(10));
        assert!(heavy.settle().is_pending());
        let mut light = Task::new(tx.send(1));
        assert!(light.settle().is_pending());
        if notified {
            rx.try_recv().unwrap();
            drop(heavy);
        } else {
            drop(heavy);
            rx.try_recv().unwrap();
        }
        assert_eq!(light.wakes(), 1);
        assert_eq!(light.settle(), Poll::Ready(Ok(())));
    }
}

/// It was woken, and nobody polls it: the others go on.
#[test]
fn a_heavy_send_that_is_held_holds_nobody_up() {
    let (tx, rx) = weighed(10);
    tx.try_send(10).unwrap();
    let mut heavy = Task::new(tx.send(10));
    assert!(heavy.settle().is_pending());
    let mut light = Task::new(tx.send(1));
    assert!(light.settle().is_pending());
    rx.try_recv().unwrap();
    assert_eq!(light.wakes(), 1);
    assert_eq!(light.settle(), Poll::Ready(Ok(())));
    rx.try_recv().unwrap();
    assert_eq!(heavy.settle(), Poll::Ready(Ok(())));
}

#[test]
fn marks_and_counters_go_by_weight() {
    let builder = Builder::new().watermarks(3, 6).tracking();
    let (tx, rx) = builder.weight(10, |weight| *weight).build().unwrap();
    let mut changes = Task::new(rx.pressure_changes());
    assert_eq!(changes.next(), Some(Pressure::Low));
    tx.try_send(6).unwrap();
    assert_eq!(tx.pressure(), Pressure::Low);
    tx.try_send(1).unwrap();
    assert_eq!(tx.pressure(), Pressure::High);
    assert_eq!(changes.next(), Some(Pressure::High));
    tx.try_send(3).unwrap();
    assert!(tx.try_send(1).is_err());
    rx.try_recv().unwrap();
    assert_eq!((tx.pressure(), weight(&tx)), (Pressure::High, 4));
    rx.try_recv().unwrap();
    assert_eq!((tx.pressure(), weight(&tx)), (Pressure::High, 3));
    rx.try_recv().unwrap();
    assert_eq!(tx.pressure(), Pressure::Low);
    assert_eq!(changes.next(), Some(Pressure::Low));
    let stats = tx.stats();
    assert_eq!((stats.deepest, stats.refused, stats.len), (Some(10), Some(1), 0));
}

#[test]
fn batches_go_by_weight() {
    let (tx, rx) = weighed(10);
    let unsent = tx.try_send_many(1..=9).unwrap_err().into_inner();
    assert_eq!((unsent.sent(), unsent.collect::<Vec<_>>()), (4, vec![5, 6, 7, 8, 9]));
    let mut many = Task::new(tx.send_many([5, 6, 20, 1]));
    assert!(many.settle().is_pending());
    let (mut received, mut done) = (Vec::new(), false);
    for _ in 0..10 {
        let _ = rx.try_recv_many(&mut received, 3);
        assert!(weight(&tx) <= 10);
        done = done || many.settle().is_ready();
    }
    assert!(done);
    assert_eq!((received, weight(&tx)), (vec![1, 2, 3, 4, 5, 6, 20, 1], 0));
}

#[test]
fn a_close_wakes_and_nothing_stays() {
    let (tx, rx) = weighed(10);
    tx.try_send(10).unwrap();
    let mut send = Task::new(tx.send(1));
    assert!(send.settle().is_pending());
    rx.close();
    assert_eq!(send.wakes(), 1);
    assert_eq!(send.settle(), Poll::Ready(Err(forebay::SendError(1))));
    assert_eq!(rx.try_recv(), Ok(10));
    assert_eq!((weight(&tx), tx.try_send(1)), (0, Err(TrySendError::Closed(1))));
    let (tx, rx) = weighed(10);
    tx.try_send(10).unwrap();
    drop(rx);
    assert_eq!(weight(&tx), 0);
}

#[test]
fn what_does_not_go_by_weight_says_so() {
    let weigh = |weight: &usize| *weight;
    assert_eq!(
        Builder::new().capacity(1).weight(1, weigh).build().unwrap_err(),
        BuildError::Weight
    );
    let drops = Builder::new().overflow(Overflow::DropOldest);
    assert_eq!(drops.weight(1, weigh).build().unwrap_err(), BuildError::Weight);
    assert_eq!(Builder::new().weight(0, weigh).build().unwrap_err(), BuildError::ZeroCapacity);
    let huge = Builder::new().weight(usize::MAX, weigh).build().unwrap_err();
    assert_eq!(huge, BuildError::CapacityOverflow(usize::MAX));
    let high = Builder::new().watermarks(1, 11).weight(10, weigh).build().unwrap_err();
    assert_eq!(high, BuildError::HighAboveCapacity { high: 11, capacity: 10 });

    let (tx, rx) = weighed(10);
    assert_eq!(tx.try_reserve().unwrap_err(), ReserveError::TooMany { most: 0 });
    assert_eq!((tx.force_send(10), tx.force_send(3)), (Ok(None), Ok(Some(3))));
    assert_eq!(rx.len(), 1);
    let newest = Builder::new().overflow(Overflow::DropNewest);
    let (tx, rx) = newest.weight(10, weigh).build().unwrap();
    for message in [6, 7, 4] {
        tx.try_send(message).unwrap();
    }
    assert_eq!(rx.drain().collect::<Vec<_>>(), [6, 4]);
}

/// What was taken for a message is what it gives back, whatever it weighs by then.
#[test]
fn a_weight_that_changes_leaves_the_sum_exact() {
    let (tx, rx) = Builder::new().weight(10, |weight: &Cell<usize>| weight.get()).build().unwrap();
    for (before, after) in [(7, 1), (1, 100), (3, 0), (10, 3)] {
        let message = Rc::new(Cell::new(before));
        let (shared, out) = Builder::new().weight(10, weigh_shared).build().unwrap();
        shared.try_send(Rc::clone(&message)).unwrap();
        message.set(after);
        assert_eq!(shared.stats().weight, Some(before));
        assert_eq!(out.drain().count(), 1);
        assert_eq!(shared.stats().weight, Some(0));
    }
    // One that gets lighter while it waits goes in when room is looked for again.
    tx.try_send(Cell::new(8)).unwrap();
    let mut send = Task::new(tx.send(Cell::new(5)));
    assert!(send.settle().is_pending());
    rx.try_recv().unwrap();
    assert_eq!((send.settle(), tx.stats().weight), (Poll::Ready(Ok(())), Some(5)));
}

fn weigh_shared(weight: &Rc<Cell<usize>>) -> usize {
    weight.get()
}

/// Weighs 5, but its weighing panics for the time set.
struct Fuse {
    /// How often it still answers; `usize::MAX`: always.
    answers: Cell<usize>,
    _alive: Rc<()>,
}

impl Fuse {
    fn weigh(&self) -> usize {
        let left = self.answers.get();
        assert!(left > 0, "not to be weighed");
        if left < usize::MAX {
            self.answers.set(left - 1);
        }
        5
    }
}

/// Nothing is taken when it is asked, so nothing is lost but the call: the message is where it was.
#[test]
fn a_weighing_that_panics_does_no_harm() {
    let alive = Rc::new(());
    let fuse = |answers| Fuse { answers: Cell::new(answers), _alive: Rc::clone(&alive) };
    let messages = || Rc::strong_count(&alive) - 1;
    let (tx, rx) = Builder::new().weight(10, Fuse::weigh).build().unwrap();
    let panics = |call: &mut dyn FnMut()| {
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    };

    // In a call by value it is dropped, as with any panic.
    panics(&mut || drop(tx.try_send(fuse(0))));
    panics(&mut || drop(tx.force_send(fuse(0))));
    panics(&mut || drop(tx.try_send_many([fuse(0), fuse(0)])));
    assert_eq!((tx.len(), tx.stats().weight, messages()), (0, Some(0), 0));

    // In a future it stays, and another poll goes on.
    let mut send = Task::new(tx.send(fuse(0)));
    panics(&mut || drop(send.poll()));
    assert_eq!((tx.len(), messages()), (0, 1));
    let message = send.into_inner().into_inner().unwrap();
    message.answers.set(1);
    tx.try_send(message).unwrap();
    tx.try_send(fuse(1)).unwrap();
    assert_eq!((tx.len(), tx.stats().weight, tx.is_full()), (2, Some(10), true));

    // Where it was about to sleep its place is left: the next one is woken.
    let mut second = Task::new(tx.send(fuse(usize::MAX)));
    let mut first = Task::new(tx.send(fuse(1)));
    panics(&mut || drop(first.settle()));
    assert!(second.settle().is_pending());
    drop(first);

    // Those inside are never weighed again.
    drop(rx.try_recv().unwrap());
    assert_eq!(second.wakes(), 1);
    assert!(second.settle().is_ready());
    let mut batch = Vec::new();
    assert_eq!(rx.try_recv_many(&mut batch, 5).unwrap(), 2);
    batch.clear();
    assert_eq!((tx.stats().weight, messages()), (Some(0), 0));

    // A batch keeps those that are not sent.
    let mut many = Task::new(tx.send_many([fuse(1), fuse(0), fuse(1)]));
    panics(&mut || drop(many.poll()));
    let unsent = many.into_inner().into_inner().unwrap();
    assert_eq!((unsent.sent(), tx.len(), unsent.count()), (1, 1, 2));
    drop(rx);
    assert_eq!(messages(), 0);
}

#[cfg(feature = "std")]
#[test]
fn threads_of_every_weight_get_through() {
    const EACH: usize = 2000;
    let (tx, rx) =
        Builder::new().weight(50, |(weight, _): &(usize, usize)| *weight).build().unwrap();
    let received = std::thread::scope(|scope| {
        for weight in [1, 7, 25, 60] {
            let tx = tx.clone();
            scope.spawn(move || {
                for number in 0..EACH {
                    tx.send_blocking((weight, number)).unwrap();
                }
            });
        }
        drop(tx);
        let receivers: Vec<_> = (0..2)
            .map(|_| {
                let rx = rx.clone();
                scope.spawn(move || {
                    let (mut count, mut batch) = (0, Vec::new());
                    while rx.recv_many_blocking(&mut batch, 3).is_ok() {
                        assert!(rx.stats().weight.unwrap() <= 50);
                        count += batch.drain(..).count();
                    }
                    count
                })
            })
            .collect();
        receivers.into_iter().map(|receiver| receiver.join().unwrap()).sum::<usize>()
    });
    assert_eq!((received, rx.stats().weight), (4 * EACH, Some(0)));
}
