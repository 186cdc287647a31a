//! An atomic whose plain stores and exchanges can be held back, thread by thread.
//!
//! A sender's first store, and a receiver's after its claim, is the stamp of the slot: whoever is
//! held there is held between its claim and its publication.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::atomic::{self, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

thread_local! {
    static HOLD: RefCell<Option<(Point, Hold)>> = const { RefCell::new(None) };
}

/// Where a thread is held.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Point {
    Store,
    /// So many exchanges are let through.
    Exchange(usize),
}

/// Holds one store or exchange of one thread.
#[derive(Debug, Clone, Default)]
pub struct Hold(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default, Clone, Copy, PartialEq, PartialOrd)]
enum State {
    #[default]
    Awaited,
    Held,
    Released,
}

impl Hold {
    /// The next store of this thread will be held.
    pub fn next_store(&self) {
        HOLD.set(Some((Point::Store, self.clone())));
    }

    /// The exchange after the next of this thread will be held, whether it succeeds or not.
    pub fn second_exchange(&self) {
        HOLD.set(Some((Point::Exchange(1), self.clone())));
    }

    /// Waits until the thread has come to where it is held.
    pub fn wait_until_held(&self) {
        self.wait_for(State::Held);
    }

    /// Lets the thread go on.
    pub fn release(&self) {
        self.set(State::Released);
    }

    fn set(&self, state: State) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.0.1.notify_all();
    }

    fn wait_for(&self, state: State) {
        let guard = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = self.0.1.wait_while(guard, |now| *now < state);
        drop(reached.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Comes through at once, unless this thread is to be held here.
fn pass(is_here: impl FnOnce(&mut Point) -> bool) {
    if HOLD.with_borrow_mut(|hold| hold.as_mut().is_some_and(|(point, _)| is_here(point))) {
        if let Some((_, hold)) = HOLD.take() {
            hold.set(State::Held);
            hold.wait_for(State::Released);
        }
    }
}

#[derive(Debug)]
pub struct AtomicUsize(atomic::AtomicUsize);

impl AtomicUsize {
    pub const fn new(value: usize) -> Self {
        Self(atomic::AtomicUsize::new(value))
    }

    pub fn store(&self, value: usize, order: Ordering) {
        pass(|point| *point == Point::Store);
        self.0.store(value, order);
    }

    pub fn compare_exchange(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize> {
        pass(|point| match point {
            Point::Exchange(0) => true,
            Point::Exchange(more) => {
                *more -= 1;
                false
            }
            Point::Store => false,
        });
        self.0.compare_exchange(current, new, success, failure)
    }
}

impl Deref for AtomicUsize {
    type Target = atomic::AtomicUsize;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
