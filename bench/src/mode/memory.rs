//! What each channel asks the heap for: bytes per channel and slot, idle or not, and allocations
//! per blocked call.

use crate::capacity::Capacity;
use crate::contender::{self, Contender};
use crate::load::footprint::Held;
use crate::report::table;

type Column = (&'static str, fn(&Contender) -> Option<Held>);

const IDLE: [Column; 3] = [
    ("bounded, 1000 words", |it| {
        (it.held_for_words)(Capacity::Bounded(1000))
    }),
    ("unbounded, words", |it| {
        (it.held_for_words)(Capacity::Unbounded)
    }),
    ("unbounded, 4 KiB each", |it| {
        (it.held_for_pages)(Capacity::Unbounded)
    }),
];

pub fn run() {
    blocked();
    println!("\nbytes of an idle channel: new, and after one message");
    idle();
}

fn idle() {
    let contenders = contender::all();
    let header = IDLE.map(|(what, _)| what);
    let mut table = table(std::iter::once("channel").chain(header));
    for of_one_peer in contenders.chunk_by(|a, b| a.name == b.name) {
        let bytes = IDLE.map(|(_, held)| match of_one_peer.iter().find_map(held) {
            Some(Held { new, used }) => format!("{new}, {used}"),
            None => "-".into(),
        });
        table.add_row(std::iter::once(of_one_peer[0].label()).chain(bytes));
    }
    println!("{table}");
}

fn blocked() {
    let mut table = table([
        "channel of words",
        "bytes, 1 slot",
        "after a wait",
        "bytes per slot",
        "allocations per blocked recv",
        "bytes",
        "per blocked send",
        "bytes",
    ]);
    for contender in contender::all() {
        if let Some(footprint) = (contender.footprint)() {
            table.add_row([
                contender.label(),
                footprint.fresh.to_string(),
                footprint.used.to_string(),
                format!("{:.2}", footprint.slot),
                format!("{:.2}", footprint.recv.0),
                format!("{:.0}", footprint.recv.1),
                format!("{:.2}", footprint.send.0),
                format!("{:.0}", footprint.send.1),
            ]);
        }
    }
    println!("{table}");
}
