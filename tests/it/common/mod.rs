//! What the tests share: runtimes, polling by hand, messages whose drops are counted, and what panics.

mod every;
mod faults;
mod hand;
mod ledger;
mod runtime;
mod watchdog;

pub(crate) use every::{every_queue, on_every_runtime};
pub(crate) use faults::{Grenade, caught, fail, faulty, panic_text, panics};
pub(crate) use hand::{Task, Wakes, give_up_after};
pub(crate) use ledger::{Ledger, Message};
pub(crate) use runtime::Runtime;
pub(crate) use watchdog::watched;
