"""Who of ours an entry of a read is (design, rule 12). Pure: values in, values out, whatever the order of the read.

The keys are tried in the order of their strength, each for the whole read before the next one, so that nobody takes by
a login what belongs to somebody else by a stronger key. Nobody of ours is two entries, no entry is two of ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from uuid import uuid4

from kypek_sync.contract import capitals
from kypek_sync.model import Finding, FindingLevel, Person, PersonKey

STRONG = ("entry-uuid", "registry")
LOGIN = "login"
BY_KIND = attrgetter("kind", "value")
"""Orders keys as they compare, several times faster: a read sorts millions."""
_SHARED = {
    "entry-uuid": "Its entryUUID is also another entry's: it identifies nobody.",
    "registry": "Its registry number is also another entry's: it identifies nobody.",
}


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody of ours showed once: surname and given name, the registry or tax numbers that they had had by then,
    and of which kind the last one was (empty: not known)."""

    names: tuple[str, str]
    numbers: frozenset[PersonKey]
    number_kind: str = ""


@dataclass(frozen=True, slots=True)
class Ours:
    """What matching wants to know of somebody of ours. `leaving`: the last read did not show them; `gone`: they count
    as gone. `past`: what they showed since they applied or got a seat, as far as it may matter, the latest first."""

    id: str
    person: Person
    leaving: bool = False
    gone: bool = False
    past: tuple[Past, ...] = ()


Owners = Mapping[PersonKey, Sequence[str]]
"""Our ids that have had a key, in the order in which they came to it."""


Disputes = Mapping[PersonKey, Mapping[str, bool]]
"""Our ids whose entries show, or showed, a key that is somebody else's, until a person decides; with whether theirs
shows it still. While one does it identifies nobody, and it never makes them that other one (rule 12)."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry and who it is. `fresh`: somebody whom we did not know. `keys` are those to remember as theirs now;
    `disputed` are those that the entry shows and that stay somebody else's."""

    id: str
    person: Person
    fresh: bool
    keys: tuple[PersonKey, ...]
    disputed: tuple[PersonKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    """The outcome of one read: `lost` are keys that passed from somebody of ours to another entry. `replaced` are those
    of ours whose entry became another person's step by step, with what they were before: some of what was recorded as
    theirs since is not."""

    matches: tuple[Match, ...]
    lost: tuple[tuple[PersonKey, str], ...]
    findings: tuple[Finding, ...]
    replaced: Mapping[str, Past] = field(default_factory=dict)


def match(
    persons: Iterable[Person],
    owners: Owners,
    ours: Mapping[str, Ours],
    shared: Collection[PersonKey] = (),
    disputes: Disputes | None = None,
) -> Matching:
    """Match entries of a read with whom we know.

    Entries that have no key, and nobody of ours, in common with these do not matter for them: a read may be matched in
    parts, as long as whoever is linked by a key is in the same part. `shared` are keys that so many entries show that
    they identify nobody and link nobody. `disputes` as in `Disputes`.
    """
    those, found = _one_for_each_login(persons, owners)
    return _Read(owners, ours, those, found, frozenset(shared), disputes or {}).matched()


def swapped(found: Matching, ours: Mapping[str, Ours]) -> tuple[str, ...]:
    """The logins of entries that a stronger key takes for another one of ours than the one who has that login. One may
    be a mistake that somebody mends; many at once are a column of the export that slipped by a row."""
    holders: dict[str, set[str]] = defaultdict(set)
    for one in ours.values():
        if not one.gone:
            holders[one.person.login].add(one.id)
    return tuple(
        m.person.login
        for m in found.matches
        if not m.fresh and m.person.login in holders and m.id not in holders[m.person.login]
    )


def keys_of(person: Person) -> list[PersonKey]:
    """The keys of an entry, its login always among them, in a stable order."""
    return sorted({*person.keys, PersonKey(LOGIN, person.login)}, key=BY_KIND)


def nothing_left(person: Person, past: Past) -> bool:
    """Whether an entry shows neither of somebody's names, and another number than those they had had by then. Each
    alone happens to one person (a marriage, a number that was corrected)."""
    numbers = {key for key in person.keys if key.kind == STRONG[1]}
    other_number = bool(numbers and past.numbers) and numbers.isdisjoint(past.numbers)
    return other_number and other_names(person, past.names, past.number_kind)


def other_names(person: Person, names: tuple[str, str], number_kind: str) -> bool:
    """Whether neither of these names is left, beside another number: a tax number that became a registry number (D-4)
    is one person's. Names that differ in capitals or accents alone are the same."""
    was, now = {capitals(name) for name in names}, {capitals(person.surname), capitals(person.given_name)}
    kinds = {number_kind, person.number_kind} - {""}
    return len(kinds) < 2 and all((*was, *now)) and was.isdisjoint(now)


def _one_for_each_login(persons: Iterable[Person], owners: Owners) -> tuple[list[Person], list[Finding]]:
    """Platforms know people by login alone: of two entries with the same login one counts, first one that we know."""

    def rank(person: Person) -> tuple[bool, list[PersonKey], str]:
        return not any(k in owners for k in person.keys if k.kind in STRONG), keys_of(person), repr(person)

    by_login: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        by_login[person.login].append(person)
    found = [
        Finding(login, "login-shared", "Several entries have this login: one of them counts.", FindingLevel.ERROR)
        for login, those in sorted(by_login.items())
        if len(those) > 1
    ]
    return [min(those, key=rank) for _, those in sorted(by_login.items())], found


@dataclass
class _Read:
    owners: Owners
    ours: Mapping[str, Ours]
    persons: list[Person]
    found: list[Finding]
    shared: frozenset[PersonKey] = frozenset()
    disputes: Disputes = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    registered: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    ids: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, Past] = field(default_factory=dict)

    def matched(self) -> Matching:
        self._count()
        for kind in (*STRONG, LOGIN):
            self._by(kind)
        fresh = {p.login: uuid4().hex for p in self.persons if p.login not in self.ids}
        self.ids |= fresh
        self.present = frozenset(self.ids.values())
        matches, lost, disputes = [], [], []
        for person in self.persons:
            keys, disputed, passed = self._settle(person)
            matches.append(Match(self.ids[person.login], person, person.login in fresh, keys, tuple(disputed)))
            disputes.append((person, keys, disputed))
            lost += passed
        held = self._held({*lost})
        for person, keys, disputed in disputes:
            self._tell_disputed(person, keys, disputed, held)
        replaced = {holder: past for holder, past in self.replaced.items() if holder not in self.present}
        return Matching(tuple(matches), tuple(lost), tuple(sorted(self.found)), replaced)

    def _count(self) -> None:
        carried: dict[PersonKey, list[str]] = defaultdict(list)
        for person in self.persons:
            for key in keys_of(person):
                if key.kind in STRONG:
                    carried[key].append(person.login)
        self.shared |= {key for key, logins in carried.items() if len(logins) > 1}
        for key in sorted(self.shared & carried.keys(), key=BY_KIND):
            self.found += [Finding(login, f"{key.kind}-shared", _SHARED[key.kind]) for login in carried[key]]
        self.named = frozenset(h for key, those in self.owners.items() if key.kind == STRONG[0] for h in those)
        shown = (*self.owners.items(), *self.disputes.items())  # a number in dispute was theirs to show all the same
        self.registered = frozenset(h for key, those in shown if key.kind == STRONG[1] for h in those)

    def _by(self, kind: str) -> None:
        """Match by one kind of key whoever is not matched yet. Of two entries that point at the same one of ours, the
        one that has the login we know them by wins."""
        taken = set(self.ids.values())
        claims: dict[str, list[Person]] = defaultdict(list)
        for person in self.persons:
            if person.login not in self.ids and (holder := self._holder(person, kind, taken)) is not None:
                claims[holder].append(person)
        for holder, those in claims.items():
            known_as = self.ours[holder].person.login
            self.ids[min(those, key=lambda p: (p.login != known_as, p.login)).login] = holder

    def _holder(self, person: Person, kind: str, taken: set[str]) -> str | None:
        for key in keys_of(person):
            if key.kind != kind or key in self.shared or self._disputed(key, person):
                continue
            holders = [h for h in self.owners.get(key, ()) if h not in taken]
            if kind != LOGIN:
                if len(holders) == 1 and not self._taken_over(person, holders[0]):
                    return holders[0]
            elif holders:
                best = max(enumerate(holders), key=lambda entry: self._standing(key.value, *entry))[1]
                return None if self._somebody_else(person, best) else best
        return None

    def _disputed(self, key: PersonKey, person: Person) -> bool:
        """Whether the key is in dispute now, or was shown in dispute by who has had the login."""
        those = self.disputes.get(key)
        if not those:
            return False
        mine = self.owners.get(PersonKey(LOGIN, person.login), ())
        return bool(self._disputing(key)) or any(h in those for h in mine)

    def _disputing(self, key: PersonKey) -> list[str]:
        """Who shows a key in dispute still, as far as is known by now."""
        those = self.disputes.get(key)
        if not those:
            return []
        entries = {identity: login for login, identity in self.ids.items() if identity in those}
        silent = {p.login for p in self.persons if key not in p.keys}
        there = {o for o, shows in those.items() if shows and (o in entries or not self.ours[o].gone)}
        return [o for o in those if o in there and entries.get(o) not in silent]

    def _standing(self, login: str, place: int, holder: str) -> tuple[bool, bool, bool, int]:
        """Who of several had a login last: those who have it now before those who had it once."""
        known = self.ours[holder]
        return known.person.login == login, not known.gone, not known.leaving, place

    def _somebody_else(self, person: Person, holder: str) -> bool:
        """Whether a login alone has passed to another person. An entryUUID that we do not know says so. A registry
        number that we do not know does not (a substitute's tax number becomes a registry number, D-4), unless the names
        are other ones too, or the holder had the login only once; nor do other names alone, unless the holder has gone.
        """
        if self._has_another(person, STRONG[0], holder, self.named) or self._taken_over(person, holder):
            return True
        known = self.ours[holder]
        renamed = person.surname != known.person.surname and person.given_name != known.person.given_name
        last = self.owners[PersonKey(LOGIN, person.login)][-1]
        former = known.person.login != person.login or last != holder
        other_number = self._has_another(person, STRONG[1], holder, self.registered)
        return (renamed and known.gone) or (other_number and (renamed or former))

    def _taken_over(self, person: Person, holder: str) -> bool:
        """Whether an entry that stayed where it was has become another person's, at once or step by step: nothing is
        left of what the holder showed last, or at any time since they applied."""
        known = self.ours[holder]
        last = (known.person.surname, known.person.given_name), known.person.number_kind
        if self._has_another(person, STRONG[1], holder, self.registered) and other_names(person, *last):
            return True
        before = next((past for past in known.past if nothing_left(person, past)), None)
        if before is not None:
            self.replaced[holder] = before
        return before is not None

    def _has_another(self, person: Person, kind: str, holder: str, holders: frozenset[str]) -> bool:
        """Whether the entry has keys of a kind that the holder has too, but none in common."""
        keys = [k for k in person.keys if k.kind == kind and k not in self.shared]
        if not keys or holder not in holders:
            return False
        return not any(holder in self.owners.get(k, ()) or holder in self.disputes.get(k, ()) for k in keys)

    def _held(self, lost: Collection[tuple[PersonKey, str]]) -> frozenset[str]:
        """Those of ours who have a strong key yet when this read has been seen: the next one knows no more of them."""
        strong = ((key, those) for key, those in self.owners.items() if key.kind in STRONG)
        return frozenset(one for key, those in strong for one in those if (key, one) not in lost)

    def _settle(
        self, person: Person
    ) -> tuple[tuple[PersonKey, ...], dict[PersonKey, list[str]], list[tuple[PersonKey, str]]]:
        """The keys to remember for a matched entry, those that stay somebody else's, with whose, and those that others
        lose to it. One that was in dispute stays so."""
        mine, present = self.ids[person.login], self.present
        if (taken := self._returned(person, mine)) is not None:
            return tuple(keys_of(person)), {}, taken
        keys: list[PersonKey] = []
        disputed: dict[PersonKey, list[str]] = {}
        lost: list[tuple[PersonKey, str]] = []
        for key in keys_of(person):
            holders = self.owners.get(key, ())
            others = [h for h in holders if h != mine]
            if key.kind == LOGIN:
                if any(h in present or not self.ours[h].gone for h in others):
                    text = "This login belonged to another person before: they stay two people."
                    self.found.append(Finding(person.login, "login-reused", text))
                keys.append(key)
                continue
            rivals = [one for one in self._disputing(key) if one != mine]
            claimed = bool(rivals) or mine in self.disputes.get(key, ())
            if key not in self.shared and not claimed:  # whoever is in this read without it has lost it
                lost += [(key, h) for h in others if h in present]
            elsewhere = [h for h in (*others, *rivals) if h not in present and not self.ours[h].gone]
            if mine not in holders and (claimed or elsewhere or (others and key in self.shared)):
                disputed[key] = elsewhere
            else:
                keys.append(key)
        return tuple(keys), disputed, lost

    def _returned(self, person: Person, mine: str) -> list[tuple[PersonKey, str]] | None:
        """Of somebody who was not shown and is back with the same login, entryUUID and number: what is theirs again of
        what others had meanwhile, none of whom this read shows. None for everybody else."""
        known, keys = self.ours.get(mine), keys_of(person)
        if known is None or not (known.leaving or known.gone) or keys != keys_of(known.person):
            return None
        if not {key.kind for key in keys}.issuperset(STRONG) or not self.shared.isdisjoint(keys):
            return None
        held = [(k, h) for k in keys for h in {*self.owners.get(k, ()), *self.disputes.get(k, ())} if h != mine]
        return (
            None
            if any(h in self.present for _, h in held)
            else sorted(held, key=lambda one: (*BY_KIND(one[0]), one[1]))
        )

    def _tell_disputed(
        self,
        person: Person,
        keys: Sequence[PersonKey],
        disputed: Mapping[PersonKey, Sequence[str]],
        held: Collection[str],
    ) -> None:
        """Tell that keys of an entry are somebody else's. One that another entry shows too leaves only those in doubt
        who have no other key that is theirs, nor `held` one: perhaps they are who had it, under a new login."""
        if not disputed:
            return
        mine = self.ids[person.login]
        rests = mine not in held and not any(key.kind in STRONG for key in keys)
        whose = sorted({self.ours[one].person.login for those in disputed.values() for one in those})
        if all(key in self.shared for key in disputed) and not (rests and whose):
            return
        text = "Its keys belong to two people of ours: the first one counts."
        if rests and whose:
            text = (
                f"It has a key of {', '.join(whose)}, not shown any more: perhaps it is the same person under a new "
                "login."
            )
        self.found.append(Finding(person.login, "keys-disagree", text))
