"""Seats that an officer approves one by one: from the course to the letter, the officer's yes and the group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kypek_sync.ledger import pauses, rulings
from kypek_sync.ledger.pauses import Kind, Thing
from kypek_sync.ledger.programmes import in_force
from kypek_sync.sandbox.mail import Sink
from kypek_sync.sync.overview import overview
from kypek_sync.sync.run import sync
from kypek_sync.sync.seats import by_name
from kypek_sync.sync.seats.by_name import NotDecided
from tests.sync.centre import Centre, done, group, seats, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import text
from tests.web.pages import Browser, words

CODE = "EKFE-26-01"
APPROVAL = "\n    έγκριση: 5 ημέρες"
OWN = re.compile(r"http://127\.0\.0\.1:8080(/s/EKFE-26-01/own/[\w-]{22})$", re.M)
STARTS = datetime(2027, 3, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


@pytest.fixture
def course(centre: Centre, sink: Sink) -> str:
    """Two seats: they are kept for teacher1 and teacher2 until an officer has said yes; teacher3 and teacher4 wait."""
    made = centre.course()
    for number in (1, 2, 3, 4):
        centre.apply(f"teacher{number}", made, minutes_ago=60 - number)
    centre.seminar(CODE, course=centre.address(made), more=APPROVAL)
    sync_once(centre)
    return made


def later(centre: Centre, **by: float) -> list[tuple[str, str, str, str]]:
    """A pass of all lanes, a quarter of an hour later or as said; what it made in the course."""
    centre.clock.turn(**(by or {"minutes": 15}))
    return done(sync_once(centre)["seats"])


def decide(centre: Centre, verb: str, *logins: str, why: str = "") -> None:
    with centre.installation() as inst, inst.ledger.begin() as connection:
        offering = in_force(connection, "att-a")[CODE]
        for login, one in by_name.asked(connection, "directory", offering, logins).items():
            assert login in logins
            getattr(by_name, verb)(connection, offering, one, why=why, who="maria", now=centre.clock())


def to_approve(centre: Centre) -> tuple[str, ...]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return by_name.to_approve(connection, in_force(connection, "att-a")[CODE])


def last(sink: Sink, login: str) -> tuple[str, str]:
    """Subject and words of the last letter that somebody got."""
    found = [one.message for one in sink.messages() if one.recipients[0].startswith(f"{login}@")]
    return str(found[-1]["Subject"]), text(found[-1])


def subjects(sink: Sink, login: str) -> list[str]:
    """What somebody was told, a word or two of each letter."""
    those = [one for one in sink.messages() if one.recipients[0].startswith(f"{login}@")]
    return [str(one.message["Subject"]).partition(":")[0] for one in those]


ASKED = {"teacher1": "under-approval", "teacher2": "under-approval", "teacher3": "waiting", "teacher4": "waiting"}


def test_it_is_told_once_and_nobody_is_in_the_group_yet(centre: Centre, sink: Sink, course: str) -> None:
    assert seats(centre, CODE) == ASKED
    assert not group(centre, course)
    assert later(centre) == []
    assert subjects(sink, "teacher1") == ["Η αίτησή σας περιμένει έγκριση"]
    said = last(sink, "teacher1")[1]
    for one in ("Δεν έχετε ακόμη θέση", "Χωρίς έγκριση έως 07/11/2026 11:00", "Αν δεν θέλετε να περιμένετε άλλο"):
        assert one in " ".join(said.split())


def test_the_officers_yes_puts_them_into_the_group_with_a_letter(centre: Centre, sink: Sink, course: str) -> None:
    decide(centre, "approve", "teacher1", why="Εργαστήριο Φυσικής")
    assert to_approve(centre) == ("teacher2",)
    made = later(centre)
    assert ("membership.add", CODE, "teacher1", "done") in made
    assert seats(centre, CODE) == {**ASKED, "teacher1": "granted"}
    assert group(centre, course) == {"teacher1"}
    subject, said = last(sink, "teacher1")
    assert subject.startswith("Έχετε θέση")
    said = " ".join(said.split())
    assert "Η δομή ενέκρινε την αίτηση στις 02/11/2026 11:00: Εργαστήριο Φυσικής. Θέση 1 από 2" in said
    assert later(centre) == []


def test_a_no_is_a_refusal_by_name_and_the_next_one_is_asked_about(centre: Centre, sink: Sink, course: str) -> None:
    decide(centre, "refuse", "teacher1", why="Ήρθατε πέρυσι.")
    later(centre)
    assert seats(centre, CODE) == {**ASKED, "teacher1": "refused", "teacher3": "under-approval"}
    subject, said = last(sink, "teacher1")
    assert subject.startswith("Η αίτησή σας δεν έγινε δεκτή")
    assert "Ήρθατε πέρυσι." in said
    assert subjects(sink, "teacher3") == ["Είστε στη λίστα αναμονής", "Η αίτησή σας περιμένει έγκριση"]


def test_silence_passes_it_on_without_any_other_event_and_an_approval_comes_back_to_them(
    centre: Centre, sink: Sink, course: str
) -> None:
    with centre.installation() as inst:  # one process that remembers
        for _ in range(2):
            sync(inst, lanes=("seats",))
        centre.clock.turn(days=5)
        sync(inst, lanes=("seats", "mail"))
    assert seats(centre, CODE) == {
        "teacher1": "waiting",
        "teacher2": "waiting",
        "teacher3": "under-approval",
        "teacher4": "under-approval",
    }
    said = " ".join(last(sink, "teacher1")[1].split())
    assert "Η δομή δεν είχε εγκρίνει την αίτηση έως 07/11/2026 11:00, και η θέση δόθηκε στο επόμενο άτομο" in said
    decide(centre, "approve", "teacher2")
    later(centre, days=6)
    found = seats(centre, CODE)  # the time of the others is over too: an approval decides
    assert (found["teacher1"], found["teacher2"]) == ("waiting", "granted")
    assert sorted((found["teacher3"], found["teacher4"])) == ["under-approval", "waiting"]


def test_a_pause_of_the_seminar_stops_the_clock(centre: Centre, sink: Sink, course: str) -> None:
    what = Thing(Kind.SEMINAR, CODE, "att-a", ("att-a",))
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pauses.add(connection, what, who="maria", why="Χιόνι.", until=None, now=centre.clock())
    later(centre, days=4)
    with centre.installation() as inst, inst.ledger.begin() as connection:
        pauses.resume(connection, what, who="maria", now=centre.clock())
    later(centre, days=4)
    assert seats(centre, CODE) == ASKED
    later(centre, days=1)
    assert seats(centre, CODE)["teacher1"] == "waiting"


def test_their_own_page_says_so_and_takes_a_withdrawal(centre: Centre, sink: Sink, course: str) -> None:
    found = OWN.search(last(sink, "teacher1")[1])
    assert found
    with centre.installation() as inst:
        browser = Browser(inst)
        shown = words(browser.get(found[1]).text)
        for one in ("Η αίτησή σας περιμένει έγκριση", "έως 07/11/2026 11:00", "Απόσυρση της αίτησης"):
            assert one in shown
        assert "Κάθε θέση χρειάζεται έγκριση της δομής, εντός 5 ημερών." in words(browser.get(f"/s/{CODE}").text)
        decide(centre, "approve", "teacher1")
        assert "Η δομή αποφάσισε για την αίτησή σας" in words(browser.get(found[1]).text)
        assert browser.post(found[1], say="give-back", sure="yes").status_code == 303
    later(centre)
    found_now = seats(centre, CODE)
    assert (found_now["teacher1"], found_now["teacher3"]) == ("withdrawn", "under-approval")


def test_an_approval_is_taken_back_before_the_seat_is_given_and_a_seat_that_was_given_stays(
    centre: Centre, sink: Sink, course: str
) -> None:
    decide(centre, "approve", "teacher1", "teacher2")
    decide(centre, "reset", "teacher1")
    later(centre)
    assert seats(centre, CODE) == {**ASKED, "teacher2": "granted"}
    decide(centre, "reset", "teacher2")
    assert later(centre) == []
    assert seats(centre, CODE) == {**ASKED, "teacher2": "granted"}
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        history = rulings.history(connection, "att-a", CODE, ["teacher1"])
    assert [(one.ruling.word.value, one.who, one.lifted_by) for one in history] == [("approve", "maria", "maria")]


def test_what_cannot_be_approved_is_said(centre: Centre, sink: Sink, course: str) -> None:
    def refused(login: str, words: str) -> None:
        with pytest.raises(NotDecided, match=words):
            decide(centre, "approve", login)

    refused("teacher5", "has not applied")
    decide(centre, "approve", "teacher3")  # before it is their turn
    refused("teacher3", "approved already")
    decide(centre, "grant", "teacher2", why="Προτεραιότητα")
    refused("teacher2", "approved already")
    decide(centre, "refuse", "teacher4", why="Λάθος.")
    decide(centre, "approve", "teacher4")  # the officer has thought better of it
    decide(centre, "approve", "teacher1")
    later(centre)
    assert seats(centre, CODE) == {**ASKED, "teacher1": "granted", "teacher2": "granted"}
    refused("teacher1", "has a seat")
    centre.seminar(CODE, more="")
    later(centre)
    refused("teacher3", "need no approval")


def test_who_does_not_want_it_any_more_is_not_approved(centre: Centre, sink: Sink, course: str) -> None:
    found = OWN.search(last(sink, "teacher1")[1])
    assert found
    with centre.installation() as inst:
        assert Browser(inst).post(found[1], say="give-back", sure="yes").status_code == 303
    with pytest.raises(NotDecided, match="does not want a seat"):
        decide(centre, "approve", "teacher1")


def test_approval_that_is_asked_for_later_takes_nothing_and_one_that_is_not_any_more_gives_the_seats(
    centre: Centre, sink: Sink
) -> None:
    made = centre.course()
    centre.apply("teacher1", made)
    centre.seminar(CODE, course=centre.address(made))
    sync_once(centre)
    centre.seminar(CODE, more=APPROVAL)
    centre.apply("teacher2", made, minutes_ago=10)
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "under-approval"}
    centre.seminar(CODE, more="")
    later(centre)
    assert seats(centre, CODE) == {"teacher1": "granted", "teacher2": "granted"}


def test_shortly_before_the_start_who_had_waited_is_asked_once_the_officer_has_said_yes(
    centre: Centre, sink: Sink, course: str
) -> None:
    decide(centre, "approve", "teacher1", "teacher2")
    later(centre)
    centre.clock.now = STARTS - timedelta(days=4)
    centre.people()
    centre.world.unenrol("teacher1", course)
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "under-approval"
    decide(centre, "approve", "teacher3")
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "offered"
    with pytest.raises(NotDecided, match="is offered one, already"):
        decide(centre, "approve", "teacher3")
    subject, said = last(sink, "teacher3")
    assert subject.startswith("Σας προσφέρεται θέση")
    found = OWN.search(said)
    assert found
    with centre.installation() as inst:
        assert Browser(inst).post(found[1], say="accept").status_code == 303
    later(centre)
    assert seats(centre, CODE)["teacher3"] == "granted"


def test_on_monday_the_officer_reads_who_waits_for_them(centre: Centre, sink: Sink, course: str) -> None:
    centre.seminar(CODE, more="\n    έγκριση: ναι")
    decide(centre, "approve", "teacher1")
    centre.clock.now = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)
    centre.people()
    later(centre, minutes=1)
    letters = [one.message for one in sink.messages() if one.recipients[0].startswith("officer1@")]
    said = " ".join(text(letters[-1]).split())
    assert f"({CODE}): αιτήσεις που περιμένουν την έγκρισή σας: 1, η πρώτη έως 12/11/2026 11:00" in said


def test_status_names_the_seminar_how_many_and_until_when(centre: Centre, sink: Sink, course: str) -> None:
    with centre.installation() as inst:
        [one] = overview(inst, "att-a").approvals
    assert (one.seminar, one.structure, one.count) == (CODE, "ekfe", 2)
    assert one.until == datetime(2026, 11, 7, 9, 0, tzinfo=UTC)
    decide(centre, "approve", "teacher1", "teacher2")
    with centre.installation() as inst:
        assert overview(inst, "att-a").approvals == ()


def to_officer(sink: Sink) -> list[tuple[str, str]]:
    """Subject and words of what the officer was written about approvals."""
    those = [one.message for one in sink.messages() if one.recipients[0].startswith("officer1@")]
    found = [(str(one["Subject"]), text(one)) for one in those]
    return [(subject, said) for subject, said in found if "έγκρισή σας" in subject]


def test_the_officer_is_written_to_the_next_morning_and_two_days_before_the_end(
    centre: Centre, sink: Sink, course: str
) -> None:
    """Asked on a Monday at noon with five days: one letter on Tuesday, one on Thursday, none once they are decided."""
    centre.clock.now = centre.clock.now.replace(hour=12)
    assert centre.clock.now.weekday() == 0
    assert to_officer(sink) == []
    later(centre, hours=18)
    later(centre)
    [(subject, said)] = to_officer(sink)
    assert subject == "Αιτήσεις που περιμένουν την έγκρισή σας: 2"
    assert f"Σεμινάριο {CODE} ({CODE}): αιτήσεις που περιμένουν την έγκρισή σας: 2" in said
    assert f"seats approve {CODE} --all" in said
    assert "teacher1" not in said
    later(centre, hours=24)
    assert len(to_officer(sink)) == 1
    for _ in range(3):
        later(centre, hours=24)
    assert len(to_officer(sink)) == 2
    decide(centre, "approve", "teacher1", "teacher2")
    later(centre, hours=24)
    assert len(to_officer(sink)) == 2
