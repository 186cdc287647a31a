//! Futures and streams that are polled by hand and can be given up in order.

use crate::hand;
use core::cell::Cell;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use forebay::{Receiver, Sender};
use futures_core::Stream;
use linearizability::Outcome;
use std::rc::Rc;

/// A message that tells how many there are.
pub(crate) struct Message {
    pub(crate) id: u32,
    pub(crate) _alive: Rc<()>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Send,
    Recv,
    Stream,
    Closed,
}

/// What comes of a task; `None`: its message was taken back.
type Answer = Option<Outcome>;

pub(crate) struct Task {
    pub(crate) kind: Kind,
    polled: hand::Task<Pin<Box<dyn Future<Output = Answer>>>>,
    give_up: Rc<Cell<bool>>,
    /// It has found itself blocked and left its waker with the channel.
    waits: bool,
    /// Wakes until then.
    heard: usize,
    /// What the model knew of it before the last step.
    pub(crate) was_woken: bool,
}

impl Task {
    fn new(
        kind: Kind,
        give_up: Rc<Cell<bool>>,
        future: impl Future<Output = Answer> + 'static,
    ) -> Self {
        let polled = hand::Task::new(Box::pin(future) as Pin<Box<dyn Future<Output = Answer>>>);
        Self { kind, polled, give_up, waits: false, heard: 0, was_woken: false }
    }

    pub(crate) fn send(sender: Rc<Sender<Message>>, message: Message) -> Self {
        let give_up = Rc::new(Cell::new(false));
        let given_up = Rc::clone(&give_up);
        Self::new(Kind::Send, give_up, async move {
            let id = message.id;
            let mut send = sender.send(message);
            let sent = poll_fn(|cx| {
                if given_up.get() {
                    return Poll::Ready(None);
                }
                Pin::new(&mut send).poll(cx).map(Some)
            })
            .await;
            let message = send.into_inner();
            assert_eq!(message.map(|message| message.id), sent.is_none().then_some(id));
            sent.map(|sent| match sent {
                Ok(()) => Outcome::Sent(id),
                Err(error) => {
                    assert_eq!(error.into_inner().id, id);
                    Outcome::SendClosed
                }
            })
        })
    }

    pub(crate) fn recv(receiver: Rc<Receiver<Message>>) -> Self {
        Self::new(Kind::Recv, Rc::default(), async move {
            let received = receiver.recv().await;
            Some(received.map_or(Outcome::RecvClosed, |message| Outcome::Received(message.id)))
        })
    }

    pub(crate) fn stream(mut receiver: Receiver<Message>) -> Self {
        Self::new(Kind::Stream, Rc::default(), async move {
            let received = poll_fn(|cx| Pin::new(&mut receiver).poll_next(cx)).await;
            Some(received.map_or(Outcome::RecvClosed, |message| Outcome::Received(message.id)))
        })
    }

    pub(crate) fn closed(sender: Rc<Sender<Message>>) -> Self {
        Self::new(Kind::Closed, Rc::default(), async move {
            sender.closed().await;
            Some(Outcome::IsClosed(true))
        })
    }

    pub(crate) fn poll(&mut self, other_waker: bool) -> Poll<Answer> {
        if other_waker {
            self.polled.replace_waker();
        }
        let before = self.polled.wakes();
        let answer = self.polled.poll();
        self.heard = self.polled.wakes();
        // One that has woken itself does not wait yet.
        self.waits = self.heard == before;
        self.was_woken = false;
        answer
    }

    /// The answer of a `send` that is told to give its message back.
    pub(crate) fn take_back(&mut self) -> Poll<Answer> {
        self.give_up.set(true);
        self.polled.poll()
    }

    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    /// Whether it waited and has been woken since.
    pub(crate) fn is_woken(&self) -> bool {
        self.waits && self.polled.wakes() > self.heard
    }
}
