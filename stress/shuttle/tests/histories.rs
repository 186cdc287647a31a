//! Random histories under random schedules: each must be one of a FIFO.

#[path = "../../src/history/mod.rs"]
mod history;
mod schedules;

use history::{Player, Role, Shape, World, drain};
use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps of time, as nothing happens between two scheduling points.
fn now() -> u64 {
    static STEP: AtomicU64 = AtomicU64::new(0);
    STEP.fetch_add(1, Ordering::Relaxed)
}

const WORLD: World = World { now, pause: thread::yield_now };

fn run(roles: &[Role], shape: Shape) {
    let channel = shape.channel();
    let players = shape.players(roles, &channel, WORLD);
    let threads: Vec<_> = players
        .into_iter()
        .map(|player| thread::spawn(|| block_on(Player::play(player))))
        .collect();
    let mut history: Vec<_> = threads
        .into_iter()
        .flat_map(|thread| thread.join().expect("a panic ends the run"))
        .collect();
    drain(&channel.1, now, &mut history);
    shape.check(&history);
}

fn explore(roles: &'static [Role], calls: usize) {
    schedules::explore(move || {
        let mut rng = thread_rng();
        let capacity = Some(rng.gen_range(1..=5)).filter(|&capacity| capacity <= 4);
        let weighs = capacity.is_some() && rng.gen_bool(0.25);
        run(roles, Shape { capacity, weighs, calls, seed: rng.r#gen() });
    });
}

#[test]
fn three_senders_three_receivers_and_a_close() {
    use Role::{Receives, Sends};
    explore(&[Sends, Receives, Sends, Receives, Sends, Receives], 5);
}

#[test]
fn three_threads_that_do_everything() {
    explore(&[Role::Both; 3], 8);
}
