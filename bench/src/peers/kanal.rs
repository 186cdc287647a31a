use super::{Blocking, BlockingOf, Flaw, Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;

pub enum Kanal {}

impl Peer for Kanal {
    const NAME: &'static str = "kanal";
    const PACKAGE: &'static str = "kanal";
    /// A message handed to a waiting `recv` is lost if that future is dropped.
    const FLAW: Option<Flaw> = Some(Flaw::LosesMessages);

    type Sender<M: Message> = kanal::AsyncSender<M>;
    type Receiver<M: Message> = kanal::AsyncReceiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        Some(match capacity {
            Capacity::Bounded(capacity) => kanal::bounded_async(capacity),
            Capacity::Unbounded => kanal::unbounded_async(),
        })
    }

    fn blocking<M: Message>() -> Option<BlockingOf<Self, M>> {
        Some(Blocking {
            send: |sender, message| sender.as_sync().send(message).is_ok(),
            recv: |receiver| receiver.as_sync().recv().ok(),
        })
    }
}

impl<M: Message> Sender<M> for kanal::AsyncSender<M> {
    async fn send(&mut self, message: M) -> bool {
        Self::send(self, message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        Self::try_send(self, message) == Ok(true)
    }
}

impl<M: Message> Receiver<M> for kanal::AsyncReceiver<M> {
    async fn recv(&mut self) -> Option<M> {
        Self::recv(self).await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        Self::try_recv(self).ok().flatten()
    }

    fn another(&self) -> Option<Self> {
        Some(self.clone())
    }
}
