//! A task that makes its calls and records them.

use super::call::{Call, Patience};
use super::crowd::{Crowd, State};
use forebay::{
    Permit, Receiver, RecvError, RecvTimeoutError, ReserveError, SendError, SendTimeoutError,
    Sender, TryRecvError, TrySendError,
};
use futures_core::Stream;
use linearizability::{Operation, Outcome};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

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
            Call::AwaitPermit { sends, patience } => {
                self.await_permit(start, sends, patience).await
            }
            Call::Send(patience) => self.send(start, patience).await,
            Call::SendOwned(patience) => self.send_owned(start, patience).await,
            Call::SendOr(polls) => self.send_or(start, polls).await,
            Call::RecvMany(limit, patience) => self.recv_many(start, limit, patience).await,
            Call::RecvOr(polls) => self.recv_or(start, polls).await,
            Call::TryRecv => {
                let outcome = try_recv(&self.receiver);
                self.record.end("try_recv", start, outcome);
            }
            Call::Recv(patience) => {
                let receiver = self.receiver.clone();
                self.recv("recv", start, patience, receiver.recv()).await;
            }
            Call::RecvOwned(patience) => {
                let recv = self.receiver.clone().recv_owned();
                self.recv("recv_owned", start, patience, recv).await;
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
                let observer = self.sender.observer();
                let len = observer.len();
                self.record.end("len", start, Outcome::Len(len));
                let start = (self.record.world.now)();
                let closed = observer.is_closed();
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
                if full { Outcome::Refused(message) } else { Outcome::SendClosed }
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
                let full = error.is_full();
                let unsent = error.into_inner();
                let sent = unsent.sent();
                let stopped =
                    if full { Outcome::Refused(messages[sent]) } else { Outcome::SendClosed };
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
        let sender = self.sender.clone();
        match sender.try_reserve() {
            Ok(permit) => {
                self.record.end("reserve", start, Outcome::Reserved);
                self.use_permit(permit, sends, Permit::send);
            }
            Err(error) => self.not_reserved("reserve", start, error),
        }
    }

    async fn await_permit(&mut self, start: u64, sends: bool, patience: Patience) {
        let mut reserve = self.sender.clone().reserve_owned();
        let poll = |cx: &mut Context<'_>| Pin::new(&mut reserve).poll(cx);
        match self.wait(State::Sends, patience, poll).await {
            Some(Ok(permit)) => {
                self.record.end("reserve_owned", start, Outcome::Reserved);
                self.use_permit(permit, sends, |permit, message| permit.send(message).map(drop));
            }
            Some(Err(error)) => self.not_reserved("reserve_owned", start, error),
            None => {}
        }
    }

    fn not_reserved(&mut self, call: &'static str, start: u64, error: ReserveError) {
        match error {
            ReserveError::Full => self.record.end(call, start, Outcome::Full),
            ReserveError::Closed => self.record.end(call, start, Outcome::SendClosed),
            // By weight nothing is reserved.
            _ => assert!(self.sender.stats().weight.is_some(), "{error}"),
        }
    }

    fn use_permit<P>(
        &mut self,
        permit: P,
        sends: bool,
        send: impl FnOnce(P, u32) -> Result<(), SendError<u32>>,
    ) {
        let record = &mut self.record;
        let message = record.message();
        (record.world.pause)();
        let start = (record.world.now)();
        let mut closed = false;
        if sends {
            match send(permit, message) {
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

    /// As [`Crowd::wait`], of this task.
    async fn wait<T>(
        &mut self,
        asleep: State,
        patience: Patience,
        poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Option<T> {
        let Self { task, crowd, sender, receiver, record, .. } = self;
        let close = || close_all(crowd, sender, receiver, record);
        crowd.wait(*task, asleep, patience, poll, close).await
    }

    async fn send(&mut self, start: u64, patience: Patience) {
        let message = self.record.message();
        let sender = self.sender.clone();
        let mut send = sender.send(message);
        let answer = self.wait(State::Sends, patience, |cx| Pin::new(&mut send).poll(cx)).await;
        self.sent("send", start, message, answer);
        // It must be in nobody's hands: the checker knows nothing of it.
        assert_eq!(send.into_inner(), answer.is_none().then_some(message));
    }

    async fn send_owned(&mut self, start: u64, patience: Patience) {
        let message = self.record.message();
        let mut send = self.sender.clone().send_owned(message);
        let answer = self.wait(State::Sends, patience, |cx| Pin::new(&mut send).poll(cx)).await;
        self.sent("send_owned", start, message, answer);
        assert_eq!(send.into_inner().1, answer.is_none().then_some(message));
    }

    async fn send_or(&mut self, start: u64, polls: u32) {
        let message = self.record.message();
        let sender = self.sender.clone();
        let mut send = pin!(sender.send_or(message, timer(polls)));
        let answer = self.wait(State::Sends, None, |cx| send.as_mut().poll(cx)).await;
        let answer = match answer.expect("it waits for as long as it takes") {
            Ok(()) => Some(Ok(())),
            Err(SendTimeoutError::Closed(message)) => Some(Err(SendError(message))),
            Err(SendTimeoutError::Timeout(returned)) => {
                assert_eq!(returned, message);
                None
            }
        };
        self.sent("send_or", start, message, answer);
    }

    /// What came of a message; `None`: it was not sent.
    fn sent(
        &mut self,
        call: &'static str,
        start: u64,
        message: u32,
        answer: Option<Result<(), SendError<u32>>>,
    ) {
        match answer {
            Some(Ok(())) => self.record.end(call, start, Outcome::Sent(message)),
            Some(Err(SendError(returned))) => {
                assert_eq!(returned, message);
                self.record.end(call, start, Outcome::SendClosed);
            }
            None => {}
        }
    }

    async fn recv(
        &mut self,
        call: &'static str,
        start: u64,
        patience: Patience,
        mut recv: impl Future<Output = Result<u32, RecvError>> + Unpin,
    ) {
        let poll = |cx: &mut Context<'_>| Pin::new(&mut recv).poll(cx);
        if let Some(answer) = self.wait(State::Receives, patience, poll).await {
            self.record.end(call, start, answer.map_or(Outcome::RecvClosed, Outcome::Received));
        }
    }

    async fn recv_many(&mut self, start: u64, limit: usize, patience: Patience) {
        let mut messages = Vec::new();
        let receiver = self.receiver.clone();
        let mut recv = receiver.recv_many(&mut messages, limit);
        let poll = |cx: &mut Context<'_>| Pin::new(&mut recv).poll(cx);
        let answer = self.wait(State::Receives, patience, poll).await;
        drop(recv);
        assert_eq!(messages.len(), answer.map_or(0, |count| count.unwrap_or(0)));
        let closed = (answer == Some(Err(RecvError))).then_some(Outcome::RecvClosed);
        let outcomes = messages.into_iter().map(Outcome::Received).chain(closed);
        self.record.end_each("recv_many", start, outcomes);
    }

    async fn recv_or(&mut self, start: u64, polls: u32) {
        let receiver = self.receiver.clone();
        let mut recv = pin!(receiver.recv_or(timer(polls)));
        let answer = self.wait(State::Receives, None, |cx| recv.as_mut().poll(cx)).await;
        let outcome = match answer.expect("it waits for as long as it takes") {
            Ok(message) => Outcome::Received(message),
            Err(RecvTimeoutError::Closed) => Outcome::RecvClosed,
            Err(RecvTimeoutError::Timeout) => return,
        };
        self.record.end("recv_or", start, outcome);
    }
}

/// Over when it has been polled so often. It wakes its task at each.
async fn timer(polls: u32) {
    let mut left = polls;
    poll_fn(|cx| {
        left -= 1;
        cx.waker().wake_by_ref();
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
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
