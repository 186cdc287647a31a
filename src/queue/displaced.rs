//! What had to make room.

use super::unfinished::Unfinished;
use crate::sync::defer;

/// An item that was displaced by a put, or nothing. It is done when it goes: dropped first, and then no longer counted.
#[derive(Debug)]
pub(super) struct Displaced<'a, T> {
    pub(super) item: Option<T>,
    pub(super) unfinished: &'a Unfinished,
}

impl<'a, T> Displaced<'a, T> {
    #[inline]
    pub(super) fn nothing(unfinished: &'a Unfinished) -> Self {
        Self { item: None, unfinished }
    }

    /// The item, which is done.
    #[inline]
    pub(super) fn into_inner(mut self) -> Option<T> {
        let item = self.item.take();
        if item.is_some() {
            self.unfinished.lower();
        }
        item
    }

    #[cold]
    fn finish(&mut self) {
        let unfinished = self.unfinished;
        let done = defer(|| unfinished.lower());
        drop(self.item.take());
        drop(done);
    }
}

impl<T> Drop for Displaced<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.item.is_some() {
            self.finish();
        }
    }
}
