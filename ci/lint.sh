#!/usr/bin/env bash
# Format, clippy on every set of features, what the crate adds to its user's lock file, and whether the mutants fit the sources.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
make_scratch
shopt -s nullglob

for manifest in Cargo.toml */Cargo.toml ci/*/Cargo.toml; do
    say "cargo fmt: $manifest"
    cargo fmt --all --check --manifest-path "$manifest"
done

say "mutants: texts, tags and killers"
python3 ci/mutants.py check

for std in "" std; do
    for atomics in "" portable-atomic; do
        for section in "" critical-section; do
            features="$std $atomics $section sink"
            say "clippy: $features"
            cargo clippy -q --all-targets --no-default-features --features "$features" -- -D warnings
        done
    done
done

# lock_file FEATURES PACKAGE...: a user of these features gets these packages and no others.
lock_file() {
    say "what a user gets into the lock file, features: ${1:-none}"
    cat > "$scratch/Cargo.toml" <<EOF
[package]
name = "user"
edition = "2024"
[dependencies]
forebay = { path = "$PWD", features = [$1] }
EOF
    rm -f "$scratch/Cargo.lock"
    cargo generate-lockfile -q --manifest-path "$scratch/Cargo.toml"
    packages=$(sed -n 's/^name = "\(.*\)"$/\1/p' "$scratch/Cargo.lock" | grep -vx user | sort -u | xargs)
    echo "$(wc -w <<< "$packages") packages: $packages"
    [[ $packages == "${*:2}" ]] || fail "allowed are: ${*:2}"
}
mkdir "$scratch/src"
touch "$scratch/src/lib.rs"
lock_file "" forebay futures-core
lock_file '"portable-atomic", "critical-section"' critical-section forebay futures-core portable-atomic portable-atomic-util
