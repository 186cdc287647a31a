//! The examples: as a newcomer meets them, on the command line, and their parts one by one.
#![cfg(feature = "std")]

mod adaptive_producer;
mod command_line;
mod hash_tree;
mod http_429;
#[cfg(unix)]
mod http_jobs;
mod http_stream;
mod tcp_relay;
#[path = "../it/common/watchdog.rs"]
mod watchdog;
