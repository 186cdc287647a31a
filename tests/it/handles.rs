//! Observers, iterators, owned futures, deadlines, and senders that are polled.

use crate::common::{Task, on_every_runtime};
use core::task::Poll;
use forebay::{
    Builder, Overflow, Pressure, Receiver, RecvError, RecvTimeoutError, ReserveError, SendError,
    SendSink, SendTimeoutError, TrySendError, bounded,
};
use rayon::iter::{ParallelBridge, ParallelIterator};
use rayon::{ThreadBuilder, ThreadPoolBuilder};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn an_observer_keeps_nothing_open() {
    let (tx, rx) = Builder::new().capacity(4).watermarks(1, 2).build().unwrap();
    let observer = rx.observer();
    assert_eq!((observer.sender_count(), observer.receiver_count()), (1, 1));
    (0..3).for_each(|number| tx.try_send(number).unwrap());
    assert_eq!((observer.len(), observer.capacity(), observer.is_full()), (3, Some(4), false));
    assert_eq!((observer.pressure(), observer.stats().sent), (Pressure::High, 3));
    let another = observer.clone();
    let mut closed = Task::parked(another.closed());
    drop(rx);
    assert_eq!(closed.finish(), ());
    assert!(observer.is_closed() && observer.is_empty());
    assert_eq!(tx.try_send(1), Err(TrySendError::Closed(1)));
    assert_eq!(format!("{observer:?}"), "Observer { .. }");
}

#[test]
fn iterators_end_where_they_should() {
    let (tx, rx) = bounded(4);
    (0..3).for_each(|number| tx.try_send(number).unwrap());
    let mut some = rx.drain();
    assert_eq!((some.next(), some.size_hint()), (Some(0), (0, Some(2))));
    drop(some);
    assert_eq!(rx.len(), 2, "what was not asked for stays");
    let mut drain = rx.drain();
    tx.try_send(3).unwrap();
    assert_eq!(drain.by_ref().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(rx.try_iter().collect::<Vec<_>>(), [3]);
    (4..6).for_each(|number| tx.try_send(number).unwrap());
    let sender =
        thread::spawn(move || (6..20).for_each(|number| tx.send_blocking(number).unwrap()));
    let mut sum = 0;
    for number in &rx {
        sum += number;
        if number == 10 {
            break;
        }
    }
    assert_eq!(sum, (4..=10).sum());
    assert_eq!(rx.into_iter().sum::<i32>(), (11..20).sum());
    sender.join().unwrap();
}

#[test]
fn rayon_takes_the_messages() {
    let (tx, rx) = bounded(4);
    let sender =
        thread::spawn(move || (0..1000).for_each(|number| tx.send_blocking(number).unwrap()));
    // Threads of its own, which end here: a sanitizer may call leaked what the global ones hold.
    let sum = ThreadPoolBuilder::new().num_threads(2).build_scoped(ThreadBuilder::run, |pool| {
        pool.install(|| rx.into_iter().par_bridge().sum::<u64>())
    });
    assert_eq!(sum.unwrap(), 1000 * 999 / 2);
    sender.join().unwrap();
}

#[test]
fn owned_futures_own_their_handles() {
    let (tx, rx) = bounded(1);
    let mut send = Task::new(tx.clone().send_owned(1));
    assert_eq!(send.finish(), Ok(()));
    drop(send);
    let mut parked = Task::parked(tx.send_owned(2));
    assert_eq!((rx.sender_count(), rx.try_recv()), (1, Ok(1)));
    assert_eq!((parked.wakes(), parked.finish()), (1, Ok(())));
    let (tx, message) = parked.into_inner().into_inner();
    assert_eq!(message, None);
    let (tx, message) = Task::parked(tx.send_owned(3)).into_inner().into_inner();
    assert_eq!((message, rx.try_recv()), (Some(3), Ok(2)));
    let mut recv = Task::parked(rx.recv_owned());
    tx.try_send(4).unwrap();
    assert_eq!((recv.wakes(), recv.finish()), (1, Ok(4)));
    let rx = recv.into_inner().into_inner();
    drop(tx);
    assert_eq!(Task::new(rx.recv_owned()).finish(), Err(RecvError));
}

#[test]
fn a_cancelled_owned_future_hands_on() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let first = Task::parked(tx.clone().send_owned(2));
    let mut second = Task::parked(tx.send(3));
    rx.try_recv().unwrap();
    drop(first);
    assert_eq!((second.wakes(), second.finish()), (1, Ok(())));
    rx.try_recv().unwrap();
    let first = Task::parked(rx.clone().recv_owned());
    let mut second = Task::parked(rx.recv());
    tx.try_send(4).unwrap();
    drop(first.into_inner().into_inner());
    assert_eq!((second.wakes(), second.finish()), (1, Ok(4)));
}

#[test]
fn poll_recv_is_a_receive() {
    let (tx, rx) = bounded(2);
    let mut rx = Task::new(rx);
    let mut batch = Vec::new();
    while rx.with(Receiver::poll_recv).is_ready() || rx.wakes() > 0 {}
    tx.try_send(1).unwrap();
    assert_eq!(rx.wakes(), 1);
    assert_eq!(rx.with(Receiver::poll_recv), Poll::Ready(Ok(1)));
    tx.try_send(2).unwrap();
    tx.try_send(3).unwrap();
    tx.close();
    assert_eq!(rx.with(|rx, cx| rx.poll_recv_many(cx, &mut batch, 9)), Poll::Ready(Ok(2)));
    assert_eq!(rx.with(Receiver::poll_recv), Poll::Ready(Err(RecvError)));
    assert_eq!(batch, [2, 3]);
}

const SHORT: Duration = Duration::from_millis(5);
const LONG: Duration = Duration::from_secs(600);

#[test]
fn a_thread_waits_no_longer_than_it_says() {
    let (tx, rx) = bounded(1);
    assert_eq!(rx.recv_timeout(SHORT), Err(RecvTimeoutError::Timeout));
    assert_eq!(rx.recv_deadline(Instant::now()), Err(RecvTimeoutError::Timeout));
    assert_eq!(tx.send_timeout(1, Duration::ZERO), Ok(()), "there is room");
    let start = Instant::now();
    assert_eq!(tx.send_timeout(2, SHORT), Err(SendTimeoutError::Timeout(2)));
    assert!(start.elapsed() >= SHORT);
    assert_eq!(tx.offer_timeout(3, SHORT), Err(TrySendError::Full(3)));
    assert_eq!(rx.recv_timeout(Duration::ZERO), Ok(1), "there is a message");
    thread::scope(|scope| {
        let receiver = scope.spawn(|| rx.recv_timeout(Duration::MAX));
        thread::sleep(SHORT);
        assert_eq!(tx.send_timeout(4, LONG), Ok(()));
        assert_eq!(receiver.join().unwrap(), Ok(4));
        tx.try_send(5).unwrap();
        let sender = scope.spawn(|| tx.send_timeout(6, LONG));
        let offer = scope.spawn(|| tx.offer_timeout(7, LONG));
        thread::sleep(SHORT);
        rx.close();
        assert_eq!(sender.join().unwrap(), Err(SendTimeoutError::Closed(6)));
        assert_eq!(offer.join().unwrap(), Err(TrySendError::Closed(7)));
    });
    assert_eq!(rx.recv_timeout(LONG), Ok(5));
    assert_eq!(rx.recv_timeout(LONG), Err(RecvTimeoutError::Closed));
}

/// A wait that ends by its deadline leaves nothing behind: the next in line is woken.
#[test]
fn who_was_late_is_not_woken() {
    let (tx, rx) = bounded(1);
    assert!(rx.recv_timeout(SHORT).is_err());
    let mut recv = Task::parked(rx.recv());
    tx.try_send(1).unwrap();
    assert_eq!((recv.wakes(), recv.finish()), (1, Ok(1)));
    assert_eq!(tx.stats().waiting_receivers, 0);
}

#[test]
fn any_future_is_a_timer() {
    on_every_runtime(async |_| {
        let (tx, rx) = bounded(1);
        let over = || core::future::ready(());
        let never = core::future::pending::<()>;
        assert_eq!(rx.recv_or(over()).await, Err(RecvTimeoutError::Timeout));
        assert_eq!(tx.send_or(1, over()).await, Ok(()), "there is room");
        assert_eq!(tx.send_or(2, over()).await, Err(SendTimeoutError::Timeout(2)));
        assert_eq!(tx.offer_or(3, over()).await, Err(TrySendError::Full(3)));
        assert_eq!(rx.recv_or(over()).await, Ok(1), "there is a message");
        assert_eq!(tx.offer_or(4, never()).await, Ok(None));
        assert_eq!(rx.recv_or(never()).await, Ok(4));
        tx.close();
        assert_eq!(rx.recv_or(never()).await, Err(RecvTimeoutError::Closed));
        assert_eq!(tx.send_or(5, never()).await, Err(SendTimeoutError::Closed(5)));
    });
    let (tx, rx) = Builder::new().capacity(1).overflow(Overflow::DropOldest).build().unwrap();
    tx.try_send(1).unwrap();
    let offer = Box::pin(tx.offer_or(2, core::future::pending::<()>()));
    assert_eq!(Task::new(offer).finish(), Ok(Some(1)));
    drop(rx);
}

#[test]
fn a_sender_is_polled_for_room() {
    let (tx, rx) = bounded(1);
    tx.try_send(1).unwrap();
    let mut sink = Task::new(tx.into_sink());
    while sink.with(SendSink::poll_reserve).is_ready() || sink.wakes() > 0 {}
    rx.try_recv().unwrap();
    assert_eq!(sink.wakes(), 1);
    assert_eq!(sink.with(SendSink::poll_reserve), Poll::Ready(Ok(())));
    assert_eq!(sink.with(SendSink::poll_reserve), Poll::Ready(Ok(())));
    assert_eq!(rx.stats().reserved, 1);
    assert_eq!(sink.with(|sink, _| sink.send_reserved(2)), Ok(()));
    assert_eq!((rx.try_recv(), rx.stats().reserved), (Ok(2), 0));
    assert_eq!(sink.with(SendSink::poll_reserve), Poll::Ready(Ok(())));
    sink.with(|sink, _| sink.abort_reserve());
    assert_eq!(rx.stats().reserved, 0);
    assert_eq!(sink.with(SendSink::poll_reserve), Poll::Ready(Ok(())));
    rx.close();
    assert_eq!(sink.with(|sink, _| sink.send_reserved(3)), Err(SendError(3)));
    assert_eq!(sink.with(SendSink::poll_reserve), Poll::Ready(Err(ReserveError::Closed)));
}
