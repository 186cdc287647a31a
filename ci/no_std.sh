#!/usr/bin/env bash
# The crate reaches no std, builds for bare targets, and serves an interrupt handler in QEMU.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
make_scratch

say "std is not reached"
for features in "" portable-atomic critical-section; do
    cargo check -q --manifest-path ci/no_std/Cargo.toml --locked --features "$features"
done

say "negative control: std reached through a dependency is found"
if cargo check -q --manifest-path ci/no_std/Cargo.toml --locked --features reach-std 2> "$scratch/control"; then
    fail "the check does not see std"
fi
grep -F E0152 "$scratch/control" || fail "the control fails for another reason: $(cat "$scratch/control")"

use_debian_rust
apt_install "lld-$(llvm_version)" qemu-system-arm
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/bare"

# bare_check FEATURES TARGET...
bare_check() {
    local features=$1
    shift
    say "bare targets, features: ${features:-none}"
    cargo check -q -Zbuild-std=core,alloc --manifest-path ci/no_std/Cargo.toml --locked \
        --features "$features" "${@/#/--target=}"
}
bare_check "" thumbv7em-none-eabihf riscv32imac-unknown-none-elf wasm32-unknown-unknown x86_64-unknown-none
bare_check critical-section thumbv7em-none-eabihf
bare_check portable-atomic thumbv6m-none-eabi # has no compare-and-swap

# Time is counted in instructions (2^2 ns each), so every run is the same run.
# interrupts MACHINE TARGET FEATURES
interrupts() {
    say "an interrupt handler sends and receives: $1, $2"
    cargo build -q -Zbuild-std=core,alloc --manifest-path ci/firmware/Cargo.toml --locked --target "$2" --features "$3"
    timeout 120 qemu-system-arm -machine "$1" -nographic -monitor none -serial none \
        -icount shift=2 -semihosting-config enable=on,target=native \
        -kernel "$CARGO_TARGET_DIR/$2/debug/firmware"
}
interrupts mps2-an386 thumbv7em-none-eabihf "" # Cortex-M4
interrupts microbit thumbv6m-none-eabi cortex-m0 # no compare-and-swap, and 16 KiB of memory
