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

impl Role {
    /// What a thread does.
    pub fn script(self, length: usize, rng: &mut Rng) -> Vec<Call> {
        (0..length).map(|_| self.call(rng)).collect()
    }

    fn call(self, rng: &mut Rng) -> Call {
        match rng.u32(0..40) {
            0 => Call::Close,
            1..4 => Call::Look,
            choice => match self {
                Self::Sends => sending(rng),
                Self::Both if choice % 2 == 0 => sending(rng),
                Self::Both | Self::Receives => receiving(rng),
            },
        }
    }
}

fn sending(rng: &mut Rng) -> Call {
    match rng.u32(0..8) {
        0..2 => Call::TrySend,
        2 => Call::ForceSend,
        _ => Call::Send(patience(rng)),
    }
}

fn receiving(rng: &mut Rng) -> Call {
    match rng.u32(0..8) {
        0..2 => Call::TryRecv,
        2 => Call::Next(patience(rng)),
        _ => Call::Recv(patience(rng)),
    }
}

fn patience(rng: &mut Rng) -> Patience {
    rng.bool().then(|| rng.u32(1..4))
}
