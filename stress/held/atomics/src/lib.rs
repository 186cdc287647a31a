//! An atomic whose plain stores can be held back, thread by thread.
//!
//! The crate stores plainly in one place only: the stamp of a slot that it has claimed. So whoever is held here is held
//! between its claim and its publication.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::atomic::{self, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

thread_local! {
    static HOLD: RefCell<Option<Hold>> = const { RefCell::new(None) };
}

/// Holds one store of one thread.
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
        HOLD.set(Some(self.clone()));
    }

    /// Waits until the thread has come to its store.
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

#[derive(Debug)]
pub struct AtomicUsize(atomic::AtomicUsize);

impl AtomicUsize {
    pub const fn new(value: usize) -> Self {
        Self(atomic::AtomicUsize::new(value))
    }

    pub fn store(&self, value: usize, order: Ordering) {
        if let Some(hold) = HOLD.take() {
            hold.set(State::Held);
            hold.wait_for(State::Released);
        }
        self.0.store(value, order);
    }
}

impl Deref for AtomicUsize {
    type Target = atomic::AtomicUsize;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
