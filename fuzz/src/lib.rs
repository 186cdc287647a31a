//! Programs of channel operations on one thread, where a model knows every answer and every wakeup.

#[path = "../../tests/it/common/hand.rs"]
#[allow(dead_code, reason = "the tests of the crate use more of it")]
mod hand;
mod task;
mod world;

use arbitrary::{Arbitrary, Unstructured};
use world::{Bound, World};

/// Indices count around, so that all bytes make a program.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Step {
    TrySend,
    /// On a thread that would wait, but whose deadline is over.
    SendDeadline,
    ForceSend,
    TrySendMany,
    TryReserve,
    UsePermit,
    DropPermit,
    TryRecv,
    RecvDeadline,
    TryRecvMany,
    Drain,
    Close,
    /// Starts a task, which is not polled yet.
    Send,
    SendOwned,
    SendOr,
    Reserve,
    Recv,
    RecvOwned,
    RecvOr,
    RecvMany,
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
    /// Takes the message back out of a `send`, or ends the timer of what has one.
    GiveUp {
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
    bound: u8,
    steps: Vec<Step>,
}

impl<'a> Arbitrary<'a> for Program {
    /// As long as the input is: the derived one tosses a coin after each step.
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let bound = input.arbitrary()?;
        let mut steps = Vec::new();
        while !input.is_empty() {
            steps.push(input.arbitrary()?);
        }
        Ok(Self { bound, steps })
    }
}

impl Program {
    /// # Panics
    /// If the channel does something else than the model.
    pub fn run(&self) {
        let mut world = World::new(match usize::from(self.bound % 8) {
            0 => Bound::None,
            capacity @ 1..5 => Bound::Messages(capacity),
            limit => Bound::Weight(limit),
        });
        for &step in &self.steps {
            world.make(step);
            world.check(step);
        }
    }
}
