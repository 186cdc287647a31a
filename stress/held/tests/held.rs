//! A thread that stops for as long as it likes between its claim and its publication: the others
//! lose nothing, are told nothing false, and where they wait they do so in turns, not in one poll.

use forebay::{RecvError, TryRecvError, TrySendError, bounded, unbounded};
use held_atomics::Hold;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Polls a few times: each poll must return although the other thread is held, and ask for another
/// turn.
fn assert_takes_turns<F: Future + Unpin>(future: &mut F) {
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    for turn in 1..=5 {
        assert!(pin!(&mut *future).poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(wakes.0.load(Ordering::SeqCst), turn, "busy is no reason to sleep");
    }
}

fn finish<F: Future + Unpin>(future: &mut F) -> F::Output {
    loop {
        let poll = pin!(&mut *future).poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(output) = poll {
            return output;
        }
        thread::yield_now();
    }
}

/// Lets the thread go on when the scope is left.
struct Release<'a>(&'a Hold);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// Runs `operation` on a thread that is held at its store, beside `meanwhile`, which is given the
/// means to let it go on.
fn held<T: Send>(operation: impl FnOnce() -> T + Send, meanwhile: impl FnOnce(&Hold)) -> T {
    held_at(Hold::next_store, operation, meanwhile)
}

fn held_at<T: Send>(
    point: fn(&Hold),
    operation: impl FnOnce() -> T + Send,
    meanwhile: impl FnOnce(&Hold),
) -> T {
    let hold = Hold::default();
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            point(&hold);
            operation()
        });
        hold.wait_until_held();
        {
            // Also when an assertion fails: the scope waits for the thread.
            let _release = Release(&hold);
            meanwhile(&hold);
        }
        thread.join().expect("no panic")
    })
}

#[test]
fn a_held_sender_keeps_its_place() {
    for (tx, rx) in [bounded(2), unbounded()] {
        let sent = held(
            || tx.try_send(1),
            |hold| {
                assert_eq!(tx.len(), 1);
                assert_eq!(tx.try_send(2), Ok(()));
                if tx.capacity().is_some() {
                    assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
                }
                thread::scope(|scope| {
                    let receiver = scope.spawn(|| [rx.try_recv(), rx.try_recv(), rx.try_recv()]);
                    hold.release();
                    let received = receiver.join().expect("no panic");
                    assert_eq!(received, [Ok(1), Ok(2), Err(TryRecvError::Empty)]);
                });
            },
        );
        assert_eq!(sent, Ok(()));
    }
}

#[test]
fn a_recv_beside_a_held_sender_takes_turns() {
    let (tx, rx) = bounded(2);
    let mut recv = rx.recv();
    let sent = held(|| tx.try_send(1), |_| assert_takes_turns(&mut recv));
    assert_eq!((sent, finish(&mut recv)), (Ok(()), Ok(1)));
}

#[test]
fn a_held_receiver_keeps_its_slot() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(1), Ok(()));
    let received = held(
        || rx.try_recv(),
        |hold| {
            assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
            thread::scope(|scope| {
                let sender = scope.spawn(|| tx.try_send(2));
                hold.release();
                assert_eq!(sender.join().expect("no panic"), Ok(()), "not full");
            });
        },
    );
    assert_eq!((received, rx.try_recv()), (Ok(1), Ok(2)));
}

#[test]
fn a_send_beside_a_held_receiver_takes_turns() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(1), Ok(()));
    let mut send = tx.send(2);
    let received = held(|| rx.try_recv(), |_| assert_takes_turns(&mut send));
    assert_eq!((received, finish(&mut send)), (Ok(1), Ok(())));
    assert_eq!(rx.try_recv(), Ok(2));
}

#[test]
fn a_block_is_not_filled_again_while_a_sender_in_it_is_held() {
    const BLOCKS: usize = 4 * 63;
    let (tx, rx) = unbounded();
    let (first, rest) = thread::scope(|scope| {
        let mut first = None;
        let mut rest = Vec::new();
        let sent = held(
            || tx.try_send(0),
            |hold| {
                let receiver = scope.spawn(|| rx.recv_blocking());
                // Room for the receiver to claim the place of the held sender: it is the first.
                while rx.len() == 1 {
                    thread::yield_now();
                }
                for number in 1..BLOCKS {
                    assert_eq!(tx.try_send(number), Ok(()));
                    rest.extend(rx.try_recv());
                }
                hold.release();
                first = Some(receiver.join().expect("no panic"));
            },
        );
        assert_eq!(sent, Ok(()));
        (first, rest)
    });
    assert_eq!(first, Some(Ok(0)));
    assert_eq!(rest, (1..BLOCKS).collect::<Vec<_>>());
}

#[test]
fn a_close_does_not_wait_for_a_held_sender_and_its_message_arrives() {
    for (tx, rx) in [bounded(2), unbounded()] {
        let mut recv = rx.recv();
        let sent = held(
            || tx.try_send(1),
            |_| {
                assert!(rx.close());
                assert_eq!(tx.try_send(2), Err(TrySendError::Closed(2)));
                assert!(rx.is_closed() && rx.len() == 1);
            },
        );
        assert_eq!((sent, finish(&mut recv)), (Ok(()), Ok(1)));
        assert_eq!(finish(&mut rx.recv()), Err(RecvError));
    }
}

#[test]
fn the_last_receiver_waits_for_a_held_sender_and_drops_its_message() {
    for (tx, rx) in [bounded(2), unbounded()] {
        let message = Arc::new(());
        let sent = held(
            || tx.try_send(Arc::clone(&message)),
            |hold| {
                thread::scope(|scope| {
                    let dropping = scope.spawn(|| drop(rx));
                    while !tx.is_closed() {
                        thread::yield_now();
                    }
                    assert_eq!(Arc::strong_count(&message), 2);
                    hold.release();
                    dropping.join().expect("no panic");
                });
            },
        );
        assert!(sent.is_ok());
        assert_eq!(Arc::strong_count(&message), 1);
    }
}

/// Held when it has barred the oldest message and not yet claimed the place for its own.
#[test]
fn a_bar_keeps_everybody_off_but_who_has_set_it() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let other = tx.clone();
    let mut others = None;
    let displaced = held_at(
        Hold::second_exchange,
        || tx.force_send(1),
        |_| {
            let other = others.insert(thread::spawn(move || other.force_send(2)));
            let mut receive = pin!(rx.recv());
            for _ in 0..1000 {
                let poll = receive.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                assert!(poll.is_pending() && !other.is_finished(), "the message is barred");
                thread::yield_now();
            }
        },
    );
    let other = others.expect("it was started").join().expect("no panic");
    let mut displaced = [displaced, other].map(|displaced| displaced.expect("open"));
    displaced.sort_unstable();
    assert!(matches!(displaced, [Some(0), Some(1 | 2)]), "{displaced:?}");
    assert!(matches!(rx.try_recv(), Ok(1 | 2)));
}
