//! What one sees. Where no terminal is listening, indicatif draws nothing.

use core::time::Duration;
use std::time::Instant;

use forebay::{DrainMeter, Pressure, Receiver, Stats};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use smol::Timer;

use crate::pace::Pace;

const REFRESH: Duration = Duration::from_millis(50);

/// Draws the channel until it has ended.
pub(crate) async fn watch(channel: &Receiver<u32>) {
    let mut screen = Screen::new();
    let mut clock = Pace::start();
    while !(channel.is_closed() && channel.is_empty()) {
        screen.draw(&channel.stats(), channel.pressure(), Instant::now());
        Timer::after(clock.step(REFRESH)).await;
    }
    screen.clear();
}

struct Screen {
    inside: ProgressBar,
    marks: ProgressBar,
    flow: ProgressBar,
    senders: ProgressBar,
    receivers: ProgressBar,
    overflow: ProgressBar,
    /// Meters of what goes in and of what comes out: any count that grows has a rate.
    going_in: DrainMeter,
    coming_out: DrainMeter,
}

impl Screen {
    fn new() -> Self {
        let screen = MultiProgress::new();
        let line = |template| {
            let style = ProgressStyle::with_template(template).expect("the template is valid");
            screen.add(ProgressBar::new(0).with_style(style))
        };
        let half_life = Duration::from_millis(300);
        Self {
            inside: line("inside     {bar:40.green/dim} {msg}"),
            marks: line("pressure   {msg}"),
            flow: line("flow       {msg}"),
            senders: line("senders    {bar:40.yellow/dim} {pos} of {len} waiting"),
            receivers: line("receivers  {bar:40.yellow/dim} {pos} of {len} waiting"),
            overflow: line("overflow   {msg}"),
            going_in: DrainMeter::new(half_life),
            coming_out: DrainMeter::new(half_life),
        }
    }

    fn draw(&mut self, stats: &Stats, pressure: Pressure, now: Instant) {
        self.going_in.observe(stats.sent, now);
        self.coming_out.observe(stats.received, now);
        let rate = |meter: &DrainMeter| meter.rate().unwrap_or(0.0);

        let capacity = stats.capacity.unwrap_or(stats.len);
        let deepest = stats.deepest.unwrap_or(0);
        bar(&self.inside, stats.len, capacity);
        self.inside.set_message(format!("{} of {capacity}, deepest {deepest}", stats.len));
        self.marks.set_message(match pressure {
            Pressure::Low => "low",
            Pressure::High => "HIGH",
        });
        self.flow.set_message(format!(
            "{:>4.0}/s in, {:>4.0}/s out, {} sent, {} received",
            rate(&self.going_in),
            rate(&self.coming_out),
            stats.sent,
            stats.received
        ));
        bar(&self.senders, stats.waiting_senders, stats.senders);
        // One of them is the screen's own, which never receives.
        bar(&self.receivers, stats.waiting_receivers, stats.receivers - 1);
        self.overflow.set_message(format!(
            "{} refused, {} displaced",
            stats.refused.unwrap_or(0),
            stats.displaced.unwrap_or(0)
        ));
    }

    /// Gives the terminal back.
    fn clear(self) {
        let Self { inside, marks, flow, senders, receivers, overflow, .. } = self;
        for line in [inside, marks, flow, senders, receivers, overflow] {
            line.finish_and_clear();
        }
    }
}

fn bar(bar: &ProgressBar, part: usize, whole: usize) {
    bar.set_length(whole as u64);
    bar.set_position(part as u64);
}
