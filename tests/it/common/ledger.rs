//! Messages whose drops are counted one by one.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

/// Knows of each of its messages how often it was dropped.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<[AtomicUsize]>);

/// Message number `id` of a ledger. It owns memory, so that a leak, a second drop and a use after
/// free are also errors for a memory checker.
pub(crate) struct Message {
    id: Box<usize>,
    ledger: Ledger,
}

impl Ledger {
    /// Room for the messages `0..messages`.
    pub(crate) fn new(messages: usize) -> Self {
        Self((0..messages).map(|_| AtomicUsize::new(0)).collect())
    }

    pub(crate) fn message(&self, id: usize) -> Message {
        Message { id: Box::new(id), ledger: self.clone() }
    }

    pub(crate) fn drops(&self, id: usize) -> usize {
        self.0[id].load(Ordering::SeqCst)
    }

    /// Every message was dropped exactly once.
    #[track_caller]
    pub(crate) fn assert_all_dropped(&self) {
        self.assert_dropped(0..self.0.len());
    }

    /// Exactly these messages were dropped, each once.
    #[track_caller]
    pub(crate) fn assert_dropped(&self, ids: impl IntoIterator<Item = usize>) {
        let mut expected = vec![0; self.0.len()];
        ids.into_iter().for_each(|id| expected[id] = 1);
        let drops: Vec<_> = (0..self.0.len()).map(|id| self.drops(id)).collect();
        assert_eq!(drops, expected, "drops of each message");
    }
}

impl Message {
    pub(crate) fn id(&self) -> usize {
        *self.id
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        self.ledger.0[*self.id].fetch_add(1, Ordering::SeqCst);
    }
}
