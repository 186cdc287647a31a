//! Closing, by hand and by the last handle: final, complete, and everybody wakes.

use crate::harness::{
    alive, channel, closed, collect, drive, explore, filled, join, parked, parked_sends,
    poll_thread, put, put_thread, recv, send, spawn, stream, take, take_all,
};
use forebay::{TryRecvError, TrySendError};
use std::sync::Arc;

/// One asleep and one going to sleep: both are told.
#[test]
fn close_parked() {
    explore(20, || {
        let (_tx, rx) = channel(1);
        let [asleep] = parked(&rx);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let mut waiting = [asleep, recv(&rx)];
        waiting[1].poll();
        assert!(join(thread));
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| matches!(task.output, Some(Err(_)))));
    });
}

#[test]
fn close_parked_perm() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let [asleep] = parked(&rx);
        let thread = poll_thread(recv(&rx));
        assert!(tx.close());
        let mut waiting = [asleep, join(thread)];
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| matches!(task.output, Some(Err(_)))));
    });
}

/// Senders that sleep get their own messages back.
#[test]
fn close_send_parked() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let [asleep] = parked_sends(&tx, [1]);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let mut waiting = [asleep, send(&tx, 2)];
        waiting[1].poll();
        assert!(join(thread));
        drive(&mut waiting);
        assert_eq!(waiting.map(|task| task.output), [Some(Err(1)), Some(Err(2))]);
        assert_eq!(take_all(&rx), [0]);
    });
}

#[test]
fn close_send_parked_perm() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let thread = poll_thread(send(&tx, 1));
        assert!(tx.close());
        let mut waiting = join(thread);
        drive(&mut waiting);
        assert_eq!(waiting.output, Some(Err(1)));
        assert_eq!(take_all(&rx), [0]);
    });
}

/// A message on its way beside the close: the sleeper gets it, or nobody has sent it.
#[test]
fn close_vs_send_parked() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let [mut waiting] = parked(&rx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        assert!(rx.close());
        let sent = join(thread);
        drive(&mut waiting);
        let got = waiting.output.unwrap();
        assert_eq!(got.is_ok(), sent.is_ok());
    });
}

/// Accepted is delivered, refused is not inside, and after the close nothing is accepted.
#[test]
fn close_vs_send() {
    explore(10, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        assert!(rx.close());
        assert_eq!(put(&tx, 2), Err(TrySendError::Closed(2)));
        let mut received = vec![];
        // Closed is the end: also a message that was on its way has arrived before it.
        let end = loop {
            match take(&rx) {
                Ok(id) => received.push(id),
                Err(end) => break end,
            }
        };
        assert_eq!(end, TryRecvError::Closed);
        match join(thread) {
            Ok(()) => assert_eq!(received, [1]),
            Err(error) => {
                assert_eq!(error, TrySendError::Closed(1));
                assert!(received.is_empty());
            }
        }
    });
}

#[test]
fn close_vs_send_perm() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || {
                assert!(rx.close());
                take(&rx)
            }
        });
        match (put(&tx, 1), join(thread)) {
            (Ok(()), Ok(1)) | (Err(TrySendError::Closed(1)), Err(TryRecvError::Closed)) => {}
            both => panic!("{both:?}"),
        }
    });
}

/// Of two that close, exactly one did it.
#[test]
fn close_twice() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.close()
        });
        assert_ne!(rx.close(), join(thread));
        assert!(!tx.close());
    });
}

/// Whoever waits for the close is woken by it.
#[test]
fn closed_future() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let mut waiting = [closed(&tx), closed(&tx)];
        assert!(!waiting[0].poll());
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        waiting[1].poll();
        assert!(join(thread));
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| task.is_done()));
    });
}

#[test]
fn closed_future_perm() {
    explore(10, || {
        let (tx, rx) = forebay::bounded(1);
        let tx = Arc::new(tx);
        let thread = poll_thread(closed(&tx));
        drop(rx);
        let mut waiting = join(thread);
        drive(&mut waiting);
        assert!(waiting.is_done());
    });
}

/// Who waits for the close takes no notification from who waits for a message.
#[test]
fn closed_future_beside_recv() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let mut closing = closed(&tx);
        assert!(!closing.poll());
        let [mut waiting] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drive(&mut waiting);
        join(thread);
        drive(&mut waiting);
        assert_eq!(waiting.output, Some(Ok(1)));
        assert!(!closing.is_woken());
    });
}

#[test]
fn closed_future_beside_stream() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let mut closing = closed(&tx);
        let thread = put_thread(&tx, 1);
        assert!(!closing.poll());
        let mut streaming = stream(&rx);
        streaming.poll();
        join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(1)));
        assert!(!closing.is_woken());
    });
}

/// The last sender goes after its message: a receiver gets the message, and then the end.
#[test]
fn last_tx_drop() {
    explore(50, || {
        let (tx, rx) = forebay::bounded(1);
        let rx = Arc::new(rx);
        let mut waiting = [recv(&rx), recv(&rx)];
        let thread = spawn(move || put(&tx, 1).unwrap());
        waiting[0].poll();
        waiting[1].poll();
        join(thread);
        drive(&mut waiting);
        let mut got = waiting.map(|task| task.output.unwrap().ok());
        got.sort_unstable();
        assert_eq!(got, [None, Some(1)]);
    });
}

/// Never Closed before the message that was sent before it.
#[test]
fn last_tx_drop_try() {
    explore(20, || {
        let (tx, rx) = forebay::bounded(1);
        let thread = spawn(move || put(&tx, 1).unwrap());
        let early = take(&rx);
        assert_ne!(early, Err(TryRecvError::Closed));
        join(thread);
        if early.is_err() {
            assert_eq!(take(&rx), Ok(1));
        }
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
    });
}

/// Two senders go at once: the channel closes once, and the sleeper wakes.
#[test]
fn two_tx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::bounded(1);
        let rx = Arc::new(rx);
        let [mut waiting] = parked(&rx);
        let other = tx.clone();
        let thread = spawn(move || drop(other));
        drop(tx);
        join(thread);
        drive(&mut waiting);
        assert!(waiting.output.unwrap().is_err());
    });
}

/// A clone that is made while the original goes counts.
#[test]
fn clone_vs_drop() {
    explore(3, || {
        let (tx, rx) = forebay::bounded::<crate::harness::Message>(1);
        let first = tx.clone();
        let thread = spawn(move || drop(first));
        let second = tx.clone();
        drop(tx);
        join(thread);
        assert_eq!(take(&rx), Err(TryRecvError::Empty));
        drop(second);
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
    });
}

/// The last receiver goes: a sender that sleeps, or goes to sleep, gets its message back, and what
/// is inside is dropped.
#[test]
fn last_rx_drop() {
    explore(50, || {
        let (tx, rx) = forebay::bounded(1);
        let tx = Arc::new(tx);
        put(&tx, 0).unwrap();
        let thread = spawn(move || drop(rx));
        let mut waiting = send(&tx, 1);
        waiting.poll();
        join(thread);
        drive(&mut waiting);
        // The slot of the dropped message may have been free for a moment, but nobody sends into a
        // closed channel.
        assert_eq!(waiting.output, Some(Err(1)));
        assert_eq!(alive(), 0);
    });
}

/// A message that comes in while the last receiver goes does not stay either.
#[test]
fn rx_drop_vs_send() {
    explore(10, || {
        let (tx, rx) = forebay::bounded(1);
        let tx = Arc::new(tx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        drop(rx);
        let _accepted = join(thread);
        assert_eq!(alive(), 0);
    });
}

#[test]
fn rx_drop_vs_send_perm() {
    explore(10, || {
        let (tx, rx) = forebay::bounded(2);
        put(&tx, 0).unwrap();
        let thread = spawn(move || drop(rx));
        let _accepted = put(&tx, 1);
        join(thread);
        assert_eq!(alive(), 0);
    });
}

/// Two receivers go at once: the messages are dropped once.
#[test]
fn two_rx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::bounded(2);
        put(&tx, 0).unwrap();
        put(&tx, 1).unwrap();
        let other = rx.clone();
        let thread = spawn(move || drop(other));
        drop(rx);
        join(thread);
        assert_eq!(alive(), 0);
        assert_eq!(put(&tx, 2), Err(TrySendError::Closed(2)));
    });
}

/// Closed by hand with messages inside: a receiver gets everything, and only then the end.
#[test]
fn close_keeps_messages() {
    explore(5, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 1).unwrap();
                tx.close()
            }
        });
        let mut receiver = collect(&rx, 2);
        receiver.poll();
        assert!(join(thread));
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![0, 1]));
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
    });
}
