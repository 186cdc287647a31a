//! The subcommands: each lets the contenders run one load, and prints what it found.

pub mod fairness;
pub mod fast;
pub mod matrix;
pub mod memory;
pub mod pingpong;
pub mod scale;
pub mod short;
pub mod soundness;

/// What was chosen, or else the default.
fn or<T: Copy>(chosen: &[T], default: &[T]) -> Vec<T> {
    if chosen.is_empty() {
        default.to_vec()
    } else {
        chosen.to_vec()
    }
}
