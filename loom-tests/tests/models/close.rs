//! Closing, by call and by the last handle of either side.

use crate::harness::{
    Task, alive, channel, drive, explore, filled, join, parked, parked_sends, put, recv, send,
    spawn, take,
};
use forebay::RecvError;
use std::sync::Arc;

#[test]
fn a_close_wakes_parked_and_registering_receivers() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let [mut first] = parked(&rx);
        let closer = spawn({
            let tx = Arc::clone(&tx);
            move || assert!(tx.close())
        });
        let mut second = recv(&rx);
        second.poll();
        join(closer);
        drive(&mut (&mut first, &mut second));
        assert_eq!(first.output, Some(Err(RecvError)));
        assert_eq!(second.output, Some(Err(RecvError)));
    });
}

#[test]
fn a_close_meets_a_registering_receiver_from_the_other_side() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let receiver = spawn(move || {
            let mut task = recv(&rx);
            task.poll();
            task
        });
        tx.close();
        let mut task = join(receiver);
        drive(&mut task);
        assert_eq!(task.output, Some(Err(RecvError)));
    });
}

#[test]
fn a_close_returns_the_messages_of_waiting_senders() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let [mut first] = parked_sends(&tx, [1]);
        let closer = spawn({
            let rx = Arc::clone(&rx);
            move || assert!(rx.close())
        });
        let mut second = send(&tx, 2);
        second.poll();
        join(closer);
        drive(&mut (&mut first, &mut second));
        assert_eq!((first.output, second.output), (Some(Err(1)), Some(Err(2))));
    });
}

#[test]
fn a_close_meets_a_registering_sender_from_the_other_side() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let sender = spawn({
            let tx = Arc::clone(&tx);
            move || {
                let mut task = send(&tx, 1);
                task.poll();
                task
            }
        });
        rx.close();
        let mut task = join(sender);
        drive(&mut task);
        assert_eq!(task.output, Some(Err(1)));
    });
}

#[test]
fn a_close_meets_closed() {
    explore(6, || {
        let (tx, rx) = channel(1);
        let closer = spawn(move || {
            rx.close();
            rx
        });
        let watcher = Arc::clone(&tx);
        let mut task = Task::new(async move { watcher.closed().await });
        task.poll();
        let _rx = join(closer);
        drive(&mut task);
        assert!(task.is_done());
    });
}

#[test]
fn one_of_two_closes_it() {
    explore(2, || {
        let (tx, rx) = channel(1);
        let closer = spawn(move || rx.close());
        let mine = tx.close();
        assert!(mine != join(closer));
    });
}

#[test]
fn the_last_sender_closes() {
    explore(20, || {
        let (tx, rx) = channel(1);
        let sender = spawn(move || {
            put(&tx, 0).unwrap();
        });
        let mut first = recv(&rx);
        first.poll();
        let mut second = recv(&rx);
        second.poll();
        join(sender);
        drive(&mut (&mut first, &mut second));
        let mut outputs = [first.output.unwrap(), second.output.unwrap()];
        outputs.sort_by_key(Result::is_err);
        assert_eq!(outputs, [Ok(0), Err(RecvError)]);
    });
}

#[test]
fn the_last_of_two_senders_closes() {
    explore(6, || {
        let (tx, rx) = forebay::bounded(1);
        let rx = Arc::new(rx);
        let [mut task] = parked(&rx);
        let other = spawn({
            let tx = tx.clone();
            move || drop(tx)
        });
        drop(tx);
        join(other);
        drive(&mut task);
        assert_eq!(task.output, Some(Err(RecvError)));
    });
}

#[test]
fn the_last_receiver_closes() {
    explore(20, || {
        let (tx, rx) = filled(1);
        let receiver = spawn(move || drop(rx));
        let mut task = send(&tx, 1);
        task.poll();
        join(receiver);
        drive(&mut task);
        // It came in time and was dropped with the others, or it came back.
        assert!(matches!(task.output, Some(Ok(()) | Err(1))));
        assert_eq!(alive(), 0);
    });
}

#[test]
fn the_last_of_two_receivers_closes() {
    explore(6, || {
        let (tx, rx) = forebay::bounded(1);
        let tx = Arc::new(tx);
        put(&tx, 0).unwrap();
        let other = spawn({
            let rx = rx.clone();
            move || drop(rx)
        });
        drop(rx);
        join(other);
        assert!(tx.is_closed());
        assert_eq!(alive(), 0);
        assert!(put(&tx, 1).is_err());
    });
}

#[test]
fn a_receiver_goes_while_another_takes() {
    explore(10, || {
        let (tx, rx) = forebay::bounded(2);
        put(&tx, 0).unwrap();
        put(&tx, 1).unwrap();
        let other = spawn({
            let rx = rx.clone();
            move || take(&rx).is_ok()
        });
        drop(rx);
        assert!(join(other));
        assert_eq!(alive(), 0);
        assert!(tx.is_closed());
    });
}
