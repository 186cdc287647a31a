//! Messages that are accounted for.

use std::cell::Cell;

thread_local! {
    /// One bit for each message that exists. All threads of a model run on one thread of the
    /// process.
    static ALIVE: Cell<u64> = const { Cell::new(0) };
}

/// A message with a number, of which there is one at a time.
#[derive(Debug)]
pub(crate) struct Message(u32);

pub(crate) fn message(id: u32) -> Message {
    let alive = ALIVE.get();
    assert_eq!(alive & 1 << id, 0, "message {id} exists already");
    ALIVE.set(alive | 1 << id);
    Message(id)
}

impl Message {
    /// The last digit of the number.
    pub(crate) fn weight(&self) -> usize {
        usize::try_from(self.0 % 10).unwrap()
    }

    /// Uses the message up.
    pub(crate) fn id(self) -> u32 {
        self.0
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        let alive = ALIVE.get();
        // A second panic would end the process and hide the first.
        if !std::thread::panicking() {
            assert_ne!(alive & 1 << self.0, 0, "message {} dropped twice", self.0);
        }
        ALIVE.set(alive & !(1 << self.0));
    }
}

/// How many messages exist.
pub(crate) fn alive() -> u32 {
    ALIVE.get().count_ones()
}

/// Fails if a message was leaked.
pub(super) fn audit() {
    assert_eq!(alive(), 0, "messages leaked: {:b}", ALIVE.get());
}
