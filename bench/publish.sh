#!/usr/bin/env bash
# Measures all that is published: into docs/bench, or into the folder that is given. It takes about half an hour,
# most of it for the matrix and fairness, and wants a machine that does nothing else.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
out=${1:-$here/../docs/bench}

bench() {
    cargo run -q --release --locked --manifest-path "$here/Cargo.toml" -- "$@"
}

mkdir -p "$out"
# First, as the matrix says of each channel whether it is fair.
bench fairness --out "$out"
bench matrix --out "$out"
for mode in short fast pingpong memory scale soundness; do
    bench "$mode" | tee "$out/$mode.md"
done
