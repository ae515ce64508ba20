"""Specialties: families, and what law 4521/2018 made of older codes that the directory still carries (section 3.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

SPECIAL = ".50"
"""The suffix of special education, which stays when a code is replaced."""


@cache
def _stale() -> Mapping[str, str]:
    """Older code → the one that replaced it."""
    data = json.loads((files("kypek_sync") / "programme" / "specialties.json").read_text("utf-8"))
    return {str(old): str(new) for old, new in data["stale"].items()}


@cache
def _of_the_law() -> frozenset[str]:
    data = json.loads((files("kypek_sync") / "programme" / "specialties.json").read_text("utf-8"))
    named = {*data["codes"], *data["stale"]}
    return frozenset(named | {code.partition(".")[0] for code in named})


def exists(code: str) -> bool:
    """Whether the law knows a code, or an older one with its families, in special education too."""
    return code.removesuffix(SPECIAL) in _of_the_law()


def covers(family: str, code: str) -> bool:
    """Whether a specialty or its family covers a code: `ΠΕ04` covers `ΠΕ04` and `ΠΕ04.01`, not `ΠΕ040`."""
    return code == family or code.startswith(family + ".")


def successor(code: str) -> str:
    """The code that replaced an older one by law (`ΠΕ20` → `ΠΕ86`); empty where none did."""
    bare = code.removesuffix(SPECIAL)
    new = _stale().get(bare, "")
    return new + code[len(bare) :] if new else ""


@lru_cache(maxsize=50_000)
def met(families: tuple[str, ...], codes: tuple[str, ...]) -> bool:
    """Whether one of the codes, as it is or as the law renamed it, is covered by one of the families. Asked of each of
    very many applications, of whom many have the same specialties."""
    every = {name for code in codes for name in (code, successor(code)) if name}
    return any(covers(family, code) for family in families for code in every)
