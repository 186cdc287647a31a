//! Streams: woken for a message that no waiting `recv` takes.

use crate::harness::{
    channel, drive, explore, join, parked, parked_stream, put, spawn, stream, take, take_all,
};
use std::sync::Arc;

#[test]
fn a_registering_stream_is_woken() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let sender = spawn(move || {
            put(&tx, 0).unwrap();
            tx
        });
        let mut task = stream(&rx);
        task.poll();
        let _tx = join(sender);
        drive(&mut task);
        assert_eq!(task.output, Some(Some(0)));
    });
}

#[test]
fn a_recv_goes_before_a_stream() {
    explore(1, || {
        let (tx, rx) = channel(1);
        let streaming = parked_stream(&rx);
        let [mut receiving] = parked(&rx);
        put(&tx, 0).unwrap();
        assert!(!streaming.is_woken());
        drive(&mut receiving);
        assert_eq!(receiving.output, Some(Ok(0)));
    });
}

#[test]
fn a_recv_and_a_stream_take_two_messages() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let mut streaming = parked_stream(&rx);
        let [mut receiving] = parked(&rx);
        let other = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 0).unwrap()
        });
        put(&tx, 1).unwrap();
        join(other);
        drive(&mut (&mut streaming, &mut receiving));
        assert!(streaming.is_done() && receiving.is_done());
    });
}

/// A stream that is woken and never polled again holds up nobody.
#[test]
fn a_forgotten_stream_keeps_no_message_from_another() {
    explore(1, || {
        let (tx, rx) = channel(2);
        let _forgotten = parked_stream(&rx);
        let mut other = parked_stream(&rx);
        put(&tx, 0).unwrap();
        drive(&mut other);
        assert_eq!(other.output, Some(Some(0)));
    });
}

#[test]
fn a_dropped_recv_hands_its_notification_to_the_streams() {
    explore(6, || {
        let (tx, rx) = channel(1);
        let mut streaming = parked_stream(&rx);
        let [receiving] = parked(&rx);
        let sender = spawn(move || {
            put(&tx, 0).unwrap();
            tx
        });
        drop(receiving);
        let _tx = join(sender);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(0)));
    });
}

#[test]
fn a_dropped_recv_hands_on_to_a_registering_stream() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let [receiving] = parked(&rx);
        let sender = spawn(move || {
            put(&tx, 0).unwrap();
            tx
        });
        let canceller = spawn(move || drop(receiving));
        let mut streaming = stream(&rx);
        streaming.poll();
        let _tx = join(sender);
        join(canceller);
        drive(&mut streaming);
        assert_eq!(streaming.output, Some(Some(0)));
    });
}

/// The flag that a stream raised is lowered when it is woken; what comes later must find it again.
#[test]
fn a_stream_comes_back_while_the_flag_is_lowered() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let mut task = parked_stream(&rx);
        let sender = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 0).unwrap();
                put(&tx, 1).unwrap();
            }
        });
        let stolen = take(&rx).is_ok();
        drive(&mut task);
        join(sender);
        drive(&mut task);
        assert!(task.is_done());
        assert_eq!(take_all(&rx).len(), if stolen { 0 } else { 1 });
    });
}

#[test]
fn a_close_ends_a_stream() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let mut first = parked_stream(&rx);
        let closer = spawn(move || {
            tx.close();
            tx
        });
        let mut second = stream(&rx);
        second.poll();
        let _tx = join(closer);
        drive(&mut (&mut first, &mut second));
        assert_eq!((first.output, second.output), (Some(None), Some(None)));
    });
}
