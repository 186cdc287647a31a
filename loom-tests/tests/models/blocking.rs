//! Threads that sleep: a thread that is not woken is a deadlock, which the checker reports.

use crate::harness::{channel, explore, filled, join, message, put, spawn, take};
use std::sync::Arc;

#[test]
fn a_blocking_receive_is_woken() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let receiver = spawn(move || rx.recv_blocking().unwrap().id());
        put(&tx, 0).unwrap();
        assert_eq!(join(receiver), 0);
    });
}

#[test]
fn a_blocking_send_is_woken() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let sender = spawn({
            let tx = Arc::clone(&tx);
            move || tx.send_blocking(message(1)).unwrap()
        });
        assert_eq!(take(&rx), Ok(0));
        join(sender);
        assert_eq!(take(&rx), Ok(1));
    });
}

#[test]
fn a_blocking_receive_is_closed() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let receiver = spawn(move || rx.recv_blocking().is_err());
        drop(tx);
        assert!(join(receiver));
    });
}

#[test]
fn a_pipe_of_one_slot_in_order() {
    explore(100, || {
        let (tx, rx) = channel(1);
        let sender = spawn(move || {
            for id in 0..2 {
                tx.send_blocking(message(id)).unwrap();
            }
        });
        for id in 0..2 {
            assert_eq!(rx.recv_blocking().unwrap().id(), id);
        }
        assert!(rx.recv_blocking().is_err());
        join(sender);
    });
}
