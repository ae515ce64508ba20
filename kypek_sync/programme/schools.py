"""Schools that a programme names: by code, or by name as the directory has it. What it does not have is a mistake with
the nearest name or code; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kypek_sync.contract import capitals
from kypek_sync.model import Unit
from kypek_sync.programme.calendar import Doubt
from kypek_sync.programme.letters import nearest

MOST_SHOWN = 4
"""Codes shown where several units bear one name."""


@dataclass
class Schools:
    """The units of a directory. `load` gives them all when the first school is looked up: most programmes name none,
    and a country has 16,000. A directory without units is taken for one that was not read: nothing is checked."""

    load: Callable[[], Iterable[Unit]]
    _asked: dict[str, Doubt | None] = field(default_factory=dict, repr=False)

    def doubt(self, text: str) -> Doubt | None:
        """Why a school that was written cannot be told (`unit-unknown`, `unit-ambiguous`); None where it can."""
        if text not in self._asked:
            self._asked[text] = self._doubt(text)
        return self._asked[text]

    def _doubt(self, text: str) -> Doubt | None:
        if not self._units:
            return None
        code, shown = _code(text), text[:60]
        with_code, with_name = self._by_code.get(code, ()), self._by_name.get(capitals(text), ())
        if len(with_code) == 1 or (not with_code and len(with_name) == 1):
            return None
        if several := with_code or with_name:
            codes = sorted({unit.code for unit in several} - {""})[:MOST_SHOWN]
            return Doubt("unit-ambiguous", value=shown, known=", ".join(codes))
        return Doubt("unit-unknown", value=shown, suggestion=self._near(text, code))

    def _near(self, text: str, code: str) -> str:
        """What was probably meant: a code that lost its first zero (D-9), the school with that number in the register
        (D-10), else the most similar name or code; empty where nothing is near."""
        if "0" + code in self._by_code:
            return "0" + code
        registered = self._by_registry_code.get(code, ())
        if len(registered) == 1 and registered[0].code:
            return registered[0].code
        return nearest(text, list(self._by_code) if code.isdigit() else [unit.name for unit in self._units])

    @cached_property
    def _units(self) -> tuple[Unit, ...]:
        return tuple(self.load())

    @cached_property
    def _by_code(self) -> Mapping[str, tuple[Unit, ...]]:
        return _grouped(self._units, lambda unit: _code(unit.code))

    @cached_property
    def _by_registry_code(self) -> Mapping[str, tuple[Unit, ...]]:
        return _grouped(self._units, lambda unit: _code(unit.registry_code))

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Unit, ...]]:
        return _grouped(self._units, lambda unit: capitals(unit.name))


def _grouped(units: Iterable[Unit], key: Callable[[Unit], str]) -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = {}
    for unit in units:
        if word := key(unit):
            found.setdefault(word, []).append(unit)
    return {word: tuple(those) for word, those in found.items()}


def _code(text: str) -> str:
    return capitals(text).replace(" ", "")


def read_units(text: str, schools: Schools | None) -> tuple[tuple[str, ...], list[Doubt]]:
    """The schools of a cell as they were written, and what cannot be told of them. Names may have commas, so only
    semicolons and new lines part them. Without `schools` nothing is checked."""
    pieces = dict.fromkeys(" ".join(p.split()) for p in text.replace(";", "\n").split("\n") if p.strip())
    found = {piece: schools.doubt(piece) if schools is not None else None for piece in pieces}
    return tuple(p for p, why in found.items() if why is None), [why for why in found.values() if why is not None]
