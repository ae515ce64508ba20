"""The codes of seminars: what they may look like, and those given to rows that have none.

A given code is `<STRUCTURE>-<YY>-<NN>`: the structure's id in Latin capitals, the last two digits of the school year's
first year, the next free number. Numbers follow the order of the rows, so they are the same each time the same file is
read, but a row inserted in between moves those after it: they are provisional until the officer goes on with the
answered copy, which has them filled in. A code that was ever seen (in the file, or in `Ground.taken_codes`) is not
given again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kypek_sync.model import SourceRow
from kypek_sync.programme.ground import Ground
from kypek_sync.programme.grouping import Entry, code_text
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import latin_capitals
from kypek_sync.programme.tray import Tray

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")


def _prefix(ground: Ground) -> str:
    name = latin_capitals(ground.structure or ground.kypek)[:20] or "S"
    return f"{name}-{ground.first_year % 100:02}-"


def _free(ground: Ground, used: Iterable[str]) -> Iterable[str]:
    taken = {code.casefold() for code in used} | {code.casefold() for code in ground.taken_codes}
    number = 0
    while True:
        number += 1
        code = f"{_prefix(ground)}{number:02}"
        if code.casefold() not in taken:
            yield code


def settle_codes(entries: Sequence[Entry], ground: Ground, tray: Tray) -> dict[SourceRow, str]:
    """Gives every entry its code, checks the typed ones, and returns those that were given to rows without one."""
    free = iter(_free(ground, (code_text(e.row) for e in entries)))
    assigned: dict[SourceRow, str] = {}
    owners: dict[str, list[Entry]] = defaultdict(list)
    taken = {code.casefold() for code in ground.taken_codes}
    for entry in entries:
        typed, cell = code_text(entry.row), entry.row.cell(Field.CODE)
        if not typed:
            entry.code = next(free)
            if not cell.flag:
                assigned[entry.row.source] = entry.code
            continue
        entry.code = typed
        owners[typed.casefold()].append(entry)
        if not _CODE.match(typed):
            tray.add("code-alphabet", cell, typed, suggestion=latin_capitals(typed)[:40])
        elif typed.casefold() in taken:
            tray.add("code-taken", cell, typed)
    for same in owners.values():
        for entry in same if len(same) > 1 else ():
            other = next(e for e in same if e is not entry)
            tray.add("code-duplicate", entry.row.cell(Field.CODE), entry.code, row=str(other.row.source.row))
    return assigned
