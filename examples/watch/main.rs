//! A running channel, live: what is inside, how fast it goes in and out, who waits, and what was
//! refused or displaced.
//!
//! Senders come in bursts, receivers have one pace; `stats` and `pressure` of the channel are all
//! that the screen looks at. What a burst does to a full channel was chosen when it was built:
//!
//! ```text
//! cargo run --release --example watch
//! cargo run --release --example watch -- --overflow drop-oldest
//! cargo run --release --example watch -- --overflow refuse --capacity 5 --low 1 --high 4
//! cargo run --release --example watch -- --help
//! ```
//!
//! Read `screen.rs` first.

#[path = "../common/pace.rs"]
mod pace;
mod screen;

use core::time::Duration;
use std::process::exit;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use forebay::{Builder, Overflow, Receiver, Sender, TrySendError};
use pace::Pace;
use smol::Timer;

/// A live view of a channel under a bursty load
#[derive(Clone, Copy, Parser)]
struct Args {
    /// How many items the channel holds
    #[arg(long, default_value_t = 16)]
    capacity: usize,

    /// Fewer inside: the pressure is low
    #[arg(long, default_value_t = 3)]
    low: usize,

    /// More inside: the pressure is high
    #[arg(long, default_value_t = 10)]
    high: usize,

    /// What becomes of an item for which there is no room
    #[arg(long, value_enum, default_value = "wait")]
    overflow: Policy,

    /// How many senders there are, each with 80 items per second in a burst and 15 else
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    senders: u8,

    /// How many receivers there are, each with 50 items per second
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..))]
    receivers: u8,

    /// How long to watch
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=86400))]
    seconds: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Policy {
    Wait,
    Refuse,
    DropOldest,
    DropNewest,
}

impl From<Policy> for Overflow {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Wait => Self::Wait,
            Policy::Refuse => Self::Refuse,
            Policy::DropOldest => Self::DropOldest,
            Policy::DropNewest => Self::DropNewest,
        }
    }
}

fn main() {
    let args = Args::parse();
    let builder = Builder::new()
        .capacity(args.capacity)
        .watermarks(args.low, args.high)
        .overflow(args.overflow.into())
        .tracking();
    let (sender, receiver) = builder.build().unwrap_or_else(|error| {
        eprintln!("{error}");
        exit(2)
    });

    smol::block_on(async {
        let end = Instant::now() + Duration::from_secs(args.seconds);
        let receivers: Vec<_> =
            (0..args.receivers).map(|_| smol::spawn(receive(receiver.clone()))).collect();
        for _ in 0..args.senders {
            smol::spawn(send(sender.clone(), end)).detach();
        }
        // The channel ends with its last sender.
        drop(sender);
        screen::watch(&receiver).await;
        for receiver in receivers {
            receiver.await;
        }
        println!("{}", receiver.stats());
    });
}

/// Offers items in bursts: two seconds of every four.
async fn send(sender: Sender<u32>, end: Instant) {
    let mut clock = Pace::start();
    for item in 0.. {
        let in_burst = end.saturating_duration_since(Instant::now()).as_secs() / 2 % 2 == 0;
        let per_second = if in_burst { 80 } else { 15 };
        Timer::after(clock.step(Duration::from_secs(1) / per_second)).await;
        if Instant::now() >= end {
            break;
        }
        // It waits, is refused, or displaces an item: the sender need not know which was chosen.
        // Counted it is anyway.
        if let Err(TrySendError::Closed(_)) = sender.offer(item).await {
            break;
        }
    }
}

async fn receive(receiver: Receiver<u32>) {
    let mut clock = Pace::start();
    while receiver.recv().await.is_ok() {
        Timer::after(clock.step(Duration::from_secs(1) / 50)).await;
    }
}
