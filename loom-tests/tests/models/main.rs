//! The models, by layer. One test is one scenario in all its interleavings.

#[cfg(not(all(loom, forebay_loom)))]
compile_error!(
    "these models prove nothing on ordinary atomics: run them from the folder loom-tests, \
     whose .cargo/config.toml sets the cfgs, and without RUSTFLAGS in the environment"
);

extern crate alloc;

// Those floors of the crate that have models of their own.
#[allow(dead_code, unused_imports, unused_macros, unreachable_pub)]
#[path = "../../../src/gate/mod.rs"]
mod gate;
#[allow(dead_code, unused_imports, unused_macros, unreachable_pub)]
#[path = "../../../src/sync/mod.rs"]
mod sync;

mod harness;

mod batch;
mod blocking;
mod cancel;
mod close;
mod flags;
mod force;
mod gates;
mod litmus;
mod owned;
mod permit;
mod pressure;
mod queue;
mod queue_ends;
mod ring;
mod sorted;
mod streams;
mod synchronizes;
mod unbounded;
mod wakeups;
mod weak;
mod weight;
