//! Waiting for a level, of a channel or a queue: one definition for both.
//!
//! The words, here and wherever it is about this:
//! - *marks*: the two lengths that a builder was given;
//! - *level*: Low or High by the marks, one bit in the head word of the buffer; in public it is the
//!   [`Pressure`];
//! - *watched*: what has marks, or counts what the positions do not tell. See
//!   [`watch`](crate::watch).

use crate::gate::Gate;
use crate::wait::{self, Attempt, Outcome, Stage};
use core::ops::Not;
use core::task::{Context, Poll, ready};

/// How full a channel or queue is, by its [`watermarks`](crate::Builder::watermarks).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pressure {
    /// The length has not exceeded the high mark since it was last under the low one.
    Low,
    /// The length has exceeded the high mark, and has not been under the low one since.
    High,
}

/// The other level.
impl Not for Pressure {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// What has a level that can be waited for.
pub(crate) trait Watched {
    fn pressure(&self) -> Pressure;

    /// Whether the wait for a level has no end.
    fn is_over(&self) -> bool;

    /// Opened to all after each change of the level, and when it is over.
    fn levels(&self) -> &Gate;
}

/// An attempt to find a level; the level at hand if the wait is over.
#[derive(Debug)]
pub(crate) struct Watching<'a, W> {
    pub(crate) watched: &'a W,
    pub(crate) level: Pressure,
}

impl<W: Watched> Attempt for Watching<'_, W> {
    type Output = Result<Pressure, Pressure>;
    type Seen = ();

    fn attempt(&mut self) -> Outcome<Self::Output, ()> {
        // Before the level is read: the one at hand is no older than the end.
        let over = self.watched.is_over();
        let level = self.watched.pressure();
        if level == self.level {
            Outcome::Done(Ok(level))
        } else if over {
            Outcome::Done(Err(level))
        } else {
            Outcome::Blocked(())
        }
    }

    fn gate(&self) -> &Gate {
        self.watched.levels()
    }

    fn raise(&self, (): ()) -> bool {
        // A change wakes all waiters, announced or not.
        true
    }

    fn hand_on(&self) {}
}

/// What lasts from poll to poll of a stream of levels.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    stage: Stage,
    /// The last item.
    seen: Option<Pressure>,
    over: bool,
}

impl Changes {
    pub(crate) fn poll_next(
        &mut self,
        watched: &impl Watched,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Pressure>> {
        if self.over {
            return Poll::Ready(None);
        }
        self.seen = match self.seen {
            None => Some(watched.pressure()),
            Some(seen) => {
                let mut change = Watching { watched, level: !seen };
                ready!(wait::poll(&mut change, &mut self.stage, cx)).ok()
            }
        };
        self.over = self.seen.is_none();
        Poll::Ready(self.seen)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Gives the place up. A wakeup that came for it is no other's.
    pub(crate) fn leave(&mut self, watched: &impl Watched) {
        wait::leave(&Watching { watched, level: Pressure::Low }, &mut self.stage);
    }
}

/// Defines `Until` and `PressureChanges` for what is [`Watched`].
///
/// The texts: what it is, how it is named in a link, how it ends, and what a stream of its levels
/// keeps.
macro_rules! level_futures {
    ($visible:vis, $watched:ident, $what:literal, $until:literal, $changes:literal, $ends:literal, $keeps:literal) => {
        #[doc = concat!("Waits until the ", $what, " has some level.")]
        ///
        #[doc = concat!("Made by ", $until, ".")]
        ///
        /// # Cancel safety
        /// Dropping the future has no effect on others.
        #[must_use = "futures do nothing unless you `.await` or poll them"]
        pub struct Until<'a, T>(
            $crate::wait::Wait<$crate::pressure::Watching<'a, $watched<T>>>,
        );

        impl<'a, T> Until<'a, T> {
            $visible fn new(watched: &'a $watched<T>, level: $crate::Pressure) -> Self {
                Self($crate::wait::Wait::new($crate::pressure::Watching { watched, level }))
            }

            #[cfg(all(feature = "std", not(target_family = "wasm")))]
            $visible fn block(self) -> $crate::Pressure {
                self.0.block().unwrap_or_else(|at_hand| at_hand)
            }
        }

        impl<T> core::future::Future for Until<'_, T> {
            type Output = $crate::Pressure;

            fn poll(
                mut self: core::pin::Pin<&mut Self>,
                cx: &mut core::task::Context<'_>,
            ) -> core::task::Poll<$crate::Pressure> {
                self.0.poll(cx).map(|level| level.unwrap_or_else(|at_hand| at_hand))
            }
        }

        impl<T> core::fmt::Debug for Until<'_, T> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct("Until").finish_non_exhaustive()
            }
        }

        #[doc = concat!(
            "The levels of a ", $what, ": first the one that is there at the first poll, then each change."
        )]
        ///
        #[doc = concat!("Made by ", $changes, ".")]
        /// What changes and changes back between two polls is not seen: an item is always another
        /// one than the last, and what is there when all is quiet has been seen.
        #[doc = concat!("When the ", $what, " is ", $ends, " the stream ends.")]
        ///
        #[doc = $keeps]
        ///
        /// # Cancel safety
        /// A `next()` that is dropped loses no change.
        #[must_use = "streams do nothing unless polled"]
        pub struct PressureChanges<T> {
            watched: $crate::sync::Arc<$watched<T>>,
            changes: $crate::pressure::Changes,
        }

        impl<T> PressureChanges<T> {
            $visible fn new(watched: &$crate::sync::Arc<$watched<T>>) -> Self {
                Self { watched: $crate::sync::Arc::clone(watched), changes: Default::default() }
            }
        }

        impl<T> futures_core::stream::Stream for PressureChanges<T> {
            type Item = $crate::Pressure;

            fn poll_next(
                mut self: core::pin::Pin<&mut Self>,
                cx: &mut core::task::Context<'_>,
            ) -> core::task::Poll<Option<$crate::Pressure>> {
                let Self { watched, changes } = &mut *self;
                changes.poll_next(&**watched, cx)
            }
        }

        impl<T> futures_core::stream::FusedStream for PressureChanges<T> {
            fn is_terminated(&self) -> bool {
                self.changes.is_over()
            }
        }

        impl<T> Drop for PressureChanges<T> {
            fn drop(&mut self) {
                self.changes.leave(&*self.watched);
            }
        }

        impl<T> core::fmt::Debug for PressureChanges<T> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct("PressureChanges").finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use level_futures;
