//! Permits beside everything that moves the words, and batches beside other claims.

use crate::harness::{
    Message, Task, Tx, alive, channel, drive, explore, filled, force, join, message, parked_sends,
    put, spawn, take, take_all, take_thread,
};
use forebay::TrySendError;
use std::sync::Arc;

/// A permit that moves to another thread: the sender that it holds is shared.
fn reserving(tx: &Tx, n: usize) -> Task<bool> {
    let tx = Arc::clone(tx);
    Task::new(async move { tx.reserve_many(n).await.is_ok() })
}

/// One slot, a permit and a sender: one of them has it, and the other is told so.
#[test]
fn permit_vs_try_send() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.try_reserve().is_ok_and(|permit| permit.send(message(1)).is_ok())
        });
        let sent = put(&tx, 2);
        let reserved = join(thread);
        let inside = take_all(&rx);
        assert_eq!(inside.len(), 1.min(usize::from(reserved) + usize::from(sent.is_ok())));
        assert!(reserved != sent.is_ok() || inside.is_empty(), "{inside:?}");
    });
}

/// A permit that goes wakes the sender that waits.
#[test]
fn permit_drop_vs_parked_send() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || drop(tx.try_reserve())
        });
        let mut send = crate::harness::send(&tx, 1);
        send.poll();
        join(thread);
        drive(&mut send);
        assert_eq!(send.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}

/// The message of a permit is sent or comes back, and none is left behind.
#[test]
fn permit_vs_close() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let sent = tx.try_reserve().is_ok_and(|permit| permit.send(message(1)).is_ok());
        assert!(join(thread));
        assert_eq!(take_all(&rx).len(), usize::from(sent));
        assert_eq!(tx.stats().reserved, 0);
    });
}

#[test]
fn permit_vs_last_rx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let thread = spawn(move || drop(rx));
        if let Ok(permit) = tx.try_reserve() {
            let _ = permit.send(message(1));
        }
        join(thread);
        assert_eq!(alive(), 0);
    });
}

/// What is forced in displaces the message, never the permit, which finds its slot.
#[test]
fn permit_vs_force() {
    explore(5, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let permit = tx.try_reserve().unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1)
        });
        assert!(permit.send(message(2)).is_ok());
        let displaced = join(thread).unwrap().expect("it is full");
        assert_eq!(displaced, 0);
        let mut inside = take_all(&rx);
        inside.sort_unstable();
        assert_eq!(inside, [1, 2]);
    });
}

/// The slot that a receiver is about to leave is that of the permit.
#[test]
fn permit_vs_recv() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let thread = take_thread(&rx);
        let sent = tx.try_reserve().map(|permit| permit.send(message(1)).is_ok());
        assert_eq!(join(thread), 0);
        assert_eq!(take_all(&rx).len(), usize::from(sent == Ok(true)));
    });
}

/// Two slots that come one by one wake who needs both.
#[test]
fn reserve_many_vs_recv() {
    explore(5, || {
        let (tx, rx) = filled(2);
        let mut many = reserving(&tx, 2);
        many.poll();
        let thread = take_thread(&rx);
        take(&rx).unwrap();
        join(thread);
        drive(&mut many);
        assert_eq!(many.output, Some(true));
        assert_eq!(tx.stats().reserved, 0);
    });
}

/// Who needs one is not held up by who needs two.
#[test]
fn reserve_many_holds_up_nobody() {
    explore(2, || {
        let (tx, rx) = filled(2);
        let mut many = reserving(&tx, 2);
        many.poll();
        let [mut one] = parked_sends(&tx, [2]);
        let thread = take_thread(&rx);
        many.poll();
        assert_eq!(join(thread), 0);
        drive(&mut one);
        assert_eq!(one.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1, 2]);
        drop(many);
    });
}

/// A batch beside a receiver that takes one: each message once, in order.
#[test]
fn batch_vs_recv() {
    explore(5, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx)
        });
        let mut batch = Vec::new();
        let _ = rx.try_recv_many(&mut batch, 2);
        let mut all: Vec<_> = batch.into_iter().map(Message::id).collect();
        assert!(all.is_sorted());
        all.extend(join(thread));
        all.sort_unstable();
        assert_eq!(all, [0, 1]);
        drop(tx);
    });
}

/// A batch beside another sender, and a close.
#[test]
fn batch_vs_send_and_close() {
    explore(5, || {
        let (tx, rx) = channel(3);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                let sent = put(&tx, 9);
                tx.close();
                sent
            }
        });
        let sent = match tx.try_send_many([0, 1].map(message)) {
            Ok(count) => count,
            Err(TrySendError::Full(unsent) | TrySendError::Closed(unsent)) => {
                let sent = unsent.sent();
                assert_eq!(unsent.count(), 2 - sent);
                sent
            }
        };
        let other = join(thread).is_ok();
        let inside = take_all(&rx);
        assert_eq!(inside.len(), sent + usize::from(other));
        assert!(inside.iter().filter(|id| **id != 9).is_sorted());
    });
}

/// Two messages at once wake two receivers.
#[test]
fn batch_wakes_each() {
    explore(2, || {
        let (tx, rx) = channel(2);
        let [mut first, mut second] = crate::harness::parked(&rx);
        let thread = spawn(move || tx.try_send_many([0, 1].map(message)).unwrap());
        first.poll();
        assert_eq!(join(thread), 2);
        drive(&mut first);
        drive(&mut second);
        let mut all = [first.output, second.output].map(|output| output.unwrap().unwrap());
        all.sort_unstable();
        assert_eq!(all, [0, 1]);
        drop(rx);
    });
}
