//! Runs one hot operation so many times: `instructions OPERATION COUNT`. Without arguments it lists
//! the operations. Everything happens on one thread, so the same build counts the same every time.

use forebay::queue::Queue;
use forebay::{Builder, Pressure, Receiver, Sender};
use std::env;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

/// Each leaves the channel, or the queue, as it found it.
enum Operation {
    Channel(fn(&Sender<u64>, &Receiver<u64>)),
    /// A channel with watermarks, at one and two.
    Watched(fn(&Sender<u64>, &Receiver<u64>)),
    Queue(fn(&Queue<u64>)),
}

use Operation::{Channel, Queue as WorkQueue, Watched};

const OPERATIONS: [(&str, usize, Operation); 8] = [
    (
        "try_send_try_recv",
        1024,
        Channel(|sender, receiver| {
            sender.try_send(black_box(1)).expect("room");
            black_box(receiver.try_recv().expect("a message"));
        }),
    ),
    (
        "ready_send_ready_recv",
        1024,
        Channel(|sender, receiver| {
            assert_eq!(finish(pin!(sender.send(black_box(1)))), Ok(()));
            assert_eq!(finish(pin!(receiver.recv())), Ok(1));
        }),
    ),
    (
        "parked_recv",
        1,
        Channel(|sender, receiver| {
            let mut recv = pin!(receiver.recv());
            park(recv.as_mut());
            sender.try_send(black_box(1)).expect("room");
            assert_eq!(poll(recv), Poll::Ready(Ok(1)));
        }),
    ),
    (
        "parked_send",
        1,
        Channel(|sender, receiver| {
            sender.try_send(black_box(1)).expect("room");
            let mut send = pin!(sender.send(black_box(2)));
            park(send.as_mut());
            assert_eq!(receiver.try_recv(), Ok(1));
            assert_eq!(poll(send), Poll::Ready(Ok(())));
            assert_eq!(receiver.try_recv(), Ok(2));
        }),
    ),
    (
        "watched_try_send_try_recv",
        1024,
        Watched(|sender, receiver| {
            sender.try_send(black_box(1)).expect("room");
            black_box(receiver.try_recv().expect("a message"));
        }),
    ),
    (
        "watched_rise_fall",
        1024,
        Watched(|sender, receiver| {
            for message in 0..3 {
                sender.try_send(black_box(message)).expect("room");
            }
            assert_eq!(sender.pressure(), Pressure::High);
            for _ in 0..3 {
                black_box(receiver.try_recv().expect("a message"));
            }
            assert_eq!(sender.pressure(), Pressure::Low);
        }),
    ),
    (
        "try_put_try_get_done",
        1024,
        WorkQueue(|queue| {
            queue.try_put(black_box(1)).expect("room");
            let job = queue.try_get().expect("a job");
            black_box(*job);
            job.done();
        }),
    ),
    (
        "ready_put_ready_get_done",
        1024,
        WorkQueue(|queue| {
            assert_eq!(finish(pin!(queue.put(black_box(1)))), Ok(()));
            let job = finish(pin!(queue.get())).expect("a job");
            assert_eq!(*job, 1);
            job.done();
        }),
    ),
];

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future that is ready, also one that gives way first.
fn finish<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
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
    match operation {
        Channel(operation) => {
            let (sender, receiver) = forebay::bounded(*capacity);
            (0..count).for_each(|_| operation(&sender, &receiver));
        }
        Watched(operation) => {
            let builder = Builder::new().capacity(*capacity).watermarks(1, 2);
            let (sender, receiver) = builder.build().expect("options that go together");
            (0..count).for_each(|_| operation(&sender, &receiver));
        }
        WorkQueue(operation) => {
            let queue = Queue::bounded(*capacity);
            (0..count).for_each(|_| operation(&queue));
        }
    }
}
