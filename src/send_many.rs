//! Sending many messages by one operation.

use crate::buffer::{Position, PushError, Stage};
use crate::channel::Channel;
use crate::error::{SendError, TrySendError};
use crate::futures::Sending;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::sender::Sender;
use crate::sync::{Backoff, MOST_AT_ONCE};
use crate::wait::{Attempt, Outcome, Wait};
use alloc::collections::VecDeque;
use core::fmt;
use core::future::Future;
use core::iter::Fuse;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Sender<T> {
    /// Sends the messages of an iterator, in order, and waits for room where the channel is full.
    /// `Ok` says how many.
    ///
    /// Where there is room for several they are sent at once, so many messages cost hardly more
    /// than one. Messages of others may come between. The iterator is asked only for as many
    /// messages as there is room for, or one. Under the policies that [drop](crate::Overflow), it
    /// drops as [`send`](Self::send) does.
    ///
    /// # Errors
    /// [`SendError`] with what was [not sent](Unsent) if the channel is closed, or gets closed
    /// while this waits.
    ///
    /// # Fairness
    /// As with [`send`](Self::send): it takes what room there is when its turn has come.
    ///
    /// # Cancel safety
    /// What was sent before the future is dropped is sent. [`SendMany::into_inner`] gives the
    /// others back; otherwise they are dropped with the iterator.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(10);
    /// assert_eq!(sender.send_many(0..5).await.unwrap(), 5);
    /// assert_eq!(receiver.drain().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    /// receiver.close();
    /// let unsent = sender.send_many(5..8).await.unwrap_err().into_inner();
    /// assert_eq!(unsent.collect::<Vec<_>>(), [5, 6, 7]);
    /// # });
    /// ```
    pub fn send_many<I: IntoIterator<Item = T>>(
        &self,
        messages: I,
    ) -> SendMany<'_, T, I::IntoIter> {
        SendMany(Wait::new(SendingMany {
            sending: Sending::new(&self.channel, None),
            unsent: Some(Unsent::new(messages.into_iter())),
            known: 0,
        }))
    }

    /// Sends as many messages of an iterator as there is room for at once. `Ok` says how many they
    /// were if that was all.
    ///
    /// # Errors
    /// - [`TrySendError::Full`] with what was [not sent](Unsent) if there was not room for all.
    /// - [`TrySendError::Closed`] with the same if the channel is closed.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(3);
    /// let full = sender.try_send_many(0..5).unwrap_err();
    /// assert!(full.is_full());
    /// let unsent = full.into_inner();
    /// assert_eq!(unsent.sent(), 3);
    /// assert_eq!(unsent.collect::<Vec<_>>(), [3, 4]);
    /// assert_eq!(receiver.len(), 3);
    /// ```
    pub fn try_send_many<I: IntoIterator<Item = T>>(
        &self,
        messages: I,
    ) -> Result<usize, TrySendError<Unsent<T, I::IntoIter>>> {
        let mut unsent = Unsent::new(messages.into_iter());
        let mut backoff = Backoff::default();
        loop {
            match unsent.send(&self.channel, usize::MAX) {
                Outcome::Done(true) => return Ok(unsent.sent),
                Outcome::Done(false) => return Err(TrySendError::Closed(unsent)),
                Outcome::Blocked(_) => {
                    self.channel.count_refused(unsent.known_len());
                    return Err(TrySendError::Full(unsent));
                }
                Outcome::Busy => backoff.wait(),
            }
        }
    }

    /// As [`send_many`](Self::send_many), on a thread, which sleeps while the channel is full.
    ///
    /// Don't call it in async code: it blocks the executor.
    ///
    /// # Errors
    /// As [`send_many`](Self::send_many).
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn send_many_blocking<I: IntoIterator<Item = T>>(
        &self,
        messages: I,
    ) -> Result<usize, SendError<Unsent<T, I::IntoIter>>> {
        self.send_many(messages).0.block()
    }
}

/// The messages of a batch that were not sent: an iterator.
///
/// In the errors of [`Sender::send_many`] and [`Sender::try_send_many`].
pub struct Unsent<T, I> {
    /// Taken from the iterator, and next.
    hand: Option<T>,
    /// Taken from the iterator too, where others took the room meanwhile.
    more: VecDeque<T>,
    rest: Fuse<I>,
    sent: usize,
}

impl<T, I> Unsent<T, I> {
    /// How many messages of the batch were sent.
    pub fn sent(&self) -> usize {
        self.sent
    }
}

impl<T, I: Iterator<Item = T>> Unsent<T, I> {
    fn new(rest: I) -> Self {
        Self { hand: None, more: VecDeque::new(), rest: rest.fuse(), sent: 0 }
    }

    /// Sends what there is room for, but not many more than `most`; `true` if that was all, `false`
    /// if the channel is closed.
    fn send(&mut self, channel: &Channel<T>, most: usize) -> Outcome<bool, Position> {
        let before = self.sent;
        loop {
            if self.sent - before >= most {
                return Outcome::Busy;
            }
            if self.hand.is_some()
                || !self.more.is_empty()
                || Stage::<T>::CAPACITY < 2
                || channel.is_weighed()
            {
                match self.send_one(channel) {
                    Outcome::Done(Some(true)) => continue,
                    Outcome::Done(None) => return Outcome::Done(true),
                    Outcome::Done(Some(false)) => return Outcome::Done(false),
                    Outcome::Blocked(full) => return Outcome::Blocked(full),
                    Outcome::Busy => return Outcome::Busy,
                }
            }
            // Not in place: its bytes would be copied.
            let mut stage = Stage::new();
            let staged = Staged { stage: &mut stage, more: &mut self.more };
            let more = staged.stage.fill(&mut self.rest, channel.room().max(1));
            let stopped = loop {
                if staged.stage.len() == 0 {
                    break None;
                }
                match channel.push_many(staged.stage) {
                    Ok(count) => self.sent += count,
                    Err(error) => break Some(error),
                }
            };
            drop(staged);
            match stopped {
                None if !more => return Outcome::Done(true),
                Some(PushError::Closed) => return Outcome::Done(false),
                Some(PushError::Busy) => return Outcome::Busy,
                // Full: the message in hand says what to do about it.
                None | Some(PushError::Full(_)) => {}
            }
        }
    }

    /// How many there are, if the iterator knows it; otherwise the one for which there was no room.
    fn known_len(&self) -> usize {
        match self.size_hint() {
            (least, Some(most)) if least == most => least,
            _ => 1,
        }
    }

    /// Sends the next message: `None` if there is none, `Some(false)` if the channel is closed.
    fn send_one(&mut self, channel: &Channel<T>) -> Outcome<Option<bool>, Position> {
        self.hand = self.next();
        if self.hand.is_none() {
            return Outcome::Done(None);
        }
        channel.send(&mut self.hand, &mut None).map(|sent| match sent {
            Ok(()) => {
                self.sent += 1;
                Some(true)
            }
            Err(error) => {
                self.hand = Some(error.into_inner());
                Some(false)
            }
        })
    }
}

/// Messages on their way. Those that are not sent come back, also where a waker or the iterator
/// panics.
struct Staged<'a, T> {
    stage: &'a mut Stage<T>,
    more: &'a mut VecDeque<T>,
}

impl<T> Drop for Staged<'_, T> {
    fn drop(&mut self) {
        let left = self.stage.len();
        if left > 0 {
            self.more.extend(self.stage.take(left));
        }
    }
}

impl<T, I: Iterator<Item = T>> Iterator for Unsent<T, I> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.hand.take().or_else(|| self.more.pop_front()).or_else(|| self.rest.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let taken = usize::from(self.hand.is_some()) + self.more.len();
        let (least, most) = self.rest.size_hint();
        (least.saturating_add(taken), most.and_then(|most| most.checked_add(taken)))
    }
}

impl<T, I> fmt::Debug for Unsent<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsent").field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// An attempt to send all of a batch.
struct SendingMany<'a, T, I> {
    /// Where and how it waits.
    sending: Sending<'a, T>,
    unsent: Option<Unsent<T, I>>,
    /// How many were sent when that was last asked.
    known: usize,
}

impl<T, I: Iterator<Item = T>> Attempt for SendingMany<'_, T, I> {
    type Output = Result<usize, SendError<Unsent<T, I>>>;
    type Seen = Position;

    fn attempt(&mut self) -> Outcome<Self::Output, Position> {
        let unsent = self.unsent.as_mut().expect("`SendMany` polled after completion");
        unsent.send(self.sending.channel, MOST_AT_ONCE).map(|all| {
            let unsent = self.unsent.take().expect("it was there");
            if all { Ok(unsent.sent) } else { Err(SendError(unsent)) }
        })
    }

    fn gate(&self) -> &Gate {
        self.sending.gate()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.sending.patience()
    }

    fn gives_way(&self) -> bool {
        self.sending.gives_way()
    }

    fn begin_turn(&self, overtakes: bool) {
        self.sending.begin_turn(overtakes);
    }

    fn has_progressed(&mut self) -> bool {
        let sent = self.unsent.as_ref().map_or(0, Unsent::sent);
        sent != core::mem::replace(&mut self.known, sent)
    }

    fn raise(&self, full: Position) -> bool {
        let next = self.unsent.as_ref().and_then(|unsent| unsent.hand.as_ref());
        self.sending.channel.raise_vacancies(full, next)
    }

    fn hand_on(&self) {
        self.sending.hand_on();
    }
}

/// Sends the messages of an iterator, and waits for room where the channel is full.
///
/// Made by [`Sender::send_many`].
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// What was sent before the future is dropped is sent. [`into_inner`](Self::into_inner) gives the
/// others back.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct SendMany<'a, T, I: Iterator<Item = T>>(Wait<SendingMany<'a, T, I>>);

impl<T, I: Iterator<Item = T>> SendMany<'_, T, I> {
    /// Gives up, and gives back what was not sent; `None` after the future is complete.
    pub fn into_inner(mut self) -> Option<Unsent<T, I>> {
        self.0.attempt.unsent.take()
    }
}

// Messages and iterator are moved out of the future, never pinned in it.
impl<T, I: Iterator<Item = T>> Unpin for SendMany<'_, T, I> {}

impl<T, I: Iterator<Item = T>> Future for SendMany<'_, T, I> {
    type Output = Result<usize, SendError<Unsent<T, I>>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(cx)
    }
}

impl<T, I: Iterator<Item = T>> fmt::Debug for SendMany<'_, T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendMany").finish_non_exhaustive()
    }
}
