"""What every server of meeting rooms must keep. Subclass `RoomsContract` with a fixture; nothing may be skipped:

class TestBigBlueButton(RoomsContract):
    @pytest.fixture
    def house(self, tmp_path) -> Iterator[House]: ...
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Protocol

import pytest

from kypek_sync.contract import (
    Ambiguous,
    Capability,
    ConnectorError,
    Join,
    Occupant,
    Outcome,
    ProbeLevel,
    RoomDraft,
    Rooms,
    StopConnector,
    TryLater,
)
from kypek_sync.sandbox.faults import FaultBook

NO_ANSWERS = ("html-200", "server-error", "unavailable", "redirect", "refuse", "cut-body", "empty-200")
"""Wire faults after which nothing may be believed."""

DRAFT = RoomDraft("att-a_EKFE-27-03_2", "Πειράματα φυσικής στην τάξη — 2η συνάντηση", 150, "Καλώς ήρθατε", record=True)
ELENI = Join("p-7f3a", "Ελένη Ιωάννου", moderator=False)
TRAINER = Join("p-0b1c", "Γεώργιος Βλάχος", moderator=True)


class World(Protocol):
    """The server from inside, past its interface."""

    def enter(self, link: str) -> bool:
        """Somebody opens a link in a browser. Gives whether they are in a room now."""

    def leave(self, ref: str, who: str) -> None:
        """Somebody closes the room's window."""

    def lives(self, ref: str) -> int:
        """How many incarnations of a room there were so far, living or dead."""

    def die(self, ref: str) -> None:
        """A room that nobody is in dies, and is forgotten by the server."""

    def finish(self) -> None:
        """What was asked to end has ended by now."""

    def record(self, ref: str, *, published: bool, minutes: int) -> str:
        """A recording appears. Gives its id."""


@dataclass(frozen=True)
class House:
    """One server under test, empty.

    `system` is its name in the fault book; `secrets` what must never be seen. `locked_out` is the same connector with a
    wrong credential, `hasty` one that gives up soon: after at most `hasty_seconds` for one call, `blind` one that is
    told that its server does not list rooms.
    """

    rooms: Rooms
    locked_out: Rooms
    hasty: Rooms
    blind: Rooms
    world: World
    faults: FaultBook
    system: str
    secrets: tuple[str, ...]
    hasty_seconds: float = 10.0

    @contextmanager
    def trouble(self, fault: str) -> Iterator[None]:
        """The server misbehaves for a while: `fault` as in the fault grammar, without the system."""
        self.faults.set(f"{self.system}:{fault}")
        try:
            yield
        finally:
            self.faults.lift(self.system)

    def inside(self, ref: str) -> tuple[Occupant, ...]:
        """Who is in a room, as the connector tells."""
        return next(room.occupants for room in self.rooms.rooms().items if room.ref == ref)


def refs(house: House) -> list[str]:
    """The rooms that are listed."""
    return [room.ref for room in house.rooms.rooms().items]


class RoomsContract:
    """The whole suite. The subclass gives `house`, fresh for each test."""

    @pytest.fixture
    def house(self) -> House:
        raise NotImplementedError("the subclass gives the house")

    # Every connector

    def test_it_fills_the_role(self, house: House) -> None:
        assert isinstance(house.rooms, Rooms)
        assert house.rooms.capabilities() <= {Capability.RECORDINGS}

    def test_a_working_server_is_usable_and_no_room_was_made_to_find_out(self, house: House) -> None:
        probe = house.rooms.probe()
        assert probe.usable
        assert probe.version
        assert all(line.text for line in probe.lines)
        assert all(line.next_step for line in probe.lines if line.level is not ProbeLevel.OK)
        assert refs(house) == []

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_a_probe_tells_and_never_raises(self, house: House, fault: str) -> None:
        with house.trouble(fault):
            probe = house.rooms.probe()
        assert not probe.usable
        assert all(line.next_step for line in probe.lines if line.level is ProbeLevel.PROBLEM)

    def test_a_wrong_credential_stops_the_connector(self, house: House) -> None:
        for call in (
            lambda: house.locked_out.open(DRAFT),
            lambda: house.locked_out.rooms(),
            lambda: house.locked_out.end(DRAFT.ref),
            lambda: house.locked_out.recordings([DRAFT.ref]),
        ):
            with pytest.raises(StopConnector) as caught:
                call()
            assert caught.value.hint
        assert not house.locked_out.probe().usable
        assert house.world.lives(DRAFT.ref) == 0

    def test_it_can_be_closed_twice(self, house: House) -> None:
        house.rooms.rooms()
        house.rooms.close()
        house.rooms.close()

    # Opening

    def test_opening_twice_is_opening_once(self, house: House) -> None:
        first = house.rooms.open(DRAFT)
        again = house.rooms.open(replace(DRAFT, title="Άλλος τίτλος", minutes=10))
        assert again == first
        assert house.world.lives(DRAFT.ref) == 1

    def test_a_room_that_died_has_another_incarnation(self, house: House) -> None:
        first = house.rooms.open(DRAFT)
        house.world.die(DRAFT.ref)
        second = house.rooms.open(DRAFT)
        assert second.ref == first.ref
        assert second.incarnation != first.incarnation
        assert second.created > first.created

    def test_the_room_that_is_opened_is_the_room_that_is_listed(self, house: House) -> None:
        opened = house.rooms.open(DRAFT)
        read = house.rooms.rooms()
        assert read.items == (opened,)
        assert read.complete
        assert read.proofs
        assert opened.created.utcoffset() == read.as_of.utcoffset() == timedelta(0)
        assert opened.created.tzinfo is UTC

    @pytest.mark.parametrize(
        "title", ["", "Α", "Ψηφιακά εργαλεία " * 60, "Δύο\r\nγραμμές\x00", "«Α» & <Β> +~*'()! %41"]
    )
    def test_any_title_makes_a_room(self, house: House, title: str) -> None:
        assert house.rooms.open(replace(DRAFT, title=title)).ref == DRAFT.ref
        assert house.world.lives(DRAFT.ref) == 1

    @pytest.mark.parametrize("fault", ["reset-after-write@1", "cut-body@1"])
    def test_a_doubt_about_opening_is_settled_by_asking_again(self, house: House, fault: str) -> None:
        with house.trouble(fault):
            room = house.rooms.open(DRAFT)
        assert house.rooms.rooms().items == (room,)
        assert house.world.lives(DRAFT.ref) == 1

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_a_write_without_a_proper_answer_is_not_told_as_done(self, house: House, fault: str) -> None:
        with house.trouble(fault):
            for write in (lambda: house.rooms.open(DRAFT), lambda: house.rooms.end(DRAFT.ref)):
                with pytest.raises((TryLater, Ambiguous)) as caught:
                    write()
                assert caught.value.system
        assert house.rooms.open(DRAFT).ref == DRAFT.ref

    # Joining

    def test_a_link_lets_a_person_in_with_name_id_and_role(self, house: House) -> None:
        room = house.rooms.open(DRAFT)
        for join in (ELENI, TRAINER):
            assert house.world.enter(house.rooms.join_link(room, join))
        inside = sorted(house.inside(DRAFT.ref), key=lambda one: one.who)
        assert inside == [Occupant("p-0b1c", "Γεώργιος Βλάχος", True), Occupant("p-7f3a", "Ελένη Ιωάννου", False)]

    def test_a_link_leads_into_its_incarnation_and_no_other(self, house: House) -> None:
        link = house.rooms.join_link(house.rooms.open(DRAFT), ELENI)
        house.world.die(DRAFT.ref)
        fresh = house.rooms.open(DRAFT)
        assert not house.world.enter(link)
        assert house.inside(DRAFT.ref) == ()
        assert house.world.enter(house.rooms.join_link(fresh, ELENI))

    def test_a_link_can_be_made_from_the_room_that_is_listed(self, house: House) -> None:
        house.rooms.open(DRAFT)
        (listed,) = house.rooms.rooms().items
        assert house.world.enter(house.rooms.join_link(listed, ELENI))

    def test_a_link_needs_no_answer_of_the_server(self, house: House) -> None:
        room = house.rooms.open(DRAFT)
        with house.trouble("refuse"):
            link = house.rooms.join_link(room, ELENI)
        assert house.world.enter(link)

    def test_nobody_enters_without_an_id(self, house: House) -> None:
        room = house.rooms.open(DRAFT)
        with pytest.raises(ConnectorError):
            house.rooms.join_link(room, Join("", "Ελένη Ιωάννου", moderator=False))

    # Who is inside

    @pytest.mark.parametrize("fault", NO_ANSWERS)
    def test_unreachable_is_not_empty(self, house: House, fault: str) -> None:
        house.rooms.open(DRAFT)
        with house.trouble(fault):
            for read in (house.rooms.rooms, lambda: house.rooms.recordings([DRAFT.ref])):
                with pytest.raises(TryLater) as caught:
                    read()
                assert caught.value.system

    def test_no_rooms_is_complete_where_the_server_is_known_to_list_them(self, house: House) -> None:
        read = house.rooms.rooms()
        assert (read.items, read.complete, read.why_partial) == ((), True, "")

    def test_no_rooms_proves_nothing_where_the_server_hides_them(self, house: House) -> None:
        read = house.blind.rooms()
        assert (read.items, read.complete) == ((), False)
        assert read.why_partial

    def test_two_devices_of_one_person_are_two_connections(self, house: House) -> None:
        room = house.rooms.open(DRAFT)
        for _ in range(2):
            house.world.enter(house.rooms.join_link(room, ELENI))
        assert [one.who for one in house.inside(DRAFT.ref)] == [ELENI.who] * 2

    def test_who_left_is_not_inside(self, house: House) -> None:
        room = house.rooms.open(DRAFT)
        for join in (ELENI, TRAINER):
            house.world.enter(house.rooms.join_link(room, join))
        house.world.leave(DRAFT.ref, ELENI.who)
        assert [one.who for one in house.inside(DRAFT.ref)] == [TRAINER.who]

    def test_a_slow_server_is_given_up_in_time(self, house: House) -> None:
        for call in (house.hasty.rooms, lambda: house.hasty.open(DRAFT)):
            begun = time.monotonic()
            with house.trouble(f"hang={house.hasty_seconds:g}"), pytest.raises((TryLater, Ambiguous)):
                call()
            assert time.monotonic() - begun < house.hasty_seconds

    # Ending

    def test_an_ended_room_is_listed_no_more_and_may_be_opened_again(self, house: House) -> None:
        house.rooms.open(DRAFT)
        other = replace(DRAFT, ref="att-a_EKFE-27-04_1")
        house.rooms.open(other)
        assert house.rooms.end(DRAFT.ref).outcome is Outcome.DONE
        house.world.finish()
        assert refs(house) == [other.ref]
        house.rooms.open(DRAFT)
        assert sorted(refs(house)) == sorted([DRAFT.ref, other.ref])

    def test_ending_what_is_not_there_is_already_done(self, house: House) -> None:
        receipt = house.rooms.end("att-a_nothing-here")
        assert receipt.outcome is Outcome.ALREADY
        assert receipt.detail

    def test_a_doubt_about_ending_is_settled(self, house: House) -> None:
        house.rooms.open(DRAFT)
        with house.trouble("cut-body@1"):
            assert house.rooms.end(DRAFT.ref).stands
        house.world.finish()
        assert refs(house) == []

    # Recordings

    def test_recordings_are_those_asked_for(self, house: House) -> None:
        mine = house.world.record(DRAFT.ref, published=True, minutes=95)
        hidden = house.world.record("att-a_EKFE-27-04_1", published=False, minutes=1)
        house.world.record("somebody-else", published=True, minutes=30)
        read = house.rooms.recordings([DRAFT.ref, "att-a_EKFE-27-04_1", "att-a_never-recorded"])
        assert read.complete
        told = {one.id: (one.ref, one.published, one.minutes) for one in read.items}
        assert told == {mine: (DRAFT.ref, True, 95), hidden: ("att-a_EKFE-27-04_1", False, 1)}
        assert all(one.address.startswith("https://") for one in read.items)

    def test_no_recordings_is_an_answer(self, house: House) -> None:
        read = house.rooms.recordings([DRAFT.ref])
        assert (read.items, read.complete) == ((), True)

    def test_asking_for_no_recordings_asks_nothing(self, house: House) -> None:
        house.world.record(DRAFT.ref, published=True, minutes=95)
        with house.trouble("refuse"):
            assert house.rooms.recordings([]).items == ()

    def test_many_rooms_and_many_recordings_are_all_seen(self, house: House) -> None:
        several = [f"att-a_EKFE-27-{number:03}_{'x' * 150}" for number in range(45)]
        made = {house.world.record(ref, published=True, minutes=1) for ref in several}
        made |= {house.world.record(several[0], published=True, minutes=1) for _ in range(120)}
        read = house.rooms.recordings(several)
        assert {one.id for one in read.items} == made
        assert read.complete

    # Secrets

    def test_no_secret_in_log_or_repr(self, house: House, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        room = house.rooms.open(DRAFT)
        links = [house.rooms.join_link(room, join) for join in (ELENI, TRAINER)]
        said = [repr(house.rooms), repr(room), repr(house.rooms.probe()), repr(house.locked_out.probe())]
        calls: list[Callable[[], object]] = [
            lambda: house.rooms.open(DRAFT),
            house.rooms.rooms,
            lambda: house.rooms.end("att-a_nothing-here"),
            lambda: house.rooms.recordings([DRAFT.ref]),
            house.locked_out.rooms,
        ]
        for fault in ("html-200@1", "refuse", "cut-body", "redirect@1", "reset-after-write@1", "server-error@1"):
            for call in calls:
                with house.trouble(fault):
                    try:
                        said.append(repr(call()))
                    except ConnectorError as error:
                        said += [repr(error), "".join(traceback.format_exception(error))]
        everything = "\n".join([*said, caplog.text])
        assert house.secrets
        assert [secret for secret in (*house.secrets, *links) if secret in everything] == []
        signatures = [link.rpartition("=")[2] for link in links]
        assert [one for one in signatures if one in everything] == []
