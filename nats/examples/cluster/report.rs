//! What is shown while it runs, and at the end.

use std::time::{Duration, Instant};

use comfy_table::{CellAlignment, Table, presets};
use tokio::time::sleep;

use crate::accounts::Accounts;
use crate::run::Run;

const PACE: Duration = Duration::from_millis(500);

pub(crate) struct Live {
    start: Instant,
    last: Instant,
}

impl Live {
    pub(crate) fn begin(workers: usize) -> Self {
        let columns: Vec<_> = (1..=workers).map(|number| format!(" worker {number}")).collect();
        println!("  seconds      put   inside     done duplicates{}", columns.concat());
        let now = Instant::now();
        Self { start: now, last: now }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Shows how it goes until so many jobs are done.
    pub(crate) async fn until(&mut self, run: &Run, jobs: u64) {
        while run.accounts().done() < jobs {
            sleep(Duration::from_millis(5)).await;
            if self.last.elapsed() > PACE {
                self.line(run);
            }
        }
    }

    pub(crate) fn line(&mut self, run: &Run) {
        self.last = Instant::now();
        let (put, done, duplicates) = {
            let accounts = run.accounts();
            (accounts.put, accounts.done(), accounts.duplicates())
        };
        let shares: Vec<_> = run.shares().iter().map(|share| format!(" {share:>8}")).collect();
        let (seconds, inside) = (self.elapsed().as_secs_f64(), run.inside());
        let shares = shares.concat();
        println!("{seconds:>9.1} {put:>8} {inside:>8} {done:>8} {duplicates:>10}{shares}");
    }

    pub(crate) fn event(&self, what: &str) {
        println!("{:>9.1} -- {what}", self.elapsed().as_secs_f64());
    }
}

pub(crate) fn end(run: &Run, accounts: &Accounts, elapsed: Duration, result: u64) {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    let inside = format!("{} of {}", run.most_inside(), run.plan.maxsize);
    let rows = [
        ("put", accounts.put.to_string()),
        ("done", accounts.done().to_string()),
        ("lost", accounts.lost().to_string()),
        ("done twice", accounts.duplicates().to_string()),
        ("attempts", accounts.attempts().to_string()),
        ("most inside at once", inside),
        ("producer held back", seconds(accounts.held_back)),
        ("in all", seconds(elapsed)),
        ("primes counted", accounts.primes().to_string()),
        ("primes by a sieve", result.to_string()),
    ];
    for (what, figure) in rows {
        table.add_row([what, &figure]);
    }
    table.column_mut(1).expect("there are two").set_cell_alignment(CellAlignment::Right);
    println!("{table}");
}
