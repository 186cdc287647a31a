use super::{Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;
use fibre::mpsc;

/// Calls that block a thread have handles of their own in fibre.
pub enum Bounded {}

impl Peer for Bounded {
    const NAME: &'static str = "fibre-mpsc";
    const PACKAGE: &'static str = "fibre";
    const MANY_RECEIVERS: bool = false;

    type Sender<M: Message> = mpsc::BoundedAsyncSender<M>;
    type Receiver<M: Message> = mpsc::BoundedAsyncReceiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.bounded().map(mpsc::bounded_async)
    }
}

pub enum Unbounded {}

impl Peer for Unbounded {
    const NAME: &'static str = Bounded::NAME;
    const PACKAGE: &'static str = Bounded::PACKAGE;
    const MANY_RECEIVERS: bool = Bounded::MANY_RECEIVERS;

    type Sender<M: Message> = mpsc::UnboundedAsyncSender<M>;
    type Receiver<M: Message> = mpsc::UnboundedAsyncReceiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.is_unbounded().then(mpsc::unbounded_async)
    }
}

impl<M: Message> Sender<M> for mpsc::BoundedAsyncSender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Sender<M> for mpsc::UnboundedAsyncSender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for mpsc::BoundedAsyncReceiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok()
    }

    fn another(&self) -> Option<Self> {
        None
    }
}

impl<M: Message> Receiver<M> for mpsc::UnboundedAsyncReceiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok()
    }

    fn another(&self) -> Option<Self> {
        None
    }
}
