//! Queues of every kind.

use forebay::queue::{Builder, Job, Queue, TryGetError};

/// One without a lock, and those with one, of that size.
pub(crate) fn queues<T: Ord>(maxsize: usize) -> Vec<Queue<T>> {
    of_every_order(Builder::new().maxsize(maxsize))
}

/// These, and the same with tracking and with retries. The first is a channel.
pub(crate) fn queues_of_every_kind<T: Ord>(maxsize: usize) -> Vec<Queue<T>> {
    let builder = Builder::new().maxsize(maxsize);
    let mut queues = of_every_order(builder);
    queues.extend(of_every_order(builder.tracking()));
    #[cfg(feature = "std")]
    queues.extend(of_every_order(builder.retries(2)));
    queues
}

fn of_every_order<T: Ord>(builder: Builder) -> Vec<Queue<T>> {
    #[cfg_attr(not(feature = "std"), allow(unused_mut))]
    let mut queues = vec![builder.fifo().unwrap()];
    #[cfg(feature = "std")]
    queues.extend([builder.lifo().unwrap(), builder.priority().unwrap()]);
    queues
}

/// The next item, if there is one; it counts as done.
pub(crate) fn take<T>(queue: &Queue<T>) -> Result<T, TryGetError> {
    queue.try_get().map(Job::into_inner)
}
