//! Weak handles neither keep the channel open nor come back from the dead.

use std::thread;

use crate::common::{Ledger, Task, watched};
use forebay::bounded;

#[test]
fn an_upgraded_handle_works_and_counts() {
    let (tx, rx) = bounded(1);
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
    assert_eq!((tx.sender_count(), tx.receiver_count()), (1, 1), "weak handles do not count");
    let tx_2 = weak_tx.upgrade().expect("a sender lives");
    let rx_2 = weak_rx.clone().upgrade().expect("a receiver lives");
    assert_eq!((tx.sender_count(), tx.receiver_count()), (2, 2));
    assert!(tx_2.same_channel(&tx) && rx_2.same_channel(&rx));
    drop((tx, rx));
    assert_eq!(tx_2.try_send(1), Ok(()), "the upgraded handles hold the channel open");
    assert_eq!(rx_2.try_recv(), Ok(1));
}

#[test]
fn a_weak_handle_does_not_hold_the_channel_open() {
    let (tx, rx) = bounded::<u8>(1);
    let weak = tx.downgrade();
    let mut recv = Task::parked(rx.recv());
    drop(tx);
    assert_eq!(recv.wakes(), 1);
    assert!(recv.finish().is_err());
    assert!(weak.upgrade().is_none());

    let (tx, rx) = bounded(1);
    let weak = rx.downgrade();
    let ledger = Ledger::new(1);
    assert!(tx.try_send(ledger.message(0)).is_ok());
    drop(rx);
    assert!(tx.is_closed());
    ledger.assert_all_dropped();
    assert!(weak.upgrade().is_none());
}

#[test]
fn nothing_is_upgraded_after_close() {
    let (tx, rx) = bounded(1);
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
    assert_eq!(tx.try_send(1), Ok(()));
    tx.close();
    assert!(weak_tx.upgrade().is_none(), "though a sender lives");
    assert!(weak_rx.upgrade().is_none(), "though a message waits");
    assert_eq!((rx.sender_count(), rx.receiver_count()), (1, 1));
    assert_eq!(rx.try_recv(), Ok(1));
}

#[test]
fn nothing_is_upgraded_once_the_other_side_is_gone() {
    let (tx, rx) = bounded::<u8>(1);
    let weak = tx.downgrade();
    drop(rx);
    assert!(weak.upgrade().is_none());

    let (tx, rx) = bounded::<u8>(1);
    let weak = rx.downgrade();
    drop(tx);
    assert!(weak.upgrade().is_none());
}

#[test]
fn weak_handles_outlive_the_channel() {
    let (tx, rx) = bounded::<u8>(1);
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
    drop((tx, rx));
    let clones = (weak_tx.clone(), weak_rx.clone());
    assert!(weak_tx.upgrade().is_none() && clones.0.upgrade().is_none());
    assert!(weak_rx.upgrade().is_none() && clones.1.upgrade().is_none());
}

/// As fast as possible, but on a busy machine the other thread may wait for this one's processor.
fn each_in_turn<T>(items: impl Iterator<Item = T>, check: impl Fn(&T)) {
    for (turn, item) in items.enumerate() {
        check(&item);
        if turn % 64 == 63 {
            thread::yield_now();
        }
    }
}

/// An upgrade that comes first keeps the channel open; after the last drop there is none.
#[test]
fn an_upgrade_that_races_the_last_drop_is_all_or_nothing() {
    watched(|| {
        for _ in 0..500 {
            let (tx, rx) = bounded::<u8>(1);
            let weak = tx.downgrade();
            thread::scope(|scope| {
                scope.spawn(|| drop(tx));
                let upgrades = core::iter::from_fn(|| weak.upgrade());
                each_in_turn(upgrades, |tx| assert!(!tx.is_closed(), "a sender lives"));
            });
            assert!(rx.is_closed() && weak.upgrade().is_none());

            let (tx, rx) = bounded::<u8>(1);
            let weak = rx.downgrade();
            thread::scope(|scope| {
                scope.spawn(|| drop(rx));
                let upgrades = core::iter::from_fn(|| weak.upgrade());
                each_in_turn(upgrades, |rx| assert!(!rx.is_closed(), "a receiver lives"));
            });
            assert!(tx.is_closed() && weak.upgrade().is_none());
        }
    });
}
