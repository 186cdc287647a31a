//! What `native` has, under the model checker.

use super::Ordering;
pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
pub(crate) use loom::thread::{yield_now as pause, yield_now};

/// loom's cell, which also checks that the thread that drops it is the only one to use it.
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

    pub(crate) fn swap(&self, value: usize, order: Ordering) -> usize {
        self.value.swap(value, order)
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

    pub(crate) fn fetch_update(
        &self,
        success: Ordering,
        failure: Ordering,
        update: impl FnMut(usize) -> Option<usize>,
    ) -> Result<usize, usize> {
        self.value.fetch_update(success, failure, update)
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
