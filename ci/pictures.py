#!/usr/bin/env python3
"""Puts the pictures of docs/backpressure.md into src/guide/pictures.md, for docs.rs has no files beside a page.

With --check: fails if that file is not what it would be.
"""
import base64
import pathlib
import re
import sys

text = pathlib.Path("docs/backpressure.md").read_text()
lines = []
for name, file in re.findall(r"^\[(\w+)\]: (\S+\.svg)$", text, re.M):
    picture = base64.b64encode((pathlib.Path("docs") / file).read_bytes()).decode()
    lines.append(f"[{name}]: data:image/svg+xml;base64,{picture}\n")
target = pathlib.Path("src/guide/pictures.md")
made = "".join(lines)
if "--check" not in sys.argv:
    target.write_text(made)
elif target.read_text() != made:
    sys.exit("src/guide/pictures.md is not up to date: run ci/pictures.py")
