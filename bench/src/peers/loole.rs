use super::{Blocking, BlockingOf, Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;

pub enum Loole {}

impl Peer for Loole {
    const NAME: &'static str = "loole";
    const PACKAGE: &'static str = "loole";

    type Sender<M: Message> = loole::Sender<M>;
    type Receiver<M: Message> = loole::Receiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        Some(match capacity {
            Capacity::Bounded(capacity) => loole::bounded(capacity),
            Capacity::Unbounded => loole::unbounded(),
        })
    }

    fn blocking<M: Message>() -> Option<BlockingOf<Self, M>> {
        Some(Blocking {
            send: |sender, message| loole::Sender::send(sender, message).is_ok(),
            recv: |receiver| loole::Receiver::recv(receiver).ok(),
        })
    }
}

impl<M: Message> Sender<M> for loole::Sender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send_async(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message).is_ok()
    }
}

impl<M: Message> Receiver<M> for loole::Receiver<M> {
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
