//! `try_send` and `try_recv` where nobody waits, beside queues that cannot wait at all.

use crate::capacity::Capacity;
use crate::contender;
use crate::figures::median;
use crate::load::pairs::{Pairs, pairs};
use crate::peers::{Line, Message};
use crate::report::{goal, table};
use crate::rounds::interleave;
use crossbeam_queue::{ArrayQueue, SegQueue};
use forebay::queue::{Builder, Job, Queue};
use std::sync::Arc;

#[derive(clap::Args)]
pub struct Options {
    /// Bytes per message
    #[arg(long, value_enum, default_value = "8")]
    size: Size,
    /// Messages that a bounded queue holds
    #[arg(long, default_value = "1024", value_parser = clap::value_parser!(u16).range(1..))]
    capacity: u16,
    /// Rounds in which every queue is measured once
    #[arg(long, default_value = "301", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Messages per queue and round
    #[arg(long, default_value = "20000", value_parser = clap::value_parser!(u64).range(1..))]
    messages: u64,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Size {
    #[value(name = "8")]
    Word,
    #[value(name = "64")]
    Line,
}

impl Size {
    fn bytes(self) -> usize {
        match self {
            Self::Word => size_of::<u64>(),
            Self::Line => size_of::<Line>(),
        }
    }
}

pub fn run(options: &Options) {
    println!(
        "try_send + try_recv, one thread, {} bytes: ns per message",
        options.size.bytes()
    );
    println!("\nbounded, {}", options.capacity);
    compare(options, Capacity::Bounded(options.capacity.into()));
    println!("\nunbounded");
    compare(options, Capacity::Unbounded);
    println!(
        "\nthe work queue, {}: put + get + done beside send + recv of forebay",
        options.capacity
    );
    queue_beside_channel(options);
}

/// What a count of the unfinished adds to a channel.
fn queue_beside_channel(options: &Options) {
    let mut loads: Vec<(&str, Pairs)> = match options.size {
        Size::Word => of_forebay::<u64>(options.capacity.into()),
        Size::Line => of_forebay::<Line>(options.capacity.into()),
    };
    for (_, pairs) in &mut loads {
        pairs(options.messages);
    }
    let mut samples = interleave(options.rounds.into(), loads.len(), |index| {
        let (_, pairs) = &mut loads[index];
        pairs(options.messages).as_nanos() as f64 / options.messages as f64
    });
    let ns: Vec<f64> = samples.iter_mut().map(|samples| median(samples)).collect();
    let mut table = table(["", "ns", "/ channel"]);
    for ((name, _), ns_of_it) in loads.iter().zip(&ns) {
        table.add_row([
            (*name).to_string(),
            format!("{ns_of_it:.1}"),
            format!("{:.2}", ns_of_it / ns[0]),
        ]);
    }
    println!("{table}");
    println!("{}", goal("queue / channel", ns[1] / ns[0], 2.0));
}

fn of_forebay<M: Message>(capacity: usize) -> Vec<(&'static str, Pairs)> {
    let (sender, receiver) = forebay::bounded::<M>(capacity);
    let channel = pairs(
        move |message| sender.try_send(message).is_ok(),
        move || receiver.try_recv().ok(),
    );
    let queues = [
        ("queue", Queue::<M>::bounded(capacity)),
        (
            "queue, with retries",
            Builder::new().maxsize(capacity).retries(1).fifo().unwrap(),
        ),
        (
            "queue, lifo",
            Builder::new().maxsize(capacity).lifo().unwrap(),
        ),
    ];
    let mut loads = vec![("channel", channel)];
    loads.extend(queues.map(|(name, queue)| {
        let workers = queue.clone();
        let pairs = pairs(
            move |item| queue.try_put(item).is_ok(),
            move || workers.try_get().ok().map(Job::into_inner),
        );
        (name, pairs)
    }));
    loads
}

fn compare(options: &Options, capacity: Capacity) {
    let mut queues = queues(options, capacity);
    for (_, pairs) in &mut queues {
        pairs(options.messages);
    }
    let samples = interleave(options.rounds.into(), queues.len(), |index| {
        let (_, pairs) = &mut queues[index];
        pairs(options.messages).as_nanos() as f64 / options.messages as f64
    });
    let mut results: Vec<(&str, f64)> = queues
        .iter()
        .zip(samples)
        .map(|((name, _), mut samples)| (name.as_str(), median(&mut samples)))
        .collect();

    let of = |name| {
        results
            .iter()
            .find(|result| result.0 == name)
            .map(|result| result.1)
    };
    let (floor_name, floor) = results[0];
    let async_channel = of("async-channel").expect("async-channel has every capacity");
    let forebay = of("forebay");

    results.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut table = table(["queue", "ns", &format!("/ {floor_name}"), "/ async-channel"]);
    for (name, ns) in results {
        table.add_row([
            name.to_string(),
            format!("{ns:.1}"),
            format!("{:.2}", ns / floor),
            format!("{:.2}", ns / async_channel),
        ]);
    }
    println!("{table}");
    if let (Some(forebay), Capacity::Bounded(_)) = (forebay, capacity) {
        println!(
            "{}",
            goal(&format!("forebay / {floor_name}"), forebay / floor, 1.15)
        );
        println!(
            "{}",
            goal("forebay / async-channel", forebay / async_channel, 0.25)
        );
    }
}

/// The queues of that capacity, first the floor.
fn queues(options: &Options, capacity: Capacity) -> Vec<(String, Pairs)> {
    let mut queues = match options.size {
        Size::Word => floors::<u64>(capacity),
        Size::Line => floors::<Line>(capacity),
    };
    queues.extend(contender::all().into_iter().filter_map(|contender| {
        let pairs = match options.size {
            Size::Word => (contender.pairs_of_words)(capacity),
            Size::Line => (contender.pairs_of_lines)(capacity),
        };
        Some((contender.label(), pairs?))
    }));
    queues
}

fn floors<M: Message>(capacity: Capacity) -> Vec<(String, Pairs)> {
    match capacity {
        Capacity::Bounded(capacity) => {
            let array = Arc::new(ArrayQueue::<M>::new(capacity));
            let (mut producer, mut consumer) = rtrb::RingBuffer::<M>::new(capacity);
            let popped = Arc::clone(&array);
            let array = pairs(
                move |message| array.push(message).is_ok(),
                move || popped.pop(),
            );
            let rtrb = pairs(
                move |message| producer.push(message).is_ok(),
                move || consumer.pop().ok(),
            );
            vec![("ArrayQueue".into(), array), ("rtrb (spsc)".into(), rtrb)]
        }
        Capacity::Unbounded => {
            let list = Arc::new(SegQueue::<M>::new());
            let popped = Arc::clone(&list);
            let push = move |message| {
                list.push(message);
                true
            };
            vec![("SegQueue".into(), pairs(push, move || popped.pop()))]
        }
    }
}
