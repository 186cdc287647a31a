//! Never more than `capacity` messages are inside, and never fewer than `capacity` are accepted.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Barrier;
use std::thread;

use crate::common::{Task, on_every_runtime, watched};
use fastrand::Rng;
use forebay::{Receiver, Recv, Send, Sender, TryRecvError, TrySendError, bounded};

const CAPACITIES: [usize; 6] = [1, 2, 3, 4, 5, 1000];

/// Exact books on what is inside, kept by the only thread.
#[derive(Default)]
struct Books {
    capacity: usize,
    accepted: usize,
    taken: usize,
    times_full: usize,
    times_empty: usize,
}

impl Books {
    fn check(&mut self, tx: &Sender<usize>) {
        let inside = self.accepted - self.taken;
        assert!(inside <= self.capacity, "{inside} inside, capacity {}", self.capacity);
        assert_eq!(tx.len(), inside);
        self.times_full += usize::from(inside == self.capacity);
        self.times_empty += usize::from(inside == 0);
    }
}

/// One of the things that a waiting handle can do next: begin, poll, or give up.
fn step_sender<'a>(
    slot: &mut Option<Task<Send<'a, usize>>>,
    tx: &'a Sender<usize>,
    choice: u8,
    books: &mut Books,
) {
    match (slot.as_mut(), choice) {
        (None, 0) => match tx.try_send(0) {
            Ok(()) => books.accepted += 1,
            Err(error) => assert_eq!(error, TrySendError::Full(0)),
        },
        (None, _) => *slot = Some(Task::new(tx.send(0))),
        (Some(_), 0) => *slot = None,
        (Some(send), _) => {
            if send.poll().is_ready() {
                books.accepted += 1;
                *slot = None;
            }
        }
    }
}

fn step_receiver<'a>(
    slot: &mut Option<Task<Recv<'a, usize>>>,
    rx: &'a Receiver<usize>,
    choice: u8,
    books: &mut Books,
) {
    match (slot.as_mut(), choice) {
        (None, 0) => match rx.try_recv() {
            Ok(_) => books.taken += 1,
            Err(error) => assert_eq!(error, TryRecvError::Empty),
        },
        (None, _) => *slot = Some(Task::new(rx.recv())),
        (Some(_), 0) => *slot = None,
        (Some(recv), _) => {
            if recv.poll().is_ready() {
                books.taken += 1;
                *slot = None;
            }
        }
    }
}

#[test]
fn four_senders_and_four_receivers_in_hostile_turns() {
    for capacity in CAPACITIES {
        let (tx, rx) = bounded(capacity);
        let mut books = Books { capacity, ..Books::default() };
        let mut sends = [const { None }; 4];
        let mut recvs = [const { None }; 4];
        let mut random = Rng::with_seed(12345);
        for turn in 0..20_000 {
            let who = random.usize(..4);
            // Long tides of sending and receiving, to be often full and often empty.
            let sending = (turn / (4 * capacity)) % 2 == 0;
            if sending == (random.u8(..11) < 9) {
                step_sender(&mut sends[who], &tx, random.u8(..5), &mut books);
            } else {
                step_receiver(&mut recvs[who], &rx, random.u8(..7), &mut books);
            }
            books.check(&tx);
        }
        let Books { taken, times_full, times_empty, .. } = books;
        assert!(taken > capacity && times_full > 10 && times_empty > 10, "the turns are hostile");
    }
}

/// How many of four threads' `attempts` succeed when each goes on until it fails.
fn race(attempt: impl Fn() -> bool + Sync) -> usize {
    let successes = AtomicUsize::new(0);
    let start = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                while attempt() {
                    successes.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    successes.into_inner()
}

#[test]
fn racing_senders_fill_exactly_the_capacity() {
    watched(|| {
        for capacity in CAPACITIES {
            let (tx, rx) = bounded(capacity);
            for lap in 0..20 {
                assert_eq!(race(|| tx.try_send(lap).is_ok()), capacity);
                assert!(tx.is_full());
                assert_eq!(race(|| rx.try_recv().is_ok()), capacity);
                assert!(rx.is_empty());
            }
        }
    });
}

#[test]
fn try_send_finds_room_after_an_own_receive() {
    const ROUNDS: usize = 20_000;
    // Large messages and more threads than processors: often one stops in the middle of a receive.
    let message = [0_u8; 1 << 12];
    watched(|| {
        let (tx, rx) = bounded(8);
        while tx.try_send(message).is_ok() {}
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        assert!(rx.try_recv().is_ok());
                        assert!(tx.try_send(message).is_ok(), "one slot is never freed for two");
                    }
                });
            }
        });
    });
}

#[test]
fn the_length_never_exceeds_the_capacity_while_eight_tasks_race() {
    const EACH: usize = 300;
    on_every_runtime(async |runtime| {
        for capacity in [1, 2, 3] {
            let (tx, rx) = bounded(capacity);
            let mut tasks = Vec::new();
            for _ in 0..4 {
                let tx = tx.clone();
                tasks.push(runtime.spawn(async move {
                    for message in 0..EACH {
                        tx.send(message).await.expect("the channel is open");
                        assert!(tx.len() <= capacity);
                    }
                }));
                let rx = rx.clone();
                tasks.push(runtime.spawn(async move {
                    for _ in 0..EACH {
                        rx.recv().await.expect("the channel is open");
                        assert!(rx.len() <= capacity);
                    }
                }));
            }
            for task in tasks {
                task.await;
            }
            assert!(rx.is_empty());
        }
    });
}

#[test]
fn a_waiting_send_holds_one_message_beyond_the_capacity() {
    let (tx, rx) = bounded(2);
    let mut waiting: Vec<_> = (0..5).map(|message| Task::new(tx.send(message))).collect();
    let accepted = waiting.iter_mut().filter_map(|send| send.settle().is_ready().then_some(()));
    assert_eq!(accepted.count(), 2);
    assert_eq!(rx.len(), 2);
}
