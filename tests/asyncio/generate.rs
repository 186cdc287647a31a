//! Scenarios at random, each from its seed.

use fastrand::Rng;
use std::fmt::Write;

/// Every other scenario has shutdowns.
pub(crate) fn scenario(seed: u64) -> String {
    let mut random = Rng::with_seed(seed);
    let kind = random.choice(["fifo", "lifo", "priority"]).expect("one of three");
    let mut text = format!("queue {kind} {}\n", random.usize(..4));
    let mut tasks = 0;
    let mut item = 0;
    // Between two runs of the tasks either somebody takes without waiting, or somebody is cancelled: of several that wait,
    // the next may be another one after both. See the documentation of the module.
    let (mut barged, mut cancelled) = (false, false);
    for _ in 0..random.usize(5..45) {
        match random.u8(..16) {
            0..=2 => {
                tasks += 1;
                item += 1;
                writeln!(text, "put t{tasks:03} {}", item * 7 % 11)
            }
            3..=5 => {
                tasks += 1;
                writeln!(text, "get t{tasks:03}")
            }
            6 => {
                tasks += 1;
                writeln!(text, "join t{tasks:03}")
            }
            7 if tasks > 0 && !barged => {
                cancelled = true;
                writeln!(text, "cancel t{:03}", random.usize(1..=tasks))
            }
            8 if !cancelled => {
                barged = true;
                item += 1;
                writeln!(text, "try_put {}", item * 7 % 11)
            }
            9 if !cancelled => {
                barged = true;
                writeln!(text, "try_get")
            }
            10 | 11 => writeln!(text, "done"),
            12 if seed % 2 == 0 && random.u8(..4) == 0 => {
                let how = random.choice(["graceful", "immediate"]).expect("one of two");
                writeln!(text, "shutdown {how}")
            }
            _ => {
                (barged, cancelled) = (false, false);
                writeln!(text, "settle")
            }
        }
        .unwrap();
    }
    text.push_str("settle\n");
    text
}
