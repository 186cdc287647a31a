//! The estimate of when there will be room, with a clock of the test's own.
use forebay::{DrainMeter, Receiver, Sender, bounded, unbounded};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Feeds the meter a count and a time in milliseconds since the start.
struct Clocked {
    meter: DrainMeter,
    start: Instant,
}

impl Clocked {
    fn new(half_life: Duration) -> Self {
        Self { meter: DrainMeter::new(half_life), start: Instant::now() }
    }

    fn observe(&mut self, received: usize, millis: u64) {
        self.meter.observe(received, self.start + Duration::from_millis(millis));
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
    // Next to nothing: longer than a duration can say.
    clocked.observe(1, 1_001);
    for hour in 1..2_000 {
        clocked.observe(1, hour * 3_600_000);
    }
    let wait = clocked.meter.until_room(&sender.stats(), 1);
    assert!(wait.is_none_or(|wait| wait > Duration::from_secs(1 << 40)), "{wait:?}");
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
