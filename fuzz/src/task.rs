//! Futures and streams that are polled by hand and can be given up in order.

use crate::hand;
use core::cell::Cell;
use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use forebay::{OwnedPermit, Receiver, RecvTimeoutError, ReserveError, SendTimeoutError, Sender};
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
    /// With a message in hand.
    Send,
    Reserve,
    Recv,
    Stream,
    Closed,
}

/// What a task keeps open itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Sends,
    Receives,
}

/// What comes of a task. Nothing, if it was given up.
type Answer = Vec<Outcome>;

pub(crate) struct Task {
    pub(crate) kind: Kind,
    pub(crate) holds: Option<Side>,
    polled: hand::Task<Pin<Box<dyn Future<Output = Answer>>>>,
    /// Tells it to give up, if it can.
    give_up: Option<Rc<Cell<bool>>>,
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
        give_up: Option<Rc<Cell<bool>>>,
        future: impl Future<Output = Answer> + 'static,
    ) -> Self {
        let polled = hand::Task::new(Box::pin(future) as Pin<Box<dyn Future<Output = Answer>>>);
        Self { kind, holds: None, polled, give_up, waits: false, heard: 0, was_woken: false }
    }

    fn holding(self, side: Side) -> Self {
        Self { holds: Some(side), ..self }
    }

    pub(crate) fn send(sender: Rc<Sender<Message>>, message: Message) -> Self {
        let give_up = Rc::new(Cell::new(false));
        let given_up = Rc::clone(&give_up);
        Self::new(Kind::Send, Some(give_up), async move {
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
            let sent = sent.map(|sent| sent.map_err(forebay::SendError::into_inner));
            sent.map(|sent| came_of(id, sent)).into_iter().collect()
        })
    }

    pub(crate) fn send_owned(sender: Sender<Message>, message: Message) -> Self {
        let give_up = Rc::new(Cell::new(false));
        let given_up = Rc::clone(&give_up);
        let task = Self::new(Kind::Send, Some(give_up), async move {
            let id = message.id;
            let mut send = sender.send_owned(message);
            let sent = poll_fn(|cx| {
                if given_up.get() {
                    return Poll::Ready(None);
                }
                Pin::new(&mut send).poll(cx).map(Some)
            })
            .await;
            let (_, message) = send.into_inner();
            assert_eq!(message.map(|message| message.id), sent.is_none().then_some(id));
            let sent = sent.map(|sent| sent.map_err(forebay::SendError::into_inner));
            sent.map(|sent| came_of(id, sent)).into_iter().collect()
        });
        task.holding(Side::Sends)
    }

    pub(crate) fn send_or(sender: Rc<Sender<Message>>, message: Message) -> Self {
        let over = Rc::new(Cell::new(false));
        let timer = timer(&over);
        Self::new(Kind::Send, Some(over), async move {
            let id = message.id;
            match sender.send_or(message, timer).await {
                Ok(()) => vec![Outcome::Sent(id)],
                Err(SendTimeoutError::Closed(message)) => vec![came_of(id, Err(message))],
                Err(SendTimeoutError::Timeout(message)) => {
                    assert_eq!(message.id, id);
                    Vec::new()
                }
            }
        })
    }

    /// The permit goes to the others.
    pub(crate) fn reserve(
        sender: Sender<Message>,
        permits: Rc<RefCell<Vec<OwnedPermit<Message>>>>,
    ) -> Self {
        let task = Self::new(Kind::Reserve, None, async move {
            match sender.reserve_owned().await {
                Ok(permit) => {
                    permits.borrow_mut().push(permit);
                    vec![Outcome::Reserved]
                }
                Err(ReserveError::Closed) => vec![Outcome::SendClosed],
                Err(error) => panic!("{error}"),
            }
        });
        task.holding(Side::Sends)
    }

    pub(crate) fn recv_owned(receiver: Receiver<Message>) -> Self {
        let task = Self::new(Kind::Recv, None, async move {
            let received = receiver.recv_owned().await;
            vec![received.map_or(Outcome::RecvClosed, |message| Outcome::Received(message.id))]
        });
        task.holding(Side::Receives)
    }

    pub(crate) fn recv_or(receiver: Rc<Receiver<Message>>) -> Self {
        let over = Rc::new(Cell::new(false));
        let timer = timer(&over);
        Self::new(Kind::Recv, Some(over), async move {
            match receiver.recv_or(timer).await {
                Ok(message) => vec![Outcome::Received(message.id)],
                Err(RecvTimeoutError::Closed) => vec![Outcome::RecvClosed],
                Err(RecvTimeoutError::Timeout) => Vec::new(),
            }
        })
    }

    pub(crate) fn recv_many(receiver: Rc<Receiver<Message>>) -> Self {
        Self::new(Kind::Recv, None, async move {
            let mut messages = Vec::new();
            match receiver.recv_many(&mut messages, 3).await {
                Ok(count) => assert_eq!(count, messages.len()),
                Err(_) => return vec![Outcome::RecvClosed],
            }
            messages.iter().map(|message| Outcome::Received(message.id)).collect()
        })
    }

    pub(crate) fn recv(receiver: Rc<Receiver<Message>>) -> Self {
        Self::new(Kind::Recv, None, async move {
            let received = receiver.recv().await;
            vec![received.map_or(Outcome::RecvClosed, |message| Outcome::Received(message.id))]
        })
    }

    pub(crate) fn stream(mut receiver: Receiver<Message>) -> Self {
        let task = Self::new(Kind::Stream, None, async move {
            let received = poll_fn(|cx| Pin::new(&mut receiver).poll_next(cx)).await;
            vec![received.map_or(Outcome::RecvClosed, |message| Outcome::Received(message.id))]
        });
        task.holding(Side::Receives)
    }

    pub(crate) fn closed(sender: Rc<Sender<Message>>) -> Self {
        Self::new(Kind::Closed, None, async move {
            sender.closed().await;
            vec![Outcome::IsClosed(true)]
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

    pub(crate) fn can_give_up(&self) -> bool {
        self.give_up.is_some()
    }

    /// The answer of one that is told to give up.
    pub(crate) fn give_up(&mut self) -> Poll<Answer> {
        if let Some(give_up) = &self.give_up {
            give_up.set(true);
        }
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

/// What became of a message: an error has it.
fn came_of(id: u32, sent: Result<(), Message>) -> Outcome {
    match sent {
        Ok(()) => Outcome::Sent(id),
        Err(message) => {
            assert_eq!(message.id, id);
            Outcome::SendClosed
        }
    }
}

fn timer(over: &Rc<Cell<bool>>) -> impl Future<Output = ()> + 'static {
    let over = Rc::clone(over);
    poll_fn(move |_| if over.get() { Poll::Ready(()) } else { Poll::Pending })
}
