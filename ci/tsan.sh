#!/usr/bin/env bash
# The test suite under ThreadSanitizer, with a standard library that is instrumented too:
# without that every lock of std is reported as a race.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_debian_rust
llvm=$(llvm_version)
apt_install "clang-$llvm" "libclang-rt-$llvm-dev"

export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/tsan"
export RUSTFLAGS="-Zsanitizer=thread -Zexternal-clangrt -Clinker=clang-$llvm -Clink-arg=-fsanitize=thread"
export TSAN_OPTIONS="suppressions=$PWD/ci/tsan.suppressions"
std=(-Zbuild-std --target x86_64-unknown-linux-gnu)
cargo build -q "${std[@]}" --examples # for tests/examples
cargo test -q "${std[@]}" --lib --tests --no-fail-fast
