//! Large items: a queue copies them about on the stack no more than a small thread has room for.
#![allow(clippy::large_futures, reason = "they are what is tested")]

use forebay::queue::{Builder, Queue};
use futures_lite::future::block_on;

/// The usual size of a thread's stack.
const STACK: usize = 2 << 20;
/// What a release build must have room for; another build copies more. By priority, items lie in
/// the nodes of a tree, and are copied with them.
const FIFO: usize = if cfg!(debug_assertions) { 16 } else { 128 } << 10;
const PRIORITY: usize = if cfg!(debug_assertions) { 16 } else { 64 } << 10;

/// Every way of an item through the queue.
fn pass<const SIZE: usize>(queue: &Queue<[u8; SIZE]>) {
    block_on(async {
        for byte in 0..3 {
            assert!(queue.put([byte; SIZE]).await.is_ok());
        }
        for _ in 0..3 {
            let job = queue.get().await.unwrap();
            assert_eq!(job[5], job[SIZE - 1]);
            job.done();
        }
    });
    assert!(queue.put_blocking([7; SIZE]).is_ok());
    drop(queue.get_blocking().unwrap());
    again(queue);
    assert_eq!(queue.unfinished(), 0);
}

#[inline(never)]
fn again<const SIZE: usize>(queue: &Queue<[u8; SIZE]>) {
    while let Ok(job) = queue.try_get() {
        assert_eq!(job.attempt(), 2);
        job.give_back();
        queue.try_get().unwrap().done();
    }
}

fn on_a_usual_stack<const SIZE: usize>(queue: Queue<[u8; SIZE]>) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(move || pass(&queue)).unwrap().join().unwrap();
}

#[test]
fn large_items_pass_on_a_usual_stack() {
    let builder = Builder::new().maxsize(4);
    on_a_usual_stack::<FIFO>(builder.fifo().unwrap());
    on_a_usual_stack::<FIFO>(builder.retries(3).fifo().unwrap());
    on_a_usual_stack::<FIFO>(builder.retries(3).lifo().unwrap());
    on_a_usual_stack::<FIFO>(Queue::unbounded());
    on_a_usual_stack::<PRIORITY>(builder.retries(3).priority().unwrap());
}
