#!/usr/bin/env bash
# What is worth knowing after every change: format, clippy, the tests of the core, the models on the line, the fit of the mutants.
# It decides nothing: .ci/run does.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

say "format"
cargo fmt --check

say "mutants: texts, tags and killers"
python3 ci/mutants.py check

say "clippy"
cargo clippy -q --all-targets -- -D warnings

say "the tests of the core"
cargo test -q --lib --test it

say "models at bound 2"
bash ci/loom.sh

say "$SECONDS s"
