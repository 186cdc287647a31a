//! What the producer and the workers noted, and the table made of it.

use core::time::Duration;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use indicatif::{HumanCount, HumanFloatCount};

use crate::args::Args;

pub(crate) struct Notes {
    pub(crate) producer: ProducerNotes,
    pub(crate) workers: Vec<WorkerNotes>,
}

#[derive(Default)]
pub(crate) struct ProducerNotes {
    sent: u32,
    making: Duration,
    held_back: Duration,
    deepest: usize,
}

impl ProducerNotes {
    /// One more item is sent. `depth` is the length of the queue after it: until the next `put` of
    /// the only producer the queue can but shrink, so the greatest of these is the deepest that
    /// held the producer back.
    pub(crate) fn add(&mut self, making: Duration, held_back: Duration, depth: usize) {
        self.sent += 1;
        self.making += making;
        self.held_back += held_back;
        self.deepest = self.deepest.max(depth);
    }
}

#[derive(Default)]
pub(crate) struct WorkerNotes {
    received: u32,
    working: Duration,
    pub(crate) crashes: u32,
}

impl WorkerNotes {
    pub(crate) fn add(&mut self, working: Duration) {
        self.received += 1;
        self.working += working;
    }
}

impl Notes {
    pub(crate) fn table(&self, args: &Args, elapsed: Duration) -> Table {
        let Self { producer, workers } = self;
        let received: u32 = workers.iter().map(|worker| worker.received).sum();
        let crashes: u32 = workers.iter().map(|worker| worker.crashes).sum();
        let working: Duration = workers.iter().map(|worker| worker.working).sum();
        let sending = producer.making + producer.held_back;

        // The producer if `put` never waited, the workers if they never ran dry, both together.
        let wanted = pace(producer.sent, producer.making);
        let can_take = pace(received, working / args.workers);
        let achieved = pace(producer.sent, sending);

        let mut table = Table::new();
        table.load_preset(UTF8_FULL_CONDENSED);
        table.set_header(["", &args.runtime.to_string(), ""]);
        let mut row = |label: &str, value: String, remark: String| {
            table.add_row([label, &value, &remark]);
        };

        row("sent", count(producer.sent.into()), String::new());
        for (number, worker) in (1..).zip(workers) {
            let items = worker.received;
            let label = format!("received by worker {number}");
            row(&label, count(items.into()), bar(items.into(), received.into()));
        }
        row("crashes", count(crashes.into()), String::new());
        row("lost", count((producer.sent - received).into()), String::new());
        let capacity = count(args.capacity as u64);
        row("deepest queue", count(producer.deepest as u64), format!("of {capacity}"));
        row("elapsed", seconds(elapsed), String::new());
        for (label, pace) in [
            ("producer wanted", wanted),
            ("workers can take", can_take),
            ("producer achieved", achieved),
        ] {
            row(label, per_second(pace), bar(pace, wanted.max(can_take)));
        }
        let share = format!("{:.0} % of its time", 100.0 * ratio(producer.held_back, sending));
        row("producer held back", seconds(producer.held_back), share);

        if let Some(values) = table.column_mut(1) {
            values.set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}

fn pace(items: u32, time: Duration) -> f64 {
    f64::from(items) * ratio(Duration::from_secs(1), time)
}

/// Where there was nothing to measure, the nanosecond keeps the ratio a number.
fn ratio(part: Duration, whole: Duration) -> f64 {
    part.div_duration_f64(whole.max(Duration::from_nanos(1)))
}

fn count(items: u64) -> String {
    HumanCount(items).to_string()
}

fn per_second(pace: f64) -> String {
    format!("{:.1}/s", HumanFloatCount(pace))
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// A bar of 20 steps for the whole.
fn bar(part: f64, whole: f64) -> String {
    (0..20).take_while(|&step| f64::from(step) * whole < 20.0 * part).map(|_| '█').collect()
}
