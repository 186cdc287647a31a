//! Reserving room before there is a message.

use crate::buffer::{Position, PushError};
use crate::channel::Channel;
use crate::error::ReserveError;
use crate::gate::Gate;
use crate::patience::Patient;
use crate::permit::{OwnedPermit, Permit, Permits};
use crate::sender::Sender;
use crate::sync::Backoff;
use crate::wait::{self, Attempt, Outcome, Stage, Wait};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

impl<T> Sender<T> {
    /// Reserves room for one message, and waits for it while the channel is full. A [`Permit`]
    /// sends without waiting.
    ///
    /// So a message need not be made, or taken from elsewhere, before it is known that it can be
    /// sent; and where this is cancelled there is no message to lose. A permit is no place in the
    /// order: what is sent meanwhile comes first.
    ///
    /// # Errors
    /// - [`ReserveError::Closed`] if the channel is closed, or gets closed while this waits.
    /// - [`ReserveError::TooMany`] at once, as from all of its like, in a channel that is bounded
    ///   by [weight](crate::Builder::weight), as it is not known what the message will weigh; and
    ///   where 4095 (15 on a 32-bit machine) are reserved already: it waits for room, not for a
    ///   permit to be used.
    ///
    /// # Fairness
    /// As with [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Dropping the future reserves nothing. Room that it was woken for goes to another.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(1);
    /// let permit = sender.reserve().await?;
    /// assert!(sender.try_send(1).is_err()); // reserved is taken
    /// assert!(permit.send(2).is_ok());
    /// assert_eq!(receiver.recv().await, Ok(2));
    /// # Ok::<(), forebay::ReserveError>(()) }).unwrap();
    /// ```
    pub fn reserve(&self) -> Reserve<'_, T> {
        Reserve(Wait::new(Reserving { channel: &self.channel, n: 1 }))
    }

    /// Reserves room for one message if there is some at once.
    ///
    /// # Errors
    /// [`ReserveError::Full`], or as [`reserve`](Self::reserve).
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, ReserveError> {
        try_reserve(&self.channel, 1).map(Permits::into_permit)
    }

    /// As [`reserve`](Self::reserve), on a thread, which sleeps while the channel is full.
    ///
    /// Don't call it in async code: it blocks the executor.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve).
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn reserve_blocking(&self) -> Result<Permit<'_, T>, ReserveError> {
        self.reserve().0.block().map(Permits::into_permit)
    }

    /// Reserves room for `n` messages together, and waits until there is so much at one moment.
    ///
    /// # Errors
    /// - [`ReserveError::Closed`] if the channel is closed, or gets closed while this waits.
    /// - [`ReserveError::TooMany`] at once if `n` is more than the capacity, if there is room and
    ///   more than 4095 (15 on a 32-bit machine) would be reserved at a time, or in a channel that
    ///   is bounded by [weight](crate::Builder::weight).
    ///
    /// # Fairness
    /// It takes all of the room together or none, and holds no sender up meanwhile: those that need
    /// room for one go first. So it may wait for as long as they leave too little.
    ///
    /// # Cancel safety
    /// Dropping the future reserves nothing.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(3);
    /// let mut permits = sender.reserve_many(2).await?;
    /// for number in 0..2 {
    ///     permits.next().unwrap().send(number).unwrap();
    /// }
    /// assert_eq!(receiver.drain().collect::<Vec<_>>(), [0, 1]);
    /// # Ok::<(), forebay::ReserveError>(()) }).unwrap();
    /// ```
    pub fn reserve_many(&self, n: usize) -> ReserveMany<'_, T> {
        ReserveMany(Wait::new(Reserving { channel: &self.channel, n }))
    }

    /// Reserves room for `n` messages if there is so much at once.
    ///
    /// # Errors
    /// [`ReserveError::Full`], [`ReserveError::Closed`] or [`ReserveError::TooMany`].
    pub fn try_reserve_many(&self, n: usize) -> Result<Permits<'_, T>, ReserveError> {
        try_reserve(&self.channel, n)
    }

    /// As [`reserve_many`](Self::reserve_many), on a thread, which sleeps meanwhile.
    ///
    /// Don't call it in async code: it blocks the executor.
    ///
    /// # Errors
    /// [`ReserveError::Closed`] or [`ReserveError::TooMany`].
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn reserve_many_blocking(&self, n: usize) -> Result<Permits<'_, T>, ReserveError> {
        self.reserve_many(n).0.block()
    }

    /// As [`reserve`](Self::reserve), with a permit that owns the sender, and can go to another
    /// task.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve). The sender is dropped then.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// let (sender, receiver) = forebay::bounded(1);
    /// let permit = sender.reserve_owned().await?;
    /// std::thread::spawn(move || permit.send(1).unwrap());
    /// assert_eq!(receiver.recv().await, Ok(1));
    /// # Ok::<(), forebay::ReserveError>(()) }).unwrap();
    /// ```
    pub fn reserve_owned(self) -> ReserveOwned<T> {
        ReserveOwned { sender: Some(self), stage: Stage::default() }
    }

    /// As [`reserve_owned`](Self::reserve_owned), on a thread, which sleeps while the channel is
    /// full.
    ///
    /// Don't call it in async code: it blocks the executor.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve).
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// let permit = sender.reserve_owned_blocking()?;
    /// let sender = permit.send(1).unwrap();
    /// assert_eq!((receiver.recv_blocking(), sender.is_full()), (Ok(1), false));
    /// # Ok::<(), forebay::ReserveError>(())
    /// ```
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn reserve_owned_blocking(self) -> Result<OwnedPermit<T>, ReserveError> {
        Wait::new(Reserving { channel: &self.channel, n: 1 }).block().map(Permits::keep)?;
        Ok(OwnedPermit { sender: Some(self) })
    }

    /// As [`try_reserve`](Self::try_reserve), with a permit that owns the sender.
    ///
    /// # Errors
    /// As [`try_reserve`](Self::try_reserve), with the sender.
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, (Self, ReserveError)> {
        match try_reserve(&self.channel, 1).map(Permits::keep) {
            Ok(()) => Ok(OwnedPermit { sender: Some(self) }),
            Err(error) => Err((self, error)),
        }
    }
}

fn try_reserve<T>(channel: &Channel<T>, n: usize) -> Result<Permits<'_, T>, ReserveError> {
    let mut backoff = Backoff::default();
    loop {
        match (Reserving { channel, n }).attempt() {
            Outcome::Done(reserved) => return reserved,
            Outcome::Blocked(_) => return Err(ReserveError::Full),
            Outcome::Busy => backoff.wait(),
        }
    }
}

/// An attempt to reserve room for `n` messages.
pub(crate) struct Reserving<'a, T> {
    pub(crate) channel: &'a Channel<T>,
    pub(crate) n: usize,
}

impl<'a, T> Attempt for Reserving<'a, T> {
    // What is reserved is given back wherever it gets lost.
    type Output = Result<Permits<'a, T>, ReserveError>;
    type Seen = Position;

    fn attempt(&mut self) -> Outcome<Self::Output, Position> {
        let most = self.channel.most_permits();
        if self.n > most {
            return Outcome::Done(Err(ReserveError::TooMany { most }));
        }
        match self.channel.reserve(self.n) {
            Ok(true) => Outcome::Done(Ok(Permits { channel: self.channel, left: self.n })),
            Ok(false) => Outcome::Done(Err(ReserveError::TooMany { most })),
            Err(PushError::Closed) => Outcome::Done(Err(ReserveError::Closed)),
            Err(PushError::Full(full)) => Outcome::Blocked(full),
            Err(PushError::Busy) => Outcome::Busy,
        }
    }

    fn gate(&self) -> &Gate {
        // [clearing] one that needs several would keep what it is woken for from those who need
        // one.
        if self.n > 1 { &self.channel.clearings } else { &self.channel.vacancies }
    }

    fn patience(&self) -> Option<Patient<'_>> {
        (self.n <= 1).then(|| self.channel.patience.of_senders())
    }

    fn gives_way(&self) -> bool {
        self.channel.send_gives_way()
    }

    fn begin_turn(&self, overtakes: bool) {
        self.channel.begin_send_turn(overtakes);
    }

    fn raise(&self, full: Position) -> bool {
        self.channel.raise_vacancies(full, None)
    }

    fn hand_on(&self) {
        // All who wait for several are woken at once: there is none to hand on to.
        if self.n <= 1 {
            self.channel.hand_on_vacancy();
        }
    }
}

macro_rules! reserve_future {
    ($future:ident, $name:literal, $permits:ident, $made:expr) => {
        impl<'a, T> Future for $future<'a, T> {
            type Output = Result<$permits<'a, T>, ReserveError>;

            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
                self.0.poll(cx).map(|reserved| reserved.map($made))
            }
        }

        impl<T> fmt::Debug for $future<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct($name).finish_non_exhaustive()
            }
        }
    };
}

/// Reserves room for one message, and waits for it first while the channel is full.
///
/// Made by [`Sender::reserve`].
///
/// # Cancel safety
/// Dropping the future reserves nothing.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Reserve<'a, T>(Wait<Reserving<'a, T>>);

reserve_future!(Reserve, "Reserve", Permit, Permits::into_permit);

/// Reserves room for several messages, and waits until there is so much first.
///
/// Made by [`Sender::reserve_many`].
///
/// # Cancel safety
/// Dropping the future reserves nothing.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct ReserveMany<'a, T>(Wait<Reserving<'a, T>>);

reserve_future!(ReserveMany, "ReserveMany", Permits, core::convert::identity);

/// Reserves room for one message, and waits for it first while the channel is full. It owns the
/// sender.
///
/// Made by [`Sender::reserve_owned`].
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// Dropping the future reserves nothing, and drops the sender.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct ReserveOwned<T> {
    sender: Option<Sender<T>>,
    stage: Stage,
}

impl<T> Future for ReserveOwned<T> {
    type Output = Result<OwnedPermit<T>, ReserveError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { sender, stage } = &mut *self;
        let channel = &sender.as_ref().expect("`ReserveOwned` polled after completion").channel;
        let reserved = wait::poll(&mut Reserving { channel, n: 1 }, stage, cx);
        let reserved = reserved.map(|reserved| reserved.map(Permits::keep));
        reserved.map(|reserved| reserved.map(|()| OwnedPermit { sender: sender.take() }))
    }
}

impl<T> Drop for ReserveOwned<T> {
    fn drop(&mut self) {
        if let Some(sender) = &self.sender {
            wait::leave(&Reserving { channel: &sender.channel, n: 1 }, &mut self.stage);
        }
    }
}

impl<T> fmt::Debug for ReserveOwned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReserveOwned").finish_non_exhaustive()
    }
}
