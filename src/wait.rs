//! The one wait loop, polled by tasks and run by threads.
//!
//! A wait is an [`Attempt`] that is made again and again, and a [`Stage`] that lasts between the
//! attempts. To fall asleep it
//! 1. takes a place at the gate,
//! 2. raises the flag on the very word with which the attempt found itself blocked; where that word
//!    does not change with everything that matters, it makes the attempt again first,
//! 3. sleeps: what comes later sees the flag, and then the place.
//!
//! If the word has changed meanwhile, it makes the attempt again: what came before the place was
//! taken is seen there.
//!
//! # Order
//! Who waits has a place, and the gate wakes by age. Who was woken and finds that another was
//! faster takes its old place again. So nothing here may delay the place of who is blocked, nor be
//! quicker than those who have one: a wait that begins spins, or yields first, only where no other
//! one of its side waits.
//!
//! # Notifications are owed
//! A notification says "one of you can go on", so a waiter that receives it must pass it on unless
//! it went on itself. It is settled by an attempt that succeeds, or by one that finds its side
//! empty (full) by the positions: then another one has gone on. Finding it busy settles nothing. A
//! wait that ends without settling hands on.
//!
//! # No waiter sleeps unannounced
//! [`Asleep`](Stage::Asleep) is `Pending` with a place that was taken before the flag was seen up.
//! In every other stage a wait that is pending has woken its task itself.

mod attempt;

pub(crate) use self::attempt::{Attempt, Outcome};
use crate::gate::{Gate, Ticket};
use crate::patience::{Advice, Patient};
use crate::sync::{Backoff, HEURISTICS, pause};
use core::mem;
use core::task::{Context, Poll, Waker};

/// How far a wait has got. Where a poll leads it:
///
/// | from | succeeds | blocked | busy | dropped |
/// |---|---|---|---|---|
/// | `Awake` | done | takes a place: `Asleep` | `Awake`, woken by itself | |
/// | `Awake`, and yields first | | `Yielded`, woken by itself | | |
/// | `Awake`, its turn is over | `Yielded`, woken by itself | | | |
/// | `Yielded` | done | takes a place by its age: `Asleep` | `Yielded`, woken by itself | |
/// | `Entered` | done, leaves the place | raises: `Asleep` | `Entered`, woken by itself | leaves |
/// | `Asleep`, not woken | done, leaves the place | `Asleep` | `Asleep` | leaves |
/// | `Notified`, or woken | done | its old place: `Asleep` | `Notified`, woken by itself | hands on |
///
/// Who leaves a place to which a notification has come hands it on.
#[derive(Debug, Default)]
pub(crate) enum Stage {
    /// Has no place.
    #[default]
    Awake,
    /// Has no place, and has given the executor a turn, which costs it nothing: it has an age.
    Yielded(Ticket),
    /// At the gate, but not announced yet.
    Entered(Ticket),
    /// At the gate, and announced: the flag was up after the place was taken.
    Asleep(Ticket),
    /// Notified, and the notification is neither used nor settled.
    Notified(Ticket),
}

impl Stage {
    /// Learns of a notification, or leaves the waker at the gate.
    #[inline]
    fn look(&mut self, gate: &Gate, waker: &Waker) {
        if let Self::Entered(ticket) | Self::Asleep(ticket) = self {
            if gate.notified(ticket, waker) {
                if let Self::Entered(ticket) | Self::Asleep(ticket) = mem::take(self) {
                    *self = Self::Notified(ticket);
                }
            }
        }
    }

    /// What to do before it sleeps.
    #[inline]
    fn advice(&self, is_crowded: bool, patience: Option<Patient<'_>>) -> Advice {
        if is_crowded && !matches!(self, Self::Notified(_)) {
            return Advice::Sleep;
        }
        match patience.map_or(Advice::Sleep, Patient::advice) {
            Advice::Yield if !matches!(self, Self::Awake) => Advice::Sleep,
            advice => advice,
        }
    }

    /// Whether it yields before it takes a place.
    #[inline]
    fn yields_first(&mut self, gate: &Gate) -> bool {
        gate.yield_first().map(|ticket| *self = Self::Yielded(ticket)).is_some()
    }

    /// What it waited for was there.
    #[inline]
    fn paid(&self, patience: Option<Patient<'_>>) {
        if let (Self::Yielded(ticket), Some(patience)) = (self, patience) {
            if ticket.yielded_first() {
                patience.yield_paid();
            }
        }
    }
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
        match self.block_until(None) {
            Some(output) => output,
            None => unreachable!("there is no deadline"),
        }
    }

    /// Makes the attempt until it succeeds, and sleeps the thread in between; `None` if it was
    /// still blocked after the deadline.
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub(crate) fn block_until(
        &mut self,
        deadline: Option<std::time::Instant>,
    ) -> Option<A::Output> {
        if let Some(output) = fast(&mut self.attempt) {
            return Some(output);
        }
        // A thread gives no turn: one that is over begins anew.
        if HEURISTICS {
            self.attempt.gives_way();
        }
        crate::sync::with_parker(|parker| {
            loop {
                // Before the attempt: one is made after the deadline.
                let late = deadline.is_some_and(|deadline| deadline <= std::time::Instant::now());
                match step(&mut self.attempt, &mut self.stage, &parker.waker) {
                    Step::Done(output) => return Some(output),
                    // Others are in the middle of a few instructions.
                    Step::Busy => crate::sync::yield_now(),
                    Step::Asleep if late => return None,
                    Step::Asleep => parker.park(deadline),
                }
            }
        })
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
    /// Another attempt, after others have had a turn.
    Busy,
    /// The waker will be woken.
    Asleep,
}

/// Makes the attempt, or registers the task to be woken when the next one makes sense.
#[inline]
pub(crate) fn poll<A: Attempt>(
    attempt: &mut A,
    stage: &mut Stage,
    cx: &mut Context<'_>,
) -> Poll<A::Output> {
    if let Stage::Awake = stage {
        // Most polls are the first of their wait and succeed: nothing is to be settled then.
        if let Some(output) = fast(attempt) {
            return Poll::Ready(output);
        }
    }
    poll_slow(attempt, stage, cx.waker())
}

/// The slow path: for a wait that has begun, or must.
#[inline(never)]
fn poll_slow<A: Attempt>(attempt: &mut A, stage: &mut Stage, waker: &Waker) -> Poll<A::Output> {
    let step = if HEURISTICS && matches!(stage, Stage::Awake) && attempt.gives_way() {
        // Others first. Its age makes up for the turn.
        *stage = Stage::Yielded(attempt.gate().draw());
        Step::Busy
    } else {
        step(attempt, stage, waker)
    };
    match step {
        Step::Done(output) => Poll::Ready(output),
        Step::Asleep => Poll::Pending,
        Step::Busy => {
            // [busy] no thread is obliged to wake this task, so it asks for another turn itself.
            waker.wake_by_ref();
            Poll::Pending
        }
    }
}

/// Ends a wait, successful or not: what it owes is handed on.
#[inline]
pub(crate) fn leave<A: Attempt>(attempt: &A, stage: &mut Stage) {
    if !matches!(stage, Stage::Awake) {
        settle(attempt, stage);
    }
}

#[cold]
fn settle<A: Attempt>(attempt: &A, stage: &mut Stage) {
    let owing = match mem::take(stage) {
        Stage::Awake => false,
        Stage::Yielded(ticket) => {
            attempt.gate().settle(ticket);
            false
        }
        // [cancel] a notification that came and was not looked at still belongs to another.
        Stage::Entered(ticket) | Stage::Asleep(ticket) => attempt.gate().leave(ticket),
        Stage::Notified(ticket) => {
            attempt.gate().settle(ticket);
            // [owing] so does one that was taken from the gate and not used.
            true
        }
    };
    if owing {
        attempt.hand_on();
    }
}

fn step<A: Attempt>(attempt: &mut A, stage: &mut Stage, waker: &Waker) -> Step<A::Output> {
    // The notification first: an attempt that succeeds has then used it.
    stage.look(attempt.gate(), waker);
    let yields = match retry_fast(attempt, stage) {
        Ok(output) => return Step::Done(finish(attempt, stage, output)),
        Err(yields) => yields,
    };
    let mut backoff = Backoff::default();
    loop {
        match attempt.attempt() {
            Outcome::Done(output) => return Step::Done(finish(attempt, stage, output)),
            Outcome::Busy => {
                if attempt.has_progressed() {
                    // What led here is used, and the rest waits anew.
                    finish(attempt, stage, ());
                    return Step::Busy;
                }
                if let Stage::Asleep(_) = stage {
                    // The flag was up before that slot was claimed: it will be announced.
                    return Step::Asleep;
                }
                if !backoff.spin() {
                    return Step::Busy;
                }
            }
            Outcome::Blocked(seen) => {
                let entered = match stage {
                    Stage::Asleep(_) => return Step::Asleep,
                    // [recheck] what came before the place was taken has not woken this.
                    Stage::Entered(_) => true,
                    Stage::Awake | Stage::Yielded(_) | Stage::Notified(_) => {
                        if yields && stage.yields_first(attempt.gate()) {
                            return Step::Busy;
                        }
                        enter(attempt, stage, waker);
                        attempt.raises_early(&seen)
                    }
                };
                if entered && attempt.raise(seen) {
                    if let Stage::Entered(ticket) = mem::take(stage) {
                        *stage = Stage::Asleep(ticket);
                    }
                    return Step::Asleep;
                }
            }
        }
    }
}

/// Takes a place at the gate, by age. Who was notified is blocked by one who was faster, which
/// settles the notification.
#[inline]
fn enter<A: Attempt>(attempt: &mut A, stage: &mut Stage, waker: &Waker) {
    // Before the stage changes: it is the user's code.
    let waker = waker.clone();
    let progressed = attempt.has_progressed();
    let gate = attempt.gate();
    *stage = Stage::Entered(match mem::take(stage) {
        Stage::Notified(ticket) if progressed => {
            gate.settle(ticket);
            gate.enter(waker)
        }
        Stage::Yielded(ticket) | Stage::Notified(ticket) => gate.reenter(ticket, waker),
        _ => gate.enter(waker),
    });
}

/// Ends a wait that succeeds.
#[inline]
fn finish<A: Attempt, T>(attempt: &A, stage: &mut Stage, output: T) -> T {
    match mem::take(stage) {
        // The notification that led here is used.
        Stage::Notified(ticket) => {
            // Who is brought on has a turn of its own.
            if HEURISTICS {
                attempt.begin_turn(attempt.gate().woken_overtakes(&ticket));
            }
            attempt.gate().settle(ticket);
        }
        // [recheck-owed] one that has come since was meant for another message.
        other => {
            *stage = other;
            leave(attempt, stage);
        }
    }
    output
}

#[inline]
fn fast<A: Attempt>(attempt: &mut A) -> Option<A::Output> {
    if HEURISTICS { attempt.attempt_fast() } else { None }
}

/// The fast path once more, and then again and again for as long as another processor may need to
/// get here, if that has paid off of late and overtakes no waiter. Without success it tells whether
/// to yield first: the other side may be a task of the same thread, which has nobody to wake then.
fn retry_fast<A: Attempt>(attempt: &mut A, stage: &Stage) -> Result<A::Output, bool> {
    if !HEURISTICS {
        return Err(false);
    }
    match stage {
        Stage::Asleep(_) | Stage::Entered(_) => return Err(false),
        Stage::Yielded(_) | Stage::Notified(_) => {
            if let Some(output) = attempt.attempt_fast() {
                stage.paid(attempt.patience());
                return Ok(output);
            }
        }
        Stage::Awake => {}
    }
    let looks = match stage.advice(attempt.is_crowded(), attempt.patience()) {
        Advice::Sleep => return Err(false),
        Advice::Yield => return Err(true),
        Advice::Spin(looks) => looks,
    };
    for _ in 0..looks {
        pause();
        if let Some(output) = attempt.attempt_fast() {
            if let Some(patience) = attempt.patience() {
                patience.look_paid();
            }
            return Ok(output);
        }
    }
    Err(false)
}
