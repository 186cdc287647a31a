//! The examples: as a newcomer meets them, on the command line, and their parts one by one.
#![cfg(feature = "std")]

mod adaptive_producer;
mod command_line;
mod http_429;
mod tcp_relay;
#[path = "../it/common/watchdog.rs"]
mod watchdog;
