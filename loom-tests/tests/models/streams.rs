//! Receivers as streams, which stay at their gate although perhaps nobody polls them: a message
//! that no `recv` takes wakes all of them, and so does the notification of a `recv` that goes.

use crate::harness::{
    channel, collect_stream, count_woken, drive, explore, join, join_all, parked, parked_stream,
    poll_thread, put, put_thread, received, recv, spawn, stream, take_all, unbounded_at,
};
use std::sync::Arc;

/// Going to sleep beside one message.
#[test]
fn stream_1s() {
    explore(30, || {
        let (tx, rx) = channel(1);
        let mut receiver = stream(&rx);
        let thread = put_thread(&tx, 1);
        receiver.poll();
        join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(Some(1)));
    });
}

/// Woken, and asleep again while the second message comes.
#[test]
fn stream_repark() {
    explore(10, || {
        let (tx, rx) = channel(2);
        let mut receiver = collect_stream(&rx, 2);
        receiver.poll();
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        drive(&mut receiver);
        join_all(threads);
        drive(&mut receiver);
        assert!(receiver.is_done());
    });
}

/// One receive and one stream asleep, two messages: each gets one.
#[test]
fn stream_recv_2s() {
    explore(50, || {
        let (tx, rx) = channel(2);
        let mut streaming = parked_stream(&rx);
        let [mut receiving] = parked(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        join_all(threads);
        drive(&mut (&mut streaming, &mut receiving));
        let both = (streaming.output.unwrap().unwrap(), receiving.output.unwrap().unwrap());
        assert!(both == (1, 2) || both == (2, 1));
    });
}

/// Two streams asleep beside a receive: the second message wakes both, and one of them gets it.
#[test]
fn stream_2_recv_2s() {
    explore(50, || {
        let (tx, rx) = channel(2);
        let mut streaming = [parked_stream(&rx), parked_stream(&rx)];
        let mut receiving = parked::<1>(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        join_all(threads);
        assert_eq!(count_woken(&streaming), 2);
        drive(&mut (&mut receiving, &mut streaming));
        assert_eq!(streaming.iter().filter(|task| task.is_done()).count(), 1);
        assert_eq!(received(receiving).len(), 1);
    });
}

/// A stream is asleep, a receive goes to sleep while the message comes: one of them gets it.
#[test]
fn stream_recv_reg() {
    explore(50, || {
        let (tx, rx) = channel(2);
        let mut streaming = parked_stream(&rx);
        let thread = put_thread(&tx, 1);
        let mut receiving = recv(&rx);
        receiving.poll();
        join(thread);
        drive(&mut (&mut streaming, &mut receiving));
        assert_ne!(streaming.is_done(), receiving.is_done());
        put(&tx, 2).unwrap();
        drive(&mut (&mut streaming, &mut receiving));
        assert!(streaming.is_done() && receiving.is_done());
    });
}

/// A receive is asleep, a stream goes to sleep while the message comes.
#[test]
fn stream_reg_recv() {
    explore(10, || {
        let (tx, rx) = channel(2);
        let [mut receiving] = parked(&rx);
        let thread = put_thread(&tx, 1);
        let mut streaming = stream(&rx);
        streaming.poll();
        join(thread);
        drive(&mut (&mut streaming, &mut receiving));
        assert_ne!(streaming.is_done(), receiving.is_done());
        put(&tx, 2).unwrap();
        drive(&mut (&mut streaming, &mut receiving));
        assert!(streaming.is_done() && receiving.is_done());
    });
}

/// A stream that nobody polls any more keeps no message from another stream.
#[test]
fn stream_zombie() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let _zombie = parked_stream(&rx);
        let mut streaming = collect_stream(&rx, 2);
        streaming.poll();
        let thread = put_thread(&tx, 1);
        drive(&mut streaming);
        put(&tx, 2).unwrap();
        join(thread);
        drive(&mut streaming);
        assert!(streaming.is_done());
    });
}

/// Nor from a receive that goes to sleep meanwhile.
#[test]
fn stream_zombie_recv() {
    explore(50, || {
        let (tx, rx) = channel(2);
        let _zombie = parked_stream(&rx);
        let thread = put_thread(&tx, 1);
        let mut receiving = recv(&rx);
        receiving.poll();
        join(thread);
        drive(&mut receiving);
        assert_eq!(receiving.output, Some(Ok(1)));
    });
}

/// Of two streams asleep the first goes: the second gets the message.
#[test]
fn stream_drop() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let first = parked_stream(&rx);
        let mut second = parked_stream(&rx);
        let thread = put_thread(&tx, 1);
        drop(first);
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Some(1)));
    });
}

/// A receive that was woken goes: its message is for the stream.
#[test]
fn stream_handed_on() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let mut streaming = parked_stream(&rx);
        let [receiving] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drop(receiving);
        join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(1)));
    });
}

#[test]
fn stream_handed_on_perm() {
    explore(4, || {
        let (tx, rx) = channel(1);
        let mut streaming = parked_stream(&rx);
        let [receiving] = parked(&rx);
        let thread = spawn(move || drop(receiving));
        put(&tx, 1).unwrap();
        join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(1)));
    });
}

/// Of two streams the first is never polled again: the second gets the message.
#[test]
fn stream_handed_on_zombie() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let _zombie = parked_stream(&rx);
        let mut streaming = parked_stream(&rx);
        let [receiving] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drop(receiving);
        join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(1)));
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn stream_handed_on_zombie_perm() {
    explore(4, || {
        let (tx, rx) = channel(1);
        let _zombie = parked_stream(&rx);
        let mut streaming = parked_stream(&rx);
        let [receiving] = parked(&rx);
        let thread = spawn(move || drop(receiving));
        put(&tx, 1).unwrap();
        join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(1)));
    });
}

/// The stream goes to sleep while the notification is handed on.
#[test]
fn stream_handed_on_reg() {
    explore(100, || {
        let (tx, rx) = channel(1);
        let [receiving] = parked(&rx);
        let mut streaming = stream(&rx);
        let threads = [put_thread(&tx, 1), spawn(move || drop(receiving))];
        streaming.poll();
        join_all(threads);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(1)));
    });
}

/// Two messages, and a receive that goes with the notification of one: the stream gets both.
#[test]
fn stream_handed_on_2m() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let mut streaming = collect_stream(&rx, 2);
        streaming.poll();
        let [receiving] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drop(receiving);
        put(&tx, 2).unwrap();
        join(thread);
        drive(&mut streaming);
        assert!(streaming.is_done());
    });
}

/// To another receive first: the stream sleeps on.
#[test]
fn stream_not_handed_on() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let streaming = parked_stream(&rx);
        let [first, mut second] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drop(first);
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(1)));
        assert!(!streaming.is_woken());
    });
}

/// The end reaches the streams that sleep and those that go to sleep.
#[test]
fn stream_close() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let asleep = parked_stream(&rx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.close()
        });
        let mut streaming = [asleep, stream(&rx)];
        streaming[1].poll();
        assert!(join(thread));
        drive(&mut streaming);
        assert!(streaming.iter().all(|task| task.output == Some(None)));
        assert!(take_all(&rx).is_empty());
    });
}

/// The last sender goes: the stream ends.
#[test]
fn stream_last_tx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::bounded(1);
        let rx = Arc::new(rx);
        let mut streaming = stream(&rx);
        let thread = spawn(move || drop(tx));
        streaming.poll();
        join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(None));
    });
}

/// A stream that ends with a close, with the roles of the two threads exchanged.
#[test]
fn stream_close_perm() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let thread = poll_thread(stream(&rx));
        assert!(tx.close());
        let mut streaming = join(thread);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(None));
    });
}

/// A stream that goes with its notification, when its message is long gone: a receive that sleeps
/// since then sleeps on.
#[test]
fn stream_hands_nothing_on() {
    explore(4, || {
        let (tx, rx) = channel(1);
        let streaming = parked_stream(&rx);
        let thread = put_thread(&tx, 1);
        let early = take_all(&rx);
        join(thread);
        assert_eq!(early.len() + take_all(&rx).len(), 1);
        let waiting = parked::<1>(&rx);
        drop(streaming);
        assert_eq!(count_woken(&waiting), 0);
    });
}

#[test]
fn stream_hands_nothing_on_unbounded() {
    explore(4, || {
        let (tx, rx) = unbounded_at(2);
        let streaming = [parked_stream(&rx), parked_stream(&rx)];
        let thread = put_thread(&tx, 1);
        let early = take_all(&rx);
        join(thread);
        assert_eq!(early.len() + take_all(&rx).len(), 1);
        let waiting = parked::<1>(&rx);
        drop(streaming);
        assert_eq!(count_woken(&waiting), 0);
    });
}
