#!/usr/bin/env bash
# Scenarios that are too large for loom, each under N random schedules: ci/shuttle.sh [N]
# A failure prints a seed; SHUTTLE_RANDOM_SEED=<seed> ci/shuttle.sh begins with that schedule.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd stress
# A lock and its line have many more points to switch at than an atomic: 20,000 take more than ten minutes.
SCHEDULES="${1:-3000}" timeout 900 cargo test --release -p shuttle-tests
