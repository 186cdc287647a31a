//! The subcommands: each lets the contenders run one load, and prints what it found.

pub mod fast;
pub mod matrix;
