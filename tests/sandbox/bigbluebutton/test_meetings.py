"""Meetings from create to their end (fact sheet §3.1, traps B-9..B-18, B-21..B-25, B-40)."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

import pytest

from kypek_sync.sandbox.bigbluebutton import World
from kypek_sync.sandbox.faults import FaultBook
from tests.sandbox.bigbluebutton.asking import GREEK, Asker, Clock

CREATED_MS = round(datetime(2026, 11, 23, 14, 0, tzinfo=UTC).timestamp() * 1000)


def test_a_created_meeting_tells_its_incarnation(ask: Asker) -> None:
    answer = ask("create", meetingID="kypek-1", name=GREEK)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"  # B-27
    assert answer.code == ("SUCCESS", "")  # an empty messageKey, B-25
    assert answer["createTime"] == str(CREATED_MS)  # ms, B-24
    assert answer["internalMeetingID"] == f"{hashlib.sha1(b'kypek-1').hexdigest()}-{CREATED_MS}"
    assert answer["createDate"] == "Mon Nov 23 16:00:00 EET 2026"
    assert answer["attendeePW"] is None, "absent if unset, B-25"
    assert answer["moderatorPW"] is None
    assert answer["hasUserJoined"] == "false"
    assert 10_000 <= int(answer["voiceBridge"] or 0) <= 99_999


def test_created_again_it_is_the_same_and_changes_are_ignored(ask: Asker, world: World, clock: Clock) -> None:
    first = ask("create", meetingID="kypek-1", name=GREEK, duration=60, meta_a="1")
    clock.forward(seconds=30)
    again = ask("create", meetingID="kypek-1", name="Another", duration=90, meta_a="2")
    assert again.code == ("SUCCESS", "duplicateWarning")  # B-12
    assert (again["createTime"], again["duration"]) == (first["createTime"], "60")
    (meeting,) = world.meetings()
    assert (meeting.name, meeting.params["duration"], meeting.metadata) == (GREEK, "60", {"a": "1"})


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ({"attendeePW": "ap", "moderatorPW": "mp"}, {"attendeePW": "ap", "moderatorPW": "mp"}, "duplicateWarning"),
        ({"attendeePW": "ap", "moderatorPW": "mp"}, {}, "duplicateWarning"),
        ({"attendeePW": "ap", "moderatorPW": "mp"}, {"attendeePW": "ap", "moderatorPW": "xx"}, "idNotUnique"),
        ({"attendeePW": "ap", "moderatorPW": "mp"}, {"moderatorPW": "mp"}, "idNotUnique"),
        ({}, {"attendeePW": "ap", "moderatorPW": "mp"}, "idNotUnique"),
    ],
)
def test_the_same_id_needs_the_same_passwords_or_none(
    ask: Asker, first: dict[str, str], second: dict[str, str], key: str
) -> None:
    created = ask("create", meetingID="kypek-1", name=GREEK, **first)
    assert (created["moderatorPW"], created["attendeePW"]) == (first.get("moderatorPW"), first.get("attendeePW"))
    assert ask("create", meetingID="kypek-1", name=GREEK, **second)["messageKey"] == key  # B-12, B-51


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"name": GREEK}, "missingParamMeetingID"),
        ({"meetingID": "kypek-1"}, "missingParamName"),
        ({"meetingID": "k", "name": GREEK}, "validationError"),
        ({"meetingID": "k" * 257, "name": GREEK}, "validationError"),
        ({"meetingID": "a,b", "name": GREEK}, "validationError"),  # B-11
        ({"meetingID": " kypek-1", "name": GREEK}, "validationError"),
        ({"meetingID": "kypek\x07-1", "name": GREEK}, "validationError"),
        ({"meetingID": "kypek-1", "name": "Ψ"}, "validationError"),  # B-9
        ({"meetingID": "kypek-1", "name": "Ψ" * 257}, "validationError"),
        ({"meetingID": "kypek-1", "name": GREEK, "moderatorPW": "m"}, "validationError"),
        ({"meetingID": "kypek-1", "name": GREEK, "attendeePW": "a" * 65}, "validationError"),
        ({"meetingID": "kypek-1", "name": GREEK, "voiceBridge": "9999"}, "validationError"),
        ({"meetingID": "kypek-1", "name": GREEK, "duration": "an hour"}, "validationError"),
    ],
)
def test_what_create_refuses(ask: Asker, world: World, query: dict[str, str], key: str) -> None:
    answer = ask("create", **query)
    assert (answer.status, answer.code) == (200, ("FAILED", key))
    assert world.meetings() == []


def test_names_and_ids_up_to_256_are_taken(ask: Asker, world: World) -> None:
    assert ask("create", meetingID="k" * 256, name="Ψ" * 256)["returncode"] == "SUCCESS"
    assert ask("create", meetingID="kypek[0]", name=GREEK)["returncode"] == "SUCCESS", "as Moodle sends it"
    assert len(world.meetings()) == 2


def test_metadata_is_lower_cased_and_names_with_underscores_are_dropped(ask: Asker) -> None:
    ask("create", meetingID="kypek-1", name=GREEK, **{"meta_Kypek-Seminar": "Κ-1", "meta_kypek_seminar": "x"})
    metadata = ask("getMeetingInfo", meetingID="kypek-1").root.find("metadata")
    assert metadata is not None
    assert [(child.tag, child.text) for child in metadata] == [("kypek-seminar", "Κ-1")]  # B-10


def test_a_voice_bridge_clash_has_the_other_error_shape(ask: Asker) -> None:
    ask("create", meetingID="kypek-1", name=GREEK, voiceBridge=71347)
    answer = ask("create", meetingID="kypek-2", name=GREEK, voiceBridge=71347)
    assert answer["returncode"] == "FAILED"
    assert answer["messageKey"] is None
    assert answer["errors/error/key"] == "nonUniqueVoiceBridge"  # B-13


def test_a_meeting_that_nobody_joins_dies_after_five_minutes(ask: Asker, world: World, clock: Clock) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    clock.forward(minutes=4, seconds=59)
    assert ask("getMeetingInfo", meetingID="kypek-1")["endTime"] == "0"
    clock.forward(seconds=2)
    assert int(ask("getMeetingInfo", meetingID="kypek-1")["endTime"] or 0) == CREATED_MS + 300_000  # B-14
    assert world.meetings()[0].ended == datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def test_an_emptied_meeting_dies_after_one_minute(ask: Asker, world: World, clock: Clock) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    clock.forward(minutes=3)
    world.enter("kypek-1", "Ελένη", user_id="u1")
    clock.forward(minutes=40)
    assert ask("isMeetingRunning", meetingID="kypek-1")["running"] == "true"
    world.leave("kypek-1", "u1")
    assert ask("isMeetingRunning", meetingID="kypek-1")["running"] == "false", "alive, but empty: B-18"
    clock.forward(seconds=59)
    assert ask("getMeetingInfo", meetingID="kypek-1")["endTime"] == "0"
    clock.forward(seconds=1)
    assert ask("getMeetingInfo", meetingID="kypek-1")["endTime"] != "0"  # B-14


def test_create_may_ask_for_a_longer_life(ask: Asker, world: World, clock: Clock) -> None:
    ask(
        "create",
        meetingID="kypek-1",
        name=GREEK,
        meetingExpireIfNoUserJoinedInMinutes=20,
        meetingExpireWhenLastUserLeftInMinutes=0,
    )
    clock.forward(minutes=19)
    world.enter("kypek-1", "Ελένη", user_id="u1")
    world.leave("kypek-1", "u1")
    clock.forward(hours=9)
    assert world.living("kypek-1") is not None


def test_duration_counts_from_create_and_puts_everybody_out(ask: Asker, world: World, clock: Clock) -> None:
    ask("create", meetingID="kypek-1", name=GREEK, duration=30)
    clock.forward(minutes=4)
    world.enter("kypek-1", "Ελένη", user_id="u1")
    clock.forward(minutes=27)
    (meeting,) = world.meetings()
    assert meeting.ended == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # B-16
    assert [attendee.left for attendee in meeting.attendees] == [meeting.ended]


def test_end_takes_effect_a_little_later(ask: Asker, world: World, clock: Clock) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    world.enter("kypek-1", "Ελένη", user_id="u1")
    assert ask("end", meetingID="kypek-1", password="ignored").code == ("SUCCESS", "sentEndMeetingRequest")
    assert ask("isMeetingRunning", meetingID="kypek-1")["running"] == "true", "still there: B-17"
    clock.forward(seconds=2)
    info = ask("getMeetingInfo", meetingID="kypek-1")
    assert (info["running"], info["hasBeenForciblyEnded"]) == ("false", "true")
    assert int(info["endTime"] or 0) > 0


def test_whoever_polls_sees_the_end_even_if_the_clock_stands_still(ask: Asker) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    ask("end", meetingID="kypek-1")
    assert [ask("getMeetingInfo", meetingID="kypek-1")["endTime"] != "0" for _ in range(3)] == [False, True, True]


def test_an_ended_meeting_lingers_in_the_list_and_then_is_gone(ask: Asker, clock: Clock) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    ask("end", meetingID="kypek-1")
    clock.forward(seconds=30)
    assert int(ask("getMeetings")["meetings/meeting/endTime"] or 0) > 0  # B-17
    clock.forward(minutes=1)
    assert ask("getMeetings").code == ("SUCCESS", "noMeetings")  # B-22
    assert ask("getMeetingInfo", meetingID="kypek-1").code == ("FAILED", "notFound")


def test_the_id_may_return_as_another_incarnation(ask: Asker, world: World, clock: Clock) -> None:
    first = ask("create", meetingID="kypek-1", name=GREEK)
    ask("end", meetingID="kypek-1")
    clock.forward(seconds=5)
    second = ask("create", meetingID="kypek-1", name=GREEK)
    assert second.code == ("SUCCESS", "")
    assert second["internalMeetingID"] != first["internalMeetingID"]
    assert [meeting.ended is None for meeting in world.meetings()] == [False, True]
    assert ask("getMeetingInfo", meetingID="kypek-1")["createTime"] == second["createTime"], "the living one first"


def test_two_incarnations_in_one_millisecond_are_still_two(world: World) -> None:
    first, _ = world.create("kypek-1", GREEK, dies=True)
    second, is_new = world.create("kypek-1", GREEK)
    assert is_new
    assert second.created_ms == first.created_ms + 1


def test_unknown_meetings(ask: Asker) -> None:
    assert ask("getMeetingInfo", meetingID="nobody").code == ("FAILED", "notFound")
    assert ask("end", meetingID="nobody").code == ("FAILED", "notFound")
    assert ask("isMeetingRunning", meetingID="nobody")["running"] == "false"  # B-18


def test_the_list_carries_everybody_who_is_in(ask: Asker, world: World, clock: Clock) -> None:
    ask("create", meetingID="kypek-1", name=GREEK, maxParticipants=100, record="true")
    assert ask("getMeetings").root.find("meetings/meeting/attendees") is not None
    assert list(ask("getMeetings").root.iter("attendee")) == [], "<attendees/> may be empty: B-25"
    clock.forward(minutes=1)
    world.enter("kypek-1", "Ελένη & «Α»", user_id="opaque-1", moderator=True)
    world.enter("kypek-1", "Γεώργιος <ΠΕ86>", user_id="opaque-2")
    world.enter("kypek-1", "Γεώργιος <ΠΕ86>", user_id="opaque-2")
    (meeting,) = ask("getMeetings").root.findall("meetings/meeting")
    assert [
        (one.findtext("userID"), one.findtext("fullName"), one.findtext("role")) for one in meeting.iter("attendee")
    ] == [
        ("opaque-1", "Ελένη & «Α»", "MODERATOR"),
        ("opaque-2", "Γεώργιος <ΠΕ86>", "VIEWER"),
        ("opaque-2", "Γεώργιος <ΠΕ86>", "VIEWER"),
    ], "one element per session: B-26"
    assert (meeting.findtext("participantCount"), meeting.findtext("moderatorCount")) == ("3", "1")
    assert (meeting.findtext("startTime"), meeting.findtext("recording")) == (str(CREATED_MS + 60_000), "true")


def test_the_fault_no_meetings_hides_what_is_there(ask: Asker, faults: FaultBook) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    faults.set("bbb:no-meetings@1")
    assert ask("getMeetings").code == ("SUCCESS", "noMeetings")  # B-40
    assert len(ask("getMeetings").root.findall("meetings/meeting")) == 1


def test_the_fault_meeting_dies_takes_the_next_one_away(ask: Asker, faults: FaultBook, world: World) -> None:
    faults.set("bbb:meeting-dies@1")
    assert ask("create", meetingID="kypek-1", name=GREEK).code == ("SUCCESS", "")
    assert ask("getMeetingInfo", meetingID="kypek-1").code == ("FAILED", "notFound")
    assert ask("getMeetings").code == ("SUCCESS", "noMeetings")
    assert ask("create", meetingID="kypek-1", name=GREEK).code == ("SUCCESS", "")
    assert [meeting.listed for meeting in world.meetings()] == [False, True]


def test_the_state_survives_a_restart_and_is_one_file(ask: Asker, tmp_path: Path, clock: Clock) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    assert [meeting.meeting_id for meeting in World(tmp_path, clock).meetings()] == ["kypek-1"]
    assert {path.name.split("-")[0] for path in tmp_path.iterdir()} == {"bigbluebutton.sqlite"}


def test_many_creates_at_once_make_one_meeting(ask: Asker, world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask("create", meetingID="kypek-1", name=GREEK), range(16)))
    assert sorted(str(answer["messageKey"]) for answer in answers) == [""] + ["duplicateWarning"] * 15
    assert len({answer["createTime"] for answer in answers}) == len(world.meetings()) == 1


def test_a_create_whose_answer_is_lost_is_found_by_its_id(ask: Asker, faults: FaultBook) -> None:
    faults.set("bbb:reset-after-write@1")
    with pytest.raises((ConnectionError, HTTPException)):
        ask("create", meetingID="kypek-1", name=GREEK)
    assert ask("getMeetingInfo", meetingID="kypek-1")["meetingName"] == GREEK
    assert ask("create", meetingID="kypek-1", name=GREEK).code == ("SUCCESS", "duplicateWarning")


def test_a_naive_clock_is_refused(tmp_path: Path) -> None:
    naive = World(tmp_path, lambda: datetime(2026, 1, 1))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(ValueError, match="aware"):
        naive.meetings()


def test_slides_are_posted_as_xml_with_everything_signed(ask: Asker) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    slides = '<modules><module name="presentation"><document url="https://kypek.example/a.pdf"/></module></modules>'
    assert ask.raw("insertDocument", "meetingID=kypek-1", method="POST", body=slides)["returncode"] == "SUCCESS"
    assert ask.raw("insertDocument", "meetingID=kypek-1", method="POST", body="").code == ("FAILED", "failedUpload")
    assert ask("insertDocument", meetingID="kypek-1").status == 405


def test_a_chat_message_has_limits(ask: Asker) -> None:
    ask("create", meetingID="kypek-1", name=GREEK)
    assert ask("sendChatMessage", meetingID="kypek-1", message="Καλησπέρα")["returncode"] == "SUCCESS"
    assert ask("sendChatMessage", meetingID="kypek-1", message="α" * 501).code == ("FAILED", "validationError")
    assert ask("sendChatMessage", meetingID="kypek-1", message="α", userName="β" * 256)["returncode"] == "FAILED"
