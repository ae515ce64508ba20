"""Where a seminar is taught besides: platforms by name, existing courses by address, and which course is whose."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.model import FindingLevel, Seminar
from kypek_sync.programme import Reading, read, taken_courses
from kypek_sync.programme.addresses import beneath, one_form, platform_of
from tests.programme.files import SEMINAR, SESSION, codes, found, ground, reading, two_sheets

MOODLE, ECLASS = "https://moodle.example.gr/m", "https://eclass.example.gr"
HOMES = {"addresses": {"moodle": MOODLE, "eclass": ECLASS}, "platform": "eclass"}
COURSE, OTHER = f"{MOODLE}/course/view.php?id=12", f"{MOODLE}/course/view.php?id=13"
HERE = f"{ECLASS}/courses/DSGL101/"
COLUMN = "Μαθήματα-καθρέφτες"
EXISTING = "Υπάρχον μάθημα"

OF_COURSES = frozenset(
    {
        *("mirror-nowhere", "mirror-elsewhere", "mirror-registration", "mirror-twice"),
        "mirror-server-twice",
        *("course-taken", "course-taught-in", "course-own", "course-wanted"),
    }
)
"""The mistakes whose tests are here."""


def one(tmp_path: Path, cell: object, **more: object) -> Reading:
    """A programme of one seminar with this in its cell of mirrors."""
    return reading(tmp_path, two_sheets([{**SEMINAR, COLUMN: cell, **more}], [SESSION]), **HOMES)


def several(tmp_path: Path, *rows: dict[str, Any], **changes: Any) -> Reading:
    """A programme of several seminars, each on a day of its own."""
    seminars = [
        {**SEMINAR, "Κωδικός": f"S-{n}", "Τίτλος": f"Σεμινάριο {n}", "Επιμορφωτές": f"login{n}", **row}
        for n, row in enumerate(rows, 1)
    ]
    sessions = [{**SESSION, "Κωδικός σεμιναρίου": s["Κωδικός"], "Ώρα έναρξης": time(16)} for s in seminars]
    return reading(tmp_path, two_sheets(seminars, sessions), **{**HOMES, **changes})


@pytest.mark.parametrize(
    "cell", [COURSE, f"moodle: {COURSE}", f"Moodle:{COURSE}", f"moodle = {COURSE}", f"moodle {COURSE}", f" {COURSE} "]
)
def test_an_existing_course_is_written_by_its_address_with_or_without_its_platform(tmp_path: Path, cell: str) -> None:
    got = one(tmp_path, cell)
    assert got.mistakes == ()
    assert got.seminars[0].mirrors == ("moodle",)
    assert got.seminars[0].mirror_addresses == (("moodle", COURSE),)


def test_a_course_on_a_server_with_two_connectors_is_told(tmp_path: Path) -> None:
    """However the address of the server is written: each would keep the shared course for itself."""
    homes = {"moodle": MOODLE, "other": "http://Moodle.example.gr:80/m/", "eclass": ECLASS}
    sheets = two_sheets([{**SEMINAR, COLUMN: f"other: {COURSE}"}], [SESSION])
    facts = {"addresses": homes, "platform": "eclass", "platforms": tuple(homes)}
    assert "twice, as moodle, other:" in found(reading(tmp_path, sheets, **facts), "mirror-server-twice").text
    bare = two_sheets([{**SEMINAR, COLUMN: "other"}], [SESSION])
    assert codes(reading(tmp_path, bare, **facts)) == set()


def test_names_and_addresses_stand_in_one_cell(tmp_path: Path) -> None:
    more = {"moodle": MOODLE, "eclass": ECLASS, "other": "https://other.example.gr"}
    cell = f"other, {COURSE}"
    sheets = two_sheets([{**SEMINAR, COLUMN: cell}], [SESSION])
    got = reading(tmp_path, sheets, addresses=more, platforms=("eclass", "moodle", "other"), platform="eclass")
    assert got.seminars[0].mirrors == ("other", "moodle")
    assert got.seminars[0].mirror_addresses == (("moodle", COURSE),)


def test_a_platform_by_name_has_no_address(tmp_path: Path) -> None:
    got = one(tmp_path, "moodle")
    assert got.seminars[0].mirrors == ("moodle",)
    assert got.seminars[0].mirror_addresses == ()


@pytest.mark.parametrize(
    "written",
    [COURSE, f"[{COURSE!r}]", f"{{moodle: {COURSE!r}}}", f"[moodle: {COURSE!r}]", f"\n      - moodle: {COURSE}"],
)
def test_yaml_takes_an_address_a_list_or_platform_and_address(tmp_path: Path, written: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(
        "σεμινάρια:\n  - κωδικός: K-1\n    τίτλος: Τ\n    μορφή: δια ζώσης\n    επιμορφωτές: mnikou\n"
        f"    καθρέφτες: {written}\n"
        '    συνεδρίες:\n      - {αριθμός: 1, ημερομηνία: 12/3/2027, ώρα έναρξης: "17:00", ώρα λήξης: "20:00", '
        "χώρος: ΕΚΦΕ}\n",
        encoding="utf-8",
    )
    got = read(file, ground(**HOMES))
    assert got.mistakes == ()
    assert got.seminars[0].mirror_addresses == (("moodle", COURSE),)


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("https://nowhere.example.gr/course/view.php?id=12", "mirror-nowhere"),
        ("https://moodle.example.gr/other/course/view.php?id=12", "mirror-nowhere"),
        (f"moodle: {HERE}", "mirror-elsewhere"),
        (f"moodel: {COURSE}", "platform-unknown"),
        ("moodle: https://[x", "course-address"),
        (HERE, "mirror-registration"),
        (f"{COURSE}; {OTHER}", "mirror-twice"),
    ],
)
def test_an_address_that_cannot_be_is_a_mistake_at_its_cell(tmp_path: Path, cell: str, word: str) -> None:
    got = one(tmp_path, cell)
    mistake = found(got, word)
    assert (mistake.cell, mistake.level, mistake.seminar) == ("S2", FindingLevel.ERROR, "KEPL-26-01")
    assert got.seminars == ()


def test_the_same_address_twice_is_one_course(tmp_path: Path) -> None:
    assert one(tmp_path, f"{COURSE}; moodle; {COURSE}").seminars[0].mirror_addresses == (("moodle", COURSE),)


def test_several_seminars_may_be_taught_in_one_course(tmp_path: Path) -> None:
    got = several(tmp_path, {COLUMN: COURSE}, {COLUMN: COURSE})
    assert got.mistakes == ()
    assert [s.mirror_addresses for s in got.seminars] == [(("moodle", COURSE),)] * 2


@pytest.mark.parametrize("again", [HERE, HERE.rstrip("/"), HERE.replace("https", "http"), f"{HERE}#top"])
def test_people_apply_for_one_seminar_alone_in_a_course(tmp_path: Path, again: str) -> None:
    """The later one is kept back, the earlier one is told, whatever the spelling of the address."""
    got = several(tmp_path, {EXISTING: HERE}, {EXISTING: again})
    assert [s.code for s in got.seminars] == ["S-1"]
    assert found(got, "course-taken").values["other"] == "S-1"
    assert (found(got, "course-taken").cell, found(got, "course-wanted").cell) == ("R3", "R2")


def test_a_course_where_people_apply_is_no_teaching_course_of_another(tmp_path: Path) -> None:
    got = several(tmp_path, {EXISTING: COURSE, "Πλατφόρμα": "moodle"}, {COLUMN: COURSE})
    assert [s.code for s in got.seminars] == ["S-1"]
    assert (found(got, "course-taken").cell, found(got, "course-wanted").cell) == ("S3", "R2")
    got = several(tmp_path, {COLUMN: COURSE}, {EXISTING: COURSE, "Πλατφόρμα": "moodle"})
    assert [s.code for s in got.seminars] == ["S-1"]
    assert (found(got, "course-taught-in").cell, found(got, "course-wanted").cell) == ("R3", "S2")


def test_a_seminar_is_not_taught_in_the_very_course_of_its_applications(tmp_path: Path) -> None:
    elsewhere = {**SEMINAR, EXISTING: COURSE, COLUMN: COURSE}
    got = reading(tmp_path, two_sheets([elsewhere], [SESSION]), **HOMES)
    assert codes(got) == {"course-own"}
    assert got.seminars == ()


def test_seminars_of_other_structures_count_too(tmp_path: Path) -> None:
    def theirs(**what: Any) -> Reading:
        [seminar] = several(tmp_path, what).seminars
        return seminar_beside(tmp_path, seminar)

    assert codes(theirs(**{EXISTING: HERE})) == {"course-taken"}
    assert codes(theirs(**{COLUMN: COURSE})) == set()  # taught together with this one


def seminar_beside(tmp_path: Path, theirs: Seminar) -> Reading:
    """A seminar that people apply for in `HERE` and that is taught in `COURSE`, beside one of another structure."""
    return several(tmp_path, {EXISTING: HERE, COLUMN: COURSE}, taken_courses=taken_courses([theirs]))


def test_an_address_is_on_the_platform_that_it_lies_beneath() -> None:
    homes = {"a": "https://one.gr", "b": "https://one.gr/moodle", "c": "https://one.gr:8443"}
    assert platform_of("https://one.gr/moodle/course/view.php?id=1", homes) == "b"
    assert platform_of("http://ONE.gr/moodles/course", homes) == "a"
    assert platform_of("https://one.gr:8443/x", homes) == "c"
    assert platform_of("https://two.gr/x", homes) == ""
    assert not beneath("ftp://one.gr/x", "https://one.gr")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("https://a.gr/x/?b=1&a=2", "http://A.gr:80/x?a=2&b=1#c", True),
        ("https://a.gr:443/x", "https://a.gr/x/", True),
        ("https://a.gr/x?id=1", "https://a.gr/x?id=11", False),
        ("https://a.gr/X", "https://a.gr/x", False),
        ("https://a.gr:8443/x", "https://a.gr/x", False),
    ],
)
def test_two_spellings_of_an_address_are_one_course(left: str, right: str, same: bool) -> None:
    assert (one_form(left) == one_form(right)) is same
