#!/usr/bin/env python3
"""The mutants: tables of changes to the sources, each of which breaks one rule.

    ci/mutants.py check           every entry, against the sources and the tests
    ci/mutants.py diff [PART...]  what the entries change, as a diff

A PART is the name of a mutant, a source file (src/wait.rs), or a tag ([claim], or claim).
Every mutant is meant if no part is given. loom-tests/README.md describes the tables, and
ci/mutants.sh runs them.
"""

import difflib
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "loom-tests/mutants"
FIELDS = {"tag", "breaks", "killers", "bound", "hangs", "equivalent"}


class Broken(Exception):
    """An entry that is wrong, or that fits the sources no more: the message says why."""


# ----- Rust, as far as it is needed: tokens, and which of them belong to which function.

TOKEN = re.compile(
    r"""\s+ | //[^\n]* | /\*.*?\*/
    | (?P<token>
        b?r(?P<hashes>\#*)".*?"(?P=hashes) | b?"(?:\\.|[^"\\])*"    # strings
        | b?'(?:\\u\{\w+\}|\\x..|\\.|[^\\'])' | '\w+                # characters, lifetimes
        | \$?\w+ | -> | => | .
    )""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text):
    """[(token, start, end)], without white space and comments."""
    found = TOKEN.finditer(text)
    return [(token["token"], *token.span()) for token in found if token["token"]]


def words(text):
    return [word for word, _, _ in tokens(text)]


@dataclass
class Function:
    owner: str  # the type, trait, module or macro around it, or ""
    name: str
    first: int  # its tokens: `fn`, and the braces of its body
    body: int
    last: int

    def __str__(self):
        return f"{self.owner}::{self.name}" if self.owner else self.name


def implemented(head):
    """The name of the type in `impl<T> Trait for path::Name<T> where ...`."""
    depth, name = 0, ""
    for word in head:
        if word == "where":
            break
        depth += (word == "<") - (word == ">")
        if depth == 0 and re.match(r"\$?\w", word):
            name = word
    return name


class Source:
    """A source file: its tokens and its functions."""

    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.tokens = tokens(self.text)
        self.words = [word for word, _, _ in self.tokens]
        self.functions = list(self._functions())

    def _functions(self):
        blocks = []  # those open here: (function or None, owner)
        head = None  # the item whose block comes next: (keyword, its first token)
        nested = 0  # parentheses and brackets in that head
        for at, word in enumerate(self.words):
            after = self.words[at + 1] if at + 1 < len(self.words) else ""
            if word == "{":
                owner = blocks[-1][1] if blocks else ""
                function = None
                if head:
                    keyword, first = head
                    if keyword == "fn":
                        function = Function(owner, self.words[first + 1], first, at, 0)
                    elif keyword == "impl":
                        owner = implemented(self.words[first + 1 : at])
                    else:
                        owner = self.words[first + 1 + (keyword == "macro_rules")]
                blocks.append((function, owner))
                head = None
            elif word == "}":
                function, _ = blocks.pop()
                if function:
                    function.last = at
                    yield function
            elif head is None:
                named = word in ("fn", "mod", "trait") and re.match(r"\$?\w", after)
                if named or word == "impl" or (word == "macro_rules" and after == "!"):
                    head, nested = (word, at), 0
            else:
                nested += (word in "([") - (word in ")]")
                if word == ";" and nested == 0:
                    head = None

    def named(self, name):
        """The functions of that name, which may say its owner."""
        return [function for function in self.functions if name in (function.name, str(function))]

    def find(self, old, functions):
        """Where those words are in one of the functions: the numbers of their first tokens."""
        starts = {
            start
            for function in functions
            for start in range(function.first, function.last - len(old) + 2)
        }
        return [at for at in sorted(starts) if self.words[at : at + len(old)] == old]

    def place(self, at):
        """For a message: the line of a token, and the function around it."""
        line = self.text.count("\n", 0, self.tokens[at][1]) + 1
        around = [function for function in self.functions if function.first <= at <= function.last]
        innermost = max(around, key=lambda function: function.first, default="no function")
        return f"{self.path.relative_to(ROOT)}:{line}, {innermost}"


# ----- The tables.


@dataclass
class Change:
    """One replacement."""

    file: str
    function: str
    line: int
    old: list = field(default_factory=list)
    new: list = field(default_factory=list)


@dataclass
class Mutant:
    name: str
    table: Path
    line: int
    fields: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)

    def list(self, key):
        return self.fields.get(key, "").split()

    @property
    def files(self):
        return {change.file for change in self.changes}

    def is_meant_by(self, part):
        return part == self.name or part in self.files or part.strip("[]") in self.list("tag")


def folded(text):
    return " ".join(text.split())


def at(table, line):
    return f"{table.relative_to(ROOT)}:{line}"


def source_of(table):
    """src/buffer/ring.rs for buffer-ring.txt."""
    return f"src/{table.stem.replace('-', '/')}.rs"


def read_table(table):
    """The mutants of a table, and an error for each line that is none of its kind."""
    mutants, errors = [], []
    mutant = key = change = None
    file = function = ""
    for number, line in enumerate(table.read_text().splitlines(), 1):
        key_and_value = re.match(r"([a-z]+): +(.*\S)", line)
        if line.startswith("## "):
            mutant = Mutant(line[3:].strip(), table, number)
            mutants.append(mutant)
            file, function = source_of(table), ""
            key = change = None
        elif not mutant:
            # Above the first entry: a remark.
            continue
        elif line.strip() == "":
            key = change = None
        elif line[0] in "-+":
            key = None
            if change is None or (line[0] == "-" and change.new):
                change = Change(file, function, number)
                mutant.changes.append(change)
            (change.old if line[0] == "-" else change.new).append(line[2:].rstrip())
        elif line[0] == " " and key:
            mutant.fields[key] += " " + line.strip()
        elif key_and_value:
            key, value = key_and_value.groups()
            change = None
            if key == "file":
                file, function, key = value, "", None
            elif key == "fn":
                function, key = value, None
            elif key in FIELDS and key not in mutant.fields:
                mutant.fields[key] = value
            else:
                errors.append(f"{at(table, number)}: {mutant.name}: unknown, or a second time: {key}")
        else:
            errors.append(f"{at(table, number)}: {mutant.name}: neither a field nor -, +: {line}")
    return mutants, errors


def read_tables():
    mutants, errors = [], []
    for table in sorted(TABLES.glob("*.txt")):
        more, wrong = read_table(table)
        mutants += more
        errors += wrong
    return mutants, errors


# ----- What an entry does to the sources.


class Sources(dict):
    """Each source file, read once."""

    def __missing__(self, name):
        path = ROOT / name
        if not path.is_file():
            raise Broken(f"there is no {name}")
        self[name] = Source(path)
        return self[name]

    def all(self):
        return [self[str(path.relative_to(ROOT))] for path in sorted(ROOT.glob("src/**/*.rs"))]


def locate(change, sources):
    """The number of the first token of the old text."""
    text = folded(" ".join(change.old))
    old = words("\n".join(change.old))
    if not old:
        raise Broken("no old text: to insert, repeat a line beside it as - and as +")
    if not change.function:
        raise Broken("no fn: before the change")
    source = sources[change.file]
    functions = source.named(change.function)
    places = source.find(old, functions)
    if len(places) == 1:
        return places[0]
    names = ", ".join(map(str, functions))
    if len(places) > 1:
        raise Broken(f"{len(places)} times in {names}: {text}")
    reason = f"not in {names}" if functions else f"no fn {change.function} in {change.file}"
    raise Broken(f"{reason}: {text}{hint(old, source, functions, sources)}")


def hint(old, source, functions, sources):
    """Where the text went: to another function, or what resembles it in its own."""
    everywhere = [(other, at) for other in sources.all() for at in other.find(old, other.functions)]
    if everywhere:
        return "".join(f"\n    it is at {other.place(at)}" for other, at in everywhere[:3])
    windows = {
        at: source.words[at : at + len(old)]
        for function in functions or source.functions
        for at in range(function.first, max(function.last - len(old), function.first) + 1)
    }
    match = difflib.SequenceMatcher(b=old, autojunk=False)

    def likeness(at):
        match.set_seq1(windows[at])
        return match.ratio() if match.quick_ratio() > 0.6 else 0

    best = max(windows, key=likeness, default=None)
    if best is None or likeness(best) < 0.6:
        return ""
    start, end = source.tokens[best][1], source.tokens[best + len(old) - 1][2]
    return f"\n    like it, at {source.place(best)}: {folded(source.text[start:end])}"


def indent_of(line):
    return line[: len(line) - len(line.lstrip())]


def edits(mutant, sources):
    """{file: [(start, end, text)]}: what the mutant puts in which place of which file."""
    found = {}
    for change in mutant.changes:
        source = sources[change.file]
        first = locate(change, sources)
        last = first + len(words("\n".join(change.old))) - 1
        start, end = source.tokens[first][1], source.tokens[last][2]
        # The new lines stand as deep as the old ones, and an empty line goes altogether.
        before = source.text[source.text.rindex("\n", 0, start) + 1 : start]
        deeper = indent_of(before).removeprefix(indent_of(change.old[0]))
        new = [deeper + line if line else "" for line in change.new]
        if new:
            new[0] = new[0].lstrip()
        elif before.isspace() and source.text[end] == "\n":
            start, end = start - len(before), end + 1
        found.setdefault(change.file, []).append((start, end, "\n".join(new)))
    return found


def spliced(text, edits, start=0, end=None):
    """A part of a text, with the edits that lie in it."""
    parts = []
    for first, last, new in sorted(edits):
        if first < start:
            raise Broken(f"two changes overlap: {folded(text[first:last])}")
        parts += [text[start:first], new]
        start = last
    return "".join([*parts, text[start:end]])


def apply(mutant, sources):
    """{file: text} of the files that the mutant changes."""
    broken = {}
    for file, changes in edits(mutant, sources).items():
        broken[file] = spliced(sources[file].text, changes)
        if words(broken[file]) == sources[file].words:
            raise Broken("changes nothing")
    return broken


# ----- The commands.


def check(mutants, sources):
    """Everything that can be said without a compiler: a list of errors."""
    errors = []
    seen = set()
    for mutant in mutants:
        wrong = []
        if mutant.name in seen:
            wrong.append("a second entry of this name")
        seen.add(mutant.name)
        wrong += [f"no {key}" for key in ("tag", "breaks") if key not in mutant.fields]
        if ("killers" in mutant.fields) == ("equivalent" in mutant.fields):
            wrong.append("either killers or equivalent")
        if not mutant.changes:
            wrong.append("changes nothing")
        for killer in mutant.list("killers"):
            if not exists(killer):
                wrong.append(f"no such test: {killer}")
        errors += [f"{at(mutant.table, mutant.line)}: {mutant.name}: {what}" for what in wrong]
        fits = True
        for change in mutant.changes:
            try:
                locate(change, sources)
            except Broken as why:
                fits = False
                errors.append(f"{at(mutant.table, change.line)}: {mutant.name}: {why}")
        try:
            if fits:
                apply(mutant, sources)
        except Broken as why:
            errors.append(f"{at(mutant.table, mutant.line)}: {mutant.name}: {why}")

    # A tag stands in brackets in a comment; with a parenthesis behind it is a link.
    tag = re.compile(r"\[([a-z]+(?:-[a-z]+)*)\](?!\()")
    comments = (
        (source, line) for source in sources.all() for line in re.findall("//.*", source.text)
    )
    used = {}
    for source, comment in comments:
        for name in tag.findall(comment):
            used.setdefault(name, source.path.relative_to(ROOT))
    named = {tag: mutant for mutant in mutants for tag in mutant.list("tag")}
    for name in sorted(used.keys() - named.keys()):
        errors.append(f"{used[name]}: [{name}] has no mutant")
    for name in sorted(named.keys() - used.keys()):
        mutant = named[name]
        errors.append(f"{at(mutant.table, mutant.line)}: {mutant.name}: [{name}] is not in src")
    return errors


def test_file(killer):
    """The folder and the name of the file of a killer; the last part is the test itself.

    FILE::TEST is a model; tests/BINARY::TEST and tests/BINARY::FILE::TEST are tests of the
    crate's own, for what loom cannot see, and held::TEST is one of stress/held.
    """
    binary, *modules = killer.split("::")[:-1]
    if binary == "held":
        folder, name = "stress/held/tests", "held"
    elif binary.startswith("tests/"):
        folder, name = "tests", binary.removeprefix("tests/")
    else:
        folder, name, modules = "loom-tests/tests", "models", [binary, *modules]
    if modules:
        return ROOT / folder / name / f"{'/'.join(modules)}.rs"
    single = ROOT / folder / f"{name}.rs"
    return single if single.is_file() else ROOT / folder / name / "main.rs"


def exists(killer):
    file = test_file(killer)
    name = killer.split("::")[-1]
    return file.is_file() and re.search(rf"\bfn {name}\(", file.read_text())


def meant(mutants, parts):
    """Those that the parts name, each once."""
    parts = [part.removeprefix("./") for part in parts]
    for part in parts:
        if not any(mutant.is_meant_by(part) for mutant in mutants):
            sys.exit(f"neither a mutant, nor a source file or a tag of one: {part}")
    return [
        mutant
        for mutant in mutants
        if not parts or any(mutant.is_meant_by(part) for part in parts)
    ]


def show(mutants, sources):
    for mutant in mutants:
        print(f"## {mutant.name}: {mutant.fields['breaks']}")
        for file, text in apply(mutant, sources).items():
            old, new = sources[file].text.splitlines(True), text.splitlines(True)
            sys.stdout.writelines(difflib.unified_diff(old, new, file, file))


def fitting(sources):
    """All mutants. Ends the program, with all the errors, if one does not fit."""
    mutants, errors = read_tables()
    errors += check(mutants, sources)
    if errors:
        sys.exit("\n".join([*errors, f"{len(errors)} errors"]))
    print(f"{len(mutants)} mutants fit the sources", file=sys.stderr)
    return mutants


def main(command="", *parts):
    if command not in ("check", "diff"):
        sys.exit(__doc__.strip())
    sources = Sources()
    mutants = fitting(sources)
    if command == "diff":
        show(meant(mutants, parts), sources)


if __name__ == "__main__":
    main(*sys.argv[1:])
