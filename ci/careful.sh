#!/usr/bin/env bash
# The test suite with a standard library that checks itself: its debug assertions are on, layouts
# are shuffled, and `mem::uninitialized`-like values, misaligned or invalid constants panic.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_debian_rust

export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/careful"
export RUSTFLAGS="-Zextra-const-ub-checks -Zrandomize-layout -Zstrict-init-checks"
cargo test -Zbuild-std --lib --tests --target x86_64-unknown-linux-gnu
