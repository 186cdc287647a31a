#!/usr/bin/env bash
# The work queue beside Python's own asyncio: thousands of scenarios, one trace.
#   ci/asyncio.sh              4000 random scenarios after those written by hand
#   ci/asyncio.sh 20000 7      so many, from this seed on
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export FOREBAY_SCENARIOS="${1:-4000}" FOREBAY_SEED="${2:-1}"

# Each must agree: 3.13 and later shut down, and so do their scenarios.
ran=0
for python in python3 python3.13 python3.14 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[3-9]*/bin/python3; do
    "$python" -c "" 2> /dev/null || continue
    say "$python"
    FOREBAY_PYTHON=$python cargo test -q --test asyncio -- --nocapture
    ran=1
done
((ran)) || say "SKIPPED: no python3"
