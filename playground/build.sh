#!/usr/bin/env bash
# Builds the page: one file that needs no server and no network. Arguments go to cargo.
#
# A rustup toolchain needs its target first: rustup target add wasm32-unknown-unknown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
target=${CARGO_TARGET_DIR:-$PWD/../target}
wasm=$target/wasm32-unknown-unknown/release/playground.wasm
out=$target/playground

cargo build -q --release --locked --target wasm32-unknown-unknown --target-dir "$target" "$@"
mkdir -p "$out"
if command -v wasm-opt > /dev/null; then
    # A fifth smaller. Only what every browser has that runs wasm from Rust. Of its memory the first KiB
    # is the end of the stack, where no pointer leads.
    wasm-opt --low-memory-unused -Oz --flatten --rereloop -Oz --converge \
        --merge-similar-functions -Oz --enable-bulk-memory --enable-mutable-globals --enable-nontrapping-float-to-int \
        --enable-sign-ext --enable-multivalue --enable-reference-types \
        -o "$out/playground.wasm" "$wasm"
else
    cp "$wasm" "$out/playground.wasm"
fi

# What the page names is put into it.
while IFS= read -r line; do
    case $line in
        *'<link rel="stylesheet" href="'*)
            printf '<style>\n%s\n</style>\n' "$(cat page/style.css)"
            ;;
        *'<script src="'*)
            file=${line#*src=\"}
            printf '<script>\n%s\n</script>\n' "$(cat "page/${file%%\"*}")"
            ;;
        *'id="wasm"'*)
            printf '<script type="application/wasm" id="wasm">%s</script>\n' \
                "$(base64 -w0 "$out/playground.wasm")"
            ;;
        *) printf '%s\n' "$line" ;;
    esac
done < page/index.html > "$out/index.html"
printf '%s: %d bytes, of which wasm %d\n' "$out/index.html" \
    "$(wc -c < "$out/index.html")" "$(wc -c < "$out/playground.wasm")"
