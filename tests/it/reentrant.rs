//! Wakers that use the channel whose future they wake: what the crate's documentation allows them.
//!
//! A waker runs under the lock of the one waiting list in which its future sleeps. It may do whatever does not take that lock.

use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};

use crate::common::Task;
use forebay::{Receiver, RecvError, Sender, TrySendError, bounded};

/// A waker that does something when it is woken.
struct Action<F>(F);

impl<F: Fn() + Send + Sync + 'static> Wake for Action<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

fn waker(action: impl Fn() + Send + Sync + 'static) -> Waker {
    Waker::from(Arc::new(Action(action)))
}

/// A sleeping future that is woken by this waker, which belongs to it alone.
#[track_caller]
fn asleep<F: Future>(future: F, waker: Waker) -> Task<F> {
    let mut task = Task::parked(future);
    assert!(task.poll_with(&waker).is_pending());
    drop(waker);
    task
}

/// What wakers have seen.
type Log<T> = Arc<Mutex<Vec<T>>>;

fn taken<T>(log: &Log<T>) -> Vec<T> {
    std::mem::take(&mut log.lock().unwrap())
}

#[test]
fn the_waker_of_a_recv_may_receive() {
    let (tx, rx) = bounded(2);
    let log = Log::default();
    let mut recv = asleep(rx.recv(), {
        let (rx, log) = (rx.clone(), Arc::clone(&log));
        waker(move || log.lock().unwrap().push(rx.try_recv()))
    });
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(taken(&log), [Ok(1)]);
    // The message is gone, so the future sleeps again, and owes nobody anything.
    recv.park();
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(recv.wakes(), 1);
    assert_eq!(recv.finish(), Ok(2));
}

#[test]
fn the_waker_of_a_recv_may_wake_a_send() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let mut first = Task::parked(tx.send(1));
    let mut second = Task::parked(tx.send(2));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    let recv = asleep(rx.recv(), {
        let rx = rx.clone();
        waker(move || assert_eq!(rx.try_recv(), Ok(1)))
    });
    // It wakes the receiver, whose waker makes room, which wakes the other sender.
    assert_eq!(first.finish(), Ok(()));
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.finish(), Ok(()));
    assert_eq!(rx.try_recv(), Ok(2));
    drop(recv);
}

#[test]
fn the_waker_of_a_send_may_send() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let log = Log::default();
    let mut send = asleep(tx.send(1), {
        let (tx, log) = (tx.clone(), Arc::clone(&log));
        waker(move || log.lock().unwrap().push(tx.try_send(2)))
    });
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(taken(&log), [Ok(())]);
    send.park();
    assert_eq!(rx.try_recv(), Ok(2));
    assert_eq!(send.finish(), Ok(()));
    assert_eq!(rx.try_recv(), Ok(1));
}

#[test]
fn every_waker_may_look_and_may_clone_handles() {
    let look = |tx: &Sender<usize>, rx: &Receiver<usize>| {
        let (tx, rx) = (tx.clone(), rx.clone());
        waker(move || {
            let (more_tx, more_rx) = (tx.clone(), rx.clone());
            assert!(tx.sender_count() > 1 && rx.receiver_count() > 1);
            assert_eq!((tx.len(), tx.capacity(), tx.is_full()), (rx.len(), Some(1), rx.is_full()));
            if !tx.is_closed() {
                assert!(more_tx.downgrade().upgrade().is_some());
                assert!(more_rx.downgrade().upgrade().is_some());
            }
        })
    };
    let (tx, rx) = bounded(1);
    let closed = asleep(tx.closed(), look(&tx, &rx));
    let recv = asleep(rx.recv(), look(&tx, &rx));
    assert_eq!(tx.try_send(0), Ok(()));
    let send = asleep(tx.send(1), look(&tx, &rx));
    assert_eq!(rx.try_recv(), Ok(0));
    let last = asleep(rx.recv(), look(&tx, &rx));
    assert!(tx.close());
    drop((closed, recv, send, last));
}

#[test]
fn the_waker_of_closed_may_do_anything() {
    let (tx, rx) = bounded(2);
    assert_eq!(tx.try_send(0), Ok(()));
    assert_eq!(tx.try_send(1), Ok(()));
    let sends = [2, 3].map(|message| Task::parked(tx.send(message)));
    let log = Log::default();
    let handles = Arc::new(Mutex::new(Some((tx.clone(), rx))));
    let mut closed = asleep(tx.closed(), {
        let log = Arc::clone(&log);
        waker(move || {
            let (tx, rx) = handles.lock().unwrap().take().unwrap();
            assert_eq!(tx.try_send(4), Err(TrySendError::Closed(4)));
            log.lock().unwrap().push(rx.try_recv());
            assert!(!tx.close() && !rx.close());
            // The last receiver: what is left inside is dropped.
            drop(rx);
            assert_eq!(tx.len(), 0);
        })
    });
    assert!(tx.close());
    closed.finish();
    assert_eq!(taken(&log), [Ok(0)]);
    assert!(sends.iter().all(|send| send.wakes() == 1));
}

/// The waker of a future that is dropped goes outside the lock, with whatever it owns.
#[test]
fn a_waker_that_is_dropped_with_its_future_may_own_the_last_handle() {
    let (tx, rx) = bounded::<usize>(1);
    let mut other = Task::parked(rx.recv());
    let recv = asleep(rx.recv(), waker(move || assert!(!tx.is_closed())));
    drop(recv);
    assert_eq!((other.wakes(), other.finish()), (1, Err(RecvError)));

    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let mut other = Task::parked(tx.send(1));
    let send = asleep(tx.send(2), waker(move || assert!(!rx.is_closed())));
    drop(send);
    assert_eq!(other.wakes(), 1);
    assert_eq!(other.finish().map_err(forebay::SendError::into_inner), Err(1));
}
