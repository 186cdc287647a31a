//! What a queue should do, in the plainest way: a list that is searched.

use super::{Item, Kind, Order};
use forebay::queue::Stats;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) item: Item,
    pub(crate) attempt: u32,
    number: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Phase {
    Open,
    Closed,
    Stopped,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Put {
    Done,
    Full,
    ShutDown,
}

#[derive(Debug)]
pub(crate) struct Model {
    kind: Kind,
    items: Vec<Entry>,
    /// Of a channel: what was given back.
    returned: Vec<Entry>,
    pub(crate) phase: Phase,
    next: usize,
    pub(crate) dead: Vec<(usize, u32)>,
    late: Vec<Item>,
    pub(crate) in_hand: usize,
    pub(crate) put: usize,
    pub(crate) done: usize,
    handed_out: usize,
    failed: usize,
    retried: usize,
    given_back: usize,
    requeued: usize,
    left_over: usize,
}

impl Model {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            items: Vec::new(),
            returned: Vec::new(),
            phase: Phase::Open,
            next: 0,
            dead: Vec::new(),
            late: Vec::new(),
            in_hand: 0,
            put: 0,
            done: 0,
            handed_out: 0,
            failed: 0,
            retried: 0,
            given_back: 0,
            requeued: 0,
            left_over: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len() + self.returned.len()
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// What a put would come to.
    pub(crate) fn would(&self) -> Put {
        if self.phase > Phase::Open {
            Put::ShutDown
        } else if self.kind.maxsize.is_some_and(|maxsize| self.items.len() >= maxsize) {
            Put::Full
        } else {
            Put::Done
        }
    }

    pub(crate) fn put(&mut self, item: Item) -> Put {
        let would = self.would();
        if would == Put::Done {
            let number = self.number();
            self.items.push(Entry { item, attempt: 1, number });
            self.put += 1;
        }
        would
    }

    pub(crate) fn get(&mut self) -> Option<Entry> {
        let entry = self.next_out()?;
        self.in_hand += 1;
        self.handed_out += 1;
        Some(entry)
    }

    fn next_out(&mut self) -> Option<Entry> {
        if !self.returned.is_empty() {
            return Some(self.returned.remove(0));
        }
        let key = |index: &usize| {
            let Entry { item, number, .. } = self.items[*index];
            match self.kind.order {
                Order::Fifo => (0, number),
                Order::Lifo => (0, usize::MAX - number),
                Order::Priority => (item.rank, number),
            }
        };
        let first = (0..self.items.len()).min_by_key(key)?;
        Some(self.items.remove(first))
    }

    pub(crate) fn done(&mut self) {
        self.in_hand -= 1;
        self.done += 1;
    }

    /// A job is dropped.
    pub(crate) fn abandon(&mut self, entry: Entry) {
        if self.kind.retries.is_some() { self.fail(entry) } else { self.done() }
    }

    /// A ticket is dropped.
    pub(crate) fn abandon_ticket(&mut self) {
        if self.kind.retries.is_some() {
            self.in_hand -= 1;
            self.failed += 1;
        } else {
            self.done();
        }
    }

    pub(crate) fn fail(&mut self, entry: Entry) {
        self.in_hand -= 1;
        if self.kind.retries.is_none_or(|limit| entry.attempt > limit) {
            self.failed += 1;
            self.dead.push((entry.item.id, entry.attempt));
        } else if self.phase == Phase::Stopped {
            self.leave(entry);
        } else {
            let number = self.number();
            self.items.push(Entry { attempt: entry.attempt + 1, number, ..entry });
            self.retried += 1;
        }
    }

    pub(crate) fn give_back(&mut self, entry: Entry) {
        self.in_hand -= 1;
        if self.phase == Phase::Stopped {
            return self.leave(entry);
        }
        self.given_back += 1;
        if self.kind.is_channel() { self.returned.push(entry) } else { self.items.push(entry) }
    }

    fn leave(&mut self, entry: Entry) {
        self.left_over += 1;
        self.late.push(entry.item);
    }

    pub(crate) fn requeue(&mut self, entry: Entry) -> Put {
        let would = self.would();
        if would == Put::Done {
            let number = self.number();
            self.items.push(Entry { number, ..entry });
            self.in_hand -= 1;
            self.requeued += 1;
        }
        would
    }

    pub(crate) fn close(&mut self) {
        self.phase = self.phase.max(Phase::Closed);
    }

    pub(crate) fn stop(&mut self) -> Vec<usize> {
        self.phase = Phase::Stopped;
        while let Some(entry) = self.next_out() {
            self.leave(entry);
        }
        self.late.drain(..).map(|item| item.id).collect()
    }

    /// The figures of a quiet queue are exactly these.
    pub(crate) fn check(&self, stats: &Stats) {
        let expected = [
            self.put,
            self.handed_out,
            self.done,
            self.failed,
            self.retried,
            self.given_back,
            self.requeued,
            self.left_over,
            self.in_hand,
            self.in_hand + self.len(),
            self.len(),
            self.dead.len(),
        ];
        let told = [
            stats.put,
            stats.handed_out,
            stats.done,
            stats.failed,
            stats.retried,
            stats.given_back,
            stats.requeued,
            stats.left_over,
            stats.in_hand,
            stats.unfinished,
            stats.len,
            stats.dead_letters,
        ];
        assert_eq!(told, expected, "{stats:?}");
        assert_eq!(self.put, self.done + self.failed + self.left_over + self.len() + self.in_hand);
    }
}
