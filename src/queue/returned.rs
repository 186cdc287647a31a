//! Items that were given back to a channel, which can't take them at its front.

use super::store::{Entry, Tag};
use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicUsize, Mutex, MutexGuard};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use std::sync::PoisonError;

/// Handed out before what is in the channel, in the order in which they came back.
#[derive(Debug)]
pub(super) struct Returned<T> {
    /// How many there are, to be read without the lock. Changed under it.
    len: AtomicUsize,
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<(T, Tag)>,
    /// Nothing is handed out any more.
    stopped: bool,
    /// How many came in so far.
    came: usize,
    /// How many of them are out again.
    gone: usize,
}

impl<T> Returned<T> {
    pub(super) fn new() -> Self {
        Self {
            len: AtomicUsize::new(0),
            state: Mutex::new(State { items: VecDeque::new(), stopped: false, came: 0, gone: 0 }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `false` once nothing is handed out any more. A waiter must be woken after it.
    pub(super) fn push(&self, item: &mut Option<T>, tag: Tag) -> bool {
        let mut state = self.lock();
        if state.stopped {
            return false;
        }
        state.items.extend(item.take().map(|item| (item, tag)));
        state.came += 1;
        // [returned-len] before the waiters are woken. A getter that comes to sleep meanwhile
        // either takes its place at the gate later, and sees this, or is found there: the lock of
        // the gate orders the two, so Relaxed is enough.
        self.len.store(state.items.len(), Relaxed);
        true
    }

    /// Whether there is nothing, as far as is known without the lock.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len.load(Relaxed) == 0
    }

    #[inline]
    pub(super) fn pop(&self) -> Option<Entry<T>> {
        if self.is_empty() { None } else { self.pop_slow() }
    }

    #[cold]
    fn pop_slow(&self) -> Option<Entry<T>> {
        let mut state = self.lock();
        let (item, tag) = state.items.pop_front()?;
        state.gone += 1;
        self.len.store(state.items.len(), Relaxed);
        Some(Entry::new(item, tag))
    }

    /// From here on nothing is taken in.
    pub(super) fn stop(&self, leftovers: &mut Vec<T>) {
        let mut state = self.lock();
        state.stopped = true;
        state.gone += state.items.len();
        leftovers.extend(state.items.drain(..).map(|(item, _)| item));
        self.len.store(0, Relaxed);
    }

    pub(super) fn len(&self) -> usize {
        self.len.load(Relaxed)
    }

    /// How many came in, and how many of them went out.
    pub(super) fn traffic(&self) -> (usize, usize) {
        let state = self.lock();
        (state.came, state.gone)
    }
}
