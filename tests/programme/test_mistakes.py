"""Every mistake that validation can name, found at its cell, and how far it keeps things back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.model import FindingLevel, Unit
from kypek_sync.programme import Reading, Schools, read
from kypek_sync.programme.wording import WORDING
from tests.programme.files import (
    SEMINAR,
    SESSION,
    SESSIONS,
    codes,
    csv,
    found,
    ground,
    reading,
    two_sheets,
    workbook,
    xlsx,
)
from tests.programme.test_applicants import OF_APPLICANTS
from tests.programme.test_mirrors import OF_COURSES

ERROR, WARNING = FindingLevel.ERROR, FindingLevel.WARNING

# What the seminar's row says, where the mistake should be, its word.
IN_SEMINAR: list[tuple[dict[str, Any], str, str]] = [
    ({"Κωδικός": "ΚΕΠΛ 1"}, "A2", "code-alphabet"),
    ({"Κωδικός": "x" * 41}, "A2", "code-alphabet"),
    ({"Κωδικός": "TAKEN-1"}, "A2", "code-taken"),
    ({"Δομή": "ΚΕΣΥΠ"}, "U2", "structure-unknown"),
    ({"Δομή": "ΕΚΦΕ Αθήνας"}, "U2", "structure-other"),
    ({"Τίτλος": None}, "B2", "title-empty"),
    ({"Τίτλος": "α" * 256}, "B2", "title-long"),
    ({"Μορφή": None}, "D2", "form-empty"),
    ({"Μορφή": "με άλογο"}, "D2", "form-unknown"),
    ({"Θέσεις": 0}, "E2", "capacity-low"),
    ({"Θέσεις": "πολλές"}, "E2", "number-unreadable"),
    ({"Θέσεις": 20.5}, "E2", "number-unreadable"),
    ({"Θέσεις": True}, "E2", "number-unreadable"),
    ({"Θέσεις": "=20+5"}, "E2", "formula-empty"),
    ({"Θέσεις": "#REF!"}, "E2", "cell-error"),
    ({"Ελάχιστος αριθμός": 26}, "F2", "minimum-above-capacity"),
    ({"Ελάχιστος αριθμός": -1}, "F2", "minimum-low"),
    ({"Ώρες": "αρκετές"}, "G2", "hours-unreadable"),
    ({"Ώρες": -3}, "G2", "hours-unreadable"),
    ({"Ειδικότητες": "ΠΕ99"}, "H2", "specialty-unknown"),
    ({"Ειδικότητες": "PE86"}, "H2", "specialty-look-alike"),
    ({"Ειδικότητες": "ΠΕ20"}, "H2", "specialty-stale"),
    ({"Διευθύνσεις": "ΔΔΕ Ατλαντίδας"}, "I2", "directorate-unknown"),
    ({"Τύποι μονάδων": "Ωδείο"}, "J2", "unit-kind-unknown"),
    ({"Σχολεία": "9ο Ωδείο Σπάρτης"}, "K2", "unit-unknown"),
    ({"Σχολεία": "Δημοτικό"}, "K2", "unit-ambiguous"),
    ({"Ρόλοι": "Μάγειρας"}, "L2", "role-unknown"),
    ({"Άτομα": "κάποιος"}, "M2", "login-unreadable"),
    ({"Άτομα": "nobody"}, "M2", "person-unknown"),
    ({"Έναρξη αιτήσεων": "1/2/2027", "Λήξη αιτήσεων": "20/1/2027"}, "O2", "registration-order"),
    ({"Λήξη αιτήσεων": date(2027, 3, 13)}, "O2", "registration-late"),
    ({"Έναρξη αιτήσεων": date(2027, 3, 13)}, "N2", "registration-opens-late"),
    ({"Λήξη αιτήσεων": "σύντομα"}, "O2", "date-unreadable"),
    ({"Επιμορφωτές": "Μαρία Νίκου"}, "P2", "trainer-unclear"),
    ({"Επιμορφωτές": "nobody"}, "P2", "trainer-unknown"),
    ({"Πλατφόρμα": "moodel"}, "Q2", "platform-unknown"),
    ({"Μαθήματα-καθρέφτες": "zoom"}, "S2", "platform-unknown"),
    ({"Υπάρχον μάθημα": "KEPL100"}, "R2", "course-address"),
    ({"Υπάρχον μάθημα": "https://[x"}, "R2", "course-address"),
    ({"Κατάσταση": "ίσως"}, "T2", "status-unknown"),
    ({"Αιτήσεις": "κάπου αλλού"}, "AA2", "applications-unknown"),
    ({"Έγκριση": "ίσως"}, "AB2", "approval-unreadable"),
    ({"Έγκριση": "???"}, "AB2", "approval-unreadable"),
    ({"Έγκριση": 0}, "AB2", "approval-unreadable"),
    ({"Έγκριση": "61 ημέρες"}, "AB2", "approval-unreadable"),
    ({"Έγκριση": "2,5 ημέρες"}, "AB2", "approval-unreadable"),
    ({"Έγκριση": date(2027, 3, 1)}, "AB2", "approval-unreadable"),
    ({"Όσοι απορρίπτονται": "ίσως"}, "AC2", "enforcement-unknown"),
    ({"Όσοι απορρίπτονται": "restrict", "Πλατφόρμα": "moodle"}, "AC2", "enforcement-unable"),
    ({"Όσοι απορρίπτονται": "restrict", "Έναρξη αιτήσεων": None}, "AC2", "enforcement-without-opening"),
    ({"Τμήματα": "(20)"}, "V2", "part-unreadable"),
    ({"Τμήματα": "πρωινό [ΠΡΩΙ]"}, "V2", "part-id"),
    ({"Τμήματα": "πρωινό; Πρωινο"}, "V2", "part-duplicate"),
    ({"Τμήματα": "πρωινό [a]; απογευματινό [a]"}, "V2", "part-id-twice"),
    ({"Τμήματα": "πρωινό [αρχικό]; απογευματινό [αρχικό]"}, "V2", "part-original-twice"),
    ({"Τμήματα": "πρωινό 20"}, "V2", "part-bare-number"),
    ({"Τμήματα": "πρωινό (πολλοί)"}, "V2", "part-capacity"),
    ({"Τμήματα": "πρωινό (0)"}, "V2", "part-capacity"),
    ({"Τμήματα": "πρωινό (26); απογευματινό"}, "V2", "part-above-capacity"),
    ({"Τμήματα": "πρωινό (20); απογευματινό (15)"}, "V2", "parts-capacity"),
    ({"Τμήματα": "πρωινό: https://[x"}, "V2", "course-address"),
    ({"Τμήματα": "πρωινό", "Υπάρχον μάθημα": "KEPL100"}, "R2", "course-address"),
    ({"Τμήματα": "πρωινό", "Υπάρχον μάθημα": "https://m.example.gr/1"}, "R2", "course-of-no-part"),
    ({"Τμήματα": "πρωινό", "Υπάρχον μάθημα": "βραδινό: https://m.example.gr/1"}, "R2", "part-unknown"),
    (
        {"Τμήματα": "πρωινό", "Υπάρχον μάθημα": "πρωινό: https://m.example.gr/1; πρωινό: https://m.example.gr/2"},
        "R2",
        "course-part-twice",
    ),
    ({"Σειρά": "ρ" * 61}, "W2", "series-long"),
    ({"Προτεραιότητα": "ΠΕ04"}, "X2", "priority-without-date"),
    ({"Προτεραιότητα": "μάγειρες"}, "X2", "group-unknown"),
    ({"Προτεραιότητα": "ΠΕ99"}, "X2", "specialty-unknown"),
    ({"Προτεραιότητα": "ΠΕ04, " * 40}, "X2", "group-long"),
    ({"Προτεραιότητα": "ΠΕ04 + ΠΕ86"}, "X2", "group-twice"),
    ({"Προτεραιότητα": "απομακρυσμένα"}, "X2", "remote-unnamed"),
    ({"Κρίση αιτήσεων": date(2027, 3, 13)}, "Y2", "decide-late"),
    ({"Αποχώρηση έως": date(2027, 3, 13)}, "AD2", "leave-late"),
    ({"Κρίση αιτήσεων": "1/2/2027", "Έναρξη αιτήσεων": "5/2/2027"}, "Y2", "decide-early"),
    ({"Κρατημένες θέσεις": "για την ΠΕ04"}, "Z2", "reserved-unreadable"),
    ({"Κρατημένες θέσεις": "0 για ΠΕ04 έως 1/3/2027"}, "Z2", "reserved-unreadable"),
    ({"Κρατημένες θέσεις": "5 για ΠΕ04 έως σύντομα"}, "Z2", "date-unreadable"),
    ({"Κρατημένες θέσεις": "5 για ΠΕ04 έως 17:00"}, "Z2", "date-unreadable"),
    ({"Κρατημένες θέσεις": "5 για ΠΕ04"}, "Z2", "reserved-without-date"),
    ({"Κρατημένες θέσεις": "5 για μάγειρες έως 1/3/2027"}, "Z2", "group-unknown"),
    ({"Κρατημένες θέσεις": "5 για ΠΕ04 έως 13/3/2027"}, "Z2", "reserved-late"),
    ({"Κρατημένες θέσεις": "26 για ΠΕ04 έως 1/3/2027"}, "Z2", "reserved-above-capacity"),
    ({"Κρατημένες θέσεις": "5 για ΠΕ04 έως 1/3/2027", "Θέσεις": None}, "Z2", "reserved-without-seats"),
]

# What the session's row says.
IN_SESSION: list[tuple[dict[str, Any], str, str]] = [
    ({"Κωδικός σεμιναρίου": "KEPL-26-1"}, "A2", "session-orphan"),
    ({"Κωδικός σεμιναρίου": None}, "A2", "session-without-seminar"),
    ({"Αριθμός": "πρώτη"}, "B2", "session-number"),
    ({"Αριθμός": 0}, "B2", "session-number"),
    ({"Ημερομηνία": None}, "C2", "date-empty"),
    ({"Ημερομηνία": "31/2/2027"}, "C2", "date-unreadable"),
    ({"Ημερομηνία": "12/3, 19/3"}, "C2", "date-several"),
    ({"Ημερομηνία": "Δευ 12/3/2027"}, "C2", "date-weekday"),
    ({"Ημερομηνία": date(2028, 3, 12)}, "C2", "date-outside-year"),
    ({"Ώρα έναρξης": None}, "D2", "start-missing"),
    ({"Ώρα έναρξης": "αργά"}, "D2", "time-unreadable"),
    ({"Ώρα έναρξης": "5:00", "Ώρα λήξης": "8:00"}, "D2", "time-odd"),
    ({"Ώρα λήξης": None}, "E2", "end-missing"),
    ({"Ώρα λήξης": time(16)}, "E2", "ends-before-start"),
    ({"Ώρα έναρξης": "7:00", "Ώρα λήξης": "20:00"}, "E2", "session-long"),
    ({"Ημερομηνία": "28/3/2027", "Ώρα έναρξης": "3:30", "Ώρα λήξης": "5:00"}, "D2", "time-gap"),
    ({"Ημερομηνία": "25/10/2026", "Ώρα έναρξης": "3:30", "Ώρα λήξης": "5:00"}, "D2", "time-twice"),
    ({"Μορφή": "με άλογο"}, "F2", "form-unknown"),
    ({"Χώρος": None}, "G2", "place-missing"),
    ({"Κατάσταση": "ίσως"}, "I2", "status-unknown"),
    ({"Τμήμα": "πρωινό"}, "J2", "part-unknown"),
]

SCHOOLS = Schools(
    lambda: [Unit(f"ou={n}", name, f"050000{n}") for n, name in enumerate(["1ο ΓΥΜΝΑΣΙΟ", "ΔΗΜΟΤΙΚΟ", "ΔΗΜΟΤΙΚΟ"])]
)
GROUND = ground(
    taken_codes=frozenset({"TAKEN-1"}),
    known_logins=frozenset({"mnikou", "kpapp"}),
    schools=SCHOOLS,
    platform="eclass",
    restricting=frozenset({"eclass"}),
)


def _with_errors(file: Path, sheets: dict[str, Any]) -> Path:
    """Cells that say #REF! are real error cells."""
    book = workbook(sheets)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "#REF!":
                    cell.data_type = "e"
    book.save(file)
    return file


@pytest.mark.parametrize(("says", "cell", "word"), IN_SEMINAR)
def test_a_mistake_in_a_seminar_is_found_at_its_cell(tmp_path, says, cell, word):
    code = says.get("Κωδικός", "KEPL-26-01")
    sheets = two_sheets([SEMINAR | says], [{**SESSION, "Κωδικός σεμιναρίου": code}])
    got = read(_with_errors(tmp_path / "p.xlsx", sheets), GROUND)
    mistake = found(got, word)
    assert (mistake.source.sheet, mistake.source.row, mistake.cell) == ("Σεμινάρια", 2, cell)
    assert mistake.level is WORDING[word].level
    assert bool(got.seminars) is (mistake.level is WARNING)
    assert (mistake.seminar in got.held) is (mistake.level is ERROR)
    assert {m.code for m in got.mistakes} == {word}, "one mistake is told once, and nothing else is invented"


@pytest.mark.parametrize(("says", "cell", "word"), IN_SESSION)
def test_a_mistake_in_a_session_is_found_at_its_cell(tmp_path, says, cell, word):
    got = read(xlsx(tmp_path / "p.xlsx", two_sheets([SEMINAR], [SESSION | says])), GROUND)
    mistake = found(got, word)
    assert (mistake.source.sheet, mistake.source.row, mistake.cell) == ("Συνεδρίες", 2, cell)
    assert mistake.level is WORDING[word].level
    assert codes(got) - {word} <= {"no-sessions", "time-odd"}
    if mistake.level is ERROR and mistake.seminar == "KEPL-26-01":
        assert got.seminars == ()


def _double_code(tmp: Path) -> Reading:
    return reading(tmp, two_sheets([SEMINAR, {**SEMINAR, "Τίτλος": "Άλλο"}], [SESSION]))


def _double_number(tmp: Path) -> Reading:
    return reading(tmp, two_sheets([SEMINAR], [SESSION, {**SESSION, "Ημερομηνία": date(2027, 3, 19)}]))


def _overlap(tmp: Path) -> Reading:
    return reading(tmp, two_sheets([SEMINAR], [SESSION, {**SESSION, "Αριθμός": 2, "Ώρα έναρξης": time(19)}]))


def _trainer_twice(tmp: Path) -> Reading:
    other = {**SEMINAR, "Κωδικός": "KEPL-26-02", "Τίτλος": "Ήχος", "Επιμορφωτές": "kpapp; MNIKOU"}
    later = {**SESSION, "Κωδικός σεμιναρίου": "KEPL-26-02", "Ώρα έναρξης": time(19), "Ώρα λήξης": time(21)}
    return reading(tmp, two_sheets([SEMINAR, other], [SESSION, later]))


def _merged(tmp: Path) -> Reading:
    book = workbook(two_sheets([SEMINAR], [SESSION, {**SESSION, "Αριθμός": 2, "Ημερομηνία": "19/3", "Χώρος": None}]))
    book["Συνεδρίες"].merge_cells("G2:G3")
    book.save(tmp / "p.xlsx")
    return read(tmp / "p.xlsx", ground())


def _column(tmp: Path, heading: str) -> Reading:
    sheets = two_sheets([SEMINAR], [SESSION])
    sheets["Συνεδρίες"] = [[*SESSIONS, heading], *sheets["Συνεδρίες"][1:]]
    return reading(tmp, sheets)


def _one_sheet(tmp: Path, *rows: list[Any]) -> Reading:
    head = ["Κωδικός", "Τίτλος", "Μορφή", "Θέσεις", "Ημερομηνία", "Ώρα", "Κατάσταση"]
    return reading(tmp, {"Φύλλο1": [head, *rows]})


def _yaml(tmp: Path) -> Reading:
    (tmp / "p.yaml").write_text("- τίτλος: {α: β}\n  μορφή: online\n", "utf-8")
    return read(tmp / "p.yaml", ground())


def _many(tmp: Path) -> Reading:
    rows = [["Τίτλος", "Μορφή"], *([f"Σεμινάριο {n}", "online"] for n in range(5_002))]
    return reading(tmp, {"Σεμινάρια": rows})


def _long(tmp: Path) -> Reading:
    rows = [["Κωδικός", "Τίτλος", "Μορφή", "Περιγραφή"], ["A-1", "Ήχος", "online", "α" * 32_768]]
    return read(csv(tmp / "p.csv", rows), ground())


def _in_force(tmp: Path, title: str, *dates: datetime) -> Reading:
    """The row of KEPL-26-01, read while a seminar of that code is in force with this title, and these dates or its
    own."""
    rows = two_sheets([SEMINAR], [SESSION])
    own = dates or tuple(s.starts for s in reading(tmp, rows).seminars[0].sessions)
    return reading(tmp, rows, own_codes={"KEPL-26-01": title}, own_dates={"KEPL-26-01": own})


ELSEWHERE: dict[str, tuple[Callable[[Path], Reading], tuple[str, ...], frozenset[str]]] = {
    "code-duplicate": (_double_code, ("Σεμινάρια!A2", "Σεμινάρια!A3"), frozenset({"KEPL-26-01"})),
    "code-by-title": (
        lambda tmp: reading(
            tmp,
            two_sheets(
                [{**SEMINAR, "Κωδικός": None}], [{**SESSION, "Κωδικός σεμιναρίου": None, "Τίτλος": SEMINAR["Τίτλος"]}]
            ),
            own_codes={"KEPL-26-07": SEMINAR["Τίτλος"]},
        ),
        ("Σεμινάρια!A2",),
        frozenset(),
    ),
    "code-other-seminar": (
        lambda tmp: _in_force(tmp, "Οινολογία και αμπελουργία", datetime(2026, 12, 4, 15, tzinfo=UTC)),
        ("Σεμινάρια!A2",),
        frozenset({"KEPL-26-01"}),
    ),
    "code-other-dates": (
        lambda tmp: _in_force(tmp, SEMINAR["Τίτλος"] + " Β΄", datetime(2026, 12, 4, 15, tzinfo=UTC)),
        ("Σεμινάρια!A2",),
        frozenset(),
    ),
    "code-other-title": (lambda tmp: _in_force(tmp, "Οινολογία και αμπελουργία"), ("Σεμινάρια!A2",), frozenset()),
    "code-earlier-year": (
        lambda tmp: _in_force(tmp, SEMINAR["Τίτλος"], datetime(2026, 3, 4, 15, tzinfo=UTC)),
        ("Σεμινάρια!A2",),
        frozenset({"KEPL-26-01"}),
    ),
    "session-number-duplicate": (_double_number, ("Συνεδρίες!B3",), frozenset({"KEPL-26-01"})),
    "session-overlap": (_overlap, ("Συνεδρίες!D3",), frozenset({"KEPL-26-01"})),
    "trainer-overlap": (_trainer_twice, ("Συνεδρίες!D3",), frozenset({"KEPL-26-02"})),
    "trainer-overlap-first": (_trainer_twice, ("Συνεδρίες!D2",), frozenset({"KEPL-26-02"})),
    "merged": (_merged, ("Συνεδρίες!G2",), frozenset()),
    "column-unknown": (lambda tmp: _column(tmp, "Χόρος"), ("Συνεδρίες!K1",), frozenset()),
    "column-twice": (lambda tmp: _column(tmp, "Τόπος"), ("Συνεδρίες!K1",), frozenset()),
    "stray-sheet": (
        lambda tmp: reading(tmp, {**two_sheets([SEMINAR], [SESSION]), "Λογιστικά": [["Έξοδα"], [12]]}),
        ("Λογιστικά!A1",),
        frozenset(),
    ),
    "second-sheet": (
        lambda tmp: reading(
            tmp, two_sheets([SEMINAR], [SESSION]) | {"Πέρσι": [["Τίτλος", "Μορφή"], ["Ήχος", "online"]]}
        ),
        ("Πέρσι!A1",),
        frozenset(),
    ),
    "no-sessions": (lambda tmp: reading(tmp, two_sheets([SEMINAR], [])), ("Σεμινάρια!B2",), frozenset()),
    "structure-empty": (
        lambda tmp: reading(tmp, two_sheets([SEMINAR], [SESSION]), structure=""),
        ("Σεμινάρια!U2",),
        frozenset({"KEPL-26-01"}),
    ),
    "session-form-empty": (
        lambda tmp: reading(tmp, two_sheets([{**SEMINAR, "Μορφή": "Μεικτό"}], [SESSION])),
        ("Συνεδρίες!F2",),
        frozenset(),
    ),
    "repeated-differs": (
        lambda tmp: _one_sheet(
            tmp,
            ["A-1", "Ήχος", "online", 20, "1/3/2027", "17:00-20:00", None],
            ["A-1", None, None, 30, "8/3/2027", "17:00-20:00", None],
        ),
        ("Φύλλο1!D3",),
        frozenset(),
    ),
    "status-ambiguous": (
        lambda tmp: _one_sheet(
            tmp,
            ["A-1", "Ήχος", "online", 20, "1/3/2027", "17:00-20:00", "ΑΚΥΡΩΘΗΚΕ"],
            [None, None, None, None, "8/3/2027", "17:00-20:00", None],
        ),
        ("Φύλλο1!G2",),
        frozenset({"A-1"}),
    ),
    "not-a-value": (_yaml, ("1",), frozenset({"KEPL-26-01"})),
    "cell-long": (_long, ("D2",), frozenset({"A-1"})),
    "too-many-rows": (_many, ("Σεμινάρια!A5002",), frozenset()),
}


@pytest.mark.parametrize("word", sorted(ELSEWHERE))
def test_a_mistake_between_rows_columns_or_sheets_is_found(tmp_path, word):
    make, where, held = ELSEWHERE[word]
    got = make(tmp_path)
    assert tuple(m.where for m in got.mistakes if m.code == word) == where
    assert got.held == held


def test_no_mistake_is_without_its_test():
    tested = {w for _, _, w in IN_SEMINAR} | {w for _, _, w in IN_SESSION} | ELSEWHERE.keys()
    assert tested | OF_COURSES | OF_APPLICANTS == WORDING.keys()


def test_all_mistakes_are_told_at_once(tmp_path):
    bad = {**SEMINAR, "Θέσεις": 0, "Ειδικότητες": "ΠΕ99", "Επιμορφωτές": "Μαρία Νίκου", "Κατάσταση": "ίσως"}
    got = reading(tmp_path, two_sheets([bad], [{**SESSION, "Ημερομηνία": "χθες", "Ώρα λήξης": None}]))
    assert [m.where for m in got.errors] == [
        "Σεμινάρια!T2",
        "Σεμινάρια!E2",
        "Σεμινάρια!P2",
        "Σεμινάρια!H2",
        "Συνεδρίες!C2",
    ]


def test_an_unreadable_value_is_not_also_told_as_a_missing_one(tmp_path):
    got = reading(tmp_path, two_sheets([SEMINAR], [{**SESSION, "Ημερομηνία": "χθες", "Ώρα έναρξης": "αργά"}]))
    assert codes(got) == {"date-unreadable", "time-unreadable"}


def test_a_merged_cell_counts_for_each_of_its_rows(tmp_path):
    [seminar] = _merged(tmp_path).seminars
    assert [s.place for s in seminar.sessions] == ["ΕΚΦΕ", "ΕΚΦΕ"]


def test_a_trainer_of_a_cancelled_session_is_free(tmp_path):
    other = {**SEMINAR, "Κωδικός": "KEPL-26-02", "Τίτλος": "Ήχος"}
    later = {**SESSION, "Κωδικός σεμιναρίου": "KEPL-26-02"}
    gone = two_sheets([SEMINAR, other], [{**SESSION, "Κατάσταση": "ΑΚΥΡΩΘΗΚΕ"}, later])
    assert reading(tmp_path, gone).mistakes == ()
    whole = two_sheets([{**SEMINAR, "Κατάσταση": "ΑΚΥΡΩΘΗΚΕ"}, other], [SESSION, later])
    assert reading(tmp_path, whole).mistakes == ()


def test_sessions_that_follow_each_other_do_not_overlap(tmp_path):
    after = {**SESSION, "Αριθμός": 2, "Ώρα έναρξης": time(20), "Ώρα λήξης": time(21)}
    assert reading(tmp_path, two_sheets([SEMINAR], [SESSION, after])).mistakes == ()


def test_an_unknown_directory_checks_no_login(tmp_path):
    assert reading(tmp_path, two_sheets([{**SEMINAR, "Άτομα": "nobody"}], [SESSION])).mistakes == ()


def test_a_near_miss_gets_a_suggestion(tmp_path):
    assert found(_column(tmp_path, "Χόρος"), "column-unknown").values["suggestion"] == "Χώρος"
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Πλατφόρμα": "moodel"}], [SESSION]))
    assert "«moodle»" in found(got, "platform-unknown").text


def test_a_greek_code_is_answered_with_a_latin_one(tmp_path):
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Κωδικός": "ΕΚΦΕ-1"}], []))
    assert found(got, "code-alphabet").values["suggestion"] == "EKFE-1"


def test_rows_beyond_the_limit_are_not_read(tmp_path):
    got = _many(tmp_path)
    assert len(got.seminars) == 5_000


def test_merged_cells_are_told_under_the_heading_of_their_column(tmp_path):
    assert found(_merged(tmp_path), "merged").column == "Χώρος"
