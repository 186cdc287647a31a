//! The ground floor: atomics, cells, reference counts and waiting in place, for every build of the crate.
//!
//! Five builds exist. The ordinary one uses `core` and `alloc`; `portable-atomic` serves targets that
//! have no compare-and-swap; `forebay_loom` (set only by the package `loom-tests`) runs the crate under
//! the model checker; `forebay_shuttle` (set only by the package `stress/shuttle`) lets a random scheduler
//! switch threads at every atomic access; `forebay_held` (set only by the package `stress/held`) can hold a thread
//! between its claim and its publication. No other file asks which one it is in.

#![allow(unexpected_cfgs, reason = "the cfgs are declared by the packages that set them")]

#[cfg(forebay_loom)]
pub(crate) use self::model::{Arc, AtomicPtr, AtomicUsize, UnsafeCell, pause, yield_now};
#[cfg(all(feature = "std", forebay_loom))]
pub(crate) use self::model::{Mutex, MutexGuard};
#[cfg(not(forebay_loom))]
pub(crate) use self::native::{Arc, AtomicPtr, AtomicUsize, UnsafeCell, pause, yield_now};
#[cfg(all(feature = "std", not(forebay_loom)))]
pub(crate) use self::native::{Mutex, MutexGuard};
use core::mem::MaybeUninit;
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
mod model {
    use super::Ordering;
    pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
    pub(crate) use loom::thread::{yield_now as pause, yield_now};

    /// loom's cell, which also checks that whoever drops it is the only one to use it.
    #[derive(Debug)]
    pub(crate) struct UnsafeCell<T>(loom::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(loom::cell::UnsafeCell::new(value))
        }

        pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            self.0.with(read)
        }

        pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            self.0.with_mut(write)
        }
    }

    impl<T> Drop for UnsafeCell<T> {
        fn drop(&mut self) {
            // After a failure that is reported already the model is gone.
            if !std::thread::panicking() {
                self.0.with_mut(|_| ());
            }
        }
    }

    /// A scheduling point in front of a load.
    ///
    /// loom 0.7 remembers only the last access to an atomic when it looks for interleavings, so a load
    /// beside a load-then-store is explored in one order only. A compare-exchange that always fails,
    /// on an atomic that nothing else uses, depends on every other access and orders none: with it in
    /// front of each load both orders are explored.
    #[derive(Debug)]
    struct Probe(loom::sync::atomic::AtomicUsize);

    impl Probe {
        fn new() -> Self {
            Self(loom::sync::atomic::AtomicUsize::new(0))
        }

        fn point(&self) {
            let _ = self.0.compare_exchange(1, 2, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    #[derive(Debug)]
    pub(crate) struct AtomicPtr<T> {
        value: loom::sync::atomic::AtomicPtr<T>,
        probe: Probe,
    }

    impl<T> AtomicPtr<T> {
        pub(crate) fn new(value: *mut T) -> Self {
            Self { value: loom::sync::atomic::AtomicPtr::new(value), probe: Probe::new() }
        }

        pub(crate) fn load(&self, order: Ordering) -> *mut T {
            self.probe.point();
            self.value.load(order)
        }

        pub(crate) fn store(&self, value: *mut T, order: Ordering) {
            self.value.store(value, order);
        }

        pub(crate) fn swap(&self, value: *mut T, order: Ordering) -> *mut T {
            self.value.swap(value, order)
        }

        pub(crate) fn compare_exchange(
            &self,
            current: *mut T,
            new: *mut T,
            success: Ordering,
            failure: Ordering,
        ) -> Result<*mut T, *mut T> {
            self.value.compare_exchange(current, new, success, failure)
        }
    }

    #[derive(Debug)]
    pub(crate) struct AtomicUsize {
        value: loom::sync::atomic::AtomicUsize,
        probe: Probe,
    }

    impl AtomicUsize {
        pub(crate) fn new(value: usize) -> Self {
            Self { value: loom::sync::atomic::AtomicUsize::new(value), probe: Probe::new() }
        }

        pub(crate) fn load(&self, order: Ordering) -> usize {
            self.probe.point();
            self.value.load(order)
        }

        pub(crate) fn store(&self, value: usize, order: Ordering) {
            self.value.store(value, order);
        }

        pub(crate) fn fetch_or(&self, bits: usize, order: Ordering) -> usize {
            self.value.fetch_or(bits, order)
        }

        pub(crate) fn fetch_and(&self, bits: usize, order: Ordering) -> usize {
            self.value.fetch_and(bits, order)
        }

        pub(crate) fn fetch_add(&self, addend: usize, order: Ordering) -> usize {
            self.value.fetch_add(addend, order)
        }

        pub(crate) fn fetch_sub(&self, subtrahend: usize, order: Ordering) -> usize {
            self.value.fetch_sub(subtrahend, order)
        }

        pub(crate) fn compare_exchange(
            &self,
            current: usize,
            new: usize,
            success: Ordering,
            failure: Ordering,
        ) -> Result<usize, usize> {
            self.value.compare_exchange(current, new, success, failure)
        }

        pub(crate) fn compare_exchange_weak(
            &self,
            current: usize,
            new: usize,
            success: Ordering,
            failure: Ordering,
        ) -> Result<usize, usize> {
            self.value.compare_exchange_weak(current, new, success, failure)
        }
    }
}

/// What tells the threads of a program from each other: an address that each has for itself. Never zero, but where no
/// thread can be told.
#[inline]
pub(crate) fn this_thread() -> usize {
    #[cfg(feature = "std")]
    {
        std::thread_local!(static HERE: u8 = const { 0 });
        HERE.with(|here| core::ptr::from_ref(here).addr())
    }
    #[cfg(not(feature = "std"))]
    0
}

/// Whether sizes that don't matter to the algorithm should be small, so that a model gets to their ends.
pub(crate) const SMALL: bool = cfg!(any(forebay_loom, forebay_shuttle));

/// Whether an atomic is its value and nothing more, so that one of zero may be made as zeroed memory.
pub(crate) const BARE_ATOMICS: bool = !cfg!(any(forebay_loom, forebay_shuttle));

/// Whether to do what only saves time. A model would explore it for nothing.
pub(crate) const HEURISTICS: bool = !cfg!(forebay_loom);

/// Padding between the words that one side writes and whatever else is used, so that a write does not take a
/// cache line away from the other side. It keeps apart what is a line away from word to word.
///
/// By distance and not by alignment: an allocation of more than the usual alignment costs several times as much.
#[derive(Debug)]
#[allow(dead_code, reason = "it is there for its size")]
pub(crate) struct Padding<const BYTES: usize = { LINE - WORD }>(MaybeUninit<[u8; BYTES]>);

impl<const BYTES: usize> Padding<BYTES> {
    pub(crate) const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// 128 bytes where lines are fetched in pairs; small machines have no such caches and no memory to spare.
pub(crate) const LINE: usize =
    if cfg!(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "powerpc64")) {
        128
    } else if cfg!(any(target_arch = "x86", target_arch = "riscv64", target_arch = "wasm32")) {
        64
    } else {
        WORD
    };

const WORD: usize = size_of::<usize>();

/// Runs the expression so that no interrupt handler of this program sees it half done.
///
/// With the feature `critical-section` an interrupt may use the channel at any moment. It must then never
/// meet a slot that the interrupted code has claimed and not yet released: it would wait for ever.
///
/// A macro, because a closure may be left out of line, which costs a send and its receive a fifth more
/// instructions. A `?` or `return` in it leaves the caller or the section, so both must have one type.
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
    /// Rounds of doubling length: about as long as a preempted thread is not. To a random scheduler one is a point to
    /// switch at. A model has none: after a round the other thread is nearly always through, and what comes
    /// when it is not would hardly be seen.
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

/// For a thread that has lost a claim to another one: keeps off the line for so long that the other can make many claims in a
/// row. Without this, two threads take the line away from each other for every single one.
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

/// Runs `action` at the end of the scope, also when the scope is left by a panic.
pub(crate) fn defer<F: FnMut()>(action: F) -> Defer<F> {
    Defer(action)
}

#[must_use = "the action runs when this is dropped"]
#[derive(Debug)]
pub(crate) struct Defer<F: FnMut()>(F);

impl<F: FnMut()> Defer<F> {
    /// Calls the action off: the scope was left in order.
    pub(crate) fn cancel(self) {
        core::mem::forget(self);
    }
}

impl<F: FnMut()> Drop for Defer<F> {
    fn drop(&mut self) {
        (self.0)();
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
