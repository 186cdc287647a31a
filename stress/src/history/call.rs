//! The calls of a history, made up at random.

use fastrand::Rng;

/// How often a future is polled without an answer before it is dropped; `None`: until the answer
/// comes.
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
    /// Waits for the room, if it does, by the future that owns its sender.
    AwaitPermit {
        sends: bool,
        patience: Patience,
    },
    Send(Patience),
    SendOwned(Patience),
    /// Until the timer has been polled so often.
    SendOr(u32),
    TryRecv,
    TryRecvMany(usize),
    Recv(Patience),
    RecvOwned(Patience),
    RecvMany(usize, Patience),
    RecvOr(u32),
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
    match rng.u32(0..15) {
        0..2 => Call::TrySend,
        2 => Call::ForceSend,
        3..5 => Call::TrySendMany(rng.u32(2..4)),
        5 => Call::Reserve { sends: rng.u32(0..4) > 0 },
        6 => Call::AwaitPermit { sends: rng.u32(0..4) > 0, patience: patience(rng) },
        7..9 => Call::SendOwned(patience(rng)),
        9 => Call::SendOr(rng.u32(1..4)),
        _ => Call::Send(patience(rng)),
    }
}

fn receiving(rng: &mut Rng) -> Call {
    match rng.u32(0..14) {
        0..2 => Call::TryRecv,
        2 => Call::Next(patience(rng)),
        3..5 => Call::TryRecvMany(rng.usize(2..4)),
        5 => Call::RecvOwned(patience(rng)),
        6..8 => Call::RecvMany(rng.usize(2..4), patience(rng)),
        8 => Call::RecvOr(rng.u32(1..4)),
        _ => Call::Recv(patience(rng)),
    }
}

fn patience(rng: &mut Rng) -> Patience {
    rng.bool().then(|| rng.u32(1..4))
}
