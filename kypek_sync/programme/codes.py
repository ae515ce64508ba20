"""The codes of seminars: what they may look like, and those given to rows that have none.

A given code is `<STRUCTURE>-<YY>-<NN>`: the structure's id in Latin capitals, the last two digits of the school year's
first year, the next free number. A row without a code whose title one of the structure's own seminars has is that
seminar, and a warning says so; any other is new, and so is one whose namesake was held in an earlier school year. New
numbers follow the order of the rows: they are provisional until the seminars are in force or the officer goes on with
the answered copy, which has them filled in. A code that was ever seen (in the file, in `Ground.own_codes` or in
`Ground.taken_codes`) is not given to another seminar: an officer who hands in a fresh file must never take over an
older seminar with its course and its people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kypek_sync.model import SourceRow
from kypek_sync.programme.ground import Ground
from kypek_sync.programme.grouping import Entry, code_text, title_text
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import latin_capitals, squeeze
from kypek_sync.programme.tray import Tray

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")


def _prefix(ground: Ground) -> str:
    name = latin_capitals(ground.structure or ground.kypek)[:20] or "S"
    return f"{name}-{ground.first_year % 100:02}-"


def _free(ground: Ground, used: Iterable[str]) -> Iterable[str]:
    taken = {code.casefold() for code in (*used, *ground.own_codes, *ground.taken_codes)}
    number = 0
    while True:
        number += 1
        code = f"{_prefix(ground)}{number:02}"
        if code.casefold() not in taken:
            yield code


def _own_by_title(ground: Ground, used: Iterable[str]) -> dict[str, list[str]]:
    """The structure's own codes that the file does not name, by title, smallest first."""
    named = {code.casefold() for code in used}
    own: dict[str, list[str]] = defaultdict(list)
    for code, title in sorted(ground.own_codes.items()):
        if code.casefold() not in named and not ground.is_of_an_earlier_year(code):
            own[squeeze(title)].append(code)
    return own


def settle_codes(entries: Sequence[Entry], ground: Ground, tray: Tray) -> dict[SourceRow, str]:
    """Gives every entry its code, checks the typed ones, and returns those that were given to rows without one."""
    used = [code_text(e.row) for e in entries]
    free, own = iter(_free(ground, used)), _own_by_title(ground, used)
    assigned: dict[SourceRow, str] = {}
    owners: dict[str, list[Entry]] = defaultdict(list)
    taken = {code.casefold() for code in ground.taken_codes}
    for entry in entries:
        typed, cell = code_text(entry.row), entry.row.cell(Field.CODE)
        if not typed:
            same = own.get(title_text(entry.row)) if title_text(entry.row) else None
            entry.code = same.pop(0) if same else next(free)
            if same is not None and entry.code in ground.own_codes and not cell.flag:
                tray.add("code-by-title", cell, entry.code, known=entry.code)
            if not cell.flag:
                assigned[entry.row.source] = entry.code
            continue
        entry.code = typed
        owners[typed.casefold()].append(entry)
        if not _CODE.match(typed):
            tray.add("code-alphabet", cell, typed, suggestion=latin_capitals(typed)[:40])
        elif typed.casefold() in taken:
            tray.add("code-taken", cell, typed)
    for sharing in owners.values():
        for entry in sharing if len(sharing) > 1 else ():
            other = next(e for e in sharing if e is not entry)
            tray.add("code-duplicate", entry.row.cell(Field.CODE), entry.code, row=str(other.row.source.row))
    return assigned
