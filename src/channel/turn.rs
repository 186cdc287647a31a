//! Turns: when a task that need not wait gives way to others.

use super::Channel;
use crate::overflow::Overflow;

impl<T> Channel<T> {
    /// Whether a `recv` is to give way to other tasks first, which need not wait if it is `ready`.
    /// A turn that is over begins anew: who is not ready waits.
    #[inline]
    pub(crate) fn recv_gives_way(&self, ready: impl FnOnce() -> bool) -> bool {
        self.buffer.pop_turn_is_over() && self.next_recv_turn() && ready()
    }

    /// Begins the next turn; whether the task gives way first.
    #[cold]
    fn next_recv_turn(&self) -> bool {
        let turn = self.patience.of_receivers().next_turn(self.arrivals.newcomer_overtakes());
        self.buffer.begin_pop_turn(turn);
        turn.gives_way()
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
        self.buffer.push_turn_is_over()
            && self.next_send_turn()
            && !self.is_closed()
            && (never_waits || !self.is_full())
    }

    /// Begins the next turn; whether the task gives way first.
    #[cold]
    fn next_send_turn(&self) -> bool {
        let turn = self.patience.of_senders().next_turn(self.vacancies.newcomer_overtakes());
        self.buffer.begin_push_turn(turn);
        turn.gives_way()
    }

    /// A receiver was woken, and goes on: its turn begins, of which one operation is done. It is
    /// short if this `overtakes` another one.
    #[inline(never)]
    pub(crate) fn begin_recv_turn(&self, overtakes: bool) {
        if let Some(turn) = self.patience.of_receivers().turn_of_woken(overtakes) {
            self.buffer.begin_pop_turn(turn);
        }
    }

    /// The same of a sender.
    #[inline(never)]
    pub(crate) fn begin_send_turn(&self, overtakes: bool) {
        if let Some(turn) = self.patience.of_senders().turn_of_woken(overtakes) {
            self.buffer.begin_push_turn(turn);
        }
    }

    /// One operation of a receiver has moved nothing on.
    #[cfg(feature = "std")]
    pub(crate) fn spend_recv(&self) {
        self.buffer.spend_pop();
    }
}
