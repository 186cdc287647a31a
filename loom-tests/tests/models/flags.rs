//! The flags in the position words: raised against a moving ring, kept by claims, lowered and
//! swept. And exactness: while there are sleepers, n messages wake n of them, neither more nor
//! fewer.

use crate::harness::{
    Rx, channel, collect, collect_stream, count_woken, drive, explore, filled, force, join,
    join_all, parked, parked_sends, parked_stream, poll_thread, put, put_thread, received, recv,
    send, send_each, spawn, take, take_all, take_thread,
};
use forebay::{TryRecvError, TrySendError};
use std::sync::Arc;

/// Two messages at once, three sleepers: two wake, and get them.
#[test]
fn exact_3r_2s() {
    explore(30, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<3>(&rx);
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        join(thread);
        assert_eq!(count_woken(&waiting), 2);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// The same through one slot more than the messages need, from two threads.
#[test]
fn exact_3r_2s_c3() {
    explore(50, || {
        let (tx, rx) = channel(3);
        let mut waiting = parked::<3>(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        join_all(threads);
        assert_eq!(count_woken(&waiting), 2);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// Three messages at once, four sleepers.
#[test]
fn exact_4r_3s() {
    explore(100, || {
        let (tx, rx) = channel(3);
        let mut waiting = parked::<4>(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        put(&tx, 3).unwrap();
        join_all(threads);
        assert_eq!(count_woken(&waiting), 3);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2, 3]);
    });
}

/// Two slots freed at once, three sleepers.
#[test]
fn exact_3s_2r() {
    explore(30, || {
        let (tx, rx) = filled(2);
        let mut waiting = parked_sends(&tx, [2, 3, 4]);
        let thread = take_thread(&rx);
        take(&rx).unwrap();
        join(thread);
        assert_eq!(count_woken(&waiting), 2);
        drive(&mut waiting);
        assert_eq!(waiting.iter().filter(|task| task.is_done()).count(), 2);
        assert_eq!(take_all(&rx), [2, 3]);
    });
}

/// A message wakes one sleeper; the flag stays up, so the next message, from another thread, wakes
/// the other.
#[test]
fn kept_by_claims() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<2>(&rx);
        put(&tx, 1).unwrap();
        assert_eq!(count_woken(&waiting), 1);
        let thread = put_thread(&tx, 2);
        drive(&mut waiting);
        join(thread);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// As many sleepers as messages, all at once: the last notification finds none left over, and all
/// are awake.
#[test]
fn gap_2r_2s() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<2>(&rx);
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        drive(&mut waiting);
        join(thread);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// The same with three.
#[test]
fn gap_3r_3s() {
    explore(200, || {
        let (tx, rx) = channel(3);
        let mut waiting = parked::<3>(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        put(&tx, 3).unwrap();
        drive(&mut waiting);
        join_all(threads);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2, 3]);
    });
}

/// The flag is up and nobody is asleep any more.
fn leave_flag_up(rx: &Rx) {
    let _gone = parked::<1>(rx);
}

/// A sender lowers a flag that it has found up for nobody, while somebody receives its message and
/// goes to sleep for the next one: that one wakes it.
#[test]
fn lower_race() {
    explore(50, || {
        let (tx, rx) = channel(2);
        leave_flag_up(&rx);
        let mut receiver = collect(&rx, 2);
        let thread = put_thread(&tx, 1);
        receiver.poll();
        join(thread);
        drive(&mut receiver);
        put(&tx, 2).unwrap();
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![1, 2]));
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn lower_race_perm() {
    explore(50, || {
        let (tx, rx) = channel(2);
        leave_flag_up(&rx);
        let thread = poll_thread(collect(&rx, 2));
        put(&tx, 1).unwrap();
        let mut receiver = join(thread);
        drive(&mut receiver);
        put(&tx, 2).unwrap();
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![1, 2]));
    });
}

/// Two senders, both of which may lower.
#[test]
fn lower_race_2() {
    explore(500, || {
        let (tx, rx) = channel(3);
        leave_flag_up(&rx);
        let mut receiver = collect(&rx, 3);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        receiver.poll();
        join_all(threads);
        drive(&mut receiver);
        put(&tx, 3).unwrap();
        drive(&mut receiver);
        assert!(receiver.is_done());
    });
}

/// The one that goes to sleep is a stream.
#[test]
fn lower_race_stream() {
    explore(50, || {
        let (tx, rx) = channel(2);
        leave_flag_up(&rx);
        let mut receiver = collect_stream(&rx, 2);
        let thread = put_thread(&tx, 1);
        receiver.poll();
        join(thread);
        drive(&mut receiver);
        put(&tx, 2).unwrap();
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![1, 2]));
    });
}

/// The other side: a receiver lowers while a sender takes the slot and goes to sleep for the next
/// one.
#[test]
fn lower_race_send() {
    explore(50, || {
        let (tx, rx) = filled(1);
        drop(parked_sends(&tx, [1]));
        let mut sender = send_each(&tx, [1, 2]);
        let thread = take_thread(&rx);
        sender.poll();
        assert_eq!(join(thread), 0);
        drive(&mut sender);
        assert_eq!(take(&rx), Ok(1));
        drive(&mut sender);
        assert!(sender.is_done());
        assert_eq!(take_all(&rx), [2]);
    });
}

#[test]
fn lower_race_send_perm() {
    explore(50, || {
        let (tx, rx) = filled(1);
        drop(parked_sends(&tx, [1]));
        let thread = poll_thread(send_each(&tx, [1, 2]));
        assert_eq!(take(&rx), Ok(0));
        let mut sender = join(thread);
        drive(&mut sender);
        assert_eq!(take(&rx), Ok(1));
        drive(&mut sender);
        assert!(sender.is_done());
        assert_eq!(take_all(&rx), [2]);
    });
}

/// Lowering beside a close: the close stays.
#[test]
fn lower_close() {
    explore(5, || {
        let (tx, rx) = channel(2);
        leave_flag_up(&rx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1)
        });
        assert!(rx.close());
        let sent = join(thread);
        assert!(tx.is_closed());
        assert_eq!(put(&tx, 2), Err(TrySendError::Closed(2)));
        let inside = take_all(&rx);
        assert_eq!(inside, if sent.is_ok() { vec![1] } else { vec![] });
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
    });
}

/// The same, with the roles of the two threads exchanged.
#[test]
fn lower_close_perm() {
    explore(10, || {
        let (tx, rx) = channel(2);
        leave_flag_up(&rx);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let sent = put(&tx, 1);
        assert!(join(thread));
        assert_eq!(put(&tx, 2), Err(TrySendError::Closed(2)));
        assert_eq!(take_all(&rx).len(), usize::from(sent.is_ok()));
        assert_eq!(take(&rx), Err(TryRecvError::Closed));
    });
}

/// Lowering beside other claims: the positions stay.
#[test]
fn lower_push() {
    explore(20, || {
        let (tx, rx) = channel(3);
        leave_flag_up(&rx);
        let thread = put_thread(&tx, 1);
        put(&tx, 2).unwrap();
        put(&tx, 3).unwrap();
        join(thread);
        let mut inside = take_all(&rx);
        inside.sort_unstable();
        assert_eq!(inside, [1, 2, 3]);
    });
}

/// Raising beside a close: the sleeper wakes, the close stays.
#[test]
fn raise_close() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || rx.close()
        });
        let mut waiting = recv(&rx);
        waiting.poll();
        assert!(join(thread));
        assert!(tx.is_closed());
        drive(&mut waiting);
        assert!(waiting.output.unwrap().is_err());
    });
}

/// Raising on both words at once: a receiver and a sender that change places through one slot.
#[test]
fn raise_both() {
    explore(50, || {
        let (tx, rx) = filled(1);
        let thread = poll_thread(collect(&rx, 3));
        let mut sender = send_each(&tx, [1, 2]);
        sender.poll();
        let mut receiver = join(thread);
        drive(&mut (&mut sender, &mut receiver));
        assert!(sender.is_done());
        assert_eq!(receiver.output, Some(vec![0, 1, 2]));
    });
}

/// The overrun of a full ring keeps the flag for the receiver that sleeps on, and is announced
/// itself.
#[test]
fn kept_by_overrun() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let mut waiting = parked::<2>(&rx);
        put(&tx, 1).unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || force(&tx, 2)
        });
        drive(&mut waiting);
        let displaced = join(thread).unwrap();
        drive(&mut waiting);
        let got = received(waiting);
        assert_eq!(got, if displaced.is_some() { vec![2] } else { vec![1, 2] });
    });
}

/// A stream sleeps beside a receive: one message is the receive's alone.
#[test]
fn exact_stream() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let stream = parked_stream(&rx);
        let mut waiting = parked::<1>(&rx);
        let thread = put_thread(&tx, 1);
        drive(&mut waiting);
        join(thread);
        drive(&mut waiting);
        assert!(!stream.is_woken());
        assert_eq!(received(waiting), [1]);
    });
}

/// Robbed of its message, a receiver owes nothing: what it gets afterwards wakes one other, and no
/// second one when it goes.
#[test]
fn exact_after_steal() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let [mut robbed, second, third] = parked(&rx);
        put(&tx, 1).unwrap();
        assert_eq!(take(&rx), Ok(1));
        let thread = put_thread(&tx, 2);
        // Busy settles nothing, so a robbed one that goes on it does hand on.
        let settled = robbed.poll();
        drop(robbed);
        join(thread);
        assert!(!settled || count_woken(&[second, third]) == 1);
    });
}

/// The same on the other side.
#[test]
fn exact_after_steal_send() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let [mut robbed, second, third] = parked_sends(&tx, [1, 2, 3]);
        assert_eq!(take(&rx), Ok(0));
        put(&tx, 4).unwrap();
        let thread = take_thread(&rx);
        // Busy settles nothing, so a robbed one that goes on it does hand on.
        let settled = robbed.poll();
        drop(robbed);
        join(thread);
        assert!(!settled || count_woken(&[second, third]) == 1);
    });
}

/// A slot is announced to a sender that has gone, while a receiver goes to sleep: that one's flag
/// stays up.
#[test]
fn lower_own_side() {
    explore(10, || {
        let (tx, rx) = filled(1);
        drop(parked_sends(&tx, [1]));
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx).is_ok()
        });
        let mut receiver = recv(&rx);
        receiver.poll();
        join(thread);
        if !receiver.is_done() {
            put(&tx, 2).unwrap();
            drive(&mut receiver);
        }
        assert!(receiver.is_done());
    });
}

/// A message is announced to a receiver that has gone, while a sender goes to sleep.
#[test]
fn lower_own_side_send() {
    explore(10, || {
        let (tx, rx) = channel(1);
        drop(parked::<1>(&rx));
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 1).is_ok()
        });
        let mut sender = send(&tx, 2);
        sender.poll();
        join(thread);
        if !sender.is_done() {
            assert_eq!(take(&rx), Ok(1));
            drive(&mut sender);
        }
        assert!(sender.is_done());
    });
}
