"""What mutmut left behind: each mutant, what it changed, and what became of it."""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SURVIVED, UNTESTED = 0, 33
"""Exit codes by which mutmut remembers: no test failed, no test comes there. None: not tried. Others: caught."""

_NAME = re.compile(r"(?P<function>.+)__mutmut_(?P<number>\d+|orig)$")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function. `line` tells it by its words, so that it lasts while the lines around it move."""

    module: str
    line: str
    fate: str


def mutants(folder: Path) -> Iterator[Mutant]:
    """All mutants below mutmut's folder, in the order of their files."""
    for meta in sorted(folder.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"]
        source = meta.with_suffix("").read_text(encoding="utf-8")
        texts = dict(_functions(source))
        for name, code in codes.items():
            module, _, short = name.rpartition(".")
            found = _NAME.match(short)
            if found and short in texts:
                original = texts[f"{found['function']}__mutmut_orig"]
                plain = found["function"].replace("xǁ", "").replace("ǁ", ".").removeprefix("x_")
                yield Mutant(module, f"{module}.{plain}: {_difference(original, texts[short])}", _fate(code))


def known(file: Path) -> frozenset[str]:
    """The survivors of a file; what begins with # or is empty is for people."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _fate(code: int | None) -> str:
    if code is None:
        return "not tried"
    return "survived" if code in (SURVIVED, UNTESTED) else "caught"


def _functions(source: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and _NAME.match(node.name):
            yield node.name, ast.unparse(node).replace(f"def {node.name}(", "def (", 1)


def _difference(before: str, after: str) -> str:
    """What is not the same: `before → after`."""
    one, two = before.splitlines(), after.splitlines()
    parts = [line for line in difflib.ndiff(one, two) if line[:2] in ("- ", "+ ")]
    old = " ".join(line[2:].strip() for line in parts if line.startswith("- "))
    new = " ".join(line[2:].strip() for line in parts if line.startswith("+ "))
    return f"{old} → {new}"
