//! What the page draws, as numbers in a row: `page/engine.js` reads them in the same order.

use crate::settings::{Item, Name};
use crate::world::{Phase, World};
use alloc::vec::Vec;
use core::cell::Cell;
use forebay::Pressure;

/// As many items of the queue as are named; of the others only the number is told.
const NAMED: usize = 64;

#[derive(Default)]
pub struct View(Vec<u32>);

impl View {
    pub fn draw(&mut self, world: &World) -> &[u32] {
        self.0.clear();
        let queue = &world.queue;
        let counters = &world.counters;
        let stats = queue.stats();
        let inside = world.inside.borrow();
        self.push(millis(world.clock.now()));
        self.push(world.phase.get() as u32);
        self.push(number(queue.len()));
        self.push(queue.capacity().map_or(0, number));
        self.push(u32::from(queue.pressure() == Pressure::High));
        self.push(number(queue.unfinished() - queue.len()));
        for counter in [
            &counters.put,
            &counters.done,
            &counters.refused,
            &counters.displaced,
            &counters.dead,
            &counters.left_over,
            &counters.returned,
            &counters.highs,
            &counters.closed,
        ] {
            self.push(counter.get());
        }
        self.push(millis(world.retry_after.get()));
        self.push(millis(world.waited.get()));
        self.push(number(queue.unfinished() * Item::BYTES / 1024));
        self.push(u32::from(stats.put == counters.put.get() as usize && agrees(world)));
        self.push(u32::from(world.clock.now() < world.burst.get()));
        for producer in &world.producers {
            self.push(producer.state.get() as u32);
            self.name(&producer.holds);
            self.push(millis(producer.from.get()));
            self.push(millis(producer.until.get()));
            self.push(number(producer.socket.get()));
            self.push(producer.made.get());
        }
        for worker in &world.workers {
            self.push(worker.state.get() as u32);
            self.name(&worker.holds);
            self.push(millis(worker.from.get()));
            self.push(millis(worker.until.get()));
            self.push(worker.attempt.get());
            self.push(worker.done.get());
            self.push(u32::from(worker.stops.get()));
        }
        self.0.extend(inside.iter().take(NAMED).map(|item| item.0));
        &self.0
    }

    fn push(&mut self, value: u32) {
        self.0.push(value);
    }

    fn name(&mut self, name: &Cell<Name>) {
        self.push(name.get().0);
    }
}

/// Whether nothing is lost: what was put is done, or named, or still here. A program that was
/// killed has lost what was here.
fn agrees(world: &World) -> bool {
    let counters = &world.counters;
    let gone = [&counters.done, &counters.displaced, &counters.dead, &counters.left_over];
    let gone: u32 = gone.iter().map(|counter| counter.get()).sum();
    let unfinished = number(world.queue.unfinished());
    world.phase.get() != Phase::Killed
        && counters.put.get() == gone + unfinished
        && world.inside.borrow().len() == world.queue.len()
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn millis(micros: u64) -> u32 {
    u32::try_from(micros / 1000).unwrap_or(u32::MAX)
}
