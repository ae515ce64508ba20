"""The Directory role over LDAP."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.ldap.client import Ending, LdapClient, Search, Take, escaped
from connectors.ldap.probing import probe
from connectors.ldap.settings import LdapSettings
from kypek_sync.contract import (
    PERSON_ATTRIBUTES,
    UNIT_ATTRIBUTES,
    Capability,
    ConnectorContext,
    Digester,
    Entry,
    Gathered,
    Keeper,
    Known,
    PeopleDelta,
    Probe,
    Reading,
    SkipThis,
    person_of,
    unit_id,
    unit_of,
)
from kypek_sync.model import Person, Unit

OVERLAP = timedelta(minutes=15)
"""How far a delta reaches back before its cursor, for a clock that is behind and a replica that lags."""

_EVERYBODY = "(!(objectClass=alias))"
_UNITS = "(objectClass=gsnUnit)"
_MOMENT = "%Y%m%d%H%M%SZ"


class LdapDirectory:
    """People and units of an LDAP directory. Safe to use from several threads."""

    def __init__(self, settings: LdapSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        ca_file = str(context.folder / settings.ca_file) if settings.ca_file else ""
        self._client = LdapClient(context.name, settings, ca_file)
        self._digester = Digester(context.registry_hash)
        self._lock = threading.Lock()
        self._capabilities: frozenset[Capability] | None = None

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        """Everybody one level below the people's base. Complete only when every page was read to the end."""
        as_of = self._context.clock()
        search = Search(self._settings.people_base, _EVERYBODY, PERSON_ATTRIBUTES)
        return self._reading(as_of, self._settings.people_base, self._client.read_all(search, self._people(keeper)))

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        """Every unit below the units' base, under the same conditions."""
        as_of = self._context.clock()

        def take(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
            if not keeper.same(digest := self._digester.of(dn, raw)):
                unit, odd = unit_of(Entry.of(dn, raw))
                keeper.take(unit, digest, odd)

        search = Search(self._settings.units_base, _UNITS, UNIT_ATTRIBUTES, subtree=True)
        return self._reading(as_of, self._settings.units_base, self._client.read_all(search, take))

    def person(self, login: str) -> Person | None:
        """One person by login, whatever its case; None when the directory says that there is none."""
        wanted = login.strip().lower()
        if not wanted:
            return None
        search = Search(self._settings.people_base, f"(uid={escaped(wanted)})", PERSON_ATTRIBUTES)
        kept: Gathered[Person] = Gathered()
        for dn, raw in self._client.look(search, limit=10):
            self._people(kept)(dn, raw)
        found = [person for person in kept.items if person.login == wanted]
        if len(found) > 1:
            raise SkipThis(self._context.name, f"{len(found)} entries carry the login {wanted}.")
        return found[0] if found else None

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        """People whose entry changed since the cursor, less an overlap, so some come again. Deletions never show
        (D-36). Asks for a full read when the cursor is no moment of the past or not everything could be read."""
        del known
        now = self._context.clock()
        scope = unit_id(self._settings.people_base)
        since = _moment(cursor)
        if since is None:
            return PeopleDelta(scope, now, 0, (), "", reset=True, why="The cursor is none of this directory.")
        if since > now:
            return PeopleDelta(scope, now, 0, (), "", reset=True, why="Our clock is behind the cursor.")
        filter_ = f"(modifyTimestamp>={(since - OVERLAP).strftime(_MOMENT)})"
        search = Search(self._settings.people_base, filter_, PERSON_ATTRIBUTES)
        ending = self._client.read_all(search, self._people(keeper))
        if ending.why_partial:
            return PeopleDelta(scope, now, ending.entries, (), "", reset=True, why=ending.why_partial)
        return PeopleDelta(scope, now, ending.entries, (), _cursor(now))

    def capabilities(self) -> frozenset[Capability]:
        """A delta, where modifyTimestamp can be read: an account that may not would see an empty delta for ever."""
        with self._lock:
            if self._capabilities is None:
                search = Search(self._settings.people_base, "(modifyTimestamp>=19700101000000Z)", ("modifyTimestamp",))
                shown = self._client.look(search, limit=1)
                self._capabilities = frozenset({Capability.PEOPLE_DELTA} if any(raw for _, raw in shown) else ())
            return self._capabilities

    def probe(self) -> Probe:
        """Address, TLS, credentials, counts and limits, missing rights, the newest change."""
        return probe(self._client, _EVERYBODY, _UNITS)

    def close(self) -> None:
        """Connections end with each read, so nothing is held; what was probed is forgotten."""
        with self._lock:
            self._capabilities = None

    def _people(self, keeper: Keeper[Person]) -> Take:
        def take(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
            if not keeper.same(digest := self._digester.of(dn, raw)):
                person, odd = person_of(Entry.of(dn, raw), self._context.registry_hash)
                keeper.take(person, digest, odd)

        return take

    def _reading(self, as_of: datetime, base: str, ending: Ending) -> Reading:
        return Reading(
            system=self._context.name,
            scope=unit_id(base),
            as_of=as_of,
            entries=ending.entries,
            complete=not _why(ending),
            why_partial=_why(ending),
            proofs=_proofs(ending),
            cursor=_cursor(as_of),
        )


def _why(ending: Ending) -> str:
    """Why a read proves no absence: an end before the end, or no entry at all, which missing rights look like too."""
    if ending.why_partial or ending.entries:
        return ending.why_partial
    return "The directory showed no entry at all; the account may have no right to read them."


def _proofs(ending: Ending) -> tuple[str, ...]:
    if ending.why_partial:
        return ()
    return "result 0 on the last page", f"{ending.entries} entries in {ending.pages} pages"


def _cursor(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_MOMENT)


def _moment(cursor: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{14}Z", cursor):
        return None
    try:
        return datetime.strptime(cursor, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
