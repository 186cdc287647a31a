use super::{Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;
use fibre::mpmc;

/// Calls that block a thread have handles of their own in fibre.
pub enum Bounded {}

impl Peer for Bounded {
    const NAME: &'static str = "fibre-mpmc";
    const PACKAGE: &'static str = "fibre";

    type Sender<M: Message> = mpmc::AsyncSender<M>;
    type Receiver<M: Message> = mpmc::AsyncReceiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.bounded().map(mpmc::bounded_async)
    }
}

pub enum Unbounded {}

impl Peer for Unbounded {
    const NAME: &'static str = Bounded::NAME;
    const PACKAGE: &'static str = Bounded::PACKAGE;

    type Sender<M: Message> = mpmc::UnboundedAsyncSender<M>;
    type Receiver<M: Message> = mpmc::UnboundedAsyncReceiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.is_unbounded().then(mpmc::unbounded_async)
    }
}

impl<M: Message> Sender<M> for mpmc::AsyncSender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Sender<M> for mpmc::UnboundedAsyncSender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for mpmc::AsyncReceiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok()
    }

    fn another(&self) -> Option<Self> {
        Some(self.clone())
    }
}

impl<M: Message> Receiver<M> for mpmc::UnboundedAsyncReceiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok()
    }

    fn another(&self) -> Option<Self> {
        Some(self.clone())
    }
}
