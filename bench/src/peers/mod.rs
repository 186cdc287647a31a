//! The channels under measurement, all behind one pair of handles.

pub mod async_channel;
pub mod async_fifo;
pub mod crossfire_mpmc;
pub mod crossfire_mpsc;
pub mod fibre_mpmc;
pub mod fibre_mpsc;
pub mod flume;
pub mod forebay;
pub mod futures_mpsc;
pub mod kanal;
pub mod loole;
pub mod tachyonix;
pub mod thingbuf;
pub mod tokio_mpsc;

use crate::capacity::Capacity;
use std::fmt;

/// What travels: its number tells where it belongs, whatever its size.
///
/// `Default` and `Copy` are here for the peers that ask for them.
pub trait Message: Copy + Default + Send + Sync + Unpin + 'static {
    fn numbered(number: u64) -> Self;
    fn number(&self) -> u64;
}

impl Message for u64 {
    fn numbered(number: u64) -> Self {
        number
    }

    fn number(&self) -> u64 {
        *self
    }
}

/// One cache line.
pub type Line = [u64; 8];

impl Message for Line {
    fn numbered(number: u64) -> Self {
        [number; 8]
    }

    fn number(&self) -> u64 {
        self[0]
    }
}

/// Too large to store many of them for later.
#[derive(Clone, Copy)]
pub struct Page([u64; 512]);

impl Default for Page {
    fn default() -> Self {
        Self([0; 512])
    }
}

impl Message for Page {
    fn numbered(number: u64) -> Self {
        Self([number; 512])
    }

    fn number(&self) -> u64 {
        self.0[0]
    }
}

/// Why a channel must not be read without a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// If futures are dropped while they wait
    LosesMessages,
    /// If futures are dropped while they wait
    Crashes,
    /// A wakeup may be lost between two threads, and then nobody goes on.
    Hangs,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LosesMessages => "loses messages",
            Self::Crashes => "crashes",
            Self::Hangs => "hangs",
        })
    }
}

/// One kind of channel. A crate whose unbounded channel has types of its own has two peers.
pub trait Peer {
    const NAME: &'static str;
    /// The package in the lock file.
    const PACKAGE: &'static str;
    /// `soundness` shows it, except for a lost wakeup.
    const FLAW: Option<Flaw> = None;
    const MANY_RECEIVERS: bool = true;

    type Sender<M: Message>: Sender<M>;
    type Receiver<M: Message>: Receiver<M>;

    /// `None` where this peer has no channel of that capacity.
    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)>;

    /// `None` where these handles have no calls that block a thread.
    fn blocking<M: Message>() -> Option<BlockingOf<Self, M>> {
        None
    }
}

/// The calls of a peer that block a thread.
pub type BlockingOf<P, M> = Blocking<<P as Peer>::Sender<M>, <P as Peer>::Receiver<M>, M>;

/// The calls that block a thread; they return what the futures do.
pub struct Blocking<S, R, M> {
    pub send: fn(&mut S, M) -> bool,
    pub recv: fn(&mut R) -> Option<M>,
}

pub trait Sender<M>: Clone + Send + 'static {
    /// False if the channel is closed.
    fn send(&mut self, message: M) -> impl Future<Output = bool> + Send;

    /// False if the channel is full or closed.
    fn try_send(&mut self, message: M) -> bool;
}

pub trait Receiver<M>: Sized + Send + 'static {
    /// `None` once the channel is closed and empty.
    fn recv(&mut self) -> impl Future<Output = Option<M>> + Send;

    /// `None` while the channel is empty.
    fn try_recv(&mut self) -> Option<M>;

    /// Another receiver of the same channel, where there may be several.
    fn another(&self) -> Option<Self>;
}
