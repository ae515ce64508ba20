"""Announcements on the Moodle simulator: what is peculiar to Moodle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import tests.connectors.moodle.simulated as simulated
from connectors.moodle.needs import EXTRAS, PERMISSIONS
from kypek_sync.contract import Capability, Outcome
from tests.connectors.moodle.simulated import Moodle, contract_platform
from tests.contracts.courses_announcements import DRAFT, AnnouncementsContract
from tests.contracts.courses_platform import Platform

ALL = {*PERMISSIONS, *EXTRAS[Capability.ANNOUNCEMENT].permissions}


class TestAnnouncements(AnnouncementsContract):
    @pytest.fixture
    def platform(self, tmp_path: Path) -> Iterator[Platform]:
        with contract_platform(tmp_path, report=False) as platform:
            yield platform


def test_the_forums_of_all_courses_are_asked_for_in_one_call(server: Moodle) -> None:
    connector = server.connector()
    courses = [server.platform.add_course(f"Μάθημα {number}") for number in range(12)]
    assert all(one.complete for one in connector.announcements(courses).values())
    assert server.calls("mod_forum_get_forums_by_courses") == 1
    assert server.calls("mod_forum_get_forum_discussions") == len(courses)
    connector.close()


def test_the_permissions_that_setup_lists_are_enough_and_each_is_needed(
    server: Moodle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One's own announcement may be changed after the half hour of other forums too (seen on 4.5.6)."""
    course = server.platform.add_course("Ρομποτική")
    server.world.add_token("able", capabilities=ALL)
    server.world.add_token("mute", capabilities=ALL - {"mod/forum:addnews"})
    mute, able = (server.connector(token) for token in ("mute", "able"))
    assert mute.announce(course, DRAFT).outcome is Outcome.REFUSED
    made = able.announce(course, DRAFT).foreign_id
    monkeypatch.setattr(simulated, "NOW", simulated.NOW + timedelta(days=31))
    assert able.revise(course, made, replace(DRAFT, title="Άλλος")).outcome is Outcome.DONE
    for connector in (mute, able):
        connector.close()


def test_without_the_permission_to_pin_it_is_told_that_it_is_not_pinned(server: Moodle) -> None:
    """Moodle says nothing of it; with the permission it is pinned afterwards."""
    course = server.platform.add_course("Ρομποτική")
    server.world.add_token("able", capabilities=ALL)
    server.world.add_token("low", capabilities=ALL - {"mod/forum:pindiscussions"})
    low, able = (server.connector(token) for token in ("low", "able"))
    made = low.announce(course, DRAFT)
    assert made.outcome is Outcome.DONE
    assert "mod/forum:pindiscussions" in made.detail
    assert [one.pinned for one in able.announcements([course])[course].items] == [False]
    assert able.revise(course, made.foreign_id, DRAFT).outcome is Outcome.DONE
    assert [one.pinned for one in able.announcements([course])[course].items] == [True]
    for connector in (low, able):
        connector.close()


def test_in_a_course_of_groups_it_is_for_everybody(server: Moodle) -> None:
    """Where no group is named Moodle takes group 0 there, and shows it to no group (seen on 4.5.6)."""
    connector, course = server.connector(), server.platform.add_course("Ρομποτική")
    server.world.separate_groups(int(course))
    connector.announce(course, DRAFT)
    assert [post.group for post in server.world.posts()] == [-1]
    connector.close()


def test_one_that_somebody_else_wrote_is_not_ours(server: Moodle) -> None:
    connector, course = server.connector(), server.platform.add_course("Ρομποτική")
    server.world.add_token("other", username="admin")
    other = server.connector("other")
    other.announce(course, DRAFT)
    (theirs,) = connector.announcements([course])[course].items
    assert theirs.ref == ""
    moved = connector.revise(course, theirs.id, replace(DRAFT, ref=f"{DRAFT.ref}-x", title="Άλλος"))
    assert moved.outcome is Outcome.REFUSED
    assert [post.subject for post in server.world.posts()] == [DRAFT.title]
    assert connector.announce(course, DRAFT).outcome is Outcome.DONE
    assert len(server.world.posts()) == 2
    for one in (connector, other):
        one.close()
