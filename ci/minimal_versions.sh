#!/usr/bin/env bash
# The library builds with the oldest versions that Cargo.toml admits.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
make_scratch

# In a copy without the development dependencies: their minimums are nobody's promise.
cp -r src examples README.md "$scratch"
sed '/^\[dev-dependencies\]$/,/^$/d' Cargo.toml > "$scratch/Cargo.toml"
cd "$scratch"
cargo +nightly update -q -Zdirect-minimal-versions
cargo tree --all-features --depth 1
for features in "" --no-default-features --all-features; do
    say "cargo check $features"
    # shellcheck disable=SC2086
    cargo check -q --locked $features
done
