#!/usr/bin/env bash
# The documentation builds without a warning, with the default features and with all of them, and has its pictures.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export RUSTDOCFLAGS="-D warnings"

python3 ci/pictures.py --check
cargo doc --no-deps
cargo doc --no-deps --all-features
