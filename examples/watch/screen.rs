//! What one sees. Where no terminal is listening, indicatif draws nothing.

use core::time::Duration;
use std::time::Instant;

use forebay::{Pressure, Receiver, Stats};
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
    going_in: Flow,
    coming_out: Flow,
}

/// How fast a count grows, averaged over the last few moments.
#[derive(Default)]
struct Flow {
    last: Option<(usize, Instant)>,
    per_second: f64,
}

impl Flow {
    const HALF_LIFE: f64 = 0.3;

    #[expect(clippy::cast_precision_loss, reason = "to look at")]
    fn observe(&mut self, count: usize, now: Instant) -> f64 {
        if let Some((before, then)) = self.last.replace((count, now)) {
            let seconds = now.duration_since(then).as_secs_f64().max(1e-6);
            let rate = (count - before) as f64 / seconds;
            self.per_second +=
                (rate - self.per_second) * (1.0 - (-seconds / Self::HALF_LIFE).exp2());
        }
        self.per_second
    }
}

impl Screen {
    fn new() -> Self {
        let screen = MultiProgress::new();
        let line = |template| {
            let style = ProgressStyle::with_template(template).expect("the template is valid");
            screen.add(ProgressBar::new(0).with_style(style))
        };
        Self {
            inside: line("inside     {bar:40.green/dim} {msg}"),
            marks: line("pressure   {msg}"),
            flow: line("flow       {msg}"),
            senders: line("senders    {bar:40.yellow/dim} {pos} of {len} waiting"),
            receivers: line("receivers  {bar:40.yellow/dim} {pos} of {len} waiting"),
            overflow: line("overflow   {msg}"),
            going_in: Flow::default(),
            coming_out: Flow::default(),
        }
    }

    fn draw(&mut self, stats: &Stats, pressure: Pressure, now: Instant) {
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
            self.going_in.observe(stats.sent, now),
            self.coming_out.observe(stats.received, now),
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
