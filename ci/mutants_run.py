"""Runs the mutants: each must make the tests fail that it names as its killers.

    ci/mutants_run.py [PART...]   PART as in ci/mutants.py

All of them are built at once. In a copy of the sources each function that mutants change has its
body once for each of them, and the environment says at run time which one is on. So there is one
build, in which the killers must pass while no mutant is on, and fail while theirs is.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import ROOT, Broken, Edit, Sources, at, checked, edited, edits, meant, test_of

LIMIT = 60  # seconds for each killer; one that takes longer has not killed
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
TREE = TARGET / "mutants"
SWITCH = """
mod mutant {
    extern crate std;

    /// The number of the mutant that is on; none has the number 0.
    pub(crate) fn active() -> usize {
        static ACTIVE: std::sync::LazyLock<usize> = std::sync::LazyLock::new(|| {
            std::env::var("FOREBAY_MUTANT").map_or(0, |number| number.parse().unwrap())
        });
        *ACTIVE
    }
}
"""


def weave(numbered, sources):
    """The sources with all the mutants in them, as {file: text}."""
    arms = {}  # of each function, by its file and its first token
    for number, mutant in numbered.items():
        for edit in edits(mutant, sources):
            function = edit.function
            source = sources[edit.file]
            if not function or edit.start <= source.tokens[function.body][1]:
                raise Broken(f"{at(mutant.table, mutant.line)}: {mutant.name}: not in a body")
            bodies = arms.setdefault((edit.file, function.first), {})
            bodies.setdefault(number, []).append(edit)
    woven = {}
    for (file, _), bodies in arms.items():
        source = sources[file]
        function = next(iter(bodies.values()))[0].function
        start, end = source.tokens[function.body][1], source.tokens[function.last][2]
        text = "{ match crate::mutant::active() {\n"
        for number, changes in bodies.items():
            body = edited(source, changes, start, end)
            text += f"// mutant {number}\n{number} => {body}\n"
        text += f"// mutant 0\n_ => {source.text[start:end]} }} }}"
        woven.setdefault(file, []).append(Edit(file, function, start, end, text))
    texts = {file: edited(sources[file], changes) for file, changes in woven.items()}
    root = "src/lib.rs"
    texts[root] = texts.get(root, sources[root].text) + SWITCH
    return texts


def write_tree(texts):
    """The copy of the repository, in which only what differs is written: cargo goes by the time."""
    wanted = {}
    for folder in ("src", "tests", "examples", "stress", "loom-tests"):
        for path in ROOT.glob(f"{folder}/**/*"):
            if path.is_file() and path.suffix in (".rs", ".toml", ".lock", ".py"):
                wanted[str(path.relative_to(ROOT))] = path.read_text()
    for name in ("Cargo.toml", "Cargo.lock"):
        wanted[name] = (ROOT / name).read_text()
    for name, text in wanted.items():
        # Packages of other versions: in one target folder cargo would take them for ours.
        if name.endswith("Cargo.toml"):
            wanted[name] = re.sub('^(version = ".*)"', r'\1-mutants"', text, count=1, flags=re.M)
        elif name.endswith("Cargo.lock"):
            ours = r'(\nname = ".*"\nversion = ".*)"\n(?!source)'
            wanted[name] = re.sub(ours, r'\1-mutants"\n', text)
    wanted.update(texts)
    for path in TREE.glob("**/*"):
        if path.is_file() and str(path.relative_to(TREE)) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = TREE / name
        if not path.is_file() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def build(folder, target, *arguments):
    """{name: path} of the test binaries of a package."""
    command = ["cargo", "test", "--locked", "--no-run", "--message-format=json", "--quiet"]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    # The configuration of loom-tests must not be overridden.
    environment.pop("RUSTFLAGS", None)
    run = subprocess.run(
        [*command, *arguments], cwd=TREE / folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    messages = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    if run.returncode:
        sys.exit("".join(explain(message["message"]) for message in messages if "message" in message))
    return {
        message["target"]["name"]: Path(message["executable"])
        for message in messages
        if message.get("executable")
    }


def explain(message):
    """An error of the compiler, with the number of the mutant that it is about."""
    if message["level"] != "error":
        return ""
    mutants = set()
    for span in message["spans"]:
        path = TREE / span["file_name"].removeprefix("../")
        if path.is_file():
            above = path.read_text().splitlines()[: span["line_start"]]
            mutants |= set(re.findall(r"^// mutant (\d+)$", "\n".join(above), re.M)[-1:])
    return f"\nmutant {' '.join(mutants)}: {message['rendered']}"


class Killer:
    """A test that can be run on a mutant."""

    def __init__(self, name, bound, binaries):
        self.name, self.bound = name, bound
        _, binary, self.test = test_of(name)
        self.binary = binaries[binary]
        self.takes = 0.0  # seconds, while no mutant is on

    def run(self, number, limit):
        """Its outcome: passed, failed or hangs; and what it printed."""
        environment = {
            **os.environ,
            "FOREBAY_MUTANT": str(number),
            "LOOM_MAX_PREEMPTIONS": self.bound,
        }
        started = time.monotonic()
        try:
            run = subprocess.run(
                [self.binary, "--exact", self.test],
                cwd=TREE,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return "hangs", b""
        finally:
            if number == 0:
                self.takes = time.monotonic() - started
        if b"running 1 test" not in run.stdout:
            sys.exit(f"no such test: {self.name}")
        return "failed" if run.returncode else "passed", run.stdout


def main(*parts):
    sources = Sources()
    mutants = checked(sources)
    chosen = [mutant for mutant in meant(mutants, parts) if mutant.list("killers")]
    numbered = dict(enumerate(chosen, 1))
    names = {(killer, mutant.bound) for mutant in chosen for killer in mutant.list("killers")}

    print("\n--- the build, with all of them in it", flush=True)
    try:
        write_tree(weave(numbered, sources))
    except Broken as why:
        sys.exit(str(why))
    needed = {test_of(name)[1] for name, _ in names}
    binaries = {}
    if "models" in needed:
        binaries |= build("loom-tests", TARGET / "loom", "--release")
    own = [f"--test={name}" for name in sorted(needed - {"models", "held"})]
    if own:
        binaries |= build("", TARGET, *own)
    if "held" in needed:
        binaries |= build("stress", TARGET, "--package=held-tests", "--test=held")
    print(f"{time.monotonic() - STARTED:.0f} s")

    pool = ThreadPoolExecutor(os.cpu_count())
    killers = {key: Killer(*key, binaries) for key in sorted(names)}
    print("\n--- the killers pass on the unbroken sources", flush=True)
    outcomes = list(pool.map(lambda killer: (killer, *killer.run(0, LIMIT)), killers.values()))
    for killer, outcome, output in outcomes:
        # One that takes longer is for ci/loom.sh: here it is enough that it does not fail.
        if outcome == "failed":
            print(output.decode(errors="replace"), f"{killer.name} fails", sep="\n")
    if any(outcome == "failed" for _, outcome, _ in outcomes):
        sys.exit(1)
    slowest = sorted(killers.values(), key=lambda killer: killer.takes)[-5:]
    print(f"{len(killers)}, {time.monotonic() - STARTED:.0f} s; the slowest:")
    for killer in slowest:
        print(f"    {killer.takes:5.1f} s  {killer.name}")

    print("\n--- the mutants")
    print(f"{'mutant':<34} {'tag':<28} killed", flush=True)
    runs = {
        number: [
            (killer, pool.submit(killer.run, number, patience(mutant, killer)))
            for killer in (killers[name, mutant.bound] for name in mutant.list("killers"))
        ]
        for number, mutant in numbered.items()
    }
    survived = kills = 0
    for number, mutant in numbered.items():
        killed = 0
        for killer, run in runs[number]:
            outcome, _ = run.result()
            killed += outcome == "failed" or (outcome == "hangs" and "hangs" in mutant.fields)
            if outcome == "passed":
                print(f"    {killer.name} passes")
            elif outcome == "hangs" and "hangs" not in mutant.fields:
                print(f"    {killer.name} takes longer than {LIMIT} s")
        of = len(runs[number])
        print(f"{mutant.name:<34} {mutant.fields['tag']:<28} {killed:>4}/{of}", flush=True)
        survived += killed < of
        kills += killed
    lives = sum(map(len, runs.values()))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"\n{len(chosen)} mutants, {kills} of {lives} kills, {time.monotonic() - STARTED:.0f} s,"
        f" {used.ru_utime + used.ru_stime:.0f} s of processor time"
    )
    if survived:
        sys.exit(f"{survived} mutants were not killed by all of their killers")


def patience(mutant, killer):
    """The time in which a killer must fail; a mutant that hangs need not be waited for that long."""
    return min(LIMIT, max(5, 20 * killer.takes)) if "hangs" in mutant.fields else LIMIT


STARTED = time.monotonic()
if __name__ == "__main__":
    main(*sys.argv[1:])
