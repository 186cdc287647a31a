//! What every model is written with.
//!
//! A model takes handles from [`channel`] or [`filled`], starts threads with [`spawn`], and polls
//! its futures by hand, as [`Task`]s. The oracle for lost wakeups: when all threads are joined,
//! [`drive`] polls what was woken, and only that, until nothing is; who can go on must have done so
//! by then.

mod explore;
mod message;
mod task;

pub(crate) use explore::explore;
pub(crate) use message::{Message, alive, message};
pub(crate) use task::{Task, count_woken, drive};

use forebay::{Receiver, RecvError, Sender, TryRecvError, TrySendError};
use futures_core::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

/// Handles that threads and tasks share: the channel sees one of each, whose drop is no part of the
/// model.
pub(crate) type Tx = Arc<Sender<Message>>;
pub(crate) type Rx = Arc<Receiver<Message>>;

pub(crate) fn channel(capacity: usize) -> (Tx, Rx) {
    let (tx, rx) = forebay::bounded(capacity);
    (Arc::new(tx), Arc::new(rx))
}

/// An unbounded channel whose next message goes to this place of a block. A block has three for the
/// checker.
pub(crate) fn unbounded_at(place: usize) -> (Tx, Rx) {
    let (tx, rx) = forebay::unbounded();
    for _ in 0..place {
        put(&tx, 0).unwrap();
        take(&rx).unwrap();
    }
    (Arc::new(tx), Arc::new(rx))
}

/// A channel with watermarks, and room for as many as given; none: without limit.
pub(crate) fn watched(capacity: Option<usize>, low: usize, high: usize) -> (Tx, Rx) {
    let mut builder = forebay::Builder::new().watermarks(low, high);
    if let Some(capacity) = capacity {
        builder = builder.capacity(capacity);
    }
    let (tx, rx) = builder.build().unwrap();
    (Arc::new(tx), Arc::new(rx))
}

/// A channel bounded by weight, with these messages inside.
pub(crate) fn weighed<const N: usize>(limit: usize, messages: [u32; N]) -> (Tx, Rx) {
    let (tx, rx) = forebay::Builder::new().weight(limit, Message::weight).build().unwrap();
    for id in messages {
        put(&tx, id).unwrap();
    }
    (Arc::new(tx), Arc::new(rx))
}

/// A full channel: the messages are 0, 1, and so on.
pub(crate) fn filled(capacity: usize) -> (Tx, Rx) {
    let (tx, rx) = channel(capacity);
    for id in 0..capacity {
        put(&tx, u32::try_from(id).unwrap()).unwrap();
    }
    (tx, rx)
}

/// Starts a thread of the model; what it returns is taken by [`join`].
pub(crate) fn spawn<T: 'static>(
    thread: impl FnOnce() -> T + 'static,
) -> loom::thread::JoinHandle<T> {
    loom::thread::spawn(thread)
}

pub(crate) fn join<T>(thread: loom::thread::JoinHandle<T>) -> T {
    thread.join().unwrap()
}

pub(crate) fn join_all<T, const N: usize>(threads: [loom::thread::JoinHandle<T>; N]) -> [T; N] {
    threads.map(join)
}

pub(crate) fn put(tx: &Sender<Message>, id: u32) -> Result<(), TrySendError<u32>> {
    tx.try_send(message(id)).map_err(|error| match error {
        TrySendError::Full(message) => TrySendError::Full(message.id()),
        TrySendError::Closed(message) => TrySendError::Closed(message.id()),
    })
}

/// `force_send`: the message displaced, or the own one if the channel is closed.
pub(crate) fn force(tx: &Sender<Message>, id: u32) -> Result<Option<u32>, u32> {
    match tx.force_send(message(id)) {
        Ok(oldest) => Ok(oldest.map(Message::id)),
        Err(error) => Err(error.into_inner().id()),
    }
}

pub(crate) fn take(rx: &Receiver<Message>) -> Result<u32, TryRecvError> {
    rx.try_recv().map(Message::id)
}

/// A thread that sends one message.
pub(crate) fn put_thread(tx: &Tx, id: u32) -> loom::thread::JoinHandle<()> {
    let tx = Arc::clone(tx);
    spawn(move || put(&tx, id).unwrap())
}

/// A thread that receives one message.
pub(crate) fn take_thread(rx: &Rx) -> loom::thread::JoinHandle<u32> {
    let rx = Arc::clone(rx);
    spawn(move || take(&rx).unwrap())
}

/// A thread that begins with what its caller will go on with, and returns it.
pub(crate) fn poll_thread<T: 'static>(mut task: Task<T>) -> loom::thread::JoinHandle<Task<T>> {
    spawn(move || {
        task.poll();
        task
    })
}

/// Everything that is inside.
pub(crate) fn take_all(rx: &Receiver<Message>) -> Vec<u32> {
    std::iter::from_fn(|| take(rx).ok()).collect()
}

pub(crate) type Receiving = Task<Result<u32, RecvError>>;

pub(crate) fn recv(rx: &Rx) -> Receiving {
    let rx = Arc::clone(rx);
    Task::new(async move { rx.recv().await.map(Message::id) })
}

/// Receives as many messages as asked for, one after the other.
pub(crate) fn collect(rx: &Rx, messages: usize) -> Task<Vec<u32>> {
    let rx = Arc::clone(rx);
    Task::new(async move {
        let mut ids = Vec::new();
        while ids.len() < messages {
            ids.push(rx.recv().await.unwrap().id());
        }
        ids
    })
}

/// `N` receives that are polled once, on an empty channel.
pub(crate) fn parked<const N: usize>(rx: &Rx) -> [Receiving; N] {
    [(); N].map(|()| {
        let mut task = recv(rx);
        assert!(!task.poll());
        task
    })
}

/// The error is the message that came back.
pub(crate) type Sending = Task<Result<(), u32>>;

pub(crate) fn send(tx: &Tx, id: u32) -> Sending {
    let tx = Arc::clone(tx);
    Task::new(async move { tx.send(message(id)).await.map_err(|e| e.into_inner().id()) })
}

/// Sends the messages, one after the other.
pub(crate) fn send_each<const N: usize>(tx: &Tx, messages: [u32; N]) -> Task<()> {
    let tx = Arc::clone(tx);
    Task::new(async move {
        for id in messages {
            tx.send(message(id)).await.unwrap();
        }
    })
}

/// Sends of the `messages` that are polled once, on a full channel.
pub(crate) fn parked_sends<const N: usize>(tx: &Tx, messages: [u32; N]) -> [Sending; N] {
    messages.map(|id| {
        let mut task = send(tx, id);
        assert!(!task.poll());
        task
    })
}

/// The next item of a receiver of its own.
pub(crate) fn stream(rx: &Rx) -> Task<Option<u32>> {
    let mut rx = Receiver::clone(rx);
    Task::new(poll_fn(move |cx| Pin::new(&mut rx).poll_next(cx).map(|item| item.map(Message::id))))
}

/// The next items of a receiver of its own.
pub(crate) fn collect_stream(rx: &Rx, messages: usize) -> Task<Vec<u32>> {
    let mut rx = Receiver::clone(rx);
    Task::new(async move {
        let mut ids = Vec::new();
        while ids.len() < messages {
            let item = poll_fn(|cx| Pin::new(&mut rx).poll_next(cx)).await;
            ids.push(item.unwrap().id());
        }
        ids
    })
}

pub(crate) fn parked_stream(rx: &Rx) -> Task<Option<u32>> {
    let mut task = stream(rx);
    assert!(!task.poll());
    task
}

pub(crate) fn closed(tx: &Tx) -> Task<()> {
    let tx = Arc::clone(tx);
    Task::new(async move { tx.closed().await })
}

/// The outputs of the tasks that are done, in ascending order.
pub(crate) fn received<const N: usize>(tasks: [Receiving; N]) -> Vec<u32> {
    let mut ids: Vec<_> =
        tasks.into_iter().filter_map(|task| task.output.and_then(Result::ok)).collect();
    ids.sort_unstable();
    ids
}
