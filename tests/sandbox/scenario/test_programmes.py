"""The scenario's programmes: what officers hand in is free of errors, whatever the day, and shows each case once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kypek_sync.model import Form, Seminar, Status
from kypek_sync.programme import Ground, Reading, read
from kypek_sync.sandbox.people import Directory
from kypek_sync.sandbox.scenario import STRANGERS, STRUCTURES, Cast, SeminarPlan, draft, school_year, write_programmes
from kypek_sync.sandbox.scenario.cast import meets
from kypek_sync.sandbox.scenario.drafting import running, workday

NOW = datetime(2026, 11, 18, 9, 7, tzinfo=UTC)
DIRECTORY = Directory(400, 60, seed=1, now=NOW)
EVERYBODY = tuple(DIRECTORY.accounts())


def plans(now: datetime = NOW, seminars: int = 12, seed: int = 1) -> tuple[SeminarPlan, ...]:
    return draft(Cast(EVERYBODY, seed), now, seminars)


def readings(folder: Path, planned: tuple[SeminarPlan, ...], now: datetime = NOW) -> list[Reading]:
    """Each structure's programme as the product reads it."""
    addresses = {"eclass": "http://127.0.0.1:1/courses/X{}/", "moodle": "http://127.0.0.1:2/course/view.php?id={}"}
    settled = [
        replace(plan, course_address=addresses.get(plan.adopts, "").format(number))
        for number, plan in enumerate(planned, 100)
    ]
    write_programmes(folder, settled)
    return [
        read(
            folder / structure.programme,
            Ground(
                kypek="att-a",
                structure=structure.id,
                structures={each.id: each.name for each in STRUCTURES},
                school_year=school_year(now),
                platforms=("eclass", "moodle"),
                known_logins=frozenset(account.login for account in EVERYBODY),
            ),
        )
        for structure in STRUCTURES
    ]


@pytest.fixture(scope="module")
def seminars(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seminar]:
    found = readings(tmp_path_factory.mktemp("programmes"), plans())
    assert [mistake.text for reading in found for mistake in reading.mistakes] == []
    return {seminar.code: seminar for reading in found for seminar in reading.seminars}


def test_the_four_structures_plan_twelve_seminars_in_three_kinds_of_file(seminars: dict[str, Seminar]) -> None:
    assert Counter(seminar.structure for seminar in seminars.values()) == {
        "ekfe": 3,
        "keplinet": 4,
        "kesyp": 2,
        "drastiriotites": 3,
    }
    assert {Path(structure.programme).suffix for structure in STRUCTURES} == {".xlsx", ".ods", ".yaml"}


def test_what_is_read_is_what_was_planned(seminars: dict[str, Seminar]) -> None:
    for plan in plans():
        read_back = seminars[plan.code]
        assert (read_back.title, read_back.capacity, read_back.hours) == (plan.title, plan.seats, plan.hours)
        assert [(s.starts, s.ends, s.place) for s in read_back.sessions] == [
            (s.starts.astimezone(UTC), s.ends.astimezone(UTC), s.place) for s in plan.sessions
        ]
        assert read_back.audience.specialties == plan.audience.specialties


def test_each_case_occurs(seminars: dict[str, Seminar]) -> None:
    every = seminars.values()
    assert {seminar.form for seminar in every} == {Form.IN_PERSON, Form.ONLINE, Form.BLENDED}
    assert sum(seminar.status is Status.CANCELLED for seminar in every) == 1
    assert sum("moodle" in seminar.mirrors for seminar in every) == 1
    assert sum(seminar.platform == "moodle" for seminar in every) == 2
    assert sum(bool(trainer.mail) for seminar in every for trainer in seminar.trainers) == 1
    assert sum(bool(seminar.course_address) for seminar in every) == 6
    assert any(seminar.audience.roles for seminar in every)
    assert any(seminar.audience.unit_kinds for seminar in every)


def test_one_online_session_runs_right_now(seminars: dict[str, Seminar]) -> None:
    sessions = [session for seminar in seminars.values() for session in seminar.sessions]
    assert [s.form for s in sessions if s.starts <= NOW < s.ends] == [Form.ONLINE]


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 21, 22, 50, tzinfo=UTC),  # a Sunday in Athens, 00:50
        datetime(2026, 11, 18, 21, 40, tzinfo=UTC),  # 23:40
        datetime(2026, 11, 18, 22, 5, tzinfo=UTC),  # 00:05
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # the hour that comes twice, first time
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # and the second
        datetime(2027, 3, 27, 23, 50, tzinfo=UTC),  # the night in which an hour is left out
        datetime(2027, 3, 28, 1, 10, tzinfo=UTC),
        datetime(2026, 8, 31, 22, 0, tzinfo=UTC),  # the first hour of a school year
        datetime(2027, 8, 30, 9, 0, tzinfo=UTC),  # the last days of one
    ],
)
def test_no_day_or_hour_brings_an_error(tmp_path: Path, now: datetime) -> None:
    for reading in readings(tmp_path, plans(now), now):
        assert [(mistake.where, mistake.text) for mistake in reading.errors] == []
    session = next(plan for plan in plans(now) if plan.code.startswith("KEPL")).sessions[1]
    assert session.starts <= now < session.ends


@pytest.mark.parametrize("number", [1, 5, 40])
def test_any_number_of_seminars_can_be_had(tmp_path: Path, number: int) -> None:
    found = readings(tmp_path, plans(seminars=number))
    assert sum(len(reading.seminars) for reading in found) == number
    assert [mistake.text for reading in found for mistake in reading.errors] == []


def test_two_seminars_have_more_applicants_than_seats_and_others_fewer() -> None:
    by_login = {account.login: account for account in EVERYBODY}
    crowded = []
    for plan in plans():
        fitting = [a for a in plan.applicants if a.login in by_login and meets(by_login[a.login], plan.audience)]
        crowded += [plan.code] if len(fitting) > plan.seats else []
    assert crowded == ["EKFE-26-01", "KEPL-26-02"]


def test_some_applicants_are_not_of_the_audience_not_in_the_directory_or_disabled() -> None:
    by_login = {account.login: account for account in EVERYBODY}
    crowded = next(plan for plan in plans() if plan.code == "EKFE-26-01")
    known = [by_login[each.login] for each in crowded.applicants if each.login in by_login]
    assert {a.login for a in crowded.applicants} - set(by_login) == {each.login for each in STRANGERS[:2]}
    assert sum(not account.is_active for account in known) == 1
    assert sum(account.is_active and not meets(account, crowded.audience) for account in known) == 2


def test_everybody_applied_once_while_registration_was_open_and_not_just_now() -> None:
    for plan in plans():
        logins = [applicant.login for applicant in plan.applicants]
        assert len(logins) == len(set(logins))
        assert not set(logins) & set(plan.trainers)
        for applicant in plan.applicants:
            assert plan.opens <= applicant.at <= min(plan.closes, NOW - timedelta(minutes=10))


def test_the_same_seed_plans_the_same_and_another_one_not() -> None:
    assert plans() == plans()
    assert plans(seed=2) != plans()


def test_a_directory_too_small_to_teach_from_is_told() -> None:
    with pytest.raises(ValueError, match="ask for more people"):
        Cast(EVERYBODY[:80], 1)


def test_nobody_teaches_on_a_weekend_by_plan() -> None:
    saturday = datetime(2026, 11, 21, tzinfo=UTC).date()
    assert [workday(saturday + timedelta(days=n)).isoformat() for n in range(3)] == ["2026-11-23"] * 3
    assert workday(saturday - timedelta(days=1)).isoformat() == "2026-11-20"


def test_a_running_session_stays_within_its_day() -> None:
    starts, ends = running(datetime(2026, 11, 18, 22, 5, tzinfo=UTC), 2)
    assert (starts.hour, starts.minute) == (0, 0)
    assert starts.date() == ends.date()
