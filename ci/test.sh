#!/usr/bin/env bash
# The README's own commands, the tests with every set of features, and the main job on every runtime.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# readme COMMAND: runs what a reader of the README runs, and fails if the README says otherwise.
readme() {
    # On a line of its own, or in a cell of a table.
    grep -qxF "$*" README.md || grep -qF "| \`$*\` |" README.md || fail "README.md does not name the command: $*"
    say "$*"
    "$@"
}

readme cargo test
readme cargo run --release --example workers
readme cargo run --release --example crawl
readme cargo run --release --example watch
readme cargo run --release --example http_429
readme cargo run --release --example tcp_relay
readme cargo run --release --example adaptive_producer

say "the pictures of docs/backpressure.md are those that the example draws"
make_scratch
cargo run -q --release --example four_kinds -- --out "$scratch"
diff -r "$scratch" docs/backpressure
readme cargo run --release --example four_kinds

say "examples"
cargo build --examples

for runtime in smol async-std tokio threads; do
    say "main job on $runtime"
    cargo run -q --release --example workers -- \
        --runtime "$runtime" --quiet --items 60 --produce-ms 1 --work-ms 5
done

# `std` off: the ways of waiting that a bare machine has, under every test that needs no thread. Then other atomics and
# another lock, at once, as neither replaces what the other one does. Documentation examples may use blocking calls, so
# they are left to the default features.
for features in "--no-default-features" "--features portable-atomic,critical-section"; do
    say "cargo test --tests $features"
    # shellcheck disable=SC2086
    cargo test -q --lib --tests $features
done
