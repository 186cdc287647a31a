//! What the tests share: runtimes, polling by hand, and messages whose drops are counted.

mod every_runtime;
mod executor;
mod give_up;
mod hand;
mod ledger;
mod queues;
mod runtime;
mod watchdog;

pub(crate) use every_runtime::on_every_runtime;
pub(crate) use executor::{Executor, Order};
pub(crate) use give_up::give_up_after;
pub(crate) use hand::{Task, Wakes};
pub(crate) use ledger::{Ledger, Message};
pub(crate) use queues::{queues, queues_of_every_kind, take};
pub(crate) use runtime::Runtime;
pub(crate) use watchdog::watched;
