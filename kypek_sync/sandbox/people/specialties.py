"""Which specialties serve where, and how the directory spells them wrongly (D-11)."""

from __future__ import annotations

_CORE = (("ΠΕ01", 4), ("ΠΕ02", 18), ("ΠΕ03", 13), ("ΠΕ04.01", 7), ("ΠΕ04.02", 4), ("ΠΕ04.04", 4), ("ΠΕ05", 4))
_COMMON = (("ΠΕ06", 8), ("ΠΕ11", 8), ("ΠΕ78", 4), ("ΠΕ80", 3), ("ΠΕ86", 12), ("ΠΕ07", 3), ("ΠΕ79.01", 3))
_TECHNICAL = (("ΠΕ82", 8), ("ΠΕ83", 8), ("ΠΕ84", 6), ("ΠΕ87.02", 8), ("ΠΕ88.01", 6), ("ΤΕ16", 1), ("ΤΕ01.13", 3))

_WHERE: dict[str, tuple[tuple[str, int], ...]] = {
    "nip": (("ΠΕ60", 90), ("ΠΕ60.50", 4), ("ΠΕ06", 4), ("ΠΕ30", 2)),
    "dim": (("ΠΕ70", 66), ("ΠΕ70.50", 4), ("ΠΕ11", 8), ("ΠΕ06", 7), ("ΠΕ86", 7), ("ΠΕ91.01", 3), ("ΠΕ79.01", 3)),
    "gym": (*_CORE, *_COMMON, ("ΠΕ02.50", 1)),
    "lyk": (*_CORE, *_COMMON),
    "epal": (*_COMMON, *_TECHNICAL, ("ΠΕ02", 8), ("ΠΕ03", 8), ("ΠΕ04.02", 4)),
    "ek": _TECHNICAL,
    "eeeek": (("ΠΕ02.50", 4), ("ΠΕ11.01", 2), ("ΠΕ25", 2), ("ΔΕ01-ΕΒΠ", 3), ("ΔΕ02.01", 2), ("ΠΕ88.01", 2)),
}
_ELSEWHERE = (("ΠΕ86", 3), ("ΠΕ04.01", 2), ("ΠΕ70", 2), ("ΠΕ02", 2))
NO_CODE = "Διοικητικός"
STALE = {"ΠΕ86": ("ΠΕ19", "ΠΕ20")}
"""Codes that law 4521/2018 replaced and some entries still carry."""
_LOOK_ALIKES = str.maketrans("ΠΕΤΔΥΒ", "PETDYB")


def at(stem: str) -> tuple[list[str], list[int]]:
    """Specialties of a kind of unit with their weights, ready for `random.choices`."""
    table = _WHERE.get(stem, _ELSEWHERE)
    return [code for code, _ in table], [weight for _, weight in table]


def in_latin(code: str) -> str:
    """The code typed with Latin letters (`PE86`)."""
    return code.translate(_LOOK_ALIKES)
