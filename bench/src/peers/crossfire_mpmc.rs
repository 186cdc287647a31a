use super::{Message, Peer, Receiver, Sender};
use crate::capacity::Capacity;
use crossfire::flavor::Flavor;
use crossfire::{MAsyncRx, MAsyncTx, MTx, mpmc};

pub enum Bounded {}

impl Peer for Bounded {
    const NAME: &'static str = "crossfire-mpmc";
    const PACKAGE: &'static str = "crossfire";

    type Sender<M: Message> = MAsyncTx<mpmc::Array<M>>;
    type Receiver<M: Message> = MAsyncRx<mpmc::Array<M>>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.bounded().map(mpmc::bounded_async)
    }
}

pub enum Unbounded {}

impl Peer for Unbounded {
    const NAME: &'static str = Bounded::NAME;
    const PACKAGE: &'static str = Bounded::PACKAGE;

    /// A send that never waits has no future in crossfire.
    type Sender<M: Message> = MTx<mpmc::List<M>>;
    type Receiver<M: Message> = MAsyncRx<mpmc::List<M>>;

    fn channel<M: Message>(capacity: Capacity) -> Option<(Self::Sender<M>, Self::Receiver<M>)> {
        capacity.is_unbounded().then(mpmc::unbounded_async)
    }
}

impl<M: Message, F: Flavor<Item = M> + 'static> Sender<M> for MAsyncTx<F> {
    async fn send(&mut self, message: M) -> bool {
        (**self).send(message).await.is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        (**self).try_send(message).is_ok()
    }
}

impl<M: Message, F: Flavor<Item = M> + 'static> Sender<M> for MTx<F> {
    async fn send(&mut self, message: M) -> bool {
        (**self).send(message).is_ok()
    }

    fn try_send(&mut self, message: M) -> bool {
        (**self).try_send(message).is_ok()
    }
}

impl<M: Message, F: Flavor<Item = M> + 'static> Receiver<M> for MAsyncRx<F> {
    async fn recv(&mut self) -> Option<M> {
        (**self).recv().await.ok()
    }

    fn try_recv(&mut self) -> Option<M> {
        (**self).try_recv().ok()
    }

    fn another(&self) -> Option<Self> {
        Some(self.clone())
    }
}
