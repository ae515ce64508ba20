"""The kill test's own eyes: what differs is told by name."""

from __future__ import annotations

from tests.chaos.holdings import _named, _unlike, differences


def test_equal_ends_have_no_differences() -> None:
    held = {"seat": {"A t1": "granted"}, "open room": {}}
    assert differences(held, {"seat": {"A t1": "granted"}}) == []


def test_what_is_missing_and_what_is_too_much_is_told_by_name() -> None:
    course = {"members": frozenset({"t1"}), "groups": {"Συμμετέχοντες": 2}}
    wanted = {"members": frozenset({"t1", "t2"}), "groups": {"Συμμετέχοντες": 1}}
    found = differences({"course": {"A": course}, "ticket": {"x": "s"}}, {"course": {"A": wanted, "B": {}}})
    assert found == [
        "course A: groups: Συμμετέχοντες: 2, undisturbed 1; members: too much [], missing ['t2']",
        "course B: 'not there', undisturbed {}",
        "ticket x: 's', undisturbed 'not there'",
    ]


def test_a_second_one_of_a_name_is_a_doublet() -> None:
    wrong: list[str] = []
    _named(iter([("A", 1), ("B", 1), ("A", 2)]), wrong, "course")
    assert wrong == ["course A is there twice"]


def test_who_is_in_the_group_without_a_seat_is_told() -> None:
    seats = {"A t1": "granted", "A t2": "waiting"}
    courses = {"A": {"Συμμετέχοντες": frozenset({"t1", "t2"})}}
    found = _unlike({"seat": seats, "eclass course": courses, "moodle course": {}})
    assert found == ["eclass course A: in the group without a seat: ['t2']"]
