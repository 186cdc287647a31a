use super::{Blocking, BlockingOf, Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;
use tokio::sync::mpsc;

pub enum Bounded {}

impl Peer for Bounded {
    const NAME: &'static str = "tokio-mpsc";
    const PACKAGE: &'static str = "tokio";
    const MANY_RECEIVERS: bool = false;

    type Sender<M: Message> = mpsc::Sender<M>;
    type Receiver<M: Message> = mpsc::Receiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.bounded().map(mpsc::channel)
    }

    fn blocking<M: Message>() -> Option<BlockingOf<Self, M>> {
        Some(Blocking {
            send: |sender, message| sender.blocking_send(message).is_ok(),
            recv: |receiver| receiver.blocking_recv(),
        })
    }
}

impl<M: Message> Sender<M> for mpsc::Sender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for mpsc::Receiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok()
    }

    fn another(&self) -> Option<Self> {
        None
    }
}

pub enum Unbounded {}

impl Peer for Unbounded {
    const NAME: &'static str = Bounded::NAME;
    const PACKAGE: &'static str = Bounded::PACKAGE;
    const MANY_RECEIVERS: bool = false;

    type Sender<M: Message> = mpsc::UnboundedSender<M>;
    type Receiver<M: Message> = mpsc::UnboundedReceiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.is_unbounded().then(mpsc::unbounded_channel)
    }
}

impl<M: Message> Sender<M> for mpsc::UnboundedSender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for mpsc::UnboundedReceiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok()
    }

    fn another(&self) -> Option<Self> {
        None
    }
}
