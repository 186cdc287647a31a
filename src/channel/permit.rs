//! Room that is reserved.

use super::Channel;
use crate::buffer::PushError;
use crate::error::SendError;
use crate::gate::wake_or;
use crate::sync::Backoff;

impl<T> Channel<T> {
    /// For how many messages there is room, which is only a hint: others are at work.
    pub(crate) fn room(&self) -> usize {
        self.buffer.room().unwrap_or(usize::MAX)
    }

    /// Reserves room for `n` messages. The head word of a channel that has no room for so many
    /// comes back, to raise the flag on. `false` if there are too many permits already.
    pub(crate) fn reserve(&self, n: usize) -> Result<bool, PushError> {
        self.buffer.reserve(n)
    }

    /// The most that can be reserved.
    pub(crate) fn most_permits(&self) -> usize {
        self.buffer.most_permits()
    }

    /// Sends the message of a permit, which is the channel's from here on: used up, or given back
    /// where it is closed. So a waker that panics cannot give it back once more.
    pub(crate) fn send_reserved(&self, message: T) -> Result<(), SendError<T>> {
        let mut message = Some(message);
        let mut backoff = Backoff::default();
        loop {
            match self.buffer.push_reserved(&mut message) {
                Ok(owed) => {
                    self.announce_push(owed);
                    return Ok(());
                }
                Err(PushError::Closed) => {
                    self.release(1);
                    return Err(SendError(message.expect("kept")));
                }
                Err(PushError::Busy | PushError::Full(_)) => backoff.wait(),
            }
        }
    }

    /// Gives the room of `n` permits back, and wakes those who wait for it.
    pub(crate) fn release(&self, n: usize) {
        self.buffer.spend_push();
        if self.capacity().is_none() || n == 0 {
            return;
        }
        self.buffer.release(n);
        // [release] whatever the flags say: they are in the head word, and this has changed the
        // tail. A waiter that takes its place later finds the room.
        wake_or(&self.vacancies, n, || self.clearings.wake_all());
    }
}
