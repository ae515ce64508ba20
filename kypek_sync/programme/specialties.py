"""Specialty codes as officers write them → the codes of law 4521/2018 in Greek letters.

Understood: `ΠΕ86`, `πε 86`, `PE86` (Latin look-alikes, D-11), `ΠΕ04.01`, `ΠΕ0401`, `ΠΕ86.50`, `ΠΕ86 Πληροφορικής`,
`ΠΕ60/70`, `ΠΕ81-ΠΕ85`, a specialty's name, and «όλες». Older codes are read as those that replaced them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from kypek_sync.programme.calendar import Doubt
from kypek_sync.programme.letters import greek_capitals, is_greek, nearest, squeeze

_ALL = {squeeze(w) for w in ("όλες", "όλες οι ειδικότητες", "όλοι", "όλοι οι κλάδοι", "κάθε ειδικότητα", "all", "-")}
# A Latin P becomes a rho below, and a Latin D has no Greek twin: both stand for the letter that sounds like them.
_KIND = r"(?:ΠΕ|ΡΕ|ΤΕ|ΔΕ|DΕ)"
_KINDS = {"ΡΕ": "ΠΕ", "DΕ": "ΔΕ"}
_CODE = re.compile(rf"(?P<kind>{_KIND})\s*\.?\s*(?P<number>\d{{1,4}})(?P<tail>(?:\.\d{{1,2}})*)(?P<ebp>\s*-?\s*ΕΒΠ)?")
_MORE = re.compile(
    rf"\s*(?P<join>/|-|–|ΕΩΣ)\s*(?P<kind>{_KIND})?\s*(?P<number>\d{{2}})(?P<tail>(?:\.\d{{1,2}})*)(?!\d)"
)
_SEPARATOR = re.compile(r"[,;\n+&]|\s+και\s+|\s/\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Law:
    """The law's table: code → name, and older code → the one that replaced it."""

    codes: dict[str, str]
    stale: dict[str, str]


@cache
def law() -> Law:
    """The table that ships with the programme."""
    data = json.loads((files("kypek_sync.programme") / "specialties.json").read_text("utf-8"))
    return Law(dict(data["codes"]), dict(data["stale"]))


def _normal(kind: str, number: str, tail: str) -> str:
    """ΠΕ + 4 → ΠΕ04; ΠΕ + 0401 → ΠΕ04.01; the empty branch `.00` is dropped."""
    if len(number) == 4 and not tail:
        number, tail = number[:2], f".{number[2:]}"
    parts = [part.zfill(2) for part in tail.split(".") if part]
    return ".".join([f"{kind}{number.zfill(2)}", *(part for part in parts if part != "00")])


def _known(code: str, extra: frozenset[str]) -> bool:
    return code in law().codes or code in extra or code.removesuffix(".50") in law().codes


@lru_cache(maxsize=500)
def _near(code: str) -> str:
    """The code of the law most like this one. Remembered: people repeat a mistake down a whole column."""
    return nearest(code, law().codes.keys())


def _one(code: str, written: str, extra: frozenset[str], remarks: list[Doubt]) -> str:
    if _known(code, extra):
        return code
    special = ".50" if code.endswith(".50") else ""
    old = code.removesuffix(".50")
    new = law().stale.get(old) or law().stale.get(old.split(".")[0])
    if new:
        remarks.append(Doubt("specialty-stale", value=written, suggestion=new + special))
        return new + special
    raise Doubt("specialty-unknown", value=written, suggestion=_near(code))


def _expanded(text: str) -> Iterator[tuple[str, str]]:
    """Each code of `ΠΕ60/70` or `ΠΕ81-ΠΕ85` in normal form, with its text."""
    first = _CODE.match(text)
    if not first:
        return
    kind, number = _KINDS.get(first["kind"], first["kind"]), first["number"]
    yield (f"{kind}{number.zfill(2)}-ΕΒΠ" if first["ebp"] else _normal(kind, number, first["tail"])), first[0]
    at = first.end()
    while found := _MORE.match(text, at):
        at, kind = found.end(), _KINDS.get(found["kind"], found["kind"]) or kind
        if found["join"] != "/" and not found["tail"]:
            for between in range(int(number) + 1, int(found["number"])):
                if _known(f"{kind}{between:02}", frozenset()):
                    yield f"{kind}{between:02}", found[0]
        number = found["number"]
        yield _normal(kind, number, found["tail"]), found[0].strip(" /-–")


def _named(text: str) -> str:
    """The code of a specialty that was written by name."""
    wanted = squeeze(text)
    return next((code for code, name in law().codes.items() if squeeze(name) == wanted), "")


def read_specialties(text: str, extra: frozenset[str]) -> tuple[tuple[str, ...], list[Doubt]]:
    """The codes that a cell names, without repeats, and remarks on it: errors (`specialty-unknown`) and warnings
    (`specialty-look-alike`, `specialty-stale`). No codes and no remark: for everybody."""
    codes: dict[str, None] = {}
    remarks: list[Doubt] = []
    if squeeze(text) in _ALL:
        return (), remarks
    for piece in filter(None, (p.strip() for p in _SEPARATOR.split(text))):
        capitals = greek_capitals(piece)
        found = list(_expanded(capitals))
        if not found and re.fullmatch(r"\d{2}(\.\d{2})*", piece) and codes:
            found = [(f"{next(reversed(codes))[:2]}{piece}", piece)]
        try:
            if found:
                for code, written in found:
                    codes[_one(code, written, extra, remarks)] = None
            elif named := _named(piece):
                codes[named] = None
            else:
                raise Doubt("specialty-unknown", value=piece[:60], suggestion=_near(capitals))
        except Doubt as doubt:
            remarks.append(doubt)
            continue
        typed = piece[:2]
        if found and any(c.isalpha() and not is_greek(c) for c in typed):
            remarks.append(Doubt("specialty-look-alike", value=piece[:60], suggestion=", ".join(c for c, _ in found)))
    return tuple(codes), remarks
