//! The flags in the position words: raised against a moving ring, kept by claims, lowered and swept. And exactness: while
//! there are sleepers, n messages wake n of them, neither more nor fewer.

use crate::harness::{
    Rx, Tx, channel, count_woken, drive, explore, filled, join, parked, parked_sends, put, received,
    recv, send, spawn, stream, take, take_all,
};
use forebay::TrySendError;
use std::sync::Arc;

fn sender_thread(tx: &Tx, id: u32) -> loom::thread::JoinHandle<()> {
    let tx = Arc::clone(tx);
    spawn(move || put(&tx, id).unwrap())
}

fn receiver_thread(rx: &Rx) -> loom::thread::JoinHandle<u32> {
    let rx = Arc::clone(rx);
    spawn(move || take(&rx).unwrap())
}

/// Two messages at once, three sleepers: two wake, and get them.
#[test]
fn exact_3r_2s() {
    explore(30, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<3>(&rx);
        let thread = sender_thread(&tx, 1);
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
        let threads = [sender_thread(&tx, 1), sender_thread(&tx, 2)];
        threads.map(join);
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
        let threads = [sender_thread(&tx, 1), sender_thread(&tx, 2)];
        put(&tx, 3).unwrap();
        threads.map(join);
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
        let thread = receiver_thread(&rx);
        take(&rx).unwrap();
        join(thread);
        assert_eq!(count_woken(&waiting), 2);
        drive(&mut waiting);
        assert_eq!(waiting.iter().filter(|task| task.is_done()).count(), 2);
        assert_eq!(take_all(&rx), [2, 3]);
    });
}

/// A message wakes one sleeper; the flag stays up, so the next message, from another thread, wakes the other.
#[test]
fn kept_by_claims() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<2>(&rx);
        put(&tx, 1).unwrap();
        assert_eq!(count_woken(&waiting), 1);
        let thread = sender_thread(&tx, 2);
        drive(&mut waiting);
        join(thread);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// As many sleepers as messages, all at once: the last notification finds nobody left over, and everybody is awake.
#[test]
fn gap_3r_3s() {
    explore(200, || {
        let (tx, rx) = channel(3);
        let mut waiting = parked::<3>(&rx);
        let threads = [sender_thread(&tx, 1), sender_thread(&tx, 2)];
        put(&tx, 3).unwrap();
        drive(&mut waiting);
        threads.map(join);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2, 3]);
    });
}

/// The flag is up and nobody is asleep any more.
fn flag_left_up(rx: &Rx) {
    let _gone = parked::<1>(rx);
}

/// One receives, and sleeps, while a sender lowers the flag that it has found up for nobody.
fn receive_and_sleep(rx: &Rx) -> [crate::harness::Receiving; 2] {
    let mut first = recv(rx);
    let mut second = recv(rx);
    if first.poll() {
        second.poll();
    }
    [first, second]
}

/// Whoever has gone to sleep by then is woken by the next message.
fn next_message_wakes(tx: &Tx, waiting: &mut [crate::harness::Receiving; 2], id: u32) {
    drive(waiting);
    waiting.iter_mut().filter(|task| !task.is_done()).for_each(|task| {
        task.poll();
    });
    put(tx, id).unwrap();
    drive(waiting);
    assert!(waiting.iter().all(crate::harness::Task::is_done));
}

#[test]
fn lower_race() {
    explore(100, || {
        let (tx, rx) = channel(2);
        flag_left_up(&rx);
        let thread = sender_thread(&tx, 1);
        let mut waiting = receive_and_sleep(&rx);
        join(thread);
        drive(&mut waiting);
        // Asleep, and not to be polled again before it is woken.
        let asleep = waiting[0].is_done();
        put(&tx, 2).unwrap();
        drive(&mut waiting);
        if asleep && waiting[1].is_done() {
            assert_eq!(received(waiting), [1, 2]);
        } else {
            next_message_wakes(&tx, &mut waiting, 3);
        }
    });
}
