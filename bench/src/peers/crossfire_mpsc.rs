use super::{Message, Peer, Receiver};
use crate::capacity::Capacity;
use crossfire::flavor::Flavor;
use crossfire::{AsyncRx, MAsyncTx, MTx, mpsc};

pub enum Bounded {}

impl Peer for Bounded {
    const NAME: &'static str = "crossfire-mpsc";
    const PACKAGE: &'static str = "crossfire";
    const MANY_RECEIVERS: bool = false;

    type Sender<M: Message> = MAsyncTx<mpsc::Array<M>>;
    type Receiver<M: Message> = AsyncRx<mpsc::Array<M>>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.bounded().map(mpsc::bounded_async)
    }
}

pub enum Unbounded {}

impl Peer for Unbounded {
    const NAME: &'static str = Bounded::NAME;
    const PACKAGE: &'static str = Bounded::PACKAGE;
    const MANY_RECEIVERS: bool = false;

    type Sender<M: Message> = MTx<mpsc::List<M>>;
    type Receiver<M: Message> = AsyncRx<mpsc::List<M>>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.is_unbounded().then(mpsc::unbounded_async)
    }
}

impl<M: Message, F: Flavor<Item = M> + 'static> Receiver<M> for AsyncRx<F> {
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
