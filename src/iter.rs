//! The messages as iterators.

use crate::receiver::Receiver;
use core::iter::FusedIterator;

impl<T> Receiver<T> {
    /// The messages that are there, one by one, without waiting. It ends when the channel is empty,
    /// or closed and empty.
    ///
    /// Each message is taken when the iterator is asked for it. Beside a fast sender it may never
    /// end: [`drain`](Self::drain) does.
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(3);
    /// sender.try_send(1).unwrap();
    /// sender.try_send(2).unwrap();
    /// assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [1, 2]);
    /// assert_eq!(receiver.try_iter().next(), None);
    /// ```
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }

    /// As many messages as there are now, one by one, without waiting. It ends also while senders
    /// go on.
    ///
    /// Each message is taken when the iterator is asked for it: those that it was not asked for
    /// stay inside. Beside other receivers it may get fewer.
    ///
    /// ```
    /// let (sender, receiver) = forebay::unbounded();
    /// sender.try_send(1).unwrap();
    /// for number in receiver.drain() {
    ///     sender.try_send(number + 1).unwrap(); // for the next time
    /// }
    /// assert_eq!(receiver.len(), 1);
    /// ```
    pub fn drain(&self) -> Drain<'_, T> {
        Drain { receiver: self, left: self.len() }
    }

    /// The messages, one by one, on a thread, which sleeps while the channel is empty. It ends when
    /// the channel is closed and empty.
    ///
    /// Don't use it in async code: it blocks the executor. There, a receiver is a
    /// [`Stream`](futures_core::Stream).
    ///
    /// ```
    /// let (sender, receiver) = forebay::bounded(3);
    /// sender.try_send(1).unwrap();
    /// sender.try_send(2).unwrap();
    /// drop(sender);
    /// assert_eq!(receiver.iter().sum::<i32>(), 3);
    /// ```
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }
}

/// The messages that are there.
///
/// Made by [`Receiver::try_iter`].
#[derive(Debug, Clone)]
#[must_use = "iterators do nothing unless consumed"]
pub struct TryIter<'a, T> {
    receiver: &'a Receiver<T>,
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

/// As many messages as there were.
///
/// Made by [`Receiver::drain`].
#[derive(Debug)]
#[must_use = "iterators do nothing unless consumed"]
pub struct Drain<'a, T> {
    receiver: &'a Receiver<T>,
    left: usize,
}

impl<T> Iterator for Drain<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        let message = self.receiver.try_recv().ok();
        if message.is_none() {
            self.left = 0;
        }
        message
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}

impl<T> FusedIterator for Drain<'_, T> {}

/// The messages, for a thread that may sleep.
///
/// Made by [`Receiver::iter`].
#[cfg(all(feature = "std", not(target_family = "wasm")))]
#[derive(Debug, Clone)]
#[must_use = "iterators do nothing unless consumed"]
pub struct Iter<'a, T> {
    receiver: &'a Receiver<T>,
}

#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod blocking {
    use super::{FusedIterator, Iter, Receiver};

    impl<T> Iterator for Iter<'_, T> {
        type Item = T;

        fn next(&mut self) -> Option<T> {
            self.receiver.recv_blocking().ok()
        }
    }

    impl<T> FusedIterator for Iter<'_, T> {}

    impl<'a, T> IntoIterator for &'a Receiver<T> {
        type Item = T;
        type IntoIter = Iter<'a, T>;

        fn into_iter(self) -> Iter<'a, T> {
            self.iter()
        }
    }

    /// The messages, for a thread that may sleep. It is a receiver: it keeps the channel open.
    #[derive(Debug, Clone)]
    #[must_use = "iterators do nothing unless consumed"]
    pub struct IntoIter<T> {
        receiver: Receiver<T>,
    }

    impl<T> Iterator for IntoIter<T> {
        type Item = T;

        fn next(&mut self) -> Option<T> {
            self.receiver.recv_blocking().ok()
        }
    }

    impl<T> FusedIterator for IntoIter<T> {}

    /// ```
    /// let (sender, receiver) = forebay::bounded(1);
    /// let worker = std::thread::spawn(move || {
    ///     let mut sum = 0;
    ///     for number in receiver {
    ///         sum += number;
    ///     }
    ///     sum
    /// });
    /// for number in 1..=4 {
    ///     sender.send_blocking(number).unwrap();
    /// }
    /// drop(sender); // ends the worker
    /// assert_eq!(worker.join().unwrap(), 10);
    /// ```
    impl<T> IntoIterator for Receiver<T> {
        type Item = T;
        type IntoIter = IntoIter<T>;

        fn into_iter(self) -> IntoIter<T> {
            IntoIter { receiver: self }
        }
    }
}

#[cfg(all(feature = "std", not(target_family = "wasm")))]
pub use blocking::IntoIter;
