//! The level of a channel: who is told of it, and what is counted beside it.
//!
//! All of this is off the way of a channel that was built without it. What the level is and when it changes, the
//! buffer knows.

use crate::buffer::{Buffer, Marks};
use crate::gate::Gate;
use crate::sync::AtomicUsize;
use crate::sync::Ordering::Relaxed;
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

/// What a watched channel has beyond any other.
#[derive(Debug)]
pub(crate) struct Watch {
    marks: Option<Marks>,
    counters: Option<Counters>,
    /// Where one waits for a level.
    pub(crate) levels: Gate,
}

/// What is counted with tracking.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) deepest: usize,
    pub(crate) refused: usize,
    pub(crate) displaced: usize,
}

#[derive(Debug)]
struct Counters {
    deepest: AtomicUsize,
    refused: AtomicUsize,
    displaced: AtomicUsize,
}

impl Watch {
    pub(crate) fn new(marks: Option<Marks>, tracking: bool) -> Self {
        let zero = || AtomicUsize::new(0);
        Self {
            marks,
            counters: tracking.then(|| Counters {
                deepest: zero(),
                refused: zero(),
                displaced: zero(),
            }),
            levels: Gate::new(),
        }
    }

    /// Follows a push.
    pub(crate) fn pushed<T>(&self, buffer: &Buffer<T>) {
        if let Some(counters) = &self.counters {
            counters.deepen(buffer.measure());
        }
        if self.marks.is_some_and(|marks| buffer.rise(marks.high)) {
            self.tell();
        }
    }

    /// Follows a pop.
    pub(crate) fn popped<T>(&self, buffer: &Buffer<T>) {
        if self.marks.is_some_and(|marks| buffer.fall(marks)) {
            self.tell();
        }
    }

    /// Wakes everybody who waits for a level.
    fn tell(&self) {
        // [tell] whether anybody is known to wait or not: changes are rare. Who takes a place later finds the change.
        self.levels.notify(usize::MAX);
    }

    pub(crate) fn count_refused(&self) {
        if let Some(counters) = &self.counters {
            counters.refused.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn count_displaced(&self) {
        if let Some(counters) = &self.counters {
            counters.displaced.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn tally(&self) -> Option<Tally> {
        self.counters.as_ref().map(|counters| Tally {
            deepest: counters.deepest.load(Relaxed),
            refused: counters.refused.load(Relaxed),
            displaced: counters.displaced.load(Relaxed),
        })
    }
}

impl Counters {
    fn deepen(&self, length: usize) {
        let mut known = self.deepest.load(Relaxed);
        while known < length {
            match self.deepest.compare_exchange(known, length, Relaxed, Relaxed) {
                Ok(_) => return,
                Err(current) => known = current,
            }
        }
    }
}

/// What has a level that can be waited for.
pub(crate) trait Watched {
    fn pressure(&self) -> Pressure;

    /// Whether the wait for a level has no end.
    fn is_over(&self) -> bool;

    /// Opened to everybody after each change of the level, and when it is over.
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
        // A change wakes everybody, announced or not.
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

    /// Gives the place up. A wakeup that came for it is nobody else's.
    pub(crate) fn leave(&mut self, watched: &impl Watched) {
        wait::leave(&Watching { watched, level: Pressure::Low }, &mut self.stage);
    }
}
