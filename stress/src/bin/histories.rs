//! Records histories on native threads and checks each of them.

use clap::Parser;
use fastrand::Rng;
use forebay::{Receiver, Sender};
use futures_lite::future::block_on;
use linearizability::Operation;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard};
use std::thread;
use std::time::Instant;
use stress::history::{Player, Role, Shape, World, drain};

#[derive(Parser)]
#[command(about)]
struct Options {
    #[arg(long, default_value_t = 100_000)]
    histories: u64,
    /// Of the first history; each further one has the next.
    #[arg(long, default_value_t = fastrand::u64(..))]
    seed: u64,
    /// The same seed for all: it says what each thread does, not how the threads meet.
    #[arg(long)]
    repeat: bool,
}

const MAX_THREADS: usize = 6;
/// Histories for which the threads are started together. To start a thread takes longer than a
/// history.
const BATCH: u64 = 200;

const WORLD: World = World { now, pause };

/// A clock, not a counter: threads that share a counter are ordered by it.
fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_nanos()).expect("less than 500 years")
}

fn pause() {
    match fastrand::u32(0..16) {
        0 => thread::yield_now(),
        length => (0..2 * length).for_each(|_| spin_loop()),
    }
}

fn main() {
    let Options { histories, seed, repeat } = Options::parse();
    println!("{histories} histories on native threads, seed {seed}");
    let (mut operations, mut meetings) = (0, 0);
    for begin in (0..histories).step_by(usize::try_from(BATCH).expect("a small number")) {
        let batch = begin..histories.min(begin + BATCH);
        let seeds = batch.map(|index| if repeat { seed } else { seed.wrapping_add(index) });
        for history in record(seeds.map(Round::new).collect()) {
            operations += history.len();
            meetings += count_meetings(&history);
        }
    }
    println!("all are linearizable: {operations} operations, {meetings} beside another thread's");
    assert!(meetings > operations / 10, "threads that take turns prove nothing");
}

/// A history in the making.
struct Round {
    shape: Shape,
    channel: (Sender<u32>, Receiver<u32>),
    threads: usize,
    ready: AtomicUsize,
    players: Mutex<Vec<Player>>,
    history: Mutex<Vec<Operation>>,
}

impl Round {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let threads = rng.usize(2..=MAX_THREADS);
        let roles: Vec<_> = (0..threads)
            .map(|task| match rng.u32(0..3) {
                0 => Role::Both,
                _ if task % 2 == 0 => Role::Sends,
                _ => Role::Receives,
            })
            .collect();
        let capacity = Some(rng.usize(1..=5)).filter(|&capacity| capacity <= 4);
        let weighs = capacity.is_some() && rng.u32(0..4) == 0;
        let shape = Shape { capacity, weighs, calls: 40 / threads, seed };
        let channel = shape.channel();
        let players = Mutex::new(shape.players(&roles, &channel, WORLD));
        Self {
            shape,
            channel,
            threads,
            ready: AtomicUsize::new(0),
            players,
            history: Mutex::default(),
        }
    }

    /// Does the part of one thread, if there is one left.
    fn take_part(&self) {
        let Some(player) = lock(&self.players).pop() else { return };
        self.ready.fetch_add(1, Ordering::SeqCst);
        while self.ready.load(Ordering::SeqCst) < self.threads {
            thread::yield_now();
        }
        let operations = block_on(player.play());
        lock(&self.history).extend(operations);
    }

    fn finish(self) -> Vec<Operation> {
        let mut history = self.history.into_inner().expect("a panic aborts");
        drain(&self.channel.1, now, &mut history);
        self.shape.check(&history);
        history
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("a panic aborts")
}

/// A history of each round, checked.
fn record(rounds: Vec<Round>) -> impl Iterator<Item = Vec<Operation>> {
    thread::scope(|scope| {
        for _ in 0..MAX_THREADS {
            scope.spawn(|| rounds.iter().for_each(Round::take_part));
        }
    });
    rounds.into_iter().map(Round::finish)
}

/// How many operations were at some moment under way together with one of another thread.
fn count_meetings(history: &[Operation]) -> usize {
    let meet =
        |a: &Operation, b: &Operation| a.thread != b.thread && a.start <= b.end && b.start <= a.end;
    history.iter().filter(|a| history.iter().any(|b| meet(a, b))).count()
}
