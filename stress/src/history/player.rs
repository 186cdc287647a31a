//! A task that makes its calls and records them.

use super::call::{Call, Patience};
use super::crowd::{Crowd, State};
use forebay::{Receiver, ReserveError, SendError, Sender, TryRecvError, TrySendError};
use futures_core::Stream;
use linearizability::{Operation, Outcome};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What differs from one executor to the other.
#[derive(Clone, Copy)]
pub struct World {
    /// A clock that all tasks share.
    pub now: fn() -> u64,
    /// Lets other tasks come between two polls.
    pub pause: fn(),
}

pub struct Player {
    task: usize,
    script: Vec<Call>,
    crowd: Arc<Crowd>,
    sender: Sender<u32>,
    receiver: Receiver<u32>,
    /// Apart from the other, as it stays registered while the task makes other calls.
    stream: Receiver<u32>,
    record: Record,
}

struct Record {
    task: usize,
    world: World,
    operations: Vec<Operation>,
    sent: u32,
}

impl Record {
    fn end(&mut self, call: &'static str, start: u64, outcome: Outcome) {
        let end = (self.world.now)();
        self.operations.push(Operation { thread: self.task, call, start, end, outcome });
    }

    /// Several operations of one call.
    fn end_each(
        &mut self,
        call: &'static str,
        start: u64,
        outcomes: impl Iterator<Item = Outcome>,
    ) {
        let (thread, end) = (self.task, (self.world.now)());
        let operation = |outcome| Operation { thread, call, start, end, outcome };
        self.operations.extend(outcomes.map(operation));
    }

    fn message(&mut self) -> u32 {
        self.sent += 1;
        u32::try_from(self.task).expect("few tasks") * 1000 + self.sent
    }
}

impl Player {
    pub(super) fn new(
        task: usize,
        script: Vec<Call>,
        crowd: Arc<Crowd>,
        sender: Sender<u32>,
        receiver: Receiver<u32>,
        world: World,
    ) -> Self {
        let stream = receiver.clone();
        let record = Record { task, world, operations: Vec::new(), sent: 0 };
        Self { task, script, crowd, sender, receiver, stream, record }
    }

    /// Makes the calls one after the other. What was recorded comes back.
    pub async fn play(mut self) -> Vec<Operation> {
        for call in std::mem::take(&mut self.script) {
            self.make(call).await;
            (self.record.world.pause)();
        }
        let Self { crowd, sender, receiver, record, .. } = &mut self;
        crowd.leave(|| close_all(crowd, sender, receiver, record));
        self.record.operations
    }

    async fn make(&mut self, call: Call) {
        let start = (self.record.world.now)();
        match call {
            Call::TrySend => self.try_send(start),
            Call::ForceSend => self.force_send(start),
            Call::TrySendMany(count) => self.try_send_many(start, count),
            Call::Reserve { sends } => self.reserve(start, sends),
            Call::TryRecvMany(limit) => self.try_recv_many(start, limit),
            Call::Send(patience) => self.send(start, patience).await,
            Call::TryRecv => {
                let outcome = try_recv(&self.receiver);
                self.record.end("try_recv", start, outcome);
            }
            Call::Recv(patience) => {
                let Self { task, crowd, sender, receiver, record, .. } = self;
                let mut recv = receiver.recv();
                let answer = crowd.wait(
                    *task,
                    State::Receives,
                    patience,
                    |cx| Pin::new(&mut recv).poll(cx),
                    || close_all(crowd, sender, receiver, record),
                );
                if let Some(answer) = answer.await {
                    let outcome = answer.map_or(Outcome::RecvClosed, Outcome::Received);
                    record.end("recv", start, outcome);
                }
            }
            Call::Next(patience) => {
                let Self { task, crowd, sender, receiver, stream, record, .. } = self;
                let answer = crowd.wait(
                    *task,
                    State::Receives,
                    patience,
                    |cx| Pin::new(&mut *stream).poll_next(cx),
                    || close_all(crowd, sender, receiver, record),
                );
                if let Some(answer) = answer.await {
                    let outcome = answer.map_or(Outcome::RecvClosed, Outcome::Received);
                    record.end("next", start, outcome);
                }
            }
            Call::Close => {
                let first = self.sender.close();
                self.record.end("close", start, Outcome::Close(first));
            }
            Call::Look => {
                let len = self.receiver.len();
                self.record.end("len", start, Outcome::Len(len));
                let start = (self.record.world.now)();
                let closed = self.receiver.is_closed();
                self.record.end("is_closed", start, Outcome::IsClosed(closed));
            }
        }
    }

    fn try_send(&mut self, start: u64) {
        let message = self.record.message();
        let outcome = match self.sender.try_send(message) {
            Ok(()) => Outcome::Sent(message),
            Err(error) => {
                let full = matches!(error, TrySendError::Full(_));
                assert_eq!(error.into_inner(), message);
                if full { Outcome::Full } else { Outcome::SendClosed }
            }
        };
        self.record.end("try_send", start, outcome);
    }

    fn force_send(&mut self, start: u64) {
        let message = self.record.message();
        let outcome = match self.sender.force_send(message) {
            Ok(None) => Outcome::Sent(message),
            Ok(Some(oldest)) => Outcome::Displaced { sent: message, oldest },
            Err(SendError(returned)) => {
                assert_eq!(returned, message);
                Outcome::SendClosed
            }
        };
        self.record.end("force_send", start, outcome);
    }

    /// Not one operation, but one for each message, and one for what ended it.
    fn try_send_many(&mut self, start: u64, count: u32) {
        let messages: Vec<_> = (0..count).map(|_| self.record.message()).collect();
        let (sent, stopped) = match self.sender.try_send_many(messages.iter().copied()) {
            Ok(sent) => (sent, None),
            Err(error) => {
                let stopped = if error.is_full() { Outcome::Full } else { Outcome::SendClosed };
                let unsent = error.into_inner();
                let sent = unsent.sent();
                assert!(unsent.eq(messages[sent..].iter().copied()));
                (sent, Some(stopped))
            }
        };
        let outcomes =
            messages[..sent].iter().map(|&message| Outcome::Sent(message)).chain(stopped);
        self.record.end_each("send_many", start, outcomes);
    }

    fn try_recv_many(&mut self, start: u64, limit: usize) {
        let mut messages = Vec::new();
        let stopped = match self.receiver.try_recv_many(&mut messages, limit) {
            Ok(count) => {
                assert_eq!(count, messages.len());
                None
            }
            Err(TryRecvError::Empty) => Some(Outcome::Empty),
            Err(TryRecvError::Closed) => Some(Outcome::RecvClosed),
        };
        let outcomes = messages.into_iter().map(Outcome::Received).chain(stopped);
        self.record.end_each("recv_many", start, outcomes);
    }

    fn reserve(&mut self, start: u64, sends: bool) {
        let message = self.record.message();
        let Self { sender, record, .. } = self;
        let permit = match sender.try_reserve() {
            Ok(permit) => permit,
            Err(error) => {
                let full = error == ReserveError::Full;
                return record.end(
                    "reserve",
                    start,
                    if full { Outcome::Full } else { Outcome::SendClosed },
                );
            }
        };
        record.end("reserve", start, Outcome::Reserved);
        (record.world.pause)();
        let start = (record.world.now)();
        let mut closed = false;
        if sends {
            match permit.send(message) {
                Ok(()) => return record.end("permit", start, Outcome::SentReserved(message)),
                Err(SendError(returned)) => assert_eq!(returned, message),
            }
            closed = true;
        } else {
            drop(permit);
        }
        let outcomes = [Some(Outcome::Released), closed.then_some(Outcome::SendClosed)];
        record.end_each("permit", start, outcomes.into_iter().flatten());
    }

    async fn send(&mut self, start: u64, patience: Patience) {
        let Self { task, crowd, sender, receiver, record, .. } = self;
        let message = record.message();
        let mut send = sender.send(message);
        let answer = crowd.wait(
            *task,
            State::Sends,
            patience,
            |cx| Pin::new(&mut send).poll(cx),
            || close_all(crowd, sender, receiver, record),
        );
        match answer.await {
            Some(Ok(())) => record.end("send", start, Outcome::Sent(message)),
            Some(Err(SendError(returned))) => {
                assert_eq!(returned, message);
                record.end("send", start, Outcome::SendClosed);
            }
            // It must be in nobody's hands: the checker knows nothing of it.
            None => assert_eq!(send.into_inner(), Some(message)),
        }
    }
}

/// Ends a history in which everybody sleeps, if it is right that they do.
fn close_all(crowd: &Crowd, sender: &Sender<u32>, receiver: &Receiver<u32>, record: &mut Record) {
    crowd.assert_blocked(sender, receiver);
    let start = (record.world.now)();
    let first = receiver.close();
    record.end("close", start, Outcome::Close(first));
}

fn try_recv(receiver: &Receiver<u32>) -> Outcome {
    match receiver.try_recv() {
        Ok(message) => Outcome::Received(message),
        Err(TryRecvError::Empty) => Outcome::Empty,
        Err(TryRecvError::Closed) => Outcome::RecvClosed,
    }
}

/// Adds to a history what is left in the channel when every task has finished.
pub fn drain(receiver: &Receiver<u32>, now: fn() -> u64, history: &mut Vec<Operation>) {
    loop {
        let start = now();
        let outcome = try_recv(receiver);
        let operation = Operation { thread: 0, call: "drain", start, end: now(), outcome };
        history.push(operation);
        if !matches!(outcome, Outcome::Received(_)) {
            return;
        }
    }
}
