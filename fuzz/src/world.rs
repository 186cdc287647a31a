//! A channel beside its model.

use crate::Step;
use crate::task::{Kind, Message, Task};
use core::task::Poll;
use forebay::{
    OwnedPermit, Receiver, ReserveError, SendError, Sender, TryRecvError, TrySendError,
    WeakReceiver, WeakSender, bounded, unbounded,
};
use linearizability::{Fifo, Outcome};
use std::rc::{Rc, Weak};

/// Enough for everything to happen, and few enough to meet again.
const MOST_TASKS: usize = 8;
const MOST_HANDLES: usize = 3;

/// All that a handle of either side tells.
macro_rules! state {
    ($handle:expr) => {
        (
            $handle.len(),
            $handle.is_empty(),
            $handle.is_full(),
            $handle.is_closed(),
            $handle.capacity(),
            $handle.sender_count(),
            $handle.receiver_count(),
        )
    };
}

pub(crate) struct World {
    capacity: Option<usize>,
    model: Fifo,
    tasks: Vec<Task>,
    senders: Vec<Rc<Sender<Message>>>,
    receivers: Vec<Rc<Receiver<Message>>>,
    /// Also those that only tasks hold.
    all_senders: Vec<Weak<Sender<Message>>>,
    all_receivers: Vec<Weak<Receiver<Message>>>,
    permits: Vec<OwnedPermit<Message>>,
    weak_sender: WeakSender<Message>,
    weak_receiver: WeakReceiver<Message>,
    messages: u32,
    alive: Rc<()>,
    /// The notifications that the last step may have given: to `recv`s and to `send`s.
    to_recvs: usize,
    to_sends: usize,
}

impl World {
    pub(crate) fn new(capacity: Option<usize>) -> Self {
        let (sender, receiver) = capacity.map_or_else(unbounded, bounded);
        let mut world = Self {
            capacity,
            model: Fifo::new(capacity.unwrap_or(usize::MAX)),
            tasks: Vec::new(),
            senders: Vec::new(),
            receivers: Vec::new(),
            all_senders: Vec::new(),
            all_receivers: Vec::new(),
            permits: Vec::new(),
            weak_sender: sender.downgrade(),
            weak_receiver: receiver.downgrade(),
            messages: 0,
            alive: Rc::new(()),
            to_recvs: 0,
            to_sends: 0,
        };
        world.add_sender(sender);
        world.add_receiver(receiver);
        world
    }

    pub(crate) fn make(&mut self, step: Step) {
        (self.to_recvs, self.to_sends) = (0, 0);
        match step {
            Step::TrySend => self.try_send(),
            Step::ForceSend => self.force_send(),
            Step::TrySendMany => self.try_send_many(),
            Step::TryReserve => self.try_reserve(),
            Step::UsePermit => self.use_permit(),
            Step::DropPermit => {
                if let Some(permit) = self.permits.pop() {
                    drop(permit);
                    self.agree(Outcome::Released);
                }
            }
            Step::TryRecv => self.try_recv(),
            Step::TryRecvMany => self.try_recv_many(),
            Step::Close => {
                if let Some(sender) = self.senders.first() {
                    let first = sender.close();
                    self.agree(Outcome::Close(first));
                } else if let Some(receiver) = self.receivers.first() {
                    let first = receiver.close();
                    self.agree(Outcome::Close(first));
                }
            }
            Step::Send => {
                if let Some(sender) = self.senders.last().cloned() {
                    let message = self.message();
                    self.start(Task::send(sender, message));
                }
            }
            Step::Recv => {
                if let Some(receiver) = self.receivers.last().cloned() {
                    self.start(Task::recv(receiver));
                }
            }
            Step::Stream => {
                if let Some(receiver) = self.receivers.last().cloned() {
                    self.start(Task::stream(Receiver::clone(&receiver)));
                }
            }
            Step::Closed => {
                if let Some(sender) = self.senders.last().cloned() {
                    self.start(Task::closed(sender));
                }
            }
            Step::Poll { task, other_waker } => {
                if let Some(task) = self.index(task) {
                    self.poll(task, other_waker);
                }
            }
            Step::PollWoken => {
                if let Some(task) = self.tasks.iter().position(Task::is_woken) {
                    self.poll(task, false);
                }
            }
            Step::Drop { task } => {
                if let Some(task) = self.index(task) {
                    drop(self.end(task));
                }
            }
            Step::TakeBack { task } => {
                if let Some(index) =
                    self.index(task).filter(|&task| self.tasks[task].kind == Kind::Send)
                {
                    let answer = self.end(index).take_back();
                    assert_eq!(answer, Poll::Ready(None), "the message did not come back");
                }
            }
            Step::CloneSender => {
                if let Some(sender) = self.senders.last().cloned() {
                    self.add_sender(Sender::clone(&sender));
                }
            }
            Step::DropSender => drop(self.senders.pop()),
            Step::UpgradeSender => {
                let possible = !self.model.is_closed();
                let upgraded = self.weak_sender.upgrade();
                assert_eq!(upgraded.is_some(), possible, "a weak sender");
                if let Some(sender) = upgraded {
                    self.add_sender(sender);
                }
            }
            Step::CloneReceiver => {
                if let Some(receiver) = self.receivers.last().cloned() {
                    self.add_receiver(Receiver::clone(&receiver));
                }
            }
            Step::DropReceiver => drop(self.receivers.pop()),
            Step::UpgradeReceiver => {
                let possible = !self.model.is_closed();
                let upgraded = self.weak_receiver.upgrade();
                assert_eq!(upgraded.is_some(), possible, "a weak receiver");
                if let Some(receiver) = upgraded {
                    self.add_receiver(receiver);
                }
            }
        }
    }

    fn try_send(&mut self) {
        let Some(sender) = self.senders.first().cloned() else { return };
        let message = self.message();
        let id = message.id;
        let outcome = match sender.try_send(message) {
            Ok(()) => Outcome::Sent(id),
            Err(TrySendError::Full(_)) => Outcome::Full,
            Err(TrySendError::Closed(_)) => Outcome::SendClosed,
        };
        self.agree(outcome);
    }

    fn force_send(&mut self) {
        let Some(sender) = self.senders.first().cloned() else { return };
        let message = self.message();
        let id = message.id;
        let outcome = match sender.force_send(message) {
            Ok(None) => Outcome::Sent(id),
            Ok(Some(oldest)) => Outcome::Displaced { sent: id, oldest: oldest.id },
            Err(SendError(_)) => Outcome::SendClosed,
        };
        self.agree(outcome);
    }

    fn try_send_many(&mut self) {
        let Some(sender) = self.senders.first().cloned() else { return };
        let messages = [(); 3].map(|()| self.message());
        let ids = [0, 1, 2].map(|index: usize| messages[index].id);
        let (sent, stopped) = match sender.try_send_many(messages) {
            Ok(sent) => (sent, None),
            Err(TrySendError::Full(unsent)) => (unsent.sent(), Some(Outcome::Full)),
            Err(TrySendError::Closed(unsent)) => (unsent.sent(), Some(Outcome::SendClosed)),
        };
        for outcome in ids[..sent].iter().map(|&id| Outcome::Sent(id)).chain(stopped) {
            self.agree(outcome);
        }
    }

    fn try_recv_many(&mut self) {
        let Some(receiver) = self.receivers.first().cloned() else { return };
        let mut batch = Vec::new();
        let stopped = match receiver.try_recv_many(&mut batch, 3) {
            Ok(count) => {
                assert_eq!(count, self.model.len().min(3));
                None
            }
            Err(TryRecvError::Empty) => Some(Outcome::Empty),
            Err(TryRecvError::Closed) => Some(Outcome::RecvClosed),
        };
        for outcome in batch.iter().map(|message| Outcome::Received(message.id)).chain(stopped) {
            self.agree(outcome);
        }
    }

    fn try_reserve(&mut self) {
        let Some(sender) = self.senders.first().cloned() else { return };
        if self.permits.len() == MOST_HANDLES {
            return;
        }
        let outcome = match Sender::clone(&sender).try_reserve_owned() {
            Ok(permit) => {
                self.permits.push(permit);
                Outcome::Reserved
            }
            Err((_, ReserveError::Full)) => Outcome::Full,
            Err(_) => Outcome::SendClosed,
        };
        self.agree(outcome);
    }

    fn use_permit(&mut self) {
        let Some(permit) = self.permits.pop() else { return };
        let message = self.message();
        let id = message.id;
        match permit.send(message) {
            Ok(sender) => {
                self.agree(Outcome::SentReserved(id));
                drop(sender);
            }
            Err(SendError(_)) => {
                self.agree(Outcome::SendClosed);
                self.agree(Outcome::Released);
            }
        }
    }

    fn try_recv(&mut self) {
        let Some(receiver) = self.receivers.first() else { return };
        let outcome = match receiver.try_recv() {
            Ok(message) => Outcome::Received(message.id),
            Err(TryRecvError::Empty) => Outcome::Empty,
            Err(TryRecvError::Closed) => Outcome::RecvClosed,
        };
        self.agree(outcome);
    }

    fn poll(&mut self, index: usize, other_waker: bool) {
        match self.tasks[index].poll(other_waker) {
            Poll::Ready(outcome) => {
                // Before the handle that the task holds goes.
                self.agree(outcome.expect("nobody has taken the message back"));
                drop(self.tasks.remove(index));
            }
            Poll::Pending => {
                let blocked = match self.tasks[index].kind {
                    Kind::Send => self.model.is_full(),
                    Kind::Recv | Kind::Stream => self.model.is_empty(),
                    Kind::Closed => true,
                };
                assert!(blocked && !self.model.is_closed(), "{:?} waits", self.tasks[index].kind);
            }
        }
    }

    /// A task that is given up hands on what it was woken for.
    fn end(&mut self, index: usize) -> Task {
        let task = self.tasks.remove(index);
        match task.kind {
            Kind::Send => self.to_sends += usize::from(task.is_woken()),
            Kind::Recv => self.to_recvs += usize::from(task.is_woken()),
            Kind::Stream | Kind::Closed => {}
        }
        task
    }

    fn agree(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Sent(_) | Outcome::SentReserved(_) | Outcome::Displaced { .. } => {
                self.to_recvs += 1;
            }
            Outcome::Received(_) | Outcome::Released => self.to_sends += 1,
            _ => {}
        }
        let next = self.model.after(outcome);
        self.model = next.unwrap_or_else(|| panic!("{outcome:?} with {:?}", self.model));
    }

    fn message(&mut self) -> Message {
        self.messages += 1;
        Message { id: self.messages, _alive: Rc::clone(&self.alive) }
    }

    fn start(&mut self, task: Task) {
        if self.tasks.len() < MOST_TASKS {
            self.tasks.push(task);
        }
    }

    fn index(&self, task: u8) -> Option<usize> {
        usize::from(task).checked_rem(self.tasks.len())
    }

    fn add_sender(&mut self, sender: Sender<Message>) {
        if self.senders.len() < MOST_HANDLES {
            let sender = Rc::new(sender);
            self.all_senders.push(Rc::downgrade(&sender));
            self.senders.push(sender);
        }
    }

    fn add_receiver(&mut self, receiver: Receiver<Message>) {
        if self.receivers.len() < MOST_HANDLES {
            let receiver = Rc::new(receiver);
            self.all_receivers.push(Rc::downgrade(&receiver));
            self.receivers.push(receiver);
        }
    }

    fn count(&self, kind: Kind, condition: impl Fn(&Task) -> bool) -> usize {
        self.tasks.iter().filter(|task| task.kind == kind && condition(task)).count()
    }

    /// After each step.
    pub(crate) fn check(&mut self, step: Step) {
        self.all_senders.retain(|sender| sender.strong_count() > 0);
        self.all_receivers.retain(|receiver| receiver.strong_count() > 0);
        let senders = self.all_senders.len() + self.permits.len();
        let receivers = self.all_receivers.len() + self.count(Kind::Stream, |_| true);
        if (senders == 0 || receivers == 0) && !self.model.is_closed() {
            self.agree(Outcome::Close(true));
        }
        if receivers == 0 {
            self.model = self.model.drained();
        }
        self.check_state(senders, receivers);
        self.check_wakes(step);
        for task in &mut self.tasks {
            task.was_woken = task.is_woken();
        }
    }

    fn check_state(&self, senders: usize, receivers: usize) {
        let len = self.model.len();
        let full = self.model.is_full();
        let closed = self.model.is_closed();
        let expected = (len, len == 0, full, closed, self.capacity, senders, receivers);
        if let Some(sender) = self.senders.first() {
            assert_eq!(state!(sender), expected);
        }
        if let Some(receiver) = self.receivers.first() {
            assert_eq!(state!(receiver), expected);
        }
        let messages = Rc::strong_count(&self.alive) - 1;
        assert_eq!(messages, len + self.count(Kind::Send, |_| true), "messages alive");
    }

    /// Nobody sleeps who could go on, and nobody is woken for nothing.
    fn check_wakes(&self, step: Step) {
        if self.model.is_closed() {
            let asleep = self.tasks.iter().find(|task| task.waits() && !task.is_woken());
            assert!(asleep.is_none(), "{:?} sleeps after the close", asleep.map(|task| task.kind));
            return;
        }
        let messages = self.model.len();
        let slots = self.model.room();
        for (kind, turns, given) in
            [(Kind::Recv, messages, self.to_recvs), (Kind::Send, slots, self.to_sends)]
        {
            let woken = self.count(kind, Task::is_woken);
            let waiting = self.count(kind, Task::waits);
            assert!(woken >= turns.min(waiting), "{woken} of {waiting} {kind:?} woken for {turns}");
            let fresh = self.count(kind, |task| task.is_woken() && !task.was_woken);
            assert!(fresh <= given, "{fresh} {kind:?} woken by {step:?}");
        }
        // What no `recv` was woken for is the streams'.
        if messages > self.count(Kind::Recv, Task::is_woken) {
            let asleep = self.count(Kind::Stream, |task| task.waits() && !task.is_woken());
            assert_eq!(asleep, 0, "streams that sleep before {messages} messages");
        }
    }
}
