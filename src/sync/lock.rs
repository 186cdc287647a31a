//! A lock around a few instructions, in which nothing of the user's runs.

#[cfg(not(any(feature = "std", feature = "critical-section")))]
pub(crate) use self::spin::Lock;

/// With `critical-section` an interrupt may wait for it as well, so it must not be interrupted.
#[cfg(feature = "critical-section")]
#[derive(Debug)]
pub(crate) struct Lock<T>(critical_section::Mutex<core::cell::RefCell<T>>);

#[cfg(feature = "critical-section")]
impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(critical_section::Mutex::new(core::cell::RefCell::new(value)))
    }

    #[inline]
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        critical_section::with(|token| change(&mut self.0.borrow_ref_mut(token)))
    }
}

#[cfg(all(feature = "std", not(feature = "critical-section")))]
#[derive(Debug)]
pub(crate) struct Lock<T>(super::Mutex<T>);

#[cfg(all(feature = "std", not(feature = "critical-section")))]
impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(super::Mutex::new(value))
    }

    #[inline]
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

// Nothing that panics runs under it.
#[cfg(any(feature = "std", feature = "critical-section"))]
impl<T> core::panic::UnwindSafe for Lock<T> {}
#[cfg(any(feature = "std", feature = "critical-section"))]
impl<T> core::panic::RefUnwindSafe for Lock<T> {}

/// Without `std` there is nothing to sleep on. An interrupt that takes it would spin for ever on
/// what it has interrupted: the crate's documentation forbids that without `critical-section`.
#[cfg(not(any(feature = "std", feature = "critical-section")))]
#[allow(unsafe_code)]
mod spin {
    use crate::sync::{AtomicUsize, Ordering, UnsafeCell, defer, pause};

    #[derive(Debug)]
    pub(crate) struct Lock<T> {
        held: AtomicUsize,
        value: UnsafeCell<T>,
    }

    // SAFETY: one thread at a time uses the value, and any thread may be the one.
    unsafe impl<T: Send> Sync for Lock<T> {}

    impl<T> core::panic::UnwindSafe for Lock<T> {}
    impl<T> core::panic::RefUnwindSafe for Lock<T> {}

    impl<T> Lock<T> {
        pub(crate) fn new(value: T) -> Self {
            Self { held: AtomicUsize::new(0), value: UnsafeCell::new(value) }
        }

        pub(crate) fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
            while self.held.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
                pause();
            }
            let _free = defer(|| self.held.store(0, Ordering::Release));
            // SAFETY: no other thread has the lock until it is freed.
            self.value.with_mut(|value| change(unsafe { &mut *value }))
        }
    }
}
