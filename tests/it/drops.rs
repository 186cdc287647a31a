//! Every message is dropped exactly once, whatever it looks like and wherever it ends.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use crate::common::{Grenade, Ledger, Message, Task, caught, fail, panics};
use forebay::{SendError, TrySendError, bounded};

#[test]
fn a_message_belongs_to_whoever_has_it() {
    let ledger = Ledger::new(7);
    let (tx, rx) = bounded(2);
    let mut dropped = Vec::new();
    let mut drops = |message: Message| {
        dropped.push(message.id());
        drop(message);
        ledger.assert_dropped(dropped.iter().copied());
    };
    assert!(tx.try_send(ledger.message(0)).is_ok());
    assert!(tx.try_send(ledger.message(1)).is_ok());
    let Err(TrySendError::Full(refused)) = tx.try_send(ledger.message(2)) else { panic!("full") };
    drops(refused);
    drops(rx.try_recv().expect("a message is there"));
    let Ok(None) = tx.force_send(ledger.message(3)) else { panic!("there is room") };
    let Ok(Some(displaced)) = tx.force_send(ledger.message(4)) else { panic!("there is none") };
    drops(displaced);
    drops(tx.send(ledger.message(5)).into_inner().expect("it was never sent"));
    tx.close();
    let Err(SendError(refused)) = tx.force_send(ledger.message(6)) else { panic!("closed") };
    drops(refused);
    drops(rx.try_recv().expect("a message is there"));
    drops(rx.try_recv().expect("a message is there"));
    ledger.assert_all_dropped();
}

#[test]
fn what_is_inside_goes_with_the_channel_at_any_fill_level() {
    for capacity in [1, 2, 3, 4, 5, 1000] {
        for fill in [0, 1, capacity / 2, capacity] {
            for laps in [0, 1, capacity - 1, capacity + 1] {
                for sender_first in [true, false] {
                    let ledger = Ledger::new(fill);
                    let (tx, rx) = bounded(capacity);
                    for _ in 0..laps {
                        assert!(tx.try_send(None).is_ok());
                        assert!(rx.try_recv().is_ok());
                    }
                    for id in 0..fill {
                        assert!(tx.try_send(Some(ledger.message(id))).is_ok());
                    }
                    if sender_first {
                        drop(tx);
                        ledger.assert_dropped([]);
                        drop(rx);
                    } else {
                        drop(rx);
                        ledger.assert_all_dropped();
                        drop(tx);
                    }
                    ledger.assert_all_dropped();
                }
            }
        }
    }
}

#[test]
fn a_send_future_drops_its_message_once() {
    let ledger = Ledger::new(4);
    let (tx, rx) = bounded(1);
    drop(tx.send(ledger.message(0)));
    ledger.assert_dropped(0..1);
    let mut sent = Task::new(tx.send(ledger.message(1)));
    assert!(sent.finish().is_ok());
    drop(sent);
    ledger.assert_dropped(0..1);
    drop(Task::parked(tx.send(ledger.message(2))));
    ledger.assert_dropped([0, 2]);
    let mut refused = Task::parked(tx.send(ledger.message(3)));
    drop(rx);
    ledger.assert_dropped(0..3);
    let error = refused.finish();
    drop(refused);
    ledger.assert_dropped(0..3);
    drop(error);
    ledger.assert_all_dropped();
}

#[test]
fn a_message_without_size_is_dropped_once() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    struct Unit;
    impl Drop for Unit {
        fn drop(&mut self) {
            DROPS.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (tx, rx) = bounded(3);
    for _ in 0..3 {
        assert!(tx.try_send(Unit).is_ok());
    }
    assert!(tx.is_full());
    drop(rx.try_recv());
    assert_eq!((DROPS.load(Ordering::SeqCst), rx.len()), (1, 2));
    drop(tx.force_send(Unit));
    assert_eq!((DROPS.load(Ordering::SeqCst), rx.len()), (1, 3));
    drop(rx);
    assert_eq!(DROPS.load(Ordering::SeqCst), 4);
}

/// Checks that a message lies where its type wants it whenever it is looked at, also when it is
/// dropped where it lies.
macro_rules! over_aligned {
    ($test:ident, $align:literal) => {
        #[test]
        fn $test() {
            #[repr(align($align))]
            struct Aligned(Message);
            impl Aligned {
                fn check(&self) {
                    assert_eq!(core::ptr::from_ref(self).addr() % $align, 0);
                }
            }
            impl Drop for Aligned {
                fn drop(&mut self) {
                    self.check();
                }
            }
            for capacity in [1, 2, 3] {
                let ledger = Ledger::new(4 * capacity);
                let (tx, rx) = bounded(capacity);
                for id in 0..3 * capacity {
                    assert!(tx.try_send(Aligned(ledger.message(id))).is_ok());
                    let received = rx.try_recv().ok().expect("a message is there");
                    received.check();
                    assert_eq!(received.0.id(), id);
                }
                for id in 3 * capacity..4 * capacity {
                    assert!(tx.try_send(Aligned(ledger.message(id))).is_ok());
                }
                drop(rx);
                ledger.assert_all_dropped();
            }
        }
    };
}

over_aligned!(a_message_aligned_to_a_cache_line, 64);
over_aligned!(a_message_aligned_to_a_page, 4096);

#[test]
fn a_large_message_arrives_whole() {
    let (tx, rx) = bounded(2);
    for n in 0..5 {
        let message: [usize; 4096] = core::array::from_fn(|i| n + i);
        assert_eq!(tx.try_send(message), Ok(()));
        assert!(rx.try_recv() == Ok(message));
    }
}

#[test]
fn a_channel_inside_a_message_of_its_own_is_freed() {
    struct Reply(#[expect(dead_code, reason = "it is there to be dropped")] forebay::Sender<Reply>);
    let (tx, rx) = bounded(2);
    let (weak, count) = (tx.downgrade(), tx.clone());
    assert!(tx.try_send(Reply(tx.clone())).is_ok());
    assert_eq!(count.sender_count(), 3);
    drop(rx);
    assert_eq!(count.sender_count(), 2, "the sender inside went with its message");
    drop((tx, count));
    assert!(weak.upgrade().is_none());
}

#[test]
fn nothing_is_left_of_a_channel_once_all_handles_are_gone() {
    let shared = Arc::new(());
    let (tx, rx) = bounded(4);
    for _ in 0..6 {
        let _ = tx.try_send(Arc::clone(&shared));
    }
    drop(rx.try_recv());
    drop(Task::new(tx.send(Arc::clone(&shared))));
    let (tx_2, rx_2) = (tx.clone(), rx.clone());
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
    drop((rx, tx, rx_2, tx_2));
    assert_eq!(Arc::strong_count(&shared), 1);
    drop((weak_tx, weak_rx));
}

#[test]
fn a_panic_in_a_drop_takes_no_other_message_with_it() {
    const CAPACITY: usize = 4;
    for armed in 0..CAPACITY {
        let ledger = Ledger::new(CAPACITY + 1);
        let grenade = |id| (Grenade { armed: id == armed }, ledger.message(id));
        let (tx, rx) = bounded(CAPACITY);
        for id in 0..CAPACITY {
            assert!(tx.try_send(grenade(id)).is_ok());
        }
        let mut send = Task::parked(tx.send(grenade(CAPACITY)));
        let mut closed = Task::parked(tx.closed());
        let panic = caught(|| drop(rx)).expect_err("it goes off");
        assert_eq!(panic.downcast_ref(), Some(&Grenade::TEXT));
        ledger.assert_dropped(0..CAPACITY);

        assert_eq!((tx.len(), tx.receiver_count(), tx.is_closed()), (0, 0, true));
        assert!(send.wakes() > 0 && closed.wakes() > 0, "everyone who waits is told");
        assert!(send.finish().is_err());
        closed.finish();
        drop(send);
        ledger.assert_all_dropped();
    }
}

/// The receiver is dropped by the unwinding of its thread, while messages are inside.
#[test]
fn a_receiver_that_unwinds_drops_what_is_inside() {
    let ledger = Ledger::new(3);
    let (tx, rx) = bounded(3);
    for id in 0..3 {
        assert!(tx.try_send(ledger.message(id)).is_ok());
    }
    let unwound = panics(move || {
        let _first = rx.try_recv();
        fail("the receiver's task fails");
    });
    assert!(unwound && tx.is_closed());
    ledger.assert_all_dropped();
}
