//! A gate is a place to sleep until somebody opens it. It stores nothing: no permit, no level.
//!
//! The only file that names `event_listener`. What the crate relies on there, beyond its documentation:
//! `listen` and `notify` always take the list's mutex, so one of them sees all that came before the other.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use event_listener::{Event, EventListener, IntoNotification};

#[derive(Debug)]
pub(crate) struct Gate(Event);

impl Gate {
    pub(crate) fn new() -> Self {
        Self(Event::new())
    }

    /// Takes a place at the end of the queue. It counts from here on, before it is ever polled.
    #[cold]
    pub(crate) fn listen(&self) -> Listener {
        Listener(self.0.listen())
    }

    /// Wakes `count` sleepers that are not woken yet, the longest sleeping first, and tells how many there were.
    ///
    /// # Panics
    /// If a waker does. Everybody else is awake then: nobody sleeps on for a count that got lost.
    pub(crate) fn notify(&self, count: usize) -> usize {
        // [unwound] a waker's panic leaves event-listener's loop in the middle.
        let sweep = crate::sync::defer(|| {
            self.0.notify(usize::MAX.additional().relaxed());
        });
        // [additional] two messages wake two sleepers, even if the first of them has not run yet.
        let woken = self.0.notify(count.additional().relaxed());
        sweep.cancel();
        woken
    }
}

#[cfg(feature = "std")]
impl Gate {
    /// How many have a place, woken or not.
    pub(crate) fn sleepers(&self) -> usize {
        self.0.total_listeners()
    }
}

/// Wakes everybody at every one of the `gates`, also when a waker panics.
pub(crate) fn sweep(gates: &[&Gate]) {
    if let [first, rest @ ..] = gates {
        let _rest = crate::sync::defer(|| sweep(rest));
        first.notify(usize::MAX);
    }
}

/// A place at a gate. Dropping it hands a notification that it has received to the next place of the same gate.
#[derive(Debug)]
pub(crate) struct Listener(EventListener);

impl Listener {
    /// Ready once the notification has come; wakes the waker of the last call.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }

    /// Sleeps the thread until the notification comes.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub(crate) fn wait(self) {
        event_listener::Listener::wait(self.0);
    }

    /// As [`wait`](Self::wait), until the deadline at most; `false` if it is over, and then the place is given up.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub(crate) fn wait_until(self, deadline: std::time::Instant) -> bool {
        event_listener::Listener::wait_deadline(self.0, deadline).is_some()
    }

    /// Gives the place up; `true` if a notification had come, which is the caller's from here on.
    pub(crate) fn discard(self) -> bool {
        event_listener::Listener::discard(self.0)
    }
}
