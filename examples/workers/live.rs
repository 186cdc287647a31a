//! What one sees while it runs: how many items are done, and how deep the queue is.
//! Where no terminal is listening, indicatif draws nothing.

use core::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::Args;

/// Cheap to clone: every task has one.
#[derive(Clone)]
pub(crate) struct Live {
    done: ProgressBar,
    depth: ProgressBar,
}

impl Live {
    pub(crate) fn new(args: &Args) -> Self {
        let screen = MultiProgress::with_draw_target(if args.quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        });
        let bar = |length, template| {
            let style = ProgressStyle::with_template(template).expect("the template is valid");
            let bar = screen.add(ProgressBar::new(length).with_style(style));
            // Drawn by the clock, not by each change: of changes that come in a burst, the last
            // counts.
            bar.enable_steady_tick(Duration::from_millis(50));
            bar
        };
        Self {
            done: bar(args.items.into(), "done  {bar:40.green/dim} {pos} of {len}, {eta} to go"),
            depth: bar(args.capacity as u64, "queue {bar:40.yellow/dim} {pos} of {len}"),
        }
    }

    /// One more item is done.
    pub(crate) fn done(&self) {
        self.done.inc(1);
    }

    /// So many items are in the queue.
    pub(crate) fn depth(&self, items: usize) {
        self.depth.set_position(items as u64);
    }

    /// Gives the terminal back.
    pub(crate) fn clear(&self) {
        self.done.finish_and_clear();
        self.depth.finish_and_clear();
    }
}
