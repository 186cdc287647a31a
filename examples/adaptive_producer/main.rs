//! A producer that slows down before it must: "over ten slow down, under three speed up".
//!
//! ```text
//!                      ┌──── low ─────┬──── high ────┐
//!    producer ── send ─▶ ░ ░ ░ ░ ░ ░ ░ ░ ░ ░ ░ ░ ░ ░ ├─▶ consumer
//!       ▲              └──────┬───────┴──────┬───────┘
//!       └───── faster ◀───────┘              │
//!       └───── slower ◀──────────────────────┘
//! ```
//!
//! The channel has two marks. Its pressure is high once it holds more than the high mark, low once
//! it holds fewer than the low one, and stays what it was in between, so that it does not flicker.
//! The producer asks for it before each item. It knows neither the consumer nor its pace, and finds
//! it: the consumer changes its pace twice, and each time the length returns between the marks.
//!
//! ```text
//! cargo run --release --example adaptive_producer
//! cargo run --release --example adaptive_producer -- --low 10 --high 40 --capacity 50
//! cargo run --release --example adaptive_producer -- --paces 50,500 --seconds 5
//! ```
//!
//! Read `throttle.rs` first: it is the control.

#[path = "../common/pace.rs"]
mod pace;
mod throttle;

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::process::exit;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use forebay::{Builder, Pressure, Receiver, Sender, WeakSender};
use futures_lite::StreamExt;
use pace::Pace;
use smol::Timer;
use throttle::Throttle;

/// A producer that goes by the watermarks of its channel
#[derive(Clone, Parser)]
struct Args {
    /// Fewer inside: speed up
    #[arg(long, default_value_t = 3)]
    low: usize,

    /// More inside: slow down
    #[arg(long, default_value_t = 10)]
    high: usize,

    /// How many items the channel holds: what happens if the producer does not slow down
    #[arg(long, default_value_t = 16)]
    capacity: usize,

    /// How many items per second the consumer takes, one pace after the other
    #[arg(long, value_delimiter = ',', default_value = "100,40,160", value_parser = clap::value_parser!(u32).range(1..=1000))]
    paces: Vec<u32>,

    /// How long the consumer keeps each pace
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
}

fn main() {
    let args = Args::parse();
    let builder = Builder::new().capacity(args.capacity).watermarks(args.low, args.high);
    let (sender, receiver) = builder.build().unwrap_or_else(|error| {
        eprintln!("{error}");
        exit(2)
    });
    smol::block_on(run(&args, sender, receiver));
}

async fn run(args: &Args, sender: Sender<u64>, receiver: Receiver<u64>) {
    let made = Arc::new(AtomicU64::new(0));
    let watched = sender.downgrade();
    // One watcher of many: it keeps nothing open, and ends with the channel. The first item is the
    // level at the start.
    let changes = smol::spawn(sender.pressure_changes().skip(1).count());
    let producer = smol::spawn(produce(sender, Arc::clone(&made)));
    let consumer = smol::spawn(consume(receiver, args.clone()));

    let between = plot(args, &watched, &made).await;
    consumer.await;
    producer.await;
    println!(
        "{} items, {} changes of the pressure, {:.0} % of the time between the marks",
        made.load(Ordering::Relaxed),
        changes.await,
        100.0 * between
    );
}

/// Makes items until nobody takes them.
async fn produce(sender: Sender<u64>, made: Arc<AtomicU64>) {
    let mut throttle = Throttle::new(100.0);
    let mut clock = Pace::start();
    loop {
        // The line that this example is about.
        let gap = throttle.gap(sender.pressure());
        Timer::after(clock.step(gap)).await;
        if sender.send(made.load(Ordering::Relaxed)).await.is_err() {
            break;
        }
        made.fetch_add(1, Ordering::Relaxed);
    }
}

/// Takes items, at one pace after the other.
async fn consume(receiver: Receiver<u64>, args: Args) {
    for pace in args.paces {
        let end = Instant::now() + Duration::from_secs(args.seconds);
        let mut clock = Pace::start();
        while Instant::now() < end && receiver.recv().await.is_ok() {
            Timer::after(clock.step(Duration::from_secs(1) / pace)).await;
        }
    }
}

/// Draws a line for each tenth of a second. The answer is the share of those with a length between
/// the marks.
async fn plot(args: &Args, channel: &WeakSender<u64>, made: &AtomicU64) -> f64 {
    const TICK: Duration = Duration::from_millis(100);
    let (mut lines, mut between) = (0, 0);
    let mut before = 0;
    let start = Instant::now();
    let mut clock = Pace::start();
    println!(
        "   time   {:<width$}   producer   consumer   pressure",
        "length",
        width = args.capacity + 8
    );
    loop {
        Timer::after(clock.step(TICK)).await;
        let phase = start.elapsed().as_secs() / args.seconds;
        let pace = usize::try_from(phase).ok().and_then(|phase| args.paces.get(phase));
        let (Some(channel), Some(pace)) = (channel.upgrade(), pace) else {
            return f64::from(between) / f64::from(lines.max(1));
        };
        let (length, made) = (channel.len(), made.load(Ordering::Relaxed));
        let pressure = match channel.pressure() {
            Pressure::Low => "low",
            Pressure::High => "high",
        };
        println!(
            "{:>5.1} s   {} {length:>4}   {:>6}/s   {pace:>6}/s   {pressure}",
            start.elapsed().as_secs_f64(),
            bar(length, args),
            (made - before) * 10,
        );
        before = made;
        lines += 1;
        between += u32::from((args.low..=args.high).contains(&length));
    }
}

/// The length as a bar, with the marks in it.
fn bar(length: usize, args: &Args) -> String {
    let cell = |item| if item < length { '█' } else { '·' };
    let mut bar: String = "▕".into();
    for item in 0..args.capacity {
        bar.push(cell(item));
        if [args.low, args.high].contains(&(item + 1)) {
            bar.push('│');
        }
    }
    bar.push('▏');
    bar
}
