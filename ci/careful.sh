#!/usr/bin/env bash
# The test suite with a standard library that checks itself: its debug assertions are on, layouts
# are shuffled, and `mem::uninitialized`-like values, misaligned or invalid constants panic.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_debian_rust

export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/careful"
export RUSTFLAGS="-Zextra-const-ub-checks -Zrandomize-layout -Zstrict-init-checks"
std=(-Zbuild-std --target x86_64-unknown-linux-gnu)
cargo build -q "${std[@]}" --examples # for tests/main_job.rs
cargo test -q "${std[@]}" --lib --tests --no-fail-fast
