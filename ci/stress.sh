#!/usr/bin/env bash
# Native threads: histories that must be those of a FIFO, then every runtime for a while.
# Options go to the latter: ci/stress.sh --minutes 5; without any it is 40 seconds, as .ci/run gives it half of the machine.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
(($#)) || set -- --seconds 40

say "random programs on the work queue, a million operations beside the model and as many by tasks of every runtime"
FOREBAY_OPERATIONS=1000000 timeout 600 cargo test -q --release --test it queue_random
cd stress

say "the checker on histories that are known to be good or bad"
cargo test -q --release -p linearizability
say "threads held between claim and publication"
timeout 600 cargo test -q --release -p held-tests
say "histories"
cargo build -q --release --bins
# A stall there has no watchdog.
timeout 600 cargo run -q --release --bin histories
say "stress $*"
cargo run -q --release --bin stress -- "$@"
