"""Between what operations answer and our tickets: pure, by the paths of the settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from connectors.soap_helpdesk.paths import listed, read
from connectors.soap_helpdesk.settings import States, TicketPaths
from kypek_sync.contract import Ticket
from kypek_sync.model import TicketState

_MARK = "[KYPEK#"


class Misshapen(ValueError):
    """An answer that lacks what it must have, such as a number or a date that could not be read (H-34)."""


class UnknownState(ValueError):
    """A state that states.in does not have. Its text is the state."""


@dataclass(frozen=True, slots=True)
class Record:
    """A ticket as it was answered. `raw` is all of it, for `${current.…}`."""

    id: str
    ref: str
    subject: str
    native: str
    updated: datetime
    raw: Any

    @property
    def version(self) -> str:
        """What differs after a change, as far as the helpdesk tells: its moment and its state."""
        return f"{self.updated:%Y-%m-%dT%H:%M:%S.%fZ} {self.native}"


def marked(text: str, key: str, limit: int = 0) -> str:
    """A subject with a reference at its end; the text gives way, the reference never."""
    return f"{fitted(text, limit - len(mark(key)) - 1 if limit else 0)} {mark(key)}".strip()


def mark(key: str) -> str:
    """How a reference stands in a text."""
    return f"{_MARK}{key}]"


def fitted(text: str, limit: int) -> str:
    """A text on one line, cut to a limit (0: none) with an ellipsis."""
    line = " ".join(text.split())
    return line if not limit or len(line) <= limit else f"{line[: max(limit - 1, 0)].rstrip()}…"


def record(raw: Any, paths: TicketPaths, zone: tzinfo) -> Record:
    """A ticket. Raises `Misshapen` where its number, state or moment is missing: zeep gives None for what it cannot
    read (H-34)."""
    number, state = read(paths.id, raw), read(paths.state, raw)
    if number in (None, ""):
        raise Misshapen(f"a ticket without a number (ticket.id: {paths.id})")
    if state in (None, ""):
        raise Misshapen(f"ticket {number} without a state (ticket.state: {paths.state})")
    subject = str(read(paths.subject, raw) or "")
    ref = str(read(paths.ref, raw) or "") if paths.ref else _reference(subject)
    return Record(str(number), ref, subject, str(state), _moment(read(paths.updated, raw), number, paths, zone), raw)


def ticket(one: Record, states: States, address: str) -> Ticket:
    """The ticket in our words. Raises `UnknownState`."""
    return Ticket(
        one.id, one.ref, one.subject, meaning(one.native, states), one.native, one.updated, one.version, address
    )


def meaning(native: str, states: States) -> TicketState:
    """What a state means. Raises `UnknownState`."""
    try:
        return states.incoming[native]
    except KeyError:
        raise UnknownState(native) from None


def has_note(one: Record, paths: TicketPaths, note_ref: str) -> bool:
    """Whether a note with this key is on the ticket, by its key or by the mark in its text."""
    for note in listed(read(paths.notes, one.raw)):
        if paths.note_key:
            if str(read(paths.note_key, note) or "") == note_ref:
                return True
        elif mark(note_ref) in str(read(paths.note_text, note) or ""):
            return True
    return False


def by_number(records: Iterable[Record]) -> tuple[Record, ...]:
    """Tickets by number, the lowest first; numbers that are none come last, by their letters."""

    def place(one: Record) -> tuple[bool, int, str]:
        return (not one.id.isdecimal(), int(one.id) if one.id.isdecimal() else 0, one.id)

    return tuple(sorted(records, key=place))


def _reference(subject: str) -> str:
    """The reference in a subject; empty when there is none."""
    start, end = subject.find(_MARK), subject.rfind("]")
    return subject[start + len(_MARK) : end] if 0 <= start < end else ""


def _moment(value: Any, number: Any, paths: TicketPaths, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        raise Misshapen(
            f"ticket {number} without a readable moment of its last change (ticket.updated: {paths.updated})"
        )
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)  # H-35
