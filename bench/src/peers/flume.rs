use super::{Blocking, BlockingOf, Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;

pub enum Flume {}

impl Peer for Flume {
    const NAME: &'static str = "flume";
    const PACKAGE: &'static str = "flume";

    type Sender<M: Message> = flume::Sender<M>;
    type Receiver<M: Message> = flume::Receiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        Some(match capacity {
            Capacity::Bounded(capacity) => flume::bounded(capacity),
            Capacity::Unbounded => flume::unbounded(),
        })
    }

    fn blocking<M: Message>() -> Option<BlockingOf<Self, M>> {
        Some(Blocking {
            send: |sender, message| flume::Sender::send(sender, message).is_ok(),
            recv: |receiver| flume::Receiver::recv(receiver).ok(),
        })
    }
}

impl<M: Message> Sender<M> for flume::Sender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send_async(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for flume::Receiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv_async(self).await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok()
    }

    fn another(&self) -> Option<Self> {
        Some(self.clone())
    }
}
