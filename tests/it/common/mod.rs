//! What the tests share: runtimes, polling by hand, and messages whose drops are counted.

mod executor;
mod hand;
mod ledger;
mod queues;
mod runtime;
mod watchdog;

pub(crate) use executor::{Executor, Order};
pub(crate) use hand::{Task, Wakes, give_up_after};
pub(crate) use ledger::{Ledger, Message};
pub(crate) use queues::queues;
pub(crate) use runtime::{Runtime, on_every_runtime};
pub(crate) use watchdog::watched;
