//! Threads: telling them from each other, and putting one to sleep as if it were a task.

/// What tells the threads of a program from each other: an address that each has for itself. Never
/// zero, but where no thread can be told.
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

#[cfg(all(feature = "std", not(target_family = "wasm")))]
pub(crate) use self::parking::{park, with_waker};

#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod parking {
    use alloc::sync::Arc;
    use alloc::task::Wake;
    use core::task::Waker;
    use std::time::Instant;

    #[cfg(forebay_loom)]
    use loom::thread;
    #[cfg(forebay_shuttle)]
    use shuttle::thread;
    #[cfg(not(any(forebay_loom, forebay_shuttle)))]
    use std::thread;

    /// Sleeps until the waker of this thread is woken, or the deadline is over. It may also return
    /// for no reason.
    pub(crate) fn park(deadline: Option<Instant>) {
        match deadline {
            None => thread::park(),
            #[cfg(not(forebay_loom))]
            Some(deadline) => {
                thread::park_timeout(deadline.saturating_duration_since(Instant::now()));
            }
            #[cfg(forebay_loom)]
            Some(_) => unreachable!("a model has no time"),
        }
    }

    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            self.0.unpark();
        }
    }

    fn waker() -> Waker {
        Waker::from(Arc::new(Unpark(thread::current())))
    }

    /// Calls `wait` with the waker of this thread, which is made once for each thread.
    #[cfg(not(any(forebay_loom, forebay_shuttle)))]
    pub(crate) fn with_waker<R>(wait: impl FnOnce(&Waker) -> R) -> R {
        std::thread_local!(static WAKER: Waker = waker());

        // A destructor of another thread-local may wait after this one is gone.
        match WAKER.try_with(Waker::clone) {
            Ok(waker) => wait(&waker),
            Err(_) => wait(&waker()),
        }
    }

    /// Calls `wait` with the waker of this thread.
    #[cfg(any(forebay_loom, forebay_shuttle))]
    pub(crate) fn with_waker<R>(wait: impl FnOnce(&Waker) -> R) -> R {
        wait(&waker())
    }
}
