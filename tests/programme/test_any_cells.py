"""No content of a cell can break the reading: whatever is typed, the answer is a reading with its mistakes."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kypek_sync.model import FindingLevel
from kypek_sync.programme import ProgrammeUnreadable, mark, read
from kypek_sync.programme.books import Book, Sheet
from kypek_sync.programme.calendar import Doubt, read_hours, read_when
from kypek_sync.programme.codes import settle_codes
from kypek_sync.programme.grouping import grouped
from kypek_sync.programme.seminars import read_seminar
from kypek_sync.programme.tables import recognise
from kypek_sync.programme.tray import Tray
from tests.programme.files import SEMINARS, SESSIONS, csv, ground, two_sheets, xlsx

WORDS = st.sampled_from(
    [
        "12/3/2027", "31/2", "Παρ 12 Μαρ", "17:00-20:00", "5 μμ", "ΠΕ86", "PE19", "ΠΕ81-ΠΕ99", "ΔΔΕ Αχαΐας", "att-a/ΔΕ",
        "πρωινό (20); απογευματινό", "α [b] (1): https://x.gr/a",
        "Δια ζώσης", "online", "ΑΚΥΡΩΘΗΚΕ", "mnikou", "Α Β <a@b.gr>", "A-1", "1", "²", "٣", "=1+1",
        "%(value)s", "%", "-", "https://[", "https://x.gr/a", "\x00", "\u202e", "𝟙", "9" * 400, "12/3/" + "9" * 50,
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.none(),
    WORDS,
    st.text(max_size=40),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def rows(headings):
    return st.lists(st.lists(VALUES, min_size=len(headings), max_size=len(headings)), max_size=4)


@given(rows(SEMINARS), rows(SESSIONS))
@settings(deadline=None, max_examples=150)
def test_any_cells_make_a_reading(seminars, sessions):
    tray = Tray()
    book = Book("xlsx", (Sheet("Σεμινάρια", [SEMINARS, *seminars]), Sheet("Συνεδρίες", [SESSIONS, *sessions])))
    entries = grouped(recognise(book, "p.xlsx", tray), tray)
    settle_codes(entries, ground(), tray)
    for draft in [read_seminar(entry, ground(), tray) for entry in entries]:
        assert all(s.starts < s.ends for s in draft.seminar.sessions)
    for mistake in tray.mistakes:
        assert mistake.text
        assert mistake.level is FindingLevel.WARNING or mistake.seminar or mistake.code == "session-without-seminar"


@given(VALUES)
@settings(deadline=None, max_examples=400)
def test_any_value_is_a_time_or_a_doubt(value):
    for parse in (lambda: read_when(value, 2026), lambda: read_hours(value)):
        with contextlib.suppress(Doubt):
            parse()


TYPEABLE = st.one_of(
    st.none(),
    WORDS.filter(lambda w: "\x00" not in w),
    st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=30),
    st.floats(-1e15, 1e15),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001  a cell of a spreadsheet has no zone
    st.times().map(lambda t: time(t.hour, t.minute)),
    st.timedeltas(timedelta(), timedelta(days=2)),
)


@given(
    st.lists(st.tuples(st.sampled_from(SEMINARS), TYPEABLE), max_size=12), st.lists(TYPEABLE, min_size=10, max_size=10)
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_workbook_is_read_and_answered_and_the_answer_can_be_read(tmp_path, cells, session):
    sheets = two_sheets([dict(cells)], [dict(zip(SESSIONS, session, strict=True))])
    got = read(xlsx(tmp_path / "p.xlsx", sheets), ground())
    mark(got, ground(), tmp_path / "a.xlsx")
    again = read(tmp_path / "a.xlsx", ground())
    assert {m.code for m in again.mistakes} == {m.code for m in got.mistakes}
    assert again.assigned == {}


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=12), max_size=6), max_size=6))
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_csv_is_read(tmp_path, cells):
    file = csv(tmp_path / "p.csv", [["Τίτλος", "Μορφή", "Ημερομηνία", "Ώρα"], *cells])
    assert read(file, ground()).sha256


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=80))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_yaml_is_read_or_refused(tmp_path, text):
    file = tmp_path / "p.yaml"
    file.write_text("σεμινάρια:\n- τίτλος: " + text, "utf-8")
    try:
        got = read(file, ground())
    except ProgrammeUnreadable:
        return
    mark(got, ground(), tmp_path / "a.yaml")
    assert {s.code for s in read(tmp_path / "a.yaml", ground()).seminars} == {s.code for s in got.seminars}
