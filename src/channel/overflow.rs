//! What becomes of a message for which there is no room.

use super::Channel;
use crate::buffer::{NotDisplaced, Position, PushError};
use crate::error::{SendError, TrySendError};
use crate::overflow::Overflow;
use crate::sync::Backoff;
use crate::wait::Outcome;

impl<T> Channel<T> {
    /// One attempt to send as the overflow policy says. The message stays where it is while it must
    /// wait.
    #[inline]
    pub(crate) fn offer(
        &self,
        message: &mut Option<T>,
        displaced: &mut Option<T>,
    ) -> Outcome<Result<(), TrySendError<T>>, Position> {
        match self.send_waiting(message) {
            Outcome::Blocked(full) => self.overflow(full, message, displaced),
            outcome => outcome,
        }
    }

    /// What the policy makes of a message for which there is no room.
    #[cold]
    pub(super) fn overflow(
        &self,
        full: Position,
        message: &mut Option<T>,
        displaced: &mut Option<T>,
    ) -> Outcome<Result<(), TrySendError<T>>, Position> {
        match self.overflow {
            Overflow::Wait => return Outcome::Blocked(full),
            Overflow::Refuse => {
                self.count_refused(1);
                return Outcome::Done(Err(TrySendError::Full(message.take().expect("kept"))));
            }
            Overflow::DropOldest => {
                if !self.displace(full, message, displaced) {
                    return Outcome::Busy;
                }
            }
            Overflow::DropNewest => {
                self.drop_newest(message, displaced);
            }
        }
        Outcome::Done(Ok(()))
    }

    /// Sends at once, in place of the oldest message if there is no room.
    pub(crate) fn force_send(&self, message: T) -> Result<Option<T>, SendError<T>> {
        let mut message = Some(message);
        let mut backoff = Backoff::default();
        let mut oldest = None;
        loop {
            match self.push(&mut message) {
                Ok(()) => return Ok(None),
                Err(PushError::Closed) => return Err(SendError(message.expect("kept"))),
                Err(PushError::Full(full)) if self.displace(full, &mut message, &mut oldest) => {
                    return Ok(oldest);
                }
                Err(PushError::Full(_) | PushError::Busy) => backoff.wait(),
            }
        }
    }

    /// Puts the message into a full buffer, and takes the oldest out; `false` if it is not full.
    ///
    /// Where all the room is reserved there is no oldest, and the message is displaced itself.
    fn displace(&self, full: Position, message: &mut Option<T>, displaced: &mut Option<T>) -> bool {
        match self.buffer.displace(full, message) {
            Ok((owed, oldest)) => {
                *displaced = Some(oldest);
                self.count_displaced();
                self.announce_push(owed);
                true
            }
            Err(NotDisplaced::Nothing) => {
                self.drop_newest(message, displaced);
                true
            }
            Err(NotDisplaced::Contended) => false,
        }
    }

    fn drop_newest(&self, message: &mut Option<T>, displaced: &mut Option<T>) {
        self.buffer.spend_push();
        *displaced = message.take();
        self.count_displaced();
    }

    fn count_displaced(&self) {
        if let Some(watch) = &self.watch {
            watch.count_displaced();
        }
    }

    /// Takes note of messages that are given back for want of room.
    pub(crate) fn count_refused(&self, messages: usize) {
        self.buffer.spend_push();
        if let Some(watch) = &self.watch {
            watch.count_refused(messages);
        }
    }
}
