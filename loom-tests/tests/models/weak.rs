//! Weak handles against the last strong one.

use crate::harness::{alive, explore, join, message, put, spawn};

#[test]
fn a_weak_sender_against_the_last_sender() {
    explore(4, || {
        let (tx, rx) = forebay::bounded(1);
        let weak = tx.downgrade();
        let last = spawn(move || drop(tx));
        let sent = weak.upgrade().is_some_and(|tx| put(&tx, 0).is_ok());
        join(last);
        assert!(rx.is_closed());
        assert_eq!(rx.try_recv().is_ok(), sent);
    });
}

#[test]
fn a_weak_receiver_against_the_last_receiver() {
    explore(4, || {
        let (tx, rx) = forebay::bounded(1);
        tx.try_send(message(0)).unwrap();
        let weak = rx.downgrade();
        let last = spawn(move || drop(rx));
        drop(weak.upgrade());
        join(last);
        assert!(tx.is_closed());
        assert_eq!(alive(), 0);
    });
}
