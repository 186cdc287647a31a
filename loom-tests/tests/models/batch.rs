//! Batches beside other claims: stolen from, closed, and waking as many as they should.

use crate::harness::{
    Message, Rx, Task, Tx, alive, channel, drive, explore, filled, join, message, parked,
    parked_sends, parked_stream, put, put_thread, received, recv, spawn, take, take_all,
    take_thread, unbounded_at,
};
use forebay::{Sender, TrySendError};
use std::sync::Arc;

/// What a batch takes at once.
fn take_many(rx: &Rx, limit: usize) -> Vec<u32> {
    let mut batch = Vec::new();
    let _ = rx.try_recv_many(&mut batch, limit);
    batch.into_iter().map(Message::id).collect()
}

/// How many of the messages are sent at once; the others are counted.
fn put_many<const N: usize>(tx: &Sender<Message>, messages: [u32; N]) -> usize {
    match tx.try_send_many(messages.map(message)) {
        Ok(count) => {
            assert_eq!(count, N);
            count
        }
        Err(TrySendError::Full(unsent) | TrySendError::Closed(unsent)) => {
            let sent = unsent.sent();
            assert_eq!(unsent.count(), N - sent);
            sent
        }
    }
}

/// The channel stays open: a close would wake all who wait.
fn put_many_thread<const N: usize>(tx: &Tx, messages: [u32; N]) -> loom::thread::JoinHandle<usize> {
    let tx = Arc::clone(tx);
    spawn(move || put_many(&tx, messages))
}

/// Each message once, and in order.
fn steal(tx: Tx, rx: Rx) {
    let thread = spawn({
        let rx = Arc::clone(&rx);
        move || take(&rx)
    });
    let mut all = take_many(&rx, 2);
    assert!(all.is_sorted());
    all.extend(join(thread));
    all.sort_unstable();
    assert_eq!(all, [0, 1]);
    drop(tx);
}

#[test]
fn batch_vs_recv() {
    explore(5, || {
        let (tx, rx) = filled(2);
        steal(tx, rx);
    });
}

#[test]
fn batch_vs_recv_unbounded() {
    explore(5, || {
        let (tx, rx) = unbounded_at(0);
        put(&tx, 0).unwrap();
        put(&tx, 1).unwrap();
        steal(tx, rx);
    });
}

/// Two batches of receivers: none takes what the other has.
#[test]
fn batch_vs_batch() {
    explore(5, || {
        let (tx, rx) = filled(3);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take_many(&rx, 2)
        });
        let own = take_many(&rx, 2);
        let other = join(thread);
        assert!(own.is_sorted() && other.is_sorted());
        let mut all = [own, other, take_all(&rx)].concat();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
        drop(tx);
    });
}

/// A batch goes into the slots that are left, and not into one that a receiver is about to leave.
#[test]
fn batch_vs_leaving() {
    explore(5, || {
        let (tx, rx) = filled(2);
        let thread = take_thread(&rx);
        let first = take(&rx).unwrap();
        let sent = put_many(&tx, [2, 3]);
        assert_eq!(join(thread) + first, 1);
        assert_eq!(take_all(&rx).len(), sent);
    });
}

/// A batch takes what is there, and not what a sender is about to publish.
#[test]
fn batch_vs_coming() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 0).unwrap();
                put(&tx, 1).unwrap();
            }
        });
        let first = take_many(&rx, 2);
        join(thread);
        assert_eq!([first, take_all(&rx)].concat(), [0, 1]);
    });
}

#[test]
fn batch_vs_coming_unbounded() {
    explore(5, || {
        let (tx, rx) = unbounded_at(0);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 0).unwrap();
                put(&tx, 1).unwrap();
            }
        });
        let first = take_many(&rx, 2);
        join(thread);
        assert_eq!([first, take_all(&rx)].concat(), [0, 1]);
    });
}

/// A batch beside another sender, and a close.
fn closing(tx: Tx, rx: Rx) {
    let thread = spawn({
        let tx = Arc::clone(&tx);
        move || {
            let sent = put(&tx, 9);
            tx.close();
            sent
        }
    });
    let sent = put_many(&tx, [0, 1]);
    let other = join(thread).is_ok();
    let inside = take_all(&rx);
    assert_eq!(inside.len(), sent + usize::from(other));
    assert!(inside.iter().filter(|id| **id != 9).is_sorted());
}

#[test]
fn batch_vs_send_and_close() {
    explore(5, || {
        let (tx, rx) = channel(3);
        closing(tx, rx);
    });
}

#[test]
fn batch_vs_send_and_close_unbounded() {
    explore(5, || {
        let (tx, rx) = unbounded_at(0);
        closing(tx, rx);
    });
}

/// The batch crosses the end of a block.
#[test]
fn batch_across_blocks() {
    explore(5, || {
        let (tx, rx) = unbounded_at(1);
        closing(tx, rx);
    });
}

/// What is reserved is no room for a batch, and its slot is there when the message comes.
#[test]
fn batch_vs_permit() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || tx.try_reserve().is_ok_and(|permit| permit.send(message(9)).is_ok())
        });
        let sent = put_many(&tx, [0, 1]);
        let reserved = join(thread);
        assert_eq!(sent + usize::from(reserved), 2);
        assert_eq!(take_all(&rx).len(), 2);
    });
}

/// A receiver that sees what a batch has taken also sees what was sent before.
fn taking(tx: Tx, rx: Rx) {
    put(&tx, 0).unwrap();
    let thread = spawn({
        let rx = Arc::clone(&rx);
        move || {
            put(&tx, 1).unwrap();
            put(&tx, 2).unwrap();
            take_many(&rx, 2)
        }
    });
    let mut all = vec![take(&rx).unwrap()];
    all.extend(join(thread));
    all.extend(take_all(&rx));
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2]);
}

#[test]
fn never_empty_behind_a_batch() {
    explore(5, || {
        let (tx, rx) = channel(3);
        taking(tx, rx);
    });
}

#[test]
fn never_empty_behind_a_batch_unbounded() {
    explore(5, || {
        let (tx, rx) = unbounded_at(0);
        taking(tx, rx);
    });
}

/// A sender that sees what a batch has sent also sees what was taken before.
#[test]
fn never_full_behind_a_batch() {
    explore(5, || {
        let (tx, rx) = channel(3);
        put(&tx, 0).unwrap();
        let thread = spawn({
            let tx = Arc::clone(&tx);
            move || {
                take(&rx).unwrap();
                assert_eq!(put_many(&tx, [1, 2]), 2);
                rx
            }
        });
        put(&tx, 3).unwrap();
        assert_eq!(take_all(&*join(thread)).len(), 3);
    });
}

/// A slot that a batch leaves is taken at once.
#[test]
fn batch_vs_send() {
    explore(5, || {
        let (tx, rx) = filled(2);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take_many(&rx, 2)
        });
        let sent = put(&tx, 2).is_ok();
        assert_eq!(join(thread), [0, 1]);
        assert_eq!(take_all(&rx).len(), usize::from(sent));
    });
}

/// What the last receiver leaves is dropped, also what a batch was about to send.
#[test]
fn batch_vs_last_rx_drop() {
    explore(5, || {
        let (tx, rx) = forebay::bounded(2);
        let thread = spawn(move || drop(rx));
        put_many(&tx, [0, 1]);
        join(thread);
        assert_eq!(alive(), 0);
    });
}

#[test]
fn batch_vs_last_rx_drop_unbounded() {
    explore(5, || {
        let (tx, rx) = forebay::unbounded();
        let thread = spawn(move || drop(rx));
        put_many(&tx, [0, 1]);
        join(thread);
        assert_eq!(alive(), 0);
    });
}

/// The length is one that there was.
#[test]
fn len_was_so_unbounded() {
    explore(5, || {
        let (tx, rx) = unbounded_at(0);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || {
                for id in 1..3 {
                    put_many(&tx, [id]);
                    take(&rx).unwrap();
                }
            }
        });
        assert!(rx.len() <= 1);
        join(thread);
    });
}

/// Two messages at once wake two receivers.
#[test]
fn batch_wakes_each() {
    explore(2, || {
        let (tx, rx) = channel(2);
        let mut both = parked::<2>(&rx);
        let thread = put_many_thread(&tx, [0, 1]);
        both[0].poll();
        assert_eq!(join(thread), 2);
        drive(&mut both);
        assert_eq!(received(both), [0, 1]);
    });
}

/// Three messages at once, two `recv`s: the stream gets the other.
#[test]
fn batch_wakes_streams() {
    explore(2, || {
        let (tx, rx) = channel(3);
        let mut both = parked::<2>(&rx);
        let mut stream = parked_stream(&rx);
        let thread = put_many_thread(&tx, [0, 1, 2]);
        both[0].poll();
        assert_eq!(join(thread), 3);
        drive(&mut both);
        drive(&mut stream);
        assert!(both.iter().all(Task::is_done) && stream.is_done());
    });
}

/// Two slots that come free at once wake two senders.
#[test]
fn batch_frees_each() {
    explore(2, || {
        let (tx, rx) = filled(2);
        let mut both = parked_sends(&tx, [2, 3]);
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take_many(&rx, 2)
        });
        both[0].poll();
        assert_eq!(join(thread), [0, 1]);
        drive(&mut both);
        assert!(both.iter().all(Task::is_done));
        assert_eq!(take_all(&rx).len(), 2);
    });
}

/// A batch that waits is woken, takes what there is, and leaves the rest for the next.
#[test]
fn recv_many_parks() {
    explore(5, || {
        let (tx, rx) = channel(2);
        let thread = put_many_thread(&tx, [0, 1]);
        let mut many = Task::new({
            let rx = Arc::clone(&rx);
            async move {
                let mut batch = Vec::new();
                rx.recv_many(&mut batch, 2).await.unwrap();
                batch.into_iter().map(Message::id).collect::<Vec<_>>()
            }
        });
        many.poll();
        assert_eq!(join(thread), 2);
        drive(&mut many);
        let first = many.output.take().unwrap();
        assert_eq!([first, take_all(&rx)].concat(), [0, 1]);
    });
}

/// A batch that is dropped with its notification unused hands it on.
#[test]
fn cancel_recv_many() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let mut many = Task::new({
            let rx = Arc::clone(&rx);
            async move {
                let mut batch = Vec::new();
                rx.recv_many(&mut batch, 2).await
            }
        });
        assert!(!many.poll());
        let mut second = recv(&rx);
        assert!(!second.poll());
        let thread = put_thread(&tx, 1);
        drop(many);
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(1)));
    });
}

/// A batch of sends waits for each slot, and is sent whole.
#[test]
fn send_many_parks() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let mut many = Task::new(async move { tx.send_many([0, 1].map(message)).await.is_ok() });
        let thread = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx).ok()
        });
        many.poll();
        let first = join(thread);
        drive(&mut many);
        let mut all: Vec<_> = first.into_iter().collect();
        while let Ok(id) = take(&rx) {
            all.push(id);
            drive(&mut many);
        }
        assert_eq!(many.output, Some(true));
        assert_eq!(all, [0, 1]);
    });
}
