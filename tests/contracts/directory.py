"""What every directory must keep. Subclass `DirectoryContract` with the fixtures that it names; nothing is skipped."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    Directory,
    Gathered,
    StopConnector,
    TryLater,
    whole_people,
    whole_units,
)
from kypek_sync.model import Finding, FindingLevel, Person, PersonKey, PersonKind, Unit, UnitRole
from tests.contracts.directory_people import ATHENS, ILIO, LOGINS, NUMBERS, UNITS, WORKSHOP

T = TypeVar("T")
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def registry_hash(number: str) -> str:
    """A keyed hash, as the engine gives one to a connector."""
    return hashlib.blake2b(number.encode(), key=b"test key", digest_size=16).hexdigest()


def context(folder: Path, name: str = "directory", now: datetime = NOW) -> ConnectorContext:
    """What a connector is given, with the clock at `now`."""
    return ConnectorContext(name=name, clock=lambda: now, folder=folder, registry_hash=registry_hash)


@dataclass
class Remembering(Gathered[T]):
    """A keeper that knows digests from before."""

    known: frozenset[bytes] = frozenset()

    def __post_init__(self) -> None:
        super().__init__()
        self.met: set[bytes] = set()
        self.digests: frozenset[bytes] = frozenset()

    def same(self, digest: bytes) -> bool:
        self.met |= {digest} & self.known
        return digest in self.known

    def take(self, item: T | None, digest: bytes, findings: Sequence[Finding]) -> None:
        super().take(item, digest, findings)
        self.digests |= {digest}


class DirectoryContract:
    """The suite. A subclass gives, as fixtures: `directory` (over `POPULATION`), `unreachable` (the same connector
    where nothing answers), `truncated` (where the source ends before everybody was seen), and `secrets` (words that
    must show nowhere, besides the registry numbers)."""

    def test_it_is_a_directory(self, directory: Directory) -> None:
        assert isinstance(directory, Directory)

    def test_a_whole_read_is_complete_and_says_on_what_it_rests(self, directory: Directory) -> None:
        people, units = whole_people(directory), whole_units(directory)
        assert (people.complete, people.why_partial) == (True, "")
        assert (units.complete, units.why_partial) == (True, "")
        assert people.proofs
        assert units.proofs
        assert people.as_of.tzinfo is not None
        assert tuple(person.login for person in people.items) == LOGINS
        assert len(units.items) == 7

    def test_unreachable_is_not_empty(self, unreachable: Directory) -> None:
        for read in (
            lambda: whole_people(unreachable),
            lambda: whole_units(unreachable),
            lambda: unreachable.person("mpappa"),
        ):
            with pytest.raises((TryLater, StopConnector)):
                read()

    def test_a_truncated_read_is_not_complete_and_gives_what_was_seen(self, truncated: Directory) -> None:
        people = whole_people(truncated)
        assert people.items
        assert len(people.items) < len(LOGINS)
        assert not people.complete
        assert people.why_partial.endswith(".")

    def test_reading_twice_gives_the_same(self, directory: Directory) -> None:
        assert whole_people(directory).items == whole_people(directory).items
        assert whole_units(directory).items == whole_units(directory).items

    def test_a_person_looked_up_is_the_person_read(self, directory: Directory) -> None:
        for person in whole_people(directory).items:
            assert directory.person(person.login) == person

    @pytest.mark.parametrize("login", ["GNIKOL", "GNikol", " gnikol "])
    def test_a_login_is_found_in_any_spelling(self, directory: Directory, login: str) -> None:
        found = directory.person(login)
        assert found is not None
        assert found.login == "gnikol"

    @pytest.mark.parametrize("login", ["nobody", "*", "m*", "mpappa)(uid=*", "x\\2a", "", "\x00", "παππά"])
    def test_nobody_is_none_and_no_character_has_a_meaning(self, directory: Directory, login: str) -> None:
        assert directory.person(login) is None

    def test_a_person_comes_in_normal_form(self, directory: Directory) -> None:
        """D-1, D-3, D-4, D-5, D-7, D-11 on one entry."""
        found = _people(directory)["gnikol"]
        assert (found.surname, found.given_name, found.mail) == ("ΝΙΚΟΛΑΟΥ", "ΓΙΩΡΓΟΣ ΑΛΕΞΙΟΣ", "gnikol@sch.example")
        assert (found.kind, found.active, found.specialties) == (PersonKind.TEACHER, True, ("ΠΕ86",))
        assert (found.units, found.directorates) == ((ILIO,), ("att-g",))
        assert found.roles == (UnitRole("school-principal", ILIO),)
        assert [key.kind for key in found.keys] == ["entry-uuid", "registry", "login"]
        assert PersonKey("registry", registry_hash("999000001")) in found.keys

    def test_the_primary_unit_is_first_whatever_the_order_of_the_entry(self, directory: Directory) -> None:
        """D-2: the second school is listed first, and the parent is no place of service."""
        found = _people(directory)["adimou"]
        assert found.units == (ILIO, ATHENS)
        assert found.directorates == ("att-g", "att-a")

    def test_who_is_no_teacher_is_marked_so(self, directory: Directory) -> None:
        """D-5, D-6, D-16."""
        kinds = {login: person.kind for login, person in _people(directory).items()}
        assert kinds["pupil1"] is PersonKind.PUPIL
        assert kinds["staff1"] is PersonKind.STAFF
        assert kinds["10gymili"] is PersonKind.SCHOOL_ACCOUNT
        assert kinds["0501659"] is PersonKind.SCHOOL_ACCOUNT
        assert kinds["r-10gym-iliou"] is PersonKind.SERVICE_ACCOUNT
        assert kinds["robot"] is PersonKind.UNKNOWN

    def test_a_disabled_account_is_not_active(self, directory: Directory) -> None:
        assert [person.login for person in whole_people(directory).items if not person.active] == ["eioann"]

    def test_an_operational_group_is_seen(self, directory: Directory) -> None:
        """D-12."""
        assert _people(directory)["staff1"].roles == (UnitRole("plinet", f"ou=att-g,{UNITS}"),)

    def test_units_come_in_normal_form(self, directory: Directory) -> None:
        """D-8, D-9."""
        units = {unit.id: unit for unit in whole_units(directory).items}
        assert units[ILIO] == Unit(
            id=ILIO,
            name="10ο ΓΥΜΝΑΣΙΟ ΙΛΙΟΥ",
            code="0501659",
            registry_code="1000169",
            kind="gym",
            level="ΔΕ",
            directorate="att-g",
        )
        assert units[ATHENS].name == "1ο ΔΗΜΟΤΙΚΟ ΣΧΟΛΕΙΟ ΑΘΗΝΩΝ"
        assert (units[ATHENS].kind, units[ATHENS].level, units[ATHENS].active) == ("dim", "ΠΕ", False)
        assert (units[WORKSHOP].code, units[WORKSHOP].kind) == ("EK04932", "ek")

    def test_what_is_not_understood_is_a_finding(self, directory: Directory) -> None:
        """D-1, D-4, D-10, D-11: visible and counted."""
        people = {
            (finding.subject, finding.code) for finding in whole_people(directory, whole_units(directory)).findings
        }
        assert {
            ("knikou", "unit-dangling"),
            ("eioann", "unit-missing"),
            ("adimou", "registry-missing"),
            ("psamar", "specialty-unknown"),
            ("psamar", "specialty-stale"),
            ("psamar", "registry-duplicate"),
            ("mpappa", "registry-duplicate"),
            ("robot", "kind-unknown"),
        } == people
        units = {(finding.subject, finding.code) for finding in whole_units(directory).findings}
        assert {
            (ATHENS, "unit-code-shared"),
            (WORKSHOP, "unit-code-shared"),
            (f"ou=dide-att-g,ou=att-g,{UNITS}", "unit-code-missing"),
        } == units
        assert not [
            f for f in whole_people(directory, whole_units(directory)).findings if f.level is FindingLevel.ERROR
        ]

    def test_a_delta_is_offered_only_where_declared(self, directory: Directory) -> None:
        cursor = directory.read_people(Gathered()).cursor
        assert bool(cursor) == (Capability.PEOPLE_DELTA in directory.capabilities())
        for delta in (
            directory.people_since("nonsense", Gathered()),
            directory.people_since("nonsense", Gathered(), lambda: frozenset(LOGINS)),
        ):
            assert (delta.entries, delta.gone, delta.reset, delta.cursor) == (0, (), True, "")
            assert delta.why.endswith(".")

    def test_an_entry_that_is_as_it_was_is_not_handed_over_again(self, directory: Directory) -> None:
        first: Remembering[Person] = Remembering()
        directory.read_people(first)
        again: Remembering[Person] = Remembering(first.digests)
        assert directory.read_people(again).entries == len(first.digests)
        assert (again.items, again.met) == ([], first.digests)

    def test_no_secret_in_log_or_repr(
        self,
        directory: Directory,
        truncated: Directory,
        unreachable: Directory,
        secrets: tuple[str, ...],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """D-4: a registry or tax number is a secret too."""
        caplog.set_level(logging.DEBUG)
        shown = [repr(directory), repr(vars(directory)), repr(directory.capabilities())]
        shown += [repr(it) for d in (directory, truncated) for it in (whole_people(d), whole_units(d), d.probe())]
        shown.append(repr(unreachable.probe()))
        with pytest.raises((TryLater, StopConnector)) as raised:
            whole_people(unreachable)
        shown += [str(raised.value), repr(raised.value), repr(raised.value.__cause__), caplog.text]
        for secret in (*secrets, *NUMBERS):
            assert not [text for text in shown if secret in text]

    def test_a_probe_never_raises_and_says_whether_it_can_be_used(
        self, directory: Directory, unreachable: Directory
    ) -> None:
        assert directory.probe().usable
        probe = unreachable.probe()
        assert not probe.usable
        assert all(line.text.endswith(".") for line in probe.lines)

    def test_closing_twice_is_closing_once(self, directory: Directory) -> None:
        directory.close()
        directory.close()


def _people(directory: Directory) -> dict[str, Person]:
    return {person.login: person for person in whole_people(directory).items}
