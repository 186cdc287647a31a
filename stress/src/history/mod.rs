//! Random histories of a channel: calls made by several tasks at a time, recorded and checked.
//!
//! Knows no executor, so that the package `shuttle` can compile it against its own build of the
//! channel.

mod call;
mod crowd;
mod player;

pub use call::Role;
pub use player::{Player, World, drain};

use crowd::Crowd;
use fastrand::Rng;
use forebay::{Builder, Receiver, Sender, bounded, unbounded};
use linearizability::{Fifo, Operation, check, weight};
use std::sync::Arc;

/// The size of a history. Together with the seed it says what each task does.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// `None`: unbounded.
    pub capacity: Option<usize>,
    /// Whether the capacity is one of weight.
    pub weighs: bool,
    pub calls: usize,
    pub seed: u64,
}

impl Shape {
    pub fn channel(self) -> (Sender<u32>, Receiver<u32>) {
        match self.capacity {
            Some(limit) if self.weighs => {
                let builder = Builder::new().weight(limit, |&message| weight(message));
                builder.build().expect("a limit")
            }
            Some(capacity) => bounded(capacity),
            None => unbounded(),
        }
    }

    /// A player for each role, with clones of the handles.
    pub fn players(
        self,
        roles: &[Role],
        (sender, receiver): &(Sender<u32>, Receiver<u32>),
        world: World,
    ) -> Vec<Player> {
        let crowd = Arc::new(Crowd::new(roles.len()));
        let mut rng = Rng::with_seed(self.seed);
        let player = |(task, role): (usize, &Role)| {
            let script = role.script(self.calls, &mut rng);
            Player::new(task, script, Arc::clone(&crowd), sender.clone(), receiver.clone(), world)
        };
        roles.iter().enumerate().map(player).collect()
    }

    /// # Panics
    /// If no FIFO has such a history.
    pub fn check(self, history: &[Operation]) {
        let capacity = self.capacity.unwrap_or(usize::MAX);
        let fifo = if self.weighs { Fifo::weighing(capacity) } else { Fifo::new(capacity) };
        if let Err(violation) = check(fifo, history) {
            panic!("{self:?}: {violation}");
        }
    }
}
