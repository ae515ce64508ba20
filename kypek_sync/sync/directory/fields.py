"""What a read says of almost nobody any more, though it did of almost everybody before.

An account that lost the right to read an attribute gets an answer without it, and no error: the entries look whole.
Moodle's own enrolment took an unreadable `member` for an empty group (M-46); for us an unreadable `gsnBranch` would
take their specialty from all teachers, and with it their place in every queue.

Only an entry that changed can have lost something. Of those that are as they were it matters how many still have what
others lost: they are looked through until that is enough to believe the read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from kypek_sync.contract.directory_words import below
from kypek_sync.ledger.matching import LOGIN, STRONG
from kypek_sync.model import Finding, Person, PersonKey, PersonKind

FEW = 4
"""Below this many people nothing is concluded from how many of them lack something."""

_NOTHING: dict[str, Any] = {
    "kind": PersonKind.UNKNOWN,
    "active": False,
    "surname": "",
    "given_name": "",
    "mail": "",
    "specialties": (),
    "units": (),
    "directorates": (),
    "roles": (),
}
"""The fields that decide about seats or reach people, each with the value that says nothing."""

PRIMARY = "primary_unit"
"""The first of somebody's units. Whoever loses the right to read `l` still shows units: those of eduPersonOrgUnitDN
(D-2), among them parents of the one that is not shown any more."""
NUMBER = "registry_number"
"""The registry or tax number. It is a key and no field of a person, and what rests on it is no less lost with the right
to read it: who is one person under a new login, and disputes whose number it is."""
STATUS = "account_status"
"""The account status. Whoever loses the right to read `accountStatus` sees nobody lose anything: an account
of which none is shown counts as active, also one that was known to be disabled."""
_FIELDS = (*_NOTHING, PRIMARY, NUMBER, STATUS)
_LACKS = {PRIMARY: "unit-missing", STATUS: "status-missing"}
"""What is odd about an entry that lacks a field, where the field that is lost does not say so itself."""
_LACKING = "-missing"
"""How the codes end of what is odd only because an entry shows nothing."""
_NEVER_SILENT = frozenset({"active", PRIMARY, STATUS})
_UUID = STRONG[0]
NOBODY: Mapping[str, Collection[str]] = MappingProxyType({})
_WORKING = frozenset({PersonKind.TEACHER, PersonKind.STAFF})
"""Of whose entries it is told when they name no primary unit."""

SAID_OF = {
    "kind": "kind-",
    "active": "status-",
    "surname": "name-",
    "given_name": "name-",
    "mail": "mail-",
    "specialties": "specialty-",
    "units": "unit-",
    "directorates": "unit-",
    "roles": "role-",
    PRIMARY: "unit-",
    NUMBER: "registry-",
    STATUS: "status-",
}
"""How the codes begin of what may be odd about a field of an entry."""


@dataclass
class Losses:
    """How many of a read had each field by what was known of them (`had`), and how many of these lost it (`lost`)."""

    had: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_FIELDS, 0))
    lost: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_FIELDS, 0))
    had_keys: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRONG, 0))
    lost_keys: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRONG, 0))
    """The same of the kinds of keys by which people are recognised."""

    def changed(
        self,
        read: Iterable[Person],
        known: Mapping[str, Person],
        lacking: Mapping[str, Collection[str]] = NOBODY,
        lacked: Mapping[str, Collection[str]] = NOBODY,
    ) -> None:
        """Hold entries that changed against what was `known` of each, by the login that it has now. Who is new had
        nothing. `lacking` are, as `lacking` tells them, the logins of entries that show no primary unit or no status,
        and `lacked` the logins, as they were known, of those that showed none before either."""
        for person in read:
            before = known.get(person.login)
            if before is None:
                continue
            for name, nothing in _NOTHING.items():
                if getattr(before, name) != nothing:
                    self.had[name] += 1
                    self.lost[name] += getattr(person, name) == nothing
            if before.kind in _WORKING and before.units and before.login not in lacked.get(PRIMARY, ()):
                self.had[PRIMARY] += 1
                self.lost[PRIMARY] += _without_primary(person, before, lacking.get(PRIMARY, ()))
            if before.login not in lacked.get(STATUS, ()):
                self.had[STATUS] += 1
                self.lost[STATUS] += person.login in lacking.get(STATUS, ())
            if _numbers(before):
                self.had[NUMBER] += 1
                self.lost[NUMBER] += not _numbers(person)
            shown = {key.kind for key in person.keys}
            for kind in {key.kind for key in before.keys} & self.had_keys.keys():
                self.had_keys[kind] += 1
                self.lost_keys[kind] += kind not in shown

    def as_before(self, person: Person) -> None:
        """Somebody whose entry is as it was has kept all they had."""
        for name, nothing in _NOTHING.items():
            self.had[name] += getattr(person, name) != nothing
        self.had[PRIMARY] += person.kind in _WORKING and bool(person.units)
        self.had[NUMBER] += bool(_numbers(person))
        self.had[STATUS] += 1
        for kind in {key.kind for key in person.keys} & self.had_keys.keys():
            self.had_keys[kind] += 1

    def vanished(self, smallest_share: float) -> tuple[str, ...]:
        """The fields that more than the share that may be missing lost at once."""
        return tuple(
            name
            for name in _FIELDS
            if self.had[name] >= FEW and self.had[name] - self.lost[name] < smallest_share * self.had[name]
        )

    def vanished_keys(self, smallest_share: float) -> tuple[str, ...]:
        """The kinds of keys that more than the share that may be missing ceased to show at once."""
        had, lost = self.had_keys, self.lost_keys
        return tuple(k for k in STRONG if had[k] >= FEW and had[k] - lost[k] < smallest_share * had[k])

    def from_everybody(self) -> tuple[str, ...]:
        """The fields that nobody kept of those who had them, however few they are: some entries of very many, of which
        it cannot be told whether they changed or the right to read them did."""
        return tuple(name for name in _FIELDS if self.had[name] == self.lost[name] > 0)

    def may_vanish(self, smallest_share: float) -> bool:
        """Whether so many lost something that more who kept it must be looked for. Nobody else can have lost it, so
        with each who kept it less is lost."""
        return any(
            lost[name] and had[name] - lost[name] < smallest_share * had[name]
            for had, lost in ((self.had, self.lost), (self.had_keys, self.lost_keys))
            for name in had
        )

    def why(self, fields: Iterable[str]) -> tuple[str, ...]:
        """A clause for each field that vanished."""
        return tuple(
            f"{self.lost[name]} of {self.had[name]} people lost their {name.replace('_', ' ')} at once"
            for name in fields
        )


def numbers_lost(why: str) -> bool:
    """Whether one of the clauses of `Losses.why` is about numbers."""
    return f"{NUMBER.replace('_', ' ')} at" in why


def lacking(told: Mapping[str, Iterable[Finding]]) -> dict[str, set[str]]:
    """The logins of those who show no primary unit, and of those who show no status, by what is odd about each."""
    found: dict[str, set[str]] = {name: set() for name in _LACKS}
    for login, findings in told.items():
        codes = {one.code for one in findings}
        for name, code in _LACKS.items():
            if code in codes:
                found[name].add(login)
    return found


def _lacks(findings: Iterable[Finding], name: str) -> bool:
    return any(one.code == _LACKS[name] for one in findings)


def mended(
    person: Person,
    before: Person | None,
    fields: Collection[str],
    findings: Collection[Finding] = (),
    unshown: Collection[str] = (),
) -> Person:
    """The person with what was known of these fields, where they lost them, and of those `unshown`, which the source
    does not have. What changed from one value to another is never touched; but without its primary unit nothing of what
    an entry shows of units can be placed. `findings` are what is odd about the entry."""
    if before is None:
        return person
    every = {*fields, *unshown}
    lost = [name for name in every if name in _NOTHING and getattr(person, name) == _NOTHING[name]]
    without = [person.login] if _lacks(findings, PRIMARY) else []
    if PRIMARY in every and before.units and _without_primary(person, before, without):
        lost += ["units", "directorates"]
    if STATUS in every and _lacks(findings, STATUS):
        lost.append("active")
    if "active" in unshown and not before.active:  # where nothing tells of accounts, everybody's counts as active
        lost.append("active")
    values = {name: getattr(before, name) for name in lost}
    if NUMBER in every and not _numbers(person) and _numbers(before) and _recognised(person, before):
        values["keys"] = (*_of_kind(person, _UUID), *_numbers(before), *_of_kind(person, LOGIN))
        values["number_kind"] = before.number_kind
    return replace(person, **values) if values else person


def changed_by_mending(
    person: Person, whole: Person, fields: Collection[str], findings: Collection[Finding]
) -> tuple[str, ...]:
    """Which of these fields an entry has got back, `whole` being what `mended` made of it. Of a primary unit that has
    been given back it may look as if it had never been away, and of a status too."""

    def given(name: str) -> bool:
        if name == STATUS:
            return _lacks(findings, STATUS)
        return name == PRIMARY or _value(person, name) != _value(whole, name)

    return tuple(filter(given, fields))


def not_shown(person: Person, findings: Collection[Finding], fields: Collection[str]) -> tuple[str, ...]:
    """Of which of these fields an entry shows nothing at all, not even something odd: nothing that is known to be odd
    about them ends by it, nor does it lack them."""
    return tuple(
        name
        for name in fields
        if name not in _NEVER_SILENT
        and _value(person, name) == (() if name == NUMBER else _NOTHING[name])
        and all(one.code.endswith(_LACKING) for one in findings if one.code.startswith(SAID_OF[name]))
    )


def _value(person: Person, name: str) -> Any:
    return _numbers(person) if name == NUMBER else getattr(person, name)


def _of_kind(person: Person, kind: str) -> tuple[PersonKey, ...]:
    return tuple(key for key in person.keys if key.kind == kind)


def _numbers(person: Person) -> tuple[PersonKey, ...]:
    return _of_kind(person, STRONG[1])


def _recognised(person: Person, before: Person) -> bool:
    """Whether an entry without a number is surely theirs who were known: by its entryUUID, or else by its login and one
    of the names. Whoever got somebody's login does not get their number too."""
    mine, theirs = _of_kind(person, _UUID), _of_kind(before, _UUID)
    if mine and theirs:
        return not set(mine).isdisjoint(theirs)
    renamed = person.surname != before.surname and person.given_name != before.given_name
    return person.login == before.login and not renamed


def _without_primary(person: Person, before: Person, lacking: Collection[str]) -> bool:
    """Whether an entry names no primary unit. Of those of whom that is not told it is so if only what stood beside it
    or above it is left; one that was moved, or whose units have other ids now, names one."""
    if person.kind in _WORKING:
        return person.login in lacking
    primary = before.units[0] if before.units else ""
    return person.units[:1] != before.units[:1] and all(
        unit in before.units or below(primary, unit) for unit in person.units
    )
