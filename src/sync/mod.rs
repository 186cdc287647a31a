//! The ground floor: atomics, cells, reference counts and waiting in place, for every build of the
//! crate.
//!
//! Five builds exist. The ordinary one uses `core` and `alloc`; `portable-atomic` serves targets
//! that have no compare-and-swap; `forebay_loom` (set only by the package `loom-tests`) runs the
//! crate under the model checker; `forebay_shuttle` (set only by the package `stress/shuttle`) lets
//! a random scheduler switch threads at every atomic access; `forebay_held` (set only by the
//! package `stress/held`) can hold a thread between its claim and its publication. No other file
//! asks which one it is in.

#![allow(unexpected_cfgs, reason = "the cfgs are declared by the packages that set them")]

mod lock;
mod thread;
mod unwind;

pub(crate) use self::lock::Lock;
#[cfg(forebay_loom)]
pub(crate) use self::model::{Arc, AtomicPtr, AtomicUsize, UnsafeCell, pause, yield_now};
#[cfg(all(feature = "std", forebay_loom))]
pub(crate) use self::model::{Mutex, MutexGuard};
#[cfg(not(forebay_loom))]
pub(crate) use self::native::{Arc, AtomicPtr, AtomicUsize, UnsafeCell, pause, yield_now};
#[cfg(all(feature = "std", not(forebay_loom)))]
pub(crate) use self::native::{Mutex, MutexGuard};
#[cfg(all(feature = "std", not(target_family = "wasm")))]
pub(crate) use self::thread::with_parker;
pub(crate) use self::thread::{Pace, this_thread};
pub(crate) use self::unwind::{Defer, both, defer, for_each};
use core::mem::MaybeUninit;
use core::ops::Deref;
pub(crate) use core::sync::atomic::Ordering;

#[cfg(not(forebay_loom))]
mod native {
    #[cfg(not(feature = "portable-atomic"))]
    pub(crate) use alloc::sync::Arc;
    #[cfg(not(any(feature = "portable-atomic", forebay_shuttle)))]
    pub(crate) use core::sync::atomic::AtomicPtr;
    #[cfg(not(any(feature = "portable-atomic", forebay_shuttle, forebay_held)))]
    pub(crate) use core::sync::atomic::AtomicUsize;
    #[cfg(forebay_held)]
    pub(crate) use held_atomics::AtomicUsize;
    #[cfg(feature = "portable-atomic")]
    pub(crate) use portable_atomic::{AtomicPtr, AtomicUsize};
    #[cfg(feature = "portable-atomic")]
    pub(crate) use portable_atomic_util::Arc;

    #[cfg(forebay_shuttle)]
    pub(crate) use shuttle::sync::atomic::{AtomicPtr, AtomicUsize};
    #[cfg(forebay_shuttle)]
    pub(crate) use shuttle::thread::{yield_now as pause, yield_now};

    #[cfg(forebay_shuttle)]
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};
    #[cfg(all(feature = "std", not(forebay_shuttle)))]
    pub(crate) use std::sync::{Mutex, MutexGuard};

    #[cfg(not(forebay_shuttle))]
    pub(crate) use core::hint::spin_loop as pause;

    #[cfg(not(feature = "std"))]
    pub(crate) use core::hint::spin_loop as yield_now;
    /// Lets another thread run; without `std` there is none to name, so this only pauses.
    #[cfg(all(feature = "std", not(forebay_shuttle)))]
    pub(crate) use std::thread::yield_now;

    /// `core`'s cell with the access by closure that the model checker needs.
    #[derive(Debug)]
    pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        #[inline]
        pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            read(self.0.get())
        }

        #[inline]
        pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            write(self.0.get())
        }
    }
}

#[cfg(forebay_loom)]
mod model;

/// Whether sizes that don't matter to the algorithm should be small, so that a model gets to their
/// ends.
pub(crate) const SMALL: bool = cfg!(any(forebay_loom, forebay_shuttle));

/// Whether there is a system that gives pages of zeroes, and an atomic of zero is such memory: a
/// checker has more to an atomic.
pub(crate) const ZEROES: bool = cfg!(all(feature = "std", not(target_family = "wasm")))
    && !cfg!(any(forebay_loom, forebay_shuttle, forebay_held));

/// Nothing comes from another thread while this one spins, and no executor has several.
pub(crate) const ONE_THREAD: bool =
    cfg!(all(target_family = "wasm", not(target_feature = "atomics")));

/// Whether to do what only saves time. A model would explore it for nothing.
pub(crate) const HEURISTICS: bool = !cfg!(forebay_loom);

/// After so many operations, of which none had to wait, the turn of a task is over and the executor
/// gets its own.
const BUDGET: usize = if cfg!(forebay_shuttle) { 4 } else { 512 };

/// The most operations of one call, such as the messages of a batch.
pub(crate) const MOST_AT_ONCE: usize = BUDGET;

/// The length of a turn where there is so much room: long enough to fill (empty) it, if that is not
/// too much, or a whole part of it. A task that gives way in the middle may be back before those
/// that were woken for the rest.
pub(crate) const fn whole_turn(room: usize) -> usize {
    const MOST: usize = 8 * BUDGET;

    if room > BUDGET { room.div_ceil(room.div_ceil(MOST)) } else { BUDGET }
}

/// How long a turn is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// As long as there is room for.
    Whole,
    /// The side is on several threads: the one that comes to the end looks at the clock.
    Shared(Pace),
    /// One operation more, as the task may drop its future and make it anew.
    Short,
}

impl Turn {
    /// Whether the task gives way before this turn begins.
    pub(crate) fn gives_way(self) -> bool {
        ONE_THREAD || !matches!(self, Self::Shared(Pace::Slow | Pace::Fast))
    }

    /// How many operations are left after the first one.
    #[inline]
    pub(crate) fn left(self, whole: usize) -> usize {
        match self {
            Self::Whole => whole - 1,
            // Not even: of two threads that take turns the other one comes to the next end.
            Self::Shared(Pace::Fast) => BUDGET / 2 - 1,
            Self::Shared(_) => (BUDGET / 16).max(2) - 1,
            Self::Short => 1,
        }
    }
}

/// Keeps what it holds on cache lines that nothing else uses, so that one side's writes do not take
/// them away from the other side: in a `repr(C)` struct where another one of its kind or a
/// [`Distance`] follows. Not by alignment, which an allocator pays with another path and more
/// memory.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct CachePadded<T> {
    before: Distance,
    value: T,
}

impl<T> CachePadded<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { before: Distance::new(), value }
    }
}

impl<T> Deref for CachePadded<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

/// As long as cache lines that are fetched together, less a word: nothing before it is on a line
/// with what comes after it. Nothing on small machines, which have no such caches and no memory to
/// spare.
#[derive(Debug)]
pub(crate) struct Distance(
    #[allow(dead_code, reason = "it is there")] MaybeUninit<[usize; Self::WORDS]>,
);

impl Distance {
    const LINE: usize =
        if cfg!(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "powerpc64")) {
            128
        } else if cfg!(any(target_arch = "x86", target_arch = "riscv64", target_arch = "wasm32")) {
            64
        } else {
            size_of::<usize>()
        };
    const WORDS: usize = Self::LINE / size_of::<usize>() - 1;

    pub(crate) fn new() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// Runs the expression so that no interrupt handler of this program sees it half done.
///
/// With the feature `critical-section` an interrupt may use the channel at any moment. It must then
/// never meet a slot that the interrupted code has claimed and not yet released: it would wait for
/// ever.
///
/// A macro, because a closure may be left out of line, which costs a send and its receive a fifth
/// more instructions. A `?` or `return` in it leaves the caller or the section, so both must have
/// one type.
macro_rules! uninterrupted {
    ($operation:expr) => {{
        #[cfg(feature = "critical-section")]
        let result = critical_section::with(|_| $operation);
        #[cfg(not(feature = "critical-section"))]
        let result = $operation;
        result
    }};
}
pub(crate) use uninterrupted;

/// Waiting in place for another thread that is in the middle of a few instructions.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    rounds: u32,
}

impl Backoff {
    /// Rounds of doubling length: about as long as a preempted thread is not. To a random scheduler
    /// one is a point to switch at. A model has none: after a round the other thread is nearly
    /// always through, and what comes when it is not would hardly be seen.
    const ROUNDS: u32 = if cfg!(forebay_loom) {
        0
    } else if cfg!(forebay_shuttle) {
        1
    } else {
        6
    };

    /// Pauses, longer each time; `false` when it is time to give up the processor instead.
    pub(crate) fn spin(&mut self) -> bool {
        if self.rounds == Self::ROUNDS {
            return false;
        }
        for _ in 0..1 << self.rounds {
            pause();
        }
        self.rounds += 1;
        true
    }

    /// Pauses, then yields the thread at each further call.
    pub(crate) fn wait(&mut self) {
        if !self.spin() {
            yield_now();
        }
    }
}

/// For a thread that has lost a claim to another one: keeps off the line for so long that the other
/// can make many claims in a row. Without this, two threads take the line away from each other for
/// every single one.
#[inline(always)] // A call would cost the callers registers, also where they lose nothing.
pub(crate) fn claim_backoff() {
    /// More than a line needs from one processor to another and back.
    const PAUSES: u32 = 32;

    if HEURISTICS {
        for _ in 0..PAUSES {
            pause();
        }
    }
}

/// Ends the program: a count is about to overflow and memory safety with it.
#[cold]
pub(crate) fn abort() -> ! {
    #[cfg(feature = "std")]
    std::process::abort();
    #[cfg(not(feature = "std"))]
    {
        // A panic while panicking aborts, with whatever panic strategy.
        let _second = defer(|| panic!("too many handles"));
        panic!("too many handles");
    }
}
