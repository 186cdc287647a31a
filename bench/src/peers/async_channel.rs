use super::{Blocking, BlockingOf, Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;

pub enum AsyncChannel {}

impl Peer for AsyncChannel {
    const NAME: &'static str = "async-channel";
    const PACKAGE: &'static str = "async-channel";

    type Sender<M: Message> = async_channel::Sender<M>;
    type Receiver<M: Message> = async_channel::Receiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        Some(match capacity {
            Capacity::Bounded(capacity) => async_channel::bounded(capacity),
            Capacity::Unbounded => async_channel::unbounded(),
        })
    }

    fn blocking<M: Message>() -> Option<BlockingOf<Self, M>> {
        Some(Blocking {
            send: |sender, message| sender.send_blocking(message).is_ok(),
            recv: |receiver| receiver.recv_blocking().ok(),
        })
    }
}

impl<M: Message> Sender<M> for async_channel::Sender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for async_channel::Receiver<M> {
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
