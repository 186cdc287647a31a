//! Exact accounts of a load in which most futures are dropped while they wait.

use crate::capacity::Capacity;
use crate::contender::{self, Contender};
use crate::executor::Executor;
use crate::load::cancelling::Account;
use crate::load::flow::Shape;
use crate::peers::Flaw;
use crate::report::table;
use crate::watchdog::Watchdog;
use clap::ValueEnum;
use std::env;
use std::error::Error;
use std::process::{Command, ExitStatus, Stdio};

const SENDERS: usize = 4;

const BOUNDED: [Capacity; 3] = [
    Capacity::Bounded(1),
    Capacity::Bounded(2),
    Capacity::Bounded(7),
];
/// Of a peer that has no other. Only its `recv` waits.
const UNBOUNDED: [Capacity; 1] = [Capacity::Unbounded];

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
    /// Print the bare account of one channel on one executor
    #[arg(long, hide = true)]
    account_of: Option<String>,
}

/// Each channel on each executor has a process of its own: one that corrupts the heap must neither
/// end the run nor put another in a bad light.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if let Some(name) = &options.account_of {
        let contender = chosen()
            .find(|contender| contender.name == name)
            .ok_or("no such channel")?;
        for executor in &options.executor {
            println!("{}", line(account(&contender, *executor, options.messages)));
        }
        return Ok(());
    }
    println!("futures dropped while they wait, capacities 1, 2, 7, or else unbounded: messages");
    let mut table = table([
        "channel",
        "shape",
        "executor",
        "sent",
        "lost",
        "lost, %",
        "doubled",
        "received though its send was dropped",
        "ended",
    ]);
    let mut wrongly_marked = Vec::new();
    for contender in chosen() {
        let mut sound = true;
        for &executor in &options.executor {
            let (status, account) = in_a_process(&contender, executor, options.messages)?;
            sound &= status.success() && account.is_some_and(|it| it.lost + it.doubled == 0);
            let figure = |of: fn(Account) -> u64| match account {
                Some(account) => of(account).to_string(),
                None => "-".into(),
            };
            table.add_row([
                contender.label(),
                shape(&contender).to_string(),
                executor.to_string(),
                figure(|account| account.sent),
                figure(|account| account.lost),
                account.map_or_else(|| "-".into(), |it| format!("{:.2}", it.lost_percent())),
                figure(|account| account.doubled),
                figure(|account| account.stray),
                if status.success() {
                    "well".into()
                } else {
                    status.to_string()
                },
            ]);
        }
        // A lost wakeup does not show: the load polls its futures again, woken or not.
        let shows = contender.flaw != Some(Flaw::Hangs);
        if shows && contender.is_sound() != sound {
            wrongly_marked.push(contender.name);
        }
    }
    println!("{table}");
    if !wrongly_marked.is_empty() {
        println!("marked otherwise than found: {}", wrongly_marked.join(", "));
    }
    Ok(())
}

/// Every peer once: of two with one name the bounded one, which comes first.
fn chosen() -> impl Iterator<Item = Contender> {
    let mut contenders = contender::all();
    contenders.dedup_by_key(|contender| contender.name);
    contenders.into_iter()
}

fn capacities(contender: &Contender) -> &'static [Capacity] {
    if contender.fits(1, BOUNDED[0]) {
        &BOUNDED
    } else {
        &UNBOUNDED
    }
}

fn shape(contender: &Contender) -> Shape {
    let receivers = if contender.fits(SENDERS, capacities(contender)[0]) {
        SENDERS
    } else {
        1
    };
    Shape {
        senders: SENDERS,
        receivers,
    }
}

fn account(contender: &Contender, executor: Executor, messages_each: u64) -> Account {
    let watchdog = Watchdog::start();
    let runtime = executor.start();
    let mut account = Account::default();
    for &capacity in capacities(contender) {
        watchdog.step(format!("{}, {executor}, {capacity}", contender.name));
        let shape = shape(contender);
        account.add((contender.cancelling)(
            &runtime,
            shape,
            capacity,
            messages_each,
        ));
    }
    account
}

fn in_a_process(
    contender: &Contender,
    executor: Executor,
    messages: u64,
) -> Result<(ExitStatus, Option<Account>), Box<dyn Error>> {
    let executor = executor.to_possible_value().expect("no executor is hidden");
    let output = Command::new(env::current_exe()?)
        .args(["soundness", "--account-of", contender.name])
        .args([
            "--executor",
            executor.get_name(),
            "--messages",
            &messages.to_string(),
        ])
        .stderr(Stdio::null())
        .output()?;
    Ok((output.status, parse(&String::from_utf8(output.stdout)?)))
}

fn line(account: Account) -> String {
    format!(
        "{} {} {} {}",
        account.sent, account.lost, account.stray, account.doubled
    )
}

fn parse(line: &str) -> Option<Account> {
    let numbers: Vec<u64> = line
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    let &[sent, lost, stray, doubled] = numbers.as_slice() else {
        return None;
    };
    Some(Account {
        sent,
        lost,
        stray,
        doubled,
    })
}
