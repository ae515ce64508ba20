"""From the register's rows to ours. Pure.

Only the fields named here are taken from a row: a tax number, a telephone, an address or a worker that it may also
carry goes no further (D-24). A row that cannot be understood raises `Misshapen`; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kypek_sync.contract import RegisteredDirectorate, RegisteredUnit, UnitState, capitals, plain

STATES = {1: UnitState.ACTIVE, 2: UnitState.SUSPENDED, 3: UnitState.ABOLISHED}
"""The register's numbers of states (section 3.3)."""

NUMBERS = {state: number for number, state in STATES.items()}
_LEVELS = ("Π", "Δ")
_LONGEST = 300


class Misshapen(ValueError):
    """An answer or a row is not of the expected shape; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as the register gave it: `rows` unread, `count`, `total` and the number of the `last` page as it says
    (0: it does not)."""

    rows: tuple[Any, ...] = field(repr=False)
    count: int
    total: int
    last: int = 0


def page(body: Mapping[str, Any]) -> Page:
    """A successful answer's page. Raises `Misshapen`."""
    rows = body.get("data")
    if not isinstance(rows, list):
        raise Misshapen("it has no list of data")
    pagination = body.get("pagination")
    last = _id(pagination, "maxPage") if isinstance(pagination, Mapping) else None
    return Page(tuple(rows), _whole(body, "count"), _whole(body, "total"), last or 0)


def unit(row: Any) -> RegisteredUnit:
    """One school or office. Raises `Misshapen` where it has no number, or a state that is not known."""
    if not isinstance(row, Mapping):
        raise Misshapen("a unit is no object")
    number = _id(row, "mm_id")
    if number is None:
        raise Misshapen("a unit has no mm_id")
    state = STATES.get(_id(row, "state_id") or 0)
    if state is None:
        raise Misshapen(f"the unit {number} has a state that is not known")
    return RegisteredUnit(
        id=str(number),
        name=_text(row, "name"),
        code=_text(row, "registry_no"),
        directorate=_id(row, "edu_admin_id"),
        kind=_text(row, "unit_type"),
        state=state,
    )


def directorate(row: Any) -> RegisteredDirectorate:
    """One education directorate. Raises `Misshapen` where it has no number."""
    if not isinstance(row, Mapping):
        raise Misshapen("a directorate is no object")
    number = _id(row, "edu_admin_id")
    if number is None:
        raise Misshapen("a directorate has no edu_admin_id")
    name = _text(row, "edu_admin") or _text(row, "name")
    return RegisteredDirectorate(
        id=number,
        name=name,
        code=_text(row, "registry_no"),
        label=_text(row, "parent_rdn").casefold(),
        level=level(name),
    )


def level(name: str) -> str:
    """`ΠΕ` or `ΔΕ` of a directorate's name (`ΔΙΕΥΘΥΝΣΗ Δ.Ε. Α΄ ΑΘΗΝΑΣ`), empty where it names none or both."""
    words = {word.replace(".", "").replace("/", "") for word in capitals(name).split()}
    found = {short + "Ε" for short in _LEVELS if words & {short + "Ε", f"Δ{short}Ε", f"ΔΙ{short}Ε"}}
    found |= {full for stem, full in (("ΠΡΩΤΟΒΑΘΜΙΑΣ", "ΠΕ"), ("ΔΕΥΤΕΡΟΒΑΘΜΙΑΣ", "ΔΕ")) if stem in words}
    return found.pop() if len(found) == 1 else ""


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return plain(str(value))[:_LONGEST]


def _id(row: Mapping[str, Any], key: str) -> int | None:
    """A number of the register, also where it comes as text; None where there is none."""
    value = row.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value) or None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    return None


def _whole(body: Mapping[str, Any], key: str) -> int:
    value = body.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise Misshapen(f"it does not say its {key}")
