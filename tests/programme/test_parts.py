"""Parts of seminars: groups that meet apart, each with its own course."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kypek_sync.language import speaker
from kypek_sync.model import Part, Seminar, Status
from kypek_sync.programme import DiffKind, diff, read, template
from kypek_sync.programme.parts import part_id, written
from tests.programme.files import SEMINAR, SEMINARS, SESSION, codes, found, ground, reading, two_sheets, xlsx

ONE, TWO = "https://m.example.gr/course/view.php?id=1", "https://m.example.gr/course/view.php?id=2"
MORNING, AFTERNOON = Part("proino", "πρωινό", 15), Part("apogeymatino", "απογευματινό", 10)
LATER = {**SESSION, "Αριθμός": 2, "Ημερομηνία": date(2027, 3, 19)}


def only(tmp_path: Path, *sessions: dict[str, object], **row: object) -> Seminar:
    """The seminar of a programme that has no mistake, with this in its row."""
    got = reading(tmp_path, two_sheets([{**SEMINAR, **row}], sessions or [SESSION]))
    assert got.mistakes == ()
    return got.seminars[0]


@pytest.mark.parametrize(
    "cell",
    [
        "πρωινό (15); απογευματινό (10)",
        "πρωινό (15)\nαπογευματινό(10 θέσεις)",
        " πρωινό ( 15 ) ;; απογευματινό (10) ; ",
    ],
)
def test_parts_stand_on_lines_or_between_semicolons(tmp_path: Path, cell: str) -> None:
    assert only(tmp_path, Τμήματα=cell).parts == (MORNING, AFTERNOON)


def test_a_seminar_without_the_column_has_one_course_as_ever(tmp_path: Path) -> None:
    seminar = only(tmp_path, **{"Υπάρχον μάθημα": ONE})
    assert seminar.parts == ()
    assert seminar.courses == (Part("", "", None, ONE),)


def test_the_id_of_a_part_depends_on_its_name_alone(tmp_path: Path) -> None:
    """Whatever stands before or after it, and however its letters are typed: else its people would change courses."""
    swapped = only(tmp_path, Τμήματα="απογευματινό (10); ΠΡΩΙΝΟ")
    assert [part.id for part in swapped.parts] == ["apogeymatino", "proino"]
    assert part_id("Τμήμα Α΄") == "tmima-a"
    assert part_id("х") == part_id("х") != ""  # a letter of an alphabet that nobody foresaw
    assert len(part_id("ένα πάρα πολύ μακρύ όνομα τμήματος")) <= 20


def test_a_renamed_part_is_known_by_the_id_beside_its_name(tmp_path: Path) -> None:
    seminar = only(tmp_path, Τμήματα="Πρώτη ομάδα [proino] (15); η παλιά [αρχικό]")
    assert seminar.parts == (Part("proino", "Πρώτη ομάδα", 15), Part("", "η παλιά"))


def test_each_part_may_have_its_existing_course(tmp_path: Path) -> None:
    cell = f"πρωινό: {ONE}; απογευματινό: {TWO}"
    seminar = only(tmp_path, **{"Τμήματα": "πρωινό; απογευματινό", "Υπάρχον μάθημα": cell})
    assert [part.course_address for part in seminar.parts] == [ONE, TWO]
    assert seminar.course_address == ""
    beside = only(tmp_path, Τμήματα=f"πρωινό (15): {ONE}; απογευματινό")
    assert [part.course_address for part in beside.parts] == [ONE, ""]


def test_two_parts_have_two_courses(tmp_path: Path) -> None:
    cell = f"πρωινό: {ONE}; απογευματινό: {ONE}"
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Τμήματα": cell}], [SESSION]))
    assert codes(got) == {"course-own"}


def test_a_session_belongs_to_a_part_or_to_all_of_them(tmp_path: Path) -> None:
    seminar = only(tmp_path, {**SESSION, "Τμήμα": "Πρωινο"}, LATER, Τμήματα="πρωινό; απογευματινό")
    assert [session.part for session in seminar.sessions] == ["proino", None]
    assert [session.number for session in seminar.of_part("proino").sessions] == [1, 2]
    assert [session.number for session in seminar.of_part("apogeymatino").sessions] == [2]
    assert seminar.of_part("proino").title == "Εισαγωγή στη ρομποτική – πρωινό"


def test_sessions_of_two_parts_may_be_at_one_time_and_those_of_one_part_may_not(tmp_path: Path) -> None:
    morning = {**SESSION, "Τμήμα": "πρωινό"}
    beside = {**SESSION, "Αριθμός": 2, "Ώρα έναρξης": time(18), "Τμήμα": "απογευματινό"}
    only(tmp_path, morning, beside, Τμήματα="πρωινό; απογευματινό")
    for part in ("πρωινό", None):
        rows = [{**SEMINAR, "Τμήματα": "πρωινό; απογευματινό"}], [morning, {**beside, "Τμήμα": part}]
        assert codes(reading(tmp_path, two_sheets(*rows))) == {"session-overlap"}


def test_a_part_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    rows = [{**SEMINAR, "Τμήματα": "πρωινό; απογευματινό"}], [{**SESSION, "Τμήμα": "απογευματνό"}]
    got = found(reading(tmp_path, two_sheets(*rows)), "part-unknown")
    assert got.text == "The seminar has no part «απογευματνό». Did you mean «απογευματινό»?"


@pytest.mark.parametrize(
    ("piece", "meant"),
    [
        ("πρωινό 20", "πρωινό (20)"),
        ("πρωινό, 20", "πρωινό (20)"),
        ("πρωινό: 20", "πρωινό (20)"),
        ("πρωινό 3 θέσεις", "πρωινό (3)"),
    ],
)
def test_seats_without_brackets_are_asked_about_and_make_no_other_part(tmp_path: Path, piece: str, meant: str) -> None:
    """Its course would have been called so, and the seats would have had no end."""
    rows = [{**SEMINAR, "Τμήματα": f"{piece}; απογευματινό (2)"}], [{**SESSION, "Τμήμα": "πρωινό"}]
    got = reading(tmp_path, two_sheets(*rows))
    (mistake,) = got.mistakes
    assert mistake.said(speaker("el")).startswith(f"«{piece}»: μήπως εννοείτε «{meant}», με ")
    place = mistake.source.file, mistake.source.sheet, mistake.source.row, mistake.column
    assert place == ("programme.xlsx", "Σεμινάρια", 2, "Τμήματα")
    assert got.held == {SEMINAR["Κωδικός"]}


@pytest.mark.parametrize(
    "cell", ["ομάδα 10; ομάδα 11", "ομάδα 2; άλλη", "πρωινό 20 [proino-20]", "αίθουσα 20 (15)", "πρωινό 10-13"]
)
def test_a_number_that_is_of_the_name_stays(tmp_path: Path, cell: str) -> None:
    first = cell.split(";")[0].partition("[")[0].partition("(")[0].strip()
    assert only(tmp_path, Τμήματα=cell).parts[0].name == first


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            "πρωινό [αρχικό]; απογευματινό [αρχικό]",
            "Το «[αρχικό]» είναι γραμμένο και δίπλα στο «πρωινό» και δίπλα στο «απογευματινό»",
        ),
        ("πρωινό [x]; απογευματινό [x]", "Τα τμήματα «πρωινό» και «απογευματινό» έχουν τον ίδιο κωδικό, x."),
        ("πρωινό; απογευματινό; πρωινο", "Το τμήμα «πρωινο» υπάρχει δύο φορές."),
        ("πρωινό; απογευματινό (πολλοί)", "Το «πολλοί» δεν λέει πόσοι χωρούν στο τμήμα «απογευματινό»"),
        ("πρωινό; απογευματινό [Ω!]", "Το «ω!» δεν μπορεί να είναι κωδικός"),
        ("απογευματινό (", "«απογευματινό (» δεν είναι τμήμα"),
    ],
)
def test_one_fault_is_one_finding(tmp_path: Path, cell: str, said: str) -> None:
    """Neither the sessions of the part, nor its course, nor the hours are held against it besides."""
    row = {**SEMINAR, "Τμήματα": cell, "Υπάρχον μάθημα": f"απογευματινό: {TWO}"}
    beside = {**SESSION, "Αριθμός": 2, "Ώρα έναρξης": time(18), "Τμήμα": "απογευματινό"}
    got = reading(tmp_path, two_sheets([row], [{**SESSION, "Τμήμα": "πρωινό"}, beside]))
    assert [said in mistake.said(speaker("el")) for mistake in got.mistakes] == [True], got.mistakes


def test_a_session_of_no_part_overlaps_with_none(tmp_path: Path) -> None:
    rows = (
        [{**SEMINAR, "Τμήματα": "πρωινό; απογευματινό"}],
        [
            {**SESSION, "Τμήμα": "πρωινό"},
            {**SESSION, "Αριθμός": 2, "Τμήμα": "απογευματνό"},
        ],
    )
    assert [mistake.code for mistake in reading(tmp_path, two_sheets(*rows)).mistakes] == ["part-unknown"]


def test_a_course_of_two_parts_is_told_where_it_is_written(tmp_path: Path) -> None:
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Τμήματα": f"πρωινό: {ONE}; άλλο: {ONE}"}], [SESSION]))
    assert [mistake.column for mistake in got.mistakes] == ["Τμήματα"]


@pytest.mark.parametrize(
    "cell",
    [
        "πρωινό (15) ΑΚΥΡΩΘΗΚΕ; απογευματινό (20)",
        f"πρωινό (15), ακυρώθηκε: {ONE}\nαπογευματινό (20)",
        "πρωινό (15): Ακυρώθηκε; απογευματινό (20)",
    ],
)
def test_a_part_is_cancelled_alone_with_its_sessions(tmp_path: Path, cell: str) -> None:
    """Its seats do not count for the seminar's any more: 35 would be more than 25."""
    seminar = only(tmp_path, {**SESSION, "Τμήμα": "πρωινό"}, LATER, Τμήματα=cell)
    assert [part.status for part in seminar.parts] == [Status.CANCELLED, Status.PLANNED]
    assert [session.status for session in seminar.sessions] == [Status.CANCELLED, Status.PLANNED]
    off, on = seminar.of_part("proino"), seminar.of_part("apogeymatino")
    assert (seminar.status, off.status, on.status) == (Status.PLANNED, Status.CANCELLED, Status.PLANNED)
    assert written(seminar.parts[0]).startswith("πρωινό (15) ΑΚΥΡΩΘΗΚΕ")


def test_yaml_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        f"""
σεμινάρια:
  - κωδικός: KEPL-26-01
    τίτλος: Ρομποτική
    μορφή: δια ζώσης
    parts:
      - {{name: πρωινό, capacity: 15, course: "{ONE}", status: planned}}
      - {{όνομα: άλλο, id: αρχικό, κατάσταση: ΑΚΥΡΩΘΗΚΕ}}
      - απογευματινό (10)
    υπάρχον μάθημα: {{απογευματινό: "{TWO}"}}
    συνεδρίες:
      - {{αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", χώρος: ΕΚΦΕ, τμήμα: πρωινό}}
""",
        encoding="utf-8",
    )
    got = read(file, ground())
    assert got.mistakes == ()
    parts = (
        Part("proino", "πρωινό", 15, ONE),
        Part("", "άλλο", status=Status.CANCELLED),
        Part("apogeymatino", "απογευματινό", 10, TWO),
    )
    assert got.seminars[0].parts == parts
    file.write_text(file.read_text(encoding="utf-8").replace("capacity: 15", "seats: 15"), encoding="utf-8")
    assert codes(read(file, ground())) == {"not-a-value"}


def test_parts_are_compared_and_told(tmp_path: Path) -> None:
    before, after = only(tmp_path, Τμήματα="πρωινό (15)"), only(tmp_path, Τμήματα="πρωινό (12)")
    (told,) = diff([before], [after])
    assert told.kind is DiffKind.CHANGED
    assert [(f.field, f.before, f.after) for f in told.fields] == [("parts", "πρωινό (15)", "πρωινό (12)")]


def test_a_new_edition_keeps_the_parts_and_clears_their_courses(tmp_path: Path) -> None:
    row = {**SEMINAR, "Τμήματα": f"πρωινό [αρχικό] (15): {ONE}; απογευματινό", "Υπάρχον μάθημα": f"απογευματινό: {TWO}"}
    last = xlsx(tmp_path / "last.xlsx", two_sheets([row], [{**SESSION, "Τμήμα": "πρωινό"}]))
    template(tmp_path / "t.xlsx", ground(), last_year=last)
    book = load_workbook(tmp_path / "t.xlsx")
    values = dict(zip(SEMINARS, (c.value for c in book["Σεμινάρια"][2]), strict=True))
    assert (values["Τμήματα"], values["Υπάρχον μάθημα"]) == ("πρωινό (15); απογευματινό", None)
    assert [c.value for c in book["Συνεδρίες"][2]][-1] == "πρωινό"


def test_parts_are_shown_as_they_are_written(tmp_path: Path) -> None:
    """An id only where it is not the one that the name gives."""
    cells = ("πρωινό (15)", "άλλο [proino]", "παλιό [αρχικό]", f"πρωινό (15): {ONE}")
    assert [written(only(tmp_path, Τμήματα=cell).parts[0]) for cell in cells] == list(cells)
