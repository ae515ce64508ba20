"""A membership that we made is ours until it is left and begun anew by others: moments of two clocks tell which."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.contract import Course, Member, Snapshot
from kypek_sync.ledger import bindings, open_ledger
from kypek_sync.ledger.bindings import Binding, Claim
from kypek_sync.model import CourseRole
from kypek_sync.sync.courses.begun_anew import began_anew, give_up
from kypek_sync.sync.courses.reading import CourseRead, CourseTask
from tests.sync.centre import START

LATER = START + timedelta(hours=1)


def anna(minutes: float | None, origin: str = "") -> Member:
    """A membership that began so long after our claim."""
    since = START + timedelta(minutes=minutes) if minutes is not None else None
    return Member("anna", CourseRole.STUDENT, since, origin)


@pytest.mark.parametrize(
    ("now", "before", "anew"),
    [
        (anna(0), None, False),
        (anna(1), None, False),  # the platform's clock is a minute fast
        (anna(-5), None, False),  # a call takes a while until its receipt
        (anna(3), None, True),
        (anna(30), anna(0), True),
        (anna(0, "manual"), None, False),
        (anna(0, "self"), None, True),
        (anna(None), None, False),  # the platform does not tell: nothing is proven
        (anna(120), None, False),  # a moment that has not come yet proves nothing
        (anna(30), anna(30), False),  # judged when it was seen first
        (anna(1.5), anna(0), False),  # one source tells seconds, another minutes
        (anna(0), anna(-300), False),  # theirs of long ago ended, ours began
        (anna(-60), anna(-300), True),  # a claim that was dated anew meanwhile
    ],
)
def test_what_began_otherwise_than_by_us_is_theirs(now: Member, before: Member | None, anew: bool) -> None:
    assert began_anew(now, before, START, LATER) is anew


def enrolled(folder: Path, claimed: dict[str, datetime], since: datetime) -> dict[str, frozenset[str]]:
    """Whom each of the KYPEKs that share a course still calls its own, once one of them has read it."""
    ledger = open_ledger(f"sqlite:///{folder}/kypek.db", folder)
    key = ("eclass", "EKFE-26-01")
    task = CourseTask(*key, "12", ours=frozenset({"anna"}))
    members: Snapshot[Member] = Snapshot("eclass", "12", LATER, (replace(anna(0), since=since),), complete=True)
    with ledger.begin() as connection:
        for kypek, at in claimed.items():
            bindings.learn(connection, kypek, Binding("eclass", "course", key[1], "12", ""), START)
            bindings.claim(connection, kypek, [Claim("eclass", "enrolment", key[1], "anna", "seat")], at)
        give_up(connection, "att-a", {key: CourseRead(task, Course("12", "…", ""), members=members)})
        found = {one: bindings.claimed(connection, one, "enrolment").get(key, frozenset()) for one in claimed}
    ledger.close()
    return found


def test_the_first_that_sees_it_sees_it_for_all_who_share_the_course(tmp_path: Path) -> None:
    """The others would see a membership that the mirror of the course knows already."""
    half = START + timedelta(minutes=30)
    assert enrolled(tmp_path, {"att-a": START, "att-b": START}, half) == {"att-a": set(), "att-b": set()}


def test_whom_one_of_them_put_back_meanwhile_is_its_own(tmp_path: Path) -> None:
    half = START + timedelta(minutes=30)
    assert enrolled(tmp_path, {"att-a": START, "att-b": half}, half) == {"att-a": set(), "att-b": {"anna"}}


def test_a_place_that_we_make_again_is_claimed_from_then_on(tmp_path: Path) -> None:
    """A claim kept its first moment, so that the enrolment which we made anew looked like somebody else's."""
    ledger = open_ledger(f"sqlite:///{tmp_path}/kypek.db", tmp_path)
    those = [Claim("eclass", "enrolment", "EKFE-26-01", login, "seat") for login in ("anna", "dora")]
    with ledger.begin() as connection:
        bindings.claim(connection, "att-a", those[:1], START)
        bindings.claim_anew(connection, "att-a", those, LATER)
        found = bindings.since(connection, "att-a", "enrolment")
    ledger.close()
    assert found == {("eclass", "EKFE-26-01"): {"anna": LATER, "dora": LATER}}
