//! Channels under everything at once, on every runtime, until the time is up. Every message is
//! accounted for.

mod fate;
#[path = "../../../../tests/it/common/give_up.rs"]
mod give_up;
#[path = "../../../../tests/it/common/ledger.rs"]
mod ledger;
mod receiving;
mod round;
#[path = "../../../../tests/it/common/runtime.rs"]
mod runtime;
mod sending;
mod watchdog;

use clap::Parser;
use round::{Round, Totals};
use std::time::{Duration, Instant};
use watchdog::Watchdog;

#[derive(Parser)]
#[command(about)]
struct Options {
    #[arg(long, default_value_t = 0)]
    minutes: u64,
    /// In addition to the minutes.
    #[arg(long, default_value_t = 0)]
    seconds: u64,
    /// Of the first round; each further one has the next. It says what each task does, not how the
    /// tasks meet.
    #[arg(long, default_value_t = fastrand::u64(..))]
    seed: u64,
    /// How many seconds without any call that ends are a stall.
    #[arg(long, default_value_t = 30)]
    patience: u64,
}

fn main() {
    let options = Options::parse();
    let time = Duration::from_secs(60 * options.minutes + options.seconds);
    println!("stress for {time:?}, seed {}", options.seed);
    let watchdog = Watchdog::start(Duration::from_secs(options.patience));
    let begin = Instant::now();
    let mut totals = Totals::default();
    let mut rounds = 0;
    while begin.elapsed() < time {
        let round = Round::new(options.seed.wrapping_add(rounds), &watchdog);
        totals += round.run();
        rounds += 1;
    }
    println!("{rounds} rounds, {totals}");
    assert!(totals.every_fate(), "some kind of end was never reached");
}
