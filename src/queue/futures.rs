//! The futures of a queue: each is the crate's wait loop with an attempt of its own.

use super::error::{GetError, PutError};
use super::job::Job;
use super::shared::Shared;
use super::store::{Origin, Seen, Side};
use super::unfinished::{Joining, Unfinished};
use crate::gate::Gate;
use crate::patience::Patient;
use crate::pressure::Watched;
use crate::sync::Arc;
use crate::wait::{Attempt, Outcome, Wait};
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

macro_rules! future {
    ($name:literal, $future:ident<$($generic:tt),*> -> $output:ty) => {
        impl<$($generic),*> Future for $future<$($generic),*> {
            type Output = $output;

            #[inline]
            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
                self.0.poll(cx)
            }
        }

        impl<$($generic),*> fmt::Debug for $future<$($generic),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct($name).finish_non_exhaustive()
            }
        }

        impl<$($generic),*> $future<$($generic),*> {
            #[cfg(all(feature = "std", not(target_family = "wasm")))]
            pub(super) fn block(self) -> $output {
                self.0.block()
            }
        }
    };
}
pub(super) use future;

/// An attempt to put the item in hand.
#[derive(Debug)]
pub(super) struct Putting<'a, T> {
    pub(super) shared: &'a Shared<T>,
    pub(super) item: Option<T>,
}

impl<T> Attempt for Putting<'_, T> {
    type Output = Result<(), PutError<T>>;
    type Seen = Seen;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        assert!(self.item.is_some(), "`Put` polled after completion");
        let Self { shared, item } = self;
        let put = shared.put(item, Origin::New, &mut shared.nothing_displaced());
        put.map(|put| put.map_err(|_| PutError(item.take().expect("what is not put stays"))))
    }

    #[inline]
    fn attempt_fast(&mut self) -> Option<Self::Output> {
        if !self.shared.storage.has_fast_path() {
            return None;
        }
        match self.shared.put_fast(self.item.take()?, Origin::New, true) {
            Ok(()) => Some(Ok(())),
            Err(item) => {
                self.item = Some(item);
                None
            }
        }
    }

    fn gate(&self) -> &Gate {
        self.shared.store().gate(Side::Vacancies)
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.shared.store().patience(Side::Vacancies)
    }

    fn gives_way(&self) -> bool {
        self.shared.store().gives_way(Side::Vacancies)
    }

    fn begin_turn(&self, overtakes: bool) {
        self.shared.store().begin_turn(Side::Vacancies, overtakes);
    }

    fn raise(&self, seen: Seen) -> bool {
        self.shared.store().raise(Side::Vacancies, seen)
    }

    fn hand_on(&self) {
        self.shared.store().hand_on(Side::Vacancies);
    }
}

/// An attempt to get a job.
#[derive(Debug)]
pub(super) struct Getting<'a, T> {
    pub(super) shared: &'a Arc<Shared<T>>,
    pub(super) side: Side,
}

impl<'a, T> Attempt for Getting<'a, T> {
    type Output = Result<Job<'a, T>, GetError>;
    type Seen = Seen;

    #[inline]
    fn attempt(&mut self) -> Outcome<Self::Output, Seen> {
        Job::get(self.shared)
    }

    #[inline]
    fn attempt_fast(&mut self) -> Option<Self::Output> {
        Job::get_fast(self.shared, true).map(Ok)
    }

    fn gate(&self) -> &Gate {
        self.shared.store().gate(self.side)
    }

    fn is_crowded(&self) -> bool {
        // Who waits to get goes before a stream.
        self.shared.store().gate(Side::Arrivals).is_crowded() || self.gate().is_crowded()
    }

    fn patience(&self) -> Option<Patient<'_>> {
        self.shared.store().patience(self.side)
    }

    fn gives_way(&self) -> bool {
        self.shared.store().gives_way(self.side)
    }

    fn begin_turn(&self, overtakes: bool) {
        self.shared.store().begin_turn(self.side, overtakes);
    }

    fn raise(&self, seen: Seen) -> bool {
        self.shared.store().raise(self.side, seen)
    }

    fn hand_on(&self) {
        self.shared.store().hand_on(self.side);
    }
}

/// Puts an item, and waits for room first while the queue is full.
///
/// Made by [`Queue::put`](crate::queue::Queue::put).
///
/// # Panics
/// When polled after completion.
///
/// # Cancel safety
/// Dropping the future before it is complete means: not put, and not counted. The item is dropped
/// with it, unless [`into_inner`](Self::into_inner) takes it back out.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Put<'a, T>(Wait<Putting<'a, T>>);

impl<'a, T> Put<'a, T> {
    pub(super) fn new(shared: &'a Shared<T>, item: T) -> Self {
        Self(Wait::new(Putting { shared, item: Some(item) }))
    }

    /// Gives up, and gives back the item if it was not put.
    ///
    /// `None` after the future is complete: the item was put, or returned in the error.
    pub fn into_inner(mut self) -> Option<T> {
        self.0.attempt.item.take()
    }
}

// The item is moved out of the future, never pinned in it.
impl<T> Unpin for Put<'_, T> {}
future!("Put", Put<'a, T> -> Result<(), PutError<T>>);

/// Gets a job, and waits for one first while the queue is empty.
///
/// Made by [`Queue::get`](crate::queue::Queue::get).
///
/// # Cancel safety
/// Dropping the future loses no item: it takes one out only in the poll that returns it. If it had
/// been woken for one, another is woken in its place. Its place in the line is lost: see
/// the fairness of [`get`](crate::queue::Queue::get).
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Get<'a, T>(Wait<Getting<'a, T>>);

impl<'a, T> Get<'a, T> {
    pub(super) fn new(shared: &'a Arc<Shared<T>>) -> Self {
        Self(Wait::new(Getting { shared, side: Side::Arrivals }))
    }
}

future!("Get", Get<'a, T> -> Result<Job<'a, T>, GetError>);

/// Waits until everything that was put is done.
///
/// Made by [`Queue::join`](crate::queue::Queue::join).
///
/// # Cancel safety
/// Dropping the future has no effect.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Join<'a>(Wait<Joining<'a>>);

impl<'a> Join<'a> {
    pub(super) fn new(unfinished: &'a Unfinished) -> Self {
        Self(Wait::new(Joining::new(unfinished)))
    }
}

future!("Join", Join<'a> -> ());

/// An attempt to find the queue shut down.
#[derive(Debug)]
pub(super) struct Closing<'a, T> {
    shared: &'a Shared<T>,
}

impl<T> Attempt for Closing<'_, T> {
    type Output = ();
    type Seen = ();

    fn attempt(&mut self) -> Outcome<(), ()> {
        if self.shared.store().is_shut_down() { Outcome::Done(()) } else { Outcome::Blocked(()) }
    }

    // A shutdown wakes those who wait for a level too, whether there are any levels or not.
    fn gate(&self) -> &Gate {
        self.shared.levels()
    }

    fn raise(&self, (): ()) -> bool {
        true
    }

    fn hand_on(&self) {}
}

/// Waits until the queue is shut down.
///
/// Made by [`Queue::closed`](crate::queue::Queue::closed).
///
/// # Cancel safety
/// Dropping the future has no effect on other waiters.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Closed<'a, T>(Wait<Closing<'a, T>>);

impl<'a, T> Closed<'a, T> {
    pub(super) fn new(shared: &'a Shared<T>) -> Self {
        Self(Wait::new(Closing { shared }))
    }
}

future!("Closed", Closed<'a, T> -> ());

/// Waits for one of two futures, whichever is ready first, and drops both.
pub(super) async fn first_of(one: impl Future, other: impl Future) {
    let mut one = core::pin::pin!(one);
    let mut other = core::pin::pin!(other);
    core::future::poll_fn(|cx| {
        if one.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        other.as_mut().poll(cx).map(drop)
    })
    .await;
}
