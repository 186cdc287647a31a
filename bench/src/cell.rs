//! One cell of the matrix, and what was measured there.

use crate::capacity::Capacity;
use crate::executor::Executor;
use crate::load::flow::Shape;
use crate::peers::Flaw;
use crate::shares::{FAIR, rivals};

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
    pub flaw: Option<Flaw>,
    /// What the task gets that gets least, of an equal share. `None` if it was not measured.
    pub least_share: Option<f64>,
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
    /// Of those that are known to be fair in this very cell.
    BestFair,
    Peer(&'static str),
}

impl Figure {
    pub fn is_sound(&self) -> bool {
        self.flaw.is_none()
    }

    /// `None` if it was not measured.
    pub fn is_fair(&self) -> Option<bool> {
        self.least_share.map(|share| share >= FAIR)
    }
}

impl Cell {
    /// Whether some tasks wait in rivalry. Elsewhere every channel is fair.
    pub fn has_rivals(&self) -> bool {
        rivals(self.shape, self.capacity).next().is_some()
    }

    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        std::iter::once(&self.forebay).chain(&self.peers)
    }

    /// forebay's time over theirs: below 1, forebay is faster. `None` where they have no channel.
    pub fn ratio(&self, against: Against) -> Option<f64> {
        let theirs = self.peers.iter().filter(|peer| match against {
            Against::Best => true,
            Against::BestSound => peer.is_sound(),
            Against::BestFair => peer.is_sound() && peer.is_fair() == Some(true),
            Against::Peer(name) => peer.name == name,
        });
        theirs
            .map(|peer| self.forebay.ns / peer.ns)
            .max_by(f64::total_cmp)
    }
}
