"""What a programme says, in every kind of file."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from kypek_sync.model import Audience, Form, Seminar, Session, SourceRow, Status, Trainer
from kypek_sync.programme import read
from tests.programme.files import SEMINAR, SESSION, codes, csv, ground, ods, reading, two_sheets, xlsx

FULL = {
    "Κωδικός": "KEPL-26-01",
    "Τίτλος": "Εισαγωγή στη ρομποτική",
    "Περιγραφή": "Πρώτα βήματα.\nΔεύτερα βήματα.",
    "Μορφή": "Μεικτό",
    "Θέσεις": 25,
    "Ελάχιστος αριθμός": "10 άτομα",
    "Ώρες": "7,5 ώρες",
    "Ειδικότητες": "ΠΕ86, ΠΕ04.01",
    "Διευθύνσεις": "ΔΔΕ Α΄ Αθήνας",
    "Τύποι μονάδων": "Γυμνάσιο, Λύκειο",
    "Σχολεία": "1ο Γυμνάσιο Αθηνών; 0501659",
    "Ρόλοι": "Διευθυντής",
    "Άτομα": "kpapp",
    "Έναρξη αιτήσεων": "1/10/2026 08:00",
    "Λήξη αιτήσεων": date(2027, 3, 1),
    "Επιμορφωτές": "mnikou; Άννα Κόκκινου <ak@example.gr>",
    "Πλατφόρμα": "eClass",
    "Υπάρχον μάθημα": "https://eclass.example.gr/courses/KEPL100/",
    "Μαθήματα-καθρέφτες": "moodle",
    "Δομή": "ΚΕΠΛΗΝΕΤ",
}
FIRST = {**SESSION, "Μορφή": "δια ζώσης", "Θέμα": "Αισθητήρες"}
SECOND = {
    "Κωδικός σεμιναρίου": "KEPL-26-01",
    "Αριθμός": 2,
    "Ημερομηνία": "Παρ 2 Απρ",
    "Ώρα έναρξης": "5 μμ",
    "Ώρα λήξης": "20.00",
    "Μορφή": "εξ αποστάσεως",
    "Κατάσταση": "ακυρώθηκε",
}


def expected(file: str, sheet: str) -> Seminar:
    return Seminar(
        code="KEPL-26-01",
        structure="kepl",
        title="Εισαγωγή στη ρομποτική",
        form=Form.BLENDED,
        source=SourceRow(file, sheet, 2),
        sessions=(
            Session(
                1,
                datetime(2027, 3, 12, 15, tzinfo=UTC),
                datetime(2027, 3, 12, 18, tzinfo=UTC),
                Form.IN_PERSON,
                "ΕΚΦΕ",
                "Αισθητήρες",
            ),
            Session(
                2,
                datetime(2027, 4, 2, 14, tzinfo=UTC),
                datetime(2027, 4, 2, 17, tzinfo=UTC),
                Form.ONLINE,
                status=Status.CANCELLED,
            ),
        ),
        trainers=(Trainer(login="mnikou"), Trainer(name="Άννα Κόκκινου", mail="ak@example.gr")),
        audience=Audience(
            ("ΠΕ86", "ΠΕ04.01"),
            ("att-a/ΔΕ",),
            ("gym", "lyk"),
            ("1ο Γυμνάσιο Αθηνών", "0501659"),
            ("school-principal",),
            ("kpapp",),
        ),
        description="Πρώτα βήματα.\nΔεύτερα βήματα.",
        capacity=25,
        minimum=10,
        hours=7.5,
        registration_opens=datetime(2026, 10, 1, 5, tzinfo=UTC),
        registration_closes=datetime(2027, 3, 1, 21, 59, tzinfo=UTC),
        platform="eclass",
        course_address="https://eclass.example.gr/courses/KEPL100/",
        mirrors=("moodle",),
    )


@pytest.mark.parametrize(("kind", "make"), [("xlsx", xlsx), ("ods", ods)])
def test_a_workbook_with_two_sheets_says_everything(tmp_path, kind, make):
    file = make(tmp_path / f"p.{kind}", two_sheets([FULL], [FIRST, SECOND]))
    got = read(file, ground())
    assert got.mistakes == ()
    assert got.seminars == (expected(f"p.{kind}", "Σεμινάρια"),)
    assert got.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (got.assigned, got.held, got.numbered) == ({}, frozenset(), {})


ONE_SHEET = [
    ["Α/Α", "Κωδικός", "Τίτλος", "Μορφή", "Θέσεις", "Ημερομηνία", "Ώρα", "Χώρος", "Εισηγητής"],
    [1, "KEPL-26-01", "Ρομποτική", "Δια ζώσης", 20, "12/3/2027", "17:00-20:00", "ΕΚΦΕ", "mnikou"],
    [None, None, None, None, None, "19/3/2027", "17:00-20:00", "ΕΚΦΕ", None],
    [None, "KEPL-26-01", "Ρομποτική", None, None, "26/3/2027", "17:00-20:00", "ΕΚΦΕ", None],
    [2, None, "Ήχος", "Διαδικτυακά", None, "13/3/2027", "10:00-12:00", None, "kpapp"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1253", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_is_read_in_its_encoding_and_with_its_separator(tmp_path, encoding, separator):
    got = read(csv(tmp_path / "p.csv", ONE_SHEET, encoding=encoding, separator=separator), ground())
    assert got.mistakes == ()
    assert [(s.title, len(s.sessions)) for s in got.seminars] == [("Ρομποτική", 3), ("Ήχος", 1)]


@pytest.mark.parametrize(("kind", "make"), [("xlsx", xlsx), ("ods", ods)])
def test_one_sheet_is_enough_with_further_sessions_in_the_rows_below(tmp_path, kind, make):
    got = read(make(tmp_path / f"p.{kind}", {"Φύλλο1": ONE_SHEET}), ground())
    assert got.mistakes == ()
    robots, sound = got.seminars
    assert [s.number for s in robots.sessions] == [1, 2, 3]
    assert [s.starts.day for s in robots.sessions] == [12, 19, 26]
    assert robots.capacity == 20
    assert sound.form is Form.ONLINE
    assert sound.code == "KEPL-26-02"
    assert got.assigned == {SourceRow(f"p.{kind}", "Φύλλο1", 5): "KEPL-26-02"}
    assert got.numbered == {SourceRow(f"p.{kind}", "Φύλλο1", n): n - 1 for n in (2, 3, 4)} | {
        SourceRow(f"p.{kind}", "Φύλλο1", 5): 1
    }


def test_headings_may_stand_below_a_title_of_the_sheet(tmp_path):
    rows = [["Σχέδιο δράσης ΚΕΠΛΗΝΕΤ 2026-2027"], [], *ONE_SHEET]
    got = reading(tmp_path, {"Φύλλο1": rows})
    assert [s.source.row for s in got.seminars] == [4, 7]


def test_start_and_end_may_be_whole_dates_with_their_hours(tmp_path):
    rows = [
        ["Τίτλος", "Μορφή", "Έναρξη", "Λήξη"],
        ["Ήχος", "online", datetime(2027, 3, 12, 17), datetime(2027, 3, 12, 20)],  # noqa: DTZ001
        ["Φως", "online", "13/3/2027 17:00", "20:00"],
    ]
    got = reading(tmp_path, {"Φύλλο1": rows})
    assert got.mistakes == ()
    assert [s.sessions[0].starts.hour for s in got.seminars] == [15, 15]
    assert [s.sessions[0].ends.hour for s in got.seminars] == [18, 18]


YAML = """\
δομή: kepl
σεμινάρια:
  - κωδικός: KEPL-26-01
    τίτλος: Εισαγωγή στη ρομποτική
    περιγραφή: |-
      Πρώτα βήματα.
      Δεύτερα βήματα.
    μορφή: μεικτό
    θέσεις: 25
    ελάχιστος αριθμός: 10
    ώρες: 7.5
    ειδικότητες: [ΠΕ86, ΠΕ04.01]
    διευθύνσεις: [ΔΔΕ Α΄ Αθήνας]
    τύποι μονάδων: [Γυμνάσιο, Λύκειο]
    σχολεία: [1ο Γυμνάσιο Αθηνών, "0501659"]
    ρόλοι: Διευθυντής
    άτομα: kpapp
    έναρξη αιτήσεων: 2026-10-01 08:00
    λήξη αιτήσεων: 2027-03-01
    επιμορφωτές:
      - mnikou
      - Άννα Κόκκινου <ak@example.gr>
    πλατφόρμα: eclass
    υπάρχον μάθημα: https://eclass.example.gr/courses/KEPL100/
    μαθήματα-καθρέφτες: [moodle]
    συνεδρίες:
      - {αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: 17:00, ώρα λήξης: 20:00,
         μορφή: δια ζώσης, χώρος: ΕΚΦΕ, θέμα: Αισθητήρες}
      - αριθμός: 2
        ημερομηνία: 2027-04-02
        ώρα έναρξης: 17:00
        ώρα λήξης: 20:00
        μορφή: εξ αποστάσεως
        κατάσταση: ΑΚΥΡΩΘΗΚΕ
"""


def test_yaml_says_the_same_as_a_workbook(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(YAML, "utf-8")
    got = read(file, ground())
    assert got.mistakes == ()
    [seminar] = got.seminars
    assert seminar.source == SourceRow("p.yaml", "", 3)
    assert seminar == replace(expected("p.yaml", ""), source=seminar.source)


def test_yaml_may_use_english_names(tmp_path):
    file = tmp_path / "p.yml"
    file.write_text(
        "seminars:\n- {code: A-1, title: Sound, form: online, sessions: "
        "[{number: 1, date: 2027-03-12, starts: '17:00', ends: '20:00'}]}\n",
        "utf-8",
    )
    got = read(file, ground())
    assert got.mistakes == ()
    assert got.seminars[0].sessions[0].starts == datetime(2027, 3, 12, 15, tzinfo=UTC)


def test_a_mistake_in_yaml_names_the_line_of_its_key(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(YAML.replace("θέσεις: 25", "θέσεις: 0").replace("2027-04-02", "2027-04-31"), "utf-8")
    got = read(file, ground())
    assert {(m.code, m.source.row, m.cell) for m in got.mistakes} == {
        ("capacity-low", 9, ""),
        ("date-unreadable", 30, ""),
    }


def test_a_mistake_keeps_back_its_own_seminar_only(tmp_path):
    good = {**SEMINAR, "Κωδικός": "KEPL-26-02", "Επιμορφωτές": "kpapp"}
    got = reading(
        tmp_path,
        two_sheets([{**SEMINAR, "Θέσεις": 0}, good], [SESSION, {**SESSION, "Κωδικός σεμιναρίου": "KEPL-26-02"}]),
    )
    assert got.held == {"KEPL-26-01"}
    assert [s.code for s in got.seminars] == ["KEPL-26-02"]


def test_a_warning_keeps_nothing_back(tmp_path):
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Ειδικότητες": "ΠΕ19"}], [SESSION]))
    assert codes(got) == {"specialty-stale"}
    assert got.seminars[0].audience.specialties == ("ΠΕ86",)
    assert not got.errors
    assert len(got.warnings) == 1


def test_given_codes_are_new_unique_and_the_same_at_the_next_reading(tmp_path):
    rows = two_sheets(
        [
            {"Τίτλος": "Α", "Μορφή": "online"},
            {"Κωδικός": "kepl-26-02", "Τίτλος": "Β", "Μορφή": "online"},
            {"Τίτλος": "Γ", "Μορφή": "online"},
            {"Τίτλος": "Δ", "Μορφή": "online"},
        ],
        [],
    )
    taken = frozenset({"KEPL-26-03"})
    first = reading(tmp_path, rows, taken_codes=taken)
    assert [s.code for s in first.seminars] == ["KEPL-26-01", "kepl-26-02", "KEPL-26-04", "KEPL-26-05"]
    assert reading(tmp_path, rows, taken_codes=taken).assigned == first.assigned


def test_a_fresh_file_takes_over_no_older_seminar_of_the_structure(tmp_path):
    """An officer hands in the template with new rows alone; the older seminars keep their codes (design, rule 20)."""
    own = {"KEPL-26-01": "Ρομποτική", "KEPL-26-02": "Ασφάλεια στο διαδίκτυο"}
    rows = two_sheets([{"Τίτλος": "Αστρονομία", "Μορφή": "online"}, {"Τίτλος": "ΡΟΜΠΟΤΙΚΗ", "Μορφή": "online"}], [])
    got = reading(tmp_path, rows, own_codes=own)
    assert [(s.code, s.title) for s in got.seminars] == [("KEPL-26-03", "Αστρονομία"), ("KEPL-26-01", "ΡΟΜΠΟΤΙΚΗ")]
    assert [m.values["known"] for m in got.warnings if m.code == "code-by-title"] == ["KEPL-26-01"]


def test_this_year_s_edition_without_a_code_does_not_take_over_last_year_s(tmp_path):
    """The new edition of last year's file has the same titles and no codes: last year's course and people stay last
    year's."""
    own = {"KEPL-25-01": SEMINAR["Τίτλος"]}
    last_year = {"KEPL-25-01": (datetime(2026, 3, 12, 15, tzinfo=UTC),)}
    row = {**SEMINAR, "Κωδικός": None}
    got = reading(tmp_path, two_sheets([row], []), own_codes=own, own_dates=last_year)
    assert [s.code for s in got.seminars] == ["KEPL-26-01"]
    assert codes(got) == {"no-sessions"}


def test_a_corrected_title_with_the_same_dates_or_moved_dates_with_the_same_title_are_no_mistake(tmp_path):
    rows = two_sheets([SEMINAR], [SESSION])
    dates = tuple(s.starts for s in reading(tmp_path, rows).seminars[0].sessions)
    own = {"KEPL-26-01": "Εισαγωγή στη ρομποτικη με Lego"}
    assert codes(reading(tmp_path, rows, own_codes=own, own_dates={"KEPL-26-01": dates})) == set()
    moved = {"KEPL-26-01": (datetime(2027, 1, 8, 15, tzinfo=UTC),)}
    own = {"KEPL-26-01": SEMINAR["Τίτλος"]}
    assert codes(reading(tmp_path, rows, own_codes=own, own_dates=moved)) == set()


def test_a_row_put_in_between_moves_no_code_of_those_in_force(tmp_path):
    rows = [{"Τίτλος": title, "Μορφή": "online"} for title in ("Α", "Β")]
    first = reading(tmp_path, two_sheets(rows, []))
    own = {s.code: s.title for s in first.seminars}
    again = reading(tmp_path, two_sheets([{"Τίτλος": "Γ", "Μορφή": "online"}, *rows], []), own_codes=own)
    assert {s.title: s.code for s in again.seminars} == {"Γ": "KEPL-26-03", "Α": "KEPL-26-01", "Β": "KEPL-26-02"}


def test_two_rows_of_one_title_are_two_seminars_and_stay_so(tmp_path):
    rows = two_sheets([{"Τίτλος": "Α", "Μορφή": "online"}, {"Τίτλος": "Α", "Μορφή": "online", "Θέσεις": 5}], [])
    own = {"KEPL-26-04": "Α", "KEPL-26-09": "Α"}
    assert [s.code for s in reading(tmp_path, rows, own_codes=own).seminars] == ["KEPL-26-04", "KEPL-26-09"]


def test_a_number_is_told_back_as_it_was_typed(tmp_path):
    got = reading(tmp_path, two_sheets([SEMINAR], [SESSION, {**SESSION, "Ημερομηνία": "19/3/2027"}]))
    assert "session 1 twice" in next(m.text for m in got.mistakes if m.code == "session-number-duplicate")


def test_a_structure_with_a_greek_id_gets_latin_codes(tmp_path):
    got = reading(
        tmp_path, two_sheets([{"Τίτλος": "Α", "Μορφή": "online"}], []), structure="εκφε", structures={"εκφε": "ΕΚΦΕ"}
    )
    assert got.seminars[0].code == "EKFE-26-01"


def test_sessions_may_name_their_seminar_by_title_while_it_has_no_code(tmp_path):
    sheets = {
        "Σεμινάρια": [["Τίτλος", "Μορφή"], ["Ήχος", "online"], ["Φως", "online"]],
        "Συνεδρίες": [
            ["Τίτλος σεμιναρίου", "Ημερομηνία", "Ώρα"],
            ["Φως", "12/3/2027", "17:00-20:00"],
            [None, "19/3/2027", "17:00-20:00"],
            ["ΗΧΟΣ", "13/3/2027", "17:00-20:00"],
        ],
    }
    got = reading(tmp_path, sheets)
    assert got.mistakes == ()
    assert [(s.title, len(s.sessions)) for s in got.seminars] == [("Ήχος", 1), ("Φως", 2)]


def test_missing_session_numbers_fill_the_gaps_in_order(tmp_path):
    days = [{**SESSION, "Αριθμός": n, "Ημερομηνία": date(2027, 3, d)} for n, d in ((2, 1), (None, 2), (None, 3))]
    got = reading(tmp_path, two_sheets([SEMINAR], days))
    assert [(s.number, s.starts.day) for s in got.seminars[0].sessions] == [(1, 2), (2, 1), (3, 3)]


@pytest.mark.parametrize("word", ["ΑΚΥΡΩΘΗΚΕ", "ακυρώθηκε", "Ακυρώνεται", "cancelled"])
def test_a_status_cancels_a_seminar(tmp_path, word):
    got = reading(tmp_path, two_sheets([{**SEMINAR, "Κατάσταση": word}], [SESSION]))
    assert got.seminars[0].status is Status.CANCELLED


def _one_sheet(*statuses: str | None) -> dict[str, list[list[object]]]:
    rows: list[list[object]] = [["Κωδικός", "Τίτλος", "Μορφή", "Ημερομηνία", "Ώρα", "Κατάσταση"]]
    for day, status in enumerate(statuses, start=1):
        first = ["A-1", "Ήχος", "online"] if day == 1 else [None, None, None]
        rows.append([*first, f"{day}/3/2027", "17:00-20:00", status])
    return {"Φύλλο1": rows}


def test_in_one_sheet_all_rows_cancelled_cancel_the_seminar(tmp_path):
    assert reading(tmp_path, _one_sheet("ΑΚΥΡΩΘΗΚΕ", "ΑΚΥΡΩΘΗΚΕ")).seminars[0].status is Status.CANCELLED
    assert reading(tmp_path, _one_sheet("ΑΚΥΡΩΘΗΚΕ")).seminars[0].status is Status.CANCELLED


def test_in_one_sheet_a_further_row_cancels_its_session_alone(tmp_path):
    [seminar] = reading(tmp_path, _one_sheet(None, "ΑΚΥΡΩΘΗΚΕ")).seminars
    assert seminar.status is Status.PLANNED
    assert [s.status for s in seminar.sessions] == [Status.PLANNED, Status.CANCELLED]


def test_in_one_sheet_the_first_row_alone_cancelled_is_asked_never_guessed(tmp_path):
    got = reading(tmp_path, _one_sheet("ΑΚΥΡΩΘΗΚΕ", None))
    assert codes(got) == {"status-ambiguous"}
    assert got.held == {"A-1"}


def test_in_one_sheet_rows_of_different_forms_make_a_blended_seminar(tmp_path):
    rows = [
        ["Κωδικός", "Τίτλος", "Μορφή", "Ημερομηνία", "Ώρα", "Χώρος"],
        ["A-1", "Ήχος", "Δια ζώσης", "1/3/2027", "17:00-20:00", "ΕΚΦΕ"],
        [None, None, "Εξ αποστάσεως", "8/3/2027", "17:00-20:00", None],
    ]
    [seminar] = reading(tmp_path, {"Φύλλο1": rows}).seminars
    assert seminar.form is Form.BLENDED
    assert [s.form for s in seminar.sessions] == [Form.IN_PERSON, Form.ONLINE]


def test_without_a_form_of_its_own_a_seminar_has_that_of_its_sessions(tmp_path):
    seminar = {**SEMINAR, "Μορφή": None}
    one, two = {**SESSION, "Μορφή": "online"}, {**SESSION, "Αριθμός": 2, "Ημερομηνία": "19/3"}
    assert reading(tmp_path, two_sheets([seminar], [one])).seminars[0].form is Form.ONLINE
    both = two_sheets([seminar], [one, {**two, "Μορφή": "δια ζώσης"}])
    assert reading(tmp_path, both).seminars[0].form is Form.BLENDED


def test_seats_may_be_without_limit(tmp_path):
    for word in (None, "χωρίς όριο", "-"):
        assert reading(tmp_path, two_sheets([{**SEMINAR, "Θέσεις": word}], [SESSION])).seminars[0].capacity is None


def test_a_formula_with_a_result_is_its_result(tmp_path):
    # openpyxl writes no results, so the one that an office programme would have stored is put into the package by hand.
    file = xlsx(tmp_path / "p.xlsx", two_sheets([{**SEMINAR, "Θέσεις": "=20+5"}], [SESSION]))
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"<f>20+5</f><v" in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<f>20+5</f><v />", b"<f>20+5</f><v>25</v>").replace(
        b"<f>20+5</f><v></v>", b"<f>20+5</f><v>25</v>"
    )
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    got = read(file, ground())
    assert got.mistakes == ()
    assert got.seminars[0].capacity == 25


def test_the_templates_own_sheets_and_hidden_ones_are_passed_over(tmp_path):
    sheets = {**two_sheets([SEMINAR], [SESSION]), "Οδηγίες": [["Γράψτε"]], "Παρατηρήσεις": [["Κελί", "Τι"]]}
    assert reading(tmp_path, sheets).mistakes == ()


def test_times_of_day_without_a_zone_are_local(tmp_path):
    got = reading(tmp_path, two_sheets([SEMINAR], [{**SESSION, "Ώρα έναρξης": time(9), "Ώρα λήξης": time(13, 30)}]))
    [session] = got.seminars[0].sessions
    assert (session.starts.hour, session.ends.hour, session.ends.minute) == (7, 11, 30)
