//! The orders in which a shelf gives its items out.

use alloc::collections::{BTreeSet, VecDeque};
use core::cmp::Ordering;
use core::fmt;
use core::mem;

/// An item, and how often it is handed out with the next time.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) item: T,
    pub(super) attempt: u32,
}

pub(super) enum Order<T> {
    /// First in, first out.
    Fifo(VecDeque<Entry<T>>),
    /// Last in, first out.
    Lifo(VecDeque<Entry<T>>),
    /// Least first; of equals, first in, first out.
    Priority(Priority<T>),
}

/// A set that is compared only when something is put in, before anything is changed: a comparison that panics
/// loses nothing that is inside, and taking the least out runs nothing of the user's.
pub(super) struct Priority<T> {
    set: BTreeSet<Ranked<T>>,
    next: u64,
    /// How two items compare. A value, so that only the constructor asks for `T: Ord`.
    compare: fn(&T, &T) -> Ordering,
}

struct Ranked<T> {
    entry: Entry<T>,
    /// Unique, so that no two are equal.
    number: u64,
    compare: fn(&T, &T) -> Ordering,
}

impl<T> Ord for Ranked<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.compare)(&self.entry.item, &other.entry.item).then(self.number.cmp(&other.number))
    }
}

impl<T> PartialOrd for Ranked<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Ranked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Ranked<T> {}

impl<T> Order<T> {
    pub(super) fn fifo() -> Self {
        Self::Fifo(VecDeque::new())
    }

    pub(super) fn lifo() -> Self {
        Self::Lifo(VecDeque::new())
    }

    pub(super) fn priority() -> Self
    where
        T: Ord,
    {
        Self::Priority(Priority { set: BTreeSet::new(), next: 0, compare: T::cmp })
    }

    /// If a comparison panics, the entry goes and the order is as it was.
    pub(super) fn push(&mut self, entry: Entry<T>) {
        match self {
            Self::Fifo(items) | Self::Lifo(items) => items.push_back(entry),
            Self::Priority(Priority { set, next, compare }) => {
                let number = *next;
                *next += 1;
                set.insert(Ranked { entry, number, compare: *compare });
            }
        }
    }

    pub(super) fn pop(&mut self) -> Option<Entry<T>> {
        match self {
            Self::Fifo(items) => items.pop_front(),
            Self::Lifo(items) => items.pop_back(),
            Self::Priority(items) => items.set.pop_first().map(|ranked| ranked.entry),
        }
    }

    /// The entry to drop for want of room: the one that is in for longest, or by priority the last in its order. Nothing of the
    /// user's runs.
    pub(super) fn displace(&mut self) -> Option<Entry<T>> {
        match self {
            Self::Fifo(items) | Self::Lifo(items) => items.pop_front(),
            Self::Priority(items) => items.set.pop_last().map(|ranked| ranked.entry),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Fifo(items) | Self::Lifo(items) => items.len(),
            Self::Priority(items) => items.set.len(),
        }
    }

    /// Everything that is inside, in its order.
    pub(super) fn take(&mut self) -> Self {
        match self {
            Self::Fifo(items) => Self::Fifo(mem::take(items)),
            Self::Lifo(items) => Self::Lifo(mem::take(items)),
            Self::Priority(Priority { set, next, compare }) => {
                Self::Priority(Priority { set: mem::take(set), next: *next, compare: *compare })
            }
        }
    }
}

impl<T> fmt::Debug for Order<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order").field("len", &self.len()).finish_non_exhaustive()
    }
}
