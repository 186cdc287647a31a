//! Permits beside everything else that moves the words, and those who wait for room for several.

use crate::harness::{
    Message, Task, Tx, alive, channel, drive, explore, filled, force, join, message, parked_sends,
    put, recv, send, spawn, take, take_all, take_thread,
};
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
        let mut send = send(&tx, 1);
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

/// Room that was taken while it was being measured is not reserved.
#[test]
fn reserve_vs_reserve() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || usize::from(tx.try_reserve_many(2).map(core::mem::forget).is_ok()) * 2
        });
        let own = usize::from(tx.try_reserve().map(core::mem::forget).is_ok());
        let all = own + join(thread);
        assert!(all == 1 || all == 2, "{all}");
        assert_eq!(tx.stats().reserved, all);
        drop(rx);
    });
}

/// Room that was reserved after two messages had been taken leaves room for another one, and
/// whoever sees the permit sees that.
#[test]
fn never_full_beside_permits() {
    explore(5, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                take(&rx).unwrap();
                take(&rx).unwrap();
                core::mem::forget(tx.try_reserve().unwrap());
                rx
            }
        });
        if tx.stats().reserved == 1 {
            put(&tx, 2).unwrap();
        }
        drop(join(thread));
    });
}

/// The same behind the message of a permit, which was sent after another one had been taken.
#[test]
fn never_full_behind_a_permit() {
    explore(5, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let permit = forebay::Sender::clone(&tx).try_reserve_owned().unwrap();
        let thread = spawn(move || {
            take(&rx).unwrap();
            drop(permit.send(message(1)));
            rx
        });
        if tx.stats().reserved == 0 {
            put(&tx, 2).unwrap();
        }
        drop(join(thread));
    });
}

/// The slot passes from the permit to the message in one step: there is room for the other sender
/// all the time.
#[test]
fn permit_use_vs_try_send() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1).unwrap()
        });
        let permit = tx.try_reserve().unwrap();
        assert!(permit.send(message(2)).is_ok());
        join(thread);
        let mut inside = take_all(&rx);
        inside.sort_unstable();
        assert_eq!(inside, [1, 2]);
    });
}

/// The message of a permit wakes the receiver that waits for it.
#[test]
fn permit_vs_parked_recv() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.try_reserve().unwrap().send(message(1)).is_ok()
        });
        let mut recv = recv(&rx);
        recv.poll();
        assert!(join(thread));
        drive(&mut recv);
        assert_eq!(recv.output, Some(Ok(1)));
    });
}

/// What the last receiver leaves is dropped, also what a permit was about to send.
#[test]
fn held_permit_vs_last_rx_drop() {
    explore(3, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let permit = tx.try_reserve().unwrap();
        let thread = spawn(move || drop(rx));
        let back = permit.send(message(1)).err();
        join(thread);
        assert_eq!(alive(), u32::from(back.is_some()));
        drop(back);
        assert_eq!(tx.stats().reserved, 0);
    });
}

/// A message that is forced in beside a permit goes to another slot than that of the oldest, which
/// a receiver may be about to leave.
#[test]
fn force_beside_permit_vs_recv() {
    explore(5, || {
        let (tx, rx) = filled(2);
        let thread = take_thread(&rx);
        if let Ok(permit) = tx.try_reserve() {
            let displaced = force(&tx, 2).unwrap();
            assert_eq!(displaced, Some(1));
            assert!(permit.send(message(3)).is_ok());
            assert_eq!(join(thread), 0);
            assert_eq!(take_all(&rx), [2, 3]);
        } else {
            assert_eq!(join(thread), 0);
        }
    });
}

/// Nor are there ever more messages than the permit leaves room for.
#[test]
fn force_beside_permit_vs_len() {
    explore(5, || {
        let (tx, rx) = channel(2);
        put(&tx, 0).unwrap();
        let permit = tx.try_reserve().unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1)
        });
        assert_eq!(rx.len(), 1);
        assert_eq!(join(thread).unwrap(), Some(0));
        drop(permit);
        assert_eq!(take_all(&rx), [1]);
    });
}

/// Where all the room is reserved the message displaces itself.
#[test]
fn force_vs_permit_drop() {
    explore(3, || {
        let (tx, rx) = channel(1);
        let permit = tx.try_reserve().unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 1).unwrap()
        });
        drop(permit);
        let displaced = join(thread);
        let inside = take_all(&rx);
        assert_eq!(inside.len() + usize::from(displaced.is_some()), 1);
    });
}

/// Room that comes back wakes who needs two, if nobody needs one.
#[test]
fn permit_drop_vs_parked_many() {
    explore(5, || {
        let (tx, _rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || drop(tx.try_reserve())
        });
        let mut many = reserving(&tx, 2);
        many.poll();
        join(thread);
        drive(&mut many);
        assert_eq!(many.output, Some(true));
    });
}

/// What two sends were woken for and did not use goes to who needs two.
#[test]
fn reserve_many_after_cancels() {
    explore(2, || {
        let (tx, rx) = filled(2);
        let [first, second] = parked_sends(&tx, [2, 3]);
        let mut many = reserving(&tx, 2);
        many.poll();
        let thread = take_thread(&rx);
        take(&rx).unwrap();
        join(thread);
        drop(first);
        drop(second);
        drive(&mut many);
        assert_eq!(many.output, Some(true));
    });
}

#[test]
fn reserve_many_vs_close() {
    explore(2, || {
        let (tx, rx) = filled(2);
        // It stays: a receiver that goes takes out what is inside, which wakes too.
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let mut many = reserving(&tx, 2);
        many.poll();
        assert!(join(thread));
        drive(&mut many);
        assert_eq!(many.output, Some(false));
        drop(rx);
    });
}

/// The last receiver goes, and has nothing to take out: the room is reserved.
#[test]
fn reserve_many_vs_last_rx_drop() {
    explore(2, || {
        let (tx, rx) = forebay::bounded::<Message>(2);
        let tx = Arc::new(tx);
        let permit = tx.try_reserve().unwrap();
        let thread = spawn(move || drop(rx));
        let mut many = reserving(&tx, 2);
        many.poll();
        join(thread);
        drive(&mut many);
        assert_eq!(many.output, Some(false));
        assert!(permit.send(message(1)).is_err());
    });
}
