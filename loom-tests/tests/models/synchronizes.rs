//! Who is told Closed sees what was done before the close.

use crate::harness::{channel, explore, join, put, spawn, take};
use forebay::TryRecvError;
use loom::cell::UnsafeCell;
use std::sync::Arc;

/// Data that nothing but the channel orders. loom fails on an access that races.
#[derive(Clone)]
struct Data(Arc<UnsafeCell<u32>>);

impl Data {
    fn new() -> Self {
        Self(Arc::new(UnsafeCell::new(0)))
    }

    fn add(&self) {
        // SAFETY: loom checks that nobody else has access meanwhile.
        self.0.with_mut(|value| unsafe { *value += 1 });
    }

    fn get(&self) -> u32 {
        // SAFETY: as above.
        self.0.with(|value| unsafe { *value })
    }
}

#[test]
fn a_receiver_that_is_told_closed() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let data = Data::new();
        let closer = spawn({
            let data = data.clone();
            move || {
                data.add();
                drop(tx);
            }
        });
        if take(&rx) == Err(TryRecvError::Closed) {
            assert_eq!(data.get(), 1);
        }
        join(closer);
    });
}

#[test]
fn a_receiver_that_is_told_closed_by_the_last_of_two_senders() {
    explore(6, || {
        let (tx, rx) = forebay::bounded::<super::harness::Message>(1);
        let data = [Data::new(), Data::new()];
        let threads = [tx.clone(), tx].into_iter().zip(data.clone()).map(|(tx, data)| {
            spawn(move || {
                data.add();
                drop(tx);
            })
        });
        let threads: Vec<_> = threads.collect();
        if rx.try_recv().is_err_and(|error| error.is_closed()) {
            assert_eq!(data.map(|data| data.get()), [1, 1]);
        }
        for thread in threads {
            join(thread);
        }
    });
}

#[test]
fn a_sender_that_is_told_closed() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let data = Data::new();
        let closer = spawn({
            let data = data.clone();
            move || {
                data.add();
                rx.close();
            }
        });
        if put(&tx, 0).is_err() {
            assert_eq!(data.get(), 1);
        }
        join(closer);
    });
}

/// The close may come between the look at the tail and the claim: then a failed claim tells.
#[test]
fn a_sender_that_is_told_closed_by_a_failed_claim() {
    explore(6, || {
        let (tx, rx) = channel(2);
        let data = Data::new();
        let other = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1).is_ok()
        });
        let closer = spawn({
            let data = data.clone();
            move || {
                data.add();
                rx.close();
            }
        });
        if put(&tx, 0).is_err() {
            assert_eq!(data.get(), 1);
        }
        join(other);
        join(closer);
    });
}

#[test]
fn who_sees_it_closed() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let data = Data::new();
        let closer = spawn({
            let data = data.clone();
            move || {
                data.add();
                rx.close();
            }
        });
        if tx.is_closed() {
            assert_eq!(data.get(), 1);
        }
        join(closer);
    });
}

#[test]
fn a_receiver_sees_what_its_message_says() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let data = Data::new();
        let sender = spawn({
            let data = data.clone();
            move || {
                data.add();
                put(&tx, 0).unwrap();
            }
        });
        if take(&rx).is_ok() {
            assert_eq!(data.get(), 1);
        }
        join(sender);
    });
}
