#!/usr/bin/env bash
# The test suite under AddressSanitizer: use after free, out of bounds, leaks.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/asan" RUSTFLAGS="-Zsanitizer=address"

# With --target the flags stay away from build scripts and procedural macros.
suite() { cargo +nightly test --lib --tests --target x86_64-unknown-linux-gnu "$@"; }

cargo +nightly build --examples --target x86_64-unknown-linux-gnu # for tests/examples
# A test asks for more memory than there is, and is told so by an allocator.
export ASAN_OPTIONS=allocator_may_return_null=1
suite -- --skip forgotten
say "what forgets futures, and so leaks on purpose"
ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 suite forgotten
