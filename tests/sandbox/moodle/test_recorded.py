"""The simulator answers as the recorded Moodle did, exchange by exchange, in the recorded order."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.moodle import World, create_app
from tests.sandbox.moodle.recorded import FILES, FOLDER, Exchange
from tests.sandbox.moodle.story import NOW, Story

NOT_CLAIMED: dict[str, str] = {}
"""Recorded exchanges that the simulator does not answer alike, and why."""

pytestmark = pytest.mark.skipif(not FILES, reason=f"no recorded exchanges in {FOLDER}")


@dataclass(frozen=True)
class Replay:
    """Where each answer differs from the recorded one, and what stands on the site at the end."""

    differences: dict[str, list[str]]
    world: World


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """Every exchange sent once, in order."""
    state = tmp_path_factory.mktemp("recorded") / "moodle.sqlite"
    story = Story(state)
    faults = FaultBook().of("moodle")
    client = Client(create_app(state, token="TOKEN", faults=faults, clock=lambda: NOW, max_input_vars=5000))
    found = {}
    for file in FILES:
        story.before.get(file[:3], lambda: None)()
        exchange = Exchange.read(file)
        found[file] = exchange.differences(exchange.send(client))
    return Replay(found, story.world)


@pytest.mark.parametrize("file", [file for file in FILES if file not in NOT_CLAIMED])
def test_the_answer_is_the_recorded_one(file: str, replayed: Replay) -> None:
    assert replayed.differences[file] == []


def test_every_recorded_exchange_is_claimed_or_has_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(NOT_CLAIMED) <= set(FILES)
    assert all(NOT_CLAIMED.values())
    with capsys.disabled():
        print(f"\nmoodle: {len(FILES) - len(NOT_CLAIMED)} of {len(FILES)} recorded exchanges claimed")


def test_of_two_thousand_enrolments_the_recorded_number_arrives(replayed: Replay) -> None:
    """M-12: 1,666 with wsfunction first, none with wsfunction last. (The recorded list of members is shortened.)"""
    assert len(replayed.world.members(349)) == 1666
    assert replayed.world.members(350) == []


def test_a_difference_would_be_seen(replayed: Replay) -> None:
    """The comparison itself: another recorded answer than the right one does not pass."""
    assert replayed.differences
    exchange = Exchange.read("090-enrolled-roles.json")
    wrong = json.loads(json.dumps(exchange.response["json"]))
    wrong[0]["roles"].pop()
    answer = TestResponse(
        [json.dumps(wrong).encode()], "200 OK", Headers([("Content-Type", "application/json")]), Request({})
    )
    assert exchange.differences(answer) == ["$[0].roles: 1 elements, recorded 2"]
