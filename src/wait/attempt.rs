//! What a wait tries to do.

use crate::gate::Gate;
use crate::patience::Patient;

/// What one attempt came to.
pub(crate) enum Outcome<T, S> {
    Done(T),
    /// Nothing to do before the gate opens. With what was seen, to raise the flag on.
    Blocked(S),
    /// Another thread is in the middle of a few instructions. Or a part of the work is done, and
    /// others get a turn before the rest.
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

    /// The attempt on the fast path: it looks only where success would show, and so leaves the
    /// other cache lines to who is about to bring it about. `None` tells nothing.
    fn attempt_fast(&mut self) -> Option<Self::Output> {
        None
    }

    /// Where to sleep while the attempt is blocked.
    fn gate(&self) -> &Gate;

    /// Whether others of its side wait who are served before a newcomer, as far as that is known.
    fn is_crowded(&self) -> bool {
        self.gate().is_crowded()
    }

    /// What is known here about spinning and yielding before going to sleep; `None` where that makes
    /// no sense.
    fn patience(&self) -> Option<Patient<'_>> {
        None
    }

    /// Whether the executor gets its turn before an attempt that would succeed. The next turn
    /// begins then.
    fn gives_way(&self) -> bool {
        false
    }

    /// Who has waited begins its turn, and `overtakes` another one or not.
    fn begin_turn(&self, overtakes: bool) {
        let _ = overtakes;
    }

    /// Whether it has done a part of its work since this was last asked. Then it waits anew.
    fn has_progressed(&mut self) -> bool {
        false
    }

    /// Asks to be announced; `false` if what was seen is no longer so.
    fn raise(&self, seen: Self::Seen) -> bool;

    /// Whether [`raise`](Self::raise) may be asked about what was seen before the place was taken:
    /// whatever unblocks the attempt changes the word that is raised, or shows here. Asked when the
    /// place is taken.
    fn raises_early(&self, seen: &Self::Seen) -> bool {
        let _ = seen;
        false
    }

    /// Gives a notification that was not used to another one who can use it.
    fn hand_on(&self);
}
