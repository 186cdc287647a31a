//! What became of the items, as far as the storage does not know. All of it is rare: what happens
//! to every item is not counted again, but follows from the storage and the unfinished count.

use super::stats::{Stats, Waits};
use crate::overflow::Overflow;
use crate::stats::Stats as Traffic;
use crate::sync::AtomicUsize;
use crate::sync::Ordering::Relaxed;

#[derive(Debug)]
pub(super) struct Books {
    /// Whether what is displaced had never been inside.
    drops_newest: bool,
    /// Jobs that were put back.
    pub(super) requeued: AtomicUsize,
    /// Jobs that were given back.
    pub(super) given_back: AtomicUsize,
    /// Failed attempts after which the item came back.
    pub(super) retried: AtomicUsize,
    /// Items without an attempt left.
    pub(super) failed: AtomicUsize,
    /// Items that were inside when the queue was stopped, or came back later.
    pub(super) left_over: AtomicUsize,
    /// Those of them that came back later, and so had been handed out.
    pub(super) came_late: AtomicUsize,
    pub(super) displaced: AtomicUsize,
}

impl Books {
    pub(super) fn new(overflow: Overflow) -> Self {
        let zero = || AtomicUsize::new(0);
        Self {
            drops_newest: overflow == Overflow::DropNewest,
            requeued: zero(),
            given_back: zero(),
            retried: zero(),
            failed: zero(),
            left_over: zero(),
            came_late: zero(),
            displaced: zero(),
        }
    }

    pub(super) fn count(what: &AtomicUsize) {
        Self::count_many(what, 1);
    }

    pub(super) fn discount(what: &AtomicUsize) {
        what.fetch_sub(1, Relaxed);
    }

    pub(super) fn count_many(what: &AtomicUsize, items: usize) {
        what.fetch_add(items, Relaxed);
    }

    /// The account. It adds up when nothing is under way.
    pub(super) fn balance(
        &self,
        traffic: Traffic,
        unfinished: usize,
        waits: Option<Waits>,
    ) -> Stats {
        let [requeued, given_back, retried, failed, left_over, came_late, displaced] = [
            &self.requeued,
            &self.given_back,
            &self.retried,
            &self.failed,
            &self.left_over,
            &self.came_late,
            &self.displaced,
        ]
        .map(|count| count.load(Relaxed));
        // What was displaced by itself was put, and never inside.
        let (beside, from_inside) = if self.drops_newest { (displaced, 0) } else { (0, displaced) };
        let less = |count: usize, others: &[usize]| {
            others.iter().fold(count, |count, other| count.saturating_sub(*other))
        };
        let put = less(traffic.sent, &[requeued, given_back, retried]).wrapping_add(beside);
        Stats {
            put,
            handed_out: less(
                traffic.received,
                &[from_inside, left_over - came_late.min(left_over)],
            ),
            done: less(put, &[unfinished, failed, left_over, displaced]),
            failed,
            retried,
            given_back,
            requeued,
            left_over,
            displaced,
            in_hand: less(unfinished, &[traffic.len]),
            unfinished,
            len: traffic.len,
            oldest_wait: waits.and_then(|waits| waits.oldest),
            total_wait: waits.map(|waits| waits.total),
            dead_letters: 0,
            capacity: traffic.capacity,
            handles: traffic.senders,
            #[cfg(feature = "std")]
            waiting_puts: traffic.waiting_senders,
            #[cfg(feature = "std")]
            waiting_gets: traffic.waiting_receivers,
            deepest: traffic.deepest,
            refused: traffic.refused,
            traffic,
        }
    }
}
