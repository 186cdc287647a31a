//! Wakers and messages that panic: nobody else pays for it.
//!
//! A wakeup wakes one waiter, whatever its waker does: the message was sent (received) by then, and
//! the others stay as they are. What wakes everybody (a close, the streams, a level, the last item)
//! wakes all of them, and so do both halves of an operation that has two; the first panic goes on
//! at the end. Without `std` nothing can be caught: there the same holds for one panic, and a
//! second one ends the program.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Poll, RawWakerVTable, Wake, Waker};

use crate::common::{Ledger, Message, Task, queues, watched};
#[cfg(feature = "std")]
use forebay::queue::Batch;
use forebay::queue::{Queue, Shutdown};
use forebay::{
    Builder, Pressure, Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError, bounded,
};
use futures_lite::StreamExt;

/// How many panic at once.
const FAULTS: usize = if cfg!(feature = "std") { 2 } else { 1 };

/// A waker that panics with its number.
struct Faulty(usize);

impl Wake for Faulty {
    fn wake(self: Arc<Self>) {
        // Not `panic!`: the test is not to look like a failure.
        resume_unwind(Box::new(self.0));
    }
}

fn faulty_waker(number: usize) -> Waker {
    Waker::from(Arc::new(Faulty(number)))
}

/// A sleeping future with a waker that panics.
fn faulty<F: Future>(number: usize, future: F) -> Task<F> {
    let mut task = Task::parked(future);
    assert!(task.poll_with(&faulty_waker(number)).is_pending());
    task
}

/// The number of whoever made `operation` panic, if it did.
fn panic_of<R>(operation: impl FnOnce() -> R) -> Option<usize> {
    let panic = catch_unwind(AssertUnwindSafe(operation)).err()?;
    Some(*panic.downcast().expect("a number"))
}

/// Sleeping futures: one, and then the faulty ones, each with another one after it.
struct Crowd<F> {
    good: Vec<Task<F>>,
    faulty: Vec<Task<F>>,
}

impl<F: Future> Crowd<F> {
    fn new(faults: usize, mut wait: impl FnMut() -> F) -> Self {
        let mut crowd = Self { good: vec![Task::parked(wait())], faulty: Vec::new() };
        for number in 0..faults {
            crowd.faulty.push(faulty(number, wait()));
            crowd.good.push(Task::parked(wait()));
        }
        crowd
    }

    #[track_caller]
    fn assert_all_woken(&self) {
        assert!(self.good.iter().all(|task| task.wakes() == 1), "each of the others once");
    }

    /// What they come to, the faulty ones too.
    fn finish(self) -> impl Iterator<Item = F::Output> {
        self.good.into_iter().chain(self.faulty).map(|mut task| task.finish())
    }
}

/// The channel is empty, nobody waits any more, and everything works as ever.
fn assert_usable(tx: &Sender<usize>, rx: &Receiver<usize>) {
    watched(|| {
        for message in 0..5 {
            let mut recvs = [Task::parked(rx.recv()), Task::parked(rx.recv())];
            assert_eq!(tx.try_send(message), Ok(()));
            assert_eq!(recvs.each_ref().map(Task::wakes), [1, 0]);
            assert_eq!(recvs[0].finish(), Ok(message));
        }
        while tx.try_send(0).is_ok() {}
        let mut send = Task::parked(tx.send(1));
        assert_eq!(rx.try_recv(), Ok(0));
        assert_eq!(send.wakes(), 1);
        assert_eq!(send.finish(), Ok(()));
        while rx.try_recv().is_ok() {}
        let mut recv = Task::parked(rx.recv());
        assert!(tx.close());
        assert_eq!(recv.wakes(), 1);
        assert!(recv.finish().is_err());
    });
}

#[test]
fn a_send_that_wakes_a_faulty_recv_has_sent() {
    for before in 0..3 {
        for after in 0..3 {
            let (tx, rx) = bounded(8);
            let mut first: Vec<_> = (0..before).map(|_| Task::parked(rx.recv())).collect();
            let mut fault = faulty(7, rx.recv());
            let mut last: Vec<_> = (0..after).map(|_| Task::parked(rx.recv())).collect();
            for message in 0..before {
                assert_eq!(tx.try_send(message), Ok(()));
            }
            assert_eq!(panic_of(|| tx.try_send(before)), Some(7));
            assert_eq!(tx.len(), before + 1);
            assert!(first.iter().all(|recv| recv.wakes() == 1));
            assert!(last.iter().all(|recv| recv.wakes() == 0), "they were not meant");
            // Each later message wakes the next one.
            for woken in 0..after {
                assert_eq!(tx.try_send(before + 1 + woken), Ok(()));
                assert!(
                    last.iter()
                        .enumerate()
                        .all(|(n, recv)| recv.wakes() == usize::from(n <= woken))
                );
            }
            let everyone = first.iter_mut().chain([&mut fault]).chain(&mut last);
            let received: Vec<_> = everyone.map(Task::finish).collect();
            assert!(received.into_iter().eq((0..=before + after).map(Ok)), "no message is lost");
            assert_usable(&tx, &rx);
        }
    }
}

/// A waker that cannot be cloned.
#[allow(unsafe_code, reason = "the wakers of the standard library can be cloned")]
fn uncloneable_waker() -> Waker {
    const VTABLE: RawWakerVTable =
        RawWakerVTable::new(|_| resume_unwind(Box::new(7_usize)), |_| (), |_| (), |_| ());
    // SAFETY: nothing is pointed to.
    unsafe { Waker::new(core::ptr::null(), &VTABLE) }
}

/// It is not sent, so it is still in the future.
#[test]
fn a_send_whose_waker_cannot_be_cloned_keeps_its_message() {
    let (tx, rx) = bounded(1);
    tx.try_send(0).unwrap();
    let mut owned = Task::new(tx.clone().send_owned(1));
    assert_eq!(panic_of(|| owned.poll_with(&uncloneable_waker()).is_pending()), Some(7));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(owned.finish(), Ok(()));
    let mut send = Task::new(tx.send(2));
    assert_eq!(panic_of(|| send.poll_with(&uncloneable_waker()).is_pending()), Some(7));
    assert_eq!(send.into_inner().into_inner(), Some(2));
    let mut offer = Task::new(tx.offer(3));
    assert_eq!(panic_of(|| offer.poll_with(&uncloneable_waker()).is_pending()), Some(7));
    assert_eq!(offer.into_inner().into_inner(), Some(3));
    let mut owned = Task::new(tx.send_owned(4));
    assert_eq!(panic_of(|| owned.poll_with(&uncloneable_waker()).is_pending()), Some(7));
    let (tx, message) = owned.into_inner().into_inner();
    assert_eq!(message, Some(4));
    assert_eq!(rx.try_recv(), Ok(1));
    assert_usable(&tx, &rx);
}

/// As if the worker had panicked right after the `get`: done, or back with its retries.
#[test]
fn a_get_that_wakes_a_faulty_put_drops_its_job() {
    for retries in [None, Some(1)] {
        let builder = forebay::queue::Builder::new().maxsize(1);
        let mut queues = Vec::new();
        match retries {
            None => queues.push(builder.fifo().unwrap()),
            #[cfg(feature = "std")]
            Some(limit) => queues.push(builder.retries(limit).fifo().unwrap()),
            #[cfg(not(feature = "std"))]
            Some(_) => {}
        }
        #[cfg(feature = "std")]
        queues.push(retries.map_or(builder, |limit| builder.retries(limit)).lifo().unwrap());
        for queue in queues {
            queue.try_put(1).unwrap();
            let mut put = faulty(7, queue.put(2));
            assert_eq!(panic_of(|| queue.try_get()), Some(7));
            let stats = queue.stats();
            let (done, back) = if retries.is_some() { (0, 1) } else { (1, 0) };
            assert_eq!((stats.put, stats.handed_out), (1, 1));
            assert_eq!((stats.done, stats.failed, stats.retried), (done, 0, back));
            assert_eq!((stats.in_hand, stats.unfinished, stats.len), (0, back, back));
            if let Ok(job) = queue.try_get() {
                assert_eq!((*job, job.attempt()), (1, 2));
            }
            assert_eq!(put.finish(), Ok(()));
        }
    }
}

#[test]
fn a_receive_that_wakes_a_faulty_send_frees_its_slot() {
    let ledger = Ledger::new(4);
    let (tx, rx) = bounded(2);
    for id in 0..2 {
        assert!(tx.try_send(ledger.message(id)).is_ok());
    }
    let mut fault = faulty(7, tx.send(ledger.message(2)));
    let mut other = Task::parked(tx.send(ledger.message(3)));
    // The message that was being received goes with the unwinding, and no other.
    assert_eq!(panic_of(|| rx.try_recv()), Some(7));
    ledger.assert_dropped(0..1);
    assert_eq!((tx.len(), other.wakes()), (1, 0));
    assert_eq!(rx.try_recv().map(|message| message.id()), Ok(1));
    assert_eq!(other.wakes(), 1);
    assert!(fault.finish().is_ok() && other.finish().is_ok());
    assert_eq!([rx.try_recv(), rx.try_recv()].map(|message| message.unwrap().id()), [2, 3]);
    ledger.assert_all_dropped();
}

#[test]
fn a_faulty_waiter_that_goes_hands_its_wakeup_on() {
    let (tx, rx) = bounded(1);
    let fault = faulty(7, rx.recv());
    let mut other = Task::parked(rx.recv());
    assert_eq!(panic_of(|| tx.try_send(1)), Some(7));
    assert_eq!(other.wakes(), 0);
    drop(fault);
    assert_eq!(other.wakes(), 1);
    assert_eq!(other.finish(), Ok(1));

    assert_eq!(tx.try_send(2), Ok(()));
    let fault = faulty(7, tx.send(3));
    let mut other = Task::parked(tx.send(4));
    assert_eq!(panic_of(|| rx.try_recv()), Some(7));
    assert_eq!(other.wakes(), 0);
    drop(fault);
    assert_eq!(other.wakes(), 1);
    assert_eq!(other.finish(), Ok(()));
    assert_eq!(rx.try_recv(), Ok(4));
    assert_usable(&tx, &rx);
}

/// The hand-on finds a faulty waker: whoever drops the future gets the panic, and the one that was
/// woken may go on.
#[test]
fn a_wakeup_that_is_handed_on_to_a_faulty_waiter_is_its_own() {
    let (tx, rx) = bounded(1);
    let woken = Task::parked(rx.recv());
    let mut fault = faulty(7, rx.recv());
    let other = Task::parked(rx.recv());
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!(woken.wakes(), 1);
    assert_eq!(panic_of(|| drop(woken)), Some(7));
    assert_eq!((other.wakes(), fault.finish()), (0, Ok(1)));
    drop((fault, other));
    assert_usable(&tx, &rx);
}

#[test]
fn a_message_wakes_all_streams_beside_faulty_wakers() {
    let (tx, rx) = bounded(4);
    let mut good = [(); 3].map(|()| Task::new(rx.clone()));
    let mut streams = [(); FAULTS].map(|()| rx.clone());
    good[0].park_next();
    let mut streams = streams.iter_mut().enumerate();
    let mut faults = Vec::new();
    for good in &mut good[1..] {
        faults.extend(streams.next().map(|(number, stream)| faulty(number, stream.next())));
        good.park_next();
    }
    assert_eq!(panic_of(|| tx.try_send(1)), Some(0), "the first panic");
    assert!(good.iter().all(|stream| stream.wakes() == 1));
    assert_eq!(good[2].next(), Some(1));
    drop((faults, good));
    assert_usable(&tx, &rx);
}

#[test]
fn a_close_wakes_everyone_beside_faulty_wakers() {
    let (tx, rx) = bounded::<usize>(1);
    let recvs = Crowd::new(1, || rx.recv());
    let mut stream = Task::new(rx.clone());
    stream.park_next();
    let closed = Crowd::new(FAULTS - 1, || tx.closed());
    assert_eq!(panic_of(|| tx.close()), Some(0));
    assert!(rx.is_closed() && !tx.close());
    recvs.assert_all_woken();
    closed.assert_all_woken();
    assert_eq!((stream.wakes(), stream.next()), (1, None));
    assert!(recvs.finish().all(|received| received == Err(RecvError)));
    closed.finish().for_each(|()| ());
    assert_eq!(tx.try_send(3), Err(TrySendError::Closed(3)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));

    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let sends = Crowd::new(FAULTS, || tx.send(1));
    let closed = Task::parked(tx.closed());
    assert_eq!(panic_of(|| rx.close()), Some(0));
    sends.assert_all_woken();
    assert_eq!(closed.wakes(), 1);
    assert!(sends.finish().all(|sent| sent == Err(SendError(1))));
    assert_eq!(rx.try_recv(), Ok(0));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn a_level_wakes_everyone_beside_faulty_wakers() {
    let (tx, rx) = Builder::new().capacity(4).watermarks(1, 2).build().unwrap();
    let levels = Crowd::new(FAULTS, || tx.until(Pressure::High));
    assert_eq!((tx.try_send(1), tx.try_send(2)), (Ok(()), Ok(())));
    assert_eq!(panic_of(|| tx.try_send(3)), Some(0));
    levels.assert_all_woken();
    assert!(levels.finish().all(|level| level == Pressure::High));
    assert_eq!(rx.len(), 3);

    // Whoever waits for a level and whoever waits for the room are both told.
    assert_eq!(tx.try_send(4), Ok(()));
    let mut level = Task::parked(rx.until(Pressure::Low));
    let mut recvs = (0..3).map(|_| rx.try_recv());
    let mut send = faulty(7, tx.send(5));
    assert_eq!(panic_of(|| recvs.next()), Some(7), "the room");
    assert_eq!(send.finish(), Ok(()));
    let faults: Vec<_> = (0..FAULTS).map(|n| faulty(n, rx.until(Pressure::Low))).collect();
    assert_eq!(rx.try_recv(), Ok(2));
    assert_eq!(rx.try_recv(), Ok(3));
    assert_eq!(rx.try_recv(), Ok(4));
    assert_eq!(panic_of(|| rx.try_recv()), Some(0), "the level");
    assert_eq!((level.wakes(), level.finish()), (1, Pressure::Low));
    drop(faults);
}

/// One push changes the level and wakes a receiver: each is told, also if the other's waker panics.
#[test]
fn a_message_that_changes_the_level_wakes_its_receiver_too() {
    for level_is_faulty in [true, false] {
        let (tx, rx) = Builder::new().capacity(4).watermarks(1, 2).build().unwrap();
        let mut recvs = [(); 3].map(|()| Task::parked(rx.recv()));
        let mut level = Task::parked(tx.until(Pressure::High));
        let fault = faulty_waker(7);
        assert!(if level_is_faulty {
            level.poll_with(&fault).is_pending()
        } else {
            recvs[2].poll_with(&fault).is_pending()
        });
        assert_eq!((tx.try_send(0), tx.try_send(1)), (Ok(()), Ok(())));
        assert_eq!(panic_of(|| tx.try_send(2)), Some(7));
        let good = if level_is_faulty { recvs[2].wakes() } else { level.wakes() };
        assert_eq!(good, 1);
        assert_eq!(recvs.each_mut().map(Task::finish), [Ok(0), Ok(1), Ok(2)]);
        drop(level);
    }
}

#[test]
fn the_last_item_wakes_every_join_beside_faulty_wakers() {
    let queue = Queue::bounded(1);
    assert_eq!(queue.try_put(1), Ok(()));
    let joins = Crowd::new(FAULTS, || queue.join());
    let job = queue.try_get().unwrap();
    assert_eq!(panic_of(|| job.done()), Some(0));
    assert_eq!(queue.unfinished(), 0);
    joins.assert_all_woken();
    joins.finish().for_each(|()| ());
}

#[test]
fn a_shutdown_wakes_everyone_beside_faulty_wakers() {
    for queue in queues::<u8>(1) {
        let gets = Crowd::new(1, || queue.get());
        let closed = Crowd::new(FAULTS - 1, || queue.closed());
        let mut jobs = Task::new(queue.jobs());
        jobs.park_next();
        assert_eq!(panic_of(|| queue.shutdown(Shutdown::Graceful)), Some(0));
        assert!(queue.is_shut_down());
        gets.assert_all_woken();
        closed.assert_all_woken();
        assert_eq!(jobs.wakes(), 1);
        assert!(gets.finish().all(|job| job.is_err()));
        assert!(jobs.next().is_none());
    }
}

#[test]
fn an_item_that_wakes_a_faulty_get_is_put() {
    for queue in queues::<u8>(4) {
        let mut fault = faulty(7, queue.get());
        let mut other = Task::parked(queue.get());
        assert_eq!(panic_of(|| queue.try_put(1)), Some(7));
        assert_eq!((queue.len(), queue.unfinished(), other.wakes()), (1, 1, 0));
        assert_eq!(fault.finish().unwrap().into_inner(), 1);
        assert_eq!(queue.try_put(2), Ok(()));
        assert_eq!(other.wakes(), 1);
        assert_eq!(other.finish().unwrap().into_inner(), 2);
        assert_eq!(queue.unfinished(), 0);
    }
}

/// A waker whose last owner panics.
struct FaultyDrop;

impl Wake for FaultyDrop {
    fn wake(self: Arc<Self>) {}
}

impl Drop for FaultyDrop {
    fn drop(&mut self) {
        resume_unwind(Box::new(7_usize));
    }
}

#[test]
fn a_replaced_waker_that_panics_when_it_is_dropped_is_replaced() {
    let (tx, rx) = bounded(1);
    let mut recv = Task::parked(rx.recv());
    let other = Task::parked(rx.recv());
    {
        let faulty = Waker::from(Arc::new(FaultyDrop));
        assert!(recv.poll_with(&faulty).is_pending());
    }
    assert_eq!(panic_of(|| recv.poll()), Some(7));
    assert_eq!(tx.try_send(1), Ok(()));
    assert_eq!((recv.wakes(), other.wakes()), (1, 0));
    assert_eq!(recv.finish(), Ok(1));
    drop((recv, other));
    assert_usable(&tx, &rx);
}

#[test]
fn the_last_receiver_drops_what_is_inside_beside_faulty_wakers() {
    let ledger = Ledger::new(2);
    let (tx, rx) = bounded(2);
    for id in 0..2 {
        assert!(tx.try_send(Some(ledger.message(id))).is_ok());
    }
    let sends = Crowd::new(FAULTS, || tx.send(None));
    assert_eq!(panic_of(|| drop(rx)), Some(0));
    assert!(tx.is_closed() && tx.is_empty());
    ledger.assert_all_dropped();
    sends.assert_all_woken();
    assert!(sends.finish().all(|sent| sent.is_err()));
}

/// A message that panics with its number when it is dropped, if it has one.
struct Bomb {
    number: Option<usize>,
    _message: Message,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            resume_unwind(Box::new(number));
        }
    }
}

/// Every second one panics.
fn bombs(ledger: &Ledger, messages: usize) -> impl Iterator<Item = Bomb> {
    (0..messages).map(|id| Bomb {
        number: (id % 2 == 1 && id < 2 * FAULTS).then_some(id),
        _message: ledger.message(id),
    })
}

#[test]
fn messages_that_panic_when_they_are_dropped_take_no_other_with_them() {
    const MESSAGES: usize = 6;

    for capacity in [Some(MESSAGES), None] {
        let ledger = Ledger::new(MESSAGES);
        let (tx, rx) = capacity.map_or_else(forebay::unbounded, bounded);
        for bomb in bombs(&ledger, MESSAGES) {
            assert!(tx.try_send(bomb).is_ok());
        }
        let mut closed = Task::parked(tx.closed());
        assert_eq!(panic_of(|| drop(rx)), Some(1), "the first panic");
        ledger.assert_all_dropped();
        assert_eq!(closed.wakes(), 1);
        closed.finish();
        assert!(tx.is_empty());
    }

    for make in bomb_queues() {
        let ledger = Ledger::new(MESSAGES);
        let queue = make();
        for bomb in bombs(&ledger, MESSAGES) {
            assert!(queue.try_put(bomb).is_ok());
        }
        assert!(panic_of(|| drop(queue)).is_some());
        ledger.assert_all_dropped();
    }
}

fn bomb_queues() -> Vec<fn() -> Queue<Bomb>> {
    vec![
        || Queue::bounded(6),
        #[cfg(feature = "std")]
        || forebay::queue::Builder::new().lifo().unwrap(),
        #[cfg(feature = "std")]
        || forebay::queue::Builder::new().retries(1).fifo().unwrap(),
    ]
}

#[test]
#[cfg(feature = "std")]
fn a_batch_of_items_that_panic_when_they_are_dropped_takes_no_other_with_it() {
    let finishes: [fn(Batch<'_, Bomb>); 2] = [|batch| batch.done(), |batch| drop(batch)];
    for finish in finishes {
        for make in bomb_queues() {
            let ledger = Ledger::new(6);
            let queue = make();
            assert!(queue.try_put_many(bombs(&ledger, 6).collect::<Vec<_>>()).is_ok());
            let batch = Task::new(queue.get_many(6)).finish().unwrap();
            assert_eq!(batch.len(), 6);
            let panicked = panic_of(|| finish(batch));
            assert!(panicked.is_some() || queue.len() == 6);
            let _ = panic_of(|| drop(queue));
            ledger.assert_all_dropped();
        }
    }
}

/// What a poll that panics leaves behind.
#[test]
fn a_recv_that_takes_the_room_of_a_faulty_send_may_be_polled_again() {
    let (tx, rx) = bounded(1);
    let mut recv = Task::new(rx.recv());
    assert_eq!(tx.try_send(1), Ok(()));
    let mut fault = faulty(7, tx.send(2));
    assert_eq!(panic_of(|| recv.poll()), Some(7));
    assert_eq!(fault.poll(), Poll::Ready(Ok(())));
    assert_eq!(recv.finish(), Ok(2));
    drop((recv, fault));
    assert_usable(&tx, &rx);
}
