//! What must still happen where a waker or a message panics.

/// Runs `action` at the end of the scope, also when the scope is left by a panic.
pub(crate) fn defer<F: FnMut()>(action: F) -> Defer<F> {
    Defer(action)
}

#[must_use = "the action runs when this is dropped"]
#[derive(Debug)]
pub(crate) struct Defer<F: FnMut()>(F);

impl<F: FnMut()> Defer<F> {
    /// Calls the action off: the scope was left in order.
    pub(crate) fn cancel(self) {
        core::mem::forget(self);
    }
}

impl<F: FnMut()> Drop for Defer<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Calls `action` with each item, also where it panics for one: the first panic goes on at the end.
///
/// Without `std` a panic cannot be caught. The rest follows while it unwinds, and a second one
/// aborts.
pub(crate) fn for_each<I: Iterator>(items: I, action: impl FnMut(I::Item)) {
    #[cfg(feature = "std")]
    catching(items, action);
    #[cfg(not(feature = "std"))]
    unwinding(items, action);
}

#[cfg(feature = "std")]
fn catching<I: Iterator>(items: I, mut action: impl FnMut(I::Item)) {
    use core::panic::AssertUnwindSafe;
    use std::panic::{catch_unwind, resume_unwind};

    let mut result = Ok(());
    for item in items {
        let called = catch_unwind(AssertUnwindSafe(|| action(item)));
        result = result.and(called);
    }
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

#[cfg(not(feature = "std"))]
fn unwinding<I: Iterator>(items: I, action: impl FnMut(I::Item)) {
    struct Rest<I: Iterator, F: FnMut(I::Item)>(I, F);

    impl<I: Iterator, F: FnMut(I::Item)> Drop for Rest<I, F> {
        fn drop(&mut self) {
            let Self(items, action) = self;
            items.for_each(action);
        }
    }

    let mut rest = Rest(items, action);
    let Rest(items, action) = &mut rest;
    items.for_each(action);
}

/// Does one thing, and then the other, also where the first panics.
pub(crate) fn both(first: impl FnOnce(), second: impl FnOnce()) {
    let (mut first, mut second) = (Some(first), Some(second));
    for_each([true, false].into_iter(), |is_first| {
        if is_first {
            first.take().expect("once")();
        } else {
            second.take().expect("once")();
        }
    });
}
