#!/usr/bin/env bash
# Counts the instructions of the hot operations with callgrind and compares them with
# bench/instructions.txt: over +3 % fails. Unlike a time, a count is the same whatever else the
# machine does. `--bless` writes the counts into that file instead.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
make_scratch
baseline=bench/instructions.txt
tolerance=3
runs=10000

case "${1-}" in
"" | --bless) ;;
*) fail "usage: ci/instructions.sh [--bless]" ;;
esac
command -v valgrind >/dev/null || apt_install valgrind

say "build"
cargo build -q --release --locked --manifest-path bench/Cargo.toml -p instructions
binary="$CARGO_TARGET_DIR/release/instructions"

# collected OPERATION COUNT: all instructions of a whole process.
collected() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$1" "$2" 2>"$scratch/valgrind" ||
        fail "$(cat "$scratch/valgrind")"
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$scratch/valgrind" | grep .
}

# The difference of two counts is free of what starting and ending the process costs.
operations=$("$binary")
for operation in $operations; do
    few=$(collected "$operation" "$runs")
    many=$(collected "$operation" $((2 * runs)))
    awk -v name="$operation" -v total=$((many - few)) -v runs="$runs" \
        'BEGIN { printf "%s %.2f\n", name, total / runs }'
done > "$scratch/counts"

if [[ ${1-} == --bless ]]; then
    { echo "# Instructions per operation, $(rustc --version), $(uname -m). Written by ci/instructions.sh --bless."; cat "$scratch/counts"; } > "$baseline"
    cat "$baseline"
    exit
fi

say "instructions per operation, beside $baseline"
head -n 1 "$baseline"
echo "here: $(rustc --version), $(uname -m)"
awk -v tolerance="$tolerance" '
    /^#/ { next }
    NR == FNR { before[$1] = $2; next }
    !($1 in before) { printf "%-24s %9.2f  not in the baseline\n", $1, $2; bad = 1; next }
    {
        change = ($2 / before[$1] - 1) * 100
        verdict = change > tolerance ? "  TOO MANY" : ""
        if (change > tolerance) bad = 1
        printf "%-24s %9.2f -> %9.2f  %+.1f %%%s\n", $1, before[$1], $2, change, verdict
        delete before[$1]
    }
    END {
        for (name in before) { printf "%-24s in the baseline, but gone\n", name; bad = 1 }
        exit bad
    }
' "$baseline" "$scratch/counts" || fail "more than +$tolerance %, or another set of operations; if it is meant: ci/instructions.sh --bless"
