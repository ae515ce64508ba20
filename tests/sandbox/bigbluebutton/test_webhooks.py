"""Hooks and what they are told (fact sheet §3.3, traps B-30..B-35)."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from kypek_sync.sandbox.bigbluebutton import World, hooks
from kypek_sync.sandbox.bigbluebutton.webhooks import RETRY_AFTER, Courier
from tests.sandbox.bigbluebutton.asking import GREEK, SECRET, Asker, Clock


class Listener:
    """A callback address that answers as told and remembers what came."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                listener.calls.append((self.path, body, {k.lower(): v for k, v in self.headers.items()}))
                self.send_response(listener.answers.pop(0) if listener.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """No access log."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/bbb"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def told(self) -> list[str]:
        """The names of the events that came."""
        return [json.loads(parse_qs(body)["event"][0])[0]["data"]["id"] for _, body, _ in self.calls]

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.stop()


def test_everything_that_happens_is_told_in_order(ask: Asker, world: World, listener: Listener, clock: Clock) -> None:
    ask("hooks/create", callbackURL=listener.url)
    courier = Courier(world, SECRET)
    ask("create", meetingID="kypek-1", name=GREEK, meta_seminar="Κ-1")
    ask("join", meetingID="kypek-1", fullName="Ελένη", userID="u1", role="MODERATOR")
    ask("join", meetingID="kypek-1", fullName="Γεώργιος", userID="u2", role="VIEWER")
    world.leave("kypek-1", "u1")
    ask("end", meetingID="kypek-1")
    clock.forward(seconds=3)
    assert len(courier.deliver()) == 6
    assert listener.told() == [
        "meeting-created",
        "user-joined",
        "user-joined",
        "user-left",
        "user-left",
        "meeting-ended",
    ]
    users = [
        json.loads(parse_qs(body)["event"][0])[0]["data"]["attributes"]["user"] for _, body, _ in listener.calls[3:5]
    ]
    assert ["name" in user for user in users] == [False, True], "only who was put out at the end is named"  # B-35
    assert courier.deliver() == [], "nothing is told twice"


def test_the_call_is_signed_over_url_and_body(ask: Asker, world: World, listener: Listener) -> None:
    url = listener.url + "?server=1"
    ask("hooks/create", callbackURL=url)
    courier = Courier(world, SECRET, algorithm="sha256")
    world.create("kypek-1", GREEK)
    courier.deliver()
    ((path, body, headers),) = listener.calls
    assert path == f"/hooks/bbb?server=1&checksum={hashlib.sha256((url + body + SECRET).encode()).hexdigest()}"
    assert headers["content-type"] == "application/x-www-form-urlencoded;charset=UTF-8"
    assert "authorization" not in headers


def test_with_auth2_the_secret_itself_travels(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL=listener.url)
    courier = Courier(world, SECRET, bearer=True)
    world.create("kypek-1", GREEK)
    courier.deliver()
    ((path, _, headers),) = listener.calls
    assert (path, headers["authorization"]) == ("/hooks/bbb", f"Bearer {SECRET}")  # B-34


def test_a_refused_call_is_repeated_exactly(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL=listener.url)
    waited: list[float] = []
    courier = Courier(world, SECRET, wait=waited.append)
    world.create("kypek-1", GREEK)
    listener.answers = [500, 503]
    assert len(courier.deliver()) == 1
    assert len({(path, body) for path, body, _ in listener.calls}) == 1
    assert (len(listener.calls), waited) == (3, [0.1, 0.5])


def test_401_counts_as_delivered(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL=listener.url)
    courier = Courier(world, SECRET)
    world.create("kypek-1", GREEK)
    listener.answers = [401]
    assert len(courier.deliver()) == 1  # B-33
    assert len(listener.calls) == 1


def test_a_hook_that_never_answers_is_deleted(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL=listener.url)
    waited: list[float] = []
    courier = Courier(world, SECRET, wait=waited.append)
    world.create("kypek-1", GREEK)
    listener.answers = [500] * 13
    assert courier.deliver() == []
    assert (waited, hooks.registered(world)) == ([*RETRY_AFTER], [])  # B-33


def test_a_hook_whose_server_is_gone_is_deleted_too(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL="http://127.0.0.1:1/nobody")
    courier = Courier(world, SECRET, wait=lambda seconds: None)
    world.create("kypek-1", GREEK)
    assert courier.deliver() == []
    assert hooks.registered(world) == []


def test_what_happened_while_it_was_down_never_arrives(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL=listener.url)
    world.create("kypek-1", GREEK)
    assert Courier(world, SECRET).deliver() == []  # B-30


def test_a_hook_gets_only_its_meeting_and_its_events(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL=listener.url, meetingID="kypek-1", eventID="user-joined,user-left")
    courier = Courier(world, SECRET)
    for meeting_id in ("kypek-1", "kypek-2"):
        world.create(meeting_id, GREEK)
        world.enter(meeting_id, "Ελένη", user_id=meeting_id)
    courier.deliver()
    assert listener.told() == ["user-joined"]
    ask("hooks/create", callbackURL=listener.url + "?all=1")
    assert [hook.event_id for hook in hooks.registered(world)].count(None) == 1
    hooks.restart(world)
    assert [hook.event_id for hook in hooks.registered(world)] == [None], "lost at the restart: B-31"


def test_a_list_for_a_meeting_names_its_hook_and_the_global_ones(ask: Asker) -> None:
    ask("hooks/create", callbackURL="https://kypek.example/a]]>b")
    ask("hooks/create", callbackURL="https://kypek.example/c", meetingID="kypek-1", eventID="user-left", getRaw="true")
    listed = ask("hooks/list", meetingID="kypek-1").root.findall("hooks/hook")
    assert sorted(
        (one.findtext("callbackURL") or "", one.findtext("meetingID"), one.findtext("rawData")) for one in listed
    ) == [
        ("https://kypek.example/a]]>b", None, "false"),
        ("https://kypek.example/c", "kypek-1", "true"),
    ]
    assert ask("hooks/list", meetingID="kypek-2").code == ("FAILED", "listHookError")  # B-32


def test_a_raw_hook_gets_no_processed_events(ask: Asker, world: World, listener: Listener) -> None:
    ask("hooks/create", callbackURL=listener.url, getRaw="true")
    courier = Courier(world, SECRET)
    world.create("kypek-1", GREEK)
    assert (courier.deliver(), listener.calls) == ([], [])
