//! What had to make room.

use super::books::Books;
use super::unfinished::Unfinished;
use crate::sync::defer;

/// An item that was displaced by a put, or nothing. It is done when it goes: dropped first, and
/// then no longer counted.
#[derive(Debug)]
pub(super) struct Displaced<'a, T> {
    pub(super) item: Option<T>,
    pub(super) unfinished: &'a Unfinished,
    pub(super) books: &'a Books,
}

impl<T> Displaced<'_, T> {
    /// The item, which is done.
    #[inline]
    pub(super) fn into_inner(mut self) -> Option<T> {
        let item = self.item.take();
        if item.is_some() {
            self.count();
        }
        item
    }

    #[cold]
    fn count(&self) {
        Books::count(&self.books.displaced);
        self.unfinished.lower();
    }

    #[cold]
    fn finish(&mut self) {
        let item = self.item.take();
        let _count = defer(|| self.count());
        drop(item);
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
