"""How far a token reaches, as `check` tells it, and that the version is asked for again after a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.eclass.client import Reply
from connectors.eclass.scope import Scope, scope_of
from kypek_sync.contract import Capability, ProbeLevel
from tests.connectors.eclass.simulated import DEPARTMENT, OTHER_TOKEN, eclass
from tests.connectors.eclass.test_probing import line


@pytest.mark.parametrize(
    ("scope", "word"),
    [
        ({}, "good for the whole platform"),
        ({"courses": []}, "limited to a list of courses"),
        ({"department": int(DEPARTMENT)}, "limited to a department"),
    ],
)
def test_each_scope_is_told_apart(tmp_path: Path, scope: dict[str, object], word: str) -> None:
    """Section 2.1; E-27: a department token hides most people."""
    with eclass(tmp_path, "newer") as server:
        server.world.add_token(OTHER_TOKEN, **scope)
        connector = server.connector(OTHER_TOKEN)
        said = line(connector.probe(), "token-scope")
        connector.close()
    assert word in said.text
    assert said.level is (ProbeLevel.WARNING if scope else ProbeLevel.OK)
    assert bool(said.next_step) is bool(scope)


def test_the_older_api_knows_no_scope(tmp_path: Path) -> None:
    with eclass(tmp_path, "older") as server:
        connector = server.connector()
        assert line(connector.probe(), "token-scope").level is ProbeLevel.OK
        connector.close()


def test_a_refusal_in_other_words_is_a_limit_all_the_same() -> None:
    assert scope_of(Reply(403, 403, "Δεν επιτρέπεται", None)) is Scope.LIMITED


def test_an_update_of_eclass_is_noticed_after_a_day(tmp_path: Path) -> None:
    """The daemon runs for months; its connectors are built once."""
    moment = [datetime(2026, 11, 2, 9, 0, tzinfo=UTC)]
    for version in ("older", "newer"):
        (tmp_path / version).mkdir()
    with eclass(tmp_path / "older", "older") as old, eclass(tmp_path / "newer", "newer") as new:
        connector = old.connector(clock=lambda: moment[0])
        assert Capability.MEMBER_LIST not in connector.capabilities()
        old.running.app.app = new.running.app.app
        moment[0] += timedelta(hours=23)
        assert Capability.MEMBER_LIST not in connector.capabilities()
        moment[0] += timedelta(hours=2)
        assert Capability.MEMBER_LIST in connector.capabilities()
        connector.close()


def test_while_eclass_is_away_the_old_answer_stands(tmp_path: Path) -> None:
    moment = [datetime(2026, 11, 2, 9, 0, tzinfo=UTC)]
    with eclass(tmp_path, "newer") as server:
        connector = server.connector(clock=lambda: moment[0])
        able = connector.capabilities()
        moment[0] += timedelta(days=2)
        server.faults.set("eclass:maintenance")
        assert connector.capabilities() == able
        connector.close()
