//! Turns: when a task that need not wait gives way to others.

use super::Channel;
use crate::overflow::Overflow;

impl<T> Channel<T> {
    /// Whether a `recv` is to give way to other tasks first, which need not wait if it is `ready`.
    /// A turn that is over begins anew: who is not ready waits.
    #[inline]
    pub(crate) fn recv_gives_way(&self, ready: impl FnOnce() -> bool) -> bool {
        let is_over = self.buffer.pop_turn_is_over();
        if is_over {
            self.begin_recv_turn();
        }
        is_over && ready()
    }

    /// The same of a `send` that need not wait.
    pub(crate) fn send_gives_way(&self) -> bool {
        self.push_gives_way(self.overflow.drops())
    }

    /// The same of an `offer`, which is also refused without a wait.
    pub(crate) fn offer_gives_way(&self) -> bool {
        self.push_gives_way(self.overflow != Overflow::Wait)
    }

    fn push_gives_way(&self, never_waits: bool) -> bool {
        let is_over = self.buffer.push_turn_is_over();
        if is_over {
            self.begin_send_turn();
        }
        is_over && !self.is_closed() && (never_waits || !self.is_full())
    }

    /// The turn of a receiver begins, of which one operation is done. It is short while another one
    /// starves; one more it has, as this one may be dropped, and made anew.
    #[inline]
    pub(crate) fn begin_recv_turn(&self) {
        self.buffer.begin_pop_turn(self.arrivals.gives_way());
    }

    /// The same of a sender.
    #[inline]
    pub(crate) fn begin_send_turn(&self) {
        self.buffer.begin_push_turn(self.vacancies.gives_way());
    }

    /// One operation of a receiver has moved nothing on.
    #[cfg(feature = "std")]
    pub(crate) fn spend_recv(&self) {
        self.buffer.spend_pop();
    }
}
