#!/usr/bin/env bash
# The models themselves on trial: each entry in loom-tests/mutants breaks one rule of the sources, and the models that it
# names as its killers must fail.
#   ci/mutants.sh             all of them
#   ci/mutants.sh PART...     those that have this name, change this source file, or have this tag
# The checks of tags, names and texts come first, whatever is asked for.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
unset RUSTFLAGS
exec python3 ci/trial.py "$CARGO_TARGET_DIR/mutants" "$@"
