//! Nobody is forgotten: one and two waiters a side, driven live, robbed, and registering.

use crate::harness::{
    Task, channel, drive, explore, filled, join, parked, parked_sends, put, received, recv, send,
    spawn, take, take_all,
};
use std::sync::Arc;

#[test]
fn two_senders_wake_two_receivers() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let mut tasks = parked::<2>(&rx);
        let other = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 0).unwrap()
        });
        put(&tx, 1).unwrap();
        join(other);
        drive(&mut tasks);
        assert_eq!(received(tasks), [0, 1]);
    });
}

#[test]
fn two_receivers_wake_two_senders() {
    explore(20, || {
        let (tx, rx) = filled(2);
        let mut tasks = parked_sends(&tx, [2, 3]);
        let other = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx).unwrap()
        });
        take(&rx).unwrap();
        join(other);
        drive(&mut tasks);
        assert!(tasks.iter().all(Task::is_done));
    });
}

#[test]
fn two_receivers_driven_while_messages_arrive() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let mut tasks = parked::<2>(&rx);
        let sender = |id| {
            let tx = Arc::clone(&tx);
            move || put(&tx, id).unwrap()
        };
        let (first, second) = (spawn(sender(0)), spawn(sender(1)));
        drive(&mut tasks);
        join(first);
        drive(&mut tasks);
        join(second);
        drive(&mut tasks);
        assert_eq!(received(tasks), [0, 1]);
    });
}

#[test]
fn two_senders_driven_while_slots_are_freed() {
    explore(20, || {
        let (tx, rx) = filled(2);
        let mut tasks = parked_sends(&tx, [2, 3]);
        let receiver = || {
            let rx = Arc::clone(&rx);
            move || take(&rx).unwrap()
        };
        let (first, second) = (spawn(receiver()), spawn(receiver()));
        drive(&mut tasks);
        join(first);
        drive(&mut tasks);
        join(second);
        drive(&mut tasks);
        assert!(tasks.iter().all(Task::is_done));
    });
}

/// The message that woke a receiver is taken by another; the next message must wake it again.
#[test]
fn a_robbed_receiver_is_woken_again() {
    explore(10, || {
        let (tx, rx) = channel(1);
        let mut task = recv(&rx);
        task.poll();
        put(&tx, 0).unwrap();
        let thief = spawn({
            let rx = Arc::clone(&rx);
            move || take(&rx).is_ok()
        });
        drive(&mut task);
        if join(thief) {
            drive(&mut task);
            assert!(!task.is_done());
            put(&tx, 1).unwrap();
            drive(&mut task);
        }
        assert!(task.is_done());
    });
}

#[test]
fn a_robbed_sender_is_woken_again() {
    explore(10, || {
        let (tx, rx) = filled(1);
        let mut task = send(&tx, 1);
        task.poll();
        take(&rx).unwrap();
        let thief = spawn({
            let tx = Arc::clone(&tx);
            move || put(&tx, 2).is_ok()
        });
        drive(&mut task);
        if join(thief) {
            drive(&mut task);
            assert!(!task.is_done());
            take(&rx).unwrap();
            drive(&mut task);
        }
        assert!(task.is_done());
    });
}

/// Three polls and three messages, whoever is first.
#[test]
fn a_receiver_that_comes_back_is_woken_again() {
    explore(20, || {
        let (tx, rx) = channel(2);
        let sender = spawn({
            let tx = Arc::clone(&tx);
            move || {
                put(&tx, 0).unwrap();
                put(&tx, 1).unwrap();
            }
        });
        let mut first = recv(&rx);
        first.poll();
        drive(&mut first);
        let mut second = recv(&rx);
        second.poll();
        join(sender);
        drive(&mut (&mut first, &mut second));
        assert_eq!(received([first, second]), [0, 1]);
    });
}

/// A receiver that succeeds while it registers may have caught the notification of another.
#[test]
fn a_notification_caught_while_registering_is_handed_on() {
    explore(100, || {
        let (tx, rx) = channel(2);
        let register = || {
            let rx = Arc::clone(&rx);
            move || {
                let mut task = recv(&rx);
                task.poll();
                task
            }
        };
        let (first, second) = (spawn(register()), spawn(register()));
        put(&tx, 0).unwrap();
        put(&tx, 1).unwrap();
        let mut tasks = [join(first), join(second)];
        drive(&mut tasks);
        assert_eq!(received(tasks), [0, 1]);
    });
}

#[test]
fn a_vacancy_caught_while_registering_is_handed_on() {
    explore(100, || {
        let (tx, rx) = filled(2);
        let register = |id| {
            let tx = Arc::clone(&tx);
            move || {
                let mut task = send(&tx, id);
                task.poll();
                task
            }
        };
        let (first, second) = (spawn(register(2)), spawn(register(3)));
        take(&rx).unwrap();
        take(&rx).unwrap();
        let mut tasks = [join(first), join(second)];
        drive(&mut tasks);
        assert!(tasks.iter().all(Task::is_done));
        assert_eq!(take_all(&rx).len(), 2);
    });
}

#[test]
fn an_unbounded_receiver_is_woken() {
    explore(20, || {
        let (tx, rx) = forebay::unbounded();
        let rx = Arc::new(rx);
        let sender = spawn(move || {
            put(&tx, 0).unwrap();
            tx
        });
        let mut task = recv(&rx);
        task.poll();
        let _tx = join(sender);
        drive(&mut task);
        assert_eq!(task.output, Some(Ok(0)));
    });
}
