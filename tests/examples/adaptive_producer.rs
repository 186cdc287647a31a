//! The control of the example `adaptive_producer`, on a real channel, with a clock that is counted
//! and not waited for.
#[path = "../../examples/adaptive_producer/throttle.rs"]
mod throttle;

use core::ops::RangeInclusive;
use core::time::Duration;

use forebay::{Builder, Pressure};
use throttle::Throttle;

const LOW: usize = 3;
const HIGH: usize = 10;
const CAPACITY: usize = 16;

/// The lengths that the channel had in the second half of each of the consumer's paces, which last
/// twenty seconds each.
fn lengths(
    first: f64,
    paces: &[u32],
    asked: impl Fn(Pressure) -> Pressure,
) -> Vec<RangeInclusive<usize>> {
    let (sender, receiver) =
        Builder::new().capacity(CAPACITY).watermarks(LOW, HIGH).build().unwrap();
    let mut throttle = Throttle::new(first);
    let (mut next_item, mut next_take) = (Duration::ZERO, Duration::ZERO);
    let mut end = Duration::ZERO;
    let ranges = paces.iter().map(|&pace| {
        let settled = end + Duration::from_secs(10);
        end += Duration::from_secs(20);
        let (mut least, mut most) = (usize::MAX, 0);
        while next_item.min(next_take) < end {
            let now = next_item.min(next_take);
            if next_item <= next_take {
                // Without room it tries again when there is some.
                next_item = match sender.try_send(()) {
                    Ok(()) => now + throttle.gap(asked(sender.pressure())),
                    Err(_) => next_take + Duration::from_nanos(1),
                };
            } else {
                let _ = receiver.try_recv();
                next_take += Duration::from_secs(1) / pace;
            }
            if now >= settled {
                (least, most) = (least.min(sender.len()), most.max(sender.len()));
            }
        }
        least..=most
    });
    ranges.collect()
}

#[test]
fn the_length_stays_between_the_marks() {
    // The pressure changes one beyond the mark.
    let all = LOW - 1..=HIGH + 1;
    for first in [20.0, 100.0, 10_000.0] {
        let lengths = lengths(first, &[100, 40, 160, 20, 1000], |pressure| pressure);
        assert_eq!(lengths, vec![all.clone(); 5], "from {first}/s");
    }
}

#[test]
fn without_the_pressure_it_does_not() {
    assert_eq!(lengths(100.0, &[100], |_| Pressure::Low), [CAPACITY - 1..=CAPACITY]);
    assert_eq!(lengths(100.0, &[100], |_| Pressure::High), [0..=1]);
}

#[test]
fn a_pace_has_its_limits() {
    for first in [0.0, f64::INFINITY, -1.0] {
        for pressure in [Pressure::Low, Pressure::High] {
            let mut throttle = Throttle::new(first);
            for _ in 0..10_000 {
                let gap = throttle.gap(pressure);
                assert!(gap > Duration::ZERO && gap <= Duration::from_secs(90), "{gap:?}");
            }
        }
    }
}
