//! A line of waiters under a small lock, first in, first out.
//!
//! Nothing of the user's runs under the lock: a waker comes in as a clone, and is woken and dropped
//! after the lock is free. Nor does the allocator.

use crate::sync::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{AtomicUsize, Lock, ONE_THREAD, for_each};
use core::task::Waker;

mod places;

use self::places::{Known, Line};

#[derive(Debug)]
pub(crate) struct Gate {
    line: Lock<Line>,
    /// What [`Line::front`] was under the lock.
    front: AtomicUsize,
    /// How many waits were woken in vain and have not ended.
    robbed: AtomicUsize,
    /// The one of them that others overtake, a hint. From below: how often they give way to it
    /// before they leave it behind, and its ticket.
    overtaken: AtomicUsize,
    /// Whether there is a wait that yielded first and has not ended.
    yielded: AtomicUsize,
}

/// When a wait began, and what has become of it.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    /// How often it was woken in vain.
    robbed: u8,
}

impl Ticket {
    /// So often in vain, and others give way. Fewer times are chance where several threads run, and
    /// to give way costs more than they do.
    const OFTEN: u8 = 3;

    fn new(number: u64) -> Self {
        Self { number, robbed: 0 }
    }

    /// Whether it was drawn by [`Gate::yield_first`].
    pub(crate) fn yielded_first(&self) -> bool {
        self.number & 1 == 0
    }

    /// The ticket as a hint has it.
    #[allow(clippy::cast_possible_truncation, reason = "a hint compares neighbours")]
    fn hint(&self) -> usize {
        (self.number as usize).wrapping_mul(Gate::COURTESY + 1)
    }

    /// Whether it is younger than that of a hint.
    fn is_younger(&self, overtaken: usize) -> bool {
        let by = self.hint().wrapping_sub(overtaken & !Gate::COURTESY);
        (1..=usize::MAX / 2).contains(&by)
    }
}

impl Gate {
    /// So often others give way to one that they overtake, each time that it comes in vain: it may
    /// be held and polled no more.
    const COURTESY: usize = 63;

    pub(crate) fn new() -> Self {
        Self {
            line: Lock::new(Line::new()),
            front: AtomicUsize::new(0),
            robbed: AtomicUsize::new(0),
            overtaken: AtomicUsize::new(0),
            yielded: AtomicUsize::new(0),
        }
    }

    fn change<R>(&self, change: impl FnOnce(&mut Line) -> R) -> R {
        self.line.with(|line| {
            let result = change(line);
            if let Some(front) = line.changed_front() {
                // [front] pairs with [woken]: who finds itself woken sees what was done before.
                self.front.store(front, Release);
            }
            result
        })
    }

    /// Whether waiters are here that are not woken yet. Without the lock: what is not ordered
    /// before this call may not be seen.
    #[inline]
    pub(crate) fn has_waiters(&self) -> bool {
        self.front.load(Relaxed) & 1 != 0
    }

    /// Whether others wait here that are served before a newcomer, as far as that is known.
    #[inline]
    pub(crate) fn is_crowded(&self) -> bool {
        self.has_waiters() || self.robbed() | self.yielded.load(Relaxed) != 0
    }

    /// How many waits were woken in vain and have not ended, as far as that is known.
    #[inline]
    pub(crate) fn robbed(&self) -> usize {
        self.robbed.load(Relaxed)
    }

    /// Whether one that comes to the end of a turn is to give way to another, which was woken in
    /// vain.
    #[inline]
    pub(crate) fn newcomer_overtakes(&self) -> bool {
        self.is_overtaken() && self.give_way(|_| true)
    }

    /// The same of one that was woken. Where an executor runs its tasks in the order in which they
    /// were woken, it overtakes nobody.
    #[inline]
    pub(crate) fn woken_overtakes(&self, ticket: &Ticket) -> bool {
        self.is_overtaken() && self.give_way(|overtaken| ticket.is_younger(overtaken))
    }

    /// Whether one is overtaken, and not left behind.
    #[inline]
    fn is_overtaken(&self) -> bool {
        !ONE_THREAD && self.overtaken.load(Relaxed) & Self::COURTESY != 0
    }

    /// Gives way once more, to one that this `overtakes`.
    #[cold]
    fn give_way(&self, overtakes: impl Fn(usize) -> bool) -> bool {
        let once_more = |overtaken| {
            let is_meant = overtaken & Self::COURTESY != 0 && overtakes(overtaken);
            is_meant.then(|| overtaken - 1)
        };
        self.overtaken.fetch_update(Relaxed, Relaxed, once_more).is_ok()
    }

    #[inline]
    pub(crate) fn enter(&self, waker: Waker) -> Ticket {
        Ticket::new(self.insert(None, waker))
    }

    #[cold]
    pub(crate) fn reenter(&self, ticket: Ticket, waker: Waker) -> Ticket {
        if ticket.robbed == 0 {
            self.robbed.fetch_add(1, Relaxed);
        }
        let number = self.insert(Some(ticket.number), waker);
        let ticket = Ticket { number, robbed: ticket.robbed.saturating_add(1) };
        if !ONE_THREAD && ticket.robbed >= Ticket::OFTEN {
            // The oldest that came in vain of late.
            let hint = |overtaken| {
                let has_older = overtaken & Self::COURTESY != 0 && ticket.is_younger(overtaken);
                (!has_older).then_some(ticket.hint() | Self::COURTESY)
            };
            let _ = self.overtaken.fetch_update(Relaxed, Relaxed, hint);
        }
        ticket
    }

    /// A ticket for one that yields before it takes a place, without the lock. `None` where others
    /// wait or have yielded first: it lines up behind them.
    #[inline]
    pub(crate) fn yield_first(&self) -> Option<Ticket> {
        // [yielded] one wait at a time has such a ticket, so it has no other's number. Relaxed: that
        // wait is known to have ended, and its number to be gone from the line, to who sees this.
        let is_first = !self.is_crowded() && self.yielded.swap(1, Relaxed) == 0;
        is_first.then(|| Ticket::new(self.next()))
    }

    /// Above the tickets of all that are known to have come.
    fn next(&self) -> u64 {
        let front = self.front.load(Relaxed);
        if usize::BITS >= 64 && front & 1 == 0 {
            (front >> 1) as u64
        } else {
            self.line.with(|line| line.next())
        }
    }

    #[cold]
    pub(crate) fn draw(&self) -> Ticket {
        Ticket::new(self.change(Line::draw))
    }

    #[cold]
    fn insert(&self, ticket: Option<u64>, waker: Waker) -> u64 {
        let mut waker = Some(waker);
        loop {
            if let Some(ticket) = self.change(|line| line.insert(ticket, &mut waker)) {
                return ticket;
            }
            self.reallocate();
        }
    }

    /// Gives the line other memory, which is allocated and freed outside of the lock.
    #[cold]
    fn reallocate(&self) {
        let mut memory = Line::memory(self.line.with(|line| line.wanted()));
        self.line.with(|line| line.replace_memory(&mut memory));
    }

    #[inline]
    pub(crate) fn notified(&self, ticket: &mut Ticket, waker: &Waker) -> bool {
        // [woken] pairs with [front]. Only where tickets don't wrap around.
        let front = self.front.load(Acquire);
        usize::BITS >= 64 && front > Line::word(ticket.number, true)
            || self.is_gone(ticket.number, waker)
    }

    /// The same under the lock.
    #[cold]
    fn is_gone(&self, ticket: u64, waker: &Waker) -> bool {
        let mut other = None;
        loop {
            let known = self.line.with(|line| line.replace_waker(ticket, waker, &mut other));
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
        if ticket.yielded_first() {
            self.yielded.swap(0, Relaxed);
        }
        if ticket.robbed != 0 {
            self.settle_robbed(&ticket);
        }
    }

    #[cold]
    fn settle_robbed(&self, ticket: &Ticket) {
        if !ONE_THREAD {
            let own = |overtaken| (overtaken & !Self::COURTESY == ticket.hint()).then_some(0);
            let _ = self.overtaken.fetch_update(Relaxed, Relaxed, own);
        }
        self.robbed.fetch_sub(1, Relaxed);
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
        if let Some((mut all, peak)) = self.change(Line::take_all) {
            let wakers = all.drain(..).filter_map(|waiter| waiter.waker);
            for_each(wakers, Waker::wake);
            self.line.with(|line| line.give_back(&mut all, peak));
        }
    }

    /// How many have not been woken.
    #[cfg(feature = "std")]
    pub(crate) fn waiters(&self) -> usize {
        self.line.with(|line| line.len())
    }
}
