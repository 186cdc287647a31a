//! The line itself: places by age, and their memory.

use alloc::collections::VecDeque;
use core::mem;
use core::task::Waker;

#[derive(Debug)]
pub(super) struct Line {
    /// By ticket. A waiter that has a ticket and is not in here is woken.
    waiters: VecDeque<Waiter>,
    /// How many in there have left. Neither the first nor the last has.
    left: usize,
    /// Above all tickets that were drawn, and below the next one. Even; those are odd.
    next: u64,
    /// The most that were in there since it was last empty.
    peak: usize,
    /// The front as it was told outside of the lock.
    told: usize,
}

#[derive(Debug)]
pub(super) struct Waiter {
    ticket: u64,
    /// `None` if it has left.
    pub(super) waker: Option<Waker>,
}

/// What is known of a ticket.
pub(super) enum Known {
    /// It has no place: it was woken.
    Gone,
    /// Its waker is the right one.
    Waits,
    /// It has another waker.
    Other,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { waiters: VecDeque::new(), left: 0, next: 0, peak: 0, told: 0 }
    }

    /// Room for so many is never given back.
    const KEPT: usize = 64;
    /// Memory is asked for so many at least.
    const LEAST: usize = 4;

    /// Gives the waker a place, a new one or by its old ticket. `None` if the line needs other
    /// memory first.
    #[inline]
    pub(super) fn insert(&mut self, ticket: Option<u64>, waker: &mut Option<Waker>) -> Option<u64> {
        if self.is_oversized() || self.waiters.len() == self.waiters.capacity() {
            return None;
        }
        if self.waiters.is_empty() {
            self.peak = 0;
        }
        let waker = waker.take();
        let ticket = match ticket {
            None => {
                let ticket = self.draw();
                self.waiters.push_back(Waiter { ticket, waker });
                ticket
            }
            Some(ticket) => {
                // [robbed] near the front: only others that were woken in vain are older.
                let index = self.waiters.partition_point(|waiter| waiter.ticket < ticket);
                self.waiters.insert(index, Waiter { ticket, waker });
                ticket
            }
        };
        self.peak = self.peak.max(self.waiters.len());
        Some(ticket)
    }

    /// Whether a burst is over that needed more memory than the waiters since.
    #[inline]
    fn is_oversized(&self) -> bool {
        let room = self.waiters.capacity();
        room > Self::KEPT && room / 4 > self.peak && self.waiters.is_empty()
    }

    /// For how many places other memory is needed.
    pub(super) fn wanted(&self) -> usize {
        (2 * self.waiters.len()).max(Self::LEAST)
    }

    /// Moves into `memory`, which is the old one then, if it has room for one more.
    pub(super) fn replace_memory(&mut self, memory: &mut VecDeque<Waiter>) {
        // [grow] all that are in there by now, which may be more than when the memory was asked
        // for.
        if memory.capacity() > self.waiters.len() {
            memory.extend(self.waiters.drain(..));
            mem::swap(&mut self.waiters, memory);
        }
    }

    /// Room for so many waiters.
    pub(super) fn memory(capacity: usize) -> VecDeque<Waiter> {
        VecDeque::with_capacity(capacity)
    }

    /// Takes the memory of a line that was taken out, unless that is more than it needed.
    pub(super) fn give_back(&mut self, memory: &mut VecDeque<Waiter>, peak: usize) {
        let capacity = memory.capacity();
        if capacity <= Self::KEPT.max(4 * peak) && capacity > self.waiters.capacity() {
            self.replace_memory(memory);
        }
    }

    /// A ticket without a place.
    pub(super) fn draw(&mut self) -> u64 {
        self.next += 2;
        self.next - 1
    }

    /// Where the next ticket comes: above all that were drawn, and below it.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Takes all out, with the most that were there at once.
    pub(super) fn take_all(&mut self) -> Option<(VecDeque<Waiter>, usize)> {
        self.left = 0;
        let any = !self.waiters.is_empty();
        any.then(|| (mem::take(&mut self.waiters), self.peak))
    }

    /// How many have not been woken.
    #[cfg(feature = "std")]
    pub(super) fn len(&self) -> usize {
        self.waiters.len() - self.left
    }

    /// The front, if it is another one than it was told before.
    #[inline]
    pub(super) fn changed_front(&mut self) -> Option<usize> {
        let front = self.front();
        if front == self.told {
            return None;
        }
        self.told = front;
        Some(front)
    }

    /// From below: whether a waiter is in the line; the ticket of the first one, else
    /// [`next`](Self::next).
    #[inline]
    fn front(&self) -> usize {
        match self.waiters.front() {
            Some(first) => Self::word(first.ticket, true),
            None => Self::word(self.next, false),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "a shorter word is not compared")]
    pub(super) fn word(ticket: u64, waits: bool) -> usize {
        (ticket as usize) << 1 | usize::from(waits)
    }

    fn find(&self, ticket: u64) -> Option<usize> {
        self.waiters.binary_search_by_key(&ticket, |waiter| waiter.ticket).ok()
    }

    /// Puts `other` in place of a waker that does not wake the same task as `waker`.
    pub(super) fn replace_waker(
        &mut self,
        ticket: u64,
        waker: &Waker,
        other: &mut Option<Waker>,
    ) -> Known {
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

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Waker> {
        let waker = self.waiters.pop_front()?.waker;
        if self.left != 0 {
            self.trim();
        }
        waker
    }

    pub(super) fn remove(&mut self, ticket: u64) -> Option<Waker> {
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
