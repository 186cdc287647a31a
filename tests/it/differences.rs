//! Where forebay behaves otherwise than async-channel, and where one might think so: what
//! `docs/async-channel.md` says of both is seen here on both.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::{Ledger, Task};

/// What one crate does.
#[expect(clippy::struct_excessive_bools, reason = "one field for each observation")]
#[derive(Debug, PartialEq)]
struct Seen {
    /// Messages dropped when the last receiver goes, of three inside.
    dropped_with_the_last_receiver: usize,
    /// And how many when the last sender has gone too.
    dropped_with_the_last_handle: usize,
    /// Of a waiting `recv` and three waiting streams, how many one message wakes.
    woken_by_a_message: usize,
    /// What a second poll of a `send` that is complete panics with.
    send_polled_again: String,
    /// Whether the message of a `send` that gives up is dropped.
    dropped_with_a_send: bool,
    /// What `force_send` answers to 1, 2, 3 in a channel of capacity 2, and how many waiting sends
    /// it wakes.
    forced: (Vec<Option<i32>>, usize),
    /// Whether a message goes to one who did not wait, although another was woken for it.
    barging: bool,
    /// Whether `closed` is over because the channel was closed, with a receiver left.
    closed_by_close: bool,
    /// Whether a weak sender can be upgraded when the channel is closed and senders are left.
    upgraded_after_close: bool,
}

macro_rules! observe {
    ($channel:ident) => {{
        let ledger = Ledger::new(3);
        let (tx, rx) = $channel::bounded(3);
        (0..3).for_each(|id| assert!(tx.try_send(ledger.message(id)).is_ok()));
        drop(rx);
        let dropped_with_the_last_receiver = (0..3).map(|id| ledger.drops(id)).sum();
        drop(tx);
        let dropped_with_the_last_handle = (0..3).map(|id| ledger.drops(id)).sum();

        let (tx, rx) = $channel::bounded(1);
        let mut streams = [0; 3].map(|_| Task::new(rx.clone()));
        streams.iter_mut().for_each(Task::park_next);
        let recv = Task::parked(rx.recv());
        tx.try_send(1).unwrap();
        let woken_by_a_message =
            recv.wakes().min(1) + streams.iter().filter(|stream| stream.wakes() > 0).count();

        let (tx, rx) = $channel::bounded(2);
        let mut send = Task::new(tx.send(1));
        assert_eq!(send.finish(), Ok(()));
        let panic = catch_unwind(AssertUnwindSafe(|| send.poll())).unwrap_err();
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let send_polled_again = text.unwrap_or_else(|| *panic.downcast::<String>().unwrap());
        drop(rx);

        let ledger = Ledger::new(2);
        let (tx, _rx) = $channel::bounded(1);
        assert!(tx.try_send(ledger.message(0)).is_ok());
        drop(Task::parked(tx.send(ledger.message(1))));
        let dropped_with_a_send = ledger.drops(1) == 1;

        let (tx, rx) = $channel::bounded(2);
        let mut answers: Vec<_> = (1..=2).map(|message| tx.force_send(message).unwrap()).collect();
        let send = Task::parked(tx.send(4));
        answers.push(tx.force_send(3).unwrap());
        let forced = (answers, send.wakes());
        rx.close();
        assert_eq!(tx.force_send(5).unwrap_err().0, 5, "closed goes before full");

        let (tx, rx) = $channel::bounded(1);
        let mut recv = Task::parked(rx.recv());
        tx.try_send(1).unwrap();
        assert_eq!((recv.wakes(), rx.try_recv()), (1, Ok(1)));
        let barging = recv.settle().is_pending();

        let (tx, rx) = $channel::bounded::<i32>(1);
        let weak = tx.downgrade();
        rx.close();
        let closed_by_close = Task::new(tx.closed()).settle().is_ready();
        let upgraded_after_close = weak.upgrade().is_some();

        Seen {
            dropped_with_the_last_receiver,
            dropped_with_the_last_handle,
            woken_by_a_message,
            send_polled_again,
            dropped_with_a_send,
            forced,
            barging,
            closed_by_close,
            upgraded_after_close,
        }
    }};
}

#[test]
fn the_differences_are_those_of_the_page() {
    let theirs = observe!(async_channel);
    let expected = Seen {
        dropped_with_the_last_receiver: 0,
        dropped_with_the_last_handle: 3,
        woken_by_a_message: 4,
        send_polled_again: "called `Option::unwrap()` on a `None` value".to_owned(),
        dropped_with_a_send: true,
        forced: (vec![None, None, Some(1)], 0),
        barging: true,
        closed_by_close: true,
        upgraded_after_close: false,
    };
    assert_eq!(theirs, expected);

    let expected = Seen {
        dropped_with_the_last_receiver: 3,
        woken_by_a_message: 1,
        send_polled_again: "`Send` polled after completion".to_owned(),
        ..expected
    };
    assert_eq!(observe!(forebay), expected);
}
