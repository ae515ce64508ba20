"""Who is who with the ledger on a real PostgreSQL: a dispute of keys with a return in place, numbers given up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kypek_sync import cli
from kypek_sync.ledger import identities, lookups
from kypek_sync.ledger.identities import Verdict
from tests.servers import postgresql
from tests.sync.centre import Centre, open_centre, seats
from tests.sync.test_identity_disputed_keys import DOUBLED, NUMBERS, RENAMED, hidden, later, renamed
from tests.sync.test_identity_in_doubt import decide

DISPUTED = {"anna": "granted", "anna2": "under-identification", "zoe": "waiting"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgresql"))])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    it = open_centre(tmp_path)
    for login in ("anna", "anna2", "eva", "zoe"):
        it.world.add_user(login, "Όνομα", login, f"{login}@sch.example")
    try:
        if request.param == "sqlite":
            yield it
            return
        with postgresql.running() as url:
            file = it.folder / "kypek.yaml"
            file.write_text(file.read_text("utf-8").replace("sqlite:///kypek.db", url), "utf-8")
            yield it
    finally:
        it.server.stop()


def in_doubt(centre: Centre) -> list[str]:
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        return [login for login in NUMBERS | RENAMED if identities.doubt(connection, "directory", login) is not None]


def test_a_dispute_stays_open_when_whoever_doubled_the_number_shows_their_own_again(centre: Centre) -> None:
    """eva is back in place with every key; whether anna2 is anna was never said."""
    code, _ = renamed(centre, DOUBLED)
    for numbers in (DOUBLED, RENAMED, RENAMED):
        (note,) = later(centre, numbers)
        assert "directory confirm anna2" in note
        assert (seats(centre, code), in_doubt(centre)) == (DISPUTED, ["anna2"])
    decide(centre, Verdict.SAME, "anna2")
    for _ in range(2):
        assert later(centre, RENAMED) == []
        assert seats(centre, code) == {"anna": "withdrawn", "anna2": "granted", "zoe": "waiting"}


def test_a_dispute_ends_when_its_owner_is_back_in_place(centre: Centre) -> None:
    code, course = renamed(centre, DOUBLED)
    later(centre, DOUBLED)
    assert in_doubt(centre) == ["anna2"]
    centre.apply("anna", course, 1)
    for _ in range(2):
        assert later(centre, NUMBERS) == []
        assert in_doubt(centre) == []
        assert (seats(centre, code)["anna"], seats(centre, code)["zoe"]) == ("granted", "waiting")


def accept(centre: Centre) -> int:
    words = ("directory", "accept", "directory", "--numbers", "--why", "decided", "--who", "maria", "--yes")
    return cli.run(["--settings", str(centre.folder / "kypek.yaml"), *words], clock=centre.clock)


def numbers_kept(centre: Centre, login: str) -> list[bool]:
    """Of the registry numbers of somebody: whether each is theirs still."""
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        known = lookups.person(connection, "directory", login)
        assert known is not None
        return [one.until is None for one in lookups.identifiers(connection, known.id) if one.kind == "registry"]


def test_numbers_that_are_given_up_for_good_stay_with_whoever_had_them(centre: Centre) -> None:
    later(centre, NUMBERS)
    (problem,) = hidden(centre, NUMBERS)
    assert re.search("accept directory --numbers", problem)
    assert accept(centre) == 0
    for _ in range(2):
        assert hidden(centre, NUMBERS) == []
    assert numbers_kept(centre, "eva") == [True]
    with centre.installation() as inst, inst.ledger.begin(keep=False) as connection:
        assert lookups.person(connection, "directory", "anna") is not None
    assert accept(centre) == 1  # it is accepted already
    later(centre, NUMBERS)  # most show one again: it has ended by itself
    (problem,) = hidden(centre, NUMBERS)
    assert "lost their registry number at once" in problem
