//! Threads that sleep in a blocking call, and futures run by loom's own executor, which also polls
//! without need.

use crate::harness::{
    Message, channel, collect, drive, explore, filled, join, message, parked, parked_sends, put,
    spawn, take, take_all,
};
use forebay::TryRecvError;
use loom::future::block_on;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

/// One message, one slot: the thread wakes.
#[test]
fn block_recv() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.recv_blocking().map(Message::id)
        });
        put(&tx, 1).unwrap();
        assert_eq!(join(thread), Ok(1));
    });
}

#[test]
fn block_send() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.send_blocking(message(1)).is_ok()
        });
        assert_eq!(take(&rx), Ok(0));
        assert!(join(thread));
        assert_eq!(take_all(&rx), [1]);
    });
}

/// Two messages through one slot, both ends blocking.
#[test]
fn block_spsc() {
    explore(200, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || (1..3).for_each(|id| tx.send_blocking(message(id)).unwrap())
        });
        for id in 1..3 {
            assert_eq!(rx.recv_blocking().unwrap().id(), id);
        }
        join(thread);
    });
}

/// A close wakes a blocked receiver.
#[test]
fn block_recv_close() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.recv_blocking().is_err()
        });
        assert!(tx.close());
        assert!(join(thread));
    });
}

/// A close wakes a blocked sender, and gives its message back.
#[test]
fn block_send_close() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.send_blocking(message(1)).map_err(|error| error.into_inner().id())
        });
        assert!(rx.close());
        assert_eq!(join(thread), Err(1));
        assert_eq!(take_all(&rx), [0]);
    });
}

/// The last sender goes: the thread has received everything.
#[test]
fn block_last_tx_drop() {
    explore(50, || {
        let (tx, rx) = forebay::bounded(1);
        let thread = spawn(move || {
            let received: Vec<_> =
                std::iter::from_fn(|| rx.recv_blocking().ok()).map(Message::id).collect();
            assert_eq!(take(&rx), Err(TryRecvError::Closed));
            received
        });
        put(&tx, 1).unwrap();
        drop(tx);
        assert_eq!(join(thread), [1]);
    });
}

/// A future that was woken goes: the blocked thread is woken instead.
#[test]
fn block_cancel_recv() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let [gone] = parked(&rx);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.recv_blocking().map(Message::id)
        });
        put(&tx, 1).unwrap();
        drop(gone);
        assert_eq!(join(thread), Ok(1));
    });
}

#[test]
fn block_cancel_send() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let [gone] = parked_sends(&tx, [1]);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.send_blocking(message(2)).is_ok()
        });
        assert_eq!(take(&rx), Ok(0));
        drop(gone);
        assert!(join(thread));
        assert_eq!(take_all(&rx), [2]);
    });
}

/// A blocked thread that got its message at the second look hands on the notification meant for the
/// other.
#[test]
fn block_beside_future() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let mut receiver = collect(&rx, 1);
        receiver.poll();
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.recv_blocking().unwrap().id()
        });
        put(&tx, 1).unwrap();
        put(&tx, 2).unwrap();
        let taken = join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![3 - taken]));
    });
}

/// Lets the other threads run after each poll: a future that has woken itself waits for one of
/// them.
async fn in_turns<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let poll = future.as_mut().poll(cx);
        if poll.is_pending() {
            loom::thread::yield_now();
        }
        poll
    })
    .await
}

/// Futures under an executor that polls whenever it likes.
#[test]
fn block_on_recv() {
    explore(50, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1).unwrap()
        });
        assert_eq!(block_on(in_turns(rx.recv())).map(Message::id), Ok(1));
        join(thread);
    });
}

#[test]
fn block_on_send() {
    explore(50, || {
        let (tx, rx) = filled(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        assert!(block_on(in_turns(tx.send(message(1)))).is_ok());
        assert_eq!(join(thread), Ok(0));
        assert_eq!(take_all(&rx), [1]);
    });
}
