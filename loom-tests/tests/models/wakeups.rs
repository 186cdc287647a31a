//! No lost wakeup: whoever can go on is woken, however registering, notifying and receiving
//! interleave.

use crate::harness::{
    channel, collect, drive, explore, filled, join, join_all, parked, parked_sends, poll_thread,
    put, put_thread, received, recv, send, send_each, spawn, stream, take, take_all, take_thread,
};
use std::sync::Arc;

/// The smallest lost wakeup: going to sleep beside one message.
#[test]
fn park_recv_1s() {
    explore(30, || {
        let (tx, rx) = channel(1);
        let mut receiver = recv(&rx);
        let thread = put_thread(&tx, 1);
        receiver.poll();
        join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(Ok(1)));
    });
}

#[test]
fn park_recv_1s_perm() {
    explore(30, || {
        let (tx, rx) = channel(1);
        let thread = poll_thread(recv(&rx));
        put(&tx, 1).unwrap();
        let mut receiver = join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(Ok(1)));
    });
}

/// Going to sleep beside one slot that is freed.
#[test]
fn park_send_1r() {
    explore(30, || {
        let (tx, rx) = filled(1);
        let mut sender = send(&tx, 1);
        let thread = take_thread(&rx);
        sender.poll();
        assert_eq!(join(thread), 0);
        drive(&mut sender);
        assert_eq!(sender.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}

#[test]
fn park_send_1r_perm() {
    explore(30, || {
        let (tx, rx) = filled(1);
        let thread = poll_thread(send(&tx, 1));
        assert_eq!(take(&rx), Ok(0));
        let mut sender = join(thread);
        drive(&mut sender);
        assert_eq!(sender.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}

#[test]
fn park_send_1r_c2() {
    explore(30, || {
        let (tx, rx) = filled(2);
        let mut sender = send(&tx, 2);
        let thread = take_thread(&rx);
        sender.poll();
        assert_eq!(join(thread), 0);
        drive(&mut sender);
        assert_eq!(sender.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1, 2]);
    });
}

/// Polled again by another task before the message: that one is woken.
#[test]
fn changed_waker() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let mut receiver = recv(&rx);
        let thread = put_thread(&tx, 1);
        if !receiver.poll() {
            receiver.poll_moved();
        }
        join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(Ok(1)));
    });
}

#[test]
fn changed_waker_send() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let mut sender = send(&tx, 1);
        let thread = take_thread(&rx);
        if !sender.poll() {
            sender.poll_moved();
        }
        assert_eq!(join(thread), 0);
        drive(&mut sender);
        assert_eq!(sender.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}

/// Polled again without need: nothing is forgotten by it.
#[test]
fn spurious_poll() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<2>(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        waiting[0].poll();
        join_all(threads);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// Two sleepers, two messages.
#[test]
fn park_2r_2s() {
    explore(50, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<2>(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        join_all(threads);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// The same, polled as soon as they are woken.
#[test]
fn park_2r_2s_live() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let mut waiting = parked::<2>(&rx);
        let [first, second] = [put_thread(&tx, 1), put_thread(&tx, 2)];
        drive(&mut waiting);
        join(first);
        drive(&mut waiting);
        join(second);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

#[test]
fn park_2s_2r() {
    explore(50, || {
        let (tx, rx) = filled(2);
        let mut waiting = parked_sends(&tx, [2, 3]);
        let threads = [take_thread(&rx), take_thread(&rx)];
        join_all(threads);
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| task.output == Some(Ok(()))));
        assert_eq!(take_all(&rx), [2, 3]);
    });
}

#[test]
fn park_2s_2r_live() {
    explore(100, || {
        let (tx, rx) = filled(2);
        let mut waiting = parked_sends(&tx, [2, 3]);
        let [first, second] = [take_thread(&rx), take_thread(&rx)];
        drive(&mut waiting);
        join(first);
        drive(&mut waiting);
        join(second);
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| task.output == Some(Ok(()))));
        assert_eq!(take_all(&rx).len(), 2);
    });
}

/// The message of a woken receiver is taken by another: the next message wakes it again.
#[test]
fn steal() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let [mut waiting] = parked(&rx);
        let thread = put_thread(&tx, 1);
        let stolen = take(&rx);
        join(thread);
        drive(&mut waiting);
        if stolen.is_ok() {
            put(&tx, 2).unwrap();
            drive(&mut waiting);
        }
        assert_eq!(waiting.output, Some(Ok(if stolen.is_ok() { 2 } else { 1 })));
    });
}

/// The slot of a woken sender is taken by another: the next slot wakes it again.
#[test]
fn steal_send() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let [mut waiting] = parked_sends(&tx, [1]);
        let thread = take_thread(&rx);
        let stolen = put(&tx, 2);
        assert_eq!(join(thread), 0);
        drive(&mut waiting);
        if stolen.is_ok() {
            assert_eq!(take(&rx), Ok(2));
            drive(&mut waiting);
        }
        assert_eq!(waiting.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [1]);
    });
}

/// Asleep, woken, and asleep again while the second message comes.
#[test]
fn repark() {
    explore(10, || {
        let (tx, rx) = channel(2);
        let mut receiver = collect(&rx, 2);
        receiver.poll();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 1).unwrap();
                put(&tx, 2).unwrap();
            }
        });
        drive(&mut receiver);
        join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![1, 2]));
    });
}

#[test]
fn repark_perm() {
    explore(50, || {
        let (tx, rx) = channel(2);
        let thread = poll_thread(collect(&rx, 2));
        put(&tx, 1).unwrap();
        put(&tx, 2).unwrap();
        let mut receiver = join(thread);
        drive(&mut receiver);
        assert_eq!(receiver.output, Some(vec![1, 2]));
    });
}

/// The same with the messages of two senders.
#[test]
fn repark_2s() {
    explore(200, || {
        let (tx, rx) = channel(2);
        let mut receiver = collect(&rx, 2);
        receiver.poll();
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        drive(&mut receiver);
        join_all(threads);
        drive(&mut receiver);
        assert!(receiver.is_done());
    });
}

/// A sender that sleeps twice, beside a receiver that takes everything.
#[test]
fn repark_send() {
    explore(50, || {
        let (tx, rx) = filled(1);
        let thread = poll_thread(send_each(&tx, [1, 2]));
        assert_eq!(take(&rx), Ok(0));
        let early = take(&rx);
        let mut sender = join(thread);
        drive(&mut sender);
        let mut arrived: Vec<_> = early.into_iter().collect();
        while arrived.len() < 2 {
            arrived.push(take(&rx).unwrap());
            drive(&mut sender);
        }
        assert!(sender.is_done());
        assert_eq!(arrived, [1, 2]);
    });
}

/// One asleep, one going to sleep, two messages of one sender.
#[test]
fn reg_1p_2m() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let [parked] = parked(&rx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 1).unwrap();
                put(&tx, 2).unwrap();
            }
        });
        let mut waiting = [parked, recv(&rx)];
        waiting[1].poll();
        join(thread);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// The same with the messages of two senders.
#[test]
fn reg_1p_2s() {
    explore(1000, || {
        let (tx, rx) = channel(2);
        let [parked] = parked(&rx);
        let threads = [put_thread(&tx, 1), put_thread(&tx, 2)];
        let mut waiting = [parked, recv(&rx)];
        waiting[1].poll();
        join_all(threads);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// Two senders going to sleep on two threads, while two slots are freed.
#[test]
fn reg_2s_2r() {
    explore(1000, || {
        let (tx, rx) = filled(2);
        let threads = [2, 3].map(|id| poll_thread(send(&tx, id)));
        assert_eq!((take(&rx), take(&rx).is_ok()), (Ok(0), true));
        let mut waiting = join_all(threads);
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| task.output == Some(Ok(()))));
    });
}

/// Two receivers going to sleep on two threads, while two messages come. Finds a notification that
/// is dropped by the one that got its message at the second look, and was meant for the other.
#[test]
fn reg_2r_2m() {
    explore(1000, || {
        let (tx, rx) = channel(2);
        let threads = [poll_thread(recv(&rx)), poll_thread(recv(&rx))];
        put(&tx, 1).unwrap();
        put(&tx, 2).unwrap();
        let mut waiting = join_all(threads);
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// The second look brings an unannounced message, and then the notification for another one, whose
/// receiver has gone to sleep in between. Takes three preemptions.
#[test]
fn recheck_owed() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let mut first = recv(&rx);
        let thread = spawn({
            let (tx, mut second) = (Arc::clone(&tx), recv(&rx));
            move || {
                put(&tx, 1).unwrap();
                second.poll();
                put(&tx, 2).unwrap();
                second
            }
        });
        first.poll();
        let mut waiting = [first, join(thread)];
        drive(&mut waiting);
        assert_eq!(received(waiting), [1, 2]);
    });
}

/// The one in between is a stream.
#[test]
fn recheck_owed_stream() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let mut first = recv(&rx);
        let thread = spawn({
            let (tx, mut second) = (Arc::clone(&tx), stream(&rx));
            move || {
                put(&tx, 1).unwrap();
                second.poll();
                put(&tx, 2).unwrap();
                second
            }
        });
        first.poll();
        let mut second = join(thread);
        drive(&mut (&mut first, &mut second));
        assert!(first.is_done() && second.is_done());
    });
}

/// The other side.
#[test]
fn recheck_owed_send() {
    explore(100, || {
        let (tx, rx) = filled(2);
        let mut first = send(&tx, 2);
        let thread = spawn({
            let (rx, mut second) = (Arc::clone(&rx), send(&tx, 3));
            move || {
                take(&rx).unwrap();
                second.poll();
                take(&rx).unwrap();
                second
            }
        });
        first.poll();
        let mut waiting = [first, join(thread)];
        drive(&mut waiting);
        assert!(waiting.iter().all(|task| task.output == Some(Ok(()))));
        assert_eq!(take_all(&rx).len(), 2);
    });
}

/// A woken receiver that is not polled: the second message wakes the other one.
#[test]
fn held_receiver() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let [held, mut other] = parked(&rx);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 1).unwrap();
                put(&tx, 2).unwrap();
            }
        });
        drive(&mut other);
        join(thread);
        drive(&mut other);
        assert_eq!(other.output, Some(Ok(1)));
        assert!(held.is_woken());
    });
}

/// The same on the other side.
#[test]
fn held_sender() {
    explore(5, || {
        let (tx, rx) = filled(2);
        let [held, mut other] = parked_sends(&tx, [2, 3]);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || (take(&rx).unwrap(), take(&rx).unwrap())
        });
        drive(&mut other);
        assert_eq!(join(thread), (0, 1));
        drive(&mut other);
        assert_eq!(other.output, Some(Ok(())));
        assert!(held.is_woken());
        assert_eq!(take_all(&rx), [3]);
    });
}
