#!/usr/bin/env bash
# The page of playground/: its tests on this machine, its build for the browser, and the page in Chromium.
# With --keep the pictures go to docs/playground. What is built stays: it says where.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
make_scratch
manifest=playground/Cargo.toml

say "the simulation, without a browser"
cargo clippy -q --locked --all-targets --manifest-path "$manifest" -- -D warnings
cargo test -q --locked --manifest-path "$manifest"

(
    use_debian_rust
    apt_install "lld-$(llvm_version)" binaryen
    export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/bare"
    # Nothing reads the text of a panic in there.
    export RUSTFLAGS="-Clinker=wasm-ld-$(llvm_version) -Zunstable-options -Cpanic=immediate-abort"
    say "the wasm and the page"
    playground/build.sh -Zbuild-std=core,alloc
)
built=$CARGO_TARGET_DIR/bare/playground
size=$(wc -c < "$built/playground.wasm")
((size < 60000)) || fail "the wasm has $size bytes, and should have less than 60,000"

say "the page in a browser"
command -v npm > /dev/null || apt_install nodejs npm
apt_install chromium fonts-dejavu-core python3
cp -r playground/test "$scratch/test"
(cd "$scratch/test" && npm ci --silent --no-audit --no-fund)
node "$scratch/test/page.mjs" "$built/index.html" "$built/shots" "$scratch/codes.json"

say "the code that the page shows"
mkdir "$scratch/src"
cat > "$scratch/Cargo.toml" <<END
[package]
name = "shown"
version = "0.0.0"
edition = "2024"
[dependencies]
forebay = { path = "$PWD" }
END
# From this repository's lock, so that nothing new is looked up.
cp Cargo.lock "$scratch/"
python3 - "$scratch" <<'END'
import json, sys

folder = sys.argv[1]
codes = json.load(open(f"{folder}/codes.json"))
frame = """
    #![allow(dead_code)]
    pub struct Item;
    pub struct Socket;
    impl Socket { async fn read(&mut self) -> Option<Item> { None } }
    async fn make() -> Item { Item }
    async fn handle(_: &Item) {}
    async fn sleep(_: std::time::Duration) {}
"""
with open(f"{folder}/src/lib.rs", "w") as out:
    for number, code in enumerate(codes):
        out.write(f"mod code_{number} {{\n{frame}\n{code['rust']}\n}}\n")
        compile(code["python"], f"code {number}", "exec")
print(len(codes), "settings in Rust and Python")
END
RUSTFLAGS="-D warnings" cargo check -q --manifest-path "$scratch/Cargo.toml"

if [[ ${1:-} == --keep ]]; then
    mkdir -p docs/playground
    cp "$built"/shots/*.png docs/playground/
fi
say "open it: $built/index.html"
