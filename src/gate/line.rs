//! A line of waiters under a small lock, first in, first out.
//!
//! Nothing of the user's runs under the lock: a waker comes in as a clone, and is woken and dropped
//! after the lock is free. Nor does the allocator.

use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{AtomicUsize, Lock, for_each};
use alloc::collections::VecDeque;
use core::mem;
use core::task::Waker;

#[derive(Debug)]
pub(crate) struct Gate {
    line: Lock<Line>,
    /// What [`Line::front`] was under the lock.
    front: AtomicUsize,
    /// How many waits were woken in vain and have not ended.
    robbed: AtomicUsize,
}

/// When a wait began, and whether it was woken in vain since.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    robbed: bool,
}

#[derive(Debug)]
struct Line {
    /// By ticket. A waiter that has a ticket and is not in here is woken.
    waiters: VecDeque<Waiter>,
    /// How many in there have left. Neither the first nor the last has.
    left: usize,
    /// The next ticket.
    next: u64,
    /// The most that were in there since it was last empty.
    peak: usize,
    /// The front as it was told outside of the lock.
    told: usize,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// `None` if it has left.
    waker: Option<Waker>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let line = Line { waiters: VecDeque::new(), left: 0, next: 0, peak: 0, told: 0 };
        Self { line: Lock::new(line), front: AtomicUsize::new(0), robbed: AtomicUsize::new(0) }
    }

    fn change<R>(&self, change: impl FnOnce(&mut Line) -> R) -> R {
        self.line.with(|line| {
            let result = change(line);
            let front = line.front();
            if line.told != front {
                line.told = front;
                // [front] pairs with [woken]: who finds itself woken sees what was done before.
                self.front.store(front, Release);
            }
            result
        })
    }

    /// Whether others wait here that are served before a newcomer, as far as that is known.
    pub(crate) fn is_crowded(&self) -> bool {
        self.front.load(Relaxed) & 1 != 0 || self.has_robbed()
    }

    /// Whether some of them were woken in vain.
    pub(crate) fn has_robbed(&self) -> bool {
        self.robbed.load(Relaxed) != 0
    }

    #[cold]
    pub(crate) fn enter(&self, waker: Waker) -> Ticket {
        Ticket { number: self.insert(None, waker), robbed: false }
    }

    #[cold]
    pub(crate) fn reenter(&self, ticket: Ticket, waker: Waker) -> Ticket {
        if !ticket.robbed {
            self.robbed.fetch_add(1, Relaxed);
        }
        Ticket { number: self.insert(Some(ticket.number), waker), robbed: true }
    }

    #[cold]
    pub(crate) fn draw(&self) -> Ticket {
        let number = self.change(|line| {
            line.next += 1;
            line.next - 1
        });
        Ticket { number, robbed: false }
    }

    fn insert(&self, ticket: Option<u64>, waker: Waker) -> u64 {
        let mut waker = Some(waker);
        let mut memory = VecDeque::new();
        loop {
            match self.change(|line| line.insert(ticket, &mut waker, &mut memory)) {
                Ok(ticket) => return ticket,
                Err(capacity) => memory = VecDeque::with_capacity(capacity),
            }
        }
    }

    pub(crate) fn notified(&self, ticket: &mut Ticket, waker: &Waker) -> bool {
        // [woken] pairs with [front]. Only where tickets don't wrap around.
        if usize::BITS >= 64 && self.front.load(Acquire) > Line::word(ticket.number, true) {
            return true;
        }
        let mut other = None;
        loop {
            let known = self.line.with(|line| line.replace_waker(ticket.number, waker, &mut other));
            match known {
                Known::Gone => return true,
                Known::Waits => return false,
                Known::Other => other = Some(waker.clone()),
            }
        }
    }

    pub(crate) fn leave(&self, ticket: Ticket) -> bool {
        let waker = self.change(|line| line.remove(ticket.number));
        self.settle(ticket);
        waker.is_none()
    }

    /// Ends the wait of a ticket that has no place.
    #[inline]
    pub(crate) fn settle(&self, ticket: Ticket) {
        if ticket.robbed {
            self.robbed.fetch_sub(1, Relaxed);
        }
    }

    pub(crate) fn wake_one(&self) -> bool {
        let waker = self.change(Line::pop);
        waker.map(Waker::wake).is_some()
    }

    /// Wakes up to `count`, also where a waker panics; how many there were.
    pub(crate) fn wake(&self, count: usize) -> usize {
        let mut woken = 0;
        let wakers = core::iter::from_fn(|| {
            let waker = if woken < count { self.change(Line::pop) } else { None };
            woken += usize::from(waker.is_some());
            waker
        });
        for_each(wakers, Waker::wake);
        woken
    }

    /// Also where a waker panics.
    pub(crate) fn wake_all(&self) {
        // Those who enter meanwhile are not among them: they may be there for another reason.
        let all = self.change(|line| {
            line.left = 0;
            let any = !line.waiters.is_empty();
            any.then(|| (mem::take(&mut line.waiters), line.peak))
        });
        if let Some((mut all, peak)) = all {
            let wakers = all.drain(..).filter_map(|waiter| waiter.waker);
            for_each(wakers, Waker::wake);
            self.give_back(all, peak);
        }
    }

    /// Gives the line the memory of one that was taken out, unless that is more than it needed.
    fn give_back(&self, mut memory: VecDeque<Waiter>, peak: usize) {
        if memory.capacity() <= Line::KEPT.max(4 * peak) {
            self.line.with(|line| {
                if line.waiters.capacity() < memory.capacity() {
                    memory.extend(line.waiters.drain(..));
                    mem::swap(&mut line.waiters, &mut memory);
                }
            });
        }
    }

    /// How many have not been woken.
    #[cfg(feature = "std")]
    pub(crate) fn waiters(&self) -> usize {
        self.line.with(|line| line.waiters.len() - line.left)
    }
}

/// What is known of a ticket.
enum Known {
    /// It has no place: it was woken.
    Gone,
    /// Its waker is the right one.
    Waits,
    /// It has another waker.
    Other,
}

impl Line {
    /// Room for so many is never given back.
    const KEPT: usize = 64;
    /// Memory is asked for so many at least.
    const LEAST: usize = 4;

    /// Gives the waker a place, a new one or by its old ticket. `Err` if that needs memory, and of
    /// how many places: `memory` is that, or takes what is not used any more.
    fn insert(
        &mut self,
        ticket: Option<u64>,
        waker: &mut Option<Waker>,
        memory: &mut VecDeque<Waiter>,
    ) -> Result<u64, usize> {
        let room = self.waiters.capacity();
        if self.waiters.is_empty() {
            let peak = mem::take(&mut self.peak);
            if room > Self::KEPT && room / 4 > peak {
                // A burst is over: its memory leaves the line, and another one is asked for.
                mem::swap(&mut self.waiters, memory);
                return Err(Self::LEAST);
            }
        }
        if self.waiters.len() == self.waiters.capacity() {
            if memory.capacity() <= self.waiters.len() {
                return Err((2 * self.waiters.len()).max(Self::LEAST));
            }
            // [grow] all that are in there by now, which may be more than when the memory was asked for.
            memory.extend(self.waiters.drain(..));
            mem::swap(&mut self.waiters, memory);
        }
        let waker = waker.take();
        let ticket = match ticket {
            None => {
                self.next += 1;
                self.waiters.push_back(Waiter { ticket: self.next - 1, waker });
                self.next - 1
            }
            Some(ticket) => {
                // [robbed] near the front: only others that were woken in vain are older.
                let index = self.waiters.partition_point(|waiter| waiter.ticket < ticket);
                self.waiters.insert(index, Waiter { ticket, waker });
                ticket
            }
        };
        self.peak = self.peak.max(self.waiters.len());
        Ok(ticket)
    }

    /// From below: whether anybody is in the line; the ticket of the first one, else the next ticket.
    fn front(&self) -> usize {
        match self.waiters.front() {
            Some(first) => Self::word(first.ticket, true),
            None => Self::word(self.next, false),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "a shorter word is not compared")]
    fn word(ticket: u64, waits: bool) -> usize {
        (ticket as usize) << 1 | usize::from(waits)
    }

    fn find(&self, ticket: u64) -> Option<usize> {
        self.waiters.binary_search_by_key(&ticket, |waiter| waiter.ticket).ok()
    }

    /// Puts `other` in place of a waker that does not wake the same task as `waker`.
    fn replace_waker(&mut self, ticket: u64, waker: &Waker, other: &mut Option<Waker>) -> Known {
        let Some(index) = self.find(ticket) else {
            return Known::Gone;
        };
        let known = &mut self.waiters[index].waker;
        if known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            return Known::Waits;
        }
        if other.is_none() {
            return Known::Other;
        }
        mem::swap(known, other);
        Known::Waits
    }

    fn pop(&mut self) -> Option<Waker> {
        let waker = self.waiters.pop_front()?.waker;
        self.trim();
        waker
    }

    fn remove(&mut self, ticket: u64) -> Option<Waker> {
        let index = self.find(ticket)?;
        let waker = self.waiters[index].waker.take();
        self.left += 1;
        self.trim();
        // So each that leaves moves two others at most, on the whole.
        if self.left * 2 > self.waiters.len() {
            self.waiters.retain(|waiter| waiter.waker.is_some());
            self.left = 0;
        }
        waker
    }

    /// Those at the ends that have left go.
    fn trim(&mut self) {
        while self.waiters.front().is_some_and(|first| first.waker.is_none()) {
            self.waiters.pop_front();
            self.left -= 1;
        }
        while self.waiters.back().is_some_and(|last| last.waker.is_none()) {
            self.waiters.pop_back();
            self.left -= 1;
        }
    }
}

// The models include this folder, and have no proptest.
#[cfg(all(test, not(forebay_loom)))]
mod tests;
