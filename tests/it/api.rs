//! Every method and every error, where nothing waits.

use core::error::Error;
use core::fmt::Debug;
use core::task::Poll;

use crate::common::{Task, on_every_runtime, panic_text};
use forebay::{RecvError, SendError, TryRecvError, TrySendError, bounded};

/// No `Debug`, `Clone` nor `PartialEq`.
struct Opaque;

#[test]
fn a_channel_is_filled_and_emptied() {
    let (tx, rx) = bounded(2);
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(tx.try_send(4), Ok(()));
    assert_eq!(rx.try_recv(), Ok(2));
    assert_eq!(rx.try_recv(), Ok(4));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
}

#[test]
fn a_closed_channel_answers_closed() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(1), Ok(()));
    assert!(tx.close());
    assert_eq!(tx.try_send(2), Err(TrySendError::Closed(2)), "closed goes before full");
    assert_eq!(tx.force_send(3), Err(SendError(3)));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn sends_and_receives_that_need_not_wait() {
    on_every_runtime(async |_| {
        let (tx, rx) = bounded(2);
        assert_eq!(tx.send(1).await, Ok(()));
        assert_eq!(tx.send(2).await, Ok(()));
        assert_eq!(rx.recv().await, Ok(1));
        assert!(rx.close());
        assert_eq!(tx.send(3).await, Err(SendError(3)));
        assert_eq!(rx.recv().await, Ok(2));
        assert_eq!(rx.recv().await, Err(RecvError));
        tx.closed().await;
    });
}

#[test]
fn both_sides_tell_the_fill_level() {
    let (tx, rx) = bounded(2);
    for level in [0, 1, 2] {
        assert_eq!((tx.len(), rx.len()), (level, level));
        assert_eq!((tx.is_empty(), rx.is_empty()), (level == 0, level == 0));
        assert_eq!((tx.is_full(), rx.is_full()), (level == 2, level == 2));
        assert_eq!((tx.capacity(), rx.capacity()), (Some(2), Some(2)));
        assert_eq!(tx.try_send(level).is_ok(), level < 2);
    }
    assert!(tx.close());
    assert_eq!((rx.len(), rx.is_full(), rx.capacity()), (2, true, Some(2)));
    assert!(rx.try_recv().is_ok());
    assert_eq!((tx.len(), tx.is_full(), tx.is_empty()), (1, false, false));
    assert!(rx.try_recv().is_ok());
    assert_eq!((rx.len(), rx.is_full(), rx.is_empty()), (0, false, true));
}

#[test]
fn the_fill_level_holds_over_many_laps() {
    for capacity in [1, 2, 3, 4, 5, 1000] {
        let (tx, rx) = bounded(capacity);
        for fill in (0..=capacity).rev().take(6) {
            for message in 0..fill {
                assert_eq!(tx.len(), message);
                assert_eq!(tx.try_send(message), Ok(()));
            }
            assert_eq!((tx.len(), tx.is_full()), (fill, fill == capacity));
            for message in 0..fill {
                assert_eq!(rx.len(), fill - message);
                assert_eq!(rx.try_recv(), Ok(message));
            }
            assert!(rx.is_empty());
        }
    }
}

#[test]
fn both_sides_count_the_handles() {
    let (tx, rx) = bounded::<u8>(1);
    let tx_2 = tx.clone();
    let (rx_2, rx_3) = (rx.clone(), rx.clone());
    assert_eq!((tx.sender_count(), tx.receiver_count()), (2, 3));
    drop((tx_2, rx_2));
    assert_eq!((rx.sender_count(), rx.receiver_count()), (1, 2));
    drop((tx, rx_3));
    assert_eq!((rx.sender_count(), rx.receiver_count()), (0, 1));
}

#[test]
fn handles_know_their_channel() {
    let (tx, rx) = bounded::<u8>(1);
    let (other_tx, other_rx) = bounded::<u8>(1);
    assert!(tx.same_channel(&tx.clone()));
    assert!(rx.same_channel(&rx.clone()));
    assert!(!tx.same_channel(&other_tx));
    assert!(!rx.same_channel(&other_rx));
}

#[test]
fn handles_and_futures_have_a_debug_form() {
    let (tx, rx) = bounded::<u8>(1);
    assert_eq!(format!("{tx:?}"), "Sender { .. }");
    assert_eq!(format!("{rx:?}"), "Receiver { .. }");
    assert_eq!(format!("{:?}", tx.downgrade()), "WeakSender { .. }");
    assert_eq!(format!("{:?}", rx.downgrade()), "WeakReceiver { .. }");
    assert!(format!("{:?}", tx.send(1)).starts_with("Send"));
    assert!(format!("{:?}", rx.recv()).starts_with("Recv"));
    assert!(format!("{:?}", tx.closed()).starts_with("Closed"));
}

#[test]
fn errors_say_what_went_wrong() {
    let closed = "sending into a closed channel";
    assert_eq!(SendError(Opaque).to_string(), closed);
    assert_eq!(TrySendError::Closed(Opaque).to_string(), closed);
    assert_eq!(TrySendError::Full(Opaque).to_string(), "sending into a full channel");
    assert_eq!(TryRecvError::Empty.to_string(), "receiving from an empty channel");
    let drained = "receiving from an empty and closed channel";
    assert_eq!(TryRecvError::Closed.to_string(), drained);
    assert_eq!(RecvError.to_string(), drained);
}

#[test]
fn errors_have_a_debug_form_whatever_the_message() {
    assert_eq!(format!("{:?}", SendError(Opaque)), "SendError(..)");
    assert_eq!(format!("{:?}", TrySendError::Full(Opaque)), "Full(..)");
    assert_eq!(format!("{:?}", TrySendError::Closed(Opaque)), "Closed(..)");
    assert_eq!(format!("{RecvError:?}"), "RecvError");
    assert_eq!(format!("{:?}", TryRecvError::Empty), "Empty");
    assert_eq!(format!("{:?}", TryRecvError::Closed), "Closed");
}

#[test]
fn errors_give_the_message_back() {
    assert_eq!(SendError(7).into_inner(), 7);
    assert_eq!(SendError(7).0, 7);
    assert_eq!(TrySendError::Full(7).into_inner(), 7);
    assert_eq!(TrySendError::Closed(7).into_inner(), 7);
}

#[test]
fn errors_tell_their_kind() {
    let full = TrySendError::Full(7);
    let closed = TrySendError::Closed(7);
    assert_eq!((full.is_full(), full.is_closed()), (true, false));
    assert_eq!((closed.is_full(), closed.is_closed()), (false, true));
    let (empty, closed) = (TryRecvError::Empty, TryRecvError::Closed);
    assert_eq!((empty.is_empty(), empty.is_closed()), (true, false));
    assert_eq!((closed.is_empty(), closed.is_closed()), (false, true));
}

#[test]
fn errors_are_errors_and_values() {
    fn is_error<E: Error>() {}
    fn is_value<E: Copy + Eq + Debug>() {}
    is_error::<SendError<Opaque>>();
    is_error::<TrySendError<Opaque>>();
    is_error::<RecvError>();
    is_error::<TryRecvError>();
    is_value::<SendError<u8>>();
    is_value::<TrySendError<u8>>();
    is_value::<RecvError>();
    is_value::<TryRecvError>();
}

#[test]
fn a_capacity_of_zero_panics() {
    assert!(panic_text(|| bounded::<u8>(0)).contains("capacity cannot be zero"));
}

#[test]
fn a_capacity_that_cannot_be_represented_panics() {
    for capacity in [usize::MAX, usize::MAX - 1, usize::MAX / 2 + 1] {
        assert!(panic_text(|| bounded::<u8>(capacity)).contains("capacity overflow"));
        assert!(panic_text(|| bounded::<()>(capacity)).contains("capacity overflow"));
    }
}

#[test]
fn a_send_polled_after_completion_panics() {
    let (tx, rx) = bounded(2);
    let mut sent = Task::new(tx.send(1));
    assert_eq!(sent.finish(), Ok(()));
    assert!(panic_text(|| sent.poll()).contains("polled after completion"));
    assert_eq!(rx.try_recv(), Ok(1));

    let mut refused = Task::new(tx.send(2));
    tx.close();
    assert_eq!(refused.finish(), Err(SendError(2)));
    assert!(panic_text(|| refused.poll()).contains("polled after completion"));
}

#[test]
fn a_recv_polled_after_completion_receives_again() {
    let (tx, rx) = bounded(2);
    let mut recv = Task::new(rx.recv());
    for message in 0..3 {
        recv.park();
        assert_eq!(tx.try_send(message), Ok(()));
        assert_eq!(recv.poll(), Poll::Ready(Ok(message)));
    }
    tx.close();
    assert_eq!(recv.finish(), Err(RecvError));
    assert_eq!(recv.finish(), Err(RecvError));
}
