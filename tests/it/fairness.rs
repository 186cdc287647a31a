//! Who is next, and how long the others wait for it: counted in messages, on one thread.
//!
//! An executor that runs its tasks in turn is fair itself, so every bound here is the channel's.
//! One that runs the last one woken first, or any, may leave a task ready for as long as it likes;
//! but who sleeps, sleeps on no longer for that.

use core::cell::{Cell, RefCell};
use core::future::{poll_fn, ready};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::Wake;

use crate::common::{Executor, Order, Task, queues};
use forebay::queue::{self, GetError, Job, Queue, Shutdown};
use forebay::{Builder, Overflow, Sender, bounded, unbounded};
use futures_lite::future::{poll_once, yield_now};
use futures_lite::{FutureExt, Stream, StreamExt};

const CAPACITIES: [usize; 5] = [1, 3, 10, 100, 513];
/// Senders and receivers.
const SHAPES: [(usize, usize); 6] = [(4, 1), (1, 4), (4, 4), (20, 1), (1, 20), (8, 8)];

/// How the members of one side get on.
#[derive(Default)]
struct Side {
    /// How many operations each has completed.
    completed: RefCell<Vec<usize>>,
    /// All of them, also for the wakers.
    all: Arc<AtomicUsize>,
    /// Most operations that others completed from the moment a wait was first woken until it was
    /// complete.
    longest: Cell<usize>,
    /// Most operations that others completed while a wait slept again that had been woken before.
    longest_sleep: Cell<usize>,
}

/// The waker of one wait: notes at which message the wait was woken.
struct Noted {
    task: Mutex<Waker>,
    all: Arc<AtomicUsize>,
    polling: AtomicUsize,
    /// `usize::MAX` before.
    first: AtomicUsize,
    last: AtomicUsize,
}

impl Wake for Noted {
    fn wake(self: Arc<Self>) {
        // A wait that wakes itself has not been woken.
        if self.polling.load(SeqCst) == 0 {
            let now = self.all.load(SeqCst);
            self.last.store(now, SeqCst);
            let _ = self.first.compare_exchange(usize::MAX, now, SeqCst, SeqCst);
        }
        self.task.lock().unwrap().wake_by_ref();
    }
}

impl Side {
    fn members(&self) -> usize {
        self.completed.borrow().len()
    }

    fn join(&self) -> usize {
        self.completed.borrow_mut().push(0);
        self.members() - 1
    }

    /// Completes one operation of a member.
    async fn complete<F: Future + Unpin>(&self, member: usize, mut future: F) -> F::Output {
        let noted = Arc::new(Noted {
            task: Mutex::new(Waker::noop().clone()),
            all: Arc::clone(&self.all),
            polling: AtomicUsize::new(0),
            first: AtomicUsize::new(usize::MAX),
            last: AtomicUsize::new(0),
        });
        let waker = Waker::from(Arc::clone(&noted));
        let mut asleep_since = None;
        let output = poll_fn(|cx| {
            noted.task.lock().unwrap().clone_from(cx.waker());
            if let Some(since) = asleep_since.take() {
                let slept = noted.last.load(SeqCst).saturating_sub(since);
                self.longest_sleep.set(self.longest_sleep.get().max(slept));
            }
            noted.polling.store(1, SeqCst);
            let polled = future.poll(&mut Context::from_waker(&waker));
            noted.polling.store(0, SeqCst);
            if polled.is_pending() && noted.first.load(SeqCst) != usize::MAX {
                asleep_since = Some(self.all.load(SeqCst));
            }
            polled
        })
        .await;
        let all = self.all.load(SeqCst);
        let waited = all.saturating_sub(noted.first.load(SeqCst));
        self.longest.set(self.longest.get().max(waited));
        self.all.store(all + 1, SeqCst);
        self.completed.borrow_mut()[member] += 1;
        output
    }

    /// The least share of a member, in parts of what each would have if all had the same.
    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    fn least_share(&self) -> f64 {
        let completed = self.completed.borrow();
        let least = completed.iter().min().copied().unwrap_or_default();
        least as f64 * completed.len() as f64 / completed.iter().sum::<usize>() as f64
    }
}

/// A side of senders and a side of receivers that want to go on for ever, and go on for a while.
fn run_for_a_while(
    order: Order,
    messages: usize,
    (senders, receivers): (usize, usize),
    send: &impl AsyncFn(&Side, usize),
    receive: &impl AsyncFn(&Side, usize),
) -> [Side; 2] {
    let sides = [Side::default(), Side::default()];
    let mut executor = Executor::new(order);
    for _ in 0..senders {
        executor.spawn(async {
            let member = sides[0].join();
            loop {
                send(&sides[0], member).await;
            }
        });
    }
    for _ in 0..receivers {
        executor.spawn(async {
            let member = sides[1].join();
            loop {
                receive(&sides[1], member).await;
            }
        });
    }
    while sides[1].all.load(SeqCst) < messages {
        assert!(executor.turn(), "nobody sleeps beside a message, or room");
    }
    drop(executor);
    sides
}

struct Case {
    name: String,
    capacity: usize,
}

/// A channel, and queues of every order, at every capacity and in every shape.
fn run_all(order: Order, messages: usize, check: impl Fn(&Case, &Side)) {
    for shape in SHAPES {
        for capacity in CAPACITIES {
            // Twenty rounds at least.
            let messages = messages.max(20 * capacity * shape.0.max(shape.1));
            let check = |operation: &str, side: &Side| {
                let name = format!("{operation} at {capacity}, {shape:?}, {order:?}");
                check(&Case { name, capacity }, side);
            };
            let (tx, rx) = bounded(capacity);
            let [senders, receivers] = run_for_a_while(
                order,
                messages,
                shape,
                &async |side: &Side, member| side.complete(member, tx.send(0)).await.unwrap(),
                &async |side: &Side, member| {
                    assert_eq!(side.complete(member, rx.recv()).await, Ok(0));
                },
            );
            check("send", &senders);
            check("recv", &receivers);
            for (number, queue) in queues::<usize>(capacity).iter().enumerate() {
                let [puts, gets] = run_for_a_while(
                    order,
                    messages,
                    shape,
                    &async |side: &Side, member| side.complete(member, queue.put(0)).await.unwrap(),
                    &async |side: &Side, member| {
                        side.complete(member, queue.get()).await.unwrap().done();
                    },
                );
                check(&format!("put in queue {number}"), &puts);
                check(&format!("get of queue {number}"), &gets);
            }
        }
    }
}

/// How many messages make a hundred rounds at the largest capacity, and many turns.
const ROUNDS: usize = 40_000;

/// Equal shares, and each of the others takes what there is room for at most once before who was
/// woken.
fn assert_fair(case: &Case, side: &Side) {
    let (name, share) = (&case.name, side.least_share());
    assert!(share >= 0.95, "{name}: the least share is {share}");
    let (longest, bound) = (side.longest.get(), case.capacity * side.members());
    assert!(longest <= bound, "{name}: {longest} others came first, not {bound}");
}

/// In turns: equal shares, and an end to every wait.
#[test]
fn those_that_go_on_for_ever_get_equal_shares() {
    run_all(Order::Fifo, ROUNDS, assert_fair);
}

/// In any order: how long a task is ready and not run is the executor's, and how long it sleeps is
/// not.
#[test]
fn who_was_robbed_sleeps_no_longer_than_a_round() {
    for order in [Order::Lifo, Order::Random(1), Order::Random(2)] {
        run_all(order, 2000, |case, side| {
            let (longest, bound) = (side.longest_sleep.get(), 4 * (case.capacity + side.members()));
            assert!(longest <= bound, "{}: slept for {longest} messages, not {bound}", case.name);
        });
    }
}

/// Whoever waits sleeps; `serve` brings one on. They are served in the order in which they began.
#[track_caller]
fn assert_served_in_order<F: Future>(
    wait: impl Fn() -> F,
    serve: impl Fn(),
    settle: impl Fn(F::Output),
) {
    let mut waiting: Vec<_> = (0..8).map(|_| Task::parked(wait())).collect();
    for turn in 0..waiting.len() {
        serve();
        let woken = |task: &Task<F>| task.wakes() == 1;
        assert_eq!(waiting.iter().position(woken), Some(0), "turn {turn}");
        assert_eq!(waiting.iter().filter(|task| woken(task)).count(), 1);
        settle(waiting.remove(0).finish());
    }
}

/// The first in line is woken, and finds that another was faster, again and again: it stays the
/// first, also before who comes meanwhile.
#[track_caller]
fn assert_robbed_is_first<F: Future>(
    wait: impl Fn() -> F,
    serve: impl Fn(),
    rob: impl Fn(),
    settle: impl Fn(F::Output),
) {
    let mut waiting = vec![Task::parked(wait()), Task::parked(wait())];
    for robbery in 0..3 {
        serve();
        let wakes: Vec<_> = waiting.iter().map(Task::wakes).collect();
        assert_eq!((wakes[0], wakes.iter().sum()), (1, 1), "robbery {robbery}");
        rob();
        waiting.push(Task::parked(wait()));
        waiting[0].park();
    }
    while !waiting.is_empty() {
        serve();
        let wakes: Vec<_> = waiting.iter().map(Task::wakes).collect();
        assert_eq!((wakes[0], wakes.iter().sum()), (1, 1), "those who wait stay in order");
        settle(waiting.remove(0).finish());
    }
}

/// Of several that were robbed the one that has waited for longest is the first, whoever runs
/// first.
#[track_caller]
fn assert_robbed_keep_their_order<F: Future>(
    wait: impl Fn() -> F,
    serve: impl Fn(),
    rob: impl Fn(),
    settle: impl Fn(F::Output),
) {
    const ROBBED: usize = 3;

    let mut waiting: Vec<_> = (0..ROBBED + 2).map(|_| Task::parked(wait())).collect();
    (0..ROBBED).for_each(|_| serve());
    (0..ROBBED).for_each(|_| rob());
    for task in [1, 2, 0] {
        assert_eq!(waiting[task].wakes(), 1);
        waiting[task].park();
    }
    while !waiting.is_empty() {
        serve();
        let wakes: Vec<_> = waiting.iter().map(Task::wakes).collect();
        assert_eq!((wakes[0], wakes.iter().sum()), (1, 1), "{} wait", waiting.len());
        settle(waiting.remove(0).finish());
    }
}

/// Calls one of the above with `recv`, `send`, `get` and `put`.
macro_rules! on_all_sides {
    ($test:ident $(, $rob:ident)?) => {
        for capacity in [3, 10] {
            let (tx, rx) = bounded(capacity);
            let take = || assert!(rx.try_recv().is_ok());
            let give = || assert!(tx.try_send(0).is_ok());
            on_all_sides!(@ $test, || rx.recv(), give, take $(, $rob)?);
            while tx.try_send(0).is_ok() {}
            on_all_sides!(@ $test, || tx.send(0), take, give $(, $rob)?);
            for queue in queues::<usize>(capacity) {
                let take = || assert!(queue.try_get().is_ok());
                let give = || assert!(queue.try_put(0).is_ok());
                on_all_sides!(@ $test, || queue.get(), give, take $(, $rob)?);
                while queue.try_put(0).is_ok() {}
                on_all_sides!(@ $test, || queue.put(0), take, give $(, $rob)?);
            }
        }
    };
    (@ $test:ident, $wait:expr, $serve:expr, $opposite:expr) => {
        $test($wait, $serve, |output| assert!(output.is_ok()))
    };
    (@ $test:ident, $wait:expr, $serve:expr, $opposite:expr, rob) => {
        $test($wait, $serve, $opposite, |output| assert!(output.is_ok()))
    };
}

#[test]
fn those_who_wait_are_served_in_the_order_in_which_they_began() {
    on_all_sides!(assert_served_in_order);
}

#[test]
fn who_was_robbed_is_served_before_those_who_came_later() {
    on_all_sides!(assert_robbed_is_first, rob);
}

#[test]
fn those_who_were_robbed_keep_their_order() {
    on_all_sides!(assert_robbed_keep_their_order, rob);
}

/// A wait that yields before it sleeps: sooner or later one does, where both sides are on this
/// thread. Those before it sleep, and `serve` brings them on.
#[track_caller]
fn yields_first<F: Future>(
    wait: impl Fn() -> F,
    serve: impl Fn(),
    settle: impl Fn(F::Output),
) -> Task<F> {
    let yields = || {
        let mut task = Task::new(wait());
        assert!(task.poll().is_pending());
        if task.wakes() == 0 {
            serve();
            settle(task.finish());
            return None;
        }
        Some(task)
    };
    (0..100).find_map(|_| yields()).expect("nobody yields first")
}

/// Who yields first is as old as if it slept, and those who come meanwhile don't yield.
#[track_caller]
fn assert_older_than_who_comes_meanwhile<F: Future>(
    wait: impl Fn() -> F,
    serve: impl Fn(),
    settle: impl Fn(F::Output),
) {
    let first = yields_first(&wait, &serve, &settle);
    let mut waiting = vec![first];
    for _ in 0..8 {
        let mut later = Task::new(wait());
        assert!(later.poll().is_pending());
        assert_eq!(later.wakes(), 0, "it yields although others wait");
        waiting.push(later);
    }
    waiting[0].park();
    while !waiting.is_empty() {
        serve();
        let wakes: Vec<_> = waiting.iter().map(Task::wakes).collect();
        assert_eq!((wakes[0], wakes.iter().sum()), (1, 1), "{} wait", waiting.len());
        settle(waiting.remove(0).finish());
    }
    // That wait has ended, so another one may.
    let mut again = yields_first(&wait, &serve, &settle);
    serve();
    settle(again.finish());
}

/// It goes on to yield first as long as what it waits for is there afterwards, else it sleeps at
/// once, nearly always.
#[track_caller]
fn assert_yields_while_that_pays<F: Future>(
    wait: impl Fn() -> F,
    serve: impl Fn(),
    settle: impl Fn(F::Output),
) {
    const WAITS: usize = 1000;

    let yields = |pays: bool| {
        let mut task = Task::new(wait());
        assert!(task.poll().is_pending());
        let yields = task.wakes() == 1;
        if !pays {
            task.park();
        }
        serve();
        settle(task.finish());
        yields
    };
    let times = |pays| (0..WAITS).filter(|_| yields(pays)).count();
    let paid = times(true);
    assert!(paid > WAITS * 9 / 10, "{paid} of {WAITS}");
    let in_vain = times(false);
    assert!(in_vain < WAITS / 8, "{in_vain} of {WAITS}");
}

/// Calls one of the above with `recv`, `send`, `get` and `put`.
macro_rules! on_sides_that_yield {
    ($test:ident) => {
        for capacity in [1, 3] {
            let (tx, rx) = bounded(capacity);
            let take = || assert!(rx.try_recv().is_ok());
            let give = || assert!(tx.try_send(0).is_ok());
            $test(|| rx.recv(), give, |got| assert!(got.is_ok()));
            while tx.try_send(0).is_ok() {}
            $test(|| tx.send(0), take, |sent| assert!(sent.is_ok()));
            let queue = Queue::bounded(capacity);
            let take = || assert!(queue.try_get().is_ok());
            let give = || assert!(queue.try_put(0).is_ok());
            $test(|| queue.get(), give, |got| assert!(got.is_ok()));
            while queue.try_put(0).is_ok() {}
            $test(|| queue.put(0), take, |put| assert!(put.is_ok()));
        }
    };
}

#[test]
fn who_yields_first_is_served_before_those_who_came_later() {
    on_sides_that_yield!(assert_older_than_who_comes_meanwhile);
}

#[test]
fn a_wait_yields_first_as_long_as_that_pays() {
    on_sides_that_yield!(assert_yields_while_that_pays);
}

/// A stream goes after those that `recv`, so it sleeps at once where one of them does.
#[test]
fn a_stream_yields_first_only_where_no_recv_waits() {
    fn poll_next<S: Stream + Unpin>(stream: S) -> bool {
        let mut task = Task::new(stream);
        assert!(task.with(|stream, cx| Pin::new(stream).poll_next(cx)).is_pending());
        task.wakes() == 1
    }

    let (tx, rx) = bounded(1);
    let alone = |_: &_| {
        // The sender is on this thread.
        let recv = Task::parked(rx.recv());
        tx.try_send(0).unwrap();
        drop(recv);
        assert_eq!(rx.try_recv(), Ok(0));
        poll_next(rx.clone())
    };
    assert!((0..100).any(|n| alone(&n)));
    let waits = Task::parked(rx.recv());
    assert_eq!((0..100).filter(|_| poll_next(rx.clone())).count(), 0);
    drop(waits);
    assert!((0..100).any(|n| alone(&n)));
}

/// The same with tasks, eight messages at once where they run in turn, else one at a time.
#[test]
fn tasks_are_served_in_the_order_in_which_they_began() {
    for order in Order::ALL {
        let at_once = matches!(order, Order::Fifo);
        let (tx, rx) = bounded(8);
        let served = RefCell::new(Vec::new());
        let mut executor = Executor::new(order);
        for task in 0..8 {
            let (served, rx) = (&served, &rx);
            executor.spawn(async move {
                let message = rx.recv().await.unwrap();
                served.borrow_mut().push((task, message));
            });
            // It begins to wait now.
            executor.run();
        }
        for message in 0..8 {
            assert_eq!(tx.try_send(message), Ok(()));
            if !at_once {
                executor.run();
            }
        }
        assert_eq!(executor.run(), 0);
        assert!(served.take().into_iter().eq((0..8).map(|n| (n, n))), "{order:?}");

        (0..8).for_each(|_| assert_eq!(tx.try_send(9), Ok(())));
        let mut executor = Executor::new(order);
        for task in 0..8 {
            let tx = &tx;
            executor.spawn(async move { tx.send(task).await.unwrap() });
            executor.run();
        }
        for _ in 0..8 {
            assert_eq!(rx.try_recv(), Ok(9));
            if !at_once {
                executor.run();
            }
        }
        assert_eq!(executor.run(), 0);
        assert!((0..8).map(|_| rx.try_recv()).eq((0..8).map(Ok)), "{order:?}");
    }
}

/// After so many operations a task that finds them ready lets others run.
const BUDGET: usize = 512;
const LOOPS: usize = 5 * BUDGET;
/// The most that a turn takes where there is room for more.
const LONGEST: usize = 8 * BUDGET;

/// A task that does nothing but `operation`, which never has to wait, gives way often enough, and
/// wakes itself.
#[track_caller]
fn assert_gives_way(what: &str, operation: impl AsyncFnMut()) {
    assert_gives_way_after(BUDGET, what, operation);
}

/// The same where there is more room, and a turn has so many operations.
#[track_caller]
fn assert_gives_way_after(budget: usize, what: &str, mut operation: impl AsyncFnMut()) {
    let done = Cell::new(0);
    let loops = 5 * budget;
    let mut task = Task::new(async {
        for _ in 0..loops {
            operation().await;
            done.set(done.get() + 1);
        }
    });
    for wakes in 1.. {
        let before = done.get();
        let polled = task.poll();
        let turn = done.get() - before;
        assert!(turn <= budget, "{what}: {turn} operations without giving way");
        if polled.is_ready() {
            break;
        }
        assert_eq!(task.wakes(), wakes, "{what}: whoever gives way asks for another turn");
        assert!(wakes <= loops, "{what}: it gets on");
    }
    assert_eq!(done.get(), loops);
}

#[test]
fn a_loop_over_ready_messages_gives_way() {
    for (capacity, budget) in [(Some(5 * LONGEST), LONGEST), (None, BUDGET)] {
        let (tx, rx) = capacity.map_or_else(unbounded, bounded);
        assert_gives_way_after(budget, "send", async || tx.send(0).await.unwrap());
        assert_eq!(rx.len(), 5 * budget);
        assert_gives_way_after(budget, "recv", async || assert_eq!(rx.recv().await, Ok(0)));
        (0..5 * budget).for_each(|_| assert_eq!(tx.try_send(0), Ok(())));
        let mut stream = rx.clone();
        assert_gives_way_after(budget, "next", async || assert_eq!(stream.next().await, Some(0)));
    }
    // One place after another becomes ready, at any number of places.
    for capacity in [1, 2, 3, 5, 100, 512, 513, 1000] {
        let (tx, rx) = bounded(capacity);
        let mut stream = rx.clone();
        let budget = BUDGET.max(capacity);
        assert_gives_way_after(budget, &format!("send of {capacity}"), async || {
            tx.send(0).await.unwrap();
            rx.try_recv().unwrap();
        });
        assert_gives_way_after(budget, &format!("recv of {capacity}"), async || {
            tx.try_send(0).unwrap();
            rx.recv().await.unwrap();
        });
        assert_gives_way_after(budget, &format!("next of {capacity}"), async || {
            tx.try_send(0).unwrap();
            stream.next().await.unwrap();
        });
    }
}

#[test]
fn a_loop_over_ready_items_gives_way() {
    for (number, queue) in queues::<usize>(5 * LONGEST).iter().enumerate() {
        assert_gives_way_after(LONGEST, &format!("put, {number}"), async || {
            queue.put(0).await.unwrap();
        });
        assert_eq!(queue.len(), 5 * LONGEST);
        assert_gives_way_after(LONGEST, &format!("get, {number}"), async || {
            queue.get().await.unwrap().done();
        });
        (0..5 * LONGEST).for_each(|_| assert_eq!(queue.try_put(0), Ok(())));
        let mut jobs = queue.jobs();
        assert_gives_way_after(LONGEST, &format!("next, {number}"), async || {
            jobs.next().await.unwrap().done();
        });
    }
}

/// Also where nothing moves on.
#[test]
fn a_loop_that_never_waits_gives_way_whatever_it_does() {
    for overflow in [Overflow::DropOldest, Overflow::DropNewest] {
        let (tx, _rx) = Builder::new().capacity(10).overflow(overflow).build().unwrap();
        let what = format!("{overflow:?}");
        assert_gives_way(&what, async || tx.send(0).await.unwrap());
        assert_gives_way(&what, async || assert!(tx.offer(0).await.is_ok()));
        let queue = queue::Builder::new().maxsize(10).overflow(overflow).fifo().unwrap();
        assert_gives_way(&what, async || queue.put(0).await.unwrap());
    }
    let (tx, _rx) = Builder::new().capacity(1).overflow(Overflow::Refuse).build().unwrap();
    tx.try_send(0).unwrap();
    assert_gives_way("refused", async || assert!(tx.offer(0).await.is_err()));
    let refuses = queue::Builder::new().maxsize(1).overflow(Overflow::Refuse);
    let assert_put_gives_way = |queue: queue::Queue<usize>| {
        assert!(queue.try_put(0).is_ok());
        assert_gives_way("a refused put", async || assert!(queue.offer(0).await.is_err()));
    };
    assert_put_gives_way(refuses.fifo().unwrap());
    #[cfg(feature = "std")]
    assert_put_gives_way(refuses.lifo().unwrap());
    let (tx, rx) = bounded(100);
    assert_gives_way("reserve", async || drop(tx.reserve().await.unwrap()));
    // A fixed number of messages at a time, of which one passes a place where a budget could end.
    assert_gives_way("batch", async || {
        while tx.try_send(0).is_ok() {}
        assert_eq!(rx.recv().await, Ok(0));
        (0..63).for_each(|_| assert_eq!(rx.try_recv(), Ok(0)));
    });
    #[cfg(feature = "std")]
    for (number, queue) in queues::<usize>(2).iter().enumerate() {
        assert!(queue.try_put(0).is_ok());
        assert_gives_way(&format!("give back, {number}"), async || {
            queue.get().await.unwrap().give_back();
        });
    }
}

/// A call that takes or gives many is many operations.
#[test]
fn a_long_batch_gives_way_and_ends() {
    let (tx, rx) = unbounded();
    let mut endless = Task::new(tx.send_many(0..));
    for polls in 1..=3 {
        assert!(endless.poll().is_pending());
        assert_eq!(endless.wakes(), polls, "it asks for another turn");
        assert!(rx.len() <= 2 * BUDGET * polls, "{} by {polls} polls", rx.len());
    }
    assert!(rx.len() >= BUDGET, "it gets on");
    drop(endless);

    // No more than were there when it began, although each that is taken lets another one in.
    let (tx, rx) = bounded(2 * BUDGET);
    while tx.try_send(0).is_ok() {}
    let refill = tx.clone();
    let refilling: Waker = Arc::new(Refill(refill)).into();
    let mut sends: Vec<_> = (0..BUDGET).map(|_| tx.send(1)).collect();
    for send in &mut sends {
        assert!(Pin::new(send).poll(&mut Context::from_waker(&refilling)).is_pending());
    }
    let mut messages = Vec::new();
    assert_eq!(rx.try_recv_many(&mut messages, usize::MAX), Ok(2 * BUDGET));
    assert!(messages.iter().all(|&message| message == 0));
}

/// A waker that sends another message.
struct Refill(Sender<usize>);

impl Wake for Refill {
    fn wake(self: Arc<Self>) {
        let _ = self.0.try_send(2);
    }
}

/// A poll that gives way does so for its place only: dropped and made again, the operation
/// succeeds.
#[track_caller]
fn assert_gives_way_once<F: Future>(wait: impl Fn() -> F, settle: impl Fn(F::Output)) {
    let mut turns = 0;
    for _ in 0..LOOPS {
        let mut first = Task::new(wait());
        let output = match first.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => {
                assert_eq!(first.wakes(), 1);
                drop(first);
                turns += 1;
                match Task::new(wait()).poll() {
                    Poll::Ready(output) => output,
                    Poll::Pending => panic!("it gave way twice at one place"),
                }
            }
        };
        settle(output);
    }
    assert!(turns >= LOOPS / BUDGET - 1, "it gave way {turns} times");
}

#[test]
fn who_is_dropped_when_it_gives_way_gets_its_message_the_next_time() {
    for capacity in [1, 3, 100] {
        let (tx, rx) = bounded(capacity);
        let give = || assert!(tx.try_send(0).is_ok());
        give();
        assert_gives_way_once(
            || rx.recv(),
            |message| {
                assert_eq!(message, Ok(0));
                give();
            },
        );
        assert_eq!(rx.try_recv(), Ok(0));
        assert_gives_way_once(
            || tx.send(0),
            |sent| {
                assert_eq!(sent, Ok(()));
                assert_eq!(rx.try_recv(), Ok(0));
            },
        );
        for queue in queues::<usize>(capacity) {
            assert!(queue.try_put(0).is_ok());
            let refill = |job: Result<Job<'_, usize>, GetError>| {
                job.unwrap().done();
                assert!(queue.try_put(0).is_ok());
            };
            assert_gives_way_once(|| queue.get(), refill);
            assert!(queue.try_get().is_ok());
            assert_gives_way_once(
                || queue.put(0),
                |put| {
                    assert_eq!(put, Ok(()));
                    assert!(queue.try_get().is_ok());
                },
            );
        }
    }
}

/// A stream lasts from one `next()` to another, and so does its giving way.
#[test]
fn a_next_that_is_dropped_when_it_gives_way_gets_its_message_the_next_time() {
    let (tx, mut rx) = bounded(1);
    let mut turns = 0;
    for message in 0..LOOPS {
        assert_eq!(tx.try_send(message), Ok(()));
        let mut next = Task::new(rx.next()).poll();
        if next.is_pending() {
            turns += 1;
            next = Task::new(rx.next()).poll();
        }
        assert_eq!(next, Poll::Ready(Some(message)));
    }
    assert!(turns >= LOOPS / BUDGET - 1, "it gave way {turns} times");
}

/// Whatever is ready beside an endless loop runs.
#[test]
fn an_endless_loop_over_ready_messages_lets_others_run() {
    for order in [Order::Fifo, Order::Random(1), Order::Random(2)] {
        let (tx, rx) = unbounded();
        let over = Cell::new(false);
        let mut executor = Executor::new(order);
        executor.spawn(async {
            while !over.get() {
                tx.send(0).await.unwrap();
                rx.recv().await.unwrap();
            }
        });
        executor.spawn(async { over.set(true) });
        assert_eq!(executor.run(), 0);
    }
    // A timer that is over, polled second, as `select!` does with what it prefers less.
    let (tx, rx) = unbounded();
    let endless = async {
        loop {
            tx.try_send(0).unwrap();
            rx.recv().await.unwrap();
        }
    };
    Task::new(endless.or(ready(()))).finish();
}

/// A future that was woken and is held unpolled has one wakeup, and keeps no other from anybody.
#[track_caller]
fn assert_held_stalls_one<F: Future>(wait: impl Fn() -> F, serve: impl Fn()) {
    let mut held = Task::parked(wait());
    let mut second = Task::parked(wait());
    let third = Task::parked(wait());
    serve();
    assert_eq!([held.wakes(), second.wakes(), third.wakes()], [1, 0, 0]);
    serve();
    assert_eq!([held.wakes(), second.wakes(), third.wakes()], [1, 1, 0]);
    second.finish();
    held.finish();
    assert_eq!(third.wakes(), 0);
}

#[test]
fn a_held_future_stalls_only_its_own_notification() {
    for capacity in [2, 10] {
        let (tx, rx) = bounded(capacity);
        assert_held_stalls_one(|| rx.recv(), || assert!(tx.try_send(0).is_ok()));
        while tx.try_send(0).is_ok() {}
        assert_held_stalls_one(|| tx.send(0), || assert!(rx.try_recv().is_ok()));
        for queue in queues::<usize>(capacity) {
            assert_held_stalls_one(|| queue.get(), || assert!(queue.try_put(0).is_ok()));
            while queue.try_put(0).is_ok() {}
            assert_held_stalls_one(|| queue.put(0), || assert!(queue.try_get().is_ok()));
        }
    }
}

/// Far more seeds than elsewhere: what is sought is rare.
fn orders() -> impl Iterator<Item = Order> {
    [Order::Fifo, Order::Lifo].into_iter().chain((10..16).map(Order::Random))
}

/// Passes a budget.
const ALL: usize = 600;

#[test]
fn nobody_sleeps_beside_a_message() {
    for order in orders() {
        for (senders, receivers) in SHAPES {
            for capacity in [1, 3, 10] {
                let (tx, rx) = bounded(capacity);
                let received = RefCell::new(Vec::new());
                let mut executor = Executor::new(order);
                for sender in 0..senders {
                    let tx = tx.clone();
                    executor.spawn(async move {
                        for message in (sender..ALL).step_by(senders) {
                            if message % 3 == 0 {
                                if tx.try_send(message).is_ok() {
                                    continue;
                                }
                                // Given up, perhaps with a wakeup.
                                let mut send = tx.send(message);
                                poll_once(&mut send).await;
                                yield_now().await;
                                let Some(message) = send.into_inner() else { continue };
                                tx.send(message).await.unwrap();
                            } else {
                                tx.send(message).await.unwrap();
                            }
                        }
                    });
                }
                for receiver in 0..receivers {
                    let (mut rx, received) = (rx.clone(), &received);
                    executor.spawn(async move {
                        loop {
                            let message = match receiver % 3 {
                                0 => rx.recv().await.ok(),
                                1 => rx.next().await,
                                _ => {
                                    let mut recv = rx.recv();
                                    let first = poll_once(&mut recv).await;
                                    yield_now().await;
                                    drop(recv);
                                    match first {
                                        Some(received) => received.ok(),
                                        None => rx.recv().await.ok(),
                                    }
                                }
                            };
                            let Some(message) = message else { return };
                            received.borrow_mut().push(message);
                        }
                    });
                }
                drop((tx, rx));
                assert_eq!(executor.run(), 0, "{order:?}, capacity {capacity}: all end");
                drop(executor);
                let mut received = received.take();
                received.sort_unstable();
                assert!(received.into_iter().eq(0..ALL), "each arrives once");
            }
        }
    }
}

#[test]
fn nobody_sleeps_beside_an_item() {
    for order in orders() {
        for (producers, workers) in SHAPES {
            for queue in queues::<usize>(3) {
                let got = RefCell::new(Vec::new());
                let mut executor = Executor::new(order);
                for producer in 0..producers {
                    let queue = &queue;
                    executor.spawn(async move {
                        for item in (producer..ALL).step_by(producers) {
                            queue.put(item).await.unwrap();
                        }
                    });
                }
                for _ in 0..workers {
                    executor.spawn(async {
                        while let Ok(job) = queue.get().await {
                            let item = job.into_inner();
                            got.borrow_mut().push(item);
                            if got.borrow().len() == ALL {
                                queue.shutdown(Shutdown::Graceful);
                            }
                        }
                    });
                }
                assert_eq!(executor.run(), 0, "{order:?}: all end");
                drop(executor);
                let mut got = got.take();
                got.sort_unstable();
                assert!(got.into_iter().eq(0..ALL), "each is handed out once");
            }
        }
    }
}

/// Senders of every weight, in turns: an end to every wait, whatever it needs of the room, and
/// comparable shares of the weight.
#[test]
fn heavy_messages_get_through_beside_light_ones() {
    for (senders, receivers) in [(2, 1), (5, 1), (5, 4), (20, 1), (20, 4)] {
        for limit in [4, 10, 100] {
            let weight = |member| [limit, 1, limit / 2, 1, 2][member % 5];
            let (tx, rx) = Builder::new().weight(limit, |weight| *weight).build().unwrap();
            let [side, _] = run_for_a_while(
                Order::Fifo,
                20 * limit * senders,
                (senders, receivers),
                &async |side: &Side, member| {
                    side.complete(member, tx.send(weight(member))).await.unwrap();
                },
                &async |side: &Side, member| {
                    side.complete(member, rx.recv()).await.unwrap();
                },
            );
            let name = format!("limit {limit}, {senders} senders, {receivers} receivers");
            let (longest, bound) = (side.longest.get(), 4 * limit * senders);
            assert!(longest <= bound, "{name}: {longest} others came first, not {bound}");
            let completed = side.completed.borrow();
            let sent = (0..senders).map(|member| weight(member) * completed[member]);
            let (least, mean) = (sent.clone().min().unwrap(), sent.sum::<usize>() / senders);
            assert!(5 * least >= 2 * mean, "{name}: the least share is {least} of {mean}");
        }
    }
}

/// A heavy message that waits is passed by no light one that a task tries to send at every turn,
/// until its room is there.
#[test]
fn room_is_gathered_beside_those_who_try_at_every_turn() {
    for limit in [2, 10, 100] {
        let (tx, rx) = Builder::new().weight(limit, |weight| *weight).build().unwrap();
        let received = RefCell::new(Vec::new());
        let mut executor = Executor::new(Order::Fifo);
        executor.spawn(async {
            loop {
                while tx.try_send(1).is_ok() {}
                let message = rx.recv().await.unwrap();
                received.borrow_mut().push(message);
                yield_now().await;
            }
        });
        executor.spawn(async {
            loop {
                tx.send(limit).await.unwrap();
                // It lets the others go first.
                for _ in 0..3 {
                    yield_now().await;
                }
            }
        });
        while received.borrow().len() < 20 * limit {
            assert!(executor.turn());
        }
        drop(executor);
        let received = received.take();
        let runs: Vec<_> = received.split(|&weight| weight == limit).map(<[_]>::len).collect();
        let [first, between @ .., _] = &runs[..] else { panic!("{limit}: no heavy one came") };
        // Those that were inside, and the one that took the room of another before the wait began.
        assert_eq!(*first, limit);
        assert!(between.iter().all(|&run| run == limit + 1), "{limit}: {between:?}");
        assert!(between.len() > 5);
    }
}

/// What the docs of `recv` advise for a loop around `select!`.
#[test]
fn a_future_that_is_kept_keeps_its_place_and_one_that_is_made_anew_does_not() {
    let (sender, receiver) = bounded(1);
    let mut kept = Task::parked(receiver.clone().recv_owned());
    let mut worker = Task::parked(receiver.recv());
    // A turn of the loop for another reason.
    kept.park();
    sender.try_send(1).unwrap();
    assert_eq!((kept.wakes(), worker.wakes()), (1, 0));
    assert_eq!(kept.finish(), Ok(1));
    kept.park();
    sender.try_send(2).unwrap();
    assert_eq!(worker.finish(), Ok(2));

    let anew = Task::parked(receiver.recv());
    let mut worker = Task::parked(receiver.recv());
    drop((kept, anew));
    let anew = Task::parked(receiver.recv());
    sender.try_send(3).unwrap();
    assert_eq!((anew.wakes(), worker.wakes()), (0, 1));
    assert_eq!(worker.finish(), Ok(3));
}

/// Polls new waits as long as they succeed: as a task does that the executor runs first, always.
/// `false` if it gave way.
fn go_on<F: Future>(wait: impl Fn() -> F, settle: impl Fn(F::Output)) -> bool {
    loop {
        let mut task = Task::new(wait());
        match task.poll() {
            Poll::Ready(output) => settle(output),
            Poll::Pending => return task.wakes() == 0,
        }
    }
}

/// Others of its side run before one that waits, and take all. `refresh` brings ten of what they
/// wait for, `exhaust` takes it away.
fn assert_served_although_late<F: Future>(
    what: &str,
    wait: impl Fn() -> F,
    settle: impl Fn(F::Output),
    refresh: impl Fn(),
    exhaust: impl Fn(),
) {
    exhaust();
    let mut late = Task::parked(wait());
    // It is polled only when another one does not go on.
    let rounds = (1..=100).find(|_| {
        refresh();
        go_on(&wait, &settle);
        late.poll().is_ready()
    });
    // A turn of the others, of ten in each round.
    assert!(rounds.is_some_and(|rounds| rounds <= BUDGET / 10 + 2), "{what}: {rounds:?}");

    // Two are woken, and the younger one is polled first: as by an executor that runs what was
    // woken last before the rest. Up to three times it is chance.
    exhaust();
    let mut older = Task::parked(wait());
    for times in 0..=3 {
        let mut younger = Task::parked(wait());
        refresh();
        settle(younger.finish());
        if times < 3 {
            assert!(go_on(&wait, &settle), "{what}: it has come in vain {times} times only");
            older.park();
        }
    }
    // One more, as it may have been dropped and made anew.
    settle(Task::new(wait()).finish());
    assert!(!go_on(&wait, |_| panic!("{what}: it has overtaken another one")));
    settle(older.finish());
}

/// As on an executor of several threads, where one that was woken may lie in a queue for so long
/// that the others have taken all.
#[test]
fn who_always_comes_too_late_is_let_in() {
    let (tx, rx) = bounded(10);
    let fill = || while tx.try_send(0).is_ok() {};
    let empty = || while rx.try_recv().is_ok() {};
    assert_served_although_late("recv", || rx.recv(), |got| assert!(got.is_ok()), fill, empty);
    let sent = |sent: Result<(), _>| sent.unwrap();
    assert_served_although_late("send", || tx.send(0), sent, empty, fill);
    #[cfg(feature = "std")]
    for (number, queue) in queues::<usize>(10).iter().enumerate() {
        let fill = || while queue.try_put(0).is_ok() {};
        let empty = || while queue.try_get().is_ok() {};
        let done = |job: Result<queue::Job<'_, usize>, _>| job.unwrap().done();
        assert_served_although_late(&format!("get, {number}"), || queue.get(), done, fill, empty);
        let put = |put: Result<(), _>| put.unwrap();
        assert_served_although_late(&format!("put, {number}"), || queue.put(0), put, empty, fill);
    }
}

/// A task that always finds a message gives way, although another one on another thread waits for
/// each of its own, again and again.
#[cfg(feature = "std")]
#[test]
fn a_turn_ends_although_others_are_woken_on_another_thread() {
    let gives_way = |send: &dyn Fn(), recv: &dyn Fn() -> bool, elsewhere: &(dyn Fn() + Sync)| {
        (0..BUDGET).any(|_| {
            send();
            let gave_way = !recv();
            std::thread::scope(|scope| scope.spawn(elsewhere).join()).unwrap();
            gave_way
        })
    };
    let (tx, rx) = bounded(10);
    let send = || while tx.try_send(0).is_ok() {};
    let recv = || {
        let waits = Task::parked(tx.send(0));
        let went_on = go_on(|| rx.recv(), |got| assert_eq!(got, Ok(0)));
        drop(waits);
        went_on
    };
    let elsewhere = || {
        while rx.try_recv().is_ok() {}
        let mut waits = Task::parked(rx.recv());
        tx.try_send(0).unwrap();
        assert_eq!(waits.finish(), Ok(0));
    };
    assert!(gives_way(&send, &recv, &elsewhere), "recv");
    for (number, queue) in queues::<usize>(10).iter().enumerate() {
        let put = || while queue.try_put(0).is_ok() {};
        let get = || {
            let waits = Task::parked(queue.put(0));
            let went_on = go_on(|| queue.get(), |job| job.unwrap().done());
            drop(waits);
            went_on
        };
        let elsewhere = || {
            while queue.try_get().is_ok() {}
            let mut waits = Task::parked(queue.get());
            queue.try_put(0).unwrap();
            waits.finish().unwrap().done();
        };
        assert!(gives_way(&put, &get, &elsewhere), "get, {number}");
    }
}

/// It is let in for as long as it seems to come, and no longer.
#[test]
fn who_came_too_late_and_is_polled_no_more_holds_up_nobody() {
    let (tx, rx) = bounded(10);
    let fill = || while tx.try_send(0).is_ok() {};
    let mut late = Task::parked(rx.recv());
    let rounds = (1..=100).find(|_| {
        fill();
        let gave_way = !go_on(|| rx.recv(), |got| assert!(got.is_ok()));
        if !gave_way {
            assert!(late.poll().is_pending());
        }
        gave_way
    });
    assert!(rounds.is_some());
    // One that is dropped, and made anew, gets its message at the second time.
    fill();
    let polled_once = |_: &_| Task::new(rx.recv()).poll().is_ready();
    assert!((0..20).filter(polled_once).count() >= 9);
    // No longer than for some turns.
    let polls = |mut recv: Task<_>| (1..=10).find(|_| recv.poll().is_ready()).unwrap();
    let gave_way = (0..200).filter(|_| {
        fill();
        polls(Task::new(rx.recv())) > 1
    });
    let gave_way = gave_way.count();
    assert!((10..100).contains(&gave_way), "{gave_way} of 200");
}
