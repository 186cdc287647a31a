//! Channels and queues made with options: what goes together, and what is refused.

use crate::common::Task;
use forebay::queue::{self, Queue};
use forebay::{BuildError, Builder, Overflow, Pressure, Sender, TrySendError};
use std::task::Poll;

/// The text of what is refused for a channel and for every kind of queue.
fn refusals(capacity: Option<usize>, marks: Option<(usize, usize)>) -> Vec<BuildError> {
    let (mut channel, mut queue) = (Builder::new(), queue::Builder::new());
    if let Some(capacity) = capacity {
        (channel, queue) = (channel.capacity(capacity), queue.maxsize(capacity));
    }
    if let Some((low, high)) = marks {
        (channel, queue) = (channel.watermarks(low, high), queue.watermarks(low, high));
    }
    #[cfg_attr(not(feature = "std"), allow(unused_mut))]
    let mut errors = vec![channel.build::<u8>().err(), queue.fifo::<u8>().err()];
    #[cfg(feature = "std")]
    errors.extend([
        queue.lifo::<u8>().err(),
        queue.priority::<u8>().err(),
        queue.retries(1).fifo::<u8>().err(),
    ]);
    errors.into_iter().flatten().collect()
}

#[track_caller]
fn assert_refused(
    capacity: Option<usize>,
    marks: Option<(usize, usize)>,
    error: BuildError,
    text: &str,
) {
    let refused = refusals(capacity, marks);
    assert_eq!(refused.len(), if cfg!(feature = "std") { 5 } else { 2 });
    assert!(refused.iter().all(|refusal| *refusal == error), "{refused:?}");
    assert_eq!(error.to_string(), text);
}

#[test]
fn bad_input_is_refused_with_its_numbers() {
    assert_refused(Some(0), None, BuildError::ZeroCapacity, "capacity cannot be zero");
    assert_refused(
        None,
        Some((3, 3)),
        BuildError::LowNotBelowHigh { low: 3, high: 3 },
        "the low mark 3 is not below the high mark 3",
    );
    assert_refused(
        Some(9),
        Some((4, 3)),
        BuildError::LowNotBelowHigh { low: 4, high: 3 },
        "the low mark 4 is not below the high mark 3",
    );
    assert_refused(
        Some(4),
        Some((3, 5)),
        BuildError::HighAboveCapacity { high: 5, capacity: 4 },
        "the high mark 5 is above the capacity 4",
    );
    assert_refused(None, Some((0, 1)), BuildError::ZeroLow, "no length is under a low mark of 0");
}

#[test]
fn a_capacity_that_memory_cannot_hold_is_refused() {
    for capacity in [usize::MAX, usize::MAX / 64, isize::MAX as usize / 16 + 1] {
        let error = BuildError::CapacityOverflow(capacity);
        assert_eq!(Builder::new().capacity(capacity).build::<[u64; 4]>().unwrap_err(), error);
        let queue = queue::Builder::new().maxsize(capacity);
        assert_eq!(queue.fifo::<[u64; 4]>().unwrap_err(), error);
        assert_eq!(error.to_string(), format!("capacity overflow: {capacity}"));
    }
}

/// Words can represent it, and no address space has so much. The memory is allocated as the queue
/// fills.
#[cfg(all(feature = "std", target_pointer_width = "64"))]
#[test]
fn only_what_allocates_at_once_is_refused_for_memory() {
    const CAPACITY: usize = 1 << 46;
    let error = BuildError::CapacityOverflow(CAPACITY);
    assert_eq!(Builder::new().capacity(CAPACITY).build::<[u64; 512]>().unwrap_err(), error);
    let queue = queue::Builder::new().maxsize(CAPACITY);
    assert_eq!(queue.fifo::<[u64; 512]>().unwrap_err(), error);
    for queue in [queue.retries(0).fifo(), queue.tracking().fifo(), queue.lifo()] {
        assert_eq!(queue.map(|queue: Queue<[u64; 512]>| queue.capacity()), Ok(Some(CAPACITY)));
    }
}

#[test]
fn what_is_just_within_the_bounds_is_made() {
    assert!(refusals(Some(2), Some((1, 2))).is_empty());
    assert!(refusals(None, Some((1, usize::MAX))).is_empty());
    assert!(refusals(Some(1), None).is_empty());
}

#[test]
fn one_builder_makes_any_number_of_channels() {
    let builder = Builder::new().capacity(2).overflow(Overflow::Refuse);
    let (first, _kept) = builder.build().unwrap();
    let (second, _kept) = builder.build().unwrap();
    first.try_send(1).unwrap();
    assert_eq!((first.len(), second.len()), (1, 0));
    second.try_send("of another type").unwrap();
}

#[test]
fn the_short_ways_are_the_builder_without_options() {
    fn same(short: &Sender<u8>, long: &Sender<u8>) {
        assert_eq!(short.capacity(), long.capacity());
        assert_eq!(short.stats(), long.stats());
        assert_eq!((short.pressure(), long.pressure()), (Pressure::Low, Pressure::Low));
    }
    let (short, _kept) = forebay::bounded(3);
    let (long, _kept) = Builder::new().capacity(3).build().unwrap();
    same(&short, &long);
    let (short, _kept) = forebay::unbounded();
    let (long, _kept) = Builder::default().build().unwrap();
    same(&short, &long);
}

/// The last option given counts, and none of them changes what a channel is.
#[test]
fn options_are_given_in_any_order() {
    let (sender, receiver) = Builder::new()
        .tracking()
        .overflow(Overflow::DropNewest)
        .watermarks(7, 8)
        .capacity(100)
        .overflow(Overflow::Wait)
        .watermarks(1, 2)
        .capacity(3)
        .build()
        .unwrap();
    (0..3).for_each(|number| sender.try_send(number).unwrap());
    assert_eq!(sender.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!(sender.pressure(), Pressure::High);
    let mut send = Task::parked(sender.send(3));
    assert_eq!(receiver.try_recv(), Ok(0));
    assert_eq!(send.settle(), Poll::Ready(Ok(())));
    assert_eq!(receiver.stats().deepest, Some(3));
}

#[test]
#[should_panic(expected = "capacity overflow")]
fn a_queue_too_large_panics_the_short_way() {
    let _ = Queue::<u64>::bounded(usize::MAX);
}
