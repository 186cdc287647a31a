//! The peers as values: each with the loads that were compiled for it.

use crate::allocations::Heap;
use crate::capacity::Capacity;
use crate::executor::Runtime;
use crate::load::cancelling::{self, Account};
use crate::load::contest::{self, Contest, Outcome};
use crate::load::flow::{self, Shape};
use crate::load::footprint::{self, Footprint, Held};
use crate::load::pairs::{self, Pairs};
use crate::load::{crowd, round_trips, short};
use crate::peers::{self, Flaw, Line, Page, Peer, forebay::Forebay};
use std::time::Duration;

pub struct Contender {
    pub name: &'static str,
    pub package: &'static str,
    pub flaw: Option<Flaw>,
    many_receivers: bool,
    /// Whether it has calls that block a thread.
    pub blocks: bool,
    has: fn(Capacity) -> bool,
    pub pairs_of_words: fn(Capacity) -> Option<Pairs>,
    pub pairs_of_lines: fn(Capacity) -> Option<Pairs>,
    pub flow: fn(&Runtime, Shape, Capacity, u64) -> Duration,
    pub contest: fn(&Runtime, &Contest) -> Outcome,
    pub round_trips: fn(&Runtime, Capacity, u64) -> Vec<f64>,
    /// Capacity, messages per channel, channels.
    pub short: fn(Capacity, u64, u64) -> Duration,
    pub footprint: fn() -> Option<Footprint>,
    pub held_for_words: fn(Capacity) -> Option<Held>,
    pub held_for_pages: fn(Capacity) -> Option<Held>,
    pub channels: fn(&Runtime, Capacity, u64, u64) -> (Heap, Duration),
    pub idle: fn(&Runtime, usize, Duration) -> Duration,
    pub cancelling: fn(&Runtime, Shape, Capacity, u64) -> Account,
}

impl Contender {
    fn of<P: Peer>() -> Self {
        Self {
            name: P::NAME,
            package: P::PACKAGE,
            flaw: P::FLAW,
            many_receivers: P::MANY_RECEIVERS,
            blocks: P::blocking::<u64>().is_some(),
            has: |capacity| P::channel::<u64>(capacity).is_some(),
            pairs_of_words: pairs::of_peer::<P, u64>,
            pairs_of_lines: pairs::of_peer::<P, Line>,
            flow: flow::flow::<P>,
            contest: contest::contest::<P>,
            round_trips: round_trips::round_trips::<P>,
            short: short::short::<P>,
            footprint: footprint::footprint::<P>,
            held_for_words: footprint::held::<P, u64>,
            held_for_pages: footprint::held::<P, Page>,
            channels: crowd::channels::<P>,
            idle: crowd::idle::<P>,
            cancelling: cancelling::cancelling::<P>,
        }
    }

    /// The name, marked where it must not be read without a warning.
    pub fn label(&self) -> String {
        match self.flaw {
            Some(flaw) => format!("{} ({flaw})", self.name),
            None => self.name.to_string(),
        }
    }

    pub fn is_sound(&self) -> bool {
        self.flaw.is_none()
    }

    /// Whether a load on that executor comes to its end.
    pub fn ends_on(&self, runtime: &Runtime) -> bool {
        self.flaw != Some(Flaw::Hangs) || runtime.has_one_thread()
    }

    pub fn is_forebay(&self) -> bool {
        self.name == Forebay::NAME
    }

    /// Whether it has a channel of that capacity with so many receivers.
    pub fn fits(&self, receivers: usize, capacity: Capacity) -> bool {
        (self.has)(capacity) && (receivers == 1 || self.many_receivers)
    }
}

/// The names of all but forebay.
pub fn peer_names() -> Vec<&'static str> {
    let mut names: Vec<_> = all()
        .iter()
        .filter(|contender| !contender.is_forebay())
        .map(|it| it.name)
        .collect();
    names.dedup();
    names
}

/// Everybody, first forebay.
pub fn all() -> Vec<Contender> {
    vec![
        Contender::of::<Forebay>(),
        Contender::of::<peers::async_channel::AsyncChannel>(),
        Contender::of::<peers::async_fifo::AsyncFifo>(),
        Contender::of::<peers::flume::Flume>(),
        Contender::of::<peers::kanal::Kanal>(),
        Contender::of::<peers::crossfire_mpmc::Bounded>(),
        Contender::of::<peers::crossfire_mpmc::Unbounded>(),
        Contender::of::<peers::crossfire_mpsc::Bounded>(),
        Contender::of::<peers::crossfire_mpsc::Unbounded>(),
        Contender::of::<peers::fibre_mpmc::Bounded>(),
        Contender::of::<peers::fibre_mpmc::Unbounded>(),
        Contender::of::<peers::fibre_mpsc::Bounded>(),
        Contender::of::<peers::fibre_mpsc::Unbounded>(),
        Contender::of::<peers::loole::Loole>(),
        Contender::of::<peers::tokio_mpsc::Bounded>(),
        Contender::of::<peers::tokio_mpsc::Unbounded>(),
        Contender::of::<peers::futures_mpsc::Bounded>(),
        Contender::of::<peers::futures_mpsc::Unbounded>(),
        Contender::of::<peers::tachyonix::Tachyonix>(),
        Contender::of::<peers::thingbuf::Thingbuf>(),
    ]
}
