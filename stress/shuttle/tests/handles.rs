//! Handles that come and go under random schedules: the last of a side closes, and no message is
//! left behind.

#[path = "../../../tests/it/common/give_up.rs"]
mod give_up;
#[path = "../../../tests/it/common/ledger.rs"]
mod ledger;
mod schedules;

use forebay::{Receiver, Sender, WeakSender, bounded, unbounded};
use give_up::give_up_after;
use ledger::{Ledger, Message};
use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

const EACH: usize = 3;
const SENDERS: usize = 3;
const RECEIVERS: usize = 3;

/// Sends its messages, some through a handle of its own, and tells which were accepted.
async fn send(mut sender: Sender<Message>, ledger: Ledger, first: usize) -> Vec<usize> {
    let mut accepted = Vec::new();
    for id in first..first + EACH {
        match thread_rng().gen_range(0..3) {
            0 => sender = sender.clone(),
            1 => match sender.downgrade().upgrade() {
                Some(upgraded) => sender = upgraded,
                None => assert!(sender.is_closed(), "there is a sender: this one"),
            },
            _ => {}
        }
        let mut send = sender.send(ledger.message(id));
        let sent = if thread_rng().gen_bool(0.3) {
            give_up_after(2, &mut send).await
        } else {
            Some(send.await)
        };
        match sent {
            Some(Ok(())) => accepted.push(id),
            Some(Err(error)) => assert_eq!(error.into_inner().id(), id),
            None => {}
        }
    }
    accepted
}

/// Receives until the channel is closed or the task has had enough.
async fn receive(receiver: Receiver<Message>) -> Vec<usize> {
    let mut received = Vec::new();
    while thread_rng().gen_bool(0.9) {
        let receiver = receiver.downgrade().upgrade().unwrap_or_else(|| receiver.clone());
        let mut recv = receiver.recv();
        let message = if thread_rng().gen_bool(0.3) {
            give_up_after(2, &mut recv).await
        } else {
            Some(recv.await)
        };
        match message {
            Some(Ok(message)) => received.push(message.id()),
            Some(Err(_)) => break,
            None => {}
        }
    }
    received
}

fn close(weak: &WeakSender<Message>) {
    if let Some(sender) = weak.upgrade() {
        sender.close();
    }
}

fn join(threads: Vec<thread::JoinHandle<Vec<usize>>>) -> Vec<usize> {
    threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
}

fn run() {
    let capacity = Some(thread_rng().gen_range(1..=4)).filter(|&capacity| capacity < 4);
    let (sender, receiver) = capacity.map_or_else(unbounded, bounded);
    let ledger = Ledger::new(SENDERS * EACH);
    // Keeps the memory of the channel, but not the messages in it.
    let (weak_sender, weak_receiver) = (sender.downgrade(), receiver.downgrade());

    let senders: Vec<_> = (0..SENDERS)
        .map(|index| {
            let task = send(sender.clone(), ledger.clone(), index * EACH);
            thread::spawn(move || block_on(task))
        })
        .collect();
    let receivers: Vec<_> = (0..RECEIVERS)
        .map(|_| {
            let task = receive(receiver.clone());
            thread::spawn(move || block_on(task))
        })
        .collect();
    // Whoever waits for the close holds a sender, so then it takes a `close` to end the run.
    let watcher = thread_rng().gen_bool(0.5).then(|| {
        let sender = sender.clone();
        thread::spawn(move || block_on(sender.closed()))
    });
    drop((sender, receiver));
    if thread_rng().gen_bool(0.1) {
        close(&weak_sender);
    }
    let accepted = join(senders);
    if let Some(watcher) = watcher {
        close(&weak_sender);
        watcher.join().expect("no panic");
    }
    let received = join(receivers);

    assert!(received.iter().all(|id| accepted.contains(id)), "{received:?} of {accepted:?}");
    assert!(weak_sender.upgrade().is_none() && weak_receiver.upgrade().is_none());
    ledger.assert_all_dropped();
}

#[test]
fn nothing_is_left_behind() {
    schedules::explore(run);
}
