"""`sessions cancel|move|postpone|undo|list`: one confirmed plan, one letter for each person, and the file handed in
before undoes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from kypek_sync.ledger import outbox, programmes
from kypek_sync.model import Status
from kypek_sync.sandbox.mail import Sink
from kypek_sync.seminar.session_rulings import SessionWord
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.sessions.deciding import Wanted, carry_out, find
from tests.cli.conftest import Terminal
from tests.sync.centre import Centre, sync_once
from tests.sync.services import with_mail
from tests.sync.test_notices import text

ONE, TWO = "EKFE-26-01", "EKFE-26-02"
STRIKE = ("--date", "3/3/2027", "--reason", "Απεργία στις 3/3.", "--who", "maria")


@pytest.fixture
def sink(centre: Centre) -> Iterator[Sink]:
    with with_mail(centre) as it:
        yield it


@pytest.fixture
def synced(centre: Centre, sink: Sink, kypek: Terminal) -> Terminal:
    """teacher1 has a seat in two seminars of one day, teacher2 in one of them."""
    for code, people in ((ONE, (1, 2)), (TWO, (1,))):
        course = centre.course(code)
        for number in people:
            centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
        planned(centre, code, course=centre.address(course), day=3)
    sync_once(centre)
    centre.clock.turn(minutes=20)
    sync_once(centre)
    assert len(sink.messages()) == 3
    return kypek


def planned(centre: Centre, code: str, **values: object) -> None:
    """Put a seminar into the programme, the second one at noon: they have one trainer."""
    centre.seminar(code, **values)
    file = centre.folder / "ekfe.yaml"
    first, mark, second = file.read_text(encoding="utf-8").partition(f"κωδικός: {TWO}")
    second = second.replace('"17:00"', '"12:00"').replace('"20:00"', '"15:00"')
    file.write_text(first + mark + second, encoding="utf-8")


def letters(sink: Sink, since: int) -> dict[str, EmailMessage]:
    """The letters that came after so many, by login; nobody gets two."""
    new = [(one.recipients[0].partition("@")[0], one.message) for one in sink.messages()[since:]]
    assert len(dict(new)) == len(new)
    return dict(new)


def statuses(centre: Centre) -> dict[str, Status]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        found = programmes.in_force(connection, "att-a")
    return {code: one.seminar.sessions[0].status for code, one in found.items()}


def starts(centre: Centre, code: str = ONE) -> datetime:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return programmes.in_force(connection, "att-a")[code].seminar.sessions[0].starts


@pytest.mark.parametrize("day", ["31/12/9999", "31/02/2027", "1/1/0001"])
def test_a_mistyped_day_is_wrong_usage(synced: Terminal, day: str) -> None:
    asked = synced("sessions", "move", *STRIKE, "--to", day, "--at", "23:59")
    assert (asked.code, f"{day} is no date" in " ".join((asked.out + asked.err).split())) == (64, True)


def test_a_strike_is_one_plan_and_one_letter_for_each_person(centre: Centre, sink: Sink, synced: Terminal) -> None:
    before = len(sink.messages())
    asked = synced("sessions", "cancel", *STRIKE, language="el")
    assert asked.code == 1
    shown = " ".join(asked.out.split())
    assert "Σεμινάριο EKFE-26-01 (EKFE-26-01, 1): 03/03/2027 17:00-20:00, ΕΚΦΕ → ακυρώθηκε" in shown
    assert "όσοι έχουν θέση 2, επιμορφωτές 1, υπεύθυνοι 1" in shown
    assert set(statuses(centre).values()) == {Status.PLANNED}
    assert letters(sink, before) == {}
    said = synced("sessions", "cancel", *STRIKE, "--yes")
    assert said.code in (0, 2)
    assert "sessions undo 1" in said.out
    assert set(statuses(centre).values()) == {Status.CANCELLED}
    told = letters(sink, before)
    assert set(told) == {"teacher1", "teacher2", "trainer1", "officer1"}
    both = text(told["teacher1"])
    assert told["teacher1"]["Subject"] == "Αλλαγή ημερομηνιών σε 2 σεμινάρια"
    assert "Ακυρώνεται: 03/03/2027 17:00-20:00, ΕΚΦΕ" in both
    assert "Ακυρώνεται: 03/03/2027 12:00-15:00, ΕΚΦΕ" in both
    assert "Ο λόγος: Απεργία στις 3/3." in both
    assert len(list(told["teacher1"].iter_attachments())) == 2
    assert told["teacher2"]["Subject"] == f"Αλλαγή ημερομηνιών: Σεμινάριο {ONE}"
    assert "στο οποίο είστε επιμορφωτής" in text(told["trainer1"])
    assert "της δομής σας" in text(told["officer1"])


def test_the_file_handed_in_before_undoes_nothing_and_nobody_is_told_again(
    centre: Centre, sink: Sink, synced: Terminal
) -> None:
    synced("sessions", "cancel", *STRIKE, "--yes")
    before = len(sink.messages())
    for _ in range(3):
        centre.clock.turn(minutes=15)
        reports = sync_once(centre)
    assert reports["seats"].done == []
    planned(centre, ONE, title="Με άλλον τίτλο")
    centre.clock.turn(minutes=15)
    sync_once(centre)
    assert set(statuses(centre).values()) == {Status.CANCELLED}
    assert letters(sink, before) == {}
    assert synced("programme", "diff", "ekfe").code == 0


def test_a_file_that_moves_the_session_itself_counts_and_the_pass_says_so(
    centre: Centre, sink: Sink, synced: Terminal
) -> None:
    synced("sessions", "cancel", *STRIKE, "--yes")
    planned(centre, ONE, day=17)
    differs = synced("programme", "diff", "ekfe")
    assert (differs.code, "17" in differs.out) == (2, True)
    centre.clock.turn(minutes=15)
    notes = sync_once(centre)["seats"].notes
    assert [note for note in notes if "EKFE-26-01, συνάντηση 1" in note and "maria" in note]
    assert statuses(centre) == {ONE: Status.PLANNED, TWO: Status.CANCELLED}
    states = [one["lifted_why"] for one in synced("sessions", "list", "--all", "--json").json]
    assert sorted(states) == ["", "overruled"]
    before = len(sink.messages())
    centre.clock.turn(minutes=15)
    assert not [note for note in sync_once(centre)["seats"].notes if "συνάντηση" in note]
    told = text(letters(sink, before)["teacher2"])
    assert "Θα γίνει τελικά" in told or "17/03/2027" in told


def test_a_file_brought_into_line_ends_the_decision_silently_and_for_good(
    centre: Centre, sink: Sink, synced: Terminal
) -> None:
    synced("sessions", "move", *STRIKE, "--code", ONE, "--to", "10/3/2027", "--yes")
    before = len(sink.messages())
    planned(centre, ONE, day=10)
    centre.clock.turn(minutes=15)
    assert sync_once(centre)["seats"].notes == []
    planned(centre, ONE, day=3)  # and back: that is a new word, not the old one
    centre.clock.turn(minutes=1)
    sync_once(centre)
    assert starts(centre) == datetime(2027, 3, 3, 15, 0, tzinfo=UTC)
    centre.clock.turn(minutes=15)
    sync_once(centre)
    assert "10/03/2027 17:00-20:00, ΕΚΦΕ → 03/03/2027" in text(letters(sink, before)["teacher1"])


def test_a_moved_session_keeps_its_hours_on_the_wall_over_the_change_of_clocks(
    centre: Centre, sink: Sink, synced: Terminal
) -> None:
    said = synced("sessions", "move", *STRIKE, "--to", "2027-03-31", "--place", "Αμφιθέατρο", "--yes", "--json")
    assert [one["after"]["starts"] for one in said.json["sessions"]] == [
        "2027-03-31T09:00:00Z",
        "2027-03-31T14:00:00Z",
    ]
    assert (said.json["applied"], said.json["decision"]) == (True, 1)
    assert "31/03/2027 17:00-20:00, Αμφιθέατρο" in text(letters(sink, 3)["teacher2"])
    assert starts(centre) == datetime(2027, 3, 31, 14, 0, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_refused_before_anybody_is_asked(synced: Terminal) -> None:
    said = synced("sessions", "move", *STRIKE, "--to", "28/3/2027", "--at", "03:30", "--yes")
    assert (said.code, "the clocks skip" in said.err) == (1, True)


def test_json_without_yes_shows_the_plan_and_decides_nothing(centre: Centre, sink: Sink, synced: Terminal) -> None:
    before = len(sink.messages())
    plan = synced("sessions", "postpone", *STRIKE, "--json")
    assert plan.code == 2
    assert plan.json["applied"] is False
    assert {one["login"]: one["seminars"] for one in plan.json["letters"]}["teacher1"] == [ONE, TWO]
    assert {one["login"]: one["role"] for one in plan.json["letters"]} == {
        "teacher1": "seat",
        "teacher2": "seat",
        "trainer1": "trainer",
        "officer1": "officer",
    }
    assert plan.json["platforms"] == [{"system": "eclass", "dates": 0, "announcements": 0, "by_hand": 2}]
    assert set(statuses(centre).values()) == {Status.PLANNED}
    assert len(sink.messages()) == before
    assert synced("sessions", "list", "--json").json == []


def test_what_is_put_off_has_no_day_until_it_gets_one(centre: Centre, sink: Sink, synced: Terminal) -> None:
    synced("sessions", "postpone", *STRIKE, "--yes")
    assert set(statuses(centre).values()) == {Status.POSTPONED}
    said = text(letters(sink, 3)["teacher2"])
    assert "Αναβάλλεται, η νέα ημερομηνία θα ανακοινωθεί: 03/03/2027" in said
    assert "put off, no date yet" in synced("seminar", ONE).out
    before = len(sink.messages())
    centre.clock.turn(hours=2)
    again = ("--reason", "Νέα ημέρα.", "--who", "maria", "--yes")
    synced("sessions", "move", "--date", "3/3/2027", "--to", "24/3/2027", *again)
    assert set(statuses(centre).values()) == {Status.PLANNED}
    assert "24/03/2027 17:00-20:00" in text(letters(sink, before)["teacher2"])
    assert [one["lifted_why"] for one in synced("sessions", "list", "--all", "--json").json] == [
        *("replaced", "replaced"),
        *("", ""),
    ]


def test_undo_puts_everything_back_and_tells_it_once(centre: Centre, sink: Sink, synced: Terminal) -> None:
    synced("sessions", "cancel", *STRIKE, "--yes")
    before = len(sink.messages())
    centre.clock.turn(minutes=5)
    said = synced("sessions", "undo", "1", "--reason", "Η απεργία αναβλήθηκε.", "--who", "maria", "--yes")
    assert said.code in (0, 2)
    assert set(statuses(centre).values()) == {Status.PLANNED}
    told = letters(sink, before)
    assert "Η απεργία αναβλήθηκε." in text(told["teacher1"])
    assert set(told) == {"teacher1", "teacher2", "trainer1", "officer1"}
    assert synced("sessions", "undo", "1", "--reason", "Ξανά.", "--yes").code == 1
    centre.clock.turn(minutes=15)
    assert sync_once(centre)["seats"].done == []
    assert [one["kind"] for one in synced("journal", "list", "--json").json].count("session") == 4


def test_the_same_command_back_takes_the_decision_back(centre: Centre, synced: Terminal) -> None:
    synced("sessions", "move", *STRIKE, "--to", "10/3/2027", "--yes")
    back = ("--date", "10/3/2027", "--to", "3/3/2027", "--reason", "Γίνεται τελικά.", "--who", "maria")
    assert "Taken back" in synced("sessions", "move", *back, "--yes").out
    assert synced("sessions", "list", "--json").json == []
    assert starts(centre) == datetime(2027, 3, 3, 15, 0, tzinfo=UTC)


def test_a_decision_rests_on_the_file_as_it_is_not_as_it_was_read(centre: Centre, synced: Terminal) -> None:
    """The officer moved the session in the file a minute ago, no pass has read that yet, and then there is a strike."""
    planned(centre, ONE, day=17)
    synced("sessions", "cancel", *STRIKE, "--code", ONE, "--yes")
    centre.clock.turn(minutes=15)
    sync_once(centre)
    assert statuses(centre)[ONE] is Status.CANCELLED


def test_what_is_decided_shows_at_once_on_the_pages_and_is_paused_in_the_letters(
    centre: Centre, sink: Sink, synced: Terminal
) -> None:
    synced("pause", "seminar", TWO, "--why", "Άλλη αίθουσα", "--who", "maria")
    before = len(sink.messages())
    said = synced("sessions", "cancel", *STRIKE, "--yes", "--json")
    assert said.json["told_later"] == [TWO]
    assert text(letters(sink, before)["teacher1"]).count("Ακυρώνεται") == 1
    assert statuses(centre)[TWO] is Status.CANCELLED
    synced("resume", "seminar", TWO, "--who", "maria")
    before = len(sink.messages())
    centre.clock.turn(minutes=15)
    sync_once(centre)
    assert f"Σεμινάριο {TWO}" in letters(sink, before)["teacher1"]["Subject"]


def dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_letters_that_broke_off_are_the_same_letter_the_next_time(
    centre: Centre, sink: Sink, synced: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced("sessions", "cancel", *STRIKE, "--yes", "--later")
    before = len(sink.messages())
    with centre.installation() as inst, monkeypatch.context() as dying:
        dying.setattr(outbox, "sent", dies)  # the process ends between sending and recording
        with pytest.raises(KeyboardInterrupt):
            run_lane(inst, "att-a", "mail")
    centre.clock.turn(minutes=30)
    sync_once(centre, "mail")
    sent = [(one.recipients[0], str(one.message["Message-ID"])) for one in sink.messages()[before:]]
    twice = {one for one in sent if sent.count(one) == 2}
    assert len(twice) == 1  # at least once, and known by its Message-ID
    assert len(set(sent)) == 4


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("cancel", "--reason", "Χιόνι"), 64),
        (("cancel", "--date", "3/3/2027", "--reason", " "), 64),
        (("cancel", "--date", "τρίτη", "--reason", "Χιόνι"), 64),
        (("move", "--date", "3/3/2027", "--reason", "Χιόνι"), 64),
        (("move", "--code", ONE, "--to", "4/3/2027", "--reason", "Χιόνι"), 64),
        (("move", "--date", "3/3/2027", "--at", "25:00", "--reason", "Χιόνι"), 64),
        (("move", "--date", "3/3/2027", "--to", "1/10/2026", "--reason", "Χιόνι", "--yes"), 1),
        (("cancel", "--date", "3/3/2027", "--session", "1", "--reason", "Χιόνι"), 64),
        (("cancel", "--date", "3/3/2027", "--structure", "ekf", "--reason", "Χιόνι"), 64),
        (("cancel", "--date", "4/3/2027", "--reason", "Χιόνι", "--yes"), 1),
    ],
)
def test_what_says_too_little_or_means_nothing_is_refused(synced: Terminal, words: tuple[str, ...], code: int) -> None:
    assert synced("sessions", *words, "--who", "maria").code == code
    assert synced("sessions", "list", "--json").json == []


def test_sessions_that_are_over_are_left_as_they_were(centre: Centre, synced: Terminal) -> None:
    centre.clock.now = datetime(2027, 3, 3, 19, 0, tzinfo=UTC)
    assert synced("sessions", "cancel", *STRIKE, "--yes").code == 1


def test_a_session_within_a_day_makes_the_letter_urgent(centre: Centre, synced: Terminal) -> None:
    centre.clock.now = datetime(2027, 3, 2, 20, 0, tzinfo=UTC)
    plan = synced("sessions", "cancel", *STRIKE, "--json").json
    assert all(one["urgent"] for one in plan["letters"])
    assert len(plan["letters"]) == 4


def test_two_at_once_never_both_decide(centre: Centre, synced: Terminal) -> None:
    """What was found is looked for anew in the transaction that keeps it."""
    with centre.installation() as inst, inst.ledger.begin() as connection:
        wanted = Wanted(SessionWord.CANCEL, "Χιόνι", code=ONE)
        first = find(connection, inst, "att-a", wanted)
        assert carry_out(connection, inst, "att-a", first, "maria").batch == 1
    assert synced("sessions", "cancel", "--code", ONE, "--reason", "Χιόνι", "--yes").code == 1
