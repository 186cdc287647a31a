#!/usr/bin/env bash
# The test suite under AddressSanitizer: use after free, out of bounds, leaks.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/asan" RUSTFLAGS="-Zsanitizer=address"

# With --target the flags stay away from build scripts and procedural macros.
cargo +nightly build --example workers --target x86_64-unknown-linux-gnu # for tests/main_job.rs
cargo +nightly test --lib --tests --target x86_64-unknown-linux-gnu
