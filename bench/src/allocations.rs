//! Counts what the heap is asked for.

#![allow(unsafe_code, reason = "an allocator is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The system's allocator. It counts only inside [`count`]: everywhere else a peer that allocates
/// pays for one load more.
pub struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static FREED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to `System` as it came; the counters touch no memory but their own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Ordering::Relaxed) {
            ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
            ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed);
        }
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if COUNTS.load(Ordering::Relaxed) {
            FREED.fetch_add(layout.size(), Ordering::Relaxed);
        }
        // SAFETY: the caller got `pointer` from `alloc` above, so from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What one piece of work asked the heap for.
#[derive(Clone, Copy, Debug)]
pub struct Heap {
    pub allocations: usize,
    pub allocated: usize,
    freed: usize,
}

impl Heap {
    /// Bytes that the work left allocated.
    pub fn kept(self) -> usize {
        self.allocated.saturating_sub(self.freed)
    }
}

/// Counts for all threads, so that work may run on several; only one piece at a time.
pub fn count<T>(work: impl FnOnce() -> T) -> (T, Heap) {
    for counter in [&ALLOCATIONS, &ALLOCATED, &FREED] {
        counter.store(0, Ordering::Relaxed);
    }
    COUNTS.store(true, Ordering::Relaxed);
    let output = work();
    COUNTS.store(false, Ordering::Relaxed);
    let heap = Heap {
        allocations: ALLOCATIONS.load(Ordering::Relaxed),
        allocated: ALLOCATED.load(Ordering::Relaxed),
        freed: FREED.load(Ordering::Relaxed),
    };
    (output, heap)
}
