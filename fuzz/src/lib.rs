//! Programs of channel operations on one thread, where a model knows every answer and every wakeup.

#[path = "../../tests/it/common/hand.rs"]
#[allow(dead_code, reason = "the tests of the crate use more of it")]
mod hand;
mod task;
mod world;

use arbitrary::{Arbitrary, Unstructured};
use world::World;

/// Indices count around, so that all bytes make a program.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Step {
    TrySend,
    ForceSend,
    TrySendMany,
    TryReserve,
    UsePermit,
    DropPermit,
    TryRecv,
    TryRecvMany,
    Close,
    /// Starts a task, which is not polled yet.
    Send,
    Recv,
    Stream,
    Closed,
    /// Polls a task once, perhaps with another waker than before.
    Poll {
        task: u8,
        other_waker: bool,
    },
    /// Polls the task that was woken first, as an executor does.
    PollWoken,
    Drop {
        task: u8,
    },
    /// Takes the message back out of a `send`.
    TakeBack {
        task: u8,
    },
    CloneSender,
    DropSender,
    UpgradeSender,
    CloneReceiver,
    DropReceiver,
    UpgradeReceiver,
}

#[derive(Debug)]
pub struct Program {
    capacity: u8,
    steps: Vec<Step>,
}

impl<'a> Arbitrary<'a> for Program {
    /// As long as the input is: the derived one tosses a coin after each step.
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let capacity = input.arbitrary()?;
        let mut steps = Vec::new();
        while !input.is_empty() {
            steps.push(input.arbitrary()?);
        }
        Ok(Self { capacity, steps })
    }
}

impl Program {
    /// # Panics
    /// If the channel does something else than the model.
    pub fn run(&self) {
        let capacity = Some(usize::from(self.capacity % 5)).filter(|&capacity| capacity > 0);
        let mut world = World::new(capacity);
        for &step in &self.steps {
            world.make(step);
            world.check(step);
        }
    }
}
