"""`seats grant|refuse|swap|reset|import` on the command line: what is asked, said and refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from kypek_sync.cli import seats_import
from kypek_sync.language import speaker
from kypek_sync.model import Part
from kypek_sync.programme.applicants import read_applicants
from kypek_sync.sync.run import run_lane
from tests.cli.conftest import Terminal
from tests.seminar.builders import seminar
from tests.sync.centre import Centre

CODE = "EKFE-26-01"
WHY = ("--why", "Διδάσκει στο εργαστήριο.", "--who", "maria")


@pytest.fixture
def synced(full: Centre, kypek: Terminal) -> Terminal:
    assert kypek("sync").code in (0, 2)
    return kypek


def states(kypek: Terminal) -> dict[str, str]:
    return {one["login"]: one["state"] for one in kypek("seats", "list", CODE, "--json").json}


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_a_refusal_is_asked_about_recorded_carried_out_and_explained(full: Centre, synced: Terminal) -> None:
    asked = synced("seats", "refuse", CODE, "teacher1", *WHY)
    assert asked.code == 1
    assert "Nothing was changed" in asked.err
    assert states(synced)["teacher1"] == "granted"
    said = synced("seats", "refuse", CODE, "TEACHER1", *WHY, "--yes")
    assert (said.code, "Decided by maria" in said.out) == (0, True)
    full.clock.turn(minutes=15)
    synced("sync")
    assert states(synced)["teacher1"] == "refused"
    told = spaced(synced("explain", "teacher1", language="el").out)
    assert "Ονομαστική απόρριψη από maria στις 02/11/2026 11:00: Διδάσκει στο εργαστήριο." in told
    assert "Η δομή δεν δέχτηκε αυτή την αίτηση. Ο λόγος: Διδάσκει στο εργαστήριο." in told
    kinds = [one["kind"] for one in synced("journal", "list", "--json").json]
    assert "ruling" in kinds


def test_without_a_reason_nothing_is_decided(synced: Terminal) -> None:
    said = synced("seats", "refuse", CODE, "teacher1", "--why", " ", "--yes")
    assert said.code == 64


def test_what_cannot_be_is_said_in_greek_before_anybody_is_asked(synced: Terminal) -> None:
    said = synced("seats", "grant", CODE, "teacher5", *WHY, language="el")
    assert said.code == 1
    assert "Το EKFE-26-01 δεν έχει ελεύθερη θέση" in spaced(said.err)
    unknown = synced("seats", "grant", CODE, "techer5", *WHY, "--first", language="el")
    assert "Ο κατάλογος δεν γνωρίζει τον λογαριασμό techer5" in spaced(unknown.err)


def test_a_seat_changes_hands(full: Centre, synced: Terminal) -> None:
    assert synced("seats", "swap", CODE, "teacher1", "teacher5", *WHY, "--yes").code == 0
    full.clock.turn(minutes=15)
    synced("sync")
    found = states(synced)
    assert (found["teacher1"], found["teacher5"], found["teacher3"]) == ("withdrawn", "granted", "waiting")
    told = spaced(synced("explain", "teacher5", language="el").out)
    assert "Αίτηση από λίστα ή απόφαση της δομής· μετρά από 02/11/2026 11:00" in told


def test_a_decision_is_taken_back(synced: Terminal) -> None:
    synced("seats", "refuse", CODE, "teacher3", *WHY, "--yes")
    assert synced("seats", "reset", CODE, "teacher3", *WHY).code == 0
    again = synced("seats", "reset", CODE, "teacher3", *WHY)
    assert (again.code, "Nothing was decided by name" in again.err) == (1, True)


def test_a_list_is_shown_asked_about_and_taken_over(full: Centre, synced: Terminal) -> None:
    file = full.folder / "λίστα.csv"
    file.write_bytes(
        "Α/Α;Ονοματεπώνυμο;Λογαριασμός\n1;Μία;teacher6\n2;Άλλος;Teacher1@sch.gr\n3;;late\n".encode("cp1253")
    )
    asked = synced("seats", "import", CODE, str(file), language="el")
    assert asked.code == 1
    assert "Νέες αιτήσεις: 2." in asked.out
    assert "late" in asked.out
    assert "Έχουν ήδη αίτηση και μένουν όπως είναι: 1." in asked.out
    said = synced("seats", "import", CODE, str(file), "--yes", "--who", "maria", language="el")
    assert "Πέρασαν 2 αιτήσεις από maria" in said.out
    full.clock.turn(minutes=15)
    synced("sync")
    full.clock.turn(minutes=15)
    synced("sync")
    found = states(synced)
    assert (found["teacher6"], found["late"]) == ("waiting", "under-identification")
    nothing = synced("seats", "import", CODE, str(file), "--yes")
    assert (nothing.code, "Nothing was changed." in nothing.out) == (0, True)


def test_a_list_for_a_seminar_that_is_cancelled_while_somebody_is_asked_is_not_taken_over(
    full: Centre, synced: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = full.folder / "list.csv"
    file.write_text("login\nteacher6\n", encoding="utf-8")
    (course,) = full.world.courses()
    asked: list[str] = []

    def cancelled_meanwhile(its: object, question: str, *, yes: bool) -> None:
        asked.append(question)
        full.seminar(course=full.address(str(course.id)), status="ΑΚΥΡΩΘΗΚΕ")
        with full.installation() as inst:
            run_lane(inst, "att-a", "seats")

    monkeypatch.setattr(seats_import, "agreed", cancelled_meanwhile)
    said = synced("seats", "import", CODE, str(file), language="el")
    assert asked == [f"Να περάσει 1 αίτηση για το {CODE};"]
    assert said.code == 1
    assert f"Το {CODE} ακυρώθηκε: δεν έχει θέσεις." in spaced(said.err)
    assert "Traceback" not in said.err
    assert "Πέρασ" not in said.out
    assert "teacher6" not in states(synced)


def test_a_list_with_mistakes_is_taken_over_not_at_all_and_shows_no_number(full: Centre, synced: Terminal) -> None:
    file = full.folder / "list.csv"
    file.write_text(
        "login;Applied\nteacher5;\n700001;\nteacher5;\n;12/10/2026\nteacher6;12/10/2027\nΜαρία;\n", encoding="utf-8"
    )
    said = synced("seats", "import", CODE, str(file), "--yes")
    assert said.code == 1
    assert "700001" not in said.out + said.err
    told = spaced(said.err)
    for words in ("A3", "A4", "A5", "B6", "A7", "in row 2 already", "has no login", "has yet to come"):
        assert words in told, words
    assert "teacher5" not in states(synced)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Ονοματεπώνυμο\nΜία\n", "has no column of logins"),
        ("Λογαριασμός\n", "names nobody"),
        ("", "is empty"),
    ],
)
def test_what_is_no_list_says_what_to_do(full: Centre, synced: Terminal, content: str, words: str) -> None:
    file = full.folder / "list.csv"
    file.write_text(content, encoding="utf-8")
    said = synced("seats", "import", CODE, str(file), "--yes")
    assert (said.code, words in spaced(said.err)) == (1, True)


def test_a_list_of_many_names_the_first(full: Centre, synced: Terminal) -> None:
    file = full.folder / "list.csv"
    file.write_text("Λογαριασμός\n" + "".join(f"new{n:02}\n" for n in range(13)), encoding="utf-8")
    said = synced("seats", "import", CODE, str(file), language="el")
    assert "new09 και 3 ακόμη" in spaced(said.out)


@pytest.mark.parametrize(
    "row", ["094014201;", "94014201;", "0700001;", "700.001;", "teacher5;094014201", "teacher5;ΑΦΜ 94014201"]
)
def test_no_number_of_a_list_is_taken_for_a_login_or_shown(full: Centre, synced: Terminal, row: str) -> None:
    """A spreadsheet takes the leading zeros of a tax number away; a shifted column brings it under the moment (D-4)."""
    file = full.folder / "list.csv"
    file.write_text(f"Λογαριασμός;Υποβολή\n{row}\n", encoding="utf-8")
    said = synced("seats", "import", CODE, str(file), "--yes")
    assert said.code == 1
    for number in ("94014201", "700001", "700.001"):
        assert number not in said.out + said.err


def test_no_number_under_the_part_is_shown(full: Centre, synced: Terminal) -> None:
    it = replace(seminar(), parts=(Part("am", "πρωινό"), Part("pm", "απογευματινό")))
    file = full.folder / "list.csv"
    file.write_text("Λογαριασμός;Τμήμα\nteacher5;94014201\n", encoding="utf-8")
    found = read_applicants(file, it, 2026, full.clock(), ())
    assert [one.code for one in found.errors] == ["applicant-without-part"]
    assert "94014201" not in found.errors[0].said(speaker("el"))


@pytest.mark.parametrize(
    ("words", "hour", "second"),
    [
        ("2026/10/12 10:34:22 π.μ. EEST", 7, 22),
        ("2026/10/12 10:34:05 μ.μ. EEST", 19, 5),
        ("2026/10/12 10:34:05 PM GMT+3", 19, 5),
        ("12/10/2026 10:34:07", 7, 7),
        ("12/10/2026 10:34", 7, 0),
    ],
)
def test_the_moments_of_a_form_on_the_web_count_to_the_second(full: Centre, words: str, hour: int, second: int) -> None:
    file = full.folder / "list.csv"
    file.write_text(f'"Timestamp","Email Address"\n"{words}","Teacher5@sch.gr"\n', encoding="utf-8")
    (one,) = read_applicants(file, seminar(), 2026, full.clock(), ()).applicants
    assert (one.login, one.at, one.stated) == ("teacher5", datetime(2026, 10, 12, hour, 34, second, tzinfo=UTC), True)


def test_who_came_first_within_a_minute_stays_first_in_a_list_that_is_sorted_by_name(full: Centre) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Λογαριασμός", "Υποβολή"])
    sheet.append(["teacher5", datetime(2026, 10, 12, 9, 0, 40, tzinfo=UTC).replace(tzinfo=None)])
    sheet.append(["teacher6", datetime(2026, 10, 12, 9, 0, 2, tzinfo=UTC).replace(tzinfo=None)])
    book.save(full.folder / "list.xlsx")
    found = read_applicants(full.folder / "list.xlsx", seminar(), 2026, full.clock(), ())
    first, second = sorted(found.applicants, key=lambda one: one.at)
    assert (first.login, second.login) == ("teacher6", "teacher5")


def test_a_row_whose_login_is_a_formula_without_a_value_is_told_and_not_passed_over(full: Centre) -> None:
    book = Workbook()
    for row in (["Λογαριασμός"], ["=B7"], ["teacher5"], ["  "]):
        book.worksheets[0].append(row)
    book.save(full.folder / "list.xlsx")
    found = read_applicants(full.folder / "list.xlsx", seminar(), 2026, full.clock(), ())
    assert [one.source.row for one in found.errors] == [2]
    assert [one.login for one in found.applicants] == ["teacher5"]


def test_a_reason_is_told_on_one_line_and_nothing_of_it_moves_the_terminal(full: Centre, synced: Terminal) -> None:
    why = "Πρώτη [red]γραμμή\nΔεύτερη <b>\x1b[31m\r\nBcc: a@example.gr"
    assert synced("seats", "refuse", CODE, "teacher1@sch.gr", "--why", why, "--who", "maria", "--yes").code == 0
    full.clock.turn(minutes=15)
    synced("sync")
    told = synced("explain", "teacher1", language="el").out
    assert "Ο λόγος: Πρώτη [red]γραμμή Δεύτερη <b> [31m Bcc: a@example.gr" in spaced(told)
    assert "\x1b" not in told
    assert synced("seats", "refuse", CODE, "teacher2", "--why", "x" * 501, "--yes").code == 64


def test_of_a_code_that_two_kypeks_have_none_is_guessed(full: Centre, synced: Terminal) -> None:
    settings = full.folder / "kypek.yaml"
    more = """  att-v:
    name: Άλλο ΚΥΠΕΚ
    directory: directory
    courses: eclass
    approval: false
    structures:
      ekfe: {name: ΕΚΦΕ, officers: [officer1], programme: other.yaml}
"""
    settings.write_text(settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    theirs = (full.folder / "ekfe.yaml").read_text(encoding="utf-8").replace("υπάρχον μάθημα:", "# ")
    (full.folder / "other.yaml").write_text(theirs, encoding="utf-8")
    synced("sync")
    said = synced("seats", "refuse", CODE, "teacher1", *WHY, "--yes", language="el")
    assert (said.code, "προσθέστε --kypek" in spaced(said.err)) == (64, True)
    assert synced("seats", "refuse", CODE, "teacher1", *WHY, "--yes", "--kypek", "att-a").code == 0
    assert synced("explain", "teacher1", "--seminar", CODE).code == 0  # who only reads need not choose


def test_a_decision_that_waits_for_another_one_says_so(full: Centre, synced: Terminal) -> None:
    """It said that the next pass goes by it, while withdrawals that waited for a person froze the seminar."""
    course = full.world.courses()[0].code
    full.seminar(capacity=20)
    for number in range(5, 9):
        full.apply(f"teacher{number}", course)
    full.clock.turn(minutes=15)
    synced("sync")
    for number in (1, 2, 3, 4, 5, 6):
        full.world.unenrol(f"teacher{number}", course)
    full.clock.turn(minutes=15)
    synced("sync")
    (hold,) = synced("holds", "list", "--json").json
    assert hold["guard"] == "withdrawals"
    said = spaced(synced("seats", "refuse", CODE, "teacher8", *WHY, "--yes", language="el").out)
    waits = f"περιμένουν· `kypek-sync holds show {hold['id']}`"
    assert "Το αποφάσισε: maria. Δεν ισχύει ακόμη" in said
    assert waits in said
    assert "επόμενο πέρασμα" not in said
    file = full.folder / "list.csv"
    file.write_text("login\ntrainer1\nofficer1\nnobody1\n", encoding="utf-8")
    taken = spaced(synced("seats", "import", CODE, str(file), "--yes", language="el").out)
    assert waits in taken
    full.clock.turn(minutes=15)
    synced("sync")
    assert states(synced)["teacher8"] == "granted"
    synced("holds", "reject", str(hold["id"]), "--who", "maria")
    full.clock.turn(minutes=15)
    synced("sync")
    assert states(synced)["teacher8"] == "refused"
    assert "the next pass of the seats goes by it" in synced("seats", "reset", CODE, "teacher8", *WHY).out


def test_a_decision_about_a_seminar_that_is_paused_says_so(full: Centre, synced: Terminal) -> None:
    synced("pause", "seminar", CODE, "--why", "Κλειστά", "--who", "maria")
    said = spaced(synced("seats", "refuse", CODE, "teacher1", *WHY, "--yes", language="el").out)
    assert "Δεν ισχύει ώσπου να τελειώσει η παύση (σε παύση: σεμινάριο" in said
    assert "Κλειστά" in said
    full.clock.turn(minutes=15)
    synced("sync")
    assert states(synced)["teacher1"] == "granted"
    synced("resume", "seminar", CODE, "--who", "maria")
    full.clock.turn(minutes=15)
    synced("sync")
    assert states(synced)["teacher1"] == "refused"
