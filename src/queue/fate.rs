//! What becomes of an item whose job ends and is not done: another attempt, a dead letter, or a
//! leftover. It is safe in one of these places before it is no longer counted, whatever of the
//! user's panics.

use super::books::Books;
use super::shared::Shared;
use super::store::{Place, Tag};
use crate::sync::{AtomicUsize, defer};
use alloc::vec::Vec;
use core::mem;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::PoisonError;
use std::thread::panicking;

impl<T> Shared<T> {
    /// An attempt has failed.
    #[cold]
    pub(super) fn fail(&self, item: T, tag: Tag) {
        contained(|| {
            let mut hand = InHand { shared: self, item: Some(item), attempts: tag.attempt };
            if self.retries.is_some_and(|limit| tag.attempt <= limit) {
                let again = Tag { attempt: tag.attempt.saturating_add(1), ..tag };
                hand.take_back(again, Place::End, &self.books.retried);
            }
        });
    }

    /// A job is given back, and its attempt does not count.
    #[cold]
    pub(super) fn give_back(&self, item: T, tag: Tag) {
        contained(|| {
            let mut hand = InHand { shared: self, item: Some(item), attempts: tag.attempt };
            hand.take_back(tag, Place::Own, &self.books.given_back);
        });
    }

    /// Hands out nothing more. What was inside is left over, and nothing waits for it from here
    /// on.
    pub(super) fn stop(&self) {
        let mut leftovers = Vec::new();
        self.store().stop(&mut leftovers);
        let items = leftovers.len();
        Books::count_many(&self.books.left_over, items);
        self.leave(leftovers);
        // Last: the items are safe, whatever a waker does.
        (0..items).for_each(|_| self.finish());
    }

    /// Takes what is left over.
    pub(super) fn take_leftovers(&self) -> Vec<T> {
        mem::take(&mut *self.leftovers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn leave(&self, mut items: Vec<T>) {
        self.leftovers.lock().unwrap_or_else(PoisonError::into_inner).append(&mut items);
    }
}

/// An item whose job has ended. If it goes nowhere else, it is a dead letter.
struct InHand<'a, T> {
    shared: &'a Shared<T>,
    item: Option<T>,
    attempts: u32,
}

impl<T> InHand<'_, T> {
    /// Puts the item back, or leaves it over.
    fn take_back(&mut self, tag: Tag, place: Place, count: &AtomicUsize) {
        let Self { shared, item, .. } = self;
        let books = &shared.books;
        // Before another worker can get it: who finds all done finds it counted.
        Books::count(count);
        let not_taken = defer(|| Books::discount(count));
        // Where a comparison panics, the item is still here.
        let taken = shared.store().take_back(item, tag, place);
        if taken {
            not_taken.cancel();
            return;
        }
        drop(not_taken);
        if let Some(item) = item.take() {
            Books::count(&books.left_over);
            Books::count(&books.came_late);
            shared.leave(alloc::vec![item]);
            // [left-over] last: when a join returns, the item can be taken.
            shared.finish();
        }
    }
}

impl<T> Drop for InHand<'_, T> {
    fn drop(&mut self) {
        if let Some(item) = self.item.take() {
            Books::count(&self.shared.books.failed);
            // [dead-letter] last: when a join returns, the letter is there.
            let _done = defer(|| contained(|| self.shared.finish()));
            contained(|| self.shared.letters.receive(item, self.attempts));
        }
    }
}

/// Calls the user's code where a second panic would end the program: it is as if there were none.
fn contained(action: impl FnOnce()) {
    if panicking() {
        let _ = catch_unwind(AssertUnwindSafe(action));
    } else {
        action();
    }
}
