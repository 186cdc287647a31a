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

pub(super) enum Rack<T> {
    /// First in, first out.
    Line(VecDeque<Entry<T>>),
    /// Last in, first out.
    Stack(VecDeque<Entry<T>>),
    /// Least first; of equals, first in, first out.
    Ranks(Ranks<T>),
}

/// A set that is compared only when something is put in, before anything is changed: a comparison that panics
/// loses nothing that is inside, and taking the least out runs nothing of the user's.
pub(super) struct Ranks<T> {
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

impl<T> Rack<T> {
    pub(super) fn line() -> Self {
        Self::Line(VecDeque::new())
    }

    pub(super) fn stack() -> Self {
        Self::Stack(VecDeque::new())
    }

    pub(super) fn ranks() -> Self
    where
        T: Ord,
    {
        Self::Ranks(Ranks { set: BTreeSet::new(), next: 0, compare: T::cmp })
    }

    /// If a comparison panics, the entry goes and the rack is as it was.
    pub(super) fn push(&mut self, entry: Entry<T>) {
        match self {
            Self::Line(line) => line.push_back(entry),
            Self::Stack(stack) => stack.push_back(entry),
            Self::Ranks(Ranks { set, next, compare }) => {
                let number = *next;
                *next += 1;
                set.insert(Ranked { entry, number, compare: *compare });
            }
        }
    }

    pub(super) fn pop(&mut self) -> Option<Entry<T>> {
        match self {
            Self::Line(line) => line.pop_front(),
            Self::Stack(stack) => stack.pop_back(),
            Self::Ranks(ranks) => ranks.set.pop_first().map(|ranked| ranked.entry),
        }
    }

    /// The entry to drop for want of room: the one that is in for longest, or by priority the last in its order. Nothing of the
    /// user's runs.
    pub(super) fn displace(&mut self) -> Option<Entry<T>> {
        match self {
            Self::Line(line) => line.pop_front(),
            Self::Stack(stack) => stack.pop_front(),
            Self::Ranks(ranks) => ranks.set.pop_last().map(|ranked| ranked.entry),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Line(line) => line.len(),
            Self::Stack(stack) => stack.len(),
            Self::Ranks(ranks) => ranks.set.len(),
        }
    }

    /// Everything that is inside, in its order.
    pub(super) fn take(&mut self) -> Self {
        match self {
            Self::Line(line) => Self::Line(mem::take(line)),
            Self::Stack(stack) => Self::Stack(mem::take(stack)),
            Self::Ranks(Ranks { set, next, compare }) => {
                Self::Ranks(Ranks { set: mem::take(set), next: *next, compare: *compare })
            }
        }
    }
}

impl<T> fmt::Debug for Rack<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rack").field("len", &self.len()).finish_non_exhaustive()
    }
}
