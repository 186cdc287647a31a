//! Counts what the heap is asked for.

#![allow(unsafe_code, reason = "an allocator is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The system's allocator, with its own ways to zero and to grow. It counts only inside [`count`]:
/// everywhere else a peer that allocates pays for one load more.
pub struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static FREED: AtomicUsize = AtomicUsize::new(0);

fn allocated(size: usize) {
    if COUNTS.load(Ordering::Relaxed) {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        ALLOCATED.fetch_add(size, Ordering::Relaxed);
    }
}

fn freed(size: usize) {
    if COUNTS.load(Ordering::Relaxed) {
        FREED.fetch_add(size, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to `System` as it came; the counters touch no memory but their own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        allocated(layout.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`, which is that of `System`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        allocated(size);
        freed(layout.size());
        // SAFETY: the caller got `pointer` from one of these, so from `System`, and keeps the rest.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        freed(layout.size());
        // SAFETY: the caller got `pointer` from one of these, so from `System`.
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
