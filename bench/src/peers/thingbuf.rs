use super::{Flaw, Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;
use thingbuf::mpsc;

pub enum Thingbuf {}

impl Peer for Thingbuf {
    const NAME: &'static str = "thingbuf";
    const PACKAGE: &'static str = "thingbuf";
    /// On several threads, dropping a waiting `send` corrupts its list of waiters: crashes, hangs.
    const FLAW: Option<Flaw> = Some(Flaw::Crashes);
    const MANY_RECEIVERS: bool = false;

    type Sender<M: Message> = mpsc::Sender<M>;
    type Receiver<M: Message> = mpsc::Receiver<M>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.bounded().map(mpsc::channel)
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
