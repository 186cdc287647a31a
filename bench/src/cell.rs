//! One cell of the matrix, and what was measured there.

use crate::capacity::Capacity;
use crate::executor::Executor;
use crate::load::flow::Shape;

pub struct Cell {
    pub executor: Executor,
    pub shape: Shape,
    pub capacity: Capacity,
    pub forebay: Figure,
    pub peers: Vec<Figure>,
}

pub struct Figure {
    pub name: &'static str,
    pub package: &'static str,
    pub sound: bool,
    /// Per sample.
    pub messages: u64,
    /// Nanoseconds per message: the median of the samples.
    pub ns: f64,
    /// The quartiles around it.
    pub low: f64,
    pub high: f64,
}

/// Whom forebay is compared with.
#[derive(Clone, Copy)]
pub enum Against {
    Best,
    BestSound,
    Peer(&'static str),
}

impl Cell {
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        std::iter::once(&self.forebay).chain(&self.peers)
    }

    /// forebay's time over theirs: below 1, forebay is faster. `None` where they have no channel.
    pub fn ratio(&self, against: Against) -> Option<f64> {
        let theirs = self.peers.iter().filter(|peer| match against {
            Against::Best => true,
            Against::BestSound => peer.sound,
            Against::Peer(name) => peer.name == name,
        });
        theirs
            .map(|peer| self.forebay.ns / peer.ns)
            .max_by(f64::total_cmp)
    }
}
