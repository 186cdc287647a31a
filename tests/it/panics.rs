//! A waker that panics: nobody else pays for it, but for one debt that event-listener has.
//!
//! event-listener wakes under its lock and counts the woken afterwards, so the panic leaves its count
//! one short. Where it is compiled with overflow checks, the one wait that would make the count
//! negative panics in its turn, which makes the count right again.

use core::task::Poll;

use crate::common::{Ledger, Task, caught, faulty, panics, watched};
use forebay::{Receiver, SendError, Sender, TryRecvError, TrySendError, bounded};
use futures_lite::StreamExt;

#[track_caller]
fn assert_one_debt(panicked: &[bool]) {
    assert!(panicked.iter().filter(|&&panicked| panicked).count() <= 1, "{panicked:?}");
}

/// Polls those who were woken, and returns how many messages they got and how many panicked.
fn poll_all<F, T, E>(tasks: Vec<Task<F>>) -> (usize, usize)
where
    F: Future<Output = Result<T, E>>,
{
    let (mut done, mut failed) = (0, 0);
    for mut task in tasks {
        match caught(|| task.settle()) {
            Ok(Poll::Ready(_)) => done += 1,
            Ok(Poll::Pending) => {}
            Err(_) => failed += 1,
        }
        drop(task);
    }
    (done, failed)
}

/// The channel is empty, nobody waits any more, and everything works as ever.
fn assert_usable(tx: &Sender<usize>, rx: &Receiver<usize>) {
    watched(|| {
        for message in 0..5 {
            let mut recvs = [Task::parked(rx.recv()), Task::parked(rx.recv())];
            assert_eq!(tx.try_send(message), Ok(()));
            assert_eq!(recvs.iter().map(Task::wakes).sum::<usize>(), 1);
            let woken = recvs.iter_mut().find(|recv| recv.wakes() == 1).expect("one was woken");
            assert_eq!(woken.finish(), Ok(message));
        }
        while tx.try_send(0).is_ok() {}
        let mut send = Task::parked(tx.send(1));
        assert_eq!(rx.try_recv(), Ok(0));
        assert_eq!(send.wakes(), 1);
        assert_eq!(send.finish(), Ok(()));
        while rx.try_recv().is_ok() {}
        let mut recv = Task::parked(rx.recv());
        assert!(tx.close());
        assert_eq!(recv.wakes(), 1);
        assert!(recv.finish().is_err());
    });
}

#[test]
fn a_send_that_wakes_a_faulty_recv_has_sent() {
    for before in 0..3 {
        for after in 0..3 {
            let (tx, rx) = bounded(4);
            let mut others: Vec<_> = (0..before).map(|_| Task::parked(rx.recv())).collect();
            let mut fault = faulty(rx.recv());
            others.extend((0..after).map(|_| Task::parked(rx.recv())));
            let panicked = (0..=before).filter(|&message| panics(|| tx.try_send(message))).count();
            assert_eq!((panicked, tx.len()), (1, before + 1));
            assert!(others.iter().all(|recv| recv.wakes() == 1), "everyone else is awake");
            let (mut received, mut failed) = poll_all(others);
            failed += usize::from(panics(|| received += usize::from(fault.settle().is_ready())));
            drop(fault);
            assert!(failed <= 1, "one debt");
            received += core::iter::from_fn(|| rx.try_recv().ok()).count();
            assert_eq!(received, before + 1, "no message is lost");
            assert_usable(&tx, &rx);
        }
    }
}

#[test]
fn a_send_that_wakes_a_faulty_stream_has_sent() {
    let (tx, rx) = bounded(4);
    let mut stream = rx.clone();
    let mut others = [rx.clone(), rx.clone()].map(Task::parked_stream);
    let fault = faulty(stream.next());
    assert!(panics(|| tx.try_send(1)));
    assert!(others.iter().all(|stream| stream.wakes() == 1));
    assert_eq!(others[0].next(), Some(1));
    drop(fault);
    let [first, second] = others;
    assert_one_debt(&[panics(|| drop(first)), panics(|| drop(stream)), panics(|| drop(second))]);
    assert_usable(&tx, &rx);
}

#[test]
fn a_receive_that_wakes_a_faulty_send_frees_its_slot() {
    let ledger = Ledger::new(3);
    let (tx, rx) = bounded(1);
    assert!(tx.try_send(ledger.message(0)).is_ok());
    let fault = faulty(tx.send(ledger.message(1)));
    let other = Task::parked(tx.send(ledger.message(2)));
    // The message that was being received goes with the unwinding, and no other.
    assert!(panics(|| rx.try_recv()));
    ledger.assert_dropped(0..1);
    assert_eq!((tx.len(), other.wakes()), (0, 1));
    let (mut sent, failed) = poll_all(vec![fault, other]);
    assert!(failed <= 1, "one debt");
    while rx.try_recv().is_ok() {
        sent -= 1;
    }
    assert_eq!(sent, 0);
    ledger.assert_all_dropped();
}

/// Two who wait for the same thing; the first perhaps with a faulty waker.
fn pair<F: Future>(first_is_faulty: bool, futures: [F; 2]) -> [Task<F>; 2] {
    let [first, second] = futures;
    [if first_is_faulty { faulty(first) } else { Task::parked(first) }, Task::parked(second)]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Recv,
    Stream,
    Closed,
}

#[test]
fn a_close_wakes_everyone_beside_a_faulty_waker() {
    for place in [Place::Recv, Place::Stream, Place::Closed] {
        let (tx, rx) = bounded::<usize>(1);
        let mut streams = [rx.clone(), rx.clone()];
        let recvs = pair(place == Place::Recv, [rx.recv(), rx.recv()]);
        let nexts = pair(place == Place::Stream, streams.each_mut().map(StreamExt::next));
        let closed = pair(place == Place::Closed, [tx.closed(), tx.closed()]);
        assert!(panics(|| tx.close()), "{place:?}");
        assert!(rx.is_closed() && !tx.close());
        // The waker of a faulty one is not counted.
        assert_eq!(recvs.each_ref().map(Task::wakes), [usize::from(place != Place::Recv), 1]);
        assert_eq!(nexts.each_ref().map(Task::wakes), [usize::from(place != Place::Stream), 1]);
        assert_eq!(closed.each_ref().map(Task::wakes), [usize::from(place != Place::Closed), 1]);
        assert_eq!(tx.try_send(3), Err(TrySendError::Closed(3)));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
        drop(nexts);
        assert_one_debt(&[
            panics(|| drop(recvs)),
            panics(|| drop(streams)),
            panics(|| drop(closed)),
        ]);
    }
}

#[test]
fn a_close_wakes_every_send_beside_a_faulty_waker() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let [fault, mut other] = pair(true, [tx.send(1), tx.send(2)]);
    let closed = Task::parked(tx.closed());
    assert!(panics(|| rx.close()));
    assert_eq!((other.wakes(), closed.wakes()), (1, 1));
    assert_eq!(other.finish(), Err(SendError(2)));
    // Dropping pays the debt.
    panics(|| drop(fault));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn the_last_receiver_drops_what_is_inside_beside_a_faulty_waker() {
    let ledger = Ledger::new(3);
    let (tx, rx) = bounded(2);
    for id in 0..2 {
        assert!(tx.try_send(ledger.message(id)).is_ok());
    }
    let fault = faulty(tx.send(ledger.message(2)));
    assert!(panics(|| drop(rx)));
    assert!(tx.is_closed() && tx.is_empty());
    ledger.assert_dropped(0..2);
    panics(|| drop(fault));
    ledger.assert_all_dropped();
}
