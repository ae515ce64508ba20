"""The values of audiences in people's words: directorates, kinds of unit, roles. Pure.

Verdicts hold our own short words (`att-a/ΔΕ`, `gym`, `school-principal`), which last; here they are said in a language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

from kypek_sync.language import Text

KINDS = {
    "nip": "nursery school",
    "dim": "primary school",
    "gym": "gymnasium",
    "lyk": "general lyceum",
    "epal": "vocational lyceum",
    "ek": "laboratory centre",
    "eeeek": "special vocational school",
    "directorate": "education directorate",
    "office": "office",
    "library": "library",
}
"""Kinds of unit, as `Unit.kind` has them."""

ROLES = {
    "school-principal": "head of a school",
    "itlab-responsible": "in charge of an IT laboratory",
    "itsector-responsible": "in charge of an IT sector",
    "ypepth-personnel": "staff of the ministry",
    "plinet": "member of a ΠΛΗΝΕΤ group",
    "keplinet": "member of a ΚΕΠΛΗΝΕΤ group",
}
"""Roles on a unit: the options of gsnUserRoleOn (D-3) and the groups of a directorate (D-12)."""

SEPARATOR = ", "
"""Between the values in a verdict's facts."""


@cache
def _names() -> dict[str, str]:
    """Label → area in Greek capitals."""
    records = json.loads((files("kypek_sync") / "directorates.json").read_text("utf-8"))
    return {str(record["parent_rdn"]): str(record["name"]) for record in records}


def kind_word(kind: str, text: Text) -> str:
    """A kind of unit."""
    return text(KINDS[kind]) if kind in KINDS else kind


def role_word(role: str, text: Text) -> str:
    """A role on a unit."""
    return text(ROLES[role]) if role in ROLES else role


def directorate_word(directorate: str, text: Text) -> str:
    """A directorate, `att-a/ΔΕ`, or both of a label."""
    label, _, level = directorate.partition("/")
    name = _names().get(label, label)
    if level == "ΠΕ":
        return text("primary education of %(name)s", name=name)
    if level == "ΔΕ":
        return text("secondary education of %(name)s", name=name)
    return text("primary and secondary education of %(name)s", name=name)


def exact(directorates: Iterable[str]) -> tuple[str, ...]:
    """Directorates without those labels of which a level is there too: `att-a` beside `att-a/ΔΕ` says nothing more."""
    every = tuple(directorates)
    levelled = {one.partition("/")[0] for one in every if "/" in one}
    return tuple(one for one in every if one not in levelled)


_WORDS: dict[str, Callable[[str, Text], str]] = {
    "directorate": directorate_word,
    "unit-kind": kind_word,
    "role": role_word,
}


def said(rule: str, values: str, text: Text) -> str:
    """The values of a verdict's fact (`wanted` or `found`) as people read them; an empty fact stays empty."""
    if not values or rule not in _WORDS:
        return values
    every = values.split(SEPARATOR)
    chosen = exact(every) if rule == "directorate" else every
    return SEPARATOR.join(_WORDS[rule](value, text) for value in chosen)
