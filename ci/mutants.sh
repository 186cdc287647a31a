#!/usr/bin/env bash
# The models themselves on trial: each entry in loom-tests/mutants breaks one rule of the sources, and the models that it
# names as its killers must fail.
#   ci/mutants.sh             all of them
#   ci/mutants.sh PART...     those that have this name, change this source file, or have this tag
# The checks of tags, names and texts come first, whatever is asked for.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
make_scratch
shopt -s nullglob
limit=60 # seconds for each killer; one that takes longer has not killed
# A folder of its own: cargo takes the sources of another folder for these when it goes by what it has built.
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/mutants"
unset RUSTFLAGS

# Always the same place, so that cargo finds what it has built there.
tree="$CARGO_TARGET_DIR/tree"
rm -rf "$tree"
mkdir -p "$tree/loom-tests"
cp -r src tests examples stress Cargo.lock Cargo.toml "$tree"
cp -r loom-tests/{.cargo,Cargo.lock,Cargo.toml,tests} "$tree/loom-tests"

# Files written anew: cargo goes by the time of the last change.
mend() { cp -r src "$tree"; }

# Sets $models to the binary, or fails.
build() {
    (cd "$tree/loom-tests" && cargo test -q --locked --profile mutants --no-run --message-format=json) \
        > "$scratch/build" 2> "$scratch/errors" || return 1
    models=$(sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' "$scratch/build" | tail -n 1)
}

# What no model can see is a test of the crate's own, tests/FILE::NAME, or one of held threads, held::NAME.
is_native() { [[ $1 == tests/* || $1 == held::* ]]; }

# native SECONDS TEST ARGUMENT...: cargo's arguments for the file of the test.
native() {
    local file=${2%%::*} manifest=Cargo.toml
    [[ $file != held ]] || manifest=stress/held/Cargo.toml
    timeout --signal=KILL "$1" \
        cargo test -q --locked --manifest-path "$tree/$manifest" --target-dir "$CARGO_TARGET_DIR/native" --test "${file#tests/}" "${@:3}"
}

# run MODEL BOUND SECONDS: the exit code of a process of its own.
run() {
    local code=0
    if is_native "$1"; then
        native 1800 "$1" --no-run > "$scratch/output" 2>&1 || fail "$(cat "$scratch/output")"
        (native "$3" "$1" -- --exact "${1#*::}") > "$scratch/output" 2>&1 || code=$?
        grep -q '^running 1 test' "$scratch/output" || fail "no such test: $1"
    else
        # In a shell of its own, which says nothing about a process that a deadlock has ended.
        (LOOM_MAX_PREEMPTIONS=$2 timeout --signal=KILL "$3" "$models" --exact "$1" || exit) \
            > "$scratch/output" 2>&1 || code=$?
    fi
    return $code
}

say "every entry fits the sources"
python3 ci/mutants.py list "$@" > "$scratch/list"

say "the killers pass on the unbroken sources"
build || fail "$(cat "$scratch/errors")"
"$models" --list 2> /dev/null | sed -n 's/: test$//p' > "$scratch/models"
while IFS=$'\t' read -r name tag bound hangs killers; do
    for model in $killers; do
        is_native "$model" || grep -qxF "$model" "$scratch/models" || fail "no such model: $model, of $name"
        echo "$model $bound"
    done
done < "$scratch/list" | sort -u > "$scratch/killers"
# What has passed is remembered for as long as these files are what they are.
known=$CARGO_TARGET_DIR/passed.$(find src tests stress/held loom-tests/tests -type f | sort | xargs sha256sum | sha256sum | cut -c 1-16)
touch "$known"
while read -r model bound; do
    grep -qxF "$model $bound" "$known" && continue
    code=0
    run "$model" "$bound" "$limit" || code=$?
    # Most models take longer to pass than to fail: that they come to their end is for ci/loom.sh. Here it is enough that they
    # don't fail in the time in which they must fail below.
    ((code == 0 || code == 137)) || fail "$model at bound $bound, exit code $code: $(cat "$scratch/output")"
    echo "$model $bound" >> "$known"
done < "$scratch/killers"
wc -l < "$scratch/killers"

say "the mutants"
format='%-34s %-28s %6s\n'
# shellcheck disable=SC2059
printf "$format" mutant tag killed
survived=0 lives=0 kills=0
while IFS=$'\t' read -r name tag bound hangs killers <&3; do
    python3 ci/mutants.py break "$name" "$tree" 2> /dev/null
    build || fail "$name does not compile: $(cat "$scratch/errors" "$scratch/build")"
    killed=0 named=0
    for model in $killers; do
        named=$((named + 1))
        code=0
        run "$model" "$bound" "$limit" || code=$?
        case $code in
            0) echo "    $model passes" ;;
            137) [[ $hangs == hangs ]] && killed=$((killed + 1)) || echo "    $model takes longer than $limit s" ;;
            *) killed=$((killed + 1)) ;;
        esac
    done
    mend
    # shellcheck disable=SC2059
    printf "$format" "$name" "$tag" "$killed/$named"
    ((killed == named)) || survived=$((survived + 1))
    lives=$((lives + named))
    kills=$((kills + killed))
done 3< "$scratch/list"
printf '\n%d mutants, %d of %d kills, %d s\n' "$(wc -l < "$scratch/list")" "$kills" "$lives" "$SECONDS"
((survived == 0)) || fail "$survived mutants were not killed by all of their killers"
