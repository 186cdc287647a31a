//! How channels are made.

use crate::buffer::{Buffer, Marks};
use crate::channel::Channel;
use crate::error::BuildError;
use crate::overflow::Overflow;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::sync::Arc;
use crate::watch::Watch;
use alloc::boxed::Box;
use core::fmt;

/// A channel that holds at most `capacity` messages.
///
/// The memory for all of them is allocated here: a message and one word for each. With `std`, from
/// 128 KiB on, its pages are untouched until messages come into them: it costs what is used of it.
///
/// # Panics
/// If `capacity` is zero, or so large that words cannot represent or memory cannot hold it: see
/// [`BuildError::CapacityOverflow`].
///
/// ```
/// let (sender, receiver) = forebay::bounded(1);
/// sender.try_send("hello").unwrap();
/// assert!(sender.is_full());
/// assert_eq!(receiver.try_recv(), Ok("hello"));
/// ```
#[must_use]
#[track_caller]
#[doc(alias("channel", "sync_channel", "mpmc", "mpsc"))]
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    built(Builder::new().capacity(capacity))
}

/// A channel that holds any number of messages.
///
/// Nothing slows its senders down: use it only where something else bounds what is inside.
///
/// Memory is allocated in blocks, the first one with the first message: of 4 KiB and 63 messages at
/// most, or of one message that is larger (a loop over such messages gives way twice as often as
/// [`recv`](Receiver::recv) says). An empty channel keeps two of them at most, and a steady
/// flow allocates nothing. [`send`](Sender::send) never waits for a receiver,
/// [`force_send`](Sender::force_send) displaces nothing.
///
/// ```
/// let (sender, receiver) = forebay::unbounded();
/// for number in 0..100 {
///     sender.try_send(number).unwrap();
/// }
/// assert_eq!(sender.capacity(), None);
/// assert_eq!(receiver.len(), 100);
/// assert_eq!(receiver.try_recv(), Ok(0));
/// ```
#[must_use]
#[doc(alias = "unbounded_channel")]
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    built(Builder::new())
}

#[track_caller]
fn built<T>(builder: Builder) -> (Sender<T>, Receiver<T>) {
    // No closure: it would be the line that panics.
    match builder.build() {
        Ok(channel) => channel,
        Err(error) => refuse(error),
    }
}

/// # Panics
/// Always, with the texts that a capacity out of range has everywhere.
#[track_caller]
pub(crate) fn refuse(error: BuildError) -> ! {
    match error {
        BuildError::CapacityOverflow(_) => panic!("capacity overflow"),
        error => panic!("{error}"),
    }
}

/// Makes channels with more to them than a capacity: see [`bounded`] and [`unbounded`] for the
/// others.
///
/// Nothing is checked before [`build`](Self::build), and one builder can make any number of
/// channels.
///
/// ```
/// use forebay::{Builder, Overflow};
///
/// let (sender, receiver) = Builder::new()
///     .capacity(100)
///     .watermarks(20, 80)
///     .overflow(Overflow::DropOldest)
///     .tracking()
///     .build()?;
/// sender.try_send("hello").unwrap();
/// assert_eq!(receiver.stats().deepest, Some(1));
/// # Ok::<(), forebay::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "`build` makes the channel"]
pub struct Builder {
    capacity: Option<usize>,
    options: Options,
}

impl Builder {
    /// A channel without limit, marks or tracking.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many messages inside, as in [`bounded`].
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = Some(capacity);
        self
    }

    /// Bounds the channel by what its messages weigh together, in place of their number: bytes in
    /// flight, for instance.
    ///
    /// A send waits until its message fits in. The sum is exact at every moment, and is never more
    /// than `limit`. A message that is heavier than that counts as `limit`: it passes alone, and is
    /// never refused for its weight. One without weight counts as 1.
    ///
    /// Watermarks, [`Stats::deepest`](crate::Stats::deepest) and [`is_full`](Sender::is_full) go by
    /// the weight, `len` and `capacity` by the messages. `weigh` is asked whenever room is looked
    /// for, and should be fast. What it says of a message that goes in counts until that comes out,
    /// also if it would say something else by then.
    ///
    /// # Fairness
    /// Room is gathered for the first that waits: until there is so much, lighter messages don't
    /// pass it. From then on it is free to all until it is taken, as with [`send`](Sender::send).
    /// So on an executor that runs its tasks in the order in which they were woken, others are
    /// served at most 4 x `limit` x (waiting sends) times after a `send` was first woken, whatever
    /// they weigh.
    ///
    /// # Panics
    /// What sends panics if `weigh` does. Then nothing was sent: the message is in the future
    /// still, or dropped where the call owned it. What receives does not weigh.
    ///
    /// # Limits
    /// Nothing can be [reserved](Sender::reserve), and nothing is displaced, by `force_send` or by
    /// [`DropOldest`](crate::Overflow::DropOldest): the oldest message need not be heavy enough.
    ///
    /// ```
    /// use forebay::Builder;
    ///
    /// let builder = Builder::new().watermarks(300, 800);
    /// let (sender, receiver) = builder.weight(1000, |bytes: &Vec<u8>| bytes.len()).build()?;
    /// sender.try_send(vec![0; 600]).unwrap();
    /// assert!(sender.try_send(vec![0; 500]).unwrap_err().is_full());
    /// sender.try_send(vec![0; 400]).unwrap();
    /// assert_eq!((sender.len(), sender.stats().weight), (2, Some(1000)));
    /// # Ok::<(), forebay::BuildError>(())
    /// ```
    pub fn weight<T>(self, limit: usize, weigh: fn(&T) -> usize) -> WeightBuilder<T> {
        WeightBuilder { builder: self, limit, weigh }
    }

    /// Makes the channel.
    ///
    /// # Errors
    /// [`BuildError`] if the capacity is zero or too large, or the marks don't go together with
    /// each other or with the capacity.
    ///
    /// ```
    /// use forebay::{BuildError, Builder};
    ///
    /// let error = Builder::new().capacity(10).watermarks(3, 11).build::<u8>().unwrap_err();
    /// assert_eq!(error, BuildError::HighAboveCapacity { high: 11, capacity: 10 });
    /// assert_eq!(error.to_string(), "the high mark 11 is above the capacity 10");
    /// ```
    pub fn build<T>(self) -> Result<(Sender<T>, Receiver<T>), BuildError> {
        Ok(handles(build_channel(self.capacity, self.options)?))
    }
}

option_methods! {
    Builder, "channel", "messages", "a message", "are inside", "Sender",
    /// In a bounded channel a [`try_send`](Sender::try_send) and its
    /// [`try_recv`](Receiver::try_recv) take two to three times as many instructions while the
    /// level stays Low; where three messages go up to High and down again, both changes told, four
    /// to five times as many. A channel without marks or tracking does not look.
    ;
    /// Counts what the positions do not tell: the deepest length, and refused and displaced
    /// messages, for [`stats`](Sender::stats).
    ;
    /// [`Sender::offer`] says what became of each message, and [`Overflow`] what `send` and
    /// `try_send` do.
}

fn handles<T>(channel: Channel<T>) -> (Sender<T>, Receiver<T>) {
    let channel = Arc::new(channel);
    (Sender { channel: Arc::clone(&channel) }, Receiver::new(channel))
}

/// Makes channels that are bounded by the weight of their messages.
///
/// Made by [`Builder::weight`].
#[must_use = "`build` makes the channel"]
pub struct WeightBuilder<T> {
    builder: Builder,
    limit: usize,
    weigh: fn(&T) -> usize,
}

impl<T> WeightBuilder<T> {
    /// Makes the channel.
    ///
    /// # Errors
    /// As [`Builder::build`], with the limit in place of the capacity; and [`BuildError::Weight`]
    /// if there is a capacity too, or the policy is to drop the oldest.
    pub fn build(self) -> Result<(Sender<T>, Receiver<T>), BuildError> {
        let Self { builder: Builder { capacity, options }, limit, weigh } = self;
        if capacity.is_some() || options.overflow == Overflow::DropOldest {
            return Err(BuildError::Weight);
        }
        options.check(Some(limit))?;
        let buffer = Buffer::weighted(limit, weigh).ok_or(BuildError::CapacityOverflow(limit))?;
        Ok(handles(Channel::new(buffer, options.overflow, options.watch())))
    }
}

impl<T> Clone for WeightBuilder<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for WeightBuilder<T> {}

impl<T> fmt::Debug for WeightBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeightBuilder").field("limit", &self.limit).finish_non_exhaustive()
    }
}

pub(crate) fn build_channel<T>(
    capacity: Option<usize>,
    options: Options,
) -> Result<Channel<T>, BuildError> {
    options.check(capacity)?;
    let watch = options.watch();
    let watched = watch.is_some();
    let buffer = match capacity {
        Some(capacity) => {
            Buffer::bounded(capacity, watched).ok_or(BuildError::CapacityOverflow(capacity))?
        }
        None => Buffer::unbounded(watched),
    };
    Ok(Channel::new(buffer, options.overflow, watch))
}

/// The methods of a builder that choose [`Options`].
///
/// The texts: what it makes, what that holds, one of them, where they are, and the handle that
/// tells. Then the price of being watched, and what else there is to say on the policy.
macro_rules! option_methods {
    (
        $builder:ident, $what:literal, $messages:literal, $message:literal, $inside:literal, $handle:literal,
        $(#[$price:meta])*;
        $(#[$tracking:meta])*;
        $(#[$policy:meta])*
    ) => {
        impl $builder {
            #[doc = concat!("Makes the ", $what, " tell when it fills and when it has drained: its")]
            #[doc = concat!("[`pressure`](", $handle, "::pressure) is [`High`](crate::Pressure::High) once more than")]
            #[doc = concat!("`high` ", $messages, " ", $inside, ", [`Low`](crate::Pressure::Low) once fewer than `low`")]
            /// do, unchanged between, and `Low` at the start.
            ///
            /// With `high` equal to the capacity it never gets `High`.
            ///
            /// # Price
            $(#[$price])*
            #[doc(alias("hysteresis", "backpressure"))]
            pub fn watermarks(mut self, low: usize, high: usize) -> Self {
                self.options.marks = Some($crate::buffer::Marks { low, high });
                self
            }

            $(#[$tracking])*
            pub fn tracking(mut self) -> Self {
                self.options.tracking = true;
                self
            }

            #[doc = concat!("What to do with ", $message, " for which there is no room.")]
            ///
            $(#[$policy])*
            pub fn overflow(mut self, overflow: $crate::Overflow) -> Self {
                self.options.overflow = overflow;
                self
            }
        }
    };
}
pub(crate) use option_methods;

/// What can be chosen beside the size, for a channel or a queue.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) marks: Option<Marks>,
    pub(crate) tracking: bool,
    pub(crate) overflow: Overflow,
}

impl Options {
    /// What keeps the marks and the counters, if there are any.
    fn watch(self) -> Option<Box<Watch>> {
        let Self { marks, tracking, .. } = self;
        (marks.is_some() || tracking).then(|| Box::new(Watch::new(marks, tracking)))
    }

    /// Whether the options go together, also with this capacity.
    pub(crate) fn check(self, capacity: Option<usize>) -> Result<(), BuildError> {
        match capacity {
            Some(0) => return Err(BuildError::ZeroCapacity),
            // Also where the items lie in no ring: what words can represent does not depend on the
            // order.
            Some(capacity) if capacity > Buffer::<()>::MAX_CAPACITY => {
                return Err(BuildError::CapacityOverflow(capacity));
            }
            _ => {}
        }
        let Some(Marks { low, high }) = self.marks else {
            return Ok(());
        };
        if low >= high {
            return Err(BuildError::LowNotBelowHigh { low, high });
        }
        if low == 0 {
            return Err(BuildError::ZeroLow);
        }
        match capacity {
            Some(capacity) if high > capacity => {
                Err(BuildError::HighAboveCapacity { high, capacity })
            }
            _ => Ok(()),
        }
    }
}
