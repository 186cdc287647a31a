//! A worker, what it is told, and what becomes of its job when it crashes.

use crate::producer::first_of;
use crate::settings::{Item, Name};
use crate::world::{Worker, Working, World, count};
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;
use forebay::queue::Job;

/// What a worker can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Stop,
    Start,
    Crash,
}

/// Until the one who watches over a worker starts it again.
const RESTART: u64 = 1_500_000;

enum Event {
    ShutDown,
    Stopped,
    Told(Order),
}

/// Starts the worker, and starts it again, until the queue is shut down.
pub async fn employ(world: &World, me: usize) {
    let worker = &world.workers[me];
    // Whoever leaves an order wakes the task.
    let order = || {
        poll_fn(|_| {
            worker.order.take().map_or(Poll::Pending, |order| Poll::Ready(Event::Told(order)))
        })
    };
    loop {
        worker.stops.set(false);
        worker.crashes.set(false);
        let event = {
            let mut work = pin!(work(world, me));
            loop {
                match first_of(work.as_mut(), order()).await {
                    // The job in hand is worked off first.
                    Event::Told(Order::Stop) if worker.state.get() == Working::Working => {
                        worker.stops.set(true);
                    }
                    Event::Told(Order::Start) => worker.stops.set(false),
                    event => {
                        worker.crashes.set(matches!(event, Event::Told(Order::Crash)));
                        break event;
                    }
                }
            }
            // `work` is dropped here: so is its `get`, which loses nothing, or its job, which comes
            // back.
        };
        worker.holds.set(Name::default());
        match event {
            Event::ShutDown => break,
            Event::Told(Order::Crash) => {
                set(world, worker, Working::Crashed, RESTART);
                world.sleep(RESTART).await;
            }
            Event::Stopped | Event::Told(_) => {
                worker.state.set(Working::Stopped);
                while matches!(order().await, Event::Told(Order::Stop | Order::Crash)) {}
            }
        }
    }
    worker.state.set(Working::Ended);
}

async fn work(world: &World, me: usize) -> Event {
    let worker = &world.workers[me];
    loop {
        set(world, worker, Working::Waiting, 0);
        let Ok(job) = world.queue.get().await else {
            return Event::ShutDown;
        };
        world.take(&job);
        let time = world.about(world.settings.borrow().work());
        worker.holds.set(job.name);
        worker.attempt.set(job.attempt);
        set(world, worker, Working::Working, time);
        let in_hand = InHand { world, worker, job: Some(job.into_owned()) };
        world.sleep(time).await;
        in_hand.done();
        if worker.stops.get() {
            return Event::Stopped;
        }
    }
}

fn set(world: &World, worker: &Worker, state: Working, time: u64) {
    let now = world.clock.now();
    worker.state.set(state);
    worker.from.set(now);
    worker.until.set(now + time);
}

/// Gives the job back when it is dropped before it is done: what `Builder::retries` does in a
/// program with `std`.
struct InHand<'a> {
    world: &'a World,
    worker: &'a Worker,
    job: Option<Job<'static, Item>>,
}

impl InHand<'_> {
    fn done(mut self) {
        self.worker.holds.set(Name::default());
        count(&self.worker.done);
        count(&self.world.counters.done);
        if let Some(job) = self.job.take() {
            job.done();
        }
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        if let Some(job) = self.job.take() {
            self.world.come_back(job, self.worker.crashes.get());
        }
    }
}
