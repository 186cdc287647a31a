#!/usr/bin/env bash
# Random programs of operations on one thread against a model, for N seconds: ci/fuzz.sh [N]
# By hand, not in CI. An input that fails is kept in fuzz/artifacts.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cargo fuzz --version 2>/dev/null || cargo install -q --locked cargo-fuzz
cargo +nightly fuzz run operations -- -max_total_time="${1:-60}" -max_len=600 -print_final_stats=1
