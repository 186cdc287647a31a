//! What each channel asks the heap for: bytes per channel and slot, allocations per blocked call.

use crate::contender;
use crate::report::table;

pub fn run() {
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
