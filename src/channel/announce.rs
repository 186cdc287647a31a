//! Whom a push or a pop wakes, and who is told of the level.

use super::Channel;
use crate::buffer::{Cursor, Owed};
use crate::gate::{Gate, wake_or};
use crate::sync::{both, for_each};

impl<T> Channel<T> {
    #[inline]
    pub(super) fn announce_pop(&self, owed: Owed) {
        if owed != Owed::Nothing {
            self.announce_room(owed);
        }
    }

    #[inline]
    pub(super) fn announce_push(&self, owed: Owed) {
        if owed != Owed::Nothing {
            self.announce_message(owed);
        }
    }

    #[cold]
    fn announce_message(&self, owed: Owed) {
        if owed == Owed::Wakeup {
            return self.open_arrivals(1);
        }
        if owed.is_weighed() {
            return self.announce_weighed(owed);
        }
        let look = || {
            if let Some(watch) = &self.watch {
                watch.pushed(&self.buffer);
            }
        };
        if owed == Owed::WakeupAndLook {
            return both(look, || self.open_arrivals(1));
        }
        look();
    }

    #[cold]
    pub(super) fn announce_room(&self, owed: Owed) {
        if owed == Owed::Wakeup {
            return self.open_vacancies(1);
        }
        if owed.is_weighed() {
            return self.announce_weighed(owed);
        }
        let look = || {
            if let Some(watch) = &self.watch {
                watch.popped(&self.buffer);
            }
        };
        if owed == Owed::WakeupAndLook {
            return both(look, || self.open_vacancies(1));
        }
        look();
    }

    /// What a message with a weight owes beyond others. Apart from them, whose frames would be
    /// larger.
    #[inline(never)]
    fn announce_weighed(&self, owed: Owed) {
        if owed == Owed::WakeAllAndLook {
            return both(|| self.announce_room(Owed::Look), || self.open_all_vacancies());
        }
        let others = if owed.wakes() { Owed::WakeupAndLook } else { Owed::Look };
        both(|| self.announce_message(others), || self.open_vacancies(1));
    }

    /// Wakes receivers for `count` messages: so many waiting `recv`, or the streams if there are
    /// fewer.
    pub(super) fn open_arrivals(&self, count: usize) {
        self.patience.of_senders().wakes();
        open(self.buffer.tail(), count, &[&self.arrivals, &self.streams]);
    }

    /// Wakes senders for `count` free slots. Those that need several at once only if the others
    /// leave some.
    pub(super) fn open_vacancies(&self, count: usize) {
        self.patience.of_receivers().wakes();
        open(self.buffer.head(), count, &[&self.vacancies, &self.clearings]);
    }

    /// Wakes all senders: it is not known whose message fits now.
    fn open_all_vacancies(&self) {
        self.patience.of_receivers().wakes();
        open_all(self.buffer.head(), &[&self.vacancies, &self.clearings]);
    }
}

/// Wakes `count` waiters of the first gate. If it has fewer, nothing is announced from here on,
/// until a waiter raises the flag again.
#[inline(always)]
fn open(word: &Cursor, count: usize, gates: &[&Gate]) {
    // While waiters remain the flag stays up, and every push (pop) comes here. Nothing is counted.
    if gates[0].has_waiters() {
        wake_or(gates[0], count, || open_all(word, gates));
    } else {
        open_all(word, gates);
    }
}

fn open_all(word: &Cursor, gates: &[&Gate]) {
    // [lower] before [sweep]: a waiter that has raised the flag before has its place, which is seen
    // here; one that comes later finds it down and raises it. So a gate that seems to be empty is
    // left alone.
    word.lower();
    for_each(gates.iter().filter(|gate| gate.has_waiters()), |gate| gate.wake_all());
}
