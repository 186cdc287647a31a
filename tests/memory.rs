//! What an unbounded channel allocates, and gives back.
#![cfg(feature = "std")]
#![allow(unsafe_code, reason = "an allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

use forebay::{Receiver, Sender, unbounded};

/// A message as nothing else is aligned here, so that the blocks of its channel can be told from
/// all other memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
struct Message(usize);

/// Counts the blocks.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
static ALIVE: AtomicUsize = AtomicUsize::new(0);
static MADE: AtomicUsize = AtomicUsize::new(0);
/// Where a thread that is held at its next block meets another one: when it has come there, and
/// when it may go on.
static MEETING: Barrier = Barrier::new(2);

thread_local! {
    static HELD: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: the work is done by `System`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() == align_of::<Message>() {
            ALIVE.fetch_add(1, SeqCst);
            MADE.fetch_add(1, SeqCst);
            if HELD.take() {
                MEETING.wait();
                MEETING.wait();
            }
        }
        // SAFETY: as called.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if layout.align() == align_of::<Message>() {
            ALIVE.fetch_sub(1, SeqCst);
        }
        // SAFETY: as called.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// One test counts at a time, and begins without blocks.
fn counting() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(alive(), 0);
    turn
}

fn alive() -> usize {
    ALIVE.load(SeqCst)
}

fn made() -> usize {
    MADE.load(SeqCst)
}

fn send(tx: &Sender<Message>, numbers: impl IntoIterator<Item = usize>) {
    numbers.into_iter().for_each(|number| assert_eq!(tx.try_send(Message(number)), Ok(())));
}

fn receive(rx: &Receiver<Message>, numbers: impl IntoIterator<Item = usize>) {
    numbers.into_iter().for_each(|number| assert_eq!(rx.try_recv(), Ok(Message(number))));
}

#[test]
fn a_steady_flow_allocates_nothing() {
    let _turn = counting();
    for depth in [0, 1, 30, 31, 32, 100, 1000] {
        let (tx, rx) = unbounded();
        send(&tx, 0..depth);
        // Up to here the depth was reached for the first time; a few blocks later one is left over.
        let warm = depth + 100;
        (depth..warm).for_each(|number| {
            send(&tx, [number]);
            receive(&rx, [number - depth]);
        });
        let before = made();
        for number in warm..warm + 10_000 {
            send(&tx, [number]);
            receive(&rx, [number - depth]);
        }
        assert_eq!(made(), before, "at a depth of {depth}");
    }
}

#[test]
fn bursts_within_a_block_allocate_nothing() {
    let _turn = counting();
    let (tx, rx) = unbounded();
    send(&tx, 0..100);
    receive(&rx, 0..100);
    let before = made();
    for _ in 0..1000 {
        send(&tx, 0..20);
        receive(&rx, 0..20);
    }
    assert_eq!(made(), before);
}

#[test]
fn memory_returns_when_the_channel_is_empty() {
    let _turn = counting();
    let (tx, rx) = unbounded();
    assert_eq!(alive(), 0, "the first block comes with the first message");
    for round in 1..4 {
        send(&tx, 0..10_000);
        assert!(alive() > 150, "a block has not so many slots");
        receive(&rx, 0..10_000);
        assert!(alive() <= 2, "{} blocks are left in round {round}", alive());
    }
    drop((tx, rx));
    assert_eq!(alive(), 0);
}

/// By a thread with a stack too small for one call per block.
#[test]
fn a_long_channel_is_dropped_without_recursion_and_without_a_leak() {
    let _turn = counting();
    for receiver_first in [false, true] {
        let (tx, rx) = unbounded();
        send(&tx, 0..200_000);
        assert!(alive() > 3000);
        let dropper = thread::Builder::new().stack_size(16 * 1024);
        let dropper = dropper.spawn(move || {
            if receiver_first {
                drop(rx);
                drop(tx);
            } else {
                drop(tx);
                drop(rx);
            }
        });
        dropper.unwrap().join().unwrap();
        assert_eq!(alive(), 0);
    }
}

/// The last receiver takes the messages with it; what a sender keeps alive is no more than an empty
/// channel.
#[test]
fn the_last_receiver_returns_the_memory() {
    let _turn = counting();
    let (tx, rx) = unbounded();
    send(&tx, 0..10_000);
    drop(rx);
    assert!(alive() <= 2, "{} blocks are left", alive());
    drop(tx);
    assert_eq!(alive(), 0);
}

/// Two senders prepare the next block at once, and the one that is slower does it in vain.
#[test]
#[cfg_attr(
    feature = "critical-section",
    ignore = "a sender is not held up within a critical section"
)]
fn a_block_that_came_too_late_is_not_lost() {
    let _turn = counting();
    let (tx, rx) = unbounded();
    let before_the_second_block = (0..).take_while(|number| {
        send(&tx, [*number]);
        alive() < 2
    });
    let before_the_second_block = before_the_second_block.count();
    drop((tx, rx));

    let (tx, rx) = unbounded();
    send(&tx, 0..before_the_second_block);
    let slower = thread::spawn({
        let tx = tx.clone();
        move || {
            HELD.set(true);
            send(&tx, [2]);
        }
    });
    MEETING.wait();
    send(&tx, [1]);
    MEETING.wait();
    slower.join().unwrap();
    receive(&rx, (0..before_the_second_block).chain([1, 2]));
    assert!(alive() <= 2, "{} blocks are left", alive());
    drop((tx, rx));
    assert_eq!(alive(), 0);
}

#[test]
fn a_forced_message_displaces_nothing() {
    let _turn = counting();
    let (tx, rx) = unbounded();
    for number in 0..10_000 {
        assert_eq!(tx.force_send(Message(number)), Ok(None));
        assert!(!tx.is_full());
    }
    assert_eq!((tx.capacity(), tx.len()), (None, 10_000));
    receive(&rx, 0..10_000);
}

/// A block takes a page or so, or one message.
#[test]
fn a_large_message_has_a_block_of_its_own() {
    #[repr(align(64))]
    struct Large([u8; 5000]);

    let _turn = counting();
    let (tx, rx) = unbounded();
    for number in 0..10 {
        assert!(tx.try_send(Large([number; 5000])).is_ok());
    }
    assert_eq!(alive(), 11, "one for each, and the next one");
    for number in 0..10 {
        assert!(rx.try_recv().is_ok_and(|Large(bytes)| bytes == [number; 5000]));
    }
    assert_eq!(alive(), 2);
    let mut batch = Vec::new();
    for _ in 0..3 {
        assert_eq!(tx.try_send_many((0..7).map(|number| Large([number; 5000]))).ok(), Some(7));
        assert_eq!(rx.try_recv_many(&mut batch, 7), Ok(7));
    }
    let numbers: Vec<_> = batch.iter().map(|Large(bytes)| bytes[4999]).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6].repeat(3));
    drop((tx, rx, batch));
    assert_eq!(alive(), 0);
}
