"""Reads and validates a programme's file, telling all its mistakes at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kypek_sync.model import SourceRow
from kypek_sync.programme.across import check_across
from kypek_sync.programme.books import file_bytes, kind_of, open_book
from kypek_sync.programme.codes import settle_codes
from kypek_sync.programme.course_uses import check_courses
from kypek_sync.programme.ground import Ground, ProgrammeUnreadable, Reading
from kypek_sync.programme.grouping import Entry, grouped
from kypek_sync.programme.headings import Field, heading
from kypek_sync.programme.reused_codes import check_reused_codes
from kypek_sync.programme.seminars import read_seminar
from kypek_sync.programme.tables import recognise
from kypek_sync.programme.tray import Tray
from kypek_sync.programme.yaml_programme import read_yaml


def _entries(file: Path, content: bytes, tray: Tray) -> list[Entry]:
    kind = kind_of(file, content)
    if kind == "yaml":
        return read_yaml(file, content, tray)
    tables = recognise(open_book(file, content, kind), file.name, tray)
    if tables.seminars is None:
        raise ProgrammeUnreadable(
            "%(file)s has no table of seminars: no row has the heading «%(title)s» and at least another one. "
            "Start from the template.",
            file=file.name,
            title=heading(Field.TITLE),
        )
    return grouped(tables, tray)


def entries_of(file: Path, tray: Tray) -> list[Entry]:
    """The rows of a programme's file, grouped by seminar but not validated. Raises `ProgrammeUnreadable`."""
    return _entries(file, file_bytes(file), tray)


def read(file: Path, ground: Ground) -> Reading:
    """The programme in `file` (xlsx, ods, xls, csv or YAML), validated against `ground`.

    Raises `ProgrammeUnreadable` only when nothing can be read: no such file, another kind of file, damaged, protected
    with a password, YAML that is not YAML, no table of seminars. Everything else is a `Mistake`, and keeps back no more
    than its own seminar.
    """
    content = file_bytes(file)
    tray = Tray()
    entries = _entries(file, content, tray)
    assigned = settle_codes(entries, ground, tray)
    drafts = [read_seminar(entry, ground, tray) for entry in entries]
    check_reused_codes(drafts, ground, tray)
    check_across(drafts, tray)
    check_courses(drafts, ground, tray)
    held = tray.held
    numbered: dict[SourceRow, int] = {}
    for draft in drafts:
        numbered.update(draft.given)
    return Reading(
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        seminars=tuple(d.seminar for d in drafts if d.seminar.code not in held),
        mistakes=tray.mistakes,
        assigned=assigned,
        held=held,
        numbered=numbered,
    )
