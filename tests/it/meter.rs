//! The estimate of when there will be room, with a clock of the test's own.

use forebay::{Builder, DrainMeter, Receiver, Sender, Stats, bounded, unbounded};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Feeds the meter what a channel may look like at a time in milliseconds since the start.
struct Clocked {
    meter: DrainMeter,
    start: Instant,
    stats: Stats,
}

impl Clocked {
    fn new(half_life: Duration) -> Self {
        let (sender, _receiver) = bounded::<u8>(usize::from(u8::MAX));
        Self { meter: DrainMeter::new(half_life), start: Instant::now(), stats: sender.stats() }
    }

    /// With more inside than was received since the last time.
    fn observe(&mut self, received: usize, millis: u64) {
        self.observe_with(received, usize::MAX, millis);
    }

    fn observe_with(&mut self, received: usize, len: usize, millis: u64) {
        (self.stats.received, self.stats.len) = (received, len);
        self.meter.observe(&self.stats, self.start + Duration::from_millis(millis));
    }

    #[track_caller]
    fn assert_rate(&self, expected: f64) {
        let rate = self.meter.rate().expect("a rate");
        assert!((rate - expected).abs() < expected * 1e-9 + 1e-9, "{rate}, not {expected}");
    }
}

fn with(capacity: usize, inside: usize) -> (Sender<usize>, Receiver<usize>) {
    let (sender, receiver) = bounded(capacity);
    (0..inside).for_each(|number| sender.try_send(number).unwrap());
    (sender, receiver)
}

#[test]
fn nothing_is_known_before_two_observations() {
    let mut clocked = Clocked::new(SECOND);
    let (sender, _receiver) = with(2, 2);
    assert_eq!(clocked.meter.rate(), None);
    clocked.observe(5, 0);
    assert_eq!(clocked.meter.rate(), None);
    assert_eq!(clocked.meter.until_room(&sender.stats(), 1), None);
    clocked.observe(7, 1000);
    clocked.assert_rate(2.0);
    assert_eq!(clocked.meter.until_room(&sender.stats(), 1), Some(SECOND / 2));
}

#[test]
fn a_steady_rate_is_found_however_it_is_sampled() {
    let mut clocked = Clocked::new(Duration::from_millis(700));
    for millis in [0, 10, 20, 500, 501, 3000, 60_000] {
        clocked.observe(usize::try_from(millis * 3).unwrap(), millis);
        if millis > 0 {
            clocked.assert_rate(3000.0);
        }
    }
}

#[test]
fn after_a_half_life_a_change_is_half_known() {
    let mut clocked = Clocked::new(SECOND);
    clocked.observe(0, 0);
    // So long that the weight of what was not seen is gone.
    clocked.observe(1_000_000, 100_000);
    clocked.assert_rate(10_000.0);
    clocked.observe(1_000_000, 101_000);
    clocked.assert_rate(5_000.0);
    clocked.observe(1_000_000, 103_000);
    clocked.assert_rate(1_250.0);
}

#[test]
fn with_no_half_life_the_last_interval_counts() {
    let mut clocked = Clocked::new(Duration::ZERO);
    clocked.observe(0, 0);
    clocked.observe(10, 1000);
    clocked.observe(30, 2000);
    clocked.assert_rate(20.0);
    clocked.observe(30, 3000);
    clocked.assert_rate(0.0);
}

#[test]
fn an_endless_half_life_is_the_average_of_all() {
    let mut clocked = Clocked::new(Duration::MAX);
    clocked.observe(0, 0);
    clocked.observe(10, 1000);
    clocked.observe(40, 2000);
    clocked.assert_rate(20.0);
}

#[test]
fn a_clock_that_stands_still_or_goes_back_loses_nothing() {
    let mut clocked = Clocked::new(SECOND);
    clocked.observe(0, 1000);
    clocked.observe(3, 1000);
    clocked.observe(4, 500);
    assert_eq!(clocked.meter.rate(), None);
    clocked.observe(6, 3000);
    clocked.assert_rate(3.0);
}

#[test]
fn a_count_that_wrapped_around_is_left_out() {
    let mut clocked = Clocked::new(SECOND);
    clocked.observe(100, 0);
    clocked.observe(104, 1000);
    clocked.observe(3, 2000);
    clocked.assert_rate(4.0);
    clocked.observe(7, 3000);
    clocked.assert_rate(4.0);
}

#[test]
fn where_nothing_is_received_nothing_can_be_said() {
    let mut clocked = Clocked::new(SECOND);
    let (sender, _receiver) = with(2, 2);
    clocked.observe(0, 0);
    clocked.observe(0, 1000);
    assert_eq!(clocked.meter.rate(), Some(0.0));
    assert_eq!(clocked.meter.until_room(&sender.stats(), 1), None);
    // Next to nothing is nothing: no wait of days.
    clocked.observe(1, 1_001);
    for moment in 1..20 {
        clocked.observe(1, 1_001 + moment * 5_000);
        assert!(clocked.meter.rate() > Some(0.0));
        assert_eq!(clocked.meter.until_room(&sender.stats(), 1), None);
    }
}

/// The case that was answered with 126 days: busy, idle for minutes, then a burst.
#[test]
fn a_lull_is_left_out() {
    let (sender, _receiver) = with(10, 10);
    for by_message in [false, true] {
        let mut clocked = Clocked::new(10 * SECOND);
        for second in 0..60 {
            clocked.observe_with(100 * second, 50, 1000 * second as u64);
        }
        clocked.assert_rate(100.0);
        let received = 100 * 59 + 50;
        if by_message {
            // The next message comes after five minutes, and is observed with the one before.
            clocked.observe_with(received, 1, 360_000);
        } else {
            for second in 60..360 {
                clocked.observe_with(received, 0, 1000 * second);
            }
        }
        for tenth in 1..5 {
            clocked.observe_with(received + 10 * tenth, 10, 360_000 + 100 * tenth as u64);
        }
        let wait = clocked.meter.until_room(&sender.stats(), 5).unwrap();
        assert!(wait < SECOND / 5, "{wait:?}");
    }
}

#[test]
fn an_idle_channel_has_no_rate() {
    let mut clocked = Clocked::new(SECOND);
    for minute in 0..60 {
        clocked.observe_with(minute, 0, 60_000 * minute as u64);
    }
    assert_eq!(clocked.meter.rate(), None);
}

#[test]
fn receivers_that_become_slow_are_found_slow() {
    let mut clocked = Clocked::new(SECOND);
    clocked.observe_with(0, 1, 0);
    clocked.observe_with(1000, 1, 1000);
    // A tenth of the pace, never more inside than is received between.
    for second in 2..30 {
        clocked.observe_with(1000 + 100 * (second - 1), 1, 1000 * second as u64);
    }
    let rate = clocked.meter.rate().unwrap();
    assert!((99.0..110.0).contains(&rate), "{rate}");
}

#[test]
fn room_is_room_at_once_and_too_much_is_never() {
    let mut clocked = Clocked::new(SECOND);
    let (sender, receiver) = with(4, 3);
    assert_eq!(clocked.meter.until_room(&sender.stats(), 1), Some(Duration::ZERO));
    assert_eq!(clocked.meter.until_room(&sender.stats(), 0), Some(Duration::ZERO));
    assert_eq!(clocked.meter.until_room(&sender.stats(), 5), None);
    assert_eq!(clocked.meter.until_room(&sender.stats(), usize::MAX), None);
    clocked.observe(0, 0);
    clocked.observe(1, 1000);
    assert_eq!(clocked.meter.until_room(&receiver.stats(), 4), Some(3 * SECOND));

    let (endless, _receiver) = unbounded::<u8>();
    let (rates, stats) = (DrainMeter::new(SECOND), endless.stats());
    assert_eq!(rates.until_room(&stats, usize::MAX), Some(Duration::ZERO));
}

#[test]
fn what_is_reserved_is_no_room() {
    let mut clocked = Clocked::new(SECOND);
    let (sender, receiver) = with(3, 1);
    clocked.observe(0, 0);
    clocked.observe(2, 1000);
    let permits = sender.try_reserve_many(2).unwrap();
    assert!(sender.is_full());
    assert_eq!(clocked.meter.until_room(&sender.stats(), 1), Some(SECOND / 2));
    receiver.try_recv().unwrap();
    assert_eq!(clocked.meter.until_room(&sender.stats(), 1), Some(Duration::ZERO));
    drop(permits);
    assert_eq!(clocked.meter.until_room(&sender.stats(), 3), Some(Duration::ZERO));
}

#[test]
fn room_by_weight_is_for_messages_like_those_inside() {
    let mut clocked = Clocked::new(SECOND);
    clocked.observe(0, 0);
    clocked.observe(2, 1000);
    let (sender, receiver) = Builder::new().weight(10, |message: &usize| *message).build().unwrap();
    let until = |n| clocked.meter.until_room(&sender.stats(), n);
    assert_eq!(until(1), Some(Duration::ZERO));
    sender.try_send(5).unwrap();
    assert_eq!((until(1), until(2)), (Some(Duration::ZERO), Some(SECOND / 2)));
    assert_eq!(until(3), None);
    sender.try_send(5).unwrap();
    assert!(sender.is_full());
    assert_eq!((until(1), until(2)), (Some(SECOND / 2), Some(SECOND)));
    receiver.drain().for_each(drop);
    // One that is heavier than all the room is taken alone.
    sender.try_send(99).unwrap();
    assert_eq!((until(1), until(2)), (Some(SECOND / 2), None));
}
