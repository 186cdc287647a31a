//! The one wait loop, polled by tasks and run by threads.
//!
//! A wait is an [`Attempt`] that is made again and again, and a [`Stage`] that lasts between the attempts. To fall
//! asleep it
//! 1. takes a place at the gate,
//! 2. makes the attempt again: what came before the place was taken is seen here,
//! 3. raises the flag on the very word with which that attempt found itself blocked, or starts again at 2,
//! 4. sleeps: what comes later sees the flag, and then the place.
//!
//! A place costs several times what a turn of the executor costs, so a wait may spin first, or let the others have their
//! turn, and make the attempt once more before it takes a place: see [`Patience`](crate::patience::Patience).
//!
//! # Notifications are owed
//! A notification says "one of you can go on", so whoever receives it must pass it on unless it went on itself. It
//! is settled by an attempt that succeeds, or by one that finds its side empty (full) by the positions: then
//! somebody else has gone on. Finding it busy settles nothing. A wait that ends without settling hands on.

use crate::gate::{Gate, Listener};
use crate::patience::Patient;
use crate::sync::{Backoff, HEURISTICS, pause};
use core::task::{Context, Poll};

/// What one attempt came to.
pub(crate) enum Outcome<T, S> {
    Done(T),
    /// Nothing to do before the gate opens. With what was seen, to raise the flag on.
    Blocked(S),
    /// Another thread is in the middle of a few instructions.
    Busy,
}

impl<T, S> Outcome<T, S> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U, S> {
        match self {
            Self::Done(output) => Outcome::Done(change(output)),
            Self::Blocked(seen) => Outcome::Blocked(seen),
            Self::Busy => Outcome::Busy,
        }
    }
}

/// What is waited for.
pub(crate) trait Attempt {
    type Output;
    type Seen;

    fn attempt(&mut self) -> Outcome<Self::Output, Self::Seen>;

    /// The attempt on the short way: it looks only where success would show, and so leaves the other lines to who is about
    /// to bring it about. `None` tells nothing.
    fn attempt_fast(&mut self) -> Option<Self::Output> {
        None
    }

    /// Where to sleep while the attempt is blocked.
    fn gate(&self) -> &Gate;

    /// What is known here about not going to sleep at once; `None` where that makes no sense.
    fn patience(&self) -> Option<Patient<'_>> {
        None
    }

    /// Asks to be announced; `false` if what was seen is no longer so.
    fn raise(&self, seen: Self::Seen) -> bool;

    /// Gives a notification that was not used to somebody who can use it.
    fn hand_on(&self);
}

/// How far a wait has got.
#[derive(Debug, Default)]
pub(crate) enum Stage {
    /// Not at the gate.
    #[default]
    Awake,
    /// Not at the gate either, and the others have been given a turn.
    Yielding,
    /// At the gate, and announced: the flag was up after the place was taken.
    Asleep(Listener),
    /// Notified, and the notification is neither used nor settled.
    Notified,
}

/// An attempt with its stage: all that a future of this crate consists of.
#[derive(Debug)]
pub(crate) struct Wait<A: Attempt> {
    pub(crate) attempt: A,
    stage: Stage,
}

impl<A: Attempt> Wait<A> {
    pub(crate) fn new(attempt: A) -> Self {
        Self { attempt, stage: Stage::Awake }
    }

    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<A::Output> {
        poll(&mut self.attempt, &mut self.stage, cx)
    }

    /// Makes the attempt until it succeeds, and sleeps the thread in between.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub(crate) fn block(mut self) -> A::Output {
        loop {
            match step(&mut self.attempt, &mut self.stage) {
                Step::Done(output) => return output,
                Step::Busy => crate::sync::yield_now(),
                Step::Asleep { .. } => {
                    if let Stage::Asleep(listener) = core::mem::take(&mut self.stage) {
                        listener.wait();
                        self.stage = Stage::Notified;
                    }
                }
            }
        }
    }
}

/// Makes the attempt until it succeeds or the deadline is over, and sleeps the thread in between. `Err` gives the attempt
/// back: it was made once more at the end.
#[cfg(all(feature = "std", not(target_family = "wasm")))]
pub(crate) fn block_until<A: Attempt>(
    mut attempt: A,
    deadline: std::time::Instant,
) -> Result<A::Output, A> {
    let mut stage = Stage::Awake;
    let mut late = false;
    loop {
        match step(&mut attempt, &mut stage) {
            Step::Done(output) => return Ok(output),
            // Others are at work: that takes no time that counts.
            Step::Busy => crate::sync::yield_now(),
            Step::Asleep { .. } if late => {
                leave(&attempt, &mut stage);
                return Err(attempt);
            }
            Step::Asleep { .. } => {
                if let Stage::Asleep(listener) = core::mem::take(&mut stage) {
                    late = !listener.wait_until(deadline);
                    if !late {
                        stage = Stage::Notified;
                    }
                }
            }
        }
    }
}

impl<A: Attempt> Drop for Wait<A> {
    #[inline]
    fn drop(&mut self) {
        leave(&self.attempt, &mut self.stage);
    }
}

enum Step<T> {
    Done(T),
    /// Another turn, after the others have had theirs.
    Busy,
    /// The stage is `Asleep`, and if `fresh` it was not before.
    Asleep {
        fresh: bool,
    },
}

/// Makes the attempt, or registers the task to be woken when the next one makes sense.
#[inline]
pub(crate) fn poll<A: Attempt>(
    attempt: &mut A,
    stage: &mut Stage,
    cx: &mut Context<'_>,
) -> Poll<A::Output> {
    if let Stage::Awake = stage {
        // Most polls are the first of their wait and succeed: nothing is to be settled then. Those after a turn, which mostly
        // succeed where the first ones don't, are left to the other attempt in `step`: a branch for both is hard to foresee.
        if let Some(output) = fast(attempt) {
            return Poll::Ready(output);
        }
    }
    poll_slow(attempt, stage, cx)
}

/// The way round for a wait that has begun.
#[inline(never)]
fn poll_slow<A: Attempt>(
    attempt: &mut A,
    stage: &mut Stage,
    cx: &mut Context<'_>,
) -> Poll<A::Output> {
    loop {
        // The notification first: an attempt that succeeds has then used it.
        if let Stage::Asleep(listener) = stage {
            if listener.poll(cx).is_ready() {
                *stage = Stage::Notified;
            }
        }
        match step(attempt, stage) {
            Step::Done(output) => return Poll::Ready(output),
            // The listener has to learn the waker.
            Step::Asleep { fresh: true } => {}
            Step::Asleep { fresh: false } => return Poll::Pending,
            Step::Busy => {
                // [busy] nobody is obliged to wake this task, so it asks for another turn itself.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        }
    }
}

/// Ends a wait, successful or not: what it owes is handed on.
#[inline]
pub(crate) fn leave<A: Attempt>(attempt: &A, stage: &mut Stage) {
    if let Stage::Asleep(_) | Stage::Notified = stage {
        settle(attempt, stage);
    }
}

#[cold]
fn settle<A: Attempt>(attempt: &A, stage: &mut Stage) {
    let owing = match core::mem::take(stage) {
        Stage::Awake | Stage::Yielding => false,
        // [cancel] a notification that came and was not looked at is still somebody's.
        Stage::Asleep(listener) => listener.discard(),
        // [owing] so is one that was taken from the gate and not used.
        Stage::Notified => true,
    };
    if owing {
        attempt.hand_on();
    }
}

fn step<A: Attempt>(attempt: &mut A, stage: &mut Stage) -> Step<A::Output> {
    let mut backoff = Backoff::default();
    if let Stage::Yielding | Stage::Notified = stage {
        if let Some(output) = fast(attempt) {
            return Step::Done(finish(attempt, stage, output));
        }
    }
    if !matches!(stage, Stage::Asleep(_)) {
        if let Some(output) = spin(attempt) {
            if let Stage::Yielding = stage {
                *stage = Stage::Awake;
            }
            return Step::Done(finish(attempt, stage, output));
        }
    }
    loop {
        match attempt.attempt() {
            Outcome::Done(output) => return Step::Done(finish(attempt, stage, output)),
            Outcome::Busy => {
                if let Stage::Asleep(_) = stage {
                    // The flag was up before that slot was claimed: it will be announced.
                    return Step::Asleep { fresh: false };
                }
                if !backoff.spin() {
                    return Step::Busy;
                }
            }
            Outcome::Blocked(_) => {
                if let Stage::Asleep(_) = stage {
                    return Step::Asleep { fresh: false };
                }
                *stage = Stage::Awake;
                if gives_turn(attempt) {
                    *stage = Stage::Yielding;
                    return Step::Busy;
                }
                return fall_asleep(attempt, stage);
            }
        }
    }
}

/// Ends a wait that succeeds.
fn finish<A: Attempt>(attempt: &A, stage: &mut Stage, output: A::Output) -> A::Output {
    match stage {
        Stage::Awake | Stage::Asleep(_) => {}
        Stage::Yielding => {
            *stage = Stage::Awake;
            if let Some(patience) = attempt.patience() {
                patience.turn_paid();
            }
        }
        // The notification that led here is used; one that came since was not meant for this message.
        Stage::Notified => *stage = Stage::Awake,
    }
    leave(attempt, stage);
    output
}

/// The short way.
#[inline]
fn fast<A: Attempt>(attempt: &mut A) -> Option<A::Output> {
    if HEURISTICS { attempt.attempt_fast() } else { None }
}

/// Looks again and again for as long as another processor may need to get here, if that has paid off of late.
fn spin<A: Attempt>(attempt: &mut A) -> Option<A::Output> {
    if !HEURISTICS {
        return None;
    }
    for _ in 0..attempt.patience()?.looks() {
        pause();
        if let Some(output) = attempt.attempt_fast() {
            if let Some(patience) = attempt.patience() {
                patience.look_paid();
            }
            return Some(output);
        }
    }
    None
}

fn gives_turn<A: Attempt>(attempt: &A) -> bool {
    HEURISTICS && attempt.patience().is_some_and(Patient::gives_turn)
}

#[cold]
fn fall_asleep<A: Attempt>(attempt: &mut A, stage: &mut Stage) -> Step<A::Output> {
    let mut backoff = Backoff::default();
    let listener = attempt.gate().listen();
    loop {
        // [recheck] whatever came before the place was taken has woken nobody here.
        match attempt.attempt() {
            Outcome::Done(output) => {
                // [recheck-owed] and what it brought may have been meant for another sleeper.
                if listener.discard() {
                    attempt.hand_on();
                }
                return Step::Done(output);
            }
            Outcome::Blocked(seen) => {
                if attempt.raise(seen) {
                    *stage = Stage::Asleep(listener);
                    return Step::Asleep { fresh: true };
                }
            }
            Outcome::Busy => {
                if !backoff.spin() {
                    if listener.discard() {
                        *stage = Stage::Notified;
                    }
                    return Step::Busy;
                }
            }
        }
    }
}
