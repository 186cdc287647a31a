//! The calls of a history, made up at random.

use fastrand::Rng;

/// How often a future is polled without an answer before it is dropped; `None`: until the answer comes.
pub type Patience = Option<u32>;

#[derive(Clone, Copy, Debug)]
pub enum Call {
    TrySend,
    ForceSend,
    Send(Patience),
    TryRecv,
    Recv(Patience),
    /// The stream's.
    Next(Patience),
    Close,
    Look,
}

/// What a thread is there for.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    Sends,
    Receives,
    Both,
}

/// Whether a history closes the channel in its middle, or displaces messages.
///
/// Not both: a `force_send` that finds the channel full and a receiver that takes the oldest message after a close may
/// overtake each other, so that one message more than the capacity comes out of the closed channel.
#[derive(Clone, Copy, Debug)]
pub enum Habit {
    Closes,
    Displaces,
}

/// Makes up the calls of a history.
pub struct Author {
    rng: Rng,
    habit: Habit,
}

impl Author {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let habit = if rng.bool() { Habit::Closes } else { Habit::Displaces };
        Self { rng, habit }
    }

    /// What a thread of this role does.
    pub fn script(&mut self, role: Role, length: usize) -> Vec<Call> {
        (0..length).map(|_| self.call(role)).collect()
    }

    fn call(&mut self, role: Role) -> Call {
        match (self.rng.u32(0..40), self.habit) {
            (0, Habit::Closes) => Call::Close,
            (1..4, _) => Call::Look,
            (choice, _) => match role {
                Role::Sends => self.sending(),
                Role::Both if choice % 2 == 0 => self.sending(),
                Role::Both | Role::Receives => self.receiving(),
            },
        }
    }

    fn sending(&mut self) -> Call {
        match (self.rng.u32(0..8), self.habit) {
            (0, Habit::Displaces) => Call::ForceSend,
            (0..3, _) => Call::TrySend,
            _ => Call::Send(self.patience()),
        }
    }

    fn receiving(&mut self) -> Call {
        match self.rng.u32(0..8) {
            0..2 => Call::TryRecv,
            2 => Call::Next(self.patience()),
            _ => Call::Recv(self.patience()),
        }
    }

    fn patience(&mut self) -> Patience {
        self.rng.bool().then(|| self.rng.u32(1..4))
    }
}
