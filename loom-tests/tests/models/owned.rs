//! Futures and sinks that own their handle: dropped, given back, closed.

use crate::harness::{
    Message, Task, channel, drive, explore, filled, join, message, parked, parked_sends,
    put_thread, spawn, take, take_all, take_thread,
};
use forebay::{Receiver, Sender};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// A send that owns its sender is dropped with its notification unused: it goes to the next.
#[test]
fn cancel_send_owned() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let mut first = Task::new(Sender::clone(&tx).send_owned(message(1)));
        assert!(!first.poll());
        let [mut second] = parked_sends(&tx, [2]);
        let thread = take_thread(&rx);
        drop(first);
        assert_eq!(join(thread), 0);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [2]);
    });
}

#[test]
fn send_owned_vs_recv() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let thread = take_thread(&rx);
        let mut send = Task::new(Sender::clone(&tx).send_owned(message(1)));
        send.poll();
        assert_eq!(join(thread), 0);
        drive(&mut send);
        assert!(send.output.take().unwrap().is_ok());
        assert_eq!(take_all(&rx), [1]);
    });
}

/// Given up in the moment in which there is room: sent and not given back, or the other way round.
#[test]
fn take_back_owned() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let mut send = Some(Sender::clone(&tx).send_owned(message(1)));
        let mut first = Task::new(poll_fn(move |cx| {
            let mut send = send.take().unwrap();
            let sent = Pin::new(&mut send).poll(cx).is_ready();
            Poll::Ready((sent, send.into_inner().1))
        }));
        let thread = take_thread(&rx);
        first.poll();
        assert_eq!(join(thread), 0);
        let (sent, back) = first.output.take().unwrap();
        assert_ne!(sent, back.is_some());
        assert_eq!(take_all(&rx).len(), usize::from(sent));
        drop(tx);
    });
}

#[test]
fn cancel_recv_owned() {
    explore(5, || {
        let (tx, rx) = channel(1);
        let mut first = Task::new(Receiver::clone(&rx).recv_owned());
        assert!(!first.poll());
        let [mut second] = parked(&rx);
        let thread = put_thread(&tx, 1);
        drop(first);
        join(thread);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(1)));
    });
}

#[test]
fn cancel_reserve_owned() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let mut first = Task::new(Sender::clone(&tx).reserve_owned());
        assert!(!first.poll());
        let [mut second] = parked_sends(&tx, [2]);
        let thread = take_thread(&rx);
        drop(first);
        assert_eq!(join(thread), 0);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [2]);
    });
}

/// A permit that owns its sender is the last of them: it keeps the channel open, and closes it when
/// it goes.
#[test]
fn owned_permit_is_a_sender() {
    explore(3, || {
        let (tx, rx) = forebay::bounded::<Message>(1);
        let permit = tx.try_reserve_owned().unwrap();
        let thread = spawn(move || drop(permit.send(message(1))));
        let mut all: Vec<_> = take(&rx).into_iter().collect();
        join(thread);
        all.extend(take_all(&rx));
        assert_eq!(all, [1]);
        assert!(rx.is_closed());
    });
}

/// A sink that goes while it waits hands on; what it has reserved comes back.
#[test]
fn sink_gives_up() {
    explore(5, || {
        let (tx, rx) = filled(1);
        let mut sink = Sender::clone(&tx).into_sink();
        let mut ready = Task::new(poll_fn(move |cx| sink.poll_reserve(cx)));
        assert!(!ready.poll());
        let [mut second] = parked_sends(&tx, [2]);
        let thread = take_thread(&rx);
        if ready.is_woken() {
            ready.poll();
        }
        drop(ready);
        assert_eq!(join(thread), 0);
        drive(&mut second);
        assert_eq!(second.output, Some(Ok(())));
        assert_eq!(take_all(&rx), [2]);
    });
}
