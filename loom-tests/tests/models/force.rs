//! `force_send`, which claims on both sides at once, beside everything that moves the same words.

use crate::harness::{
    alive, channel, drive, explore, filled, force, join, parked, parked_sends, put, send, spawn,
    take, take_all,
};
use forebay::{TryRecvError, TrySendError};
use std::sync::Arc;

/// Beside a receiver: the oldest message goes to one of the two, and the ring is never empty.
#[test]
fn force_vs_recv_c1() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        let displaced = force(&tx, 1);
        match (displaced, join(thread)) {
            (Ok(Some(0)), Ok(1)) => assert_eq!(take_all(&rx), Vec::<u32>::new()),
            (Ok(None), Ok(0)) => assert_eq!(take_all(&rx), [1]),
            both => panic!("{both:?}"),
        }
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn force_vs_recv_c1_perm() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1)
        });
        let taken = take(&rx);
        match (join(thread), taken) {
            (Ok(Some(0)), Ok(1)) => assert_eq!(take_all(&rx), Vec::<u32>::new()),
            (Ok(None), Ok(0)) => assert_eq!(take_all(&rx), [1]),
            both => panic!("{both:?}"),
        }
    });
}

/// The receiver takes two: what it gets is in order, and with what is displaced nothing is missing.
#[test]
fn force_vs_recv_c2() {
    explore(50, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || [take(&rx), take(&rx)]
        });
        let displaced = force(&tx, 2).unwrap();
        let mut arrived: Vec<_> = join(thread).into_iter().map(Result::unwrap).collect();
        arrived.extend(take_all(&rx));
        assert!(arrived.is_sorted());
        arrived.extend(displaced);
        arrived.sort_unstable();
        assert_eq!(arrived, [0, 1, 2]);
    });
}

/// Beside a `try_send` into the full ring: that one stays outside.
#[test]
fn force_vs_send_c1() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        assert_eq!(force(&tx, 2), Ok(Some(0)));
        assert_eq!(join(thread), Err(TrySendError::Full(1)));
        assert_eq!(take_all(&rx), [2]);
    });
}

#[test]
fn force_vs_send_c2() {
    explore(20, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        match (force(&tx, 2), join(thread)) {
            (Ok(Some(0)), Ok(())) => assert_eq!(take_all(&rx), [1, 2]),
            (Ok(None), Err(TrySendError::Full(1))) => assert_eq!(take_all(&rx), [0, 2]),
            both => panic!("{both:?}"),
        }
    });
}

/// Two at once in one slot: each displaces what was there before it.
#[test]
fn force_vs_force_c1() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1)
        });
        match (force(&tx, 2), join(thread)) {
            (Ok(Some(0)), Ok(Some(2))) => assert_eq!(take_all(&rx), [1]),
            (Ok(Some(1)), Ok(Some(0))) => assert_eq!(take_all(&rx), [2]),
            both => panic!("{both:?}"),
        }
    });
}

#[test]
fn force_vs_force_c2() {
    explore(20, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 2)
        });
        let displaced = [force(&tx, 3), join(thread)].map(|oldest| oldest.unwrap().unwrap());
        assert!(displaced == [0, 1] || displaced == [1, 0], "{displaced:?}");
        let inside = take_all(&rx);
        assert!(inside == [2, 3] || inside == [3, 2], "{inside:?}");
    });
}

/// Whoever looks meanwhile sees a full ring, and no more than that.
#[test]
fn force_vs_len() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1)
        });
        assert_eq!(rx.len(), 1);
        assert_eq!(join(thread), Ok(Some(0)));
        assert_eq!(take_all(&rx), [1]);
    });
}

#[test]
fn force_vs_len_c2() {
    explore(10, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || [rx.len(), rx.len()]
        });
        assert_eq!((force(&tx, 2), force(&tx, 3)), (Ok(Some(0)), Ok(Some(1))));
        assert_eq!(join(thread), [2, 2]);
        assert_eq!(take_all(&rx), [2, 3]);
    });
}

/// Beside a close: either it came first, and its message is inside, or it has its message back and
/// displaced nothing.
#[test]
fn force_vs_close() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let forced = force(&tx, 1);
        assert!(join(thread));
        // The close is not erased.
        assert!(tx.is_closed());
        assert_eq!(put(&tx, 2), Err(TrySendError::Closed(2)));
        match forced {
            Ok(Some(0)) => assert_eq!(take(&rx), Ok(1)),
            error => {
                assert_eq!(error, Err(1));
                assert_eq!(take(&rx), Ok(0));
            }
        }
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
    });
}

/// The same, with the roles of the two threads exchanged, in a ring with room.
#[test]
fn force_vs_close_perm() {
    explore(20, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || [force(&tx, 1), force(&tx, 2)]
        });
        assert!(rx.close());
        assert_eq!(force(&tx, 3), Err(3));
        match join(thread) {
            [Ok(None), Ok(Some(0))] => assert_eq!(take_all(&rx), [1, 2]),
            [Ok(None), Err(2)] => assert_eq!(take_all(&rx), [0, 1]),
            [Err(1), Err(2)] => assert_eq!(take_all(&rx), [0]),
            both => panic!("{both:?}"),
        }
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
    });
}

/// Who has closed the full channel takes its message out: no room that a `force_send` could find
/// then lets it in.
#[test]
fn force_vs_close_and_recv() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1)
        });
        assert!(rx.close());
        let inside = take_all(&rx);
        match join(thread) {
            Ok(Some(0)) => assert_eq!(inside, [1]),
            error => {
                assert_eq!(error, Err(1));
                assert_eq!(inside, [0]);
            }
        }
    });
}

/// The last receiver goes: what is inside is dropped at once, also what comes in at that moment.
#[test]
fn force_vs_last_rx_drop() {
    explore(20, || {
        let (tx, rx) = forebay::bounded(1);
        put(&tx, 0).unwrap();
        let thread = spawn(move || drop(rx));
        let forced = force(&tx, 1);
        join(thread);
        assert_eq!(alive(), 0);
        // With `Ok(None)` the first message was dropped by the receiver, and this one after it.
        assert!(matches!(forced, Ok(Some(0) | None) | Err(1)), "{forced:?}");
    });
}

/// A waiting receiver is woken, and gets what is left inside.
#[test]
fn force_wakes_receiver() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let [mut waiting] = parked(&rx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1)
        });
        let forced = force(&tx, 2);
        let displaced = match (forced, join(thread)) {
            (Ok(displaced), Ok(None)) | (Ok(None), Ok(displaced)) => displaced,
            both => panic!("{both:?}"),
        };
        drive(&mut waiting);
        let got = waiting.output.unwrap().unwrap();
        assert_eq!(displaced, Some(3 - got));
    });
}

/// A waiting sender gets the slot that a receiver frees, although the ring was overrun meanwhile.
#[test]
fn force_vs_parked_sender() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let [mut waiting] = parked_sends(&tx, [1]);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 2)
        });
        let taken = take(&rx).unwrap();
        let displaced = join(thread).unwrap();
        drive(&mut waiting);
        // Whatever is inside by now leaves room once.
        let inside = take_all(&rx);
        drive(&mut waiting);
        assert_eq!(waiting.output, Some(Ok(())));
        let mut all = [vec![taken], inside, take_all(&rx)].concat();
        all.extend(displaced);
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
    });
}

/// Two at once beside a waiting sender: the one that finds the other in the middle of it and gives
/// up keeps the flag.
#[test]
fn force_vs_force_parked_sender() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let [mut waiting] = parked_sends(&tx, [1]);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 2)
        });
        assert!(matches!(force(&tx, 3), Ok(Some(0 | 2))));
        assert!(matches!(join(thread), Ok(Some(0 | 3))));
        assert!(take(&rx).is_ok());
        drive(&mut waiting);
        assert_eq!(waiting.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}

/// The same with a sender that goes to sleep on the word that the overrun moves.
#[test]
fn force_vs_registering_sender() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let mut waiting = send(&tx, 1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 2)
        });
        waiting.poll();
        assert_eq!(join(thread), Ok(Some(0)));
        assert_eq!(take(&rx), Ok(2));
        drive(&mut waiting);
        assert_eq!(waiting.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}
