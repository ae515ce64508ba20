"""The simulator answers as the recorded servers did, exchange by exchange, in the order of the story.

Status, content type, location and JSON are compared: the same keys, the same types, the same values, after the
recorded ids and codes are put in terms of ours. Times and secrets are compared by type alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from kypek_sync.sandbox.eclass import World
from tests.sandbox.eclass.platform import BASE, Platform

RECORDED = Path(__file__).parents[3].parent / "shared" / "recorded"
STORIES: dict[str, Literal["older", "newer"]] = {"eclass": "older", "eclass-newer": "newer"}
FILES = [path for story in STORIES for path in sorted((RECORDED / story).glob("*.json"))]
NOT_CLAIMED: dict[str, str] = {}
CLAIMED = [path for path in FILES if f"{path.parent.name}/{path.name}" not in NOT_CLAIMED]

TIMES = {"created", "start_date", "reg_date", "timecreated", "timemodified", "registered_at", "expires_at"}
SECRETS = re.compile(r"PASSWORD|BCRYPT\\-HASH|SSO\\-TOKEN")
FEED_DATE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILES, reason=f"the recorded exchanges are not at {RECORDED}")

Change = Callable[[World], None]


def _api_back_but_maintenance(world: World) -> None:
    world.set_api(True)
    world.set_maintenance(True)


GIVEN: dict[str, Change] = {
    "eclass/06": lambda world: world.add_token("EXPIRED-TOKEN", expired=True),
    "eclass/07": lambda world: world.add_token("IP-LIMITED-TOKEN", ip="203.0.113.7"),
    "eclass/08": lambda world: world.add_token("IP-LIMITED-TOKEN", ip="198.51.100.7"),
    "eclass/33": lambda world: world.set_sql_mode(True),
    "eclass/34": lambda world: world.set_sql_mode(False),
    "eclass/93": lambda world: world.set_api(False),
    "eclass/94": _api_back_but_maintenance,
    "eclass/97": lambda world: world.set_maintenance(False),
    "eclass-newer/39": lambda world: world.add_token("DEPARTMENT-TOKEN", department=5),
    "eclass-newer/40": lambda world: world.add_token("DEPARTMENT-TOKEN", department=4),
    "eclass-newer/43": lambda world: world.add_token("COURSE-TOKEN", courses=["TMA101"]),
    "eclass-newer/49": lambda world: world.set_api(False),
}
"""What was changed outside the recorded calls, before the exchange of that number."""
UNREACHABLE = {"eclass/97", "eclass/98"}


class Story:
    """One folder replayed: for every file the recorded exchange, our answer, and our names for the recorded ids."""

    def __init__(self, folder: str, state: Path) -> None:
        self.platform = Platform(state / f"{folder}.sqlite", STORIES[folder])
        self.ours: dict[str, str] = {}
        self.answers: dict[str, tuple[dict[str, Any], TestResponse, dict[str, str]]] = {}
        self._seed()
        for path in sorted((RECORDED / folder).glob("*.json")):
            self._replay(f"{folder}/{path.name[:2]}", path)

    def _seed(self) -> None:
        world = self.platform.world
        world.set_auth_methods("eclass", "ldap")
        world.add_course("Επιμόρφωση Β1 — Τ4Ε", 2, visible=2)
        world.add_course("Κλειστό σεμινάριο", 2, visible=0)
        world.add_announcement("TMA101", "Έναρξη σεμιναρίου & <b>", "<p>Καλώς ήρθατε</p>", FEED_DATE)

    def _replay(self, number: str, path: Path) -> None:
        exchange = json.loads(path.read_text())
        if number in GIVEN:
            GIVEN[number](self.platform.world)
        if number in UNREACHABLE:
            self.platform.book.set("eclass:database-unreachable@1")
        request = exchange["request"]
        body = json.dumps(request["json"]) if "json" in request else request.get("body")
        if "form" in request:
            body = urlencode([(name, self.translated(value)) for name, value in request["form"]])
        answer = self.platform.client.open(
            request["path"],
            method=request["method"],
            query_string=urlencode([(name, self.translated(value)) for name, value in request["query"]]),
            headers=request["headers"],
            data=body,
            base_url=BASE,
        )
        self._learn(exchange, answer)
        self.answers[path.name] = exchange, answer, dict(self.ours)

    def _learn(self, exchange: dict[str, Any], answer: TestResponse) -> None:
        """Creating gave the recorded server one id and code, and ours another."""
        recorded = exchange["response"].get("json")
        if exchange["request"]["method"] != "POST" or not isinstance(recorded, dict):
            return
        made = answer.get_json(force=True)
        for key in ("id", "code"):
            if isinstance(recorded.get(key), str):
                self.ours[recorded[key]] = made[key]

    def translated(self, text: str) -> str:
        """A recorded text with our ids and codes in it."""
        return translated(text, self.ours)


def translated(text: str, ours: dict[str, str]) -> str:
    """`text` with the names that we learned for recorded ids and codes."""
    if not ours:
        return text
    known = "|".join(sorted(ours, key=len, reverse=True))
    return re.sub(rf"(?<!\w)({known})(?!\d)", lambda match: ours[match[1]], text)


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Story]:
    state = tmp_path_factory.mktemp("stories")
    return {folder: Story(folder, state) for folder in STORIES}


@pytest.mark.parametrize("path", CLAIMED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_answer_is_the_recorded_one(stories: dict[str, Story], path: Path) -> None:
    exchange, answer, ours = stories[path.parent.name].answers[path.name]
    recorded = exchange["response"]
    assert answer.status_code == recorded["status"]
    assert answer.headers["Content-Type"] == recorded["headers"]["content-type"]
    assert answer.headers.get("Location") == recorded["headers"].get("location")
    whole = "shortened" not in exchange
    if "json" in recorded:
        assert_alike(recorded["json"], answer.get_json(force=True), ours, whole=whole)
    elif whole:
        assert answer.text == recorded["body"]
    else:
        assert {recorded["body"].lstrip()[:14].lower(), answer.text[:14].lower()} == {"<!doctype html"}


def assert_alike(recorded: Any, actual: Any, ours: dict[str, str], *, whole: bool, key: str = "") -> None:
    """The same shape and types, and the same values but for times and secrets."""
    assert type(actual) is type(recorded), f"{key}: {actual!r} is not of the type of {recorded!r}"
    if isinstance(recorded, dict):
        assert sorted(actual) == sorted(recorded)
        for name, value in recorded.items():
            assert_alike(value, actual[name], ours, whole=whole, key=name)
    elif isinstance(recorded, list) and not whole:
        for one in actual:
            assert {name: type(value) for name, value in one.items()} == {
                name: type(value) for name, value in recorded[0].items()
            }
        assert actual
    elif isinstance(recorded, list):
        assert len(actual) == len(recorded)
        for one, other in zip(recorded, actual, strict=True):
            assert_alike(one, other, ours, whole=whole, key=key)
    elif isinstance(recorded, str) and key not in TIMES:
        pattern = SECRETS.sub(r"\\S+", re.escape(translated(recorded, ours)))
        assert re.fullmatch(pattern, actual), f"{key}: {actual!r} is not {recorded!r}"
    elif isinstance(recorded, int) and key not in TIMES:
        assert str(actual) == ours.get(str(recorded), str(recorded)), key


def test_every_recorded_exchange_is_accounted_for(capsys: pytest.CaptureFixture[str]) -> None:
    names = {f"{path.parent.name}/{path.name}" for path in FILES}
    assert set(NOT_CLAIMED) <= names
    with capsys.disabled():
        for folder in STORIES:
            claimed = sum(path.parent.name == folder for path in CLAIMED)
            total = sum(path.parent.name == folder for path in FILES)
            print(f"\n{folder}: {claimed} of {total} recorded exchanges claimed")
