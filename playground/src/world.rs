//! What producers, workers and the page look at.

use crate::executor::{Clock, Sleep};
use crate::settings::{Item, Key, Name, Settings};
use crate::worker::Order;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::{Poll, Waker};
use forebay::Pressure;
use forebay::queue::{Job, PutError, Queue};

/// As many producers, and as many workers, as there can be.
pub const MOST: usize = 8;

/// What a producer is doing, by the numbers that the page knows.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(u32)]
pub enum Producing {
    #[default]
    Gone,
    Making,
    Waiting,
    Slowed,
    Refused,
    Closed,
}

/// What a worker is doing, by the numbers that the page knows.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(u32)]
pub enum Working {
    #[default]
    Gone,
    Waiting,
    Working,
    Stopped,
    Crashed,
    Ended,
}

#[derive(Default)]
pub struct Producer {
    pub state: Cell<Producing>,
    /// What it holds and could not put yet.
    pub holds: Cell<Name>,
    /// When its present wait began, and when it will end if that is known.
    pub from: Cell<u64>,
    pub until: Cell<u64>,
    /// How many items lie in the buffers of its socket.
    pub socket: Cell<usize>,
    pub made: Cell<u32>,
}

#[derive(Default)]
pub struct Worker {
    pub state: Cell<Working>,
    pub holds: Cell<Name>,
    pub attempt: Cell<u32>,
    pub from: Cell<u64>,
    pub until: Cell<u64>,
    pub done: Cell<u32>,
    /// What it was told and has not yet seen.
    pub order: Cell<Option<Order>>,
    /// Whether it shall end after the job in hand.
    pub stops: Cell<bool>,
    /// Whether what is dropped now is dropped by a crash.
    pub crashes: Cell<bool>,
}

/// How the run stands, by the numbers that the page knows.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(u32)]
pub enum Phase {
    #[default]
    Running,
    /// Shut down; there is still work in hand or inside.
    Closing,
    Ended,
    /// Out of memory.
    Killed,
}

/// What became of the items, beside what the queue itself knows.
#[derive(Default)]
pub struct Counters {
    pub put: Cell<u32>,
    pub done: Cell<u32>,
    pub refused: Cell<u32>,
    pub displaced: Cell<u32>,
    pub dead: Cell<u32>,
    pub left_over: Cell<u32>,
    /// Came back from a worker that crashed or was sent away.
    pub returned: Cell<u32>,
    /// Changes of the level from low to high.
    pub highs: Cell<u32>,
    /// Given back to a producer because the queue was shut down.
    pub closed: Cell<u32>,
}

pub fn count(counter: &Cell<u32>) {
    counter.set(counter.get() + 1);
}

pub struct World {
    pub settings: RefCell<Settings>,
    pub clock: Rc<Clock>,
    pub queue: Queue<Item>,
    pub producers: [Producer; MOST],
    pub workers: [Worker; MOST],
    pub counters: Counters,
    pub phase: Cell<Phase>,
    /// The last `Retry-After` that was told, in microseconds.
    pub retry_after: Cell<u64>,
    /// How long the last item that was taken had waited, in microseconds.
    pub waited: Cell<u64>,
    /// Until when the producers are four times as fast.
    pub burst: Cell<u64>,
    /// The items in the queue, oldest first: a queue cannot be looked into.
    pub inside: RefCell<Vec<Name>>,
    /// When the last jobs were taken, to tell how fast the queue drains.
    taken: RefCell<Vec<u64>>,
    /// Jobs of workers that are gone, and what waits for them. Never more than were in hand.
    back: RefCell<Vec<Job<'static, Item>>>,
    returning: RefCell<Option<Waker>>,
    chance: Cell<u32>,
}

impl World {
    /// `None` if the settings don't go together.
    pub fn new(settings: &Settings, clock: &Rc<Clock>) -> Option<Self> {
        Some(Self {
            settings: RefCell::new(settings.clone()),
            clock: Rc::clone(clock),
            queue: settings.queue().ok()?,
            producers: Default::default(),
            workers: Default::default(),
            counters: Counters::default(),
            phase: Cell::default(),
            retry_after: Cell::default(),
            waited: Cell::default(),
            burst: Cell::default(),
            inside: RefCell::default(),
            taken: RefCell::default(),
            back: RefCell::default(),
            returning: RefCell::default(),
            chance: Cell::new(0x9e37_79b9),
        })
    }

    pub fn setting(&self, key: Key) -> u32 {
        self.settings.borrow().get(key)
    }

    pub fn sleep(&self, micros: u64) -> Sleep<'_> {
        self.clock.sleep(micros)
    }

    /// Between three quarters of so long and five quarters: nothing is quite regular.
    pub fn about(&self, micros: u64) -> u64 {
        let mut chance = self.chance.get();
        chance ^= chance << 13;
        chance ^= chance >> 17;
        chance ^= chance << 5;
        self.chance.set(chance);
        micros * 3 / 4 + micros / 2 * u64::from(chance >> 16) / u64::from(u16::MAX)
    }

    /// Follows a put.
    pub fn put(&self, name: Name) {
        count(&self.counters.put);
        self.inside.borrow_mut().push(name);
    }

    /// Follows a put for which something else was displaced: the oldest item, or this one.
    pub fn put_displacing(&self, name: Name, displaced: Name) {
        self.put(name);
        count(&self.counters.displaced);
        self.forget(displaced);
    }

    /// An item that is not inside any more.
    fn forget(&self, name: Name) {
        let mut inside = self.inside.borrow_mut();
        if let Some(place) = inside.iter().position(|&item| item == name) {
            inside.remove(place);
        }
    }

    /// Follows a get.
    pub fn take(&self, job: &Job<'_, Item>) {
        debug_assert_eq!(self.inside.borrow().first(), Some(&job.name), "first in, first out");
        self.forget(job.name);
        let now = self.clock.now();
        self.waited.set(now - job.since);
        let mut taken = self.taken.borrow_mut();
        taken.push(now);
        if taken.len() > MOST {
            taken.remove(0);
        }
    }

    /// In how long half of the queue will be free, at the pace of late: an answer for all who ask,
    /// so that they do not all come back for one place.
    ///
    /// It is what `DrainMeter` estimates in a program that has a clock of the system.
    pub fn until_room(&self) -> u64 {
        const SECOND: u64 = 1_000_000;
        let capacity = self.queue.capacity().unwrap_or(usize::MAX);
        let missing = (self.queue.len() + capacity.div_ceil(2)).saturating_sub(capacity);
        let taken = self.taken.borrow();
        let wait = match taken.first() {
            Some(&first) => (self.clock.now() - first) * missing as u64 / taken.len() as u64,
            None => SECOND,
        };
        wait.clamp(SECOND / 5, 10 * SECOND)
    }

    /// A job that is in hand no more, and not done.
    pub fn come_back(&self, mut job: Job<'static, Item>, crashed: bool) {
        if crashed {
            if job.attempt > self.setting(Key::Retries) {
                count(&self.counters.dead);
                drop(job.into_inner());
                return;
            }
            job.attempt += 1;
        }
        count(&self.counters.returned);
        self.back.borrow_mut().push(job);
        if let Some(waker) = self.returning.take() {
            waker.wake();
        }
    }

    /// Puts jobs back that came back, once there is room.
    pub async fn return_jobs(&self) {
        loop {
            let job = poll_fn(|cx| {
                let mut back = self.back.borrow_mut();
                if back.is_empty() {
                    self.returning.replace(Some(cx.waker().clone()));
                    return Poll::Pending;
                }
                Poll::Ready(back.remove(0))
            });
            let job = job.await;
            let name = job.name;
            match job.requeue().await {
                Ok(()) => self.inside.borrow_mut().push(name),
                Err(PutError(job)) => {
                    count(&self.counters.left_over);
                    drop(job.into_inner());
                }
            }
        }
    }

    /// Counts how often the level gets high.
    pub async fn watch_level(&self) {
        while self.queue.until(Pressure::High).await == Pressure::High {
            count(&self.counters.highs);
            if self.queue.until(Pressure::Low).await == Pressure::High {
                return; // shut down
            }
        }
    }

    /// Waits until everything is done, after a shutdown.
    pub async fn finish(&self) {
        self.queue.join().await;
        self.phase.set(Phase::Ended);
    }
}
