#!/usr/bin/env bash
# forebay-nats: format, clippy, documentation, its tests on a real server, and its example, in which
# a worker and the server are killed. One build for all: the example is not the --release one.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd nats
# Everything is built once.
export CARGO_INCREMENTAL=0

say "server"
python3 -m pip --version > /dev/null 2>&1 || apt_install python3-pip
"$(bash server.sh path)" --version

say "format, clippy"
cargo fmt --check
cargo clippy -q --locked --all-targets -- -D warnings

say "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc -q --locked --no-deps

say "tests"
# Most of the time they wait: for leases, and for servers that were killed.
cargo test -q --locked -- --test-threads 8

say "one machine"
cargo run -q --locked --example one_machine

for nodes in 1 3; do
    say "cluster: $nodes server(s)"
    cargo run -q --locked --example cluster -- --nodes "$nodes" --jobs 2000
done
