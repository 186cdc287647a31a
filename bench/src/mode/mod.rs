//! The subcommands: each lets the contenders run one load, and prints what it found.

pub mod fast;
pub mod matrix;
pub mod memory;
pub mod pingpong;
pub mod scale;
pub mod soundness;
