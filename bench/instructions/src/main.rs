//! Runs one hot operation so many times: `instructions OPERATION COUNT`. Without arguments it lists
//! the operations. Everything happens on one thread, so the same build counts the same every time.

use std::env;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

type Operation = fn(&forebay::Sender<u64>, &forebay::Receiver<u64>);

/// Each leaves the channel as it found it.
const OPERATIONS: [(&str, usize, Operation); 4] = [
    ("try_send_try_recv", 1024, |sender, receiver| {
        sender.try_send(black_box(1)).expect("room");
        black_box(receiver.try_recv().expect("a message"));
    }),
    ("ready_send_ready_recv", 1024, |sender, receiver| {
        assert_eq!(poll(pin!(sender.send(black_box(1)))), Poll::Ready(Ok(())));
        assert_eq!(poll(pin!(receiver.recv())), Poll::Ready(Ok(1)));
    }),
    ("parked_recv", 1, |sender, receiver| {
        let mut recv = pin!(receiver.recv());
        park(recv.as_mut());
        sender.try_send(black_box(1)).expect("room");
        assert_eq!(poll(recv), Poll::Ready(Ok(1)));
    }),
    ("parked_send", 1, |sender, receiver| {
        sender.try_send(black_box(1)).expect("room");
        let mut send = pin!(sender.send(black_box(2)));
        park(send.as_mut());
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(poll(send), Poll::Ready(Ok(())));
        assert_eq!(receiver.try_recv(), Ok(2));
    }),
];

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Whether a future that was polled has asked for another turn at once.
#[derive(Default)]
struct Again(AtomicBool);

impl Wake for Again {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

/// Polls until the future sleeps.
fn park<F: Future>(mut future: Pin<&mut F>) {
    let again = Arc::new(Again::default());
    let waker = Waker::from(Arc::clone(&again));
    loop {
        assert!(
            future
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        if !again.0.swap(false, Relaxed) {
            return;
        }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, count] = arguments.as_slice() else {
        for (name, ..) in OPERATIONS {
            println!("{name}");
        }
        return;
    };
    let (_, capacity, operation) = OPERATIONS
        .iter()
        .find(|operation| operation.0 == name)
        .expect("an operation of the list");
    let count: u32 = count.parse().expect("a count");
    let (sender, receiver) = forebay::bounded(*capacity);
    for _ in 0..count {
        operation(&sender, &receiver);
    }
}
