//! Large items: a queue copies them about on the stack no more than a small thread has room for.
#![cfg(feature = "std")]
#![allow(clippy::large_futures, reason = "they are what is tested")]

use forebay::queue::{Builder, Queue};
use futures_lite::future::block_on;

/// The usual size of a thread's stack.
const STACK: usize = 2 << 20;
/// What a release build must have room for. Another build copies more.
const KIB: usize = if cfg!(debug_assertions) { 16 } else { 64 };

type Large = [u8; KIB * 1024];

/// Every way of an item through the queue.
fn pass(queue: &Queue<Large>) {
    block_on(async {
        for byte in 0..3 {
            assert!(queue.put([byte; KIB * 1024]).await.is_ok());
        }
        for byte in 0..3 {
            let job = queue.get().await.unwrap();
            assert_eq!(job[5], byte);
            job.done();
        }
    });
    assert!(queue.put_blocking([7; KIB * 1024]).is_ok());
    drop(queue.get_blocking().unwrap());
    while let Ok(job) = queue.try_get() {
        assert_eq!(job.attempt(), 2);
        job.give_back();
        queue.try_get().unwrap().done();
    }
    assert_eq!(queue.unfinished(), 0);
}

#[test]
fn large_items_pass_on_a_usual_stack() {
    let builder = Builder::new().maxsize(4);
    let queues: Vec<Queue<Large>> = vec![
        builder.fifo().unwrap(),
        builder.retries(3).fifo().unwrap(),
        builder.retries(3).priority().unwrap(),
        Queue::unbounded(),
    ];
    for queue in queues {
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn(move || pass(&queue)).unwrap().join().unwrap();
    }
}
