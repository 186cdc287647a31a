//! Weak handles: an upgrade beside the last drop either keeps the channel open, or finds it closed.

use crate::harness::{Message, alive, explore, join, put, spawn, take};
use forebay::{TryRecvError, TrySendError};

#[test]
fn upgrade_vs_last_tx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let weak = tx.downgrade();
        let thread = spawn(move || drop(tx));
        let upgraded = weak.upgrade();
        join(thread);
        match upgraded {
            Some(tx) => {
                assert_eq!(put(&tx, 1), Ok(()));
                assert_eq!(take(&rx), Ok(1));
                assert_eq!(take(&rx), Err(TryRecvError::Empty));
            }
            None => assert_eq!(take(&rx), Err(TryRecvError::Closed)),
        }
    });
}

#[test]
fn upgrade_vs_last_tx_drop_perm() {
    explore(5, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let weak = tx.downgrade();
        let thread = spawn(move || weak.upgrade());
        drop(tx);
        match join(thread) {
            Some(tx) => {
                assert_eq!(put(&tx, 1), Ok(()));
                assert_eq!(take(&rx), Ok(1));
            }
            None => assert_eq!(take(&rx), Err(TryRecvError::Closed)),
        }
    });
}

/// The messages inside stay for the receiver that was revived, or are dropped with the last one.
#[test]
fn upgrade_vs_last_rx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::bounded(1);
        put(&tx, 1).unwrap();
        let weak = rx.downgrade();
        let thread = spawn(move || drop(rx));
        let upgraded = weak.upgrade();
        join(thread);
        match upgraded {
            Some(rx) => {
                assert_eq!(take(&rx), Ok(1));
                assert_eq!(put(&tx, 2), Ok(()));
            }
            None => {
                assert_eq!(alive(), 0);
                assert_eq!(put(&tx, 2), Err(TrySendError::Closed(2)));
            }
        }
    });
}

#[test]
fn upgrade_vs_last_rx_drop_perm() {
    explore(5, || {
        let (tx, rx) = forebay::bounded(1);
        put(&tx, 1).unwrap();
        let weak = rx.downgrade();
        let thread = spawn(move || weak.upgrade());
        drop(rx);
        match join(thread) {
            Some(rx) => assert_eq!(take(&rx), Ok(1)),
            None => {
                assert_eq!(alive(), 0);
                assert_eq!(put(&tx, 2), Err(TrySendError::Closed(2)));
            }
        }
    });
}

/// Once a close has returned, nobody is revived.
#[test]
fn upgrade_vs_close() {
    explore(5, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let weak = tx.downgrade();
        let thread = spawn(move || {
            assert!(rx.close());
            rx
        });
        let early = weak.upgrade();
        let _rx = join(thread);
        assert!(weak.upgrade().is_none());
        // The one that was revived in time finds the channel closed.
        if let Some(tx) = early {
            assert_eq!(put(&tx, 1), Err(TrySendError::Closed(1)));
        }
    });
}

/// The other side, with the roles of the two threads exchanged.
#[test]
fn upgrade_vs_close_perm() {
    explore(5, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let thread = spawn({
            let weak = rx.downgrade();
            move || (weak.upgrade().is_some(), weak)
        });
        assert!(tx.close());
        let (_early, weak) = join(thread);
        assert!(weak.upgrade().is_none());
        drop(rx);
    });
}
