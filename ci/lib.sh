# What several scripts of this folder need; they source it first.
# Afterwards the working directory is the root of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"

# Some cargo tools ask rustup for a missing component. That must fail, not download.
export RUSTUP_AUTO_INSTALL=0 RUSTUP_DIST_SERVER=file:///nonexistent RUSTUP_UPDATE_ROOT=file:///nonexistent

say() { printf '\n--- %s\n' "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# One at a time: of two checks that begin at once, the second would find the lists of packages locked.
apt() { flock /tmp/forebay-apt.lock apt-get -o DPkg::Lock::Timeout=600 -qq "$@"; }

# apt_install PACKAGE...: asks the network only if one of them is missing.
apt_install() {
    local installed
    installed=$(dpkg-query -W -f='${db:Status-Status} ' "$@" 2>/dev/null | tr -d ' ' || true)
    [[ $installed == "$(printf 'installed%.0s' "$@")" ]] && return
    apt update
    DEBIAN_FRONTEND=noninteractive apt install -y --no-install-recommends "$@" >/dev/null
}

# Debian's Rust comes with the source of its library, so it builds `core` for bare targets and
# `std` with a sanitizer, which a rustup toolchain without `rust-src` cannot. The source fits no
# other compiler: cargo, rustc and rustdoc all come from Debian from here on.
use_debian_rust() {
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm
    export PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
    rustc --version
}

# The major version of the LLVM that Debian's rustc was built with; linker and sanitizers must match.
llvm_version() { /usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p'; }

# Sets $scratch to a folder that goes when the script ends.
make_scratch() {
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
}
