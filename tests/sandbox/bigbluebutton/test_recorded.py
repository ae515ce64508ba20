"""The simulator against what bbb-webhooks 3.5.0 really sent and answered (`recorded/bbb-webhooks`).

A recorded exchange is claimed only if the simulator brings it about by itself: the calls `hook-*` with byte-equal
answers, the events with byte-equal body and URL, built from a meeting and its people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kypek_sync.sandbox.bigbluebutton import Attendee, Meeting, World, create_app, events, hooks, is_write
from kypek_sync.sandbox.bigbluebutton.events import Event
from kypek_sync.sandbox.bigbluebutton.webhooks import delivery
from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.serving import serve
from tests.sandbox.bigbluebutton.asking import Asker, Clock

RECORDED = Path(__file__).parents[4] / "shared" / "recorded" / "bbb-webhooks"
SECRET = "recorded-test-secret"
NO_MEDIA = "the simulator has no audio, cameras, screens, chat or polls; the form of its delivery is checked below"
BALANCER = "sent by the load balancer bbblb, not by BigBlueButton"
NOT_CLAIMED = {
    **{f"{number}": NO_MEDIA for number in range(13, 22)},
    "12": "the simulator has no presenter",
    "35": "raw messages of BigBlueButton's inside are not simulated",
    "36": BALANCER,
    "37": BALANCER,
}

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded exchanges are not beside the project")


def recorded(number: str) -> dict[str, Any]:
    (path,) = RECORDED.glob(f"{number}-*.json")
    exchange: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return exchange


MEETING = Meeting(
    meeting_id="kypek-2027-001-1",
    internal_id="388a1419005182c178ac1be5e7658afb9b7f6f93-1795435200000",
    name="Ψηφιακά εργαλεία στην τάξη — 1η συνάντηση",
    created_ms=1795435200000,
    started_ms=0,
    ended_ms=0,
    forced=False,
    listed=True,
    voice_bridge="71347",
    params={"moderatorPW": "mp", "attendeePW": "ap"},
    metadata={"kypek-seminar": "KYPEK-2027-001", "bbb-origin": "kypek-sync"},
    attendees=(),
)
ELENI = Attendee(
    session="s1",
    internal_user_id="w_elio7k2m9qxa",
    user_id="elioannou",
    name="Ελένη Ιωάννου",
    moderator=True,
    joined=datetime(2026, 11, 23, tzinfo=UTC),
    left=None,
    guest=False,
    userdata={},
)
GEORGIOS = replace(
    ELENI,
    session="s2",
    internal_user_id="w_gvla3t8r5zbc",
    user_id="kypek:gvlachos",
    name="Γεώργιος Βλάχος «ΠΕ86»",
    moderator=False,
    userdata={"kypek-seminar": "KYPEK-2027-001"},
)
TOLD: dict[str, Callable[[], Event]] = {
    "09": lambda: events.meeting_created(MEETING),
    "10": lambda: events.user_joined(MEETING, ELENI),
    "11": lambda: events.user_joined(MEETING, GEORGIOS),
    "22": lambda: events.user_left(MEETING, GEORGIOS),
    "23": lambda: events.user_left(MEETING, GEORGIOS),
    "25": lambda: events.user_joined(MEETING, GEORGIOS),
    "26": lambda: events.user_joined(MEETING, GEORGIOS),
    "27": lambda: events.user_left(MEETING, ELENI),
    # Named after the end of the meeting, but what was recorded is the user-left made up for who was still present.
    "28": lambda: events.user_left_at_end(MEETING, GEORGIOS),
    "33": lambda: events.user_joined(MEETING, ELENI),
    "34": lambda: events.user_joined(MEETING, ELENI),
}


@pytest.mark.parametrize("number", TOLD)
def test_an_event_goes_out_as_recorded(number: str) -> None:
    request = recorded(number)["request"]
    call = delivery(
        request["callback_url"],
        events.stamped(TOLD[number](), request["event"][0]["data"]["event"]["ts"]),
        timestamp=int(dict(request["form"])["timestamp"]),
        secret=SECRET,
        algorithm=request.get("checksum", {}).get("algorithm", "sha1"),
        bearer="authorization" in request["headers"],
    )
    assert call.body == request["body"]
    assert call.url == request["url"]
    assert call.headers == {name: value for name, value in request["headers"].items() if name != "Host"}


@pytest.mark.parametrize("number", ["12", *map(str, range(13, 22)), "35"])
def test_the_form_of_a_delivery_holds_for_any_message(number: str) -> None:
    """Not a claim: these messages are taken from the recording, only body and checksum are made here."""
    request = recorded(number)["request"]
    timestamp = int(dict(request["form"])["timestamp"])
    call = delivery(request["callback_url"], request["event"][0], timestamp=timestamp, secret=SECRET)
    assert (call.body, call.url) == (request["body"], request["url"])


@dataclass
class Recorder:
    """A server with the recorded secret, and the world behind it."""

    ask: Asker
    world: World

    def replay(self, number: str) -> tuple[int, str, str]:
        request = recorded(number)["request"]
        answer = self.ask.fetch(f"{request['path']}?{request['raw_query']}")
        return answer.status, answer.headers["content-type"], answer.text


@pytest.fixture
def recorder(tmp_path: Path, clock: Clock) -> Iterator[Recorder]:
    app = create_app(tmp_path, secret=SECRET, faults=FaultBook().of("bbb"), clock=clock)
    running = serve(app, "bbb", is_write=is_write)
    yield Recorder(Asker(running.address), World(tmp_path, clock))
    running.stop()


def expected(number: str) -> tuple[int, str, str]:
    response = recorded(number)["response"]
    return response["status"], response["headers"]["content-type"], response["body"]


API_CALLS = ["01", "02", "03", "04", "05", "06", "07", "08", "24", "29", "30", "31", "32"]
GIVEN_IDS = {"01": "7ee6cc47-256a-4d74-806b-2fdc7a18d6c6", "24": "0cc7c55b-a801-4b17-bbb9-e85cf268aaf7"}


def test_the_hooks_api_answers_as_recorded_from_beginning_to_end(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte; only the identifiers, which a server draws by lot, are given."""
    drawn = iter(GIVEN_IDS.values())
    monkeypatch.setattr("uuid.uuid4", lambda: next(drawn))
    for number in API_CALLS:
        if number == "29":
            hooks.restart(recorder.world)  # as told in its `given`
        assert recorder.replay(number) == expected(number), number


def test_every_recorded_exchange_is_claimed_or_named(capsys: pytest.CaptureFixture[str]) -> None:
    files = {path.name[:2] for path in RECORDED.glob("*.json")}
    claimed = {*TOLD, *API_CALLS}
    assert claimed.isdisjoint(NOT_CLAIMED)
    assert claimed | set(NOT_CLAIMED) == files
    with capsys.disabled():
        print(f"\nbbb-webhooks: {len(claimed)} of {len(files)} recorded exchanges claimed")
