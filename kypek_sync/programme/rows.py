"""Reads the cells of one row, each kind of value in one place, noting what cannot be read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from kypek_sync.model import Enforcement, Form, Status, TakenAt
from kypek_sync.programme.calendar import Doubt, When, moment, read_hours, read_when
from kypek_sync.programme.ground import Ground
from kypek_sync.programme.headings import Field
from kypek_sync.programme.letters import nearest, squeeze
from kypek_sync.programme.tables import Row
from kypek_sync.programme.tray import Tray

T = TypeVar("T")

FORMS: dict[Form, tuple[str, ...]] = {
    Form.IN_PERSON: (
        "Δια ζώσης",
        "Διά ζώσης",
        "Με φυσική παρουσία",
        "Φυσική παρουσία",
        "Πρόσωπο με πρόσωπο",
        "in-person",
    ),
    Form.ONLINE: (
        "Εξ αποστάσεως",
        "Εξ' αποστάσεως",
        "Εξαποστάσεως",
        "Από απόσταση",
        "Διαδικτυακά",
        "Διαδικτυακό",
        "Διαδικτυακή",
        "Τηλεδιάσκεψη",
        "Με τηλεδιάσκεψη",
        "Τηλεκπαίδευση",
        "online",
    ),
    Form.BLENDED: ("Μεικτό", "Μεικτή", "Μικτό", "Μικτή", "Μεικτής μορφής", "Υβριδικό", "Υβριδική", "blended", "hybrid"),
}
STATUSES: dict[Status, tuple[str, ...]] = {
    Status.CANCELLED: (
        "ΑΚΥΡΩΘΗΚΕ",
        "Ακυρώνεται",
        "Ακυρωμένο",
        "Ακυρωμένη",
        "Ακυρώθηκαν",
        "Ακύρωση",
        "Ακυρο",
        "cancelled",
        "canceled",
    ),
    Status.PLANNED: (
        "Προγραμματισμένο",
        "Προγραμματισμένη",
        "Προγραμματίζεται",
        "Ενεργό",
        "Ενεργή",
        "Κανονικά",
        "Σε ισχύ",
        "Θα γίνει",
        "planned",
        "active",
    ),
}
TAKEN_AT: dict[TakenAt, tuple[str, ...]] = {
    TakenAt.PAGE: (
        "Και από τη σελίδα",
        "Από τη σελίδα",
        "Στη σελίδα",
        "Και στη σελίδα",
        "Σελίδα",
        "Σελίδα σεμιναρίου",
        "Ναι",
        "page",
        "yes",
    ),
    TakenAt.PLATFORM: ("Από την πλατφόρμα", "Στην πλατφόρμα", "Πλατφόρμα", "Όχι", "platform", "no"),
}
ENFORCEMENTS: dict[Enforcement, tuple[str, ...]] = {
    Enforcement.RESTRICT: ("Βγαίνουν από το μάθημα", "Βγαίνουν", "Αφαιρούνται", "restrict"),
    Enforcement.MARK: ("Μένουν στο μάθημα", "Μένουν", "mark"),
}
_ENFORCEMENT_OF = {squeeze(word): one for one, words in ENFORCEMENTS.items() for word in words}
_TAKEN_AT_OF = {squeeze(word): place for place, words in TAKEN_AT.items() for word in words}
_FORM_OF = {squeeze(word): form for form, words in FORMS.items() for word in words}
_STATUS_OF = {squeeze(word): status for status, words in STATUSES.items() for word in words}
_WHOLE = re.compile(r"(-?\d{1,9})(?:[.,]0+)?(?:\s*(?:άτομα|ατομα|θέσεις|θεσεις|συμμετέχοντες|συμμετεχοντες))?\Z")
_HOURS = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*(?:ώρες|ωρες|ώρα|ωρα|ώ\.?|ω\.?|h)?\Z", re.IGNORECASE)
_NO_LIMIT = {squeeze(w) for w in ("χωρίς όριο", "απεριόριστες", "απεριόριστος", "απεριόριστο", "unlimited", "-", "∞")}
_END_OF_DAY = time(23, 59)


def _is_clock(text: str) -> bool:
    try:
        read_hours(text)
    except Doubt:
        return False
    return True


class RowReader:
    """The cells of one row. `seminar`: the code that its errors keep back. Fields that had an error are in `failed`, so
    that an unreadable cell is not told a second time as a missing one."""

    def __init__(self, row: Row, seminar: str, ground: Ground, tray: Tray) -> None:
        self.row = row
        self.seminar = seminar
        self.ground = ground
        self.tray = tray
        self.failed: set[Field] = set()
        for column, cell in row.cells.items():
            if cell.flag:
                self.note(cell.flag, column, most="32767")
                self.failed.add(column)

    def note(self, code: str, column: Field, **values: str) -> None:
        """Notes a mistake at the row's cell of that column."""
        self.tray.add(code, self.row.cell(column), self.seminar, **values)

    def doubts(self, doubts: Iterable[Doubt], column: Field) -> None:
        """Notes what a parser could not make of the cell."""
        for doubt in doubts:
            self.note(doubt.code, column, **doubt.values)

    def _try(self, column: Field, parse: Callable[[], T]) -> T | None:
        try:
            return parse()
        except Doubt as doubt:
            self.doubts([doubt], column)
            self.failed.add(column)
            return None

    def text(self, column: Field) -> str:
        """The cell as text; numbers as people write them."""
        value = self.row.cell(column).value
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            value = int(value)
        return "" if value is None else str(value).strip()

    def line(self, column: Field) -> str:
        """The cell as one line of text."""
        return " ".join(self.text(column).split())

    def whole(self, column: Field) -> int | None:
        """A whole number; None when the cell is empty, says there is no limit, or cannot be read."""
        value = self.row.cell(column).value
        if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < 1e9:
            return int(value)
        text = self.line(column)
        if not text or text == "-" or squeeze(text) in _NO_LIMIT:
            return None
        found = _WHOLE.match(text)
        if isinstance(value, bool) or not found:
            self.note("number-unreadable", column)
            self.failed.add(column)
            return None
        return int(found[1])

    def hours(self, column: Field) -> float:
        """A number of hours; 0 when the cell is empty or cannot be read."""
        value = self.row.cell(column).value
        if value is None:
            return 0.0
        hours = -1.0
        if isinstance(value, timedelta):
            hours = value.total_seconds() / 3600
        elif isinstance(value, int | float) and not isinstance(value, bool):
            hours = float(value)
        elif isinstance(value, str) and (found := _HOURS.match(" ".join(value.split()))):
            hours = float(found[1].replace(",", "."))
        if not 0 <= hours <= 1000:
            self.note("hours-unreadable", column)
            return 0.0
        return hours

    def form(self, column: Field) -> Form | None:
        """How it meets; None when the cell is empty or cannot be read."""
        text = self.line(column)
        if not text:
            return None
        form = _FORM_OF.get(squeeze(text))
        if form is None:
            self.note("form-unknown", column)
            self.failed.add(column)
        return form

    def status(self, column: Field) -> Status:
        """Whether it takes place."""
        text = self.line(column)
        if not squeeze(text):
            return Status.PLANNED
        status = _STATUS_OF.get(squeeze(text))
        if status is None:
            self.note("status-unknown", column)
        return status or Status.PLANNED

    def taken_at(self, column: Field) -> TakenAt:
        """Where people apply."""
        text = self.line(column)
        if not squeeze(text):
            return TakenAt.PLATFORM
        place = _TAKEN_AT_OF.get(squeeze(text))
        if place is None:
            self.note("applications-unknown", column)
        return place or TakenAt.PLATFORM

    def enforcement(self, column: Field) -> Enforcement:
        """What becomes of whoever is refused."""
        text = self.line(column)
        if not squeeze(text):
            return Enforcement.MARK
        found = _ENFORCEMENT_OF.get(squeeze(text))
        if found is None:
            self.note("enforcement-unknown", column)
        return found or Enforcement.MARK

    def choice(self, column: Field, known: Iterable[str], doubt: str) -> str:
        """One of the known words, in their spelling; empty when the cell is empty or names another."""
        return next(iter(self.choices(column, known, doubt)), "")

    def choices(self, column: Field, known: Iterable[str], doubt: str) -> tuple[str, ...]:
        """Those of the known words that the cell names, in their spelling."""
        forms = {squeeze(word): word for word in known}
        found: dict[str, None] = {}
        for piece in filter(None, (p.strip() for p in re.split(r"[,;\n]", self.text(column)))):
            if squeeze(piece) in forms:
                found[forms[squeeze(piece)]] = None
            else:
                listed = ", ".join(sorted(forms.values())) or "–"
                self.note(doubt, column, value=piece[:60], known=listed, suggestion=nearest(piece, forms))
        return tuple(found)

    def when(self, column: Field) -> When:
        """What a date's cell says; an empty one says nothing."""
        value = self.row.cell(column).value
        if value is None:
            return When()
        return self._try(column, lambda: read_when(value, self.ground.first_year)) or When()

    def dated(self, column: Field) -> bool:
        """Whether a cell meant for an hour carries a whole date."""
        value = self.row.cell(column).value
        if isinstance(value, str):
            try:
                return read_when(value, self.ground.first_year).day is not None and not _is_clock(value)
            except Doubt:
                return False
        return isinstance(value, date) and value.year > 1904  # a clock time alone is a date of 1899-1904 inside

    def clock(self, column: Field) -> tuple[time | None, time | None]:
        """The hour that a cell says, and an hour of ending if it says both."""
        value = self.row.cell(column).value
        if value is None:
            return None, None
        return self._try(column, lambda: read_hours(value)) or (None, None)

    def at(self, when: When, hour: time, column: Field) -> datetime | None:
        """The moment in UTC of that day at that hour."""
        day = when.day
        return None if day is None else self._try(column, lambda: moment(day, hour))

    def registration(self, column: Field, *, closing: bool) -> datetime | None:
        """A moment of registration: a day without an hour opens at its beginning and closes at its end."""
        when = self.when(column)
        hour = when.ends or when.starts if closing else when.starts
        return self.at(when, hour or (_END_OF_DAY if closing else time()), column)
