"""Two seminars at the same hours, and an earlier edition: told, asked or refused, from the settings to the letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kypek_sync.ledger import seats as seat_book
from kypek_sync.sandbox.mail import Sink
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, done, group, seats, sync_once
from tests.sync.explained import everything_is_explained
from tests.sync.services import with_mail
from tests.sync.test_priority import letters
from tests.web.pages import Browser, words

FIRST, SECOND = "EKFE-26-01", "EKFE-26-02"
NEIGHBOUR = """\
  att-v:
    name: ΚΥΠΕΚ Β΄ Αθήνας
    directory: directory
    courses: eclass
    approval: false
    structures:
      kesyp: {name: ΚΕΣΥΠ, officers: [officer1], programme: kesyp.yaml}
"""


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        it.messages()
        centre.clock.now = datetime(2027, 1, 20, 12, tzinfo=UTC)
        centre.people()
        yield it


def rule(centre: Centre, more: str = "", **stances: str) -> None:
    """What follows from clashes by the settings."""
    said = ", ".join(f"{name}: {stance}" for name, stance in stances.items())
    centre.top = f"{more}seats: {{clashes: {{{said}}}}}\n"
    centre.settings()


def two_at_once(centre: Centre) -> tuple[str, str]:
    """teacher1 applies for both seminars, for the second one first; teacher2 after them in both."""
    made = centre.course("Πρώτο"), centre.course("Δεύτερο")
    for code, course, minutes in zip((FIRST, SECOND), made, (30, 60), strict=True):
        centre.apply("teacher1", course, minutes_ago=minutes)
        centre.apply("teacher2", course, minutes_ago=minutes / 3)
        centre.seminar(code, course=centre.address(course), day=3, capacity=1)
    changed(centre, FIRST)
    return made


def changed(centre: Centre, code: str, **values: object) -> None:
    """Change a seminar; the second one is another trainer's, in another room."""
    centre.seminar(code, **values)
    file = centre.folder / "ekfe.yaml"
    first, second = file.read_text(encoding="utf-8").split(f"  - κωδικός: {SECOND}")
    second = second.replace("trainer1", "teacher8", 1).replace("χώρος: ΕΚΦΕ", "χώρος: Βιβλιοθήκη", 1)
    file.write_text(f"{first}  - κωδικός: {SECOND}{second}", encoding="utf-8")


def later(centre: Centre, **by: float) -> list[tuple[str, str, str, str]]:
    centre.clock.turn(**(by or {"minutes": 20}))
    return done(sync_once(centre)["seats"])


def test_to_be_told_is_the_default(centre: Centre, sink: Sink) -> None:
    two_at_once(centre)
    sync_once(centre)
    assert seats(centre, FIRST)["teacher1"] == seats(centre, SECOND)["teacher1"] == "granted"
    assert all("τις ίδιες ώρες έχετε θέση" in said for _, said in letters(sink, "teacher1"))


def test_the_later_application_is_refused_and_its_seat_goes_to_the_next(
    centre: Centre, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    rule(centre, hours="refuse")
    courses = two_at_once(centre)
    sync_once(centre)
    assert seats(centre, FIRST) == {"teacher1": "refused", "teacher2": "granted"}
    assert seats(centre, SECOND) == {"teacher1": "granted", "teacher2": "refused"}
    assert (group(centre, courses[0]), group(centre, courses[1])) == ({"teacher2"}, {"teacher1"})
    (said,) = (said for subject, said in letters(sink, "teacher1") if FIRST in subject)
    other = f"«Σεμινάριο {SECOND}» ({SECOND}), 03/03/2027 17:00-20:00"
    assert "δεν μπόρεσε να γίνει δεκτή" in said
    assert other in said
    assert later(centre) == []
    kypek = Terminal(capsys, centre.clock, centre.folder / "kypek.yaml", "el")
    told = " ".join(kypek("explain", "teacher1", "--seminar", FIRST).out.split())
    assert f"✗ τις ίδιες ώρες έχει θέση, ή του προσφέρεται, στο {other}" in told.replace("/ της", "")
    assert "δεν γίνεται δεκτός ή δεκτή όσο την έχει" in told
    assert other in " ".join(kypek("seats", "list", FIRST).out.split())
    with centre.installation() as inst:
        browser = Browser(inst)
        assert "δεν γίνεται δεκτός ή δεκτή όσο την έχει" in words(browser.get(f"/s/{FIRST}").text)
        everything_is_explained(inst.ledger)


def test_a_refusal_ends_by_itself_when_the_other_seat_is_given_back(centre: Centre, sink: Sink) -> None:
    rule(centre, hours="refuse")
    first, second = two_at_once(centre)
    changed(centre, FIRST, capacity=2)
    sync_once(centre)
    assert seats(centre, FIRST) == {"teacher1": "refused", "teacher2": "granted"}
    centre.world.unenrol("teacher1", second)
    later(centre)
    assert seats(centre, SECOND)["teacher1"] == "withdrawn"
    assert seats(centre, FIRST) == {"teacher1": "granted", "teacher2": "granted"}
    assert group(centre, first) == {"teacher1", "teacher2"}
    assert letters(sink, "teacher1")[-1][0].startswith("Έχετε θέση") or letters(sink, "teacher1")[-2][0].startswith(
        "Έχετε θέση"
    )


def test_a_seat_that_was_told_stays_when_its_seminar_comes_to_the_hours_of_another(centre: Centre, sink: Sink) -> None:
    rule(centre, hours="refuse")
    two_at_once(centre)
    changed(centre, FIRST, day=10)
    sync_once(centre)
    changed(centre, FIRST, day=3)
    later(centre)
    assert seats(centre, FIRST)["teacher1"] == seats(centre, SECOND)["teacher1"] == "granted"


def test_who_is_asked_is_offered_the_seat_and_says_that_they_want_it(centre: Centre, sink: Sink) -> None:
    rule(centre, hours="ask")
    first, _ = two_at_once(centre)
    sync_once(centre)
    assert seats(centre, FIRST) == {"teacher1": "offered", "teacher2": "waiting"}
    assert seats(centre, SECOND)["teacher1"] == "granted"
    (said,) = (said for subject, said in letters(sink, "teacher1") if FIRST in subject)
    for one in ("Υπάρχει θέση για εσάς", f"({SECOND}), 03/03/2027 17:00-20:00", "Η θέση προσφέρεται έως"):
        assert one in said
    assert said.count("03/03/2027 17:00-20:00") == 2  # its own session, and the other one, once
    assert later(centre) == []
    page = re.search(r"http://127\.0\.0\.1:8080(/s/\S+/own/[\w-]{22})$", said, re.M)
    assert page is not None
    with centre.installation() as inst:
        browser = Browser(inst)
        assert f"({SECOND}), 03/03/2027 17:00-20:00" in words(browser.get(page[1]).text)
        assert browser.post(page[1], say="accept").status_code == 303
    later(centre)
    assert seats(centre, FIRST) == {"teacher1": "granted", "teacher2": "waiting"}
    assert group(centre, first) == {"teacher1"}


def test_silence_passes_the_seat_on_also_where_who_waits_moves_up_at_once(centre: Centre, sink: Sink) -> None:
    rule(centre, "offers: {before: 0 days}\n", hours="ask")
    two_at_once(centre)
    sync_once(centre)
    assert seats(centre, FIRST) == {"teacher1": "offered", "teacher2": "waiting"}
    later(centre, days=3)
    assert seats(centre, FIRST) == {"teacher1": "waiting", "teacher2": "granted"}


def test_who_cannot_be_asked_is_told(centre: Centre) -> None:
    centre.people()
    rule(centre, hours="ask", earlier_edition="ask")
    two_at_once(centre)
    sync_once(centre)
    assert seats(centre, FIRST)["teacher1"] == seats(centre, SECOND)["teacher1"] == "granted"


@pytest.mark.parametrize(("stance", "state"), [("warn", "granted"), ("ask", "offered"), ("refuse", "refused")])
def test_an_earlier_edition_that_is_over_counts(
    centre: Centre, sink: Sink, capsys: pytest.CaptureFixture[str], stance: str, state: str
) -> None:
    rule(centre, earlier_edition=stance)
    last, now = centre.course("Πέρσι"), centre.course("Φέτος")
    centre.apply("teacher1", last)
    series = "\n    σειρά: Ρομποτική"
    centre.seminar(FIRST, course=centre.address(last), more=series, day=3)
    sync_once(centre)
    centre.clock.now = datetime(2027, 3, 4, 12, tzinfo=UTC)
    for number in (1, 2):
        centre.apply(f"teacher{number}", now, minutes_ago=60 - number)
    centre.seminar(SECOND, course=centre.address(now), more=series, day=28)
    centre.people()
    sync_once(centre)
    assert seats(centre, SECOND) == {"teacher1": state, "teacher2": "granted"}
    said = next(said for subject, said in letters(sink, "teacher1") if SECOND in subject)
    assert f"προηγούμενη διεξαγωγή: «Σεμινάριο {FIRST}» ({FIRST})" in said
    assert said.count(f"({FIRST})") == 1
    assert later(centre) == []
    kypek = Terminal(capsys, centre.clock, centre.folder / "kypek.yaml", "el")
    told = kypek("explain", "teacher1", "--seminar", SECOND).out
    assert f"είχε θέση σε προηγούμενη διεξαγωγή: «Σεμινάριο {FIRST}» ({FIRST})" in " ".join(told.split())


def test_a_seat_in_another_kypek_of_the_same_directory_counts(
    centre: Centre, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    rule(centre, NEIGHBOUR, hours="refuse")
    first, _ = two_at_once(centre)
    programme = (centre.folder / "ekfe.yaml").read_text(encoding="utf-8")
    rows = {
        code: f"  - κωδικός: {code}{programme.split(f'- κωδικός: {code}')[1].split('  - κωδικός')[0]}"
        for code in (FIRST, SECOND)
    }
    for file, code in (("ekfe.yaml", FIRST), ("kesyp.yaml", SECOND)):
        (centre.folder / file).write_text(f"σεμινάρια:\n{rows[code]}", encoding="utf-8")
    sync_once(centre)
    assert seats(centre, FIRST) == {"teacher1": "granted", "teacher2": "waiting"}
    kypek = Terminal(capsys, centre.clock, centre.folder / "kypek.yaml", "el")
    told = " ".join(kypek("explain", "teacher1", "--seminar", SECOND).out.split())
    assert f"({FIRST}), 03/03/2027 17:00-20:00" in told
    centre.world.unenrol("teacher1", first)
    later(centre)
    later(centre)
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = seat_book.decided(connection, "att-v")[SECOND]
    assert {login: seat.state.value for login, seat in found.items()} == {"teacher1": "waiting", "teacher2": "granted"}
