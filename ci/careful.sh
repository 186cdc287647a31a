#!/usr/bin/env bash
# The test suite with a standard library that checks itself: its debug assertions are on, layouts
# are shuffled, and `mem::uninitialized`-like values, misaligned or invalid constants panic.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
make_scratch
use_debian_rust

export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/careful"
export RUSTFLAGS="-Zextra-const-ub-checks -Zrandomize-layout -Zstrict-init-checks"
# rustix 1.1 gives the kernel its `Itimerspec` as it lies in memory, without `repr(C)`: shuffled, no timer of smol ever fires.
export RUSTC_WRAPPER="$scratch/rustc"
cat > "$RUSTC_WRAPPER" << 'END'
#!/bin/sh
[ "$CARGO_PKG_NAME" != rustix ] || set -- "$@" -Zrandomize-layout=no
exec "$@"
END
chmod +x "$RUSTC_WRAPPER"

std=(-Zbuild-std --target x86_64-unknown-linux-gnu)
cargo build -q "${std[@]}" --examples # for tests/examples
cargo test -q "${std[@]}" --lib --tests --no-fail-fast
