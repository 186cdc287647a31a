//! The gate by event-listener's list: what the [`line`](super) is held to.
//!
//! The only file that names `event_listener`. What it relies on there, beyond the documentation:
//! `listen` and `notify` always take the list's mutex, so one of them sees all that came before the
//! other. Wakers are woken, cloned and dropped under that mutex.

use crate::sync::AtomicUsize;
use crate::sync::Ordering::Relaxed;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Waker};
use event_listener::{Event, EventListener, IntoNotification, Listener};

#[derive(Debug)]
pub(crate) struct Gate {
    /// Those that were woken in vain, in the order in which they came back.
    first: Event,
    line: Event,
    /// How many waits were woken in vain and have not ended.
    robbed: AtomicUsize,
}

#[derive(Debug)]
pub(crate) struct Ticket {
    /// `None` once it is woken.
    listener: Option<EventListener>,
    robbed: bool,
}

impl Ticket {
    fn at(event: &Event, waker: &Waker, robbed: bool) -> Self {
        let mut ticket = Self { listener: Some(event.listen()), robbed };
        if ticket.poll(waker) {
            // Notified before the list knew the waker.
            waker.wake_by_ref();
        }
        ticket
    }

    fn poll(&mut self, waker: &Waker) -> bool {
        if let Some(listener) = &mut self.listener {
            if Pin::new(listener).poll(&mut Context::from_waker(waker)).is_pending() {
                return false;
            }
            self.listener = None;
        }
        true
    }
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { first: Event::new(), line: Event::new(), robbed: AtomicUsize::new(0) }
    }

    /// As far as it is known without the lock.
    pub(crate) fn is_crowded(&self) -> bool {
        self.robbed() != 0
    }

    pub(crate) fn robbed(&self) -> usize {
        self.robbed.load(Relaxed)
    }

    #[cold]
    pub(crate) fn enter(&self, waker: Waker) -> Ticket {
        Ticket::at(&self.line, &waker, false)
    }

    #[cold]
    pub(crate) fn draw(&self) -> Ticket {
        Ticket { listener: None, robbed: false }
    }

    #[cold]
    pub(crate) fn reenter(&self, ticket: Ticket, waker: Waker) -> Ticket {
        if !ticket.robbed {
            self.robbed.fetch_add(1, Relaxed);
        }
        Ticket::at(&self.first, &waker, true)
    }

    pub(crate) fn notified(&self, ticket: &mut Ticket, waker: &Waker) -> bool {
        ticket.poll(waker)
    }

    pub(crate) fn leave(&self, mut ticket: Ticket) -> bool {
        let listener = ticket.listener.take();
        self.settle(ticket);
        listener.is_none_or(Listener::discard)
    }

    #[inline]
    pub(crate) fn settle(&self, ticket: Ticket) {
        if ticket.robbed {
            self.robbed.fetch_sub(1, Relaxed);
        }
    }

    pub(crate) fn wake_one(&self) -> bool {
        self.wake(1) != 0
    }

    pub(crate) fn wake_all(&self) {
        self.wake(usize::MAX);
    }

    pub(crate) fn wake(&self, count: usize) -> usize {
        // A waker's panic leaves event-listener's loop in the middle.
        let sweep = crate::sync::defer(|| {
            self.first.notify(usize::MAX.additional().relaxed());
            self.line.notify(usize::MAX.additional().relaxed());
        });
        // Two messages wake two waiters, even if the first of them has not run yet.
        let first = self.first.notify(count.additional().relaxed());
        let woken = if first < count {
            first + self.line.notify((count - first).additional().relaxed())
        } else {
            first
        };
        sweep.cancel();
        woken
    }

    /// How many have a place, woken or not.
    #[cfg(feature = "std")]
    pub(crate) fn waiters(&self) -> usize {
        self.first.total_listeners() + self.line.total_listeners()
    }
}
