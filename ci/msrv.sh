#!/usr/bin/env bash
# Builds and tests with the oldest Rust that Cargo.toml promises: Debian's own packages of that
# release, unpacked beside the build instead of installed, cargo and compiler both.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
msrv=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/msrv"
toolchain="$CARGO_TARGET_DIR/rust-$msrv"

if [[ ! -d $toolchain ]]; then
    make_scratch
    apt update
    (
        cd "$scratch"
        apt -o APT::Sandbox::User=root download "rustc-web=$msrv*" "cargo-web=$msrv*" "libstd-rust-web-dev=$msrv*" \
            "libstd-rust-web-$msrv" libllvm19 libhttp-parser2.9 libpcre3 libssh2-1
        for package in *.deb; do dpkg -x "$package" rust; done
    )
    mkdir -p "$CARGO_TARGET_DIR"
    mv "$scratch/rust" "$toolchain"
fi
export PATH="$toolchain/usr/bin:$PATH"
export LD_LIBRARY_PATH="$toolchain/usr/lib/x86_64-linux-gnu:$toolchain/lib/x86_64-linux-gnu"
export RUSTC="$toolchain/usr/bin/rustc" RUSTDOC="$toolchain/usr/bin/rustdoc"
cargo --version
rustc --version | grep -F " $msrv."

cargo check --locked --no-default-features
cargo check --locked --all-features
# The examples, those in the documentation too, are for a newer compiler to run: they take longer than all else here.
cargo test --locked --lib --test it --test asyncio --test memory
