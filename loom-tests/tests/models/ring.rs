//! The ring alone: `try_send` and `try_recv`, with nobody waiting.

use crate::harness::{
    Rx, Tx, alive, channel, explore, filled, force, join, join_all, message, put, put_thread,
    spawn, take, take_all, take_thread,
};
use forebay::{TryRecvError, TrySendError};
use std::sync::Arc;

/// Two senders, one slot: exactly one wins, and its message is the one inside.
#[test]
fn try_2s_c1() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        let (here, there) = (put(&tx, 2), join(thread));
        let winner = match (here, there) {
            (Ok(()), Err(TrySendError::Full(1))) => 2,
            (Err(TrySendError::Full(2)), Ok(())) => 1,
            both => panic!("{both:?}"),
        };
        assert_eq!(take_all(&rx), [winner]);
    });
}

/// Two senders, two slots: both win.
#[test]
fn try_2s_c2() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        assert_eq!((put(&tx, 2), join(thread)), (Ok(()), Ok(())));
        let inside = take_all(&rx);
        assert!(inside == [1, 2] || inside == [2, 1]);
    });
}

/// Two receivers, two messages: each gets one.
#[test]
fn try_2r_c2() {
    explore(20, || {
        let (_tx, rx) = filled(2);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        let both = (take(&rx), join(thread));
        assert!(both == (Ok(0), Ok(1)) || both == (Ok(1), Ok(0)));
    });
}

/// Two receivers, one message: exactly one wins, the other finds the ring empty.
#[test]
fn try_2r_c1() {
    explore(20, || {
        let (_tx, rx) = filled(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        let both = (take(&rx), join(thread));
        let empty = Err(TryRecvError::Empty);
        assert!(both == (Ok(0), empty) || both == (empty, Ok(0)));
    });
}

/// One slot, in two laps: the sender takes it over from the receiver.
#[test]
fn wrap_c1() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        let sent = put(&tx, 1);
        assert_eq!(join(thread), Ok(0));
        match sent {
            Ok(()) => assert_eq!(take_all(&rx), [1]),
            error => assert_eq!(error, Err(TrySendError::Full(1))),
        }
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn wrap_c1_perm() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        assert_eq!(take(&rx), Ok(0));
        match join(thread) {
            Ok(()) => assert_eq!(take_all(&rx), [1]),
            error => assert_eq!(error, Err(TrySendError::Full(1))),
        }
    });
}

/// Two slots, in three laps, with as many messages as pass: they arrive in order and nothing is
/// missing.
#[test]
fn wrap_c2() {
    explore(500, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || (2..5).filter(|id| put(&tx, *id).is_ok()).collect::<Vec<_>>()
        });
        let mut arrived: Vec<_> = (0..3).filter_map(|_| take(&rx).ok()).collect();
        let sent = join(thread);
        arrived.extend(take_all(&rx));
        assert_eq!(arrived, [vec![0, 1], sent].concat());
    });
}

/// Two senders: the messages of each arrive in the order sent.
#[test]
fn order_2s() {
    explore(50, || {
        let (tx, rx) = channel(3);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 1).unwrap();
                put(&tx, 2).unwrap();
            }
        });
        put(&tx, 3).unwrap();
        let first = take(&rx);
        join(thread);
        let mut arrived = take_all(&rx);
        arrived.insert(0, first.unwrap());
        assert_eq!(arrived.len(), 3);
        arrived.retain(|id| *id != 3);
        assert_eq!(arrived, [1, 2]);
    });
}

/// What a thread has sent it can receive, or somebody has: not Empty because another sender is in
/// the middle of it.
#[test]
fn own_message_is_there() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        put(&tx, 2).unwrap();
        let first = take(&rx).unwrap();
        assert_eq!(join(thread), Ok(()));
        assert_eq!(take_all(&rx), [3 - first]);
    });
}

/// The room that a thread has made it can use, or somebody has: not Full because another receiver
/// is in the middle of it.
#[test]
fn own_room_is_there() {
    explore(20, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        take(&rx).unwrap();
        put(&tx, 2).unwrap();
        assert!(join(thread).is_ok());
        assert_eq!(take_all(&rx), [2]);
    });
}

/// A ring that is never empty is never found empty.
#[test]
fn never_empty() {
    explore(20, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                put(&tx, 1).unwrap();
                take(&rx)
            }
        });
        let both = (take(&rx), join(thread));
        assert!(both == (Ok(0), Ok(1)) || both == (Ok(1), Ok(0)), "{both:?}");
    });
}

/// A ring that is never full is never found full.
#[test]
fn never_full() {
    explore(20, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                take(&rx).unwrap();
                put(&tx, 1)
            }
        });
        assert_eq!((put(&tx, 2), join(thread)), (Ok(()), Ok(())));
        assert_eq!(take_all(&rx).len(), 2);
    });
}

/// The same where the message that makes it seem full comes from a third thread, which has seen the
/// first one leave.
#[test]
fn never_full_3t() {
    explore(100, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let threads = [
            spawn({
                let rx = Arc::clone(&rx);
                move || take(&rx).is_ok()
            }),
            spawn({
                let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
                move || rx.is_empty() && put(&tx, 1).is_ok()
            }),
        ];
        assert_eq!(put(&tx, 2), Ok(()));
        let [taken, third] = join_all(threads);
        assert!(taken);
        assert_eq!(take_all(&rx).len(), 1 + usize::from(third));
    });
}

/// The length is one that there was.
#[test]
fn len_was_so() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                for id in 1..3 {
                    put(&tx, id).unwrap();
                    take(&rx).unwrap();
                }
            }
        });
        assert!(rx.len() <= 1);
        join(thread);
        assert!(rx.is_empty());
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn len_was_so_perm() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.len()
        });
        for id in 1..3 {
            put(&tx, id).unwrap();
            take(&rx).unwrap();
        }
        assert!(join(thread) <= 1);
    });
}

/// The same in a ring that is full now and then, and never empty.
#[test]
fn len_was_so_c2() {
    explore(20, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                put(&tx, 1).unwrap();
                take(&rx).unwrap();
            }
        });
        assert!((1..=2).contains(&tx.len()));
        join(thread);
        assert_eq!(take_all(&rx), [1]);
    });
}

/// The messages inside go with the channel, whichever handle is the last.
#[test]
fn drop_queued() {
    explore(5, || {
        let (tx, rx) = forebay::bounded(2);
        put(&tx, 0).unwrap();
        put(&tx, 1).unwrap();
        let thread = spawn(move || drop(rx));
        drop(tx);
        join(thread);
        assert_eq!(alive(), 0);
    });
}

/// A channel so large that its slots are prepared as they are used: here as many of five.
fn used(slots: usize) -> (Tx, Rx) {
    let (tx, rx) = channel(5);
    for _ in 0..slots {
        put(&tx, 0).unwrap();
        take(&rx).unwrap();
    }
    (tx, rx)
}

/// Two senders prepare the last two slots.
#[test]
fn unused_2s() {
    explore(20, || {
        let (tx, rx) = used(2);
        put(&tx, 0).unwrap();
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        join(thread);
        let inside = take_all(&rx);
        assert!(inside == [0, 1, 2] || inside == [0, 2, 1]);
        // The first one of the next lap has a stamp of zero.
        put(&tx, 3).unwrap();
        assert_eq!(take_all(&rx), [3]);
    });
}

/// One that a receiver has emptied is not prepared a second time.
#[test]
fn unused_vs_recv() {
    explore(20, || {
        let (unused, emptied) = used(2);
        put(&unused, 2).unwrap();
        let thread = spawn({
            let (unused, emptied) = (Arc::clone(&unused), Arc::clone(&emptied));
            move || {
                put(&unused, 3).unwrap();
                (take(&emptied), take(&emptied))
            }
        });
        put(&unused, 4).unwrap();
        let (first, second) = join(thread);
        assert_eq!(first, Ok(2));
        assert!(second.is_ok());
        assert_eq!(take_all(&emptied).len(), 1);
        put(&unused, 2).unwrap();
        put(&unused, 3).unwrap();
        assert_eq!(take_all(&emptied), [2, 3]);
    });
}

/// Batches, permits and what is forced in find them, too.
#[test]
fn unused_batch_permit_force() {
    explore(2, || {
        let (tx, rx) = used(1);
        put(&tx, 0).unwrap();
        let thread = take_thread(&rx);
        assert_eq!(tx.try_send_many([1, 2].map(message)).unwrap(), 2);
        assert!(tx.try_reserve().unwrap().send(message(3)).is_ok());
        assert_eq!(join(thread), 0);
        assert_eq!(take_all(&rx), [1, 2, 3]);

        let (tx, rx) = used(0);
        put(&tx, 4).unwrap();
        let _permits = tx.try_reserve_many(4).unwrap();
        assert_eq!(force(&tx, 5), Ok(Some(4)));
        assert_eq!(take_all(&rx), [5]);

        // The first slot was used: its stamp is zero for another reason.
        let (tx, rx) = used(4);
        put(&tx, 1).unwrap();
        let _permits = tx.try_reserve_many(4).unwrap();
        assert_eq!(force(&tx, 3), Ok(Some(1)));
        assert_eq!(take_all(&rx), [3]);
    });
}
