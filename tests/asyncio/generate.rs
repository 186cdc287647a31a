//! Scenarios at random, each from its seed.

use std::fmt::Write;

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).expect("31 bits") % bound
    }
}

/// Every other scenario has shutdowns.
pub(crate) fn scenario(seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..8 {
        random.below(2);
    }
    let kind = ["fifo", "lifo", "priority"][random.below(3)];
    let mut text = format!("queue {kind} {}\n", random.below(4));
    let mut tasks = 0;
    let mut item = 0;
    // Between two runs of the tasks either somebody takes without waiting, or somebody is
    // cancelled: of several that wait, the next may be another one after both. See the
    // documentation of the module.
    let (mut barged, mut cancelled) = (false, false);
    for _ in 0..random.below(40) + 5 {
        match random.below(16) {
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
                writeln!(text, "cancel t{:03}", random.below(tasks) + 1)
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
            12 if seed % 2 == 0 && random.below(4) == 0 => {
                let how = ["graceful", "immediate"][random.below(2)];
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
