"""The dates of sessions in the calendars of Moodle courses, through the whole engine, on a real wire (M-32)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from connectors.moodle.client import MoodleClient
from connectors.moodle.needs import PERMISSIONS
from kypek_sync.contract import Ambiguous, Outcome, Verb
from kypek_sync.ledger import runs
from kypek_sync.sandbox.moodle.records import Event
from kypek_sync.sync.report import LaneReport
from kypek_sync.sync.run import run_lane
from kypek_sync.sync.undo.undo import Order, undo
from tests.sync.centre import done, sync_once
from tests.sync.two_platforms import TwoPlatforms, two_platforms

CODE = "EKFE-26-02"
READ, ADD, DELETE = (f"core_calendar_{word}_calendar_events" for word in ("get", "create", "delete"))


@pytest.fixture
def both(tmp_path: Path) -> Iterator[TwoPlatforms]:
    with two_platforms(tmp_path) as it:
        it.settings(calendar=True)
        yield it


def later(both: TwoPlatforms, minutes: float = 65) -> LaneReport:
    """The next full pass of the seats lane."""
    both.clock.turn(minutes=minutes)
    both.people()
    return sync_once(both, "seats")["seats"]


def dates(report: LaneReport) -> list[tuple[str, str]]:
    """What a pass did to calendars: verb and outcome."""
    return [(verb, outcome) for verb, _, _, outcome in done(report) if verb.startswith("event.")]


def only(both: TwoPlatforms) -> Event:
    (event,) = both.moodle.events()
    return event


def account(both: TwoPlatforms, username: str) -> int:
    """The number of an account."""
    return next(user.id for user in both.moodle.users() if user.username == username)


def made(both: TwoPlatforms, **values: object) -> Event:
    """A seminar whose course has been made, with the date of its one session."""
    both.seminar(CODE, **values)
    sync_once(both)
    return only(both)


def quiet(both: TwoPlatforms) -> None:
    """The next pass writes nothing, and asks for all calendars at most once."""
    asked, wrote = both.moodle.calls().count(READ), both.writes()
    assert later(both).done == []
    assert both.writes() == wrote
    assert both.moodle.calls().count(READ) <= asked + 1


def test_a_session_stands_in_the_calendar_of_its_course_with_the_seminar_s_page(both: TwoPlatforms) -> None:
    """M-32: never without its course, where it would be an orphan."""
    event = made(both, title="Οπτική & ήχος", day=3)
    assert (event.course, event.kind) == (both.made(CODE), "course")
    assert event.name == "Συνεδρία 1: Οπτική & ήχος"
    assert (event.start, event.seconds) == (datetime(2027, 3, 3, 15, 0, tzinfo=UTC), 3 * 3600)
    assert f"/s/{CODE}</a>" in event.description
    assert "Χώρος: ΕΚΦΕ" in event.description
    assert f"kypek:att-a:{CODE}:1" in event.description
    quiet(both)


def test_the_calendars_of_all_courses_are_read_by_one_call(both: TwoPlatforms) -> None:
    for number in range(4):
        both.seminar(f"EKFE-26-1{number}")
    sync_once(both)
    assert len(both.moodle.events()) == 4
    quiet(both)


def test_a_moved_session_moves_and_there_is_never_a_second_one(both: TwoPlatforms) -> None:
    before = made(both, day=3)
    both.seminar(CODE, day=24)
    assert dates(later(both)) == [("event.remove", "done"), ("event.add", "done")]
    after = only(both)
    assert after.start == datetime(2027, 3, 24, 15, 0, tzinfo=UTC)
    assert after.id != before.id
    quiet(both)


def test_a_cancelled_seminar_has_no_dates(both: TwoPlatforms) -> None:
    made(both)
    both.seminar(CODE, status="ακυρώθηκε")
    assert dates(later(both)) == [("event.remove", "done")]
    assert both.moodle.events() == []
    quiet(both)


def test_a_session_that_is_missing_from_the_file_is_not_cancelled(both: TwoPlatforms) -> None:
    """Rule 20."""
    event = made(both)
    file = both.folder / "ekfe.yaml"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[: whole.index("    συνεδρίες")] + "    συνεδρίες: []\n", encoding="utf-8")
    later(both)
    assert only(both) == event


def test_a_session_that_is_over_keeps_its_date(both: TwoPlatforms) -> None:
    event = made(both, day=3)
    both.clock.turn(days=150)
    quiet(both)
    assert only(both) == event


def test_a_date_that_a_teacher_deleted_is_restored_once_and_then_respected(both: TwoPlatforms) -> None:
    """Rule 4, M-32."""
    both.moodle.delete_event(made(both).id)
    assert dates(later(both)) == [("event.add", "done")]
    both.moodle.delete_event(only(both).id)
    report = later(both)
    assert dates(report) == []
    assert report.counts["dates left out by hand"] == 1
    quiet(both)
    both.seminar(CODE, day=24)
    assert dates(later(both)) == []
    assert both.moodle.events() == []


@pytest.mark.parametrize("change", [{"day": 24}, {"status": "ακυρώθηκε"}])
def test_what_has_the_id_of_ours_by_now_and_is_not_ours_is_never_taken_away(
    both: TwoPlatforms, change: dict[str, object]
) -> None:
    """Rule 4: put back from a backup, Moodle gives the ids that it gave to ours to other things."""
    event = made(both, day=3)
    trainer = account(both, "trainer1")
    both.moodle.change_event(event.id, userid=trainer, name="Δική μου", description="του επιμορφωτή")
    both.seminar(CODE, **change)
    later(both)
    later(both)
    theirs, *ours = both.moodle.events()
    assert (theirs.id, theirs.name) == (event.id, "Δική μου")
    assert [one.start.day for one in ours] == ([24] if "day" in change else [])


def test_the_event_of_another_seminar_of_ours_is_not_that_of_this_one(both: TwoPlatforms) -> None:
    event = made(both, day=3)
    both.moodle.change_event(event.id, description="<p>kypek:att-a:EKFE-26-77:1</p>")
    both.seminar(CODE, day=24)
    later(both)
    assert sorted(one.start.day for one in both.moodle.events()) == [3, 24]


def test_what_a_teacher_changed_in_a_date_stays_until_the_programme_changes(both: TwoPlatforms) -> None:
    event = made(both, day=3)
    both.moodle.change_event(event.id, name="Συνεδρία 1: φέρτε ποδιά")
    quiet(both)
    assert only(both).name.endswith("φέρτε ποδιά")
    both.seminar(CODE, day=24)
    later(both)
    assert only(both).start == datetime(2027, 3, 24, 15, 0, tzinfo=UTC)
    quiet(both)


def test_a_hidden_date_is_not_deleted(both: TwoPlatforms) -> None:
    event = made(both)
    both.moodle.change_event(event.id, visible=0)
    quiet(both)
    assert only(both).id == event.id


def test_a_date_that_somebody_else_made_stays(both: TwoPlatforms) -> None:
    """Rule 4: a copy by a teacher carries our words, and is theirs."""
    event = made(both)
    both.moodle.copy_event(event.id, "admin")
    both.seminar(CODE, status="ακυρώθηκε")
    later(both)
    (left,) = both.moodle.events()
    assert left.id != event.id


def test_a_second_one_of_ours_is_taken_away(both: TwoPlatforms) -> None:
    event = made(both)
    both.moodle.copy_event(event.id, "syncd")
    assert dates(later(both)) == [("event.remove", "done")]
    assert only(both) == event
    quiet(both)


class Death(BaseException):
    """The process ends here."""


@dataclass
class Strike:
    """Happens to the next call of a function: the process dies `before` or `after` it, it gets `no answer`, or its
    request is `late` and is carried out only when the test says so."""

    function: str
    moment: str
    land: Callable[[], object] | None = None
    struck: bool = False

    def played(self, monkeypatch: pytest.MonkeyPatch) -> Strike:
        """Put it in force."""
        send = MoodleClient.write

        def write(client: MoodleClient, function: str, parse: Any, words: Any) -> Any:
            if self.struck or function != self.function:
                return send(client, function, parse, words)
            self.struck = True
            if self.moment == "before":
                raise Death
            if self.moment == "late":
                form = client._body(function, words)
                address = f"{client.address}/webservice/rest/server.php"
                self.land = lambda: urlopen(address, form.encode()).read()
            else:
                send(client, function, parse, words)
            raise Death if self.moment == "after" else Ambiguous("moodle", "No answer came.")

        monkeypatch.setattr(MoodleClient, "write", write)
        return self


@pytest.mark.parametrize("moment", ["before", "after", "no answer"])
@pytest.mark.parametrize("function", [ADD, DELETE])
def test_a_move_that_breaks_off_loses_no_date_and_leaves_no_second_one(
    both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch, function: str, moment: str
) -> None:
    """Rule 8, M-11: between the removal and the new date, and around each of the two calls."""
    made(both, day=3)
    both.seminar(CODE, day=24)
    strike = Strike(function, moment).played(monkeypatch)
    with suppress(Death):
        later(both)
    assert strike.struck
    for _ in range(2):
        assert len(both.moodle.events()) <= 1
        later(both)
    assert only(both).start == datetime(2027, 3, 24, 15, 0, tzinfo=UTC)
    quiet(both)
    both.moodle.delete_event(only(both).id)  # nothing of it was taken for a teacher's doing
    assert dates(later(both)) == [("event.add", "done")]


def test_the_new_date_of_a_moved_session_waits_until_the_earlier_one_is_gone(
    both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made(both, day=3)
    both.seminar(CODE, day=24)
    Strike(DELETE, "late").played(monkeypatch)
    assert dates(later(both)) == [("event.remove", "ambiguous"), ("event.add", "later")]
    assert only(both) == before
    assert dates(later(both)) == [("event.remove", "done"), ("event.add", "done")]
    assert only(both).start == datetime(2027, 3, 24, 15, 0, tzinfo=UTC)


def test_a_date_that_may_still_be_on_its_way_is_waited_for(both: TwoPlatforms, monkeypatch: pytest.MonkeyPatch) -> None:
    """M-11: the server carries a request out although nobody waits for its answer any more."""
    strike = Strike(ADD, "late").played(monkeypatch)
    both.seminar(CODE)
    assert ("event.add", "ambiguous") in dates(sync_once(both, "seats")["seats"])
    assert dates(later(both, minutes=5)) == [("event.add", "later")]
    assert both.moodle.events() == []
    assert strike.land is not None
    strike.land()
    assert dates(later(both)) == []
    assert only(both)
    quiet(both)


def test_without_the_permission_nothing_is_believed_gone_and_nothing_made(both: TwoPlatforms) -> None:
    """M-10, M-32: no permission shows as an empty calendar, and as a warning beside a call that made nothing."""
    event = made(both)
    able = set(PERMISSIONS) - {"moodle/calendar:manageentries"}
    both.moodle.add_token("weak", capabilities=able)
    token, strong = both.folder / "moodle", (both.folder / "moodle").read_text()
    token.write_text("weak")
    report = later(both)
    assert dates(report) == []
    assert only(both) == event
    both.seminar("EKFE-26-09")
    report = later(both)
    assert dates(report) == [("event.add", "refused")]
    assert "manageentries" in report.failed[0][1].detail
    token.write_text(strong)
    both.moodle.delete_event(event.id)
    assert ("event.add", "done") in dates(later(both))


@pytest.mark.parametrize("fault", ["cut-body", "html-200", "empty-200", "unavailable"])
def test_what_cannot_be_read_is_not_gone(both: TwoPlatforms, fault: str) -> None:
    event = made(both)
    both.faults.set(f"moodle:{fault}")
    assert dates(later(both)) == []
    both.faults.lift("moodle")
    quiet(both)
    assert only(both) == event


def test_a_date_is_held_like_any_other_change_and_a_dry_run_makes_none(both: TwoPlatforms) -> None:
    both.settings(mode="propose", calendar=True)
    both.seminar(CODE)
    report = sync_once(both, "seats")["seats"]
    assert Verb.ADD_EVENT in {change.verb for _, held in report.held for change in held.changes}
    both.settings(calendar=True)
    with both.installation() as inst:
        dry = run_lane(inst, "att-a", "seats", dry=True)
    (wanted,) = (change for change in dry.waiting if change.verb is Verb.ADD_EVENT)
    assert any("2027" in reason for reason in wanted.because)
    assert both.moodle.events() == []


def test_taking_a_run_back_takes_its_dates_away_and_pins_them(both: TwoPlatforms) -> None:
    """Rule 9."""
    made(both, day=3)
    both.seminar(CODE, day=24)
    run = later(both).run
    assert run is not None
    with both.installation() as inst:
        undone = undo(inst, Order(run, "officer1"))
    assert undone.fallen == []
    assert only(both).start == datetime(2027, 3, 3, 15, 0, tzinfo=UTC)
    assert dates(later(both)) == []


def test_a_date_that_somebody_changed_since_is_not_taken_back(both: TwoPlatforms) -> None:
    both.seminar(CODE)
    run = sync_once(both, "seats")["seats"].run
    assert run is not None
    event = only(both)
    both.moodle.change_event(event.id, name="Άλλος τίτλος")
    with both.installation() as inst:
        undone = undo(inst, Order(run, "officer1"))
    assert [change.verb for change, _ in undone.fallen] == [Verb.REMOVE_EVENT]
    assert only(both).id == event.id


def test_what_happened_to_a_date_can_be_read_in_the_ledger(both: TwoPlatforms) -> None:
    event = made(both)
    with both.installation() as inst, inst.ledger.begin(keep=False) as connection:
        (deed,) = (d for d in runs.deeds(connection, seminar=CODE) if d.change.verb is Verb.ADD_EVENT)
    assert deed.receipt is not None
    assert (deed.receipt.outcome, deed.receipt.foreign_id) == (Outcome.DONE, str(event.id))
    assert deed.change.because
