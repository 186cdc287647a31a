//! One channel from its beginning to its end.

use crate::fate::Fate;
use crate::ledger::{Ledger, Message};
use crate::receiving::Receiving;
use crate::runtime::Runtime;
use crate::sending::Sending;
use crate::watchdog::Watchdog;
use fastrand::Rng;
use forebay::{Receiver, Sender, bounded, unbounded};
use std::collections::HashMap;
use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;

/// How many messages had which end.
#[derive(Default)]
pub(crate) struct Totals {
    returned: usize,
    cancelled: usize,
    displaced: usize,
    received: usize,
    /// In the channel when its last receiver went.
    dropped: usize,
}

impl Totals {
    pub(crate) fn every_fate(&self) -> bool {
        let Self { returned, cancelled, displaced, received, dropped } = *self;
        [returned, cancelled, displaced, received, dropped].iter().all(|&count| count > 0)
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.returned += other.returned;
        self.cancelled += other.cancelled;
        self.displaced += other.displaced;
        self.received += other.received;
        self.dropped += other.dropped;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { returned, cancelled, displaced, received, dropped } = self;
        let sent = displaced + received + dropped;
        write!(
            f,
            "{sent} messages sent = {received} received + {displaced} displaced + {dropped} \
             dropped inside; {returned} returned, {cancelled} cancelled"
        )
    }
}

pub(crate) struct Round<'a> {
    rng: Rng,
    watchdog: &'a Watchdog,
    runtime: Runtime,
    capacity: Option<usize>,
    senders: usize,
    receivers: usize,
    /// Messages of each sender.
    each: usize,
    /// The receivers go before the senders are ready.
    receivers_leave: bool,
    /// A sender closes before they are ready.
    closes: bool,
}

impl<'a> Round<'a> {
    pub(crate) fn new(seed: u64, watchdog: &'a Watchdog) -> Self {
        let mut rng = Rng::with_seed(seed);
        let round = Self {
            runtime: Runtime::ALL[rng.usize(..Runtime::ALL.len())],
            capacity: Some([1, 2, 3, 4, 7, 64, 0][rng.usize(..7)]).filter(|&capacity| capacity > 0),
            senders: rng.usize(1..5),
            receivers: rng.usize(1..5),
            each: rng.usize(1..300),
            receivers_leave: rng.u32(0..4) == 0,
            closes: rng.u32(0..4) == 0,
            rng,
            watchdog,
        };
        watchdog.begin(format!("seed {seed}, {round:?}"));
        round
    }

    pub(crate) fn run(self) -> Totals {
        let (sender, receiver) = self.capacity.map_or_else(unbounded, bounded);
        let ledger = Ledger::new(self.senders * self.each);
        // Keeps the memory of the channel, but neither the channel open nor the messages in it.
        let weak = sender.downgrade();
        let (closes, may_drop) = (self.closes, self.receivers_leave);
        let fates = self.runtime.block_on(self.run_tasks(sender, receiver, ledger.clone()));
        assert!(weak.upgrade().is_none(), "open without senders");
        let totals = settle(&fates, &ledger, may_drop);
        if !closes && !may_drop {
            // Nobody had a reason to send less than all.
            ledger.assert_all_dropped();
        }
        totals
    }

    async fn run_tasks(
        mut self,
        sender: Sender<Message>,
        receiver: Receiver<Message>,
        ledger: Ledger,
    ) -> Vec<(usize, Fate)> {
        let mut tasks = Vec::new();
        let closer = self.closes.then(|| self.rng.usize(..self.senders * self.each));
        for index in 0..self.senders {
            let sender = Arc::new(sender.clone());
            let ids = index * self.each..(index + 1) * self.each;
            let sending = Sending {
                runtime: self.runtime,
                status: self.watchdog.add_sender(format!("sender {index}"), &sender),
                sender,
                ledger: ledger.clone(),
                closes_at: closer.filter(|id| ids.contains(id)),
                ids,
                rng: self.rng.fork(),
            };
            tasks.push(self.runtime.spawn(sending.run()));
        }
        for index in 0..self.receivers {
            let receiver = Arc::new(receiver.clone());
            let receiving = Receiving {
                runtime: self.runtime,
                status: self.watchdog.add_receiver(format!("receiver {index}"), &receiver),
                receiver,
                leaves_after: self.receivers_leave.then(|| self.rng.usize(..self.each)),
                rng: self.rng.fork(),
            };
            let each = self.each;
            tasks.push(self.runtime.spawn(async move {
                let fates = receiving.run().await;
                assert_in_order(&fates, each);
                fates
            }));
        }
        drop((sender, receiver));
        let mut fates = Vec::new();
        for task in tasks {
            fates.extend(task.await);
        }
        fates
    }
}

impl fmt::Debug for Round<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Round")
            .field("runtime", &self.runtime)
            .field("capacity", &self.capacity)
            .field("senders", &self.senders)
            .field("receivers", &self.receivers)
            .field("each", &self.each)
            .field("receivers_leave", &self.receivers_leave)
            .field("closes", &self.closes)
            .finish_non_exhaustive()
    }
}

/// One receiver sees the messages of each sender in the order sent.
fn assert_in_order(received: &[(usize, Fate)], each: usize) {
    let mut last = HashMap::new();
    for &(id, _) in received {
        if let Some(before) = last.insert(id / each, id) {
            assert!(before < id, "message {id} came after {before}");
        }
    }
}

/// Every message that was made had exactly one end.
fn settle(fates: &[(usize, Fate)], ledger: &Ledger, may_drop: bool) -> Totals {
    let mut messages: HashMap<usize, Vec<Fate>> = HashMap::new();
    for &(id, fate) in fates {
        messages.entry(id).or_default().push(fate);
    }
    let mut totals = Totals::default();
    for (id, fates) in &mut messages {
        fates.sort_unstable();
        let end = match fates[..] {
            [Fate::Returned] => &mut totals.returned,
            [Fate::Cancelled] => &mut totals.cancelled,
            [Fate::Sent, Fate::Displaced] => &mut totals.displaced,
            [Fate::Sent, Fate::Received] => &mut totals.received,
            [Fate::Sent] if may_drop => &mut totals.dropped,
            _ => panic!("message {id} was {fates:?}"),
        };
        *end += 1;
    }
    ledger.assert_dropped(messages.into_keys());
    totals
}
