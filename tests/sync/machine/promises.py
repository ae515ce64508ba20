"""What the engine promises whatever happens (design, section 5), each as a function that looks at a village and raises
`AssertionError` with the story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from kypek_sync.contract import Verb
from kypek_sync.ledger import bindings, holds, pins, runs, seats
from kypek_sync.ledger.holds import HoldState
from kypek_sync.ledger.journal_check import unexplained, verify
from kypek_sync.ledger.pins import Spot
from kypek_sync.ledger.tables import people
from kypek_sync.model import CourseRole, SeatState
from kypek_sync.sync.planning.desired import SEATED, reference
from tests.sync.machine.platforms import ENGINE, Platform, Room
from tests.sync.machine.services import Answer
from tests.sync.machine.village import ADOPTED, KYPEK, MADE, STAFF, Village

ABSENCES, GAP, GRACE = 2, timedelta(hours=6), timedelta(days=7)


def nobody_loses_what_we_did_not_give(village: Village) -> None:
    """Rule 4: a membership of a course or group that a person or a teacher made is never ended by us. The one thing
    that cannot be told from ours is what a teacher took away and gave back before anybody looked."""
    for platform in (village.eclass, village.moodle):
        for deed in platform.deeds:
            if deed.verb in ("unenrol", "leave", "suspend"):
                assert deed.given_by == ENGINE or deed.ours, f"{platform.name}: {deed} took what we did not give"


def nobody_loses_a_seat_without_having_left(village: Village) -> None:
    """Rules 1 to 3: whoever we took out of the mirror or its group of seats had really left the registration course;
    no partial, empty, old or missing answer was enough."""
    registration = village.eclass.room(reference(KYPEK, MADE))
    left = {login for course, login in village.eclass.left if registration and course == registration.id}
    for deed in village.moodle.deeds:
        if not deed.ordered and (deed.verb in ("unenrol", "suspend") or (deed.verb, deed.group) == ("leave", SEATED)):
            human = village.human(deed.login)
            assert human is not None
            assert set(human.logins) & left or _was_gone(village, human.number), f"{deed} though they never left"


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
        missing = _missing(village.directory.answers, human.number)
        assert len(missing) >= ABSENCES, f"{row.login} is gone after {missing}"
        assert missing[-1] - missing[0] >= GRACE, f"{row.login} is gone after {missing}"


def _missing(answers: Sequence[Answer], number: int) -> list[datetime]:
    """The moments of the complete reads that lacked somebody after the last one of their presence, six hours apart."""
    missing: list[datetime] = []
    for answer in answers:
        if number in answer.shown:
            missing = []
        elif answer.proof and (not missing or answer.as_of - missing[-1] >= GAP):
            missing.append(answer.as_of)
    return missing


def _was_gone(village: Village, number: int) -> bool:
    """Whether the directory ever proved that somebody is gone, though they may be back."""
    answers = village.directory.answers
    for end in range(1, len(answers) + 1):
        missing = _missing(answers[:end], number)
        if len(missing) >= ABSENCES and missing[-1] - missing[0] >= GRACE:
            return True
    return False


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
    Verb.SUSPEND: "suspend",
    Verb.RESUME: "resume",
    Verb.UNENROL: "unenrol",
    Verb.JOIN_GROUP: "join",
    Verb.LEAVE_GROUP: "leave",
}


def what_was_undone_is_not_redone(village: Village, since: Mapping[Spot, int]) -> dict[Spot, int]:
    """Rule 9: a spot that an undo pinned stays as it is until a person lets go of it. `since` are the numbers of deeds
    on its platform when each pin was first seen; those of now are returned."""
    with village.book() as connection:
        standing = pins.for_kypek(connection, KYPEK)
    seen: dict[Spot, int] = {}
    for spot in standing:
        aspect, target = spot
        if target.system not in ("eclass", "moodle"):
            continue
        platform = village.eclass if target.system == "eclass" else village.moodle
        seen[spot] = since.get(spot, len(platform.deeds))
        room = _room(village, target.system, target.seminar)
        again = [
            deed
            for deed in platform.deeds[seen[spot] :]
            if room is not None
            and (deed.course, deed.login, deed.group) == (room.id, target.login, target.object)
            and deed.verb in _ASPECTS.get(aspect, ())
        ]
        assert not again, f"{spot} is pinned, and {again}"
    return seen


_ASPECTS = {"enrolment": ("enrol", "raise", "unenrol", "suspend", "resume"), "membership": ("join", "leave")}


def what_is_paused_stays(village: Village, since: Mapping[str, int]) -> None:
    """Rule 10: nothing is changed on a paused connector. `since` are the numbers of deeds when each was paused."""
    for system, count in since.items():
        platform = village.eclass if system == "eclass" else village.moodle
        assert len(platform.deeds) == count, f"{system} is paused: {platform.deeds[count:]}"


def the_journal_explains_every_change(village: Village) -> None:
    """Every receipt has its entry and every entry its receipt; the chain is whole."""
    with village.book() as connection:
        assert unexplained(connection, KYPEK) == []
    verdict = verify(village.ledger, KYPEK)
    assert verdict.whole, f"{verdict.breaks}"


# ------------------------------------------------------------------------------------------- at rest


def the_platforms_are_as_wished(village: Village) -> None:
    """At rest, with all faults lifted: who has a seat is in the group of seats, and in the mirror with its group,
    unless a person said otherwise; nobody else is there by our doing."""
    with village.book() as connection:
        decided = seats.decided(connection, KYPEK)
        left_out = bindings.claimed(connection, KYPEK, "left-out")
        pinned = {(t.system, t.seminar, t.login) for _, t in pins.for_kypek(connection, KYPEK)}
        rejected = pinned | {
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
    return _room(village, "eclass", code)


def _room(village: Village, system: str, code: str) -> Room | None:
    """The course of a seminar on a platform."""
    if (system, code) == ("eclass", ADOPTED):
        return village.eclass.rooms["1"]
    platform = village.eclass if system == "eclass" else village.moodle
    return platform.room(reference(KYPEK, code))


def _group(room: Room) -> set[str]:
    return {login for circle in room.circles.values() if circle.name == SEATED for login in circle.members}


def _mirrors(room: Room, granted: set[str], out: frozenset[str], platform: Platform) -> None:
    missing = (granted & platform.users) - room.members.keys() - out
    assert not missing, f"{sorted(missing)} have seats and are not in the mirror"
    ours = {
        login
        for login, inside in room.members.items()
        if inside.by == ENGINE and inside.role is CourseRole.STUDENT and inside.active and login not in STAFF
    }
    assert ours <= granted | out, f"{sorted(ours - granted)} are in the mirror by our doing and have no seat"
    placed = {
        login
        for c in room.circles.values()
        if c.name == SEATED
        for login, by in c.members.items()
        if by == ENGINE and room.members[login].active
    }
    assert placed <= granted | out, f"{sorted(placed - granted)} are in the mirror's group without a seat"
    lacking = (granted & room.members.keys()) - _group(room) - out
    assert not lacking, f"{sorted(lacking)} have seats and are not in the mirror's group"


def nobody_has_a_seat_who_has_left(village: Village) -> None:
    """At rest: seats go with applications. Whoever has a seat is in the registration course under one of their logins,
    and a free seat waits for nobody who could have it."""
    with village.book() as connection:
        decided = seats.decided(connection, KYPEK)
        held = holds.listed(connection, KYPEK, states=(HoldState.OPEN, HoldState.REJECTED))
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
