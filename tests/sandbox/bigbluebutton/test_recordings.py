"""Recordings: found, published, deleted, described (fact sheet §3.1, B-22, B-24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kypek_sync.sandbox.bigbluebutton import World
from tests.sandbox.bigbluebutton.asking import GREEK, Asker, Clock


@pytest.fixture(autouse=True)
def shelf(world: World, clock: Clock) -> None:
    meeting, _ = world.create("kypek-1", GREEK)
    times: dict[str, Any] = {"started": clock(), "ended": clock() + timedelta(minutes=93)}
    assert world.add_recording("kypek-1", GREEK, metadata={"kypek-seminar": "Κ-1"}, **times) == meeting.internal_id
    world.add_recording("kypek-2", "Δεύτερο", record_id="rec-2", state="unpublished", **times)
    world.add_recording("kypek-2", "Τρίτο", record_id="rec-3", state="processing", **times)
    world.add_recording("kypek-4", "Τέταρτο", record_id="rec-4", state="deleted", **times)


def names(ask: Asker, **query: Any) -> list[str | None]:
    return [one.findtext("name") for one in ask("getRecordings", **query).root.iter("recording")]


def test_a_recording_tells_where_to_watch_it(ask: Asker, clock: Clock) -> None:
    (one,) = ask("getRecordings", meetingID="kypek-1").root.iter("recording")
    assert (one.findtext("state"), one.findtext("published")) == ("published", "true")
    assert one.findtext("startTime") == str(round(clock().timestamp() * 1000))  # ms
    assert one.findtext("playback/format/length") == "93", "minutes: B-24"
    assert (one.findtext("playback/format/url") or "").startswith("https://bbb.example/playback/")
    assert one.findtext("metadata/kypek-seminar") == "Κ-1"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [GREEK, "Δεύτερο"]),
        ({"state": "any"}, [GREEK, "Δεύτερο", "Τρίτο", "Τέταρτο"]),
        ({"state": "processing,deleted"}, ["Τρίτο", "Τέταρτο"]),
        ({"meetingID": "kypek-1,kypek-2"}, [GREEK, "Δεύτερο"]),
        ({"recordID": "rec-"}, ["Δεύτερο"]),
        ({"recordID": "rec-2,rec-3", "state": "any"}, ["Δεύτερο", "Τρίτο"]),
        ({"meta_kypek-seminar": "Κ-1"}, [GREEK]),
        ({"state": "any", "offset": "1", "limit": "2"}, ["Δεύτερο", "Τρίτο"]),
    ],
)
def test_recordings_are_found_by(ask: Asker, query: dict[str, str], found: list[str]) -> None:
    assert names(ask, **query) == found


def test_none_found_is_a_success(ask: Asker) -> None:
    assert ask("getRecordings", meetingID="nobody").code == ("SUCCESS", "noRecordings")  # B-22


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "all"}, {"offset": "-1"}])
def test_limits_have_limits(ask: Asker, query: dict[str, str]) -> None:
    assert ask("getRecordings", **query).code == ("FAILED", "validationError")


def test_unpublished_published_described_and_deleted(ask: Asker, world: World) -> None:
    assert ask("publishRecordings", recordID="rec-2,rec-3", publish="true")["published"] == "true"
    assert ask("publishRecordings", recordID="rec-3", publish="false")["published"] == "false"
    assert ask("updateRecordings", recordID="rec-2", meta_Title="Τίτλος")["updated"] == "true"
    assert ask("deleteRecordings", recordID="rec-3")["deleted"] == "true"
    states = {one.record_id: one.state for one in world.recordings()}
    assert (states["rec-2"], states["rec-3"]) == ("published", "deleted")
    assert names(ask, meta_title="Τίτλος") == ["Δεύτερο"]
    ask("updateRecordings", recordID="rec-2", meta_title="")
    assert names(ask, meta_title="Τίτλος") == []


@pytest.mark.parametrize(
    ("call", "query", "key"),
    [
        ("publishRecordings", {"recordID": "rec-2"}, "missingParamPublish"),
        ("publishRecordings", {"publish": "true"}, "missingParamRecordID"),
        ("deleteRecordings", {}, "missingParamRecordID"),
        ("deleteRecordings", {"recordID": "rec-4"}, "notFound"),
        ("updateRecordings", {"recordID": "nothing", "meta_a": "b"}, "notFound"),
    ],
)
def test_what_is_refused(ask: Asker, call: str, query: dict[str, str], key: str) -> None:
    assert ask(call, **query).code == ("FAILED", key)
