#!/usr/bin/env python3
"""The mutants on trial: `ci/trial.py TREE [PART...]`, for ci/mutants.sh.

One build has all mutants: a function that some of them change gets a body for each, and the
variable FOREBAY_MUTANT says at run time whose body it is. TREE is the place of that copy.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mutants
from mutants import ROOT

STARTED = time.monotonic()
# A killer that takes longer has not killed. By its own clock: it does not matter what else runs.
LIMIT = 60  # seconds of CPU
SLEEP = 600  # seconds for one that may wait for ever
COPIED = ["src", "tests", "examples", "stress", "Cargo.lock", "Cargo.toml"]
COPIED += [f"loom-tests/{name}" for name in (".cargo", "Cargo.lock", "Cargo.toml", "tests")]

OWN = re.compile(r'(name = "(?:forebay|loom-tests|held-tests)"\nversion = "[^"]*)"')

# The crate itself has no std in every build.
SELECTION = """\
//! Which mutant this process is; 0 is none.
#![allow(dead_code)]

extern crate std;

pub(crate) fn number() -> u32 {
    static NUMBER: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| {
        std::env::var("FOREBAY_MUTANT").map_or(0, |number| number.parse().unwrap())
    });
    *NUMBER
}
"""


# ----- The sources with all mutants.


def body(function, source):
    """Where its braces are."""
    return source.tokens[function.body][1], source.tokens[function.last][2]


def in_a_body(edit, source):
    bodies = (body(function, source) for function in source.functions)
    return any(start < edit[0] and edit[1] < end for start, end in bodies)


def with_bodies(source, changes):
    """The text of a source file with those bodies. The changes are {(number, name): edits}."""
    text = source.text
    bodies = []
    outermost = -1
    for function in sorted(source.functions, key=lambda function: function.first):
        if function.last < outermost:
            continue
        outermost = function.last
        start, end = body(function, source)
        arms = ""
        for (number, name), edits in changes.items():
            inside = [edit for edit in edits if start < edit[0] and edit[1] < end]
            if inside:
                arms += f"/* {name} */ {number} => {mutants.spliced(text, inside, start, end)}\n"
        if arms:
            arms += f"_ => {text[start:end]}\n"
            bodies.append((start, end, f"{{ match crate::mutant::number() {{\n{arms}}} }}"))
    return mutants.spliced(text, bodies)


def written(tried, sources):
    """{file: text} for the copy: where it is not what lies in the repository."""
    changes = defaultdict(dict)
    for number, mutant in tried.items():
        for file, edits in mutants.edits(mutant, sources).items():
            changes[file][number, mutant.name] = edits
            if not all(in_a_body(edit, sources[file]) for edit in edits):
                sys.exit(f"FAILED: {mutant.name} changes more than the body of a function")
    files = {file: with_bodies(sources[file], numbers) for file, numbers in changes.items()}
    files["src/mutant.rs"] = SELECTION
    # Cargo would take a package of the same name and version for the one that it has built in that
    # folder. With a version of its own the copy can share what its dependencies are built to.
    for folder in "", "loom-tests/", "stress/", "stress/held/":
        for name in f"{folder}Cargo.toml", f"{folder}Cargo.lock":
            if (ROOT / name).is_file():
                files[name] = OWN.sub(r'\1-mutants"', (ROOT / name).read_text())
    # The models compile some folders of the sources once more.
    roots = {"src/lib.rs": "", "loom-tests/tests/models/main.rs": "../../../src/"}
    for root, path in roots.items():
        text = files.get(root) or (ROOT / root).read_text()
        files[root] = f'{text}\n#[path = "{path}mutant.rs"]\nmod mutant;\n'
    return files


def write_tree(tree, files):
    """Makes the copy. A file that stays the same is not touched, so that cargo sees what is new."""
    for name in COPIED:
        found = (ROOT / name).rglob("*") if (ROOT / name).is_dir() else [ROOT / name]
        for path in found:
            if path.is_file() and "target" not in path.relative_to(ROOT).parts:
                files.setdefault(str(path.relative_to(ROOT)), path)
    for path in tree.rglob("*"):
        if path.is_file() and str(path.relative_to(tree)) not in files:
            path.unlink()
    for name, content in files.items():
        content = content.encode() if isinstance(content, str) else content.read_bytes()
        path = tree / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


# ----- The builds, and the processes.


def build(folder, *options):
    """The test binaries of a package of the copy, by their names."""
    command = ["cargo", "test", "--quiet", "--locked", "--no-run", "--message-format=json"]
    built = subprocess.run([*command, *options], cwd=folder, stdout=subprocess.PIPE, text=True)
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    if built.returncode:
        errors = (message.get("message", {}).get("rendered", "") for message in messages)
        sys.exit("".join(errors) + "FAILED: the mutants do not compile")
    binaries = (message for message in messages if message.get("executable"))
    return {binary["target"]["name"]: binary["executable"] for binary in binaries}


class Killers:
    """The tests that mutants name, each a process of its own: a deadlock that is found ends it."""

    def __init__(self, tree, names):
        self.tree = tree
        loom = ["--release", "--target-dir", os.environ["CARGO_TARGET_DIR"] + "/loom"]
        self.models = build(tree / "loom-tests", *loom)["models"]
        # What no model can see is a test of the crate's own, tests/FILE::NAME, or one of held
        # threads, held::NAME.
        files = {name.split("::")[0] for name in names}
        own = sorted(file.removeprefix("tests/") for file in files if file.startswith("tests/"))
        self.native = {}
        if own:
            self.native |= build(tree, *(f"--test={file}" for file in own))
        if "held" in files:
            self.native |= build(tree / "stress/held", "--test=held")

    def run(self, name, bound, number=0):
        """How a test ends under a mutant: "passed", "failed" or "no end"."""
        file, test = name.split("::", 1)
        binary = self.native.get(file.removeprefix("tests/"))
        command = [binary, "--exact", test] if binary else [self.models, "--exact", name]
        command = ["prlimit", f"--cpu={LIMIT}", *command]
        variables = {"LOOM_MAX_PREEMPTIONS": bound, "FOREBAY_MUTANT": str(number)}
        # The stack of a thread of loom is too small to print itself.
        variables["RUST_BACKTRACE"] = "0"
        try:
            ended = subprocess.run(
                command,
                cwd=self.tree,
                env=os.environ | variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=SLEEP,
            )
        except subprocess.TimeoutExpired:
            return "no end"
        if ended.returncode == -signal.SIGKILL:
            return "no end"
        if b"\nrunning 1 test\n" not in ended.stdout:
            sys.exit(f"FAILED: no such test: {name}")
        return "failed" if ended.returncode else "passed"


# ----- The trial.


def main(tree, *parts):
    sources = mutants.Sources()
    everyone = mutants.fitting(sources)
    tried = {n: mutant for n, mutant in enumerate(everyone, 1) if "killers" in mutant.fields}
    asked = mutants.meant(everyone, parts)
    asked = {n: mutant for n, mutant in tried.items() if mutant in asked}
    runs = [
        (n, name, mutant.fields.get("bound", "2"))
        for n, mutant in asked.items()
        for name in mutant.list("killers")
    ]

    say("one build with all of them")
    write_tree(Path(tree), written(tried, sources))
    killers = Killers(Path(tree), [name for _, name, _ in runs])
    pool = ThreadPoolExecutor(os.cpu_count())

    say("the killers on the unbroken sources")
    unbroken = sorted({(name, bound) for _, name, bound in runs})
    ends = dict(zip(unbroken, pool.map(lambda run: killers.run(*run), unbroken)))
    # One that has no end here has not failed in the time in which it must fail below: that the
    # models come to their end is for ci/loom.sh.
    for (name, bound), end in ends.items():
        if end == "failed":
            sys.exit(f"FAILED: {name} at bound {bound} fails without a mutant")
    endless = [name for (name, _), end in ends.items() if end == "no end"]
    print(len(unbroken), "do not fail, without an end:", *endless or ["none"])

    say("the mutants")
    print(f"{'mutant':34} {'tag':28} killed")
    ends = iter(pool.map(lambda run: killers.run(run[1], run[2], run[0]), runs))
    survivors = kills = 0
    for mutant in asked.values():
        names = mutant.list("killers")
        killed = 0
        for name, end in zip(names, ends):
            if end == "failed" or (end == "no end" and "hangs" in mutant.fields):
                killed += 1
            else:
                print(f"    {name}: {end}")
        print(f"{mutant.name:34} {mutant.fields['tag']:28} {killed}/{len(names)}", flush=True)
        survivors += killed < len(names)
        kills += killed
    seconds = round(time.monotonic() - STARTED)
    print(f"\n{len(asked)} mutants, {kills} of {len(runs)} kills, {seconds} s")
    if survivors:
        sys.exit(f"FAILED: {survivors} mutants were not killed by all of their killers")


def say(what):
    print(f"\n--- {what}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
