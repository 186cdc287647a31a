//! What the tests share: runtimes, polling by hand, and messages whose drops are counted.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test file is a crate of its own and uses only some of this"
)]

mod hand;
mod ledger;
mod runtime;

pub(crate) use hand::{Task, Wakes, give_up_after};
pub(crate) use ledger::{Ledger, Message};
pub(crate) use runtime::{Runtime, on_every_runtime, watched};
