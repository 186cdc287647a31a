//! Random programs: on one thread against a model queue, step by step, and on every runtime with
//! exact accounts of all items, crashes and cancels included.
//!
//! `FOREBAY_OPERATIONS` says how many operations (default: 30,000 and as many again),
//! `FOREBAY_SEED` which.
mod crowd;
mod model;
mod program;

use core::cmp::Ordering;
use core::fmt::Debug;
use core::str::FromStr;
use forebay::queue::{Builder, Queue};

/// Compared by its rank only, so that it shows whether equals keep their order.
#[derive(Clone, Copy, Debug)]
struct Item {
    rank: u8,
    id: usize,
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Item {}

/// xorshift64*: a program can be repeated by its seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    fn one_in(&mut self, limit: usize) -> bool {
        self.below(limit) == 0
    }

    fn pick<T>(&mut self, from: &mut Vec<T>) -> Option<T> {
        if from.is_empty() { None } else { Some(from.swap_remove(self.below(from.len()))) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    Fifo,
    Lifo,
    Priority,
}

/// A kind of queue.
#[derive(Clone, Copy, Debug)]
struct Kind {
    order: Order,
    maxsize: Option<usize>,
    retries: Option<u32>,
    tracking: bool,
}

impl Kind {
    fn random(random: &mut Random) -> Self {
        Self {
            order: [Order::Fifo, Order::Lifo, Order::Priority][random.below(3)],
            maxsize: (!random.one_in(4)).then(|| 1 + random.below(4)),
            retries: [None, None, Some(0), Some(1), Some(3)][random.below(5)],
            tracking: random.one_in(3),
        }
    }

    /// Whether it takes no lock.
    fn is_channel(self) -> bool {
        self.order == Order::Fifo && self.retries.is_none() && !self.tracking
    }

    fn build(self) -> Queue<Item> {
        let mut builder = Builder::new();
        if let Some(maxsize) = self.maxsize {
            builder = builder.maxsize(maxsize);
        }
        if let Some(retries) = self.retries {
            builder = builder.retries(retries);
        }
        if self.tracking {
            builder = builder.tracking();
        }
        match self.order {
            Order::Fifo => builder.fifo(),
            Order::Lifo => builder.lifo(),
            Order::Priority => builder.priority(),
        }
        .unwrap()
    }
}

fn setting<T: FromStr<Err: Debug>>(name: &str, default: T) -> T {
    std::env::var(name).map_or(default, |value| value.parse().expect(name))
}

fn operations() -> usize {
    setting("FOREBAY_OPERATIONS", 30_000)
}

fn seed() -> u64 {
    setting("FOREBAY_SEED", 1)
}
