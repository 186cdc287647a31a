#!/usr/bin/env bash
# The models: every interleaving of small scenarios, up to a number of preemptions.
#   ci/loom.sh           bound 2, as in every CI run
#   ci/loom.sh --deep    bound 3
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
case "${1-}" in
    "") bound=2 profile=default ;;
    --deep) bound=3 profile=deep ;;
    *) fail "usage: ci/loom.sh [--deep]" ;;
esac

# One process per model: a deadlock that is found ends the process.
command -v cargo-nextest > /dev/null || cargo install -q --locked cargo-nextest
# From the folder and without RUSTFLAGS: its own .cargo/config.toml sets the cfgs.
cd loom-tests
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/loom"
unset RUSTFLAGS
LOOM_MAX_PREEMPTIONS=$bound cargo nextest run --release --no-fail-fast --profile "$profile"
