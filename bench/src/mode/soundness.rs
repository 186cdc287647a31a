//! Exact accounts of a load in which most futures are dropped while they wait.

use crate::capacity::Capacity;
use crate::contender;
use crate::executor::Executor;
use crate::load::cancelling::Account;
use crate::load::flow::Shape;
use crate::report::table;
use crate::watchdog::Watchdog;

#[derive(clap::Args)]
pub struct Options {
    /// These executors
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "tokio-current,tokio-multi"
    )]
    executor: Vec<Executor>,
    /// Messages that each of the four senders tries to send, per executor and capacity
    #[arg(long, default_value = "20000", value_parser = clap::value_parser!(u64).range(1..))]
    messages: u64,
}

pub fn run(options: &Options) {
    const SENDERS: usize = 4;
    const CAPACITIES: [Capacity; 3] = [
        Capacity::Bounded(1),
        Capacity::Bounded(2),
        Capacity::Bounded(7),
    ];
    let watchdog = Watchdog::start();
    let runtimes: Vec<_> = options
        .executor
        .iter()
        .map(|executor| executor.start())
        .collect();
    println!("futures dropped while they wait, capacities 1, 2, 7: messages");
    let mut table = table([
        "channel",
        "shape",
        "sent",
        "lost",
        "lost, %",
        "doubled",
        "received though its send was dropped",
    ]);
    let mut wrongly_marked = Vec::new();
    for contender in contender::all()
        .iter()
        .filter(|contender| contender.fits(1, CAPACITIES[0]))
    {
        let receivers = if contender.fits(SENDERS, CAPACITIES[0]) {
            SENDERS
        } else {
            1
        };
        let shape = Shape {
            senders: SENDERS,
            receivers,
        };
        let mut account = Account::default();
        for runtime in &runtimes {
            for capacity in CAPACITIES {
                watchdog.step(format!("{}, {shape}, {capacity}", contender.name));
                account.add((contender.cancelling)(
                    runtime,
                    shape,
                    capacity,
                    options.messages,
                ));
            }
        }
        table.add_row([
            contender.label(),
            shape.to_string(),
            account.sent.to_string(),
            account.lost.to_string(),
            format!("{:.2}", account.lost as f64 / account.sent as f64 * 100.0),
            account.doubled.to_string(),
            account.stray.to_string(),
        ]);
        if contender.sound != (account.lost + account.doubled == 0) {
            wrongly_marked.push(contender.name);
        }
    }
    println!("{table}");
    if !wrongly_marked.is_empty() {
        println!("marked otherwise than found: {}", wrongly_marked.join(", "));
    }
}
