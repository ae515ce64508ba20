"""Finds in the source every sentence that people read: what is given to `text(…)`, directly or from a table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import kypek_sync

ROOT = Path(kypek_sync.__file__).parent
SPEAKERS = frozenset({"text", "asked", "secret"})
"""Calls whose first argument is a sentence."""
HEADED = frozenset({"table"})
"""Calls whose first argument is a row of headings."""
HEADINGS = frozenset({"headings", "COLUMNS"})
"""Names that hold a row of headings."""


def sentences(*modules: str) -> set[str]:
    """Every sentence of these modules (`cli/*.py`), English."""
    found: set[str] = set()
    for pattern in modules:
        for file in sorted(ROOT.glob(pattern)):
            found.update(_of_module(ast.parse(file.read_text("utf-8"))))
    return {sentence for sentence in found if any(c.isalpha() for c in sentence)}


def _of_module(tree: ast.Module) -> Iterator[str]:
    tables = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            sentence = name == "of" and getattr(getattr(node.func, "value", None), "id", "") == "Sentence"
            if (name in SPEAKERS or sentence) and node.args:
                yield from _said(node.args[0], tables)
            if name in HEADED and node.args:
                yield from _strings(node.args[0])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in HEADINGS:
            yield from _strings(node.value)


def _said(part: ast.expr, tables: dict[str, ast.expr]) -> Iterator[str]:
    """The sentences that an argument may stand for."""
    if isinstance(part, ast.Constant):
        yield from _strings(part)
    elif isinstance(part, ast.IfExp):
        yield from _said(part.body, tables)
        yield from _said(part.orelse, tables)
    elif isinstance(part, ast.Subscript):
        yield from _strings(tables.get(getattr(part.value, "id", ""), ast.Tuple([])))
    elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "get":
        yield from _strings(tables.get(getattr(part.func.value, "id", ""), ast.Tuple([])))


def _strings(part: ast.expr) -> Iterator[str]:
    """The strings of a constant, a row, or the values of a table."""
    if isinstance(part, ast.Constant):
        if isinstance(part.value, str):
            yield part.value
    elif isinstance(part, ast.Dict):
        for value in part.values:
            yield from _strings(value)
    elif isinstance(part, (ast.Tuple, ast.List)):
        for value in part.elts:
            yield from _strings(value)
