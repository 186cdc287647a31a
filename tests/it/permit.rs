//! Room that is reserved: exact, and given back in every case.

use crate::common::{Ledger, Task};
use forebay::{
    Builder, Overflow, OwnedPermit, Pressure, ReserveError, SendError, TryRecvError, TrySendError,
    bounded, unbounded,
};
use std::thread;

#[test]
fn a_permit_is_room_that_is_taken() {
    let (tx, rx) = bounded(2);
    let permit = tx.try_reserve().unwrap();
    assert_eq!((tx.len(), tx.is_full(), tx.stats().reserved), (0, false, 1));
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    assert!(tx.is_full());
    assert_eq!(tx.try_reserve().unwrap_err(), ReserveError::Full);
    assert_eq!(permit.send(3), Ok(()));
    assert_eq!((tx.len(), tx.stats().reserved), (2, 0));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Ok(3)));
}

#[test]
fn a_permit_that_is_dropped_wakes_a_sender() {
    for capacity in [1, 2, 3] {
        let (tx, _rx) = bounded(capacity);
        let permits: Vec<_> = (0..capacity).map(|_| tx.try_reserve().unwrap()).collect();
        let mut sends: Vec<_> = (0..capacity).map(|_| Task::parked(tx.send(1))).collect();
        for (permit, send) in permits.into_iter().zip(&mut sends) {
            assert_eq!(send.wakes(), 0);
            drop(permit);
            assert_eq!((send.wakes(), send.finish()), (1, Ok(())));
        }
    }
}

#[test]
fn a_reserve_waits_as_a_send_does() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let mut first = Task::parked(tx.reserve());
    let mut second = Task::parked(tx.send(2));
    let third = Task::parked(tx.reserve());
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    let permit = first.finish().unwrap();
    drop(permit);
    assert_eq!((second.wakes(), second.finish()), (1, Ok(())));
    rx.try_recv().unwrap();
    assert_eq!(third.wakes(), 1);
    // Dropped with its notification: the room is free.
    drop(third);
    assert!(tx.try_reserve().is_ok());
}

#[test]
fn a_cancelled_reserve_hands_on() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let first = Task::parked(tx.reserve());
    let mut second = Task::parked(tx.reserve_many(1));
    rx.try_recv().unwrap();
    drop(first);
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.finish().unwrap().len(), 1);
}

#[test]
fn a_permit_on_a_closed_channel_gives_the_message_back() {
    for last_receiver in [false, true] {
        let (tx, rx) = bounded(2);
        let permit = tx.try_reserve().unwrap();
        tx.try_send(1).unwrap();
        if last_receiver {
            drop(rx);
        } else {
            rx.close();
            assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Err(TryRecvError::Closed)));
        }
        assert_eq!(permit.send(2), Err(SendError(2)));
        assert_eq!(tx.stats().reserved, 0);
        assert_eq!(tx.try_reserve().unwrap_err(), ReserveError::Closed);
        assert_eq!(Task::new(tx.reserve()).finish().unwrap_err(), ReserveError::Closed);
    }
}

#[test]
fn a_close_wakes_those_who_reserve() {
    let (tx, rx) = bounded(2);
    tx.try_send(1).unwrap();
    tx.try_send(1).unwrap();
    let mut one = Task::parked(tx.reserve());
    let mut many = Task::parked(tx.reserve_many(2));
    rx.close();
    assert_eq!(one.finish().unwrap_err(), ReserveError::Closed);
    assert_eq!(many.finish().unwrap_err(), ReserveError::Closed);
}

#[test]
fn many_are_reserved_together_and_hold_up_nobody() {
    let (tx, rx) = bounded(3);
    (0..3).for_each(|number| tx.try_send(number).unwrap());
    let mut many = Task::parked(tx.reserve_many(2));
    let mut one = Task::parked(tx.send(3));
    rx.try_recv().unwrap();
    assert_eq!((one.wakes(), one.finish()), (1, Ok(())));
    rx.try_recv().unwrap();
    assert!(many.poll().is_pending(), "one is not two");
    // Free room is free to others meanwhile.
    assert_eq!(tx.try_send(4), Ok(()));
    let before = many.wakes();
    rx.try_recv().unwrap();
    rx.try_recv().unwrap();
    assert!(many.wakes() > before);
    let mut permits = many.finish().unwrap();
    assert_eq!((permits.len(), tx.is_full()), (2, true));
    permits.next().unwrap().send(5).unwrap();
    drop(permits);
    assert_eq!((tx.stats().reserved, tx.len()), (0, 2));
}

#[test]
fn too_many_are_refused_at_once() {
    let (tx, _rx) = bounded::<u8>(3);
    let refused = ReserveError::TooMany { most: 3 };
    assert_eq!(tx.try_reserve_many(4).unwrap_err(), refused);
    assert_eq!(Task::new(tx.reserve_many(4)).finish().unwrap_err(), refused);
    assert_eq!(refused.to_string(), "no more than 3 can be reserved at a time");
    let (tx, _rx) = bounded::<u8>(10_000);
    let all = tx.try_reserve_many(4095).unwrap();
    assert_eq!(tx.try_reserve().unwrap_err(), ReserveError::TooMany { most: 4095 });
    drop(all);
    assert_eq!(tx.try_reserve_many(0).unwrap().len(), 0);
}

#[test]
fn a_permit_owns_its_sender() {
    let (tx, rx) = bounded(1);
    let permit: OwnedPermit<u8> = Task::new(tx.reserve_owned()).finish().unwrap();
    assert_eq!(rx.sender_count(), 1);
    let tx = thread::spawn(move || permit.send(1).unwrap()).join().unwrap();
    let (tx, error) = tx.try_reserve_owned().unwrap_err();
    assert_eq!((error, rx.try_recv()), (ReserveError::Full, Ok(1)));
    let tx = tx.try_reserve_owned().unwrap().release();
    assert_eq!(tx.stats().reserved, 0);
    let permit = tx.try_reserve_owned().unwrap();
    drop(permit);
    assert!(rx.is_closed(), "the permit was the last sender");
}

#[test]
fn a_thread_waits_for_a_permit_of_its_own() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let waiting = thread::spawn({
        let tx = tx.clone();
        move || tx.reserve_owned_blocking().map(|permit| permit.send(2).unwrap())
    });
    while tx.stats().waiting_senders == 0 {
        thread::yield_now();
    }
    assert_eq!(rx.try_recv(), Ok(1));
    drop(waiting.join().unwrap().unwrap());
    assert_eq!(rx.try_recv(), Ok(2));
    rx.close();
    assert_eq!(tx.reserve_owned_blocking().unwrap_err(), ReserveError::Closed);
}

/// What is forced in displaces a message, never a permit.
#[test]
fn force_send_leaves_permits_alone() {
    let (tx, rx) = bounded(3);
    let permit = tx.try_reserve().unwrap();
    for number in 0..2 {
        assert_eq!(tx.force_send(number), Ok(None));
    }
    for number in 2..20 {
        assert_eq!(tx.force_send(number), Ok(Some(number - 2)));
    }
    permit.send(20).unwrap();
    assert_eq!(rx.drain().collect::<Vec<_>>(), [18, 19, 20]);
    let permits = tx.try_reserve_many(3).unwrap();
    assert_eq!(tx.force_send(21), Ok(Some(21)), "nothing is inside");
    drop(permits);
    assert_eq!(tx.force_send(22), Ok(None));
    rx.close();
    assert_eq!(tx.force_send(23), Err(SendError(23)));
}

#[test]
fn the_policies_count_permits_as_taken() {
    for (overflow, displaced) in [(Overflow::DropOldest, 1), (Overflow::DropNewest, 3)] {
        let (tx, rx) = Builder::new().capacity(2).overflow(overflow).build().unwrap();
        let permit = tx.try_reserve().unwrap();
        tx.try_send(1).unwrap();
        assert_eq!(Task::new(tx.offer(3)).finish(), Ok(Some(displaced)));
        permit.send(4).unwrap();
        assert_eq!((rx.len(), tx.is_full()), (2, true));
    }
}

#[test]
fn permits_are_no_length() {
    let (tx, _rx) = Builder::new().capacity(4).watermarks(1, 2).build().unwrap();
    let permits: Vec<_> = tx.try_reserve_many(3).unwrap().collect();
    assert_eq!(tx.pressure(), Pressure::Low);
    for permit in permits {
        permit.send(1).unwrap();
    }
    assert_eq!(tx.pressure(), Pressure::High);
}

#[test]
fn a_permit_that_is_leaked_keeps_its_room() {
    let (tx, rx) = bounded(2);
    std::mem::forget(tx.try_reserve().unwrap());
    for number in 0..10 {
        tx.try_send(number).unwrap();
        assert!(tx.try_send(number).is_err());
        assert_eq!(rx.try_recv(), Ok(number));
    }
}

#[test]
fn an_unbounded_channel_has_permits_too() {
    let (tx, rx) = unbounded();
    let mut permits = tx.try_reserve_many(1000).unwrap();
    permits.next().unwrap().send(1).unwrap();
    assert_eq!((rx.try_recv(), tx.stats().reserved), (Ok(1), 0));
    rx.close();
    assert_eq!(permits.next().unwrap().send(2), Err(SendError(2)));
}

/// Everything at once, on native threads: never more than the capacity inside, and nothing lost.
#[test]
fn permits_beside_everything() {
    const EACH: usize = 3_000;
    for capacity in [1, 2, 3, 7] {
        let ledger = Ledger::new(4 * EACH);
        let (tx, rx) = bounded(capacity);
        thread::scope(|scope| {
            for sender in 0..4 {
                let (tx, ledger) = (tx.clone(), &ledger);
                scope.spawn(move || {
                    for id in sender * EACH..(sender + 1) * EACH {
                        let message = ledger.message(id);
                        match (sender, id % 3) {
                            (0, _) => assert!(tx.send_blocking(message).is_ok()),
                            (1, _) => tx.reserve_blocking().unwrap().send(message).unwrap(),
                            (2, 0) => {
                                drop(tx.reserve_blocking().unwrap());
                                assert!(tx.send_blocking(message).is_ok());
                            }
                            _ => {
                                let n = capacity.min(2);
                                let mut permits = tx.reserve_many_blocking(n).unwrap();
                                permits.next().unwrap().send(message).unwrap();
                            }
                        }
                    }
                });
            }
            drop(tx);
            let mut last = [None; 4];
            let mut received = 0;
            while let Ok(message) = rx.recv_blocking() {
                assert!(rx.len() + rx.stats().reserved <= 2 * capacity);
                let id = message.id();
                assert!(last[id / EACH].replace(id) < Some(id), "in order");
                received += 1;
            }
            assert_eq!(received, 4 * EACH);
        });
        ledger.assert_all_dropped();
        assert_eq!(rx.stats().reserved, 0);
    }
}

/// A waker that panics: the message is in, and its permit is used up once.
#[test]
fn a_waker_that_panics_uses_the_permit_up() {
    struct Brittle;
    impl std::task::Wake for Brittle {
        fn wake(self: std::sync::Arc<Self>) {
            std::panic::resume_unwind(Box::new("the waker fails"));
        }
    }
    let (tx, rx) = bounded(2);
    let mut recv = Task::parked(rx.recv());
    let brittle = std::task::Waker::from(std::sync::Arc::new(Brittle));
    assert!(recv.poll_with(&brittle).is_pending());
    let permit = tx.try_reserve().unwrap();
    let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| permit.send(1)));
    assert!(sent.is_err());
    assert_eq!((tx.stats().reserved, tx.len()), (0, 1));
    // The receive left the line before its waker ran.
    assert_eq!(recv.finish(), Ok(1));
    assert_eq!(tx.try_send_many(0..3).unwrap_err().into_inner().sent(), 2);
}
