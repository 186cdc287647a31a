//! Wakers that use what they wake: nothing of the user's runs under a lock, so they may do
//! anything.
//!
//! - An executor that polls a task wherever it is woken.
//! - An executor that has gone: to wake a task is to drop it, with its future.
//! - A waker that sends, receives, closes, waits, or drops futures and handles.

use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering::SeqCst};
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex};
use std::task::Wake;

use crate::common::{Ledger, Task, queues, watched};
use forebay::queue::{Job, Queue, Shutdown};
use forebay::{
    Builder, Pressure, Receiver, RecvError, Sender, TryRecvError, TrySendError, bounded,
};
use futures_lite::StreamExt;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A task that waits, and what wakes it.
struct Scene {
    name: &'static str,
    task: Boxed<()>,
    /// Wakes it, and looks what came of it: is told whether the task went on, or has gone.
    rest: Box<dyn FnOnce(bool)>,
}

fn scene(
    name: &'static str,
    task: impl Future<Output = ()> + Send + 'static,
    rest: impl FnOnce(bool) + 'static,
) -> Scene {
    Scene { name, task: Box::pin(task), rest: Box::new(rest) }
}

/// Every way to wait. Each has another waiter after it.
fn scenes() -> Vec<Scene> {
    let mut scenes = vec![recv(), send(), stream(), closed(), level(), changes()];
    for queue in queues(2) {
        scenes.extend([get(&queue), put(queue)]);
    }
    for queue in queues(2) {
        scenes.extend([jobs(&queue), join(&queue), queue_closed(queue)]);
    }
    scenes
}

fn recv() -> Scene {
    let (tx, rx) = bounded(2);
    let recv = rx.clone();
    let task = async move { assert_eq!(recv.recv().await, Ok(1)) };
    scene("recv", task, move |went_on| {
        let mut other = Task::parked(rx.recv());
        assert_eq!(tx.try_send(1), Ok(()));
        assert_eq!(other.wakes(), usize::from(!went_on), "an unused wakeup is handed on");
        if went_on {
            assert_eq!((rx.len(), tx.try_send(1)), (0, Ok(())));
        }
        assert_eq!((other.wakes(), other.finish()), (1, Ok(1)));
        assert!(rx.is_empty());
    })
}

fn send() -> Scene {
    let (tx, rx) = bounded(1);
    assert_eq!(tx.try_send(0), Ok(()));
    let send = tx.clone();
    let task = async move { assert_eq!(send.send(1).await, Ok(())) };
    scene("send", task, move |went_on| {
        let mut other = Task::parked(tx.send(2));
        assert_eq!(rx.try_recv(), Ok(0));
        assert_eq!(other.wakes(), usize::from(!went_on), "an unused wakeup is handed on");
        if went_on {
            assert_eq!(rx.try_recv(), Ok(1));
        }
        assert_eq!((other.wakes(), other.finish()), (1, Ok(())));
        assert_eq!((rx.try_recv(), rx.len()), (Ok(2), 0));
    })
}

fn stream() -> Scene {
    let (tx, rx) = bounded(2);
    let mut stream = rx.clone();
    let task = async move { assert_eq!(stream.next().await, Some(1)) };
    scene("stream", task, move |went_on| {
        let mut other = Task::new(rx.clone());
        other.park_next();
        assert_eq!(tx.try_send(1), Ok(()));
        assert_eq!(other.wakes(), 1, "a message wakes all streams");
        if went_on {
            other.park_next();
            assert_eq!(tx.try_send(1), Ok(()));
        }
        assert_eq!(other.next(), Some(1));
        assert!(rx.is_empty());
    })
}

fn closed() -> Scene {
    let (tx, rx) = bounded::<usize>(1);
    let closed = tx.clone();
    scene("closed", async move { closed.closed().await }, move |_| {
        let mut other = Task::parked(tx.closed());
        let mut recv = Task::parked(rx.recv());
        assert!(tx.close());
        assert_eq!((other.wakes(), recv.wakes()), (1, 1));
        other.finish();
        assert_eq!(recv.finish(), Err(RecvError));
    })
}

fn level() -> Scene {
    let (tx, rx) = Builder::new().capacity(4).watermarks(1, 2).build().unwrap();
    let until = tx.clone();
    let task = async move { assert_eq!(until.until(Pressure::High).await, Pressure::High) };
    scene("until", task, move |_| {
        let mut other = Task::parked(rx.until(Pressure::High));
        for message in 0..3 {
            assert_eq!(tx.try_send(message), Ok(()));
        }
        assert_eq!((other.wakes(), other.finish()), (1, Pressure::High));
        assert_eq!(rx.len(), 3);
    })
}

fn changes() -> Scene {
    let (tx, rx) = Builder::new().capacity(4).watermarks(1, 2).build().unwrap();
    let mut changes = rx.pressure_changes();
    let task = async move {
        assert_eq!(changes.next().await, Some(Pressure::Low));
        assert_eq!(changes.next().await, Some(Pressure::High));
    };
    scene("pressure_changes", task, move |_| {
        let mut other = Task::new(rx.pressure_changes());
        assert_eq!(other.next(), Some(Pressure::Low));
        other.park_next();
        for message in 0..3 {
            assert_eq!(tx.try_send(message), Ok(()));
        }
        assert_eq!((other.wakes(), other.next()), (1, Some(Pressure::High)));
        assert_eq!(rx.len(), 3);
    })
}

fn get(queue: &Queue<usize>) -> Scene {
    let (queue, get) = (queue.clone(), queue.clone());
    let task = async move { assert_eq!(get.get().await.unwrap().into_inner(), 1) };
    scene("get", task, move |went_on| {
        let mut other = Task::parked(queue.get());
        assert_eq!(queue.try_put(1), Ok(()));
        assert_eq!(other.wakes(), usize::from(!went_on), "an unused wakeup is handed on");
        if went_on {
            assert_eq!((queue.unfinished(), queue.try_put(1)), (0, Ok(())));
        }
        assert_eq!((other.wakes(), other.finish().unwrap().into_inner()), (1, 1));
        assert_eq!(queue.unfinished(), 0);
    })
}

fn put(queue: Queue<usize>) -> Scene {
    // Another queue of the same kind cannot be asked for: this one is filled when `get` is through.
    let put = queue.clone();
    let full = AtomicBool::new(false);
    let task = async move {
        if !full.swap(true, SeqCst) {
            while put.try_put(0).is_ok() {}
        }
        assert_eq!(put.put(0).await, Ok(()));
    };
    scene("put", task, move |went_on| {
        let mut other = Task::parked(queue.put(0));
        queue.try_get().unwrap().done();
        assert_eq!(other.wakes(), usize::from(!went_on), "an unused wakeup is handed on");
        if went_on {
            queue.try_get().unwrap().done();
        }
        assert_eq!((other.wakes(), other.finish()), (1, Ok(())));
        assert_eq!(queue.unfinished(), 2);
        (0..2).for_each(|_| queue.try_get().unwrap().done());
    })
}

fn jobs(queue: &Queue<usize>) -> Scene {
    let (queue, mut jobs) = (queue.clone(), queue.jobs());
    let task = async move { jobs.next().await.unwrap().done() };
    scene("jobs", task, move |went_on| {
        let mut other = Task::new(queue.jobs());
        other.park_next();
        assert_eq!(queue.try_put(1), Ok(()));
        assert_eq!(other.wakes(), 1, "an item wakes all streams");
        if went_on {
            other.park_next();
            assert_eq!(queue.try_put(1), Ok(()));
        }
        other.next().unwrap().done();
        assert_eq!(queue.unfinished(), 0);
    })
}

fn join(queue: &Queue<usize>) -> Scene {
    let (queue, join) = (queue.clone(), queue.clone());
    let task = async move {
        assert_eq!(join.try_put(1), Ok(()));
        join.join().await;
    };
    scene("join", task, move |_| {
        let mut other = Task::parked(queue.join());
        queue.try_get().unwrap().done();
        assert_eq!(other.wakes(), 1);
        other.finish();
    })
}

fn queue_closed(queue: Queue<usize>) -> Scene {
    let closed = queue.clone();
    scene("closed of a queue", async move { closed.closed().await }, move |_| {
        let mut other = Task::parked(queue.closed());
        let mut get = Task::parked(queue.get());
        assert!(queue.shutdown(Shutdown::Graceful).is_empty());
        assert_eq!((other.wakes(), get.wakes()), (1, 1));
        other.finish();
        assert!(get.finish().is_err());
    })
}

/// A task that is polled wherever it is woken.
struct Inline {
    /// `None` once it is complete.
    task: Mutex<Option<Boxed<()>>>,
    again: AtomicBool,
}

impl Inline {
    fn start(task: Boxed<()>) -> Arc<Self> {
        let inline = Arc::new(Self { task: Mutex::new(Some(task)), again: AtomicBool::new(false) });
        inline.clone().wake();
        inline
    }

    fn is_complete(&self) -> bool {
        self.task.lock().unwrap().is_none()
    }
}

impl Wake for Inline {
    fn wake(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self));
        self.again.store(true, SeqCst);
        // If it is being polled, it is woken by itself, and polled again by whoever does it.
        let Ok(mut task) = self.task.try_lock() else { return };
        while self.again.swap(false, SeqCst) {
            let context = &mut Context::from_waker(&waker);
            if task.as_mut().is_some_and(|task| task.as_mut().poll(context).is_ready()) {
                *task = None;
            }
        }
    }
}

#[test]
fn an_executor_may_poll_inside_wake() {
    for Scene { name, task, rest } in scenes() {
        watched(|| {
            println!("{name}");
            let inline = Inline::start(task);
            assert!(!inline.is_complete(), "{name} waits");
            rest(true);
            assert!(inline.is_complete(), "{name} went on when it was woken");
        });
    }
}

/// Two such tasks that feed each other: each wakeup is inside the one before.
#[test]
fn executors_that_poll_inside_wake_may_wake_each_other() {
    const MESSAGES: usize = 50;

    watched(|| {
        let (ping, pings) = bounded(1);
        let (pong, pongs) = bounded(1);
        let echo = Inline::start(Box::pin(async move {
            while let Ok(message) = pings.recv().await {
                if pong.send(message).await.is_err() {
                    return;
                }
            }
        }));
        let first = ping.clone();
        let count = Inline::start(Box::pin(async move {
            for expected in 0..MESSAGES {
                assert_eq!(pongs.recv().await, Ok(expected));
                ping.send(expected + 1).await.unwrap();
            }
        }));
        assert_eq!(first.try_send(0), Ok(()));
        assert!(count.is_complete());
        drop(first);
        assert!(echo.is_complete());
    });
}

/// A task whose executor has gone: whoever wakes it drops it.
struct Gone(Mutex<Option<Boxed<()>>>);

impl Wake for Gone {
    fn wake(self: Arc<Self>) {
        let task = self.0.lock().unwrap().take();
        drop(task);
    }
}

impl Gone {
    fn start(mut task: Boxed<()>) -> Arc<Self> {
        let gone = Arc::new(Self(Mutex::default()));
        let waker = Waker::from(Arc::clone(&gone));
        assert!(task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        *gone.0.lock().unwrap() = Some(task);
        gone
    }

    fn is_dropped(&self) -> bool {
        self.0.lock().unwrap().is_none()
    }
}

#[test]
fn an_executor_may_be_gone() {
    for Scene { name, task, rest } in scenes() {
        watched(|| {
            println!("{name}");
            let gone = Gone::start(task);
            assert!(!gone.is_dropped());
            rest(false);
            assert!(gone.is_dropped(), "{name} was woken");
        });
    }
}

/// As above, with the tasks that smol and others have.
#[test]
fn the_queue_of_an_executor_may_be_gone() {
    for Scene { name, task, rest } in scenes() {
        watched(|| {
            println!("{name}");
            let ready = Arc::new(Mutex::new(Some(Vec::new())));
            let alive = Arc::new(());
            let (queue, here) = (Arc::clone(&ready), Arc::clone(&alive));
            let future = async move {
                task.await;
                drop(here);
            };
            let schedule = move |runnable| {
                let back = match &mut *queue.lock().unwrap() {
                    Some(ready) => {
                        ready.push(runnable);
                        None
                    }
                    None => Some(runnable),
                };
                drop::<Option<async_task::Runnable>>(back);
            };
            let (runnable, task) = async_task::spawn(future, schedule);
            task.detach();
            runnable.run();
            assert!(ready.lock().unwrap().take().unwrap().is_empty(), "{name} waits");
            rest(false);
            assert_eq!(Arc::strong_count(&alive), 1, "{name} was dropped when it was woken");
        });
    }
}

/// The task that goes has the last handle of its side: the channel closes inside the send
/// (receive).
#[test]
fn a_task_that_goes_may_own_the_last_handle() {
    watched(|| {
        let ledger = Ledger::new(1);
        let (tx, rx) = bounded(1);
        let closed = Task::parked(tx.closed());
        let gone = Gone::start(Box::pin(async move { assert!(rx.recv().await.is_err()) }));
        assert!(tx.try_send(ledger.message(0)).is_ok());
        assert!(gone.is_dropped() && tx.is_closed());
        assert_eq!(closed.wakes(), 1);
        ledger.assert_all_dropped();

        let (tx, rx) = bounded(1);
        assert_eq!(tx.try_send(0), Ok(()));
        let recv = rx.clone();
        let gone = Gone::start(Box::pin(async move { assert_eq!(tx.send(1).await, Ok(())) }));
        assert_eq!(recv.try_recv(), Ok(0));
        assert!(gone.is_dropped() && rx.is_closed());
        assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));

        let queue = Queue::<usize>::bounded(1);
        let producer = queue.producer();
        let gone = Gone::start(Box::pin(async move {
            let _ = producer.get().await.unwrap().into_inner();
        }));
        let mut other = Task::parked(queue.get());
        assert_eq!(queue.try_put(1), Ok(()));
        assert!(gone.is_dropped() && queue.is_shut_down());
        assert_eq!(other.finish().unwrap().into_inner(), 1);
        assert!(Task::new(queue.get()).finish().is_err());
    });
}

/// A waker that does something when it is woken for the first time.
struct Action(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Wake for Action {
    fn wake(self: Arc<Self>) {
        let action = self.0.lock().unwrap().take();
        action.expect("a waker is woken once")();
    }
}

fn waker(action: impl FnOnce() + Send + 'static) -> Waker {
    Waker::from(Arc::new(Action(Mutex::new(Some(Box::new(action))))))
}

/// A sleeping future that is woken by this waker, which belongs to it alone.
#[track_caller]
fn asleep<F: Future>(future: F, waker: Waker) -> Task<F> {
    let mut task = Task::parked(future);
    assert!(task.poll_with(&waker).is_pending());
    drop(waker);
    task
}

/// One side of a channel or a queue on which one must wait now.
struct Side {
    name: &'static str,
    /// What one waits for; whether it came.
    wait: Arc<dyn Fn() -> Boxed<bool> + Send + Sync>,
    /// Brings what is waited for, twice at most.
    serve: Arc<dyn Fn() + Send + Sync>,
    /// Takes it away again.
    rob: Arc<dyn Fn() + Send + Sync>,
    close: Arc<dyn Fn() + Send + Sync>,
    /// Whether what was brought is there after a close.
    outlives: bool,
}

fn sides() -> Vec<Side> {
    let mut sides = Vec::new();
    let (tx, rx) = bounded(2);
    let give = Arc::new({
        let tx = tx.clone();
        move || assert!(tx.try_send(0).is_ok())
    });
    let take = Arc::new({
        let rx = rx.clone();
        move || assert!(rx.try_recv().is_ok())
    });
    sides.push(Side {
        name: "recv",
        wait: Arc::new(move || {
            let rx = rx.clone();
            Box::pin(async move { rx.recv().await.is_ok() })
        }),
        serve: give,
        rob: take,
        close: Arc::new(move || assert!(tx.close())),
        outlives: true,
    });
    let (tx, rx) = bounded(2);
    while tx.try_send(0).is_ok() {}
    let give = Arc::new({
        let tx = tx.clone();
        move || assert!(tx.try_send(0).is_ok())
    });
    let take = Arc::new({
        let rx = rx.clone();
        move || assert!(rx.try_recv().is_ok())
    });
    sides.push(Side {
        name: "send",
        wait: Arc::new(move || {
            let tx = tx.clone();
            Box::pin(async move { tx.send(0).await.is_ok() })
        }),
        serve: take,
        rob: give,
        close: Arc::new(move || assert!(rx.close())),
        outlives: false,
    });
    for (queue, full) in queues(2).into_iter().zip(queues(2)) {
        while full.try_put(0).is_ok() {}
        let doing = |queue: &Queue<usize>, act: fn(&Queue<usize>)| {
            let queue = queue.clone();
            Arc::new(move || act(&queue))
        };
        let give = |queue: &Queue<usize>| assert!(queue.try_put(0).is_ok());
        let take = |queue: &Queue<usize>| queue.try_get().unwrap().done();
        let close = |queue: &Queue<usize>| drop(queue.shutdown(Shutdown::Graceful));
        sides.push(Side {
            name: "get",
            serve: doing(&queue, give),
            rob: doing(&queue, take),
            close: doing(&queue, close),
            wait: Arc::new(move || {
                let queue = queue.clone();
                Box::pin(async move { queue.get().await.map(Job::into_inner).is_ok() })
            }),
            outlives: true,
        });
        sides.push(Side {
            name: "put",
            serve: doing(&full, take),
            rob: doing(&full, give),
            close: doing(&full, close),
            wait: Arc::new(move || {
                let full = full.clone();
                Box::pin(async move { full.put(0).await.is_ok() })
            }),
            outlives: false,
        });
    }
    sides
}

/// Tests a waker on every side.
fn on_every_side(test: fn(Side)) {
    for side in sides() {
        println!("{}", side.name);
        watched(|| test(side));
    }
}

#[test]
fn a_waker_may_bring_what_others_wait_for() {
    on_every_side(|side| {
        let serve = Arc::clone(&side.serve);
        let mut first = asleep((side.wait)(), waker(move || serve()));
        let mut second = Task::parked((side.wait)());
        let third = Task::parked((side.wait)());
        (side.serve)();
        assert_eq!((second.wakes(), third.wakes()), (1, 0), "the waker has woken another one");
        assert!(first.finish() && second.finish());
    });
}

#[test]
fn a_waker_may_take_what_it_is_woken_for() {
    on_every_side(|side| {
        let rob = Arc::clone(&side.rob);
        let mut first = asleep((side.wait)(), waker(move || rob()));
        let mut second = Task::parked((side.wait)());
        (side.serve)();
        // It is gone, so the future sleeps again, and owes nobody anything.
        first.park();
        assert_eq!(second.wakes(), 0);
        (side.serve)();
        assert_eq!((first.wakes(), second.wakes()), (1, 0));
        (side.serve)();
        assert!(first.finish() && second.finish());
    });
}

#[test]
fn a_waker_may_close() {
    on_every_side(|side| {
        let close = Arc::clone(&side.close);
        let mut first = asleep((side.wait)(), waker(move || close()));
        let mut second = Task::parked((side.wait)());
        (side.serve)();
        assert_eq!(second.wakes(), 1);
        assert_eq!((first.finish(), second.finish()), (side.outlives, false));
    });
}

#[test]
fn a_waker_may_drop_another_waiting_future() {
    on_every_side(|side| {
        let other = Arc::new(Mutex::new(None));
        let drop_it = {
            let other = Arc::clone(&other);
            move || drop::<Option<Task<_>>>(other.lock().unwrap().take())
        };
        let mut first = asleep((side.wait)(), waker(drop_it));
        *other.lock().unwrap() = Some(Task::parked((side.wait)()));
        let mut third = Task::parked((side.wait)());
        (side.serve)();
        assert!(other.lock().unwrap().is_none());
        assert_eq!(third.wakes(), 0, "the one that is gone was not woken");
        assert!(first.finish());
        (side.serve)();
        assert_eq!(third.wakes(), 1);
        assert!(third.finish());
    });
}

#[test]
fn a_waker_may_drop_another_future_that_was_woken() {
    on_every_side(|side| {
        let other = Arc::new(Mutex::new(Some(Task::parked((side.wait)()))));
        let drop_it = {
            let other = Arc::clone(&other);
            move || drop(other.lock().unwrap().take())
        };
        let mut second = asleep((side.wait)(), waker(drop_it));
        let mut third = Task::parked((side.wait)());
        (side.serve)();
        assert_eq!(other.lock().unwrap().as_ref().map(Task::wakes), Some(1));
        (side.serve)();
        assert!(other.lock().unwrap().is_none());
        assert_eq!(third.wakes(), 1, "the wakeup of the one that is gone is handed on");
        assert!(second.finish() && third.finish());
    });
}

#[test]
fn a_waker_may_wait_again() {
    on_every_side(|side| {
        let later = Arc::new(Mutex::new(None));
        let wait_again = {
            let (wait, later) = (Arc::clone(&side.wait), Arc::clone(&later));
            move || {
                assert_eq!(Task::new(wait()).settle(), Poll::Ready(true), "it is there");
                *later.lock().unwrap() = Some(Task::parked(wait()));
            }
        };
        let mut first = asleep((side.wait)(), waker(wait_again));
        (side.serve)();
        let mut later = later.lock().unwrap().take().expect("it waits");
        first.park();
        (side.serve)();
        assert_eq!((first.wakes(), later.wakes()), (1, 0), "it began to wait before");
        assert!(first.finish());
        (side.serve)();
        assert_eq!(later.wakes(), 1);
        assert!(later.finish());
    });
}

/// Of a channel: the wakeup comes from a future that is dropped, so no handle is in use when the
/// last one goes.
#[test]
fn a_waker_may_drop_the_last_handle() {
    watched(|| {
        let (tx, rx) = bounded(1);
        let woken = Task::parked(rx.recv());
        let send = tx.clone();
        let mut recv = asleep(rx.recv(), waker(move || drop(tx)));
        let mut other = Task::parked(rx.recv());
        assert_eq!(send.try_send(1), Ok(()));
        drop((send, woken));
        assert!(rx.is_closed());
        assert_eq!(other.wakes(), 1);
        assert_eq!((recv.finish(), other.finish()), (Ok(1), Err(RecvError)));

        let (tx, rx) = bounded(1);
        assert_eq!(tx.try_send(1), Ok(()));
        let woken = Task::parked(tx.send(2));
        let recv = rx.clone();
        let mut send = asleep(tx.send(3), waker(move || drop(rx)));
        let mut other = Task::parked(tx.send(4));
        assert_eq!(recv.try_recv(), Ok(1));
        drop((recv, woken));
        assert!(tx.is_closed());
        assert_eq!(other.wakes(), 1);
        assert_eq!(send.finish().map_err(forebay::SendError::into_inner), Err(3));
        assert_eq!(other.finish().map_err(forebay::SendError::into_inner), Err(4));

        for queue in queues::<usize>(1) {
            let producer = queue.producer();
            let mut get = asleep(queue.get(), waker(move || drop(producer)));
            let mut other = Task::parked(queue.get());
            assert_eq!(queue.try_put(1), Ok(()));
            assert!(queue.is_shut_down());
            assert_eq!(other.wakes(), 1);
            assert_eq!(get.finish().unwrap().into_inner(), 1);
            assert!(other.finish().is_err());
        }
        for queue in queues::<usize>(1) {
            assert_eq!(queue.try_put(1), Ok(()));
            let producer = queue.producer();
            let mut put = asleep(queue.put(2), waker(move || drop(producer)));
            let mut other = Task::parked(queue.put(3));
            queue.try_get().unwrap().done();
            assert!(queue.is_shut_down());
            assert_eq!(other.wakes(), 1);
            assert!(put.finish().is_err() && other.finish().is_err());
            assert_eq!(queue.unfinished(), 0);
        }
    });
}

#[test]
fn the_waker_of_closed_may_do_anything() {
    watched(|| {
        let (tx, rx) = bounded(2);
        assert_eq!((tx.try_send(0), tx.try_send(1)), (Ok(()), Ok(())));
        let sends = [2, 3].map(|message| Task::parked(tx.send(message)));
        let other = Arc::new(Mutex::new(None));
        let (handles, dropped) = ((tx.clone(), rx), Arc::clone(&other));
        let mut closed = asleep(
            tx.closed(),
            waker(move || {
                let (tx, rx) = handles;
                Task::new(tx.closed()).finish();
                drop::<Option<Task<Boxed<()>>>>(dropped.lock().unwrap().take());
                assert_eq!(tx.try_send(4), Err(TrySendError::Closed(4)));
                assert_eq!(rx.try_recv(), Ok(0));
                assert!(!tx.close() && !rx.close());
                // The last receiver: what is left inside is dropped.
                drop(rx);
                assert_eq!(tx.len(), 0);
            }),
        );
        let again = tx.clone();
        let future: Boxed<()> = Box::pin(async move { again.closed().await });
        *other.lock().unwrap() = Some(Task::parked(future));
        let last = Task::parked(tx.closed());
        assert!(tx.close());
        closed.finish();
        assert!(other.lock().unwrap().is_none());
        assert_eq!(last.wakes(), 1);
        assert!(sends.iter().all(|send| send.wakes() == 1));
    });
}

#[test]
fn the_waker_of_a_recv_may_wake_a_send() {
    watched(|| {
        let (tx, rx) = bounded(1);
        assert_eq!(tx.try_send(0), Ok(()));
        let mut first = Task::parked(tx.send(1));
        let mut second = Task::parked(tx.send(2));
        assert_eq!(rx.try_recv(), Ok(0));
        assert_eq!((first.wakes(), second.wakes()), (1, 0));
        let recv = asleep(rx.recv(), {
            let rx = rx.clone();
            waker(move || assert_eq!(rx.try_recv(), Ok(1)))
        });
        // It wakes the receiver, whose waker makes room, which wakes the other sender.
        assert_eq!(first.finish(), Ok(()));
        assert_eq!(second.wakes(), 1);
        assert_eq!(second.finish(), Ok(()));
        assert_eq!(rx.try_recv(), Ok(2));
        drop(recv);
    });
}

#[test]
fn every_waker_may_look_and_may_clone_handles() {
    let look = |tx: &Sender<usize>, rx: &Receiver<usize>| {
        let (tx, rx) = (tx.clone(), rx.clone());
        waker(move || {
            let (more_tx, more_rx) = (tx.clone(), rx.clone());
            assert!(tx.sender_count() > 1 && rx.receiver_count() > 1);
            assert_eq!((tx.len(), tx.capacity(), tx.is_full()), (rx.len(), Some(1), rx.is_full()));
            #[cfg(feature = "std")]
            assert!(tx.stats().waiting_receivers <= 1);
            if !tx.is_closed() {
                assert!(more_tx.downgrade().upgrade().is_some());
                assert!(more_rx.downgrade().upgrade().is_some());
            }
        })
    };
    watched(|| {
        let (tx, rx) = bounded(1);
        let closed = asleep(tx.closed(), look(&tx, &rx));
        let recv = asleep(rx.recv(), look(&tx, &rx));
        assert_eq!(tx.try_send(0), Ok(()));
        let send = asleep(tx.send(1), look(&tx, &rx));
        assert_eq!(rx.try_recv(), Ok(0));
        let last = asleep(rx.recv(), look(&tx, &rx));
        assert!(tx.close());
        drop((closed, recv, send, last));
    });
}

/// A poll with another waker drops the one before, and with it whatever that owns.
#[test]
fn a_waker_that_is_replaced_may_own_the_last_handle() {
    let never = |owned: Box<dyn core::any::Any + Send>| waker(move || drop(owned));
    watched(|| {
        let (tx, rx) = bounded::<usize>(1);
        let mut other = Task::parked(rx.recv());
        let mut recv = asleep(rx.recv(), never(Box::new(tx)));
        assert!(!rx.is_closed());
        assert_eq!(recv.finish(), Err(RecvError));
        assert_eq!((other.wakes(), other.finish()), (1, Err(RecvError)));

        let (tx, rx) = bounded::<usize>(1);
        let mut stream = Task::new(rx.clone());
        stream.park_next();
        {
            let waker = never(Box::new(tx));
            let polled = stream.poll_next_with(&waker);
            assert!(polled.is_pending());
        }
        assert!(!rx.is_closed());
        assert_eq!(stream.next(), None);

        let (tx, rx) = bounded(1);
        assert_eq!(tx.try_send(0), Ok(()));
        let mut other = Task::parked(tx.send(1));
        let mut send = asleep(tx.send(2), never(Box::new(rx)));
        assert!(send.finish().is_err());
        assert_eq!(other.wakes(), 1);
        assert!(other.finish().is_err());

        let (tx, rx) = bounded::<usize>(1);
        let mut other = Task::parked(tx.closed());
        let mut closed = asleep(tx.closed(), never(Box::new(rx)));
        closed.finish();
        assert_eq!(other.wakes(), 1);
        other.finish();

        for queue in queues::<usize>(1) {
            let mut get = asleep(queue.get(), never(Box::new(queue.producer())));
            assert!(get.finish().is_err());
            assert!(queue.is_shut_down());
        }
        for queue in queues::<usize>(1) {
            assert_eq!(queue.try_put(0), Ok(()));
            let mut put = asleep(queue.put(1), never(Box::new(queue.producer())));
            assert!(put.finish().is_err());
            assert!(queue.is_shut_down());
        }
    });
}

#[test]
fn a_waker_that_is_dropped_with_its_future_may_own_the_last_handle() {
    watched(|| {
        let (tx, rx) = bounded::<usize>(1);
        let mut other = Task::parked(rx.recv());
        let recv = asleep(rx.recv(), waker(move || assert!(!tx.is_closed())));
        drop(recv);
        assert_eq!((other.wakes(), other.finish()), (1, Err(RecvError)));

        let (tx, rx) = bounded(1);
        assert_eq!(tx.try_send(0), Ok(()));
        let mut other = Task::parked(tx.send(1));
        let send = asleep(tx.send(2), waker(move || assert!(!rx.is_closed())));
        drop(send);
        assert_eq!(other.wakes(), 1);
        assert_eq!(other.finish().map_err(forebay::SendError::into_inner), Err(1));
    });
}
