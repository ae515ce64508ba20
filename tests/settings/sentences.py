"""Finds in the source every sentence that a settings mistake can be told with."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import kypek_sync
from kypek_sync.settings import checks, shape, wording

PLACES = {"problem": 1, "_tell": 1, "Problem": 3, "Unresolved": 0, "LedgerAddressError": 0}
"""Which argument of a call is the sentence."""


def sentences() -> set[str]:
    """Every sentence of the settings and of the checks of connectors, and what settings say of themselves."""
    root = Path(kypek_sync.__file__).parent
    found = {*wording.SENTENCES, shape.SHORT_KEY, checks.NO_ADDRESS, checks.NO_TLS, *descriptions()} - {wording.OWN}
    for file in (*(root / "settings").glob("*.py"), root / "plugins" / "entries.py"):
        found.update(_of_module(ast.parse(file.read_text("utf-8"))))
    return found


def descriptions() -> set[str]:
    """What each setting says of itself."""
    models = [model for model in vars(shape).values() if isinstance(model, type) and hasattr(model, "model_fields")]
    return {entry.description for model in models for entry in model.model_fields.values() if entry.description}


def _of_module(tree: ast.Module) -> Iterator[str]:
    constants: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            constants.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in PLACES and len(node.args) > PLACES[name]:
                yield from _texts(node.args[PLACES[name]], constants)


def _texts(part: ast.expr, constants: dict[str, list[ast.expr]]) -> Iterator[str]:
    if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
        yield part.value
    elif isinstance(part, ast.Name):
        for value in constants.get(part.id, ()):
            yield from _texts(value, {})
