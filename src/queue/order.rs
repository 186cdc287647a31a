//! The orders in which items under a lock are handed out.

use super::store::{Entry, Tag};
use crate::sync::{Arc, Mutex};
use alloc::collections::{BTreeSet, VecDeque};
use core::cmp::Ordering;
use core::fmt;
use core::mem;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::PoisonError;
use std::thread;
use std::time::Instant;

pub(super) enum Order<T> {
    /// First in, first out. By number.
    Fifo(VecDeque<Entry<T>>),
    /// Last in, first out. By number too.
    Lifo(VecDeque<Entry<T>>),
    /// Least first; of equals, first in, first out.
    Priority(Priority<T>),
}

/// A set that is compared only when something is put in, before anything is changed: a comparison
/// that panics loses nothing that is inside, and taking the least out runs nothing of the user's.
pub(super) struct Priority<T> {
    set: BTreeSet<Ranked<T>>,
    /// Where an item goes whose comparison panics, and the set drops it.
    rescue: Rescue<T>,
    /// How two items compare. A value, so that only the constructor asks for `T: Ord`.
    compare: fn(&T, &T) -> Ordering,
}

type Rescue<T> = Arc<Mutex<Option<T>>>;

struct Ranked<T> {
    /// `None` once it was taken out.
    entry: Option<Entry<T>>,
    /// Behind all that compare: its own comparison panicked when it was in already.
    is_last: bool,
    rescue: Rescue<T>,
    compare: fn(&T, &T) -> Ordering,
}

impl<T> Ranked<T> {
    fn entry(&self) -> &Entry<T> {
        self.entry.as_ref().expect("it is in the set")
    }

    fn take(mut self) -> Entry<T> {
        self.entry.take().expect("it was in the set")
    }
}

impl<T> Drop for Ranked<T> {
    fn drop(&mut self) {
        if let Some(Entry { item, .. }) = self.entry.take() {
            let mut rescue = self.rescue.lock().unwrap_or_else(PoisonError::into_inner);
            let other = rescue.replace(item);
            drop(rescue);
            // Only where a whole set goes.
            drop(other);
        }
    }
}

impl<T> Ord for Ranked<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let compare = || (self.compare)(&self.entry().item, &other.entry().item);
        let order = self.is_last.cmp(&other.is_last);
        let order = order.then_with(|| if self.is_last { Ordering::Equal } else { compare() });
        // No two numbers are equal.
        order.then(self.entry().tag.number.cmp(&other.entry().tag.number))
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
        Self::Priority(Priority::new(T::cmp))
    }

    /// Whether putting something in runs a comparison of the user's. Nothing else does.
    pub(super) fn compares(&self) -> bool {
        matches!(self, Self::Priority(_))
    }

    /// Puts the item where it belongs.
    ///
    /// # Errors
    /// If a comparison panics, the item is back in `item`, and the order is as it was.
    pub(super) fn push(
        &mut self,
        item: &mut Option<T>,
        tag: Tag,
        since: Option<Instant>,
    ) -> thread::Result<()> {
        match self {
            Self::Fifo(items) | Self::Lifo(items) => {
                let item = item.take().expect("an item is put");
                if items.back().is_none_or(|last| last.tag.number < tag.number) {
                    items.push_back(Entry { item, tag, since });
                } else {
                    let place = items.partition_point(|entry| entry.tag.number < tag.number);
                    items.insert(place, Entry { item, tag, since });
                }
                Ok(())
            }
            Self::Priority(order) => order.push(item, tag, since),
        }
    }

    /// Puts in an item whose put has returned: behind all others, where a comparison panics.
    pub(super) fn push_late(&mut self, entry: Entry<T>) {
        let Entry { item, tag, since } = entry;
        let mut item = Some(item);
        let Err(panic) = self.push(&mut item, tag, since) else { return };
        // It has been reported. To drop it is the user's code as well, and what that panics with.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(panic))).map_err(mem::forget);
        if let Self::Priority(order) = self {
            order.insert(&mut item, tag, since, true);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Entry<T>> {
        match self {
            Self::Fifo(items) => items.pop_front(),
            Self::Lifo(items) => items.pop_back(),
            Self::Priority(order) => order.pop(),
        }
    }

    /// The item to drop for want of room: the one that is in for longest, or by priority the last
    /// in its order. Nothing of the user's runs.
    pub(super) fn displace(&mut self) -> Option<T> {
        let entry = match self {
            Self::Fifo(items) | Self::Lifo(items) => items.pop_front(),
            Self::Priority(order) => order.set.pop_last().map(Ranked::take),
        };
        entry.map(|entry| entry.item)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Fifo(items) | Self::Lifo(items) => items.len(),
            Self::Priority(order) => order.set.len(),
        }
    }

    /// Since when the one waits that has waited for longest.
    pub(super) fn oldest(&self) -> Option<Instant> {
        match self {
            Self::Fifo(items) | Self::Lifo(items) => {
                items.iter().filter_map(|entry| entry.since).min()
            }
            Self::Priority(order) => {
                order.set.iter().filter_map(|ranked| ranked.entry().since).min()
            }
        }
    }

    /// Everything that is inside, in its order.
    pub(super) fn take(&mut self) -> Self {
        match self {
            Self::Fifo(items) => Self::Fifo(mem::take(items)),
            Self::Lifo(items) => Self::Lifo(mem::take(items)),
            Self::Priority(order) => {
                let compare = order.compare;
                Self::Priority(mem::replace(order, Priority::new(compare)))
            }
        }
    }
}

impl<T> Priority<T> {
    fn new(compare: fn(&T, &T) -> Ordering) -> Self {
        Self { set: BTreeSet::new(), rescue: Arc::new(Mutex::new(None)), compare }
    }

    #[inline(never)]
    fn pop(&mut self) -> Option<Entry<T>> {
        self.set.pop_first().map(Ranked::take)
    }

    #[inline(never)]
    fn push(
        &mut self,
        item: &mut Option<T>,
        tag: Tag,
        since: Option<Instant>,
    ) -> thread::Result<()> {
        let rescue = Arc::clone(&self.rescue);
        let inserted =
            catch_unwind(AssertUnwindSafe(|| self.insert(&mut *item, tag, since, false)));
        if inserted.is_err() {
            *item = rescue.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        inserted
    }

    fn insert(&mut self, item: &mut Option<T>, tag: Tag, since: Option<Instant>, is_last: bool) {
        let Self { set, rescue, compare } = self;
        let entry = item.take().map(|item| Entry { item, tag, since });
        set.insert(Ranked { entry, is_last, rescue: Arc::clone(rescue), compare: *compare });
    }
}

impl<T> fmt::Debug for Order<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order").field("len", &self.len()).finish_non_exhaustive()
    }
}
