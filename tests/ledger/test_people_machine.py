"""Whatever happens in a directory, in whatever order it is read: nobody becomes two, two never become one.

The machine plays the directory: people come, are renamed, change their numbers, move between logins that others had,
leave and return; exports repeat entries, share numbers by mistake, end early. The model knows who is who.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kypek_sync.ledger.matching import LOGIN, Ours, match
from kypek_sync.model import Person, PersonKey, PersonKind

LOGINS = [f"login{n}" for n in range(8)]


@dataclass(frozen=True)
class Human:
    """Somebody who exists, whatever the directory calls them now. `login` is empty while they are not in it."""

    number: int
    uuid: str
    registry: str
    login: str
    name: str

    def entry(self, uuids: bool, registry: str = "") -> Person:
        keys = [PersonKey("entry-uuid", self.uuid)] if uuids else []
        keys += [PersonKey("registry", registry or self.registry), PersonKey(LOGIN, self.login)]
        return Person(self.login, self.name, self.name, "", PersonKind.TEACHER, keys=tuple(keys))


class Directory(RuleBasedStateMachine):
    """`ours` and `owners` are the ledger's memory as `record_people` keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.humans: dict[int, Human] = {}
        self.numbers = count(1)
        self.ours: dict[str, Ours] = {}
        self.owners: dict[PersonKey, list[str]] = {}
        self.identity: dict[int, str] = {}
        self.uuids = False

    @initialize(uuids=st.booleans())
    def first(self, uuids: bool) -> None:
        self.uuids = uuids
        for login in LOGINS[:3]:
            self._come(login)
        self.read(seed=0, cut=0)

    def _come(self, login: str, name: str = "") -> None:
        number = next(self.numbers)
        self.humans[number] = Human(number, f"u{number}", f"r{number}", login, name or f"N{number}")

    def _free(self) -> list[str]:
        return [login for login in LOGINS if login not in {h.login for h in self.humans.values()}]

    def _pick(self, pick: int, *, present: bool) -> Human | None:
        those = [h for h in self.humans.values() if bool(h.login) is present]
        return those[pick % len(those)] if those else None

    # What happens in the directory

    @rule(pick=st.integers(0, 7))
    def somebody_comes(self, pick: int) -> None:
        if free := self._free():
            self._come(free[pick % len(free)])

    @rule(who=st.integers(0, 7), pick=st.integers(0, 7))
    def somebody_is_renamed(self, who: int, pick: int) -> None:
        human, free = self._pick(who, present=True), self._free()
        if human and free:
            self.humans[human.number] = replace(human, login=free[pick % len(free)])

    @rule(who=st.integers(0, 7), pick=st.integers(0, 7), seed=st.integers(0, 5))
    def a_login_passes_to_a_namesake_while_its_holder_is_renamed(self, who: int, pick: int, seed: int) -> None:
        self.read(seed=seed, cut=0)
        human, free = self._pick(who, present=True), self._free()
        if human and free:
            self.humans[human.number] = replace(human, login=free[pick % len(free)])
            self._come(human.login, human.name)
            self.read(seed=seed, cut=0)  # with neither entryUUIDs nor the old holder in sight nobody could tell

    @rule(who=st.integers(0, 7), other=st.integers(0, 7))
    def two_swap_their_logins(self, who: int, other: int) -> None:
        one, two = self._pick(who, present=True), self._pick(other, present=True)
        if one and two:
            self.humans[one.number] = replace(one, login=two.login)
            if one != two:
                self.humans[two.number] = replace(two, login=one.login)

    @rule(who=st.integers(0, 7))
    def somebody_leaves(self, who: int) -> None:
        if human := self._pick(who, present=True):
            self.humans[human.number] = replace(human, login="")

    @rule(who=st.integers(0, 7), pick=st.integers(0, 7))
    def somebody_returns(self, who: int, pick: int) -> None:
        human, free = self._pick(who, present=False), self._free()
        if human and free:
            self.humans[human.number] = replace(human, login=free[pick % len(free)])

    @precondition(lambda self: self.uuids)
    @rule(who=st.integers(0, 7))
    def a_number_changes(self, who: int) -> None:
        self.read(seed=who % 5, cut=0)  # with all keys new at once nobody could tell
        if human := self._pick(who, present=True):
            self.humans[human.number] = replace(human, registry=f"r{next(self.numbers)}00")

    @precondition(lambda self: not self.uuids)
    @rule()
    def the_source_begins_to_show_entry_uuids(self) -> None:
        self.read(seed=1, cut=0)  # everybody is known before it does
        self.uuids = True
        self.read(seed=2, cut=0)

    # What the ledger makes of it

    @rule(seed=st.integers(0, 5), cut=st.integers(0, 2))
    def read(self, seed: int, cut: int) -> None:
        entries = [h.entry(self.uuids) for h in self.humans.values() if h.login]
        random.Random(seed).shuffle(entries)
        self._record(entries[cut:])

    @rule(seed=st.integers(0, 5))
    def read_an_export_in_which_everybody_stands_twice(self, seed: int) -> None:
        entries = [h.entry(self.uuids) for h in self.humans.values() if h.login] * 2
        random.Random(seed).shuffle(entries)
        self._record(entries)

    @precondition(lambda self: self.uuids)
    @rule(who=st.integers(0, 7), other=st.integers(0, 7))
    def read_one_with_a_number_of_another(self, who: int, other: int) -> None:
        self.read(seed=3, cut=0)
        one, two = self._pick(who, present=True), self._pick(other, present=True)
        if one and two:
            those = [h for h in self.humans.values() if h.login]
            self._record([h.entry(True, two.registry if h == one else "") for h in those])

    def _record(self, entries: list[Person]) -> None:
        found = match(entries, self.owners, self.ours)
        assert len({m.id for m in found.matches}) == len(found.matches)
        for key, identity in found.lost:
            self.owners[key].remove(identity)
        by_login = {h.login: h.number for h in self.humans.values() if h.login}
        for one in found.matches:
            human = by_login[one.person.login]
            if human in self.identity:
                assert one.id == self.identity[human], "somebody became another"
                assert not one.fresh, "somebody became two"
            else:
                assert one.id not in self.identity.values(), "two became one"
                self.identity[human] = one.id
            self.ours[one.id] = Ours(one.id, one.person)
            for key in one.keys:
                holders = self.owners.setdefault(key, [])
                if one.id in holders and key.kind == LOGIN:
                    holders.remove(one.id)  # theirs again: the last of those who came to it
                if one.id not in holders:
                    holders.append(one.id)
        seen = {m.id for m in found.matches}
        for identity, known in self.ours.items():
            self.ours[identity] = replace(known, leaving=identity not in seen)

    @invariant()
    def the_order_of_a_read_does_not_matter(self) -> None:
        entries = [h.entry(self.uuids) for h in self.humans.values() if h.login]

        def known(read: list[Person]) -> dict[str, str]:
            found = match(read, self.owners, self.ours).matches
            return {m.person.login: "" if m.fresh else m.id for m in found}

        assert known(entries) == known(entries[::-1])


Directory.TestCase.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
TestDirectory = Directory.TestCase
