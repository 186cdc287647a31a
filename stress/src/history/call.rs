//! The calls of a history, made up at random.

use fastrand::Rng;

/// How often a future is polled without an answer before it is dropped; `None`: until the answer comes.
pub type Patience = Option<u32>;

#[derive(Clone, Copy, Debug)]
pub enum Call {
    TrySend,
    ForceSend,
    TrySendMany(u32),
    /// Reserves, and sends or gives the room back.
    Reserve {
        sends: bool,
    },
    Send(Patience),
    TryRecv,
    TryRecvMany(usize),
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
    match rng.u32(0..12) {
        0..2 => Call::TrySend,
        2 => Call::ForceSend,
        3..5 => Call::TrySendMany(rng.u32(2..4)),
        5..7 => Call::Reserve { sends: rng.u32(0..4) > 0 },
        _ => Call::Send(patience(rng)),
    }
}

fn receiving(rng: &mut Rng) -> Call {
    match rng.u32(0..10) {
        0..2 => Call::TryRecv,
        2 => Call::Next(patience(rng)),
        3..5 => Call::TryRecvMany(rng.usize(2..4)),
        _ => Call::Recv(patience(rng)),
    }
}

fn patience(rng: &mut Rng) -> Patience {
    rng.bool().then(|| rng.u32(1..4))
}
