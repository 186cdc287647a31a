//! Many messages by one operation.

use super::Channel;
use crate::buffer::{PopError, PushError, Stage};
use crate::sync::{MOST_AT_ONCE, both};
use alloc::vec::Vec;

impl<T> Channel<T> {
    /// Whether each message needs its own room.
    pub(crate) fn is_weighed(&self) -> bool {
        self.buffer.weight().is_some()
    }

    /// Puts messages in, as many as go in at once; the others stay with the caller.
    pub(crate) fn push_many(&self, messages: &mut Stage<T>) -> Result<usize, PushError> {
        let (count, owed) = self.buffer.push_many(messages)?;
        // [batch-wakes] one for each of the messages, which one word announced.
        if count > 1 && owed.wakes() {
            both(|| self.announce_push(owed), || self.open_arrivals(count - 1));
        } else {
            self.announce_push(owed);
        }
        Ok(count)
    }

    /// Takes up to `limit` messages, as many as are there, one at least, and adds them to
    /// `messages`.
    pub(crate) fn pop_many(&self, messages: &mut Vec<T>, limit: usize) -> Result<usize, PopError> {
        // Not for ever, where others go on sending.
        let limit =
            if limit > MOST_AT_ONCE { limit.min(self.len().max(MOST_AT_ONCE)) } else { limit };
        let mut taken = 0;
        loop {
            match self.buffer.pop_many(messages, limit - taken) {
                Ok((count, owed)) => {
                    taken += count;
                    // [batch-wakes] as above.
                    if count > 1 && owed.wakes() {
                        both(|| self.announce_pop(owed), || self.open_vacancies(count - 1));
                    } else {
                        self.announce_pop(owed);
                    }
                    if taken == limit {
                        return Ok(taken);
                    }
                }
                Err(error) => return if taken == 0 { Err(error) } else { Ok(taken) },
            }
        }
    }
}
