"""What a read of the directory may take away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from kypek_sync.contract import PeopleDelta, Snapshot
from kypek_sync.ledger import reads, without_groups
from kypek_sync.model import Finding, Person, PersonKey, PersonKind, Unit, UnitRole
from kypek_sync.sync.directory.fields import BY_NAME, FIELDS, Losses, mended, said_of
from kypek_sync.sync.directory.recording import DeltaRead, record_delta
from kypek_sync.sync.directory.spool import PeopleKeeper
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport
from tests.ledger import whole_directory
from tests.sync.centre import START, Centre
from tests.sync.whole_reads import WholeRead, record

SCHOOLS = tuple(
    Unit(id=f"ou={n},ou=units", name=f"{n}ο Γυμνάσιο", code=f"{n:07}", kind="gym", directorate="att-a", level="ΔΕ")
    for n in range(20)
)
TEACHER = Person("teacher1", "Ιωάννου", "Ελένη", "t@sch.example", PersonKind.TEACHER, units=(SCHOOLS[0].id,))


def test_units_missing_from_an_export_that_looks_whole_are_believed_to_be_there(centre: Centre) -> None:
    """Rule 1: an export without a branch of the tree ended well, and took the eligibility of all who serve there."""
    whole = WholeRead(
        "directory",
        Snapshot("directory", "people", START, (TEACHER,), complete=True),
        Snapshot("directory", "units", START, SCHOOLS, complete=True),
    )
    assert whole.people is not None
    assert whole.units is not None
    later = START + timedelta(hours=1)
    half = replace(
        whole,
        people=replace(whole.people, as_of=later),
        units=replace(whole.units, as_of=later, items=SCHOOLS[:5]),
    )
    with centre.installation() as inst, inst.ledger.begin() as connection:
        record(connection, inst, whole, LaneReport("att-a", "directory"))
        report = LaneReport("att-a", "directory")
        record(connection, inst, half, report)
        assert len(whole_directory.units(connection, "directory")) == len(SCHOOLS)
    assert len(report.problems) == 1
    assert "units was read only in part (5 entries, but 20 at the last good read" in report.problems[0]


PEOPLE = tuple(
    Person(
        login=f"t{n:02}",
        surname="Ιωάννου",
        given_name="Ελένη",
        mail=f"t{n:02}@sch.example",
        kind=PersonKind.TEACHER,
        specialties=("ΠΕ86",),
        units=(SCHOOLS[0].id,),
    )
    for n in range(40)
)


def reading(people_: tuple[Person, ...], hours: float, *, complete: bool = True) -> WholeRead:
    at = START + timedelta(hours=hours)
    return WholeRead(
        "directory",
        Snapshot("directory", "people", at, people_, complete),
        Snapshot("directory", "units", at, SCHOOLS, complete=True),
    )


def recorded(inst: Installation, read: WholeRead) -> tuple[dict[str, Person], LaneReport]:
    """What is known of everybody after the read, and the report."""
    report = LaneReport("att-a", "directory")
    with inst.ledger.begin() as connection:
        record(connection, inst, read, report)
        known = whole_directory.everybody(connection, "directory").values()
    return {one.person.login: one.person for one in known}, report


def test_an_attribute_that_nobody_shows_any_more_takes_nothing_from_anybody(centre: Centre) -> None:
    """The same right lost as in M-46: the entries look whole, and no teacher has a specialty."""
    with centre.installation() as inst:
        recorded(inst, reading(PEOPLE, 0))
        blind = tuple(replace(person, specialties=(), mail="") for person in PEOPLE)
        known, report = recorded(inst, reading(blind, 1))
        assert {person.specialties for person in known.values()} == {("ΠΕ86",)}
        assert {person.mail for person in known.values()} == {f"t{n:02}@sch.example" for n in range(40)}
        (problem,) = report.problems
        assert "40 of 40 people lost their mail at once; 40 of 40 people lost their specialties at once" in problem
        changed = (replace(PEOPLE[0], specialties=("ΠΕ70",)), replace(PEOPLE[1], specialties=()), *PEOPLE[2:])
        known, report = recorded(inst, reading(changed, 2))  # a few changes are changes
        assert (known["t00"].specialties, known["t01"].specialties) == (("ΠΕ70",), ())
        assert report.problems == []


@pytest.mark.parametrize("kind", ["entry-uuid", "registry"])
def test_an_attribute_lost_together_with_new_logins_takes_nothing_from_anybody_either(
    centre: Centre, kind: str
) -> None:
    """The directory gave everybody a new login and took the right to read gsnBranch: by their logins all were new, and
    had had no specialty."""
    keyed = tuple(replace(p, keys=(PersonKey(kind, p.login), PersonKey("login", p.login))) for p in PEOPLE)
    with centre.installation() as inst:
        recorded(inst, reading(keyed, 0))
        renamed = tuple(
            replace(p, login=f"n-{p.login}", keys=(p.keys[0], PersonKey("login", f"n-{p.login}")), specialties=())
            for p in keyed
        )
        known, report = recorded(inst, reading(renamed, 1))
        assert known.keys() == {p.login for p in renamed}
        assert {person.specialties for person in known.values()} == {("ΠΕ86",)}
        assert "40 of 40 people lost their specialties at once" in report.problems[0]


def test_whoever_gets_the_login_of_another_is_not_given_what_that_one_had(centre: Centre) -> None:
    """While an attribute cannot be read, what was known stays with the person and not with the login."""
    keyed = tuple(
        replace(
            p,
            keys=(PersonKey("entry-uuid", p.login), PersonKey("login", p.login)),
            roles=(UnitRole("school-principal", f"unit-{p.login}"),),
        )
        for p in PEOPLE
    )
    with centre.installation() as inst:
        recorded(inst, reading(keyed, 0))
        blind = [replace(p, roles=(), mail=f"new-{p.mail}") for p in keyed]
        newcomer = replace(blind[0], keys=(PersonKey("entry-uuid", "new"), keyed[0].keys[1]))
        known, report = recorded(inst, reading((newcomer, *blind[1:]), 1))
        assert known["t01"].roles == (UnitRole("school-principal", "unit-t01"),)
        assert known["t00"].roles == ()
        assert "lost their roles at once" in report.problems[0]


def test_what_was_odd_about_values_that_are_kept_stays_told(centre: Centre) -> None:
    """The right to read gsnBranch was lost: the specialties stayed, and what was odd about them was told no more."""
    odd = Finding("t00", "specialty-stale", "The specialty ΠΕ19 no longer exists (law 4521/2018).")
    lacking = Finding("t00", "mail-unreadable", "The mail is no address; it was left out.")
    blind = tuple(replace(person, specialties=()) for person in PEOPLE)
    with centre.installation() as inst:
        recorded(inst, _telling(reading(PEOPLE, 0), odd))
        assert _told(inst) == {("t00", odd.code)}
        recorded(inst, _telling(reading(blind, 1), lacking))
        assert _told(inst) == {("t00", odd.code), ("t00", lacking.code)}
        recorded(inst, reading(PEOPLE, 2))
        assert _told(inst) == set()


def _telling(read: WholeRead, *those: Finding) -> WholeRead:
    assert read.people is not None
    return replace(read, people=replace(read.people, findings=those))


def _told(inst: Installation) -> set[tuple[str, str]]:
    with inst.ledger.begin(keep=False) as connection:
        told = [one for _, one in reads.listed_findings(connection, "directory")]
    return {(one.subject, one.code) for one in told if one.subject == "t00"}


def test_keys_that_almost_everybody_ceased_to_show_are_counted() -> None:
    with_keys = [replace(p, keys=(PersonKey("registry", f"r{p.login}"), PersonKey("login", p.login))) for p in PEOPLE]
    losses = Losses()
    losses.changed(PEOPLE[:39], {person.login: person for person in with_keys})
    assert losses.may_vanish(0.9)
    losses.as_before(with_keys[39])
    assert losses.vanished_keys(0.9) == ("registry",)
    assert losses.vanished(0.9) == ("registry_number",)


def _numbered(person: Person, number: str) -> Person:
    keys = (PersonKey("entry-uuid", f"u-{person.login}"), PersonKey("registry", number))
    return replace(person, keys=(*keys, PersonKey("login", person.login)))


def _unnumbered(person: Person) -> Person:
    return replace(person, keys=tuple(key for key in person.keys if key.kind != "registry"))


def _missing(login: str) -> Finding:
    return Finding(login, "registry-missing", "The teacher has no number.")


@pytest.mark.parametrize("seen", [40, 25], ids=["everybody", "no more than the size limit allows"])
def test_numbers_that_nobody_shows_any_more_make_no_findings_and_settle_none(centre: Centre, seen: int) -> None:
    """`access to attrs=employeeNumber by * none`: 391 teachers "had no number", and who shared one shared none. t00
    shares its number with t39, which the size limit may hide, t01's was none, t02 never had one, t03 has an unknown
    specialty."""
    people = [_numbered(p, p.login) for p in PEOPLE]
    people[39] = _numbered(PEOPLE[39], "t00")
    people[1], people[2] = _unnumbered(people[1]), _unnumbered(people[2])
    people[3] = replace(people[3], specialties=())
    odd = (
        Finding("t01", "registry-unreadable", "The number is none."),
        _missing("t02"),
        Finding("t03", "specialty-unknown", "The specialty is none."),
    )
    newcomer = _unnumbered(_numbered(replace(PEOPLE[0], login="t99"), "t99"))
    blind = (newcomer, *(replace(_unnumbered(p), specialties=()) for p in people[:seen]))
    with centre.installation() as inst:
        recorded(inst, _telling(reading(tuple(people), 0), *odd))
        before, told = recorded(inst, _telling(reading(tuple(people), 0.5), *odd))[0], _all_told(inst)
        assert {
            ("t00", "registry-duplicate"),
            ("t39", "registry-duplicate"),
            *((f.subject, f.code) for f in odd),
        } == told
        for hours in (1, 2):
            read = reading(blind, hours, complete=seen == len(people))
            known, report = recorded(inst, _telling(read, *(_missing(p.login) for p in blind)))
            (problem,) = [one for one in report.problems if "people was read only in part" in one]
            for words in ("lost their specialties at once", "lost their registry number at once"):
                assert words in problem
            assert report.counts["changed people"] == 0
            assert _all_told(inst) == told
            del known["t99"]
            assert known == before
        after = recorded(inst, _telling(reading((newcomer, *people[1:]), 3), *odd, _missing("t99")))[1]
        assert after.problems == []
        assert _all_told(inst) == {*((f.subject, f.code) for f in odd), ("t99", "registry-missing")}


def test_whoever_gets_a_login_while_numbers_are_hidden_gets_no_number_with_it() -> None:
    before = replace(_numbered(PEOPLE[0], "n"), keys=(PersonKey("registry", "n"), PersonKey("login", "t00")))
    bare = _unnumbered(before)
    other = replace(bare, surname="Άλλου", given_name="Άλλος")
    assert mended(bare, before, ("registry_number",)).keys == before.keys
    assert mended(other, before, ("registry_number",)) is other
    elsewhere = replace(bare, keys=(PersonKey("entry-uuid", "new"), *bare.keys))
    assert mended(elsewhere, _numbered(PEOPLE[0], "n"), ("registry_number",)) is elsewhere


def _all_told(inst: Installation) -> set[tuple[str, str]]:
    with inst.ledger.begin(keep=False) as connection:
        return {(one.subject, one.code) for _, one in reads.listed_findings(connection, "directory")}


def test_a_code_that_no_specialty_has_is_told(centre: Centre) -> None:
    """The contract knows the form of a code; which codes there are, the engine."""
    read = (replace(PEOPLE[0], specialties=("ΠΕ86.50", "ΠΕ97")), *PEOPLE[1:])
    with centre.installation() as inst:
        recorded(inst, reading(read, 0))
        assert _told(inst) == {("t00", "specialty-unknown")}
        recorded(inst, reading(PEOPLE, 1))
        assert _told(inst) == set()


def test_accounts_that_are_all_disabled_at_once_are_believed_to_be_active(centre: Centre) -> None:
    """glpi#984 in small: 512 accounts disabled by a failure."""
    with centre.installation() as inst:
        recorded(inst, reading(PEOPLE, 0))
        known, report = recorded(inst, reading(tuple(replace(p, active=False) for p in PEOPLE), 1))
        assert all(person.active for person in known.values())
        assert "40 of 40 people lost their active" in report.problems[0]


PLINET, PRINCIPAL = UnitRole("plinet", "ou=att-a,ou=units"), UnitRole("school-principal", SCHOOLS[0].id)


def grouped(those: int, *, principals: int = 20) -> tuple[Person, ...]:
    """So many are in a group; the last are principals."""
    return tuple(
        replace(p, roles=tuple([PLINET] * (n < those) + [PRINCIPAL] * (n >= len(PEOPLE) - principals)))
        for n, p in enumerate(PEOPLE)
    )


def in_groups(known: Mapping[str, Person]) -> int:
    return sum(PLINET in person.roles for person in known.values())


@pytest.mark.parametrize("principals", [20, 38, 0])
def test_that_nobody_is_in_a_group_any_more_is_not_believed(centre: Centre, principals: int) -> None:
    """`access to attrs=memberOf by * none`: the roles of a few vanished in a read that counted as complete, since the
    principals, who are many more, kept theirs."""
    with centre.installation() as inst:
        recorded(inst, reading(grouped(3, principals=principals), 0))
        for hours in (1, 2):
            known, report = recorded(inst, reading(grouped(0, principals=principals), hours))
            assert "(3 of 3 people lost their group roles at once; perhaps" in report.problems[0]
            assert "`kypek-sync directory accept directory --groups --why TEXT`" in report.problems[0]
            assert known == {p.login: p for p in grouped(3, principals=principals)}
        known, report = recorded(inst, reading(grouped(3, principals=principals), 3))
        assert (report.problems, in_groups(known)) == ([], 3)


def test_who_is_in_no_group_any_more_is_believed_while_somebody_is(centre: Centre) -> None:
    """Watched one by one, the role that one person lost would have made every read partial for good."""
    with centre.installation() as inst:
        recorded(inst, reading(grouped(5), 0))
        for hours, those in ((1, 4), (2, 1), (3, 0)):  # all but one at once, and then that one
            known, report = recorded(inst, reading(grouped(those), hours))
            assert (report.problems, in_groups(known)) == ([], those)


def test_others_who_are_in_a_group_now_prove_that_groups_are_shown(centre: Centre) -> None:
    with centre.installation() as inst:
        recorded(inst, reading(grouped(3), 0))
        moved = tuple(replace(p, roles=(PLINET,)) if p.login == "t10" else p for p in grouped(0))
        known, report = recorded(inst, reading(moved, 1))
        assert (report.problems, in_groups(known)) == ([], 1)


def test_group_roles_that_a_file_has_no_column_for_are_as_they_were_known(centre: Centre) -> None:
    with centre.installation() as inst:
        recorded(inst, reading(grouped(3), 0))
        read = reading(grouped(0), 1)
        known, report = recorded(inst, replace(read, without=frozenset({"group_roles"})))
        assert (report.problems, in_groups(known)) == ([], 3)


@pytest.mark.parametrize("principals", [20, 0])
def test_once_a_person_says_that_nobody_is_in_a_group_the_roles_end(centre: Centre, principals: int) -> None:
    with centre.installation() as inst:
        recorded(inst, reading(grouped(4, principals=principals), 0))
        recorded(inst, reading(grouped(0, principals=principals), 1))
        with inst.ledger.begin() as connection:
            without_groups.accept(connection, "directory", "maria", "dissolved", inst.clock(), ())
        known, report = recorded(inst, reading(grouped(0, principals=principals), 2))
        assert (report.problems, in_groups(known)) == ([], 0)
        assert _codes(inst) == {without_groups.CODE}
        known, report = recorded(inst, reading(grouped(3, principals=principals), 3))
        assert (report.problems, in_groups(known)) == ([], 3)
        assert _codes(inst) == set()  # it ends by itself, and is lost again only as before
        assert recorded(inst, reading(grouped(0, principals=principals), 4))[1].problems


def _codes(inst: Installation) -> set[str]:
    with inst.ledger.begin(keep=False) as connection:
        return {one.code for _, one in reads.listed_findings(connection, "directory") if one.subject == "directory"}


def test_of_a_few_entries_of_a_delta_that_lost_their_group_a_full_read_is_the_judge() -> None:
    known = {p.login: p for p in grouped(5)}
    few, more, shown = Losses(), Losses(), Losses()
    few.changed(grouped(0)[:2], known)
    assert (few.vanished(1e-9), few.from_everybody()) == ((), ("group_roles",))
    more.changed(grouped(0)[:3], known)
    assert more.vanished(1e-9) == ("group_roles",)
    shown.changed((*grouped(0)[:3], grouped(20)[19]), known)  # a newcomer of the group
    assert (shown.vanished(1e-9), shown.from_everybody()) == ((), ())


def test_every_field_is_described_once_and_says_how_what_is_odd_about_it_begins() -> None:
    names = [one.name for one in FIELDS]
    assert sorted(names) == sorted(BY_NAME)
    of_a_person = {one.name for one in fields(Person)} - {"login", "keys", "number_kind"}
    assert of_a_person <= set(names)
    assert [one.name for one in FIELDS if not one.said] == ["group_roles"]
    assert said_of(("group_roles", "mail", "nothing that is known")) == ("mail-",)


def test_what_changed_is_never_put_back_and_newcomers_are_left_as_they_are() -> None:
    known = {person.login: person for person in PEOPLE}
    read = (*(replace(p, units=()) for p in PEOPLE[:20]), replace(PEOPLE[20], units=("ou=other",)), *PEOPLE[21:])
    newcomer = Person("new", "", "", "", PersonKind.UNKNOWN)
    losses = Losses()
    losses.changed((*read, newcomer), known)
    assert losses.vanished(0.9) == ("units",)
    assert losses.why(["units"]) == ("20 of 40 people lost their units at once",)
    whole = [mended(person, known.get(person.login), ["units"]) for person in (*read, newcomer)]
    assert whole[0].units == PEOPLE[0].units
    assert whole[20].units == ("ou=other",)
    assert whole[-1] == newcomer
    few = Losses()
    few.changed([replace(p, units=()) for p in PEOPLE[:3]], known)
    assert few.vanished(0.9) == ()


def test_a_sentinel_that_is_missing_makes_a_read_partial_and_nobody_can_accept_it(centre: Centre) -> None:
    centre.top = "directory_rules: {sentinels: [t00]}\n"
    centre.settings()
    with centre.installation() as inst:
        recorded(inst, reading(PEOPLE, 0))
        _, report = recorded(inst, reading(PEOPLE[20:], 1))
        assert "20 entries, but 40" in report.problems[0]
        assert "sentinel entries are missing: t00" in report.problems[0]
        assert "directory accept" not in report.problems[0]
        with inst.ledger.begin() as connection:
            last = reads.last(connection, "directory", "people")
            assert last is not None
            assert not reads.accept(connection, last, "maria", "so be it", inst.clock())
        _, report = recorded(inst, reading(PEOPLE[1:], 2))
        assert "(sentinel entries are missing: t00)" in report.problems[0]


def test_a_directory_that_really_shrank_says_how_to_accept_it(centre: Centre) -> None:
    with centre.installation() as inst:
        recorded(inst, reading(PEOPLE, 0))
        _, report = recorded(inst, reading(PEOPLE[20:], 1))
        assert "`kypek-sync directory accept directory --why TEXT`" in report.problems[0]
        _, report = recorded(inst, reading((), 2))
        assert "no entries at all, but 40 before" in report.problems[0]
        assert "directory accept" not in report.problems[0]


def test_a_read_in_which_people_carry_the_keys_of_others_is_told_and_changes_nobody(centre: Centre) -> None:
    """The column of registry numbers slipped by a row: what to do is said, and the last good read stands."""
    right = [replace(p, keys=(PersonKey("registry", f"hash{n:02}"),)) for n, p in enumerate(PEOPLE)]
    slipped = [replace(p, keys=(PersonKey("registry", f"hash{(n + 1) % 40:02}"),)) for n, p in enumerate(PEOPLE)]
    units = Snapshot("directory", "units", START, SCHOOLS, complete=True)
    report = LaneReport("att-a", "directory")
    with centre.installation() as inst, inst.ledger.begin() as connection:
        first = Snapshot("directory", "people", START, tuple(right), complete=True)
        record(connection, inst, WholeRead("directory", first, units), LaneReport("att-a", "directory"))
        known = whole_directory.everybody(connection, "directory")
        later = replace(first, items=tuple(slipped), as_of=START + timedelta(days=1))
        record(connection, inst, WholeRead("directory", later, units), report)
        assert whole_directory.everybody(connection, "directory") == known
    assert "40 entries carry registry numbers or identifiers of other people" in report.problems[0]
    assert "draw the export again" in report.problems[0]


def test_nobody_is_leaving_since_before_the_last_full_read_showed_them(centre: Centre) -> None:
    """Rule 2: a delta of a clock that was behind would have used up their grace."""
    early = START - timedelta(days=20)
    delta = PeopleDelta("people", early, 0, (PersonKey("login", "t01"),), "cursor")
    with centre.installation() as inst:
        recorded(inst, reading(PEOPLE, 0))
        with PeopleKeeper(()) as keeper, inst.ledger.begin() as connection:
            assert record_delta(connection, inst, DeltaRead("directory", delta, keeper), LaneReport("att-a", "d"))
            those = whole_directory.everybody(connection, "directory").values()
            assert [one.leaving_since for one in those if one.leaving_since] == [START]
