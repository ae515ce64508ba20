"""The Directory role over LDAP."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from datetime import datetime

from connectors.ldap.changes import Changes, Offer
from connectors.ldap.client import Deaf, Ending, LdapClient, Search, escaped
from connectors.ldap.names import EVERYBODY
from connectors.ldap.probing import probe
from connectors.ldap.settings import LdapSettings
from connectors.ldap.taking import Taker
from kypek_sync.contract import (
    PERSON_ATTRIBUTES,
    UNIT_ATTRIBUTES,
    Capability,
    ConnectorContext,
    ConnectorError,
    Digester,
    Entry,
    Gathered,
    Keeper,
    Known,
    PeopleDelta,
    Probe,
    ProbeLevel,
    ProbeLine,
    Reading,
    SkipThis,
    person_of,
    unit_id,
    unit_of,
)
from kypek_sync.model import Finding, Person, Unit

_UNITS = "(objectClass=gsnUnit)"


class LdapDirectory:
    """People and units of an LDAP directory. Safe to use from several threads."""

    def __init__(self, settings: LdapSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        ca_file = str(context.folder / settings.ca_file) if settings.ca_file else ""
        self._client = LdapClient(context.name, settings, ca_file)
        self._digester = Digester(context.registry_hash)
        everybody = Search(settings.people_base, EVERYBODY, PERSON_ATTRIBUTES)
        of = f"{settings.address} {settings.people_base} {self._digester.of('', {}).hex()}"
        self._changes = Changes(self._client, everybody, of, context.clock)

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        """Everybody one level below the people's base. Complete only when every page was read to the end."""
        as_of = self._context.clock()
        people = self._people(keeper)
        ending, cursor = self._changes.read_all(people.take, people.same)
        return self._reading(as_of, self._settings.people_base, ending, cursor)

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        """Every unit below the units' base, under the same conditions."""
        as_of = self._context.clock()

        search = Search(self._settings.units_base, _UNITS, UNIT_ATTRIBUTES, subtree=True)
        units = Taker(keeper, self._digester, unit_of)
        return self._reading(as_of, self._settings.units_base, self._client.read_all(search, units.take, units.same))

    def person(self, login: str) -> Person | None:
        """One person by login, whatever its case; None when the directory says that there is none."""
        wanted = login.strip().lower()
        if not wanted:
            return None
        search = Search(self._settings.people_base, f"(uid={escaped(wanted)})", PERSON_ATTRIBUTES)
        kept: Gathered[Person] = Gathered()
        for dn, raw in self._client.look(search, limit=10):
            self._people(kept).take(dn, raw)
        found = [person for person in kept.items if person.login == wanted]
        if len(found) > 1:
            raise SkipThis(self._context.name, f"{len(found)} entries carry the login {wanted}.")
        return found[0] if found else None

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        """People whose entry changed since the cursor, some of them again, and who is gone, in the way that server and
        library allow (`changes`)."""
        now = self._context.clock()
        found = self._changes.since(cursor, self._people(keeper).take, known)
        scope = unit_id(self._settings.people_base)
        return PeopleDelta(scope, now, found.entries, found.gone, found.cursor, found.reset, found.why, found.behind)

    def capabilities(self) -> frozenset[Capability]:
        """A delta, where modifyTimestamp can be read: an account that may not would see an empty delta for ever."""
        return frozenset({Capability.PEOPLE_DELTA} if self._changes.offer().by_time else ())

    def probe(self) -> Probe:
        """Address, TLS, credentials, counts and limits, missing rights, the newest change, how changes are seen."""
        found = probe(self._client, EVERYBODY, _UNITS)
        try:
            self._changes.forget()
            offer = self._changes.offer()
        except ConnectorError:
            return found  # it says so already
        return Probe((*found.lines, which_libraries(self._client, offer), self._changes_line(offer)))

    def close(self) -> None:
        """Connections end with each read, so nothing is held; what was probed is forgotten."""
        self._changes.forget()

    def _changes_line(self, offer: Offer) -> ProbeLine:
        try:
            if offer.by_sync:
                self._client.sign_in_to_listen()
        except Deaf as deaf:
            text = f"What the directory tells by syncrepl could not be heard. {deaf}"
            return ProbeLine(ProbeLevel.WARNING, "changes", text, deaf.hint)
        return how_changes_are_seen(offer, self._settings.library)

    def _people(self, keeper: Keeper[Person]) -> Taker[Person]:
        def mapped(entry: Entry) -> tuple[Person | None, Sequence[Finding]]:
            return person_of(entry, self._context.registry_hash)

        return Taker(keeper, self._digester, mapped)

    def _reading(self, as_of: datetime, base: str, ending: Ending, cursor: str = "") -> Reading:
        return Reading(
            system=self._context.name,
            scope=unit_id(base),
            as_of=as_of,
            entries=ending.entries,
            complete=not _why(ending),
            why_partial=_why(ending),
            proofs=_proofs(ending),
            cursor=cursor,
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


def which_libraries(client: LdapClient, offer: Offer) -> ProbeLine:
    """What `check` says of who reads and who hears."""
    text = f"Everything is read by {client.library}."
    if offer.by_sync and client.listener != client.library:
        text = f"Everything is read by {client.library}; syncrepl is heard by {client.listener}."
    return ProbeLine(ProbeLevel.OK, "LDAP library", text)


def how_changes_are_seen(offer: Offer, chosen: str) -> ProbeLine:
    """What `check` says of how changes are seen, `chosen` being the setting `library`."""
    if offer.by_sync:
        text = "The server itself tells what changed and who is gone (syncrepl)."
        return ProbeLine(ProbeLevel.OK, "changes", text)
    if offer.by_time:
        text = "What changed is seen by modifyTimestamp, who is gone by the names of all."
        return ProbeLine(ProbeLevel.OK, "changes", text, _faster(chosen) if offer.served else "")
    return ProbeLine(ProbeLevel.WARNING, "changes", "What changed cannot be seen: everything is read each time.")


def _faster(chosen: str) -> str:
    """What to do where the server offers more than the library can, `chosen` being the setting `library`."""
    if chosen == "ldap3" and importlib.util.find_spec("ldap") is not None:
        return "Write library: auto: python-ldap is installed, and this server tells changes by syncrepl."
    return "Install python-ldap: this server tells changes by syncrepl."
