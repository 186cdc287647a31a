//! Queues of every kind.

use forebay::queue::{Builder, Queue};

/// One without a lock, and those with one, of that size.
pub(crate) fn queues<T: Ord>(maxsize: usize) -> Vec<Queue<T>> {
    let builder = Builder::new().maxsize(maxsize);
    #[cfg_attr(not(feature = "std"), allow(unused_mut))]
    let mut queues = vec![builder.fifo().unwrap()];
    #[cfg(feature = "std")]
    queues.extend([builder.lifo().unwrap(), builder.priority().unwrap()]);
    queues
}
