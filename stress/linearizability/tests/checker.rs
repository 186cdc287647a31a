//! The checker on histories that are known to be good or bad.

use linearizability::Outcome::{
    Close, Displaced, Empty, Full, IsClosed, Len, Received, RecvClosed, Refused, SendClosed, Sent,
};
use linearizability::{Fifo, Operation, Outcome, check};

/// Each by a thread of its own.
fn history(operations: &[(u64, u64, Outcome)]) -> Vec<Operation> {
    let operation =
        |(thread, &(start, end, outcome))| Operation { thread, call: "call", start, end, outcome };
    operations.iter().enumerate().map(operation).collect()
}

/// One after the other.
fn sequence(outcomes: &[Outcome]) -> Vec<Operation> {
    let at = |(moment, &outcome): (u64, &Outcome)| (2 * moment, 2 * moment + 1, outcome);
    history(&(0..).zip(outcomes).map(at).collect::<Vec<_>>())
}

#[test]
fn sequences_of_a_fifo_are_accepted() {
    for (capacity, outcomes) in [
        (1, &[Empty, Sent(1), Full, Received(1), Empty][..]),
        (2, &[Sent(1), Sent(2), Full, Received(1), Sent(3), Received(2), Received(3)]),
        (2, &[Len(0), Sent(1), Len(1), Sent(2), Len(2), Full]),
        (2, &[Sent(1), Sent(2), Displaced { sent: 3, oldest: 1 }, Received(2), Received(3)]),
        (2, &[Sent(1), Close(true), Close(false), SendClosed, Received(1), RecvClosed]),
        (1, &[IsClosed(false), Close(true), IsClosed(true), RecvClosed]),
    ] {
        assert_eq!(check(capacity, &sequence(outcomes)), Ok(()), "{outcomes:?}");
    }
}

#[test]
fn a_fifo_may_be_bounded_by_weight() {
    let limit = || Fifo::weighing(10);
    for outcomes in [
        &[Sent(4), Sent(16), Refused(1), Received(4), Sent(23), Len(2)][..],
        // Heavier than the limit there is none, and none is without weight.
        &[Sent(9), Sent(10), Refused(20), Received(9), Received(10), Empty],
        // Room may be gathered for another.
        &[Sent(9), Refused(1), Sent(1), Displaced { sent: 2, oldest: 2 }],
    ] {
        assert_eq!(check(limit(), &sequence(outcomes)), Ok(()), "{outcomes:?}");
    }
    for outcomes in [
        &[Sent(4), Sent(7)][..],
        &[Sent(9), Sent(1), Sent(10)],
        &[Refused(9)],
        &[Sent(9), Displaced { sent: 2, oldest: 9 }],
        &[Sent(9), Close(true), Refused(2)],
    ] {
        assert!(check(limit(), &sequence(outcomes)).is_err(), "{outcomes:?}");
    }
}

#[test]
fn sequences_of_a_broken_channel_are_refused() {
    for (name, capacity, outcomes) in [
        ("lost", 2, &[Sent(1), Sent(2), Received(2)][..]),
        ("lost at the end", 2, &[Sent(1), Empty]),
        ("lost by a close", 2, &[Sent(1), Close(true), RecvClosed]),
        ("duplicated", 2, &[Sent(1), Received(1), Received(1)]),
        ("from nowhere, as of a cancelled send", 2, &[Sent(1), Received(1), Received(2)]),
        ("reordered", 2, &[Sent(1), Sent(2), Received(2), Received(1)]),
        ("over capacity", 2, &[Sent(1), Sent(2), Sent(3)]),
        ("false Empty", 2, &[Sent(1), Empty, Received(1)]),
        ("false Full", 2, &[Sent(1), Full]),
        ("Full when closed", 1, &[Sent(1), Close(true), Full]),
        ("send Closed too early", 2, &[SendClosed, Close(true)]),
        ("recv Closed too early", 2, &[RecvClosed, Close(true)]),
        ("recv Closed before the last message", 2, &[Sent(1), Close(true), RecvClosed]),
        ("Empty when closed", 2, &[Close(true), Empty]),
        ("sent after a close", 2, &[Close(true), Sent(1)]),
        ("closed twice", 2, &[Close(true), Close(true)]),
        ("closed by nobody", 2, &[Close(false)]),
        ("closed and open again", 2, &[Close(true), IsClosed(false)]),
        ("displaced with room", 2, &[Sent(1), Displaced { sent: 2, oldest: 1 }]),
        ("displaced not the oldest", 2, &[Sent(1), Sent(2), Displaced { sent: 3, oldest: 2 }]),
        ("displaced and received", 1, &[Sent(1), Displaced { sent: 2, oldest: 1 }, Received(1)]),
        ("displaced after a close", 1, &[Sent(1), Close(true), Displaced { sent: 2, oldest: 1 }]),
        ("false length", 2, &[Sent(1), Len(0)]),
    ] {
        let violation = check(capacity, &sequence(outcomes)).expect_err(name);
        assert!(violation.to_string().contains("not linearizable"), "{name}");
    }
}

#[test]
fn the_operations_of_one_call_come_in_their_order() {
    let batch = |outcomes: [Outcome; 4]| {
        let intervals = [(0, 5), (0, 5), (6, 7), (8, 9)].into_iter().zip(outcomes);
        let operations: Vec<_> =
            intervals.map(|((start, end), outcome)| (start, end, outcome)).collect();
        history(&operations)
            .into_iter()
            .map(|operation| Operation { thread: 0, ..operation })
            .collect::<Vec<_>>()
    };
    assert_eq!(check(2, &batch([Sent(1), Sent(2), Received(1), Received(2)])), Ok(()));
    assert!(check(2, &batch([Sent(1), Sent(2), Received(2), Received(1)])).is_err());
    assert!(check(1, &batch([Full, Sent(1), Received(1), Empty])).is_err());
}

#[test]
fn overlapping_operations_may_happen_in_either_order() {
    for (capacity, operations) in [
        // The receiver came first, or the sender.
        (1, &[(0, 9, Sent(1)), (1, 2, Empty)][..]),
        (1, &[(0, 9, Sent(1)), (1, 2, Received(1))]),
        (1, &[(0, 9, Received(1)), (1, 2, Sent(1))]),
        // Two senders at a time: either is first.
        (2, &[(0, 5, Sent(1)), (0, 5, Sent(2)), (6, 7, Received(2)), (8, 9, Received(1))]),
        // A blocked send takes effect when a receiver makes room.
        (1, &[(0, 1, Sent(1)), (2, 7, Sent(2)), (4, 6, Received(1)), (8, 9, Received(2))]),
        // A close in the middle of everything.
        (1, &[(0, 9, Close(true)), (1, 2, Sent(1)), (3, 4, SendClosed), (5, 6, Received(1))]),
        // Moments that are equal order nothing.
        (1, &[(0, 3, Sent(1)), (3, 5, Empty)]),
    ] {
        assert_eq!(check(capacity, &history(operations)), Ok(()), "{operations:?}");
    }
}

#[test]
fn overlapping_operations_of_a_broken_channel_are_refused() {
    for (name, capacity, operations) in [
        (
            "a blocked send that was let in too early",
            1,
            &[(0, 1, Sent(1)), (2, 3, Sent(2)), (4, 6, Received(1))][..],
        ),
        (
            "a false Empty beside another sender",
            2,
            &[(0, 1, Sent(1)), (0, 9, Sent(2)), (2, 3, Empty), (10, 11, Received(1))],
        ),
        (
            "a false Full beside a sender that waits",
            2,
            &[(0, 1, Sent(1)), (2, 9, Sent(2)), (3, 4, Full), (5, 6, Len(1))],
        ),
        (
            "two receivers that disagree on the order",
            2,
            &[
                (0, 5, Sent(1)),
                (0, 5, Sent(2)),
                (6, 7, Received(1)),
                (8, 9, Sent(3)),
                (10, 11, Received(3)),
                (12, 13, Received(2)),
            ],
        ),
        (
            "both of two receivers got it",
            1,
            &[(0, 1, Sent(1)), (2, 5, Received(1)), (3, 6, Received(1))],
        ),
        ("two closes that both did it", 1, &[(0, 5, Close(true)), (1, 6, Close(true))]),
    ] {
        assert!(check(capacity, &history(operations)).is_err(), "{name}");
    }
}

/// Tries every order.
fn exists_order(fifo: &Fifo, left: &[Operation]) -> bool {
    left.is_empty()
        || left.iter().enumerate().any(|(index, next)| {
            let mut rest = left.to_vec();
            rest.remove(index);
            rest.iter().all(|other| other.end >= next.start)
                && fifo.after(next.outcome).is_some_and(|fifo| exists_order(&fifo, &rest))
        })
}

#[test]
fn agrees_with_a_search_of_every_order() {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut verdicts = [0; 2];
    for _ in 0..40_000 {
        let capacity = rng.usize(1..3);
        let random: Vec<_> = (0..rng.usize(1..7))
            .map(|_| {
                let start = rng.u64(0..12);
                let message = rng.u32(1..4);
                let outcome = match rng.u32(0..14) {
                    0..4 => Sent(message),
                    4..8 => Received(message),
                    8 => Empty,
                    9 => Full,
                    10 => Displaced { sent: message, oldest: rng.u32(1..4) },
                    11 => Close(true),
                    12 => SendClosed,
                    _ => Len(rng.usize(0..3)),
                };
                (start, start + rng.u64(0..6), outcome)
            })
            .collect();
        let operations = history(&random);
        let exists = exists_order(&Fifo::new(capacity), &operations);
        assert_eq!(check(capacity, &operations).is_ok(), exists, "{random:?}");
        verdicts[usize::from(exists)] += 1;
    }
    assert!(verdicts.iter().all(|&count| count > 5_000), "{verdicts:?}");
}
