use super::{Flaw, Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;

/// It has unbounded channels only, and each message wakes all receivers that wait.
pub enum AsyncFifo {}

impl Peer for AsyncFifo {
    const NAME: &'static str = "async-fifo";
    const PACKAGE: &'static str = "async-fifo";
    /// A `recv` takes the waker that it left in the list for still there, although a `send` on
    /// another thread has just taken it out, and sleeps without one.
    const FLAW: Option<Flaw> = Some(Flaw::Hangs);

    type Sender<M: Message> = async_fifo::Sender<M>;
    type Receiver<M: Message> = async_fifo::Receiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.is_unbounded().then(async_fifo::new)
    }
}

impl<M: Message> Sender<M> for async_fifo::Sender<M> {
    /// A plain call in async-fifo, which does not tell whether there are receivers.
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message);
        true
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::send(self, message);
        true
    }
}

impl<M: Message> Receiver<M> for async_fifo::Receiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        (**self).try_recv()
    }

    fn another(&self) -> Option<Self> {
        Some(self.clone())
    }
}
