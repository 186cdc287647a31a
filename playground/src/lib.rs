//! Producers, a queue and workers in a time of their own: the page lets it pass, and draws.
//!
//! The queue and the channels are forebay's; everything else here is what a program would bring.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

pub mod executor;
#[cfg(target_family = "wasm")]
mod exports;
pub mod producer;
pub mod settings;
pub mod simulation;
pub mod view;
pub mod worker;
pub mod world;
