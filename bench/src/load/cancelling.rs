//! Senders and receivers that lose patience: most futures are dropped while they wait.

use crate::capacity::Capacity;
use crate::executor::Runtime;
use crate::load::flow::Shape;
use crate::peers::{Peer, Receiver, Sender};
use futures_util::future::Either;
use std::future::poll_fn;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Poll;

/// What became of one message.
#[derive(Default)]
struct Fate {
    /// `send` said so.
    sent: AtomicBool,
    received: AtomicU8,
}

/// What became of all of them.
#[derive(Clone, Copy, Default)]
pub struct Account {
    pub sent: u64,
    /// Sent, never received.
    pub lost: u64,
    /// Received although its `send` was dropped while it waited.
    pub stray: u64,
    /// Received more than once.
    pub doubled: u64,
}

impl Account {
    fn enter(&mut self, fate: &Fate) {
        let sent = fate.sent.load(Ordering::Relaxed);
        let received = fate.received.load(Ordering::Relaxed);
        self.sent += u64::from(sent);
        self.lost += u64::from(sent && received == 0);
        self.stray += u64::from(!sent && received > 0);
        self.doubled += u64::from(received > 1);
    }

    pub fn lost_percent(&self) -> f64 {
        self.lost as f64 / self.sent as f64 * 100.0
    }

    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.lost += other.lost;
        self.stray += other.stray;
        self.doubled += other.doubled;
    }
}

/// Lets every sender try so many messages. All has been received when it returns.
pub fn cancelling<P: Peer>(
    runtime: &Runtime,
    shape: Shape,
    capacity: Capacity,
    messages_each: u64,
) -> Account {
    let (sender, receiver) = P::channel::<u64>(capacity).expect("a channel of that capacity");
    let senders = shape.senders as u64;
    let fates: Arc<[Fate]> = (0..senders * messages_each)
        .map(|_| Fate::default())
        .collect();
    let mut tasks = Vec::new();
    for index in 0..senders {
        let numbers = index * messages_each..(index + 1) * messages_each;
        tasks.push(Either::Left(send_some(
            sender.clone(),
            numbers,
            Arc::clone(&fates),
        )));
    }
    drop(sender);
    for _ in 1..shape.receivers {
        let another = receiver
            .another()
            .expect("a channel with several receivers");
        tasks.push(Either::Right(recv_some(another, Arc::clone(&fates))));
    }
    tasks.push(Either::Right(recv_some(receiver, Arc::clone(&fates))));

    runtime.run(tasks);
    let mut account = Account::default();
    fates.iter().for_each(|fate| account.enter(fate));
    account
}

async fn send_some(mut sender: impl Sender<u64>, numbers: Range<u64>, fates: Arc<[Fate]>) {
    for number in numbers {
        let sent = impatient(sender.send(number)).await;
        assert_ne!(sent, Some(false), "closed while there are receivers");
        fate(&fates, number)
            .sent
            .store(sent.is_some(), Ordering::Relaxed);
    }
}

async fn recv_some(mut receiver: impl Receiver<u64>, fates: Arc<[Fate]>) {
    loop {
        match impatient(receiver.recv()).await {
            Some(Some(number)) => {
                fate(&fates, number)
                    .received
                    .fetch_add(1, Ordering::Relaxed);
            }
            Some(None) => return,
            None => {}
        }
    }
}

fn fate(fates: &[Fate], number: u64) -> &Fate {
    &fates[usize::try_from(number).expect("an index")]
}

/// Drops the future after a few fruitless polls: not in the last of them but one turn later, as a
/// timeout does, so that others act on the waiting future before it goes. Until then it is polled
/// whether it was woken or not: a lost wakeup shows as a figure, not as a hang.
async fn impatient<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = fastrand::u8(1..=3);
    poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(None);
        }
        polls -= 1;
        let polled = future.as_mut().poll(context).map(Some);
        if polled.is_pending() {
            context.waker().wake_by_ref();
        }
        polled
    })
    .await
}
