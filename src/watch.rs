//! Looking at a channel from outside: its figures, its level, and waiting for a level.

use crate::channel::Channel;
use crate::pressure::{Changes, Pressure, Watched as _, Watching};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stats::Stats;
use crate::sync::Arc;
use crate::wait::Wait;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::stream::{FusedStream, Stream};

macro_rules! watch {
    ($handle:ident) => {
        impl<T> $handle<T> {
            /// What is inside, what went through, and who is there. [`Stats`] says how far it is consistent.
            ///
            /// ```
            /// let (sender, receiver) = forebay::bounded(2);
            /// sender.try_send(1).unwrap();
            /// sender.try_send(2).unwrap();
            /// assert_eq!(receiver.try_recv(), Ok(1));
            /// let stats = sender.stats();
            /// assert_eq!((stats.sent, stats.received, stats.len), (2, 1, 1));
            /// assert_eq!(stats, receiver.stats());
            /// ```
            pub fn stats(&self) -> Stats {
                self.channel.stats()
            }

            /// The level by the [`watermarks`](crate::Builder::watermarks); [`Low`](Pressure::Low) in a channel without them.
            ///
            /// ```
            /// use forebay::{Builder, Pressure};
            ///
            /// let (sender, receiver) = Builder::new().capacity(4).watermarks(1, 2).build()?;
            /// for number in 0..3 {
            ///     assert_eq!(sender.pressure(), Pressure::Low);
            ///     sender.try_send(number).unwrap();
            /// }
            /// assert_eq!(sender.pressure(), Pressure::High);
            /// while receiver.pressure() == Pressure::High {
            ///     receiver.try_recv().unwrap();
            /// }
            /// assert!(receiver.is_empty());
            /// # Ok::<(), forebay::BuildError>(())
            /// ```
            pub fn pressure(&self) -> Pressure {
                self.channel.pressure()
            }

            /// Waits until the level is `level`: at once if it is. Gives that level, or the one at hand if the channel is closed, or gets
            /// closed while this waits.
            ///
            /// Any number of tasks may wait. All of them are woken by each change of the level, and by nothing else. One that
            /// comes too late, when the level has changed back already, goes on waiting.
            ///
            /// # Cancel safety
            /// Dropping the future has no effect.
            ///
            /// ```
            /// # futures_lite::future::block_on(async {
            /// use forebay::{Builder, Pressure};
            /// use futures_lite::future;
            ///
            /// let (sender, receiver) = Builder::new().capacity(10).watermarks(3, 7).build().unwrap();
            /// let producer = async {
            ///     for number in 0..100 {
            ///         if sender.pressure() == Pressure::High {
            ///             sender.until(Pressure::Low).await;
            ///         }
            ///         sender.try_send(number).unwrap(); // never full
            ///     }
            ///     sender.close();
            /// };
            /// let consumer = async {
            ///     while receiver.recv().await.is_ok() {}
            /// };
            /// future::zip(producer, consumer).await;
            /// # });
            /// ```
            pub fn until(&self, level: Pressure) -> Until<'_, T> {
                Until(Wait::new(Watching { watched: &self.channel, level }))
            }

            /// As [`until`](Self::until), on a thread, which sleeps.
            ///
            /// Don't call it in async code: it blocks the executor.
            #[cfg(all(feature = "std", not(target_family = "wasm")))]
            pub fn until_blocking(&self, level: Pressure) -> Pressure {
                self.until(level).0.block().unwrap_or_else(|at_hand| at_hand)
            }

            /// The level, and each change of it, as a stream that does not keep the channel open.
            ///
            /// ```
            /// # futures_lite::future::block_on(async {
            /// use forebay::{Builder, Pressure};
            /// use futures_lite::StreamExt;
            ///
            /// let (sender, receiver) = Builder::new().watermarks(1, 2).build().unwrap();
            /// let mut changes = receiver.pressure_changes();
            /// assert_eq!(changes.next().await, Some(Pressure::Low));
            /// for number in 0..3 {
            ///     sender.send(number).await.unwrap();
            /// }
            /// assert_eq!(changes.next().await, Some(Pressure::High));
            /// drop(sender);
            /// assert_eq!(changes.next().await, None);
            /// # });
            /// ```
            pub fn pressure_changes(&self) -> PressureChanges<T> {
                PressureChanges { channel: Arc::clone(&self.channel), changes: Changes::default() }
            }
        }
    };
}

watch!(Sender);
watch!(Receiver);

/// Waits until the channel has some level.
///
/// Made by `until` of [`Sender`](Sender::until) and [`Receiver`](Receiver::until).
///
/// # Cancel safety
/// Dropping the future has no effect on anybody.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Until<'a, T>(Wait<Watching<'a, Channel<T>>>);

impl<T> Future for Until<'_, T> {
    type Output = Pressure;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Pressure> {
        self.0.poll(cx).map(|level| level.unwrap_or_else(|at_hand| at_hand))
    }
}

impl<T> fmt::Debug for Until<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Until").finish_non_exhaustive()
    }
}

/// The levels of a channel: first the one that is there at the first poll, then each change.
///
/// Made by `pressure_changes` of [`Sender`](Sender::pressure_changes) and [`Receiver`](Receiver::pressure_changes). What
/// changes and changes back between two polls is not seen: an item is always another one than the last, and what is there
/// when all is quiet has been seen. When the channel is closed the stream ends.
///
/// It is no handle: it keeps neither side open, only memory.
///
/// # Cancel safety
/// A `next()` that is dropped loses no change.
#[must_use = "streams do nothing unless polled"]
pub struct PressureChanges<T> {
    channel: Arc<Channel<T>>,
    changes: Changes,
}

impl<T> Stream for PressureChanges<T> {
    type Item = Pressure;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Pressure>> {
        let Self { channel, changes } = &mut *self;
        changes.poll_next(&**channel, cx)
    }
}

impl<T> FusedStream for PressureChanges<T> {
    fn is_terminated(&self) -> bool {
        self.changes.is_over()
    }
}

impl<T> Drop for PressureChanges<T> {
    fn drop(&mut self) {
        self.changes.leave(&*self.channel);
    }
}

impl<T> fmt::Debug for PressureChanges<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PressureChanges").finish_non_exhaustive()
    }
}
