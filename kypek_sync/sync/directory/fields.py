"""What a read says of almost nobody any more, though it did of almost everybody before.

An account that lost the right to read an attribute gets an answer without it, and no error: the entries look whole.
Moodle's own enrolment took an unreadable `member` for an empty group (M-46); for us an unreadable `gsnBranch` would
take their specialty from all teachers, and with it their place in every queue.

Only an entry that changed can have lost something. Of those that are as they were it matters how many still have what
others lost: they are looked through until that is enough to believe the read. What each field is, and what it means
that it is lost, stands in one place: `FIELDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from kypek_sync.contract import KNOWN_ROLES
from kypek_sync.contract.directory_words import below
from kypek_sync.ledger.matching import LOGIN, STRONG
from kypek_sync.model import Finding, Person, PersonKey, PersonKind, UnitRole

FEW = 4
"""Below this many people nothing is concluded from how many of them lack something."""
FEW_IN_GROUPS = 3
"""The same of those in groups, who are few everywhere: then all of them must lack it."""
HALF = 0.5
"""Of what people may well lose by themselves, this share must be kept: many accounts are closed in a summer."""

PRIMARY = "primary_unit"
"""The first of somebody's units. Whoever loses the right to read `l` still shows units: those of eduPersonOrgUnitDN
(D-2), among them parents of the one that is not shown any more."""
NUMBER = "registry_number"
"""The registry or tax number. It is a key and no field of a person, and what rests on it is no less lost with the right
to read it: who is one person under a new login, and disputes whose number it is."""
STATUS = "account_status"
"""The account status. Whoever loses the right to read `accountStatus` sees nobody lose anything: an account
of which none is shown counts as active, also one that was known to be disabled."""
ROLES = "roles"
"""Roles that an attribute of the entry gives (gsnUserRoleOn, D-3)."""
GROUPS = "group_roles"
"""Roles that groups give (`plinet`, D-12). Whoever loses the right to read `memberOf` still shows the other roles,
which are many more. One person may well be in no group any more; that nobody at all is, is not believed of itself."""
NOBODY: Mapping[str, Collection[str]] = MappingProxyType({})
_LACKING = "-missing"
"""How the codes end of what is odd only because an entry shows nothing."""
_UUID = STRONG[0]
_WORKING = frozenset({PersonKind.TEACHER, PersonKind.STAFF})
"""Of whose entries it is told when they name no primary unit."""


def _anybody(person: Person) -> bool:
    del person
    return True


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a read tells of people and that decides about seats or reaches people.

    `value` is what an entry shows, and `nothing` what says nothing; it is looked for with those `whose` it should be.
    `lacks` is the code by which an entry says that it lacks the field, where its value does not say so; `loses` then
    tells of a person, as shown and as known, and of whether the entry lacks it, whether it is lost. `gives` are the
    values that a person, as shown, gets back from what was known. `said` is how the codes begin of what may be odd
    about it (empty: nothing is); `silent`: an entry may show nothing of it, not even something odd. Fewer than `fewest`
    prove nothing; `altogether`: only that nobody at all shows it is doubted. `by_themselves`: several may lose it at
    once for good reasons, and none for lack of a right. `passes_on`: what one loses another often gets, as an office;
    then it has not vanished.
    """

    name: str
    said: str
    value: Callable[[Person], Any]
    gives: Callable[[Person, Person], Mapping[str, Any]]
    nothing: Any = ()
    whose: Callable[[Person], bool] = _anybody
    lacks: str = ""
    loses: Callable[[Person, Person, bool], bool] | None = None
    silent: bool = True
    fewest: int = FEW
    altogether: bool = False
    by_themselves: bool = False
    passes_on: bool = False

    @property
    def label(self) -> str:
        """How sentences name it."""
        return self.name.replace("_", " ")

    def has(self, person: Person) -> bool:
        """Whether somebody of whom it is looked for shows something of it."""
        return self.whose(person) and bool(self.value(person) != self.nothing)

    def lost(self, person: Person, before: Person, *, lacks: bool) -> bool:
        """Whether somebody who had it shows nothing of it."""
        return bool(self.value(person) == self.nothing) if self.loses is None else self.loses(person, before, lacks)

    def given_back(self, person: Person, before: Person, *, lacks: bool) -> Mapping[str, Any]:
        """What is to be put back, if it was lost by this entry."""
        return self.gives(person, before) if self.lost(person, before, lacks=lacks) else {}


def _plain(name: str, nothing: Any, said: str, *, silent: bool = True, by_themselves: bool = False) -> Field:
    """A field of a person as it stands."""

    def value(person: Person) -> Any:
        return getattr(person, name)

    def gives(person: Person, before: Person) -> Mapping[str, Any]:
        del person
        return {name: value(before)}

    return Field(name, said, value, gives, nothing, silent=silent, by_themselves=by_themselves)


def _of_kind(person: Person, kind: str) -> tuple[PersonKey, ...]:
    return tuple(key for key in person.keys if key.kind == kind)


def _numbers(person: Person) -> tuple[PersonKey, ...]:
    return _of_kind(person, STRONG[1])


def _own_roles(person: Person) -> tuple[UnitRole, ...]:
    return tuple(one for one in person.roles if one.role in KNOWN_ROLES)


def _group_roles(person: Person) -> tuple[UnitRole, ...]:
    return tuple(one for one in person.roles if one.role not in KNOWN_ROLES)


def _works_in_a_unit(person: Person) -> bool:
    return person.kind in _WORKING and bool(person.units)


def _without_primary(person: Person, before: Person, lacks: bool) -> bool:
    """Whether an entry names no primary unit. Of those of whom that is not told it is so if only what stood beside it
    or above it is left; one that was moved, or whose units have other ids now, names one."""
    if person.kind in _WORKING:
        return lacks
    primary = before.units[0] if before.units else ""
    return person.units[:1] != before.units[:1] and all(
        unit in before.units or below(primary, unit) for unit in person.units
    )


def _lacks_it(person: Person, before: Person, lacks: bool) -> bool:
    del person, before
    return lacks


def _recognised(person: Person, before: Person) -> bool:
    """Whether an entry without a number is surely theirs who were known: by its entryUUID, or else by its login and one
    of the names. Whoever got somebody's login does not get their number too."""
    mine, theirs = _of_kind(person, _UUID), _of_kind(before, _UUID)
    if mine and theirs:
        return not set(mine).isdisjoint(theirs)
    renamed = person.surname != before.surname and person.given_name != before.given_name
    return person.login == before.login and not renamed


def _units_of(person: Person, before: Person) -> Mapping[str, Any]:
    """Without its primary unit nothing of what an entry shows of units can be placed."""
    del person
    return {"units": before.units, "directorates": before.directorates} if before.units else {}


def _number_of(person: Person, before: Person) -> Mapping[str, Any]:
    if not _numbers(before) or not _recognised(person, before):
        return {}
    keys = (*_of_kind(person, _UUID), *_numbers(before), *_of_kind(person, LOGIN))
    return {"keys": keys, "number_kind": before.number_kind}


def _status_of(person: Person, before: Person) -> Mapping[str, Any]:
    del person
    return {"active": before.active}


def _with_own_roles(person: Person, before: Person) -> Mapping[str, Any]:
    return {"roles": tuple(sorted({*person.roles, *_own_roles(before)}))}


def _with_group_roles(person: Person, before: Person) -> Mapping[str, Any]:
    return {"roles": tuple(sorted({*person.roles, *_group_roles(before)}))} if _group_roles(before) else {}


FIELDS = (
    _plain("kind", PersonKind.UNKNOWN, "kind-"),
    _plain("active", False, "status-", silent=False, by_themselves=True),
    _plain("surname", "", "name-"),
    _plain("given_name", "", "name-"),
    _plain("mail", "", "mail-"),
    _plain("specialties", (), "specialty-"),
    _plain("units", (), "unit-"),
    _plain("directorates", (), "unit-"),
    Field(ROLES, "role-", _own_roles, _with_own_roles, passes_on=True),
    Field(
        PRIMARY,
        "unit-",
        lambda person: person.units,
        _units_of,
        whose=_works_in_a_unit,
        lacks="unit-missing",
        loses=_without_primary,
        silent=False,
    ),
    Field(NUMBER, "registry-", _numbers, _number_of),
    Field(
        STATUS,
        "status-",
        _anybody,
        _status_of,
        nothing=False,
        lacks="status-missing",
        loses=_lacks_it,
        silent=False,
    ),
    Field(GROUPS, "", _group_roles, _with_group_roles, silent=False, fewest=FEW_IN_GROUPS, altogether=True),
)
BY_NAME = {one.name: one for one in FIELDS}
BY_THEMSELVES = frozenset(one.name for one in FIELDS if one.by_themselves)


@dataclass
class Losses:
    """How many of a read had each field by what was known of them (`had`), and how many of these lost it (`lost`);
    `shown` are those of the entries that changed, also newcomers, who show one that is doubted only `altogether`, and
    `gained` those who had none before and show one that `passes_on`."""

    had: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BY_NAME, 0))
    lost: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BY_NAME, 0))
    shown: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BY_NAME, 0))
    gained: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BY_NAME, 0))
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
            for one in FIELDS:
                if one.altogether:
                    self.shown[one.name] += one.has(person)
                if one.passes_on and (before is None or not one.has(before)):
                    self.gained[one.name] += one.has(person)
                if before is not None and one.has(before) and before.login not in lacked.get(one.name, ()):
                    self.had[one.name] += 1
                    self.lost[one.name] += one.lost(person, before, lacks=person.login in lacking.get(one.name, ()))
            if before is None:
                continue
            shown = {key.kind for key in person.keys}
            for kind in {key.kind for key in before.keys} & self.had_keys.keys():
                self.had_keys[kind] += 1
                self.lost_keys[kind] += kind not in shown

    def as_before(self, person: Person) -> None:
        """Somebody whose entry is as it was has kept all they had."""
        for one in FIELDS:
            self.had[one.name] += one.has(person)
        for kind in {key.kind for key in person.keys} & self.had_keys.keys():
            self.had_keys[kind] += 1

    def vanished(self, smallest_share: float) -> tuple[str, ...]:
        """The fields that more than the share that may be missing lost at once."""
        return tuple(
            one.name for one in FIELDS if self.had[one.name] >= one.fewest and self._too_few(one, smallest_share)
        )

    def vanished_keys(self, smallest_share: float) -> tuple[str, ...]:
        """The kinds of keys that more than the share that may be missing ceased to show at once."""
        had, lost = self.had_keys, self.lost_keys
        return tuple(k for k in STRONG if had[k] >= FEW and had[k] - lost[k] < smallest_share * had[k])

    def from_everybody(self) -> tuple[str, ...]:
        """The fields that nobody kept of those who had them, however few they are: some entries of very many, of which
        it cannot be told whether they changed or the right to read them did."""
        return tuple(one.name for one in FIELDS if self.had[one.name] and self._from_all(one))

    def may_vanish(self, smallest_share: float) -> bool:
        """Whether so many lost something that more who kept it must be looked for. Nobody else can have lost it, so
        with each who kept it less is lost."""
        keys = any(
            lost and self.had_keys[kind] - lost < smallest_share * self.had_keys[kind]
            for kind, lost in self.lost_keys.items()
        )
        return keys or any(
            self.lost[one.name] >= (one.fewest if one.altogether else 1) and self._too_few(one, smallest_share)
            for one in FIELDS
        )

    def why(self, fields: Iterable[str]) -> tuple[str, ...]:
        """A clause for each field that vanished."""
        return tuple(
            f"{self.lost[name]} of {self.had[name]} people lost their {BY_NAME[name].label} at once" for name in fields
        )

    def _too_few(self, one: Field, smallest_share: float) -> bool:
        if one.altogether:
            return self._from_all(one)
        share = min(smallest_share, HALF) if one.by_themselves else smallest_share
        return _too_few(self.had[one.name], self.lost[one.name], share, self.gained[one.name])

    def _from_all(self, one: Field) -> bool:
        found_elsewhere = one.altogether and self.shown[one.name] > 0
        return self.had[one.name] == self.lost[one.name] and not found_elsewhere


def _too_few(had: int, lost: int, smallest_share: float, gained: int = 0) -> bool:
    """Whether too few kept something, or have `gained` it instead. Whoever lost it did so by themselves where they are
    few and others kept it: that one of eight principals steps down must not make every read partial from then on."""
    return had - lost + gained < smallest_share * had and (lost >= FEW or lost == had)


def numbers_lost(why: str) -> bool:
    """Whether one of the clauses of `Losses.why` is about numbers."""
    return f"{BY_NAME[NUMBER].label} at" in why


def groups_lost(why: str) -> bool:
    """Whether one of them is about the roles that groups give."""
    return f"{BY_NAME[GROUPS].label} at" in why


def lacking(told: Mapping[str, Iterable[Finding]]) -> dict[str, set[str]]:
    """The logins of those who show no primary unit, and of those who show no status, by what is odd about each."""
    codes = {login: {one.code for one in findings} for login, findings in told.items()}
    return {one.name: {login for login, those in codes.items() if one.lacks in those} for one in FIELDS if one.lacks}


def mended(
    person: Person,
    before: Person | None,
    fields: Collection[str],
    findings: Collection[Finding] = (),
    unshown: Collection[str] = (),
) -> Person:
    """The person with what was known of these fields, where they lost them, and of those `unshown`, which the source
    does not have. What changed from one value to another is never touched. `findings` are what is odd about the
    entry."""
    if before is None:
        return person
    values: dict[str, Any] = {}
    for one in _named((*fields, *unshown)):
        for name, value in one.given_back(person, before, lacks=_lacks(findings, one)).items():
            both = name == "roles" and name in values  # each attribute gives its own
            values[name] = tuple(sorted({*values[name], *value})) if both else value
    if "active" in unshown and not before.active:  # where nothing tells of accounts, everybody's counts as active
        values["active"] = before.active
    return replace(person, **values) if values else person


def changed_by_mending(
    person: Person, whole: Person, fields: Collection[str], findings: Collection[Finding]
) -> tuple[str, ...]:
    """Which of these fields an entry has got back, `whole` being what `mended` made of it. Of a primary unit that has
    been given back it may look as if it had never been away, and of a status too."""

    def given(one: Field) -> bool:
        if one.name == STATUS:
            return _lacks(findings, one)
        return one.name == PRIMARY or bool(one.value(person) != one.value(whole))

    return tuple(one.name for one in _named(fields) if given(one))


def not_shown(person: Person, findings: Collection[Finding], fields: Collection[str]) -> tuple[str, ...]:
    """Of which of these fields an entry shows nothing at all, not even something odd: nothing that is known to be odd
    about them ends by it, nor does it lack them."""
    return tuple(
        one.name
        for one in _named(fields)
        if one.silent
        and one.value(person) == one.nothing
        and all(odd.code.endswith(_LACKING) for odd in findings if odd.code.startswith(one.said))
    )


def said_of(fields: Iterable[str]) -> tuple[str, ...]:
    """How the codes begin of what may be odd about these fields."""
    return tuple({one.said for one in _named(fields)} - {""})


def _named(names: Iterable[str]) -> list[Field]:
    return [BY_NAME[name] for name in dict.fromkeys(names) if name in BY_NAME]


def _lacks(findings: Iterable[Finding], one: Field) -> bool:
    return any(odd.code == one.lacks for odd in findings)
