"""A pass and what people ask of the ledger fetch whom they are about, however many people the directory holds.

Counted, not timed: every JSON value that comes out of the database is one. Were the directory loaded for a pass, the
count would grow with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from kypek_sync.cli.seats import seated
from kypek_sync.ledger import store
from kypek_sync.sync.explanation import explain
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.overview import overview
from kypek_sync.sync.run import run_lane
from tests.sync.centre import TEACHERS, Centre, Teacher, open_centre, seats, sync_once

MANY = tuple(Teacher(f"other{number:03}") for number in range(120))
CODE = "EKFE-26-01"


class Decoded:
    """How many JSON values came out of the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, text: str) -> Any:
        self.count += 1
        return json.loads(text)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Decoded:
    counter = Decoded()
    monkeypatch.setattr(
        store, "create_engine", lambda url, **words: create_engine(url, json_deserializer=counter, **words)
    )
    return counter


@contextmanager
def centre_of(folder: Path, *others: Teacher) -> Iterator[Centre]:
    """The usual centre with a course, three applicants, a stranger, and others in its directory; read, not decided."""
    folder.mkdir()
    centre = open_centre(folder)
    try:
        centre.people(*TEACHERS, *others)
        course = centre.course()
        centre.seminar(course=centre.address(course))
        for number in (1, 2, 3):
            centre.apply(f"teacher{number}", course, minutes_ago=60 - number)
        centre.world.add_user("stranger", "Άγνωστη", "Ξένου", "stranger@sch.example")
        centre.apply("stranger", course, minutes_ago=20)
        sync_once(centre, "directory")
        yield centre
    finally:
        centre.server.stop()


def counts(centre: Centre, decoded: Decoded) -> dict[str, int]:
    """How many values each deed fetched: two passes of the seats lane, one of them with nothing new, and questions."""

    def asked(inst: Installation, ask: Callable[..., object]) -> None:
        with inst.ledger.begin(keep=False) as connection:
            ask(connection, inst, "att-a", CODE)

    deeds: dict[str, Callable[[Installation], object]] = {
        "first seats pass": lambda inst: run_lane(inst, "att-a", "seats"),
        "seats pass with nothing new": lambda inst: run_lane(inst, "att-a", "seats"),
        "mail": lambda inst: run_lane(inst, "att-a", "mail"),
        "tickets": lambda inst: run_lane(inst, "att-a", "tickets"),
        "rooms": lambda inst: run_lane(inst, "att-a", "rooms"),
        "status": lambda inst: overview(inst, "att-a"),
        "explain": lambda inst: explain(inst, "att-a", "teacher1"),
        "seats list": lambda inst: asked(inst, seated),
    }
    found = {}
    for name, deed in deeds.items():
        with centre.installation() as inst:
            before = decoded.count
            deed(inst)
            found[name] = decoded.count - before
    return found


def test_no_pass_and_no_question_fetches_more_people_from_a_larger_directory(tmp_path: Path, decoded: Decoded) -> None:
    with centre_of(tmp_path / "few") as few:
        small = counts(few, decoded)
        assert seats(few, CODE)["teacher1"] == "granted"
    with centre_of(tmp_path / "many", *MANY) as many:
        large = counts(many, decoded)
        assert seats(many, CODE) == {
            "teacher1": "granted",
            "teacher2": "granted",
            "teacher3": "waiting",
            "stranger": "under-identification",
        }
    assert large == small
    assert small["first seats pass"] >= 3  # the applicants at least: the counter counts


def test_a_pass_fetches_more_for_more_applicants(tmp_path: Path, decoded: Decoded) -> None:
    """What it does depend on."""
    with centre_of(tmp_path / "one", *MANY) as centre:
        before = counts(centre, decoded)["seats pass with nothing new"]
    with centre_of(tmp_path / "two", *MANY) as centre:
        course = next(iter(centre.world.courses())).code
        for other in MANY[:10]:
            centre.world.add_user(other.login, "Όνομα", other.login.capitalize(), f"{other.login}@sch.example")
            centre.apply(other.login, course)
        after = counts(centre, decoded)["seats pass with nothing new"]
    assert after >= before + 10


def without_the_first(centre: Centre) -> None:
    """Take teacher1, who has a seat, out of the export; the others stay who they are."""
    export, drawn = centre.folder / "directory.ldif", centre.clock.now.timestamp()
    blocks = export.read_text(encoding="utf-8").split("\n\n")
    left = [block for block in blocks if not block.startswith("dn: uid=teacher1,")]
    export.write_text("\n\n".join(left), encoding="utf-8")
    os.utime(export, (drawn, drawn))


def test_many_who_leave_the_directory_are_counted_without_being_fetched(tmp_path: Path, decoded: Decoded) -> None:
    def leave(centre: Centre) -> dict[str, int]:
        counts(centre, decoded)
        centre.clock.turn(hours=7)
        centre.people(*TEACHERS, *MANY[:110])
        without_the_first(centre)
        sync_once(centre, "directory")
        return counts(centre, decoded)

    with centre_of(tmp_path / "some", *MANY[:112]) as some:
        few_leave = leave(some)
    with centre_of(tmp_path / "more", *MANY) as more:
        many_leave = leave(more)
        with more.installation() as inst:
            departing = overview(inst, "att-a").departing
    assert departing is not None
    assert departing.everybody.count == 11
    assert [one.leaving.person.login for one in departing.losing] == ["teacher1"]
    assert departing.places == 1
    assert many_leave == few_leave
