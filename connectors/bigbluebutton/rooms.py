"""The Rooms role on BigBlueButton. `Room.ref` is the meetingID, `Room.incarnation` the internalMeetingID."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import connectors.bigbluebutton.mapping as mapping
from connectors.bigbluebutton.client import ABSENT, BigBlueButtonClient, Refused, Reply
from connectors.bigbluebutton.mapping import NAME_LIMIT, OLD_NAME_LIMIT, Misshapen
from connectors.bigbluebutton.probing import probe
from connectors.bigbluebutton.settings import BigBlueButtonSettings
from kypek_sync.contract import (
    Ambiguous,
    Capability,
    ConnectorContext,
    Join,
    Outcome,
    Probe,
    Receipt,
    Recording,
    Room,
    RoomDraft,
    SkipThis,
    Snapshot,
    StopConnector,
)

PAGE = 100
"""Recordings asked for at once: the most that is allowed."""
_MOST_PAGES = 50
_REFS_LENGTH = 3000  # characters of references in one address


class BigBlueButtonRooms:
    """One server, or the balancer in front of several. Nothing is asked of it before the first call."""

    def __init__(self, settings: BigBlueButtonSettings, context: ConnectorContext) -> None:
        self.system = context.name
        self._clock = context.clock
        self._lists_meetings = settings.lists_meetings
        self._client = BigBlueButtonClient(context.name, settings)

    # Every connector

    def capabilities(self) -> frozenset[Capability]:
        """Recordings; a server that turns out not to tell them makes `recordings` partial."""
        return frozenset({Capability.RECORDINGS})

    def probe(self) -> Probe:
        """Address, secret, version, whether it tells who is present, clock."""
        return probe(self._client, self._clock, lists_meetings=self._lists_meetings)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    # Rooms

    def open(self, draft: RoomDraft) -> Room:
        """Create it, or be told that it is there (duplicateWarning, B-12): the same call, so a doubt is settled by
        asking again. Changed parameters of a living room are ignored by the server. Raises `SkipThis` where the
        reference cannot be a meetingID, or somebody else holds it."""
        if not mapping.is_reference(draft.ref):
            raise SkipThis(
                self.system, f"{draft.ref[:60]!r} cannot be a room's reference (2 to 200 of A-Z a-z 0-9 _ -)."
            )
        try:
            reply = self._create(draft)
        except Refused as error:
            raise self._not_opened(draft, error) from None
        try:
            return mapping.opened(reply.root, draft.ref)
        except Misshapen as error:
            wrong = str(error)
        raise Ambiguous(self.system, f"The server says that room {draft.ref} is open, but {wrong}.")

    def join_link(self, room: Room, join: Join) -> str:
        """Signed here, without asking the server. The link never expires by itself (B-44); it dies with the
        incarnation. Raises `SkipThis` for a person without an id (B-20)."""
        if not join.who.strip():
            raise SkipThis(self.system, f"Nobody enters room {room.ref} without an id: presence hangs on it.")
        return self._client.link("join", mapping.joining(room, join))

    def rooms(self) -> Snapshot[Room]:
        """One getMeetings. Partial where the server is set not to list them (B-40), or an entry made no sense."""
        as_of = self._clock()
        try:
            reply = self._client.read("getMeetings")
        except Refused as error:
            why = f"The server does not tell its meetings. {error.message}"
            return Snapshot(self.system, "rooms", as_of, (), complete=False, why_partial=why)
        listing = mapping.listing(reply.root)
        why = ""
        if not self._lists_meetings:
            why = "The server is set not to list its meetings (`lists_meetings: false`)."
        elif listing.unreadable:
            why = f"{listing.unreadable} of its meetings could not be understood."
        elif reply.key != "noMeetings" and reply.root.find("meetings") is None:
            why = "The server answered without a list of meetings."
        proofs = () if why else (f"getMeetings: {reply.key or f'{len(listing.rooms)} running'}",)
        return Snapshot(
            self.system,
            "rooms",
            as_of,
            listing.rooms,
            complete=not why,
            why_partial=why,
            proofs=proofs,
            findings=listing.findings,
        )

    def end(self, ref: str) -> Receipt:
        """Asks for the end, which comes some seconds later (B-17): `DONE` says that it was asked for. `ALREADY`: the
        server knows no such room."""
        if not mapping.is_reference(ref):
            return Receipt(Outcome.REFUSED, detail=f"{ref[:60]!r} cannot be a room's reference.")
        try:
            self._client.write("end", {"meetingID": ref})
        except Refused as error:
            if error.key in ABSENT:
                return Receipt(Outcome.ALREADY, foreign_id=ref, detail="The server knows no such room.")
            return Receipt(Outcome.REFUSED, foreign_id=ref, detail=error.message)
        return Receipt(Outcome.DONE, foreign_id=ref, detail="The end was asked for; it takes some seconds.")

    # Recordings

    def recordings(self, refs: Sequence[str]) -> Snapshot[Recording]:
        """Published and unpublished ones, in pages. Balancers may ignore the pages or refuse (B-40): what was seen is
        given, and the snapshot says that it is partial."""
        as_of = self._clock()
        wanted = sorted({ref for ref in refs if mapping.is_reference(ref)})
        found: dict[str, Recording] = {}
        partial: list[str] = []
        for some in _in_addresses(wanted):
            try:
                self._pages(some, found, partial)
            except Refused as error:
                partial.append(error.message)
        items = tuple(sorted((one for one in found.values() if one.ref in wanted), key=lambda one: (one.ref, one.id)))
        why = " ".join(dict.fromkeys(partial))
        proofs = () if why else (f"end of pages, {len(wanted)} rooms asked for",)
        return Snapshot(self.system, "recordings", as_of, items, complete=not why, why_partial=why, proofs=proofs)

    # How it is done

    def _create(self, draft: RoomDraft) -> Reply:
        try:
            return self._client.write("create", mapping.created_from(draft))
        except Refused as error:
            shorter = mapping.created_from(draft, OLD_NAME_LIMIT)
            if error.key != "validationError" or shorter == mapping.created_from(draft, NAME_LIMIT):
                raise
        return self._client.write("create", shorter)  # a server up to 2.4 takes 64 (B-9)

    def _not_opened(self, draft: RoomDraft, error: Refused) -> SkipThis | StopConnector:
        if error.unsupported:
            return StopConnector(self.system, error.message, hint="Check that the address is that of a BigBlueButton.")
        if error.key == "idNotUnique":
            return SkipThis(
                self.system,
                f"Room {draft.ref} was opened by somebody else, with passwords of their own.",
                hint="It frees itself when that meeting ends; end it there, or change the reference.",
            )
        return error

    def _pages(self, refs: Sequence[str], found: dict[str, Recording], partial: list[str]) -> None:
        """Until a page is not full, brings nothing new, or shows that pages are ignored."""
        for number in range(_MOST_PAGES):
            query = {"meetingID": ",".join(refs), "offset": str(number * PAGE), "limit": str(PAGE)}
            rows, unreadable = mapping.recorded(self._client.read("getRecordings", query).root)
            if unreadable:
                partial.append("Some recordings could not be understood.")
            fresh = {row.id: row for row in rows if row.id not in found}
            found.update(fresh)
            if len(rows) + unreadable != PAGE or not fresh:
                return
        partial.append(f"There are more than {_MOST_PAGES * PAGE} recordings.")


def _in_addresses(refs: Sequence[str]) -> Iterator[list[str]]:
    """The references in lists that fit an address each."""
    some: list[str] = []
    for ref in refs:
        if some and sum(len(one) + 3 for one in some) + len(ref) > _REFS_LENGTH:
            yield some
            some = []
        some.append(ref)
    if some:
        yield some
