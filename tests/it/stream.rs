//! A receiver is a stream.

use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::common::{Task, on_every_runtime};
use forebay::{Receiver, RecvError, TryRecvError, bounded};
use futures_core::{FusedStream, Stream};
use futures_lite::StreamExt;

#[test]
fn a_stream_yields_the_messages_in_order_and_ends_after_close() {
    let (tx, rx) = bounded(2);
    let mut stream = Task::parked_stream(rx);
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!((stream.next(), stream.next()), (Some(1), Some(2)));
    stream.park_next();
    assert_eq!(tx.try_send(3), Ok(()));
    tx.close();
    assert_eq!((stream.next(), stream.next(), stream.next()), (Some(3), None, None));
}

#[test]
fn a_stream_is_terminated_once_closed_and_empty() {
    let (tx, rx) = bounded(1);
    assert!(!rx.is_terminated());
    assert_eq!(tx.try_send(1), Ok(()));
    tx.close();
    assert!(!rx.is_terminated(), "a message is left");
    let mut stream = Task::new(rx);
    assert_eq!(stream.next(), Some(1));
    assert!(stream.get().is_terminated());
    assert_eq!(stream.next(), None);
}

#[test]
fn a_message_taken_elsewhere_leaves_the_stream_waiting() {
    let (tx, rx) = bounded(1);
    let mut stream = Task::parked_stream(rx.clone());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(rx.try_recv(), Ok(1));
    stream.park_next();
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(stream.wakes(), 1);
    assert_eq!(stream.next(), Some(2));
}

#[test]
fn a_stream_frees_a_slot_for_a_waiting_send() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(1), Ok(()));
    let mut send = Task::parked(tx.send(2));
    let mut stream = Task::new(rx);
    assert_eq!(stream.next(), Some(1));
    assert_eq!(send.wakes(), 1);
    assert_eq!(send.finish(), Ok(()));
    assert_eq!(stream.next(), Some(2));
}

#[test]
fn a_parked_stream_still_serves_as_a_receiver() {
    let (tx, rx) = bounded(1);
    let mut stream = Task::parked_stream(rx);
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(stream.get().try_recv(), Ok(1));
    assert_eq!(stream.get().try_recv(), Err(TryRecvError::Empty));
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(Task::new(stream.get().recv()).finish(), Ok(2));
    tx.close();
    assert_eq!(Task::new(stream.get().recv()).finish(), Err(RecvError));
    assert_eq!(stream.next(), None);
}

/// A timeout around `next()`, then other work: the message must not be stuck with the stream that
/// was woken and is not polled.
#[test]
fn a_woken_stream_that_is_not_polled_leaves_the_message_to_others() {
    let (tx, rx) = bounded(1);
    let idle = Task::parked_stream(rx.clone());
    let mut busy = Task::parked_stream(rx.clone());
    for message in 0..3 {
        assert_eq!(tx.try_send(message), Ok(()));
        assert_eq!(busy.wakes(), 1);
        assert_eq!(busy.next(), Some(message));
        busy.park_next();
    }
    drop(idle);
    assert_eq!(tx.try_send(3), Ok(()));
    assert_eq!(busy.wakes(), 1);
}

#[test]
fn a_clone_of_a_parked_stream_waits_for_itself() {
    let (tx, rx) = bounded(2);
    let mut stream = Task::parked_stream(rx);
    let mut clone = Task::new(stream.get().clone());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!((stream.wakes(), clone.wakes()), (1, 0));
    assert_eq!(clone.next(), Some(1));
    clone.park_next();
    stream.park_next();
    drop(stream);
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(clone.wakes(), 1);
    assert_eq!(clone.next(), Some(2));
}

/// `Unpin`: polled through a plain `&mut`, moved between two polls.
#[test]
fn a_parked_stream_may_be_moved() {
    fn poll(stream: &mut Receiver<u8>) -> Poll<Option<u8>> {
        let mut cx = Context::from_waker(Waker::noop());
        // Beyond the yields that may come before the stream is registered.
        let mut answer = Poll::Pending;
        for _ in 0..10 {
            answer = Pin::new(&mut *stream).poll_next(&mut cx);
            if answer.is_ready() {
                break;
            }
        }
        answer
    }
    let (tx, mut rx) = bounded(1);
    assert_eq!(poll(&mut rx), Poll::Pending);
    let mut moved = [rx];
    assert_eq!(poll(&mut moved[0]), Poll::Pending);
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(poll(&mut moved[0]), Poll::Ready(Some(1)));
}

#[test]
fn a_stream_collects_what_a_task_sends() {
    on_every_runtime(async |runtime| {
        let (tx, mut rx) = bounded(2);
        let sender = runtime.spawn(async move {
            for message in 0..100 {
                tx.send(message).await.expect("the stream is open");
            }
        });
        assert_eq!(rx.next().await, Some(0));
        let rest: Vec<_> = rx.collect().await;
        assert!(rest.into_iter().eq(1..100));
        sender.await;
    });
}

#[test]
fn streams_and_recvs_share_the_messages() {
    const MESSAGES: usize = 200;
    on_every_runtime(async |runtime| {
        let (tx, rx) = bounded(2);
        let mut takers = Vec::new();
        for _ in 0..2 {
            let stream = rx.clone();
            takers.push(runtime.spawn(stream.collect::<Vec<_>>()));
            let rx = rx.clone();
            takers.push(runtime.spawn(async move {
                let mut received = Vec::new();
                while let Ok(message) = rx.recv().await {
                    received.push(message);
                }
                received
            }));
        }
        for message in 0..MESSAGES {
            tx.send(message).await.expect("the receivers are there");
        }
        drop(tx);
        let mut received = Vec::new();
        for taker in takers {
            received.extend(taker.await);
        }
        received.sort_unstable();
        assert!(received.into_iter().eq(0..MESSAGES));
    });
}
