//! Threads: telling them from each other, and putting one to sleep as if it were a task.

/// What tells the threads of a program from each other: an address that each has for itself. Never
/// zero, but where no thread can be told.
#[inline]
pub(crate) fn this_thread() -> usize {
    #[cfg(feature = "std")]
    {
        #[cfg(not(any(forebay_loom, forebay_shuttle)))]
        std::thread_local!(static HERE: u8 = const { 0 });
        #[cfg(forebay_loom)]
        loom::thread_local!(static HERE: u8 = 0);
        #[cfg(forebay_shuttle)]
        shuttle::thread_local!(static HERE: u8 = 0);
        HERE.with(|here| core::ptr::from_ref(here).addr())
    }
    #[cfg(not(feature = "std"))]
    0
}

/// How a thread gets on, which came to the end of a turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(any(not(feature = "std"), target_family = "wasm"), allow(dead_code))]
pub(crate) enum Pace {
    /// It last gave way long ago, and does so now.
    Over,
    /// Its operations take long: it looks again soon.
    Slow,
    /// They don't: to look at the clock would be what takes long.
    Fast,
}

impl Pace {
    /// That of this thread. `Over` where there is no clock.
    pub(crate) fn of_this_thread() -> Self {
        #[cfg(all(feature = "std", not(target_family = "wasm")))]
        // A checker counts steps.
        if !cfg!(any(forebay_loom, forebay_shuttle)) {
            use core::cell::Cell;
            use core::time::Duration;
            use std::time::Instant;

            /// Longer than an executor needs for a turn of its own.
            const LONG: Duration = Duration::from_micros(200);
            const SHORT: Duration = Duration::from_micros(50);
            std::thread_local!(
                /// When it last gave way, and when it last was here.
                static BEFORE: Cell<Option<(Instant, Instant)>> = const { Cell::new(None) }
            );
            let now = Instant::now();
            return BEFORE.with(|before| {
                let (gave_way, pace) = match before.get() {
                    Some((gave_way, here)) if now.duration_since(gave_way) < LONG => {
                        let is_fast = now.duration_since(here) < SHORT;
                        (gave_way, if is_fast { Self::Fast } else { Self::Slow })
                    }
                    _ => (now, Self::Over),
                };
                before.set(Some((gave_way, now)));
                pace
            });
        }
        Self::Over
    }
}

#[cfg(all(feature = "std", not(target_family = "wasm")))]
pub(crate) use self::parking::with_parker;

#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod parking {
    use crate::sync::AtomicUsize;
    use crate::sync::Ordering::Relaxed;
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

    /// Where a thread sleeps.
    pub(crate) struct Parker {
        unpark: Arc<Unpark>,
        pub(crate) waker: Waker,
    }

    struct Unpark {
        thread: thread::Thread,
        /// Whether the waker was woken since the last sleep. The thread's own token may go to
        /// whatever else parks it, such as an iterator that is asked for the next message in the
        /// middle of a wait.
        woken: AtomicUsize,
    }

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.wake_by_ref();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            // Relaxed: what it is woken for is seen at the gate.
            self.woken.fetch_or(1, Relaxed);
            self.thread.unpark();
        }
    }

    impl Parker {
        fn new() -> Self {
            let unpark = Arc::new(Unpark { thread: thread::current(), woken: AtomicUsize::new(0) });
            Self { waker: Waker::from(Arc::clone(&unpark)), unpark }
        }

        /// Sleeps until the waker is woken, or the deadline is over. It may also return for no
        /// reason.
        pub(crate) fn park(&self, deadline: Option<Instant>) {
            while self.unpark.woken.fetch_and(0, Relaxed) == 0 {
                match deadline {
                    None => thread::park(),
                    #[cfg(not(forebay_loom))]
                    Some(deadline) => {
                        let left = deadline.saturating_duration_since(Instant::now());
                        if left.is_zero() {
                            return;
                        }
                        thread::park_timeout(left);
                    }
                    #[cfg(forebay_loom)]
                    Some(_) => unreachable!("a model has no time"),
                }
            }
        }
    }

    /// Calls `wait` with a parker of this thread. One is kept for each thread; a wait inside of
    /// another one has its own.
    #[cfg(not(any(forebay_loom, forebay_shuttle)))]
    pub(crate) fn with_parker<R>(wait: impl FnOnce(&Parker) -> R) -> R {
        use core::cell::Cell;
        std::thread_local!(static KEPT: Cell<Option<Parker>> = const { Cell::new(None) });

        // A destructor of another thread-local may wait after this one is gone.
        let kept = KEPT.try_with(Cell::take).ok().flatten();
        let parker = kept.unwrap_or_else(Parker::new);
        let result = wait(&parker);
        let _ = KEPT.try_with(|kept| kept.set(Some(parker)));
        result
    }

    /// Calls `wait` with a parker of this thread.
    #[cfg(any(forebay_loom, forebay_shuttle))]
    pub(crate) fn with_parker<R>(wait: impl FnOnce(&Parker) -> R) -> R {
        wait(&Parker::new())
    }
}
