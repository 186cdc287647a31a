#!/usr/bin/env bash
# The models: every interleaving of small scenarios, up to a number of preemptions.
#   ci/loom.sh                    bound 2, as in every CI run: each model to its end
#   ci/loom.sh --deep [SECONDS]   bound 3, as many seconds for each model (600), and a list of those that did not come to their end
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
usage="usage: ci/loom.sh [--deep [SECONDS]]"

# From the folder and without RUSTFLAGS: its own .cargo/config.toml sets the cfgs.
cd loom-tests
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/loom"
unset RUSTFLAGS

if (($# == 0)); then
    # One process per model: a deadlock that is found ends the process.
    command -v cargo-nextest > /dev/null || cargo install -q --locked cargo-nextest
    export LOOM_MAX_PREEMPTIONS=2
    cargo nextest run --release --no-fail-fast
    exit
fi

[[ $1 == --deep && ${2-600} =~ ^[1-9][0-9]*$ ]] && (($# <= 2)) || fail "$usage"
make_scratch
export scratch seconds="${2-600}" LOOM_MAX_PREEMPTIONS=3

# explore MODEL: a line in the file of its outcome.
explore() {
    local code=0 started=$SECONDS
    # In a shell of its own, which says nothing about a process that a deadlock has ended.
    (timeout --signal=KILL "$seconds" "$models" --exact --nocapture "$1" || exit) > "$scratch/output.$1" 2>&1 || code=$?
    case $code in
        0)
            sed -n 's/^model //p' "$scratch/output.$1" >> "$scratch/passed"
            printf 'passed  %4d s  %s\n' $((SECONDS - started)) "$1"
            ;;
        137) echo "$1" >> "$scratch/unfinished" ;;
        *)
            echo "$1" >> "$scratch/failed"
            cat "$scratch/output.$1"
            ;;
    esac
}
export -f explore

# So long a run is worth the time that it takes to optimise.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=3
cargo test --locked --release --no-run --message-format=json > "$scratch/build"
models=$(sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' "$scratch/build" | tail -n 1)
export models
touch "$scratch"/{passed,unfinished,failed}
say "bound 3, $seconds s for each model"
"$models" --list 2> /dev/null | sed -n 's/: test$//p' | xargs -P "$(nproc)" -I '{}' bash -c 'explore {}'

say "not explored to the end: neither passed nor failed"
sort "$scratch/unfinished"
printf '\n%d explored to the end and passed, %d not to the end, %d failed, %d s\n' \
    "$(wc -l < "$scratch/passed")" "$(wc -l < "$scratch/unfinished")" "$(wc -l < "$scratch/failed")" "$SECONDS"
[[ ! -s $scratch/failed ]] || fail "$(xargs < "$scratch/failed")"
