#!/usr/bin/env bash
# Scenarios that are too large for loom, each under N random schedules: ci/shuttle.sh [N]
# A failure prints a seed; SHUTTLE_RANDOM_SEED=<seed> ci/shuttle.sh begins with that schedule.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd stress
SCHEDULES="${1:-20000}" timeout 600 cargo test --release -p shuttle-tests
