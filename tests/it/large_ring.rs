//! Rings so large that their slots are prepared as they are used.

#[cfg(feature = "std")]
use crate::common::watched;
use forebay::{Receiver, Sender, TryRecvError, TrySendError, bounded};

const CAPACITY: usize = 20_000;

fn large() -> (Sender<usize>, Receiver<usize>) {
    bounded(CAPACITY)
}

#[test]
fn it_holds_what_it_should_lap_after_lap() {
    let (tx, rx) = large();
    // Not a whole lap at a time, so that laps end everywhere.
    let mut next = 0..;
    for expected in (0..).step_by(CAPACITY).take(3) {
        for number in next.by_ref().take(CAPACITY) {
            tx.try_send(number).unwrap();
        }
        assert_eq!(tx.try_send(0), Err(TrySendError::Full(0)));
        assert!((expected..expected + CAPACITY).all(|number| rx.try_recv() == Ok(number)));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
        tx.try_send(7).unwrap();
        assert_eq!(rx.try_recv(), Ok(7));
    }
}

#[test]
#[cfg(feature = "std")]
fn batches_permits_and_what_is_forced_in_find_its_slots() {
    watched(|| {
        let (tx, rx) = large();
        let reserved = 2000;
        let mut sent = 0;
        while sent < CAPACITY - reserved {
            sent += tx.try_send_many(sent..(sent + 700).min(CAPACITY - reserved)).unwrap();
        }
        let permits = tx.try_reserve_many(reserved).unwrap();
        assert_eq!(tx.force_send(sent), Ok(Some(0)));
        for permit in permits {
            sent += 1;
            permit.send(sent).unwrap();
        }
        assert!((1..=sent).all(|number| rx.try_recv() == Ok(number)));
        assert!(rx.is_empty());
    });
}

/// What the kernel gives is memory of zeroes, which is nowhere before it is written to.
#[test]
#[cfg(all(feature = "std", target_os = "linux", not(miri)))]
fn it_takes_memory_as_it_is_used() {
    const MANY: usize = 40_000_000;

    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<usize>().unwrap() << 10
    }

    let before = resident();
    let (tx, rx) = bounded(MANY);
    for number in 0..1000 {
        tx.try_send(number).unwrap();
        assert_eq!(rx.try_recv(), Ok(number));
    }
    // 640 MB if it were used; other tests run beside this one.
    let taken = resident().saturating_sub(before);
    assert!(taken < 300 << 20, "{taken} bytes");
}
