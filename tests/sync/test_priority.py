"""A seminar with a priority, from the programme to the letters: nobody has a seat before all are decided together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.sandbox.mail import Sink
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, Teacher, done, group, seats, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import text
from tests.web.pages import Browser, words

CODE = "EKFE-26-01"
PRIORITY = "\n    προτεραιότητα: ['πρώτα: ΠΕ04', 'μετά: νέοι']\n    σειρά: Ρομποτική"
CLOSES = datetime(2027, 1, 20, 21, 59, tzinfo=UTC)


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


@pytest.fixture
def course(centre: Centre, sink: Sink) -> str:
    """Three days before registration ends: teacher1, 2 and 3 applied in this order, teacher3 teaches science, and
    teacher1 had a seat last time."""
    centre.clock.now = CLOSES - timedelta(days=3)
    centre.people(*(Teacher(f"teacher{n}", "ΠΕ04" if n == 3 else "ΠΕ86") for n in (1, 2, 3)), Teacher("trainer1"))
    earlier, made = centre.course("Πέρσι"), centre.course()
    centre.apply("teacher1", earlier)
    wide = {"specialties": "ΠΕ86, ΠΕ04"}
    centre.seminar("EKFE-26-00", course=centre.address(earlier), more="\n    σειρά: Ρομποτική", **wide, day=1)
    for number in (1, 2, 3):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    facts = {"closes": "20/1/2027", "more": PRIORITY, "capacity": 1, **wide}
    centre.seminar(CODE, course=centre.address(made), day=10, **facts)
    sync_once(centre)
    return made


def letters(sink: Sink, login: str) -> list[tuple[str, str]]:
    found = [one.message for one in sink.messages() if one.recipients[0].startswith(f"{login}@")]
    return [(str(one["Subject"]), text(one)) for one in found]


def test_until_registration_ends_everybody_is_told_that_it_is_decided_then(
    centre: Centre, sink: Sink, course: str
) -> None:
    assert set(seats(centre, CODE).values()) == {"under-review"}
    assert group(centre, course) == set()
    (subject, said) = letters(sink, "teacher3")[-1]
    assert subject == f"Λάβαμε την αίτησή σας: Σεμινάριο {CODE}"
    for one in ("Δεν έχετε ακόμη θέση", "20/01/2027 23:59", "ΠΕ04 · νέοι", "Η αίτηση ανήκει στο: ΠΕ04", "/own/"):
        assert one in said
    with centre.installation() as inst:
        shown = words(Browser(inst).get(f"/s/{CODE}").text)
    assert "Προηγούνται, με αυτή τη σειρά: ΠΕ04 · νέοι." in shown


def test_after_it_the_order_is_that_of_the_priority_and_everybody_is_told_once(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.clock.now = CLOSES + timedelta(minutes=20)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "waiting", "teacher2": "waiting", "teacher3": "granted"}
    assert group(centre, course) == {"teacher3"}
    assert letters(sink, "teacher3")[-1][0].startswith("Έχετε θέση")
    assert "η σειρά στη λίστα αναμονής είναι 1" in letters(sink, "teacher2")[-1][1]  # it is their first edition
    assert "η σειρά στη λίστα αναμονής είναι 2" in letters(sink, "teacher1")[-1][1]
    count = len(sink.messages())
    centre.clock.turn(minutes=20)
    report = sync_once(centre)["seats"]
    assert (done(report), len(sink.messages())) == ([], count)


def test_who_leaves_before_it_is_no_more_and_who_leaves_after_it_lets_the_next_one_up(
    centre: Centre, sink: Sink, course: str
) -> None:
    centre.world.unenrol("teacher2", course)
    centre.clock.now = CLOSES + timedelta(minutes=20)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "waiting", "teacher2": "withdrawn", "teacher3": "granted"}
    centre.world.unenrol("teacher3", course)
    centre.clock.turn(minutes=20)
    sync_once(centre)
    assert seats(centre, CODE)["teacher1"] == "granted"


def test_explain_says_who_goes_first_and_where_the_application_counts(
    centre: Centre, course: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kypek = Terminal(capsys, centre.clock, centre.folder / "kypek.yaml", "el")
    told = " ".join(kypek("explain", "teacher3", "--seminar", CODE).out.split())
    assert "Προηγούνται, με αυτή τη σειρά: ΠΕ04 · νέοι. Η αίτηση ανήκει στο: ΠΕ04." in told
    shown = " ".join(kypek("seminar", CODE).out.split())
    assert "κρίνονται όλες μαζί στις 20/01/2027 23:59" in shown
    assert [one["name"] for one in kypek("seminar", CODE, "--json").json["priority"]] == ["ΠΕ04", "νέοι"]


def test_kept_seats_are_anybodys_after_their_moment(centre: Centre, sink: Sink) -> None:
    centre.clock.now = CLOSES - timedelta(days=3)
    centre.people(*(Teacher(f"teacher{n}", "ΠΕ04" if n == 3 else "ΠΕ86") for n in (1, 2, 3)), Teacher("trainer1"))
    made = centre.course()
    for number in (1, 2):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    kept = {"closes": "20/1/2027", "specialties": "ΠΕ86, ΠΕ04", "capacity": 3}
    more = "\n    reserved:\n      - {for: ΠΕ04, seats: 2}"
    centre.seminar(CODE, course=centre.address(made), more=more, **kept)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "waiting"}
    assert "κρατούνται έως 20/01/2027 23:59 για: ΠΕ04" in letters(sink, "teacher2")[-1][1]
    centre.apply("teacher3", made, minutes_ago=0)
    centre.clock.turn(minutes=20)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "waiting", "teacher3": "granted"}
    centre.clock.turn(minutes=20)
    assert done(sync_once(centre)["seats"]) == []
    centre.clock.now = CLOSES + timedelta(minutes=20)
    sync_once(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "granted", "teacher3": "granted"}
    assert group(centre, made) == {"teacher1", "teacher2", "teacher3"}
