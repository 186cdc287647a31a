//! A channel beside its model.

use crate::Step;
use crate::task::{Kind, Message, Side, Task};
use core::cell::RefCell;
use core::task::Poll;
use core::time::Duration;
use forebay::{
    Builder, Observer, OwnedPermit, Receiver, RecvTimeoutError, ReserveError, SendError,
    SendTimeoutError, Sender, TryRecvError, TrySendError, WeakReceiver, WeakSender, bounded,
    unbounded,
};
use linearizability::{Fifo, Outcome, weight};
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

/// What bounds the channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    None,
    Messages(usize),
    Weight(usize),
}

pub(crate) struct World {
    bound: Bound,
    model: Fifo,
    tasks: Vec<Task>,
    senders: Vec<Rc<Sender<Message>>>,
    receivers: Vec<Rc<Receiver<Message>>>,
    /// Also those that only tasks hold.
    all_senders: Vec<Weak<Sender<Message>>>,
    all_receivers: Vec<Weak<Receiver<Message>>>,
    /// Also those that tasks have got.
    permits: Rc<RefCell<Vec<OwnedPermit<Message>>>>,
    observer: Observer<Message>,
    weak_sender: WeakSender<Message>,
    weak_receiver: WeakReceiver<Message>,
    messages: u32,
    /// How often a task gave way to others.
    turns: u32,
    alive: Rc<()>,
    /// The notifications that the last step may have given: to `recv`s and to `send`s.
    to_recvs: usize,
    to_sends: usize,
}

impl World {
    pub(crate) fn new(bound: Bound) -> Self {
        let ((sender, receiver), model) = match bound {
            Bound::None => (unbounded(), Fifo::new(usize::MAX)),
            Bound::Messages(capacity) => (bounded(capacity), Fifo::new(capacity)),
            Bound::Weight(limit) => {
                let weigh = |message: &Message| weight(message.id);
                let channel = Builder::new().weight(limit, weigh).build();
                (channel.expect("a limit"), Fifo::weighing(limit))
            }
        };
        let mut world = Self {
            bound,
            model,
            tasks: Vec::new(),
            senders: Vec::new(),
            receivers: Vec::new(),
            all_senders: Vec::new(),
            all_receivers: Vec::new(),
            permits: Rc::default(),
            observer: sender.observer(),
            weak_sender: sender.downgrade(),
            weak_receiver: receiver.downgrade(),
            messages: 0,
            turns: 0,
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
            Step::SendDeadline => self.send_deadline(),
            Step::ForceSend => self.force_send(),
            Step::TrySendMany => self.try_send_many(),
            Step::TryReserve => self.try_reserve(),
            Step::UsePermit => self.use_permit(),
            Step::DropPermit => {
                let permit = self.permits.borrow_mut().pop();
                if let Some(permit) = permit {
                    drop(permit);
                    self.agree(Outcome::Released);
                }
            }
            Step::TryRecv => self.try_recv(),
            Step::RecvDeadline => self.recv_deadline(),
            Step::Drain => {
                if let Some(receiver) = self.receivers.first().cloned() {
                    let count = self.model.len();
                    assert_eq!(
                        receiver.drain().map(|m| self.agree(Outcome::Received(m.id))).count(),
                        count
                    );
                }
            }
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
            Step::SendOwned => {
                if let Some(sender) = self.senders.last().cloned() {
                    let message = self.message();
                    self.start(Task::send_owned(Sender::clone(&sender), message));
                }
            }
            Step::SendOr => {
                if let Some(sender) = self.senders.last().cloned() {
                    let message = self.message();
                    self.start(Task::send_or(sender, message));
                }
            }
            Step::Reserve => {
                if let Some(sender) = self.senders.last().cloned().filter(|_| !self.weighs()) {
                    let permits = Rc::clone(&self.permits);
                    self.start(Task::reserve(Sender::clone(&sender), permits));
                }
            }
            Step::RecvOwned => {
                if let Some(receiver) = self.receivers.last().cloned() {
                    self.start(Task::recv_owned(Receiver::clone(&receiver)));
                }
            }
            Step::RecvOr => {
                if let Some(receiver) = self.receivers.last().cloned() {
                    self.start(Task::recv_or(receiver));
                }
            }
            Step::RecvMany => {
                if let Some(receiver) = self.receivers.last().cloned() {
                    self.start(Task::recv_many(receiver));
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
            Step::GiveUp { task } => {
                if let Some(index) = self.index(task).filter(|&task| self.tasks[task].can_give_up())
                {
                    match self.end(index).give_up() {
                        Poll::Ready(outcomes) => {
                            outcomes.into_iter().for_each(|outcome| self.agree(outcome));
                        }
                        Poll::Pending => panic!("it did not give up"),
                    }
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
            Err(TrySendError::Full(_)) => Outcome::Refused(id),
            Err(TrySendError::Closed(_)) => Outcome::SendClosed,
        };
        self.agree(outcome);
    }

    fn send_deadline(&mut self) {
        let Some(sender) = self.senders.first().cloned() else { return };
        let message = self.message();
        let id = message.id;
        let outcome = match sender.send_timeout(message, Duration::ZERO) {
            Ok(()) => Outcome::Sent(id),
            Err(SendTimeoutError::Timeout(_)) => Outcome::Refused(id),
            Err(SendTimeoutError::Closed(_)) => Outcome::SendClosed,
        };
        self.agree(outcome);
    }

    fn recv_deadline(&mut self) {
        let Some(receiver) = self.receivers.first() else { return };
        let outcome = match receiver.recv_timeout(Duration::ZERO) {
            Ok(message) => Outcome::Received(message.id),
            Err(RecvTimeoutError::Timeout) => Outcome::Empty,
            Err(RecvTimeoutError::Closed) => Outcome::RecvClosed,
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
            Err(TrySendError::Full(unsent)) => {
                (unsent.sent(), Some(Outcome::Refused(ids[unsent.sent()])))
            }
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
        if self.permits.borrow().len() >= MOST_HANDLES || self.weighs() {
            return;
        }
        let outcome = match Sender::clone(&sender).try_reserve_owned() {
            Ok(permit) => {
                self.permits.borrow_mut().push(permit);
                Outcome::Reserved
            }
            Err((_, ReserveError::Full)) => Outcome::Full,
            Err(_) => Outcome::SendClosed,
        };
        self.agree(outcome);
    }

    fn use_permit(&mut self) {
        let permit = self.permits.borrow_mut().pop();
        let Some(permit) = permit else { return };
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
            Poll::Ready(outcomes) => {
                assert!(!outcomes.is_empty(), "nobody has given it up");
                // Before the handle that the task holds goes.
                outcomes.into_iter().for_each(|outcome| self.agree(outcome));
                drop(self.tasks.remove(index));
            }
            Poll::Pending => {
                let blocked = match self.tasks[index].kind {
                    Kind::Send if self.weighs() => !self.model.is_empty(),
                    Kind::Send | Kind::Reserve => self.model.is_full(),
                    Kind::Recv | Kind::Stream => self.model.is_empty(),
                    Kind::Closed => true,
                };
                if self.tasks[index].waits() {
                    let kind = self.tasks[index].kind;
                    assert!(blocked && !self.model.is_closed(), "{kind:?} waits");
                } else {
                    // Each side gives way once in 512 messages, and perhaps once at the start.
                    self.turns += 1;
                    assert!(self.turns <= 2 + self.messages / 256, "gave way {} times", self.turns);
                }
            }
        }
    }

    /// A task that is given up hands on what it was woken for.
    fn end(&mut self, index: usize) -> Task {
        let task = self.tasks.remove(index);
        match task.kind {
            Kind::Send | Kind::Reserve => self.to_sends += usize::from(task.is_woken()),
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

    fn weighs(&self) -> bool {
        matches!(self.bound, Bound::Weight(_))
    }

    fn count(&self, condition: impl Fn(&Task) -> bool) -> usize {
        self.tasks.iter().filter(|task| condition(task)).count()
    }

    fn hold(&self, side: Side) -> usize {
        self.count(|task| task.holds == Some(side))
    }

    /// After each step.
    pub(crate) fn check(&mut self, step: Step) {
        self.all_senders.retain(|sender| sender.strong_count() > 0);
        self.all_receivers.retain(|receiver| receiver.strong_count() > 0);
        let senders = self.all_senders.len() + self.permits.borrow().len() + self.hold(Side::Sends);
        let receivers = self.all_receivers.len() + self.hold(Side::Receives);
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
        let capacity = match self.bound {
            Bound::Messages(capacity) => Some(capacity),
            Bound::None | Bound::Weight(_) => None,
        };
        let expected = (len, len == 0, full, closed, capacity, senders, receivers);
        assert_eq!(state!(self.observer), expected);
        let weight = self.observer.stats().weight;
        assert_eq!(weight, self.weighs().then(|| self.model.weight()));
        if let Some(sender) = self.senders.first() {
            assert_eq!(state!(sender), expected);
        }
        if let Some(receiver) = self.receivers.first() {
            assert_eq!(state!(receiver), expected);
        }
        let messages = Rc::strong_count(&self.alive) - 1;
        assert_eq!(messages, len + self.count(|task| task.kind == Kind::Send), "messages alive");
    }

    /// Nobody sleeps who could go on, and nobody is woken for nothing.
    fn check_wakes(&self, step: Step) {
        if self.model.is_closed() {
            let asleep = self.tasks.iter().find(|task| task.waits() && !task.is_woken());
            assert!(asleep.is_none(), "{:?} sleeps after the close", asleep.map(|task| task.kind));
            return;
        }
        let messages = self.model.len();
        let recvs = |task: &Task| task.kind == Kind::Recv;
        let sends = |task: &Task| matches!(task.kind, Kind::Send | Kind::Reserve);
        self.check_turns("receives", recvs, messages, self.to_recvs, step);
        if self.weighs() {
            // It is not known whose message fits, but all fit into an empty channel.
            let asleep = |task: &Task| sends(task) && task.waits() && !task.is_woken();
            assert!(
                messages > 0 || self.count(asleep) == 0,
                "a send sleeps beside all of the room"
            );
        } else {
            self.check_turns("sends", sends, self.model.room(), self.to_sends, step);
        }
        // What no `recv` was woken for is the streams'.
        if messages > self.count(|task| recvs(task) && task.is_woken()) {
            let asleep =
                self.count(|task| task.kind == Kind::Stream && task.waits() && !task.is_woken());
            assert_eq!(asleep, 0, "streams that sleep before {messages} messages");
        }
    }

    /// So many are woken as have a turn, and no more than were given one.
    fn check_turns(
        &self,
        who: &str,
        is: impl Fn(&Task) -> bool,
        turns: usize,
        given: usize,
        step: Step,
    ) {
        let woken = self.count(|task| is(task) && task.is_woken());
        let waiting = self.count(|task| is(task) && task.waits());
        assert!(woken >= turns.min(waiting), "{who}: {woken} of {waiting} woken for {turns}");
        let fresh = self.count(|task| is(task) && task.is_woken() && !task.was_woken);
        assert!(fresh <= given, "{who}: {fresh} woken by {step:?}");
    }
}
