//! Channels that are bounded by weight. The weight of a message is the last digit of its number.

use crate::harness::{
    Message, Rx, Task, Tx, alive, drive, explore, join, parked_sends, poll_thread, put, put_thread,
    send, spawn, take, take_all, take_thread, weighed,
};
use forebay::{Pressure, Sender};
use std::sync::Arc;

fn weight(tx: &Sender<Message>) -> usize {
    tx.stats().weight.unwrap()
}

/// One of them fits in.
#[test]
fn try_2s() {
    explore(5, || {
        let (tx, rx) = weighed(3, []);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 12).is_ok()
        });
        let sent = put(&tx, 2).is_ok();
        assert!(sent != join(thread));
        assert_eq!(weight(&tx), 2);
        assert_eq!(take_all(&rx).len(), 1);
        assert_eq!(weight(&tx), 0);
    });
}

/// Both are taken, and all of their weight comes back.
#[test]
fn take_2r() {
    explore(5, || {
        let (tx, rx) = weighed(3, [1, 2]);
        let thread = take_thread(&rx);
        take(&rx).unwrap();
        join(thread);
        assert_eq!(weight(&tx), 0);
    });
}

/// Room that comes free wakes the sender that waits for it.
#[test]
fn park_send() {
    explore(5, || {
        let (tx, rx) = weighed(2, [2]);
        let thread = take_thread(&rx);
        let mut send = send(&tx, 1);
        send.poll();
        assert_eq!(join(thread), 2);
        drive(&mut send);
        assert_eq!(send.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}

#[test]
fn park_send_perm() {
    explore(5, || {
        let (tx, rx) = weighed(2, [2]);
        let thread = poll_thread(send(&tx, 1));
        take(&rx).unwrap();
        let mut send = join(thread);
        drive(&mut send);
        assert_eq!(send.output, Some(Ok(())));
    });
}

/// Room that one message leaves is enough for two, and something stays inside.
#[test]
fn passed_on() {
    explore(5, || {
        let (tx, rx) = weighed(3, [2, 1]);
        let mut sends = parked_sends(&tx, [11, 21]);
        let thread = take_thread(&rx);
        sends[0].poll();
        assert_eq!(join(thread), 2);
        drive(&mut sends);
        assert!(sends.iter().all(Task::is_done));
        assert_eq!(take_all(&rx).len(), 3);
    });
}

/// The last message leaves room for all: also for the second one, if the first is held and not
/// polled.
#[test]
fn held_heavy() {
    explore(5, || {
        let (tx, rx) = weighed(2, [2]);
        let [heavy, mut light] = parked_sends(&tx, [12, 1]);
        let thread = take_thread(&rx);
        light.poll();
        join(thread);
        drive(&mut light);
        assert!(light.is_done());
        drop(heavy);
    });
}

/// Who needs all of the room is not passed by who needs a part of it.
#[test]
fn gathered() {
    explore(5, || {
        let (tx, rx) = weighed(2, [1, 11]);
        let [mut heavy] = parked_sends(&tx, [2]);
        let thread = take_thread(&rx);
        assert!(put(&tx, 21).is_err());
        join(thread);
        assert!(put(&tx, 21).is_err());
        take(&rx).unwrap();
        drive(&mut heavy);
        assert!(heavy.is_done());
        // What was gathered is given: room is free to all again.
        take(&rx).unwrap();
        put(&tx, 21).unwrap();
        put(&tx, 31).unwrap();
    });
}

/// The room is gathered for the first of those that wait, however little the last one needs.
#[test]
fn gathered_for_the_first() {
    explore(5, || {
        let (tx, rx) = weighed(3, [1, 11, 21]);
        let [mut heavy, mut light] = parked_sends(&tx, [3, 31]);
        let thread = take_thread(&rx);
        assert!(put(&tx, 41).is_err());
        join(thread);
        assert!(put(&tx, 41).is_err());
        take(&rx).unwrap();
        take(&rx).unwrap();
        drive(&mut heavy);
        assert!(heavy.is_done() && !light.is_done());
        take(&rx).unwrap();
        drive(&mut light);
        assert!(light.is_done());
    });
}

/// A channel in which so much was gathered for a send that was dropped, and nobody waits.
fn left_behind(limit: usize, messages: &[u32]) -> (Tx, Rx) {
    let (tx, rx) = weighed(limit, []);
    for id in messages {
        put(&tx, *id).unwrap();
    }
    drop(parked_sends(&tx, [2]));
    // Lowers the flag.
    take(&rx).unwrap();
    (tx, rx)
}

/// The word comes back to what it was while a sender is about to raise the flag on it.
#[test]
fn raise_again() {
    explore(5, || {
        let (tx, rx) = left_behind(2, &[1, 11]);
        let thread = spawn({
            let (tx, rx) = (Arc::clone(&tx), Arc::clone(&rx));
            move || {
                let _ = take(&rx);
                let _ = put(&tx, 12);
                let _ = take(&rx);
                let _ = put(&tx, 21);
            }
        });
        let mut light = send(&tx, 31);
        light.poll();
        join(thread);
        drive(&mut light);
        assert!(light.is_done() || weight(&tx) == 2);
    });
}

/// Who sees the weight of a message also sees that nothing is gathered any more.
#[test]
fn goal_is_lifted() {
    explore(5, || {
        let (tx, rx) = left_behind(3, &[1, 11, 21]);
        take(&rx).unwrap();
        let thread = put_thread(&tx, 31);
        if weight(&tx) == 2 {
            put(&tx, 41).unwrap();
        }
        join(thread);
    });
}

#[test]
fn cancel() {
    explore(5, || {
        let (tx, rx) = weighed(2, [2]);
        let [first, mut second] = parked_sends(&tx, [12, 1]);
        let thread = take_thread(&rx);
        drop(first);
        join(thread);
        drive(&mut second);
        assert!(second.is_done());
    });
}

#[test]
fn close_parked() {
    explore(5, || {
        let (tx, rx) = weighed(2, [2]);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.close()
        });
        let mut send = send(&tx, 1);
        send.poll();
        assert!(join(thread));
        drive(&mut send);
        assert_eq!(send.output, Some(Err(1)));
        assert_eq!(take_all(&rx), [2]);
    });
}

#[test]
fn last_rx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::Builder::new().weight(2, Message::weight).build().unwrap();
        let thread = spawn(move || drop(rx));
        let _ = put(&tx, 1);
        join(thread);
        assert_eq!((alive(), tx.stats().weight), (0, Some(0)));
    });
}

/// When all is quiet the level is that of the weight.
#[test]
fn level() {
    explore(5, || {
        let builder = forebay::Builder::new().watermarks(2, 3);
        let (tx, rx) = builder.weight(5, Message::weight).build().unwrap();
        put(&tx, 3).unwrap();
        let thread = spawn(move || {
            take(&rx).unwrap();
            rx
        });
        put(&tx, 2).unwrap();
        let rx = join(thread);
        assert_eq!(weight(&tx), 2);
        put(&tx, 12).unwrap();
        assert_eq!(tx.pressure(), Pressure::High);
        take_all(&rx);
        assert_eq!(tx.pressure(), Pressure::Low);
    });
}
