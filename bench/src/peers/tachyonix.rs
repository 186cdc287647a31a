use super::{Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;

pub enum Tachyonix {}

impl Peer for Tachyonix {
    const NAME: &'static str = "tachyonix";
    const PACKAGE: &'static str = "tachyonix";
    const MANY_RECEIVERS: bool = false;

    type Sender<M: Message> = tachyonix::Sender<M>;
    type Receiver<M: Message> = tachyonix::Receiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.bounded().map(tachyonix::channel)
    }
}

impl<M: Message> Sender<M> for tachyonix::Sender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for tachyonix::Receiver<M> {
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
