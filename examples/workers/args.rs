//! The command line.

use core::fmt;
use core::time::Duration;

use clap::builder::RangedI64ValueParser;
use clap::{Parser, ValueEnum};

/// A fast producer, slower workers, and a bounded queue that keeps them in step
#[derive(Clone, Copy, Parser)]
pub(crate) struct Args {
    /// What runs the producer and the workers
    #[arg(long, value_enum, default_value = "smol")]
    pub(crate) runtime: RuntimeName,

    /// How many items to put
    #[arg(long, default_value_t = 200, allow_negative_numbers = true)]
    #[arg(value_parser = RangedI64ValueParser::<u32>::new().range(0..=1_000_000_000))]
    pub(crate) items: u32,

    /// How many workers share the queue
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    #[arg(value_parser = RangedI64ValueParser::<u32>::new().range(1..=256))]
    pub(crate) workers: u32,

    /// How many items the queue holds
    #[arg(long, default_value_t = 3, allow_negative_numbers = true)]
    #[arg(value_parser = RangedI64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub(crate) capacity: usize,

    /// How long the producer takes to make an item
    #[arg(long = "produce-ms", value_name = "MS", default_value = "5")]
    #[arg(value_parser = milliseconds, allow_negative_numbers = true)]
    pub(crate) produce: Duration,

    /// How long a worker takes for an item
    #[arg(long = "work-ms", value_name = "MS", default_value = "100")]
    #[arg(value_parser = milliseconds, allow_negative_numbers = true)]
    pub(crate) work: Duration,

    /// How many items make their worker panic, once each
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    #[arg(value_parser = RangedI64ValueParser::<u32>::new().range(0..=1_000_000_000))]
    pub(crate) crash: u32,

    /// Print nothing but the table
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum RuntimeName {
    Smol,
    AsyncStd,
    Tokio,
    Threads,
}

impl fmt::Display for RuntimeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().expect("no runtime is hidden").get_name())
    }
}

/// What is about to happen, in a sentence.
impl fmt::Display for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runtime, items, workers, capacity, produce, work, .. } = self;
        write!(
            f,
            "{items} items on {runtime}, {produce:?} to make, {work:?} to do. \
             Workers: {workers}, queue: {capacity}."
        )
    }
}

fn milliseconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        // NaN is in no range.
        Ok(ms) if (0.0..=60_000.0).contains(&ms) => Ok(Duration::from_secs_f64(ms / 1000.0)),
        _ => Err("it takes a number of milliseconds, 0 to 60000".to_owned()),
    }
}
