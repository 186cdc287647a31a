#!/usr/bin/env bash
# The tests of published crates that use async-channel, and its own, with async-channel and with
# forebay in its place. All must pass, and as many with the one as with the other.
#   ci/dependants.sh             every crate
#   ci/dependants.sh NAME...     only these
#   ci/dependants.sh --relock    after a change of the list: writes ci/dependants/Cargo.lock
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Documentation examples only where they are about the channel, or few. Left out as well: of smol the
# one that needs a network, of stretto all that is not async and one test of three minutes, of
# libp2p-gossipsub the test that needs an unpublished crate.
crates=(
    "async-channel         2.5.0  | itself                 |"
    "blocking              1.7.0  | thread pool            |"
    "async-process         2.5.0  | child processes        |"
    "async-executor        1.14.1 | executor               | --lib --tests"
    "async-global-executor 2.4.1  | global executor        |"
    "async-io              2.6.0  | reactor and timers     | --lib --tests"
    "piper                 0.2.5  | byte pipe              | --lib --tests"
    "smol                  2.0.2  | runtime                | --doc -- --skip 15)"
    "stretto               0.9.0  | cache                  | --lib --features tokio,smol async -- --skip no_starvation --test-threads 16"
    "bevy_tasks            0.20.1 | task pool of a game    | --lib --tests --features multi_threaded"
    "libp2p-gossipsub      0.49.5 | peer-to-peer protocol  | --lib"
)
left_out=(
    "async-std 1.13.2: uses async-channel 1"
    "async-fs 2.2.0, async-net 2.0.0: use it through blocking, and have no tests"
    "zbus 6.2.1: does not use it; most of its tests need a D-Bus daemon anyway"
    "mpris-server 0.11.0: its four tests use no channel, its examples need a D-Bus session"
)

for name in "$@"; do
    [[ $name == --relock || " ${crates[*]%% *} " == *" $name "* ]] || fail "no such crate in the list: $name"
done

shim="$PWD/ci/dependants/shim"
lock="$PWD/ci/dependants/Cargo.lock"
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/dependants"
# Not everything that is newest builds with the compiler at hand.
export CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback
workspace="$CARGO_TARGET_DIR/crates"
logs="$CARGO_TARGET_DIR/logs"
rm -rf "$workspace" "$logs"
mkdir -p "$workspace/fetch/src" "$logs"

# fields ROW: sets name, version, kind and options.
fields() {
    local head
    IFS='|' read -r head kind options <<< "$1"
    read -r name version <<< "$head"
    kind=$(xargs <<< "$kind")
    read -ra options <<< "$options"
}

# twice COMMAND...: a network may fail once.
twice() { "$@" || { say "again: $*" && sleep 5 && "$@"; } || fail "$*"; }

say "fetch"
(
    cd "$workspace/fetch"
    touch src/lib.rs
    printf '[package]\nname = "fetch"\nedition = "2024"\n[workspace]\n[dependencies]\n' > Cargo.toml
    for row in "${crates[@]}"; do
        fields "$row"
        printf '%s = "=%s"\n' "$name" "$version" >> Cargo.toml
    done
    twice cargo fetch -q
    cargo metadata --format-version 1 | tr ',' '\n' | sed -n 's/^"manifest_path":"\(.*\)\/Cargo.toml"$/\1/p' > sources
)

# One workspace for all of them, so that they share a lock and what they build.
printf '[workspace]\nresolver = "2"\nexclude = ["fetch"]\nmembers = ["*-*"]\n[profile.dev]\ndebug = false\n' > "$workspace/Cargo.toml"
for row in "${crates[@]}"; do
    fields "$row"
    source=$(grep "/$name-$version$" "$workspace/fetch/sources") || fail "$name $version was not fetched"
    cp -r --preserve=timestamps "$source" "$workspace/"
done
cd "$workspace"
# Its tests alone, in a package that depends on it: so that they see what is in its place.
itself=$(echo async-channel-*)
find "$itself" -mindepth 1 -maxdepth 1 ! -name tests -exec rm -r {} +
mkdir "$itself/src"
touch "$itself/src/lib.rs"
cat > "$itself/Cargo.toml" <<'EOF'
[package]
name = "async-channel-tests"
edition = "2021"
[features]
default = ["std"]
std = []
[dependencies]
async-channel = "2.5.0"
[dev-dependencies]
easy-parallel = "3"
futures-lite = "2"
EOF
# Published without a dependency that its tests use.
cat >> "$(echo libp2p-gossipsub-*)/Cargo.toml" <<'EOF'
[dev-dependencies.quickcheck]
version = "1"
default-features = false
EOF

if [[ ${1:-} == --relock ]]; then
    twice cargo generate-lockfile
    cp Cargo.lock "$lock"
    exit
fi
cp "$lock" Cargo.lock
patch=(--config "patch.crates-io.async-channel.path='$shim'")

# reaches_forebay OPTION...: whether the crate at hand has forebay among its dependencies.
reaches_forebay() {
    local features=()
    [[ ${options[*]} =~ --features\ ([^ ]+) ]] && features=(--features "${BASH_REMATCH[1]}")
    cargo tree -q -i forebay --manifest-path "$name-$version/Cargo.toml" "${features[@]}" "$@" > "$logs/tree" 2>&1
}

# run_tests MODE OPTION...: sets passed to how many tests of the crate at hand did.
run_tests() {
    local mode=$1 log="$logs/$name.$1" started=$SECONDS
    shift
    if ! cargo test -q --manifest-path "$name-$version/Cargo.toml" "$@" "${options[@]}" > "$log" 2>&1 < /dev/null; then
        tail -n 60 "$log"
        failed+=("$name with $mode")
    fi
    passed=$(sed -n 's/^test result: .* \([0-9]*\) passed.*/\1/p' "$log" | awk '{ sum += $1 } END { print sum + 0 }')
    ((passed)) || failed+=("$name with $mode: no test ran")
    printf '%-22s %-14s %4d passed, %3d s\n' "$name" "$mode" "$passed" $((SECONDS - started))
}

wanted() { ((!$#)) || [[ " $* " == *" $name "* ]]; }

failed=()
declare -A before after
twice cargo fetch -q --locked
say "with async-channel"
for row in "${crates[@]}"; do
    fields "$row"
    wanted "$@" || continue
    ! reaches_forebay --locked || fail "$name uses forebay already"
    run_tests async-channel --locked
    before[$name]=$passed
done
say "with forebay"
for row in "${crates[@]}"; do
    fields "$row"
    wanted "$@" || continue
    reaches_forebay "${patch[@]}" || fail "$name does not use forebay: $(cat "$logs/tree")"
    run_tests forebay "${patch[@]}"
    after[$name]=$passed
    [[ ${before[$name]} == "$passed" ]] || failed+=("$name: ${before[$name]} tests with async-channel, $passed with forebay")
done

say "tests passed"
format='%-22s %-8s %-22s %14s %8s\n'
# shellcheck disable=SC2059
printf "$format" crate version kind async-channel forebay
for row in "${crates[@]}"; do
    fields "$row"
    wanted "$@" || continue
    # shellcheck disable=SC2059
    printf "$format" "$name" "$version" "$kind" "${before[$name]}" "${after[$name]}"
done
printf '\nleft out:\n'
printf -- '- %s\n' "${left_out[@]}"
((!${#failed[@]})) || fail "$(printf '%s\n' "${failed[@]}")"
