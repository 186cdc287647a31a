//! Room that was reserved.

use crate::channel::Channel;
use crate::error::SendError;
use crate::sender::Sender;
use core::fmt;

/// Room for one message. Dropping it gives the room back.
///
/// Made by [`Sender::reserve`] and [`Sender::try_reserve`], and out of [`Permits`]. It does not
/// count in [`len`](Sender::len) nor for the [`pressure`](Sender::pressure), but
/// [`is_full`](Sender::is_full) takes it for taken. A permit that is leaked (`mem::forget`) keeps
/// its room for ever.
#[must_use = "dropped, it gives the room back"]
pub struct Permit<'a, T> {
    pub(crate) channel: &'a Channel<T>,
}

impl<T> Permit<'_, T> {
    /// Sends the message. It never waits for room; for a few instructions it may have to wait for
    /// another thread that is in the middle of receiving from the very slot that comes next.
    ///
    /// # Errors
    /// [`SendError`] with the message if the channel is closed by now.
    pub fn send(self, message: T) -> Result<(), SendError<T>> {
        let channel = self.channel;
        core::mem::forget(self);
        channel.send_reserved(message)
    }
}

impl<T> Drop for Permit<'_, T> {
    fn drop(&mut self) {
        self.channel.release(1);
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

/// Room for several messages: an iterator of [`Permit`]s. Dropping it gives back what is left.
///
/// Made by [`Sender::reserve_many`] and [`Sender::try_reserve_many`].
#[must_use = "dropped, it gives the room back"]
pub struct Permits<'a, T> {
    pub(crate) channel: &'a Channel<T>,
    pub(crate) left: usize,
}

impl<'a, T> Permits<'a, T> {
    /// The caller answers for the room from here on.
    pub(crate) fn keep(self) {
        core::mem::forget(self);
    }

    /// The only one.
    pub(crate) fn into_permit(self) -> Permit<'a, T> {
        let channel = self.channel;
        self.keep();
        Permit { channel }
    }
}

impl<'a, T> Iterator for Permits<'a, T> {
    type Item = Permit<'a, T>;

    fn next(&mut self) -> Option<Permit<'a, T>> {
        self.left = self.left.checked_sub(1)?;
        Some(Permit { channel: self.channel })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Permits<'_, T> {}

impl<T> Drop for Permits<'_, T> {
    fn drop(&mut self) {
        self.channel.release(self.left);
    }
}

impl<T> fmt::Debug for Permits<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permits").field("left", &self.left).finish_non_exhaustive()
    }
}

/// Room for one message, and the sender to send it. Dropping it gives the room back.
///
/// Made by [`Sender::reserve_owned`] and [`Sender::try_reserve_owned`]. It counts as a sender.
#[must_use = "dropped, it gives the room back"]
pub struct OwnedPermit<T> {
    /// Taken only by what consumes the permit.
    pub(crate) sender: Option<Sender<T>>,
}

impl<T> OwnedPermit<T> {
    /// Sends the message, and gives the sender back. As [`Permit::send`].
    ///
    /// # Errors
    /// [`SendError`] with the message if the channel is closed by now. The sender is dropped then.
    pub fn send(mut self, message: T) -> Result<Sender<T>, SendError<T>> {
        let Some(sender) = self.sender.take() else {
            return Err(SendError(message));
        };
        sender.channel.send_reserved(message)?;
        Ok(sender)
    }

    /// Gives the room back, and the sender.
    ///
    /// # Panics
    /// Never: only what consumes a permit takes the sender out of it.
    pub fn release(mut self) -> Sender<T> {
        let sender = self.sender.take().expect("a permit has its sender");
        sender.channel.release(1);
        sender
    }
}

impl<T> Drop for OwnedPermit<T> {
    fn drop(&mut self) {
        if let Some(sender) = &self.sender {
            sender.channel.release(1);
        }
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").finish_non_exhaustive()
    }
}
