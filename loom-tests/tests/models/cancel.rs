//! Futures that are dropped, moved to other tasks, or polled for nothing.

use crate::harness::{
    channel, drive, explore, filled, join, parked, parked_sends, put, received, recv, send, spawn,
    take, take_all,
};
use std::sync::Arc;

#[test]
fn a_dropped_receive_hands_its_notification_on() {
    explore(6, || {
        let (tx, rx) = channel(1);
        let [first, mut second] = parked(&rx);
        let sender = spawn(move || {
            put(&tx, 0).unwrap();
            tx
        });
        drop(first);
        let _tx = join(sender);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(0)));
    });
}

#[test]
fn a_dropped_receive_hands_its_notification_on_from_the_other_side() {
    explore(4, || {
        let (tx, rx) = channel(1);
        let [first, mut second] = parked(&rx);
        let canceller = spawn(move || drop(first));
        put(&tx, 0).unwrap();
        join(canceller);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(0)));
    });
}

#[test]
fn a_dropped_send_hands_its_notification_on() {
    explore(6, || {
        let (tx, rx) = filled(1);
        let [first, mut second] = parked_sends(&tx, [1, 2]);
        let receiver = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx).unwrap()
        });
        drop(first);
        assert_eq!(join(receiver), 0);
        drive(&mut second);
        assert!(second.is_done());
        assert_eq!(take_all(&rx), [2]);
    });
}

#[test]
fn a_receive_is_dropped_while_it_registers() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let [mut parked] = parked(&rx);
        let sender = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 0).unwrap();
                put(&tx, 1).unwrap();
            }
        });
        let mut passing = recv(&rx);
        passing.poll();
        let taken = passing.output.take().is_some();
        drop(passing);
        join(sender);
        drive(&mut parked);
        assert!(parked.is_done());
        assert_eq!(take_all(&rx).len(), if taken { 0 } else { 1 });
    });
}

#[test]
fn a_send_is_dropped_while_it_registers() {
    explore(20, || {
        let (tx, rx) = filled(2);
        let [mut parked] = parked_sends(&tx, [2]);
        let receiver = spawn({
            let rx = Arc::clone(&rx);
            move || {
                take(&rx).unwrap();
                take(&rx).unwrap();
            }
        });
        let mut passing = send(&tx, 3);
        passing.poll();
        let sent = passing.is_done();
        drop(passing);
        join(receiver);
        drive(&mut parked);
        assert!(parked.is_done());
        assert_eq!(take_all(&rx).len(), if sent { 2 } else { 1 });
    });
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let [mut task] = parked(&rx);
        let sender = spawn(move || {
            put(&tx, 0).unwrap();
            tx
        });
        task.poll_moved();
        let _tx = join(sender);
        drive(&mut task);
        assert_eq!(task.output, Some(Ok(0)));
    });
}

#[test]
fn the_waker_of_the_last_poll_is_woken_to_send() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let [mut task] = parked_sends(&tx, [1]);
        let receiver = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx).unwrap()
        });
        task.poll_moved();
        join(receiver);
        drive(&mut task);
        assert!(task.is_done());
    });
}

/// A notified receive that finds the next message busy still owes its notification.
#[test]
fn a_notification_is_owed_while_the_message_is_busy() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let [mut first, mut second] = parked(&rx);
        let sender = |id| {
            let tx = Arc::clone(&tx);
            move || put(&tx, id).unwrap()
        };
        let senders = [spawn(sender(0)), spawn(sender(1))];
        if first.is_woken() {
            first.poll();
        }
        let taken = first.output.take().is_some();
        drop(first);
        for sender in senders {
            join(sender);
        }
        drive(&mut second);
        assert!(second.is_done());
        assert_eq!(received([second]).len() + usize::from(taken) + take_all(&rx).len(), 2);
    });
}
