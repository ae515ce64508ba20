"""Between the JSON of Request Tracker and our types: pure. Ids are text or numbers, as it likes (H-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from kypek_sync.contract import Ticket, TicketEvent
from kypek_sync.model import TicketState

STATES: Mapping[str, TicketState] = MappingProxyType(
    {
        "new": TicketState.NEW,
        "open": TicketState.OPEN,
        "stalled": TicketState.WAITING,
        "resolved": TicketState.RESOLVED,
        "rejected": TicketState.CLOSED,
        "deleted": TicketState.CLOSED,
    }
)
"""The life cycle that every Request Tracker has (fact sheet helpdesk, section 3.3)."""

_KINDS = {"Status": "state", "Comment": "note", "Correspond": "reply"}


class Misshapen(ValueError):
    """An answer that is JSON but lacks what it must have. Its text says what."""


class UnknownState(ValueError):
    """A status that the map of states does not have. Its text is the status."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket as it is shown. `fields` has one value for each custom field of its queue; `version` is its ETag."""

    id: int
    subject: str
    status: str
    queue: str
    updated: datetime
    fields: Mapping[str, str]
    version: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket in a list: `ref` is None where its queue does not show the field."""

    id: int
    status: str
    ref: str | None


@dataclass(frozen=True, slots=True)
class QueueShown:
    """A queue: names of the custom fields of its tickets and of their transactions, and whether we may open tickets."""

    id: str
    name: str
    ticket_fields: frozenset[str]
    note_fields: frozenset[str]
    may_create: bool


class StateMap:
    """Statuses and what they mean; `own` are those of an administrator and come before those of the usual life
    cycle."""

    def __init__(self, own: Mapping[str, TicketState]) -> None:
        self._meaning = {**STATES, **{name.lower(): state for name, state in own.items()}}
        self._word: dict[TicketState, str] = {}
        for name, state in (*((name.lower(), state) for name, state in own.items()), *STATES.items()):
            self._word.setdefault(state, name)

    def meaning(self, status: str) -> TicketState:
        """What a status means. Raises `UnknownState`."""
        try:
            return self._meaning[status.lower()]
        except KeyError:
            raise UnknownState(status) from None

    def word(self, state: TicketState) -> str:
        """The status to set for a state."""
        return self._word[state]


def shown(data: Any, version: str, fields: Mapping[str, str] | None = None) -> Shown:
    """A ticket from its own page. Raises `Misshapen`."""
    return Shown(
        id=_number(data, "id"),
        subject=_text(data, "Subject"),
        status=_text(data, "Status"),
        queue=_id(_part(data, "Queue")),
        updated=moment(_text(data, "LastUpdated")),
        fields=_fields(data) if fields is None else fields,
        version=version,
    )


def ticket(one: Shown, states: StateMap, ref_field: str, address: str) -> Ticket:
    """The ticket in our words. Raises `UnknownState`."""
    return Ticket(
        id=str(one.id),
        ref=one.fields.get(ref_field, ""),
        subject=one.subject,
        state=states.meaning(one.status),
        native_state=one.status,
        updated=one.updated,
        version=one.version,
        address=address,
    )


def hit(data: Any, ref_field: str) -> Hit:
    """A ticket of a search. Raises `Misshapen`."""
    return Hit(_number(data, "id"), _text(data, "Status"), _fields(data).get(ref_field))


def queue(data: Any) -> QueueShown:
    """A queue from its own page. Raises `Misshapen`."""
    links = data.get("_hyperlinks") if isinstance(data, dict) else None
    return QueueShown(
        id=str(_number(data, "id")),
        name=_text(data, "Name"),
        ticket_fields=_names(data, "TicketCustomFields"),
        note_fields=_names(data, "TicketTransactionCustomFields"),
        may_create=any(isinstance(link, dict) and link.get("ref") == "create" for link in links or ()),
    )


def listed_id(data: Any) -> str:
    """The id of an element of a list. Raises `Misshapen`."""
    return _id(data)


def noted(data: Any, event_field: str) -> tuple[str, str | None]:
    """A transaction's id and the key of its note, None where it is not shown. Raises `Misshapen`."""
    shown = isinstance(data, dict) and "CustomFields" in data
    return _id(data), _fields(data).get(event_field) if shown else None


def event(data: Any) -> tuple[int, TicketEvent]:
    """A transaction: its id, and the event in our words. Its ticket is in ObjectId, `Object` is empty (H-11). Raises
    `Misshapen`."""
    kind = _text(data, "Type")
    old, new = (str(data.get(name) or "") for name in ("OldValue", "NewValue"))
    return _number(data, "id"), TicketEvent(
        ticket=str(_number(data, "ObjectId")),
        at=moment(_text(data, "Created")),
        by=_id(_part(data, "Creator")),
        kind=_KINDS.get(kind, "other"),
        text=f"{old} → {new}" if kind == "Status" else "",
    )


def moment(text: str) -> datetime:
    """A time as JSON has it: UTC, with a Z. Raises `Misshapen`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misshapen(f"{text[:40]!r} is no time") from None
    if found.tzinfo is None:
        raise Misshapen(f"the time {text[:40]!r} has no zone")
    return found.astimezone(UTC)


def _fields(data: Any) -> dict[str, str]:
    """The custom fields, each with its first value."""
    found = {}
    for field in _part(data, "CustomFields") or ():
        if not isinstance(field, dict) or not isinstance(field.get("values"), list):
            raise Misshapen("a custom field has no list of values")
        found[str(field.get("name", ""))] = str(next(iter(field["values"]), ""))
    return found


def _names(data: Any, key: str) -> frozenset[str]:
    return frozenset(str(one.get("name", "")) for one in data.get(key) or () if isinstance(one, dict))


def _part(data: Any, key: str) -> Any:
    if not isinstance(data, dict) or key not in data:
        raise Misshapen(f"{key} is missing")
    return data[key]


def _text(data: Any, key: str) -> str:
    value = _part(data, key)
    if not isinstance(value, str):
        raise Misshapen(f"{key} is no text")
    return value


def _number(data: Any, key: str) -> int:
    value = str(_part(data, key))
    if not value.isdecimal():
        raise Misshapen(f"{key} is no number")
    return int(value)


def _id(data: Any) -> str:
    return str(_part(data, "id"))
