//! Futures that are dropped: parked, notified, in the middle of a poll, with another waker. What
//! they were woken for goes to somebody else, and a message is sent, or in the future, never both
//! and never neither.

use crate::harness::{
    Message, Receiving, Rx, Task, Tx, channel, drive, explore, filled, join, join_all, message,
    parked, parked_sends, parked_stream, put, put_thread, recv, send, spawn, take, take_all,
    take_thread, unbounded_at,
};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

/// The first of two sleepers goes while the message comes: the second one gets it.
#[test]
fn cancel_recv() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let [first, mut second] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drop(first);
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(1)));
    });
}

#[test]
fn cancel_recv_perm() {
    explore(4, || {
        let (tx, rx) = channel(1);
        let [first, mut second] = parked(&rx);
        let thread = spawn(move || drop(first));
        put(&tx, 1).unwrap();
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(1)));
    });
}

#[test]
fn cancel_send() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let [first, mut second] = parked_sends(&tx, [1, 2]);
        let thread = take_thread(&rx);
        drop(first);
        assert_eq!(join(thread), 0);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [2]);
    });
}

#[test]
fn cancel_send_perm() {
    explore(4, || {
        let (tx, rx) = filled(1);
        let [first, mut second] = parked_sends(&tx, [1, 2]);
        let thread = spawn(move || drop(first));
        assert_eq!(take(&rx), Ok(0));
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [2]);
    });
}

/// Polled by another task, then dropped.
#[test]
fn cancel_changed_waker() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let [mut first, mut second] = parked(&rx);
        let thread = put_thread(&tx, 1);
        first.poll_moved();
        let taken = first.output.take();
        drop(first);
        join(thread);
        drive(&mut second);
        assert_eq!(taken.or(second.output), Some(Ok(1)));
    });
}

/// Polled without need, then dropped.
#[test]
fn cancel_after_spurious_poll() {
    explore(10, || {
        let (tx, rx) = channel(2);
        let [mut first, mut second, mut third] = parked(&rx);
        let thread = put_thread(&tx, 1);
        first.poll();
        let taken = first.output.take();
        drop(first);
        put(&tx, 2).unwrap();
        join(thread);
        drive(&mut (&mut second, &mut third));
        let mut got: Vec<_> = [taken, second.output, third.output]
            .into_iter()
            .flatten()
            .map(Result::unwrap)
            .collect();
        got.sort_unstable();
        assert_eq!(got, [1, 2]);
    });
}

/// Notified, its message stolen, asleep again, then dropped: it owes nothing, and the next message
/// wakes the other one.
#[test]
fn cancel_after_steal() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let [mut first, mut second] = parked(&rx);
        let thread = put_thread(&tx, 1);
        let stolen = take(&rx).ok();
        drive(&mut first);
        let taken = first.output.take().and_then(Result::ok);
        drop(first);
        join(thread);
        drive(&mut second);
        if stolen.or(taken).is_some() {
            assert!(!second.is_done());
            put(&tx, 2).unwrap();
            drive(&mut second);
            assert_eq!(second.output, Some(Ok(2)));
        } else {
            assert_eq!(second.output, Some(Ok(1)));
        }
    });
}

/// One goes to sleep and goes away, while two messages come; another one is asleep all the time.
#[test]
fn cancel_mid_poll() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let [mut other] = parked(&rx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 1).unwrap();
                put(&tx, 2).unwrap();
            }
        });
        let mut gone = recv(&rx);
        gone.poll();
        let taken = gone.output.take();
        drop(gone);
        join(thread);
        drive(&mut other);
        assert!(other.is_done());
        assert_eq!(taken.into_iter().count() + take_all(&rx).len(), 1);
    });
}

#[test]
fn cancel_mid_poll_perm() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let [mut other] = parked(&rx);
        let mut gone = recv(&rx);
        let thread = spawn(move || {
            gone.poll();
            gone.output.take()
        });
        put(&tx, 1).unwrap();
        put(&tx, 2).unwrap();
        let taken = join(thread);
        drive(&mut other);
        assert!(other.is_done());
        assert_eq!(taken.into_iter().count() + take_all(&rx).len(), 1);
    });
}

/// The same on the other side.
#[test]
fn cancel_mid_send() {
    explore(100, || {
        let (tx, rx) = filled(2);
        let [mut other] = parked_sends(&tx, [2]);
        let mut gone = send(&tx, 3);
        let thread = spawn(move || gone.poll());
        assert_eq!(take(&rx), Ok(0));
        assert_eq!(take(&rx), Ok(1));
        let sent = join(thread);
        drive(&mut other);
        assert_eq!(other.output, Some(Ok(())));
        assert_eq!(take_all(&rx).len(), if sent { 2 } else { 1 });
    });
}

/// A message that is taken back out of its future was not sent; one that cannot be, was. The slot
/// that it was woken for goes to the other one.
#[test]
fn take_back() {
    explore(10, || {
        let (tx, rx) = filled(1);
        // It is polled by hand alone, so its waker need not tell.
        let mut nobody = Context::from_waker(Waker::noop());
        let mut first = tx.send(message(1));
        assert!(Pin::new(&mut first).poll(&mut nobody).is_pending());
        let [mut second] = parked_sends(&tx, [2]);
        let thread = take_thread(&rx);
        let sent = Pin::new(&mut first).poll(&mut nobody).is_ready();
        let back = first.into_inner().map(Message::id);
        assert_eq!(join(thread), 0);
        drive(&mut second);
        if sent {
            assert_eq!(back, None);
            assert_eq!(take(&rx), Ok(1));
            drive(&mut second);
        } else {
            assert_eq!(back, Some(1));
        }
        assert_eq!(second.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [2]);
    });
}

/// A notified receiver finds its message claimed and not yet there, and goes: whoever else sleeps
/// gets both messages.
fn two_messages_for_the_others(taken: Option<u32>, mut others: [Receiving; 2]) {
    drive(&mut others);
    let mut got: Vec<_> =
        others.iter().filter_map(|task| task.output).map(Result::unwrap).collect();
    got.extend(taken);
    got.sort_unstable();
    assert_eq!(got, [1, 2]);
}

#[test]
fn cancel_busy() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let [mut gone, second, third] = parked(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        drive(&mut gone);
        let taken = gone.output.take().map(Result::unwrap);
        drop(gone);
        join_all(threads);
        two_messages_for_the_others(taken, [second, third]);
    });
}

/// The same, with the roles of the threads exchanged.
#[test]
fn cancel_busy_perm() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let [mut gone, second, third] = parked(&rx);
        let sender = put_thread(&tx, 1);
        let canceller = spawn(move || {
            drive(&mut gone);
            gone.output.take().map(Result::unwrap)
        });
        put(&tx, 2).unwrap();
        join(sender);
        let taken = join(canceller);
        two_messages_for_the_others(taken, [second, third]);
    });
}

/// A sender that finds the next slot claimed and not yet free, and goes.
#[test]
fn cancel_busy_send() {
    explore(100, || {
        let (tx, rx) = filled(2);
        let [mut gone, mut second, mut third] = parked_sends(&tx, [2, 3, 4]);
        let threads = [take_thread(&rx), take_thread(&rx)];
        drive(&mut gone);
        let sent = gone.is_done();
        drop(gone);
        join_all(threads);
        drive(&mut (&mut second, &mut third));
        let done = [sent, second.is_done(), third.is_done()];
        assert_eq!(done.into_iter().filter(|done| *done).count(), 2);
        assert_eq!(take_all(&rx).len(), 2);
    });
}

/// Woken, polled once, and gone, perhaps with the notification neither used nor settled.
fn poll_once_and_go<T>(mut gone: Task<T>) -> Option<T> {
    if gone.is_woken() {
        gone.poll();
    }
    gone.output.take()
}

/// A receiver that goes when it has found its message claimed and not yet there.
#[test]
fn cancel_owing() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let [gone, second, third] = parked(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        let taken = poll_once_and_go(gone).map(Result::unwrap);
        join_all(threads);
        two_messages_for_the_others(taken, [second, third]);
    });
}

#[test]
fn cancel_owing_perm() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let [gone, second, third] = parked(&rx);
        let sender = put_thread(&tx, 1);
        let canceller = spawn(move || poll_once_and_go(gone).map(Result::unwrap));
        put(&tx, 2).unwrap();
        join(sender);
        let taken = join(canceller);
        two_messages_for_the_others(taken, [second, third]);
    });
}

/// The same on the other side.
#[test]
fn cancel_owing_send() {
    explore(100, || {
        let (tx, rx) = filled(2);
        let [gone, mut second, mut third] = parked_sends(&tx, [2, 3, 4]);
        let threads = [take_thread(&rx), take_thread(&rx)];
        let sent = poll_once_and_go(gone).is_some();
        join_all(threads);
        drive(&mut (&mut second, &mut third));
        let done = [sent, second.is_done(), third.is_done()];
        assert_eq!(done.into_iter().filter(|done| *done).count(), 2);
        assert_eq!(take_all(&rx).len(), 2);
    });
}

/// At the second look the message is on its way in, and its notification comes before the receiver
/// leaves its place: when that goes, the message is for the stream.
fn recheck_busy((tx, rx): (Tx, Rx)) {
    let mut streaming = parked_stream(&rx);
    let mut gone = recv(&rx);
    let thread = put_thread(&tx, 1);
    let taken = gone.poll();
    drop(gone);
    join(thread);
    drive(&mut streaming);
    assert_ne!(streaming.is_done(), taken);
}

/// Takes three preemptions.
#[test]
fn cancel_recheck_busy() {
    explore(100, || recheck_busy(channel(1)));
}

/// Busy because the next block is not there yet.
#[test]
fn cancel_recheck_busy_unbounded() {
    explore(100, || recheck_busy(unbounded_at(2)));
}
