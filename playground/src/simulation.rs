//! A run: tasks, time, and what the page can do to it.

use crate::executor::{Executor, TaskId};
use crate::producer::{SOCKET, produce, relay};
use crate::settings::{Item, Key, Kind, Name, Settings};
use crate::view::View;
use crate::worker::{Order, employ};
use crate::world::{MOST, Phase, Producing, Working, World, count};
use alloc::rc::Rc;
use alloc::vec::Vec;
use forebay::queue::Shutdown;

/// When the system ends a program that takes more and more memory.
pub const MEMORY: usize = 32 * 1024 * 1024;

/// How long a burst lasts.
const BURST: u64 = 3_000_000;

/// What the page can do, by the numbers that it knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Action {
    StopWorker,
    StartWorker,
    CrashWorker,
    ShutDown,
    ShutDownAtOnce,
    Burst,
}

impl Action {
    pub const ALL: [Self; 6] = [
        Self::StopWorker,
        Self::StartWorker,
        Self::CrashWorker,
        Self::ShutDown,
        Self::ShutDownAtOnce,
        Self::Burst,
    ];
}

pub struct Simulation {
    executor: Executor,
    world: Rc<World>,
    /// The tasks of each producer.
    producers: [Vec<TaskId>; MOST],
    workers: [Option<TaskId>; MOST],
    view: View,
}

impl Simulation {
    /// `None` if the settings don't go together.
    pub fn new(settings: &Settings) -> Option<Self> {
        let mut executor = Executor::default();
        let world = Rc::new(World::new(settings, executor.clock())?);
        let watched = Rc::clone(&world);
        executor.spawn(async move { watched.watch_level().await });
        let kept = Rc::clone(&world);
        executor.spawn(async move { kept.return_jobs().await });
        let mut simulation = Self {
            executor,
            world,
            producers: Default::default(),
            workers: Default::default(),
            view: View::default(),
        };
        simulation.hire();
        Some(simulation)
    }

    /// Settings that are no part of the queue can change while it runs.
    pub fn set(&mut self, key: Key, value: u32) {
        self.world.settings.borrow_mut().set(key, value);
        self.hire();
    }

    /// Makes as many producers and workers as are wanted.
    fn hire(&mut self) {
        if self.world.phase.get() != Phase::Running {
            return;
        }
        let wanted = self.world.setting(Key::Producers) as usize;
        for me in 0..MOST {
            if me < wanted && self.producers[me].is_empty() {
                self.hire_producer(me);
            } else if me >= wanted && !self.producers[me].is_empty() {
                // A `put` that is dropped was not put.
                for task in core::mem::take(&mut self.producers[me]) {
                    self.executor.cancel(task);
                }
                let producer = &self.world.producers[me];
                producer.state.set(Producing::Gone);
                producer.holds.set(Name::default());
                producer.socket.set(0);
            }
        }
        let wanted = self.world.setting(Key::Workers) as usize;
        for me in 0..MOST {
            if me < wanted && self.workers[me].is_none() {
                let world = Rc::clone(&self.world);
                let task = self.executor.spawn(async move { employ(&world, me).await });
                self.workers[me] = Some(task);
            } else if me >= wanted
                && let Some(task) = self.workers[me].take()
            {
                // Its job comes back.
                self.executor.cancel(task);
                let worker = &self.world.workers[me];
                worker.state.set(Working::Gone);
                worker.holds.set(Name::default());
            }
        }
        self.executor.run();
    }

    fn hire_producer(&mut self, me: usize) {
        let mut socket = None;
        if self.world.settings.borrow().kind() == Kind::Reactive {
            let (write, read) = forebay::bounded(SOCKET);
            socket = Some(write);
            let world = Rc::clone(&self.world);
            let task = self.executor.spawn(async move { relay(&world, me, read).await });
            self.producers[me].push(task);
        }
        let world = Rc::clone(&self.world);
        let task = self.executor.spawn(async move { produce(&world, me, socket).await });
        self.producers[me].push(task);
    }

    pub fn act(&mut self, action: Action, worker: usize) {
        let world = &self.world;
        match action {
            Action::StopWorker => self.tell(worker, Order::Stop),
            Action::StartWorker => self.tell(worker, Order::Start),
            Action::CrashWorker => self.tell(worker, Order::Crash),
            Action::Burst => world.burst.set(world.clock.now() + BURST),
            Action::ShutDown => self.shut_down(Shutdown::Graceful),
            Action::ShutDownAtOnce => self.shut_down(Shutdown::Immediate),
        }
        self.executor.run();
    }

    fn tell(&self, worker: usize, order: Order) {
        let Some(&Some(task)) = self.workers.get(worker) else {
            return;
        };
        let worker = &self.world.workers[worker];
        // What is down already cannot crash.
        if order != Order::Crash || worker.state.get() != Working::Crashed {
            worker.order.set(Some(order));
            self.executor.wake(task);
        }
    }

    fn shut_down(&mut self, how: Shutdown) {
        let world = Rc::clone(&self.world);
        for _left_over in world.queue.shutdown(how) {
            count(&world.counters.left_over);
        }
        if how == Shutdown::Immediate {
            world.inside.borrow_mut().clear();
        }
        // What is stopped would leave its share inside for ever.
        for worker in 0..MOST {
            self.tell(worker, Order::Start);
        }
        if world.phase.get() == Phase::Running {
            world.phase.set(Phase::Closing);
            self.executor.spawn(async move { world.finish().await });
        }
    }

    /// Lets so many microseconds pass.
    pub fn advance(&mut self, micros: u64) {
        let end = self.world.clock.now() + micros;
        loop {
            self.executor.run();
            if self.world.queue.unfinished() * Item::BYTES > MEMORY {
                self.world.phase.set(Phase::Killed);
            }
            if matches!(self.world.phase.get(), Phase::Ended | Phase::Killed)
                || !self.world.clock.step(end)
            {
                return;
            }
        }
    }

    /// What is to be seen now.
    pub fn view(&mut self) -> &[u32] {
        self.view.draw(&self.world)
    }

    pub fn world(&self) -> &World {
        &self.world
    }
}
