//! Wakers and messages that panic, and what an operation panics with.

use core::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::Result;

use super::Task;

/// Panics without a report: the test is not to look like a failure.
pub(crate) fn fail(payload: impl Any + Send) -> ! {
    resume_unwind(Box::new(payload))
}

/// What `operation` returns, or what it panics with.
pub(crate) fn caught<R>(operation: impl FnOnce() -> R) -> Result<R> {
    catch_unwind(AssertUnwindSafe(operation))
}

/// Whether `operation` panics.
pub(crate) fn panics<R>(operation: impl FnOnce() -> R) -> bool {
    caught(operation).is_err()
}

/// The text that `operation` panics with.
#[track_caller]
pub(crate) fn panic_text<R>(operation: impl FnOnce() -> R) -> String {
    let payload = caught(operation).err().expect("it must panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast::<&str>().expect("a panic with a text").to_string(),
    }
}

struct Faulty;

impl Wake for Faulty {
    fn wake(self: Arc<Self>) {
        fail("the waker fails");
    }
}

/// A sleeping future with a waker that panics.
#[track_caller]
pub(crate) fn faulty<F: Future>(future: F) -> Task<F> {
    let mut task = Task::parked(future);
    assert!(task.poll_with(&Waker::from(Arc::new(Faulty))).is_pending());
    task
}

/// A message that panics when it is dropped, if it is armed.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grenade {
    pub(crate) armed: bool,
}

impl Grenade {
    /// What an armed one panics with.
    pub(crate) const TEXT: &str = "the message fails";
}

impl Drop for Grenade {
    fn drop(&mut self) {
        if self.armed {
            fail(Self::TEXT);
        }
    }
}
