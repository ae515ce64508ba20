"""What the engine promises whatever happens (design, section 5), each as a function that looks at a village and raises
`AssertionError` with the story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from kypek_sync.contract import Verb
from kypek_sync.ledger import bindings, holds, runs, seats
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.tables import people
from kypek_sync.model import CourseRole, SeatState
from kypek_sync.sync.desired import SEATED, reference
from tests.sync.machine.platforms import ENGINE, Platform, Room
from tests.sync.machine.village import KYPEK, MADE, STAFF, Village

ABSENCES, GAP, GRACE = 2, timedelta(hours=6), timedelta(days=7)


def nobody_loses_what_we_did_not_give(village: Village) -> None:
    """Rule 4: a membership of a course or group that a person or a teacher made is never ended by us. The one thing
    that cannot be told from ours is what a teacher took away and gave back before anybody looked."""
    for platform in (village.eclass, village.moodle):
        for deed in platform.deeds:
            if deed.verb in ("unenrol", "leave"):
                assert deed.given_by == ENGINE or deed.ours, f"{platform.name}: {deed} took what we did not give"


def nobody_loses_a_seat_without_having_left(village: Village) -> None:
    """Rules 1 to 3: whoever we took out of the mirror or its group of seats had really left the registration course;
    no partial, empty, old or missing answer was enough."""
    registration = village.eclass.room(reference(KYPEK, MADE))
    left = {login for course, login in village.eclass.left if registration and course == registration.id}
    for deed in village.moodle.deeds:
        if deed.verb == "unenrol" or (deed.verb == "leave" and deed.group == SEATED):
            human = village.human(deed.login)
            logins = set(human.logins) if human else {deed.login}
            assert logins & left, f"{deed} though they never left the registration course"


def no_seat_is_sold_twice(village: Village, before: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Rule 13: a pass grants only what is free, and nobody has two seats of a seminar, under whatever login. `before`
    are the granted logins at the last look; those of now are returned."""
    with village.book() as connection:
        decided = seats.decided(connection, KYPEK)
    granted = {
        code: frozenset(login for login, seat in those.items() if seat.state is SeatState.GRANTED)
        for code, those in decided.items()
    }
    for code, logins in granted.items():
        anew = logins - before.get(code, frozenset())
        capacity = village.rows[code].capacity
        assert not anew or len(logins) <= capacity, f"{code}: {sorted(logins)} have {capacity} seats"
        holders = Counter(human.number for login in logins if (human := village.human(login)))
        assert all(count == 1 for count in holders.values()), f"{code}: somebody has two of {sorted(logins)}"
    return granted


def nobody_is_gone_too_early(village: Village) -> None:
    """Rule 2: who counts as gone was missing from two complete reads at least six hours apart, and for seven days."""
    with village.book() as connection:
        gone = [row for row in connection.execute(select(people)) if row.gone_at is not None]
    for row in gone:
        human = village.human(row.login)
        assert human is not None
        missing = _missing_since_last_seen(village, human.number)
        assert len(missing) >= ABSENCES, f"{row.login} is gone after {missing}"
        assert missing[-1] - missing[0] >= GRACE, f"{row.login} is gone after {missing}"


def _missing_since_last_seen(village: Village, number: int) -> list[datetime]:
    """The moments of the complete reads that lacked somebody after the last one of their presence, six hours apart."""
    missing: list[datetime] = []
    for answer in village.directory.answers:
        if number in answer.shown:
            missing = []
        elif answer.proof and (not missing or answer.as_of - missing[-1] >= GAP):
            missing.append(answer.as_of)
    return missing


def a_renamed_login_makes_no_second_person(village: Village) -> None:
    """Rule 12: one row for each human whom the directory ever showed, whatever their logins."""
    with village.book() as connection:
        rows = [row.login for row in connection.execute(select(people.c.login))]
    owners = Counter(human.number for login in rows if (human := village.human(login)))
    assert len(rows) == sum(owners.values())
    assert all(count == 1 for count in owners.values()), f"two people of one: {sorted(rows)}"


def nothing_exists_twice(village: Village) -> None:
    """Rule 8: no course, group or ticket of ours twice, whatever answers were lost; no letter with two contents."""
    for platform in (village.eclass, village.moodle):
        refs = Counter(room.ref for room in platform.rooms.values() if room.ref)
        assert all(count == 1 for count in refs.values()), f"{platform.name}: {refs}"
        for room in platform.rooms.values():
            names = Counter(circle.name for circle in room.circles.values())
            assert all(count == 1 for count in names.values()), f"{platform.name}: {names}"
    tickets = Counter(ticket.ref for ticket in village.desk.tickets.values())
    assert all(count == 1 for count in tickets.values()), f"tickets: {tickets}"
    texts: dict[str, str] = {}
    for letter in village.post.letters:
        assert texts.setdefault(letter.message_id, letter.text) == letter.text, f"two letters: {letter.message_id}"


def every_deed_was_intended(village: Village) -> None:
    """Rule 8: whatever we changed in a course platform stands in the ledger, committed before it was asked."""
    with village.book() as connection:
        intended = Counter(
            (deed.change.target.system, _VERBS[deed.change.verb], deed.change.target.login)
            for deed in runs.deeds(connection)
            if deed.change.verb in _VERBS
        )
    for platform in (village.eclass, village.moodle):
        for deed in platform.deeds:
            verb = "enrol" if deed.verb == "raise" else deed.verb
            assert intended[platform.name, verb, deed.login], f"{platform.name}: nobody intended {deed}"


_VERBS = {
    Verb.CREATE_COURSE: "create course",
    Verb.UPDATE_COURSE: "update course",
    Verb.CREATE_GROUP: "create group",
    Verb.ENROL: "enrol",
    Verb.UNENROL: "unenrol",
    Verb.JOIN_GROUP: "join",
    Verb.LEAVE_GROUP: "leave",
}


# ------------------------------------------------------------------------------------------- at rest


def the_platforms_are_as_wished(village: Village) -> None:
    """At rest, with all faults lifted: who has a seat is in the group of seats, and in the mirror with its group,
    unless a person said otherwise; nobody else is there by our doing."""
    with village.book() as connection:
        decided = seats.decided(connection, KYPEK)
        left_out = bindings.claimed(connection, KYPEK, "left-out")
        rejected = {
            (change.target.system, change.target.seminar, change.target.login)
            for hold in holds.listed(connection, KYPEK, states=(HoldState.REJECTED,))
            for change in hold.changes
        }
    for code, row in village.rows.items():
        granted = {login for login, seat in decided.get(code, {}).items() if seat.state is SeatState.GRANTED}
        registration = _registration(village, code)
        if registration is None or row.cancelled:
            continue
        excused = {login for system, seminar, login in rejected if seminar == code and system in ("eclass", "")}
        here = (granted & registration.members.keys()) - excused
        assert here <= _group(registration), (
            f"{code}: {sorted(here)} have seats, {_group(registration)} are in the group"
        )
        mirror = village.moodle.room(reference(KYPEK, code))
        if code == MADE and mirror is not None:
            out = left_out.get(("moodle", code), frozenset()) | {
                login for system, seminar, login in rejected if seminar == code and system == "moodle"
            }
            _mirrors(mirror, granted, out, village.moodle)


def _registration(village: Village, code: str) -> Room | None:
    if code == MADE:
        return village.eclass.room(reference(KYPEK, code))
    return village.eclass.rooms["1"]


def _group(room: Room) -> set[str]:
    return {login for circle in room.circles.values() if circle.name == SEATED for login in circle.members}


def _mirrors(room: Room, granted: set[str], out: frozenset[str], platform: Platform) -> None:
    missing = (granted & platform.users) - room.members.keys() - out
    assert not missing, f"{sorted(missing)} have seats and are not in the mirror"
    ours = {
        login
        for login, inside in room.members.items()
        if inside.by == ENGINE and inside.role is CourseRole.STUDENT and login not in STAFF
    }
    assert ours <= granted | out, f"{sorted(ours - granted)} are in the mirror by our doing and have no seat"
    placed = {
        login for c in room.circles.values() if c.name == SEATED for login, by in c.members.items() if by == ENGINE
    }
    assert placed <= granted | out, f"{sorted(placed - granted)} are in the mirror's group without a seat"
    lacking = (granted & room.members.keys()) - _group(room) - out
    assert not lacking, f"{sorted(lacking)} have seats and are not in the mirror's group"


def nobody_has_a_seat_who_has_left(village: Village) -> None:
    """At rest: seats go with applications. Whoever has a seat is in the registration course under one of their logins,
    and a free seat waits for nobody who could have it."""
    with village.book() as connection:
        decided = seats.decided(connection, KYPEK)
        held = [h for h in holds.listed(connection, KYPEK, states=(HoldState.OPEN, HoldState.REJECTED))]
    for code, row in village.rows.items():
        registration = _registration(village, code)
        if registration is None or any(h.guard == "withdrawals" and h.seminar == code for h in held):
            continue
        for login, seat in decided.get(code, {}).items():
            human = village.human(login)
            if seat.state in (SeatState.GRANTED, SeatState.WAITING):
                assert human is not None
                assert set(human.logins) & registration.members.keys(), f"{code}: {login} has left and is {seat.state}"
        states = Counter(seat.state for seat in decided.get(code, {}).values())
        free = states[SeatState.GRANTED] < row.capacity and not row.cancelled
        assert not (free and states[SeatState.WAITING]), f"{code}: {dict(states)} of {row.capacity}"
