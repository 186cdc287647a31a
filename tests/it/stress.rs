//! Everything at once: every runtime and plain threads on one channel, with cancellations.

use core::hint::spin_loop;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::common::{Ledger, Message, Runtime, Task, give_up_after, watched};
use forebay::{Receiver, Sender, bounded};
use futures_lite::StreamExt;
use futures_lite::future::yield_now;

/// Messages of each sender.
const EACH: usize = 2000;
/// One on each runtime and one plain thread.
const SENDERS: usize = Runtime::ALL.len() + 1;

/// What became of the messages, beside those that were dropped inside.
#[derive(Default)]
struct Totals {
    sent: AtomicUsize,
    received: AtomicUsize,
    returned: AtomicUsize,
    cancelled: AtomicUsize,
    displaced: AtomicUsize,
}

fn count(total: &AtomicUsize, message: Message) {
    total.fetch_add(1, Ordering::Relaxed);
    drop(message);
}

/// Sends by every way in turn; some sends give up, and their message comes back or is dropped.
async fn send_all(tx: Sender<Message>, ledger: Ledger, first: usize, totals: Arc<Totals>) {
    for id in first..first + EACH {
        let message = ledger.message(id);
        let refused = match id % 6 {
            0 => tx.try_send(message).map_err(forebay::TrySendError::into_inner).err(),
            1 => match tx.force_send(message) {
                Ok(displaced) => {
                    if let Some(message) = displaced {
                        count(&totals.displaced, message);
                    }
                    None
                }
                Err(error) => Some(error.into_inner()),
            },
            2 | 3 => tx.send(message).await.err().map(forebay::SendError::into_inner),
            way => {
                let mut send = tx.send(message);
                match give_up_after(id / 6 % 4, &mut send).await {
                    Some(result) => result.err().map(forebay::SendError::into_inner),
                    None if way == 4 => send.into_inner(),
                    None => {
                        // Not sent: the message goes with the future.
                        totals.cancelled.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                }
            }
        };
        match refused {
            None => drop(totals.sent.fetch_add(1, Ordering::Relaxed)),
            Some(message) => count(&totals.returned, message),
        }
    }
}

/// Receives by every way in turn until the channel is closed and empty; some receives give up.
async fn receive_all(mut rx: Receiver<Message>, totals: Arc<Totals>) {
    for turn in 0.. {
        let received = match turn % 5 {
            0 => rx.recv().await.ok(),
            1 => rx.next().await,
            2 => match give_up_after(turn / 5 % 4, &mut rx.next()).await {
                Some(message) => message,
                None => continue,
            },
            3 => match give_up_after(turn / 5 % 4, &mut rx.recv()).await {
                Some(message) => message.ok(),
                None => continue,
            },
            _ => match rx.try_recv() {
                Ok(message) => Some(message),
                Err(error) if error.is_closed() => None,
                Err(_) => {
                    yield_now().await;
                    continue;
                }
            },
        };
        match received {
            Some(message) => count(&totals.received, message),
            None => break,
        }
    }
}

/// Starts a sender and a receiver on `runtime`, and waits for both.
fn run(
    runtime: Runtime,
    sender: impl Future<Output = ()> + Send + 'static,
    receiver: impl Future<Output = ()> + Send + 'static,
) {
    runtime.block_on(async {
        let receiver = runtime.spawn(receiver);
        runtime.spawn(sender).await;
        receiver.await;
    });
}

/// Returns how many messages are left inside when all senders and receivers are done.
fn stress(capacity: usize, close_early: bool) {
    let ledger = Ledger::new(SENDERS * EACH);
    let totals = Arc::new(Totals::default());
    let (tx, rx) = bounded(capacity);
    thread::scope(|scope| {
        for (n, runtime) in Runtime::ALL.into_iter().enumerate() {
            let sender = send_all(tx.clone(), ledger.clone(), n * EACH, Arc::clone(&totals));
            let receiver = receive_all(rx.clone(), Arc::clone(&totals));
            scope.spawn(move || run(runtime, sender, receiver));
        }
        let (sender, received) = (tx.clone(), rx.clone());
        let (ledger, totals) = (&ledger, &totals);
        scope.spawn(move || {
            for id in (SENDERS - 1) * EACH..SENDERS * EACH {
                match sender.send_blocking(ledger.message(id)) {
                    Ok(()) => drop(totals.sent.fetch_add(1, Ordering::Relaxed)),
                    Err(error) => count(&totals.returned, error.into_inner()),
                }
            }
        });
        scope.spawn(move || {
            while let Ok(message) = received.recv_blocking() {
                count(&totals.received, message);
            }
        });
        if close_early {
            // In the middle of everything, by the count of messages and not by a clock.
            while totals.received.load(Ordering::Relaxed) < EACH {
                thread::yield_now();
            }
            assert!(rx.close());
        }
        drop((tx, rx));
    });
    ledger.assert_all_dropped();
    let [sent, received, returned, cancelled, displaced] =
        [&totals.sent, &totals.received, &totals.returned, &totals.cancelled, &totals.displaced]
            .map(|total| total.load(Ordering::Relaxed));
    assert_eq!(sent + returned + cancelled, SENDERS * EACH, "every message has one fate");
    assert_eq!(received + displaced, sent, "and arrives if it was sent");
}

#[test]
fn every_message_has_exactly_one_fate() {
    watched(|| {
        for capacity in [1, 2, 7] {
            stress(capacity, false);
        }
    });
}

#[test]
fn every_message_has_exactly_one_fate_when_the_channel_is_closed_midway() {
    watched(|| {
        for capacity in [1, 2, 7] {
            stress(capacity, true);
        }
    });
}

const ROUNDS: usize = 10_000;

/// Runs `wait` on this thread and `event` on another, once in each round and at about the same
/// time: the event comes a little later in each round, before, while and after `wait` falls asleep.
fn meet(wait: impl Fn(usize), event: impl Fn(usize) + Sync) {
    let round_begun = AtomicUsize::new(0);
    watched(|| {
        thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..=ROUNDS {
                    while round_begun.load(Ordering::Acquire) < round {
                        thread::yield_now();
                    }
                    (0..round % 100).for_each(|_| spin_loop());
                    event(round);
                }
            });
            for round in 1..=ROUNDS {
                round_begun.store(round, Ordering::Release);
                wait(round);
            }
        });
    });
}

#[test]
fn a_message_that_meets_a_receiver_falling_asleep_wakes_it() {
    let (tx, rx) = bounded(1);
    meet(
        |round| assert_eq!(rx.recv_blocking(), Ok(round)),
        |round| assert_eq!(tx.try_send(round), Ok(())),
    );
}

#[test]
fn a_slot_freed_beside_a_sender_falling_asleep_wakes_it() {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    meet(
        |round| assert_eq!(tx.send_blocking(round), Ok(())),
        |round| assert_eq!(rx.try_recv(), Ok(round - 1)),
    );
}

#[test]
fn a_notification_handed_on_beside_a_receiver_falling_asleep_wakes_it() {
    let (tx, rx) = bounded(1);
    // Asleep before the other receiver, so that the message wakes this one, which gives up.
    let cancelled = Mutex::new(None);
    meet(
        |round| {
            *cancelled.lock().expect("no panic") = Some(Task::parked(rx.recv()));
            assert_eq!(rx.recv_blocking(), Ok(round));
        },
        |round| {
            let cancelled = loop {
                if let Some(recv) = cancelled.lock().expect("no panic").take() {
                    break recv;
                }
                thread::yield_now();
            };
            assert_eq!(tx.try_send(round), Ok(()));
            drop(cancelled);
        },
    );
}
