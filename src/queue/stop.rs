//! How a queue ends, and what is left over.

#[cfg(feature = "std")]
use super::futures::first_of;
use super::handle::Queue;
use crate::sync::defer;
use alloc::vec::Vec;
#[cfg(all(feature = "std", not(target_family = "wasm")))]
use {
    alloc::{sync::Arc, task::Wake},
    core::future::{Future, poll_fn},
    core::pin::pin,
    core::task::{Context, Poll, Waker},
    core::time::Duration,
    std::thread::{self, Thread},
    std::time::Instant,
};

/// How a queue ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shutdown {
    /// Nothing is put any more; what is inside is handed out to the last item.
    Graceful,
    /// Nothing is put or handed out any more; what is inside is left over.
    Immediate,
}

impl<T> Queue<T> {
    /// Ends the queue: every put fails from here on, also those that wait, and with
    /// [`Shutdown::Immediate`] every get too.
    ///
    /// Returns the leftovers, which nothing will hand out: what is inside, in its order, with
    /// [`Shutdown::Immediate`]; nothing with [`Shutdown::Graceful`]. They count as left over, and
    /// [`join`](Self::join) does not wait for them. Where the call is a statement, they are
    /// dropped.
    ///
    /// Jobs in hand stay in hand, and [`join`](Self::join) waits for them in either case. What
    /// comes back from them is handed out after a graceful shutdown, to a worker that still gets;
    /// after an immediate one it is left over, and the next call returns it. A `get` does not wait
    /// for what may come back: it ends when nothing is inside. So after a graceful shutdown, when
    /// the workers have ended, an immediate one returns what the last of them left.
    /// [`stop`](Self::stop) does all this.
    ///
    /// To call it again is fine, also with the other argument: immediate after graceful returns
    /// what is left, graceful after immediate does nothing.
    ///
    /// # Panics
    /// If a waker does. The queue is shut down then, and all counts are right; the next call
    /// returns the leftovers.
    ///
    /// ```
    /// use forebay::queue::{Queue, Shutdown, TryGetError};
    ///
    /// let queue = Queue::bounded(2);
    /// queue.try_put(1).unwrap();
    /// queue.try_put(2).unwrap();
    /// let job = queue.try_get().unwrap();
    /// assert_eq!(queue.shutdown(Shutdown::Immediate), [2]);
    /// assert_eq!(queue.try_get().unwrap_err(), TryGetError::ShutDown);
    /// assert_eq!((queue.len(), queue.unfinished()), (0, 1));
    /// # job.done();
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> Vec<T> {
        let shared = &*self.shared;
        let immediate = how == Shutdown::Immediate;
        #[cfg(feature = "std")]
        {
            let stop = defer(|| {
                if immediate {
                    shared.stop();
                }
            });
            // [close-first] what is put while the stop takes everything out would stay inside.
            shared.store().close();
            drop(stop);
            if immediate { shared.take_leftovers() } else { Vec::new() }
        }
        #[cfg(not(feature = "std"))]
        {
            let mut leftovers = Vec::new();
            let stop = defer(|| {
                if immediate {
                    shared.store().stop(&mut leftovers);
                    super::books::Books::count_many(&shared.books.left_over, leftovers.len());
                    (0..leftovers.len()).for_each(|_| shared.finish());
                }
            });
            shared.store().close();
            drop(stop);
            leftovers
        }
    }

    /// Ends the queue, waits for its work to end, and names what is left over; `deadline` is any
    /// future, such as a timer.
    ///
    /// - [`Shutdown::Graceful`]: workers get what is inside, and finish it. If all is done before
    ///   the deadline, nothing is left over. Otherwise nothing more is handed out then, and what
    ///   is inside is returned.
    /// - [`Shutdown::Immediate`], a drain: workers get nothing more. Jobs in hand are waited for,
    ///   up to the deadline. What had not begun, and what came back meanwhile, is returned: to be
    ///   saved.
    ///
    /// It ends early if a last [guard of a worker](Self::worker) goes. Without a deadline pass
    /// [`pending`](core::future::pending): a leaked job is then waited for for ever.
    ///
    /// # Cancel safety
    /// Nothing happens before the first poll. Dropped later, the queue stays shut down, and
    /// leftovers stay in it: call this, or [`shutdown`](Self::shutdown), again.
    ///
    /// ```
    /// # futures_lite::future::block_on(async {
    /// use forebay::queue::{Queue, Shutdown};
    /// use std::time::Duration;
    ///
    /// let queue = Queue::bounded(10);
    /// queue.put("stuck").await.unwrap();
    /// queue.put("late").await.unwrap();
    /// let job = queue.get().await.unwrap();
    /// let deadline = smol::Timer::after(Duration::from_millis(10));
    /// let stopped = queue.stop(Shutdown::Graceful, deadline).await;
    /// assert_eq!((stopped.leftovers, stopped.in_hand), (vec!["late"], 1));
    /// # job.done();
    /// # });
    /// ```
    #[cfg(feature = "std")]
    #[doc(alias = "drain")]
    pub async fn stop(&self, how: Shutdown, deadline: impl Future) -> Stopped<T> {
        let shared = &*self.shared;
        let stop = defer(|| {
            if how == Shutdown::Immediate {
                shared.stop();
            }
        });
        shared.store().close();
        drop(stop);
        first_of(self.try_join(), deadline).await;
        let leftovers = self.shutdown(Shutdown::Immediate);
        Stopped { leftovers, in_hand: self.unfinished() }
    }

    /// As [`stop`](Self::stop), on a thread, which sleeps until the work has ended or the
    /// `timeout` is over.
    ///
    /// ```
    /// use forebay::queue::{Queue, Shutdown};
    /// use std::time::Duration;
    ///
    /// let queue = Queue::bounded(10);
    /// queue.try_put("late").unwrap();
    /// let stopped = queue.stop_blocking(Shutdown::Graceful, Duration::from_millis(10));
    /// assert_eq!(stopped.leftovers, ["late"]);
    /// ```
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn stop_blocking(&self, how: Shutdown, timeout: Duration) -> Stopped<T> {
        struct Unpark(Thread);

        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }

        let start = Instant::now();
        let over = || start.elapsed() >= timeout;
        // Polled whenever the thread wakes up, by itself at the latest when it is ready.
        let deadline = poll_fn(|_| if over() { Poll::Ready(()) } else { Poll::Pending });
        let mut stop = pin!(self.stop(how, deadline));
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        loop {
            match stop.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(stopped) => return stopped,
                Poll::Pending => thread::park_timeout(timeout.saturating_sub(start.elapsed())),
            }
        }
    }
}

/// What is left of a queue that was [stopped](Queue::stop).
#[cfg(feature = "std")]
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "it has the items that were not handed out"]
pub struct Stopped<T> {
    /// The items that nothing will hand out: first what came back, then in the order of the queue.
    pub leftovers: Vec<T>,
    /// How many jobs were still in hand at the end. What comes back of them,
    /// [`shutdown(Immediate)`](Queue::shutdown) returns.
    pub in_hand: usize,
}
