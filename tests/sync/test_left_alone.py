"""What is pinned or paused is left alone, and with it what cannot be done without it."""

from __future__ import annotations

from datetime import UTC, datetime

from kypek_sync.contract import Change, Target, Verb
from kypek_sync.language import speaker
from kypek_sync.ledger.pauses import NOTHING, Kind, Pause, Paused
from kypek_sync.ledger.pins import Pin, spot
from kypek_sync.sync.planning.aside import Aside, Reason
from kypek_sync.sync.planning.left_alone import left_alone

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TEXT = speaker("en")


def change(verb: Verb, login: str = "", thing: str = "", system: str = "moodle", seminar: str = "X") -> Change:
    return Change(verb, Target(system, seminar, thing, login))


def pins(*changes: Change) -> dict[tuple[str, Target], Pin]:
    return {
        spot(one): Pin(7, "att-a", spot(one)[0], one.target, 5, "anna", "run 4 was taken back", NOW, None, "")
        for one in changes
    }


def pause(kind: Kind, name: str, until: datetime | None = None) -> Pause:
    return Pause(1, kind, name, "att-a", "anna", "upgrade", NOW, until, None, "")


def alone(changes: list[Change], pinned: dict[tuple[str, Target], Pin], paused: Paused = NOTHING) -> list[Change]:
    return [one.change for one in left_alone(changes, pinned, paused, TEXT)]


ENROL, UNENROL = change(Verb.ENROL, "anna"), change(Verb.UNENROL, "anna")
JOIN = change(Verb.JOIN_GROUP, "anna", "G")


def test_a_pin_holds_in_either_direction() -> None:
    assert alone([ENROL], pins(UNENROL)) == [ENROL]
    assert alone([UNENROL], pins(ENROL)) == [UNENROL]
    assert alone([change(Verb.SUSPEND, "anna")], pins(ENROL)) == [change(Verb.SUSPEND, "anna")]


def test_a_pin_holds_one_aspect_of_one_target() -> None:
    others = [
        change(Verb.ENROL, "vera"),
        change(Verb.ENROL, "anna", system="eclass"),
        change(Verb.ENROL, "anna", seminar="Y"),
        change(Verb.LEAVE_GROUP, "anna", "G"),
    ]
    assert alone(others, pins(ENROL)) == []


def test_nobody_is_put_into_the_group_of_a_course_they_are_kept_out_of() -> None:
    """M-31: the group would refuse, each pass anew."""
    assert alone([ENROL, JOIN, change(Verb.JOIN_GROUP, "vera", "G")], pins(ENROL)) == [ENROL, JOIN]


def test_what_needs_a_course_or_group_that_rests_rests_too() -> None:
    course, group = change(Verb.CREATE_COURSE), change(Verb.CREATE_GROUP, thing="G")
    for first in (course, group):
        before = [Aside(Reason.RESTING, first, "tried again at 12:00")]
        found = left_alone([first, JOIN], {}, NOTHING, TEXT, before)
        assert found == [Aside(Reason.RESTING, JOIN, "tried again at 12:00")]
    before = [Aside(Reason.RESTING, course, "why")]
    assert [a.change for a in left_alone([course, ENROL, group], {}, NOTHING, TEXT, before)] == [ENROL, group]


def test_a_paused_connector_or_seminar_keeps_its_changes() -> None:
    changes = [ENROL, change(Verb.ENROL, "anna", system="eclass"), change(Verb.ENROL, "anna", seminar="Y")]
    on_moodle = Paused({"moodle": pause(Kind.CONNECTOR, "moodle")}, {})
    assert alone(changes, {}, on_moodle) == [changes[0], changes[2]]
    of_x = Paused({}, {"X": pause(Kind.SEMINAR, "X")})
    assert alone(changes, {}, of_x) == [changes[0], changes[1]]


def test_it_says_who_since_when_why_and_how_it_ends() -> None:
    (found,) = left_alone([ENROL], pins(ENROL), NOTHING, TEXT)
    assert found.reason is Reason.PINNED
    assert found.why == (
        "Pinned by anna since 02/11/2026 11:00: run 4 was taken back. `kypek-sync pins release --run 5` lets it go."
    )
    for until, words in ((None, "until it is resumed"), (NOW, "until 02/11/2026 11:00")):
        paused = Paused({"moodle": pause(Kind.CONNECTOR, "moodle", until)}, {})
        (found,) = left_alone([ENROL], {}, paused, TEXT)
        assert found.reason is Reason.PAUSED
        assert found.why == f"Paused by anna {words} (connector moodle): upgrade"
