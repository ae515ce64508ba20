"""Changes and deletions as the server itself tells them: RFC 4533, `refreshOnly`. Needs a line that can be heard raw.

A cookie that the server cannot continue from is answered without an error, by everything that there is or by the list
of those that are present (D-37). Neither is read as a delta: the answer is left at the first sign of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1.type import namedtype, tag, univ

from connectors.ldap.client import Control, Deaf, LdapClient, Message, Search, Take
from connectors.ldap.cursor import cookie_of, older, state_in

SYNC_REQUEST = "1.3.6.1.4.1.4203.1.9.1.1"
"""The control that a server lists among those it supports when it offers syncrepl."""
_STATE, _DONE, _INFO = (f"1.3.6.1.4.1.4203.1.9.1.{number}" for number in (2, 3, 4))

MOST = 10_000
"""Changed entries of one delta; beyond that a full read is quicker."""

_SUCCESS, _TIME_LIMIT, _SIZE_LIMIT, _ADMIN_LIMIT, _REFRESH_REQUIRED = 0, 3, 4, 11, 4096
_LIMITS = {_TIME_LIMIT: "time limit", _SIZE_LIMIT: "size limit", _ADMIN_LIMIT: "administrative limit"}
_PRESENT, _DELETE = 0, 3
_REFRESH_ONLY = 1
_BARE = 23
"""Bytes of a state with its entryUUID and nothing else."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the server told: `entries` were handed over, `gone` are entryUUIDs of those that are not there any more,
    `state` is where the next one starts. `stale` says in a clause that the server could not continue from our state;
    `limit` that it stopped at a limit; `refused` that it does not do this for our account; `deaf` in a sentence why the
    library that listens found no way in. Then the rest says nothing.
    """

    entries: int = 0
    gone: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    stale: str = ""
    limit: str = ""
    refused: bool = False
    deaf: str = ""


def heard_since(client: LdapClient, search: Search, state: Sequence[str], take: Take) -> Heard:
    """Ask for what changed since a state, and hand the changed entries over once the answer has proven to be such: who
    falls back to another way hands the same ones over again. Raises `TryLater` and `StopConnector`."""
    ear = _Ear(tuple(state))
    asked = Search(search.base, search.filter, (*search.attributes, "entryCSN"), search.subtree)
    try:
        answer = client.listen(asked, (Control(SYNC_REQUEST, _request(cookie_of(state)), critical=True),), ear.hear)
        cookie, deletes = ear.done(answer.controls) if answer.code == _SUCCESS else (None, False)
    except Deaf as deaf:
        return Heard(deaf=str(deaf))
    except _Stale as stale:
        return Heard(stale=str(stale))
    except (PyAsn1Error, ValueError):
        return Heard(refused=True)
    if answer.code == _REFRESH_REQUIRED:
        return Heard(stale="it asks for a full read")
    if answer.code in _LIMITS:
        return Heard(limit=_LIMITS[answer.code])
    if answer.code != _SUCCESS or answer.referrals:
        return Heard(refused=True)
    if not deletes:
        return Heard(stale="it listed those that are there, not those that are gone")
    if cookie is not None and not state_in(cookie):
        return Heard(stale="its cookie has another form")
    for dn, values in ear.told:
        take(dn, values)
    return Heard(len(ear.told), tuple(sorted(ear.gone)), state_in(cookie) if cookie else ear.state)


class _Stale(Exception):
    """The server does not continue from our state; the text says by what it is known."""


@dataclass
class _Ear:
    """Hears the messages of one answer."""

    state: tuple[str, ...]
    told: list[tuple[str, Mapping[str, Sequence[bytes]]]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def hear(self, message: Message) -> None:
        """One entry or one word in between."""
        if message.dn is None:
            if message.oid == _INFO:
                self._info(message.value)
            return
        state, identity = _state(_value(message.controls, _STATE))
        if state == _DELETE:
            self.gone.add(identity)
            return
        if state == _PRESENT:
            raise _Stale("it listed those that are there")
        own = [value.decode("ascii", "replace") for value in message.values.get("entryCSN", ())]
        if not own or any(older(csn, self.state) for csn in own):
            raise _Stale("it began to tell everything anew")
        if len(self.told) >= MOST:
            raise _Stale(f"more than {MOST} entries")
        self.told.append((message.dn, {name: those for name, those in message.values.items() if name != "entryCSN"}))

    def done(self, controls: Sequence[Control]) -> tuple[str | None, bool]:
        """The cookie at the end, None where the old one stays, and whether what is gone was told by name."""
        said = _decoded(_value(controls, _DONE), _DONE_VALUE)
        return _cookie(said), bool(said["refreshDeletes"])

    def _info(self, value: bytes) -> None:
        said = _decoded(value, _INFO_VALUE)
        word = said.getName()
        if word == "refreshPresent":
            raise _Stale("it listed those that are there")
        if word == "syncIdSet":
            several = said["syncIdSet"]
            if not bool(several["refreshDeletes"]):
                raise _Stale("it listed those that are there")
            self.gone.update(str(UUID(bytes=bytes(one))) for one in several["syncUUIDs"])


# --------------------------------------------------------------------------------- ASN.1 (RFC 4533, sections 2 and 3)


def _sequence(*components: Any) -> Any:
    return univ.Sequence(componentType=namedtype.NamedTypes(*components))


def _tagged(kind: Any, number: int, form: int = tag.tagFormatConstructed) -> Any:
    return kind.subtype(implicitTag=tag.Tag(tag.tagClassContext, form, number))


_COOKIE = namedtype.OptionalNamedType("cookie", univ.OctetString())
_DELETES = namedtype.DefaultedNamedType("refreshDeletes", univ.Boolean(False))

_REQUEST_VALUE = _sequence(
    namedtype.NamedType("mode", univ.Enumerated()),
    _COOKIE,
    namedtype.DefaultedNamedType("reloadHint", univ.Boolean(False)),
)
_STATE_VALUE = _sequence(
    namedtype.NamedType("state", univ.Enumerated()), namedtype.NamedType("entryUUID", univ.OctetString()), _COOKIE
)
_DONE_VALUE = _sequence(_COOKIE, _DELETES)
_REFRESH = _sequence(_COOKIE, namedtype.DefaultedNamedType("refreshDone", univ.Boolean(True)))
_ID_SET = _sequence(_COOKIE, _DELETES, namedtype.NamedType("syncUUIDs", univ.SetOf(componentType=univ.OctetString())))
_INFO_VALUE = univ.Choice(
    componentType=namedtype.NamedTypes(
        namedtype.NamedType("newcookie", _tagged(univ.OctetString(), 0, tag.tagFormatSimple)),
        namedtype.NamedType("refreshDelete", _tagged(_REFRESH, 1)),
        namedtype.NamedType("refreshPresent", _tagged(_REFRESH, 2)),
        namedtype.NamedType("syncIdSet", _tagged(_ID_SET, 3)),
    )
)


def _request(cookie: str) -> bytes:
    value = _REQUEST_VALUE.clone()
    value["mode"] = _REFRESH_ONLY
    value["cookie"] = cookie.encode()
    return bytes(encoder.encode(value))


def _state(value: bytes) -> tuple[int, str]:
    """State and entryUUID of an entry. The form without a cookie is read at once: there may be thousands."""
    if len(value) == _BARE and value[:4] == b"\x30\x15\x0a\x01" and value[5:7] == b"\x04\x10":
        return value[4], str(UUID(bytes=value[7:]))
    said = _decoded(value, _STATE_VALUE)
    return int(said["state"]), str(UUID(bytes=bytes(said["entryUUID"])))


def _decoded(value: bytes, kind: Any) -> Any:
    return decoder.decode(value, asn1Spec=kind)[0]


def _value(controls: Sequence[Control], oid: str) -> bytes:
    return next((control.value for control in controls if control.oid == oid), b"")


def _cookie(said: Any) -> str | None:
    return bytes(said["cookie"]).decode("utf-8", "replace") if said["cookie"].isValue else None
