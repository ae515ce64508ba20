"""Which KYPEK serves a person: by the settings, the register of units, the directory's tree, in this order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kypek_sync.cli.foreign_words import finding_word, worded
from kypek_sync.contract import RegisteredDirectorate, RegisteredUnit
from kypek_sync.language import speaker
from kypek_sync.model import LabelSource, Unit
from kypek_sync.seminar.serving import (
    CODES,
    Area,
    Land,
    Placed,
    Register,
    Way,
    findings,
    kypeks,
    place,
    serving,
    settled,
    shared_codes,
    unknown,
    way_words,
)
from tests.seminar.builders import OTHER, SCHOOL, UNITS, person

READ = datetime(2026, 10, 12, 5, 0, tzinfo=UTC)
A_PE = Area(117, "att-a", "ΠΕ", "ΑΘΗΝΑΣ Α΄", "0500110", "att-a")
A_DE = Area(133, "att-a", "ΔΕ", "ΑΘΗΝΑΣ Α΄", "0500100", "att-a")
V_PE = Area(118, "att-v", "ΠΕ", "ΑΘΗΝΑΣ Β΄", "0500120", "att-v-pe")
V_DE = Area(134, "att-v", "ΔΕ", "ΑΘΗΝΑΣ Β΄", "0500200", "att-v-de")
ZAK = Area(55, "zak", "ΔΕ", "ΖΑΚΥΝΘΟΥ", "1300100")
AREAS = (A_PE, A_DE, V_PE, V_DE, ZAK)
TREE = Land(AREAS)
THERE = {
    1: RegisteredDirectorate(1, "Π.Ε. Α΄", "0500110", "att-a", "ΠΕ"),
    2: RegisteredDirectorate(2, "Δ.Ε. Α΄", "0500100", "att-a", "ΔΕ"),
    3: RegisteredDirectorate(3, "Δ.Ε. Β΄", "0500200", "att-v", "ΔΕ"),
    4: RegisteredDirectorate(4, "Δ.Ε. Ζακύνθου", "", "zak", "ΔΕ"),
    5: RegisteredDirectorate(5, "Νέα διεύθυνση", "7700100", "new", "ΔΕ"),
    6: RegisteredDirectorate(6, "Αντιφατική", "0500200", "att-a", "ΠΕ"),
    7: RegisteredDirectorate(7, "Χωρίς βαθμίδα", "", "att-a", ""),
}


def land(
    directorate: int | None = None, *, as_of: datetime | None = READ, code: str = "1000001", **more: object
) -> Land:
    """The tree and a register in which the school with that code belongs to one of `THERE`."""
    units = {code: RegisteredUnit(code, "1ο Γυμνάσιο", "0501001", directorate)}
    return Land(AREAS, register=Register(as_of, units, THERE), **more)


@pytest.mark.parametrize(
    ("unit", "kypek", "way", "numbers", "doubts"),
    [
        (SCHOOL, "att-a", Way.TREE, (133,), ()),
        (OTHER, "att-v-pe", Way.TREE, (118,), ()),
        (replace(SCHOOL, level=""), "att-a", Way.TREE, (117, 133), ()),
        (replace(OTHER, level=""), "", Way.TREE, (118, 134), ("unit-level-unknown",)),
        (replace(SCHOOL, directorate="zak"), "", Way.TREE, (55,), ()),
        (replace(SCHOOL, directorate="att-b"), "", Way.NONE, (), ("unit-without-kypek",)),  # D-13
        (replace(SCHOOL, directorate=""), "", Way.NONE, (), ("unit-without-kypek",)),
        (replace(SCHOOL, label_source=LabelSource.COLUMN), "att-a", Way.COLUMN, (133,), ()),
        (replace(SCHOOL, label_source=LabelSource.SETTINGS), "att-a", Way.SETTINGS, (133,), ()),
        (unknown("gsnunitcode=0501001,ou=att-a,ou=units"), "att-a", Way.EXPORT, (117, 133), ()),
    ],
)
def test_by_the_directorys_tree(
    unit: Unit, kypek: str, way: Way, numbers: tuple[int, ...], doubts: tuple[str, ...]
) -> None:
    found = place(unit, TREE)
    assert (found.kypek, found.way, tuple(a.number for a in found.areas), found.doubts) == (kypek, way, numbers, doubts)
    assert found.as_of is None


@pytest.mark.parametrize(
    ("number", "kypek", "way", "doubts"),
    [
        (2, "att-a", Way.REGISTER, ()),
        (3, "att-v-de", Way.REGISTER, ("unit-directorate-differs",)),
        (4, "", Way.REGISTER, ("unit-directorate-differs",)),  # by label and level
        (5, "att-a", Way.TREE, ("register-directorate-unknown",)),
        (6, "att-a", Way.TREE, ("register-directorate-unknown",)),  # its code says one thing, its place another
        (7, "att-a", Way.TREE, ("register-directorate-unknown",)),
        (99, "att-a", Way.TREE, ("register-directorate-unknown",)),
        (None, "att-a", Way.TREE, ()),
    ],
)
def test_by_the_register(number: int | None, kypek: str, way: Way, doubts: tuple[str, ...]) -> None:
    found = place(SCHOOL, land(number))
    assert (found.kypek, found.way, found.doubts) == (kypek, way, doubts)
    assert found.as_of == (READ if way is Way.REGISTER else None)


def test_the_registers_own_numbers_of_directorates_may_change() -> None:
    """D-25: only the code and the place count."""
    changed = {number + 500: replace(one, id=number + 500) for number, one in THERE.items()}
    units = {"1000001": RegisteredUnit("1000001", "", "", 502)}
    assert place(SCHOOL, Land(AREAS, register=Register(READ, units, changed))).areas == (A_DE,)


def test_a_code_that_names_several_units_or_none_is_not_used() -> None:
    """D-10."""
    twins = (SCHOOL, replace(OTHER, registry_code=SCHOOL.registry_code), replace(OTHER, registry_code=""))
    assert shared_codes(twins) == {SCHOOL.registry_code}
    assert place(SCHOOL, land(3, shared=shared_codes(twins))).way is Way.TREE
    assert place(replace(SCHOOL, registry_code=""), land(3)).doubts == ()
    missing = place(SCHOOL, land(3, code="7"))
    assert (missing.way, missing.doubts) == (Way.TREE, ("unit-not-in-register",))


def test_a_register_that_was_never_read_in_full_says_nothing_of_what_it_lacks() -> None:
    assert place(SCHOOL, land(3, code="7", as_of=None)).doubts == ()
    assert place(SCHOOL, land(2, as_of=None)).way is Way.REGISTER


def test_a_unit_that_settings_name_is_that_kypeks_wherever_it_lies() -> None:
    found = place(SCHOOL, land(3, named={"0501001": "zak"}))
    assert (found.kypek, found.way, found.areas) == ("zak", Way.NAMED, (V_DE,))
    nowhere = replace(SCHOOL, directorate="", registry_code="")
    assert place(nowhere, land(3, named={"0501001": "zak"})).doubts == ()
    assert place(replace(nowhere, code=""), land(3, named={"": "zak"})).kypek == ""


def test_all_units_of_a_person_count_and_several_kypeks_may_serve_one() -> None:
    who = person(units=(OTHER.id, SCHOOL.id, "ou=9gym,ou=att-a,ou=units,dc=sch,dc=gr", "no dn"))
    placed = serving(who, UNITS, TREE)
    assert [(one.kypek, one.way) for one in placed] == [
        ("att-v-pe", Way.TREE),
        ("att-a", Way.TREE),
        ("att-a", Way.TREE),  # the directory does not have this unit; its label stands in its id
        ("", Way.NONE),
    ]
    assert kypeks(placed) == ("att-v-pe", "att-a")
    assert kypeks(serving(person(units=()), UNITS, TREE)) == ()


def test_rules_for_audiences_see_where_the_register_places_a_unit() -> None:
    moved = settled(UNITS, land(3))
    assert (moved[SCHOOL.id].directorate, moved[SCHOOL.id].level) == ("att-v", "ΔΕ")
    assert moved[OTHER.id] is OTHER
    assert settled(UNITS, land(2))[SCHOOL.id] is SCHOOL
    assert settled(UNITS, TREE) is UNITS


def test_what_resolves_to_no_kypek_is_a_finding_and_what_others_serve_is_one() -> None:
    units = [
        SCHOOL,
        replace(OTHER, level=""),
        Unit("ou=x", "Χωρίς θέση", "77"),
        Unit("ou=att-a,ou=units,dc=sch,dc=gr", "", directorate="nowhere"),  # a container
        *(Unit(f"ou=z{n}", "Ζακύνθου", f"1300{n}", directorate="zak", level="ΔΕ") for n in range(3)),
    ]
    found = findings(units, TREE, "people")
    assert [(one.subject, one.code) for one in found] == [
        (OTHER.id, "unit-level-unknown"),
        ("ou=x", "unit-without-kypek"),
        ("people", "directorates-without-kypek"),
    ]
    assert found[2].text == "1 directorates with units here are served by no KYPEK of these settings: zak/ΔΕ."
    assert all(one.text.endswith(".") and "%" not in one.text for one in found)


def test_many_directorates_that_nobody_here_serves_are_one_short_finding() -> None:
    areas = tuple(Area(n, f"l{n:02}", "ΔΕ", "", "") for n in range(20))
    units = [Unit(f"ou=u{n}", "", str(n + 1), directorate=f"l{n:02}", level="ΔΕ") for n in range(20)]
    (one,) = findings(units, Land(areas), "people")
    assert one.text.startswith("20 directorates")
    assert one.text.endswith("l05/ΔΕ, ….")


def test_what_the_register_contradicts_is_a_finding() -> None:
    found = {
        code: text
        for number in (3, 5)
        for code, text in ((one.code, one.text) for one in findings([SCHOOL], land(number), "people"))
    }
    assert "att-v/ΔΕ" in found["unit-directorate-differs"]
    assert "register-directorate-unknown" in found
    assert "1000001" in findings([SCHOOL], land(3, code="7"), "people")[0].text


@pytest.mark.parametrize(
    ("way", "as_of", "words"),
    [
        (Way.NAMED, None, "την ονομάζουν οι ρυθμίσεις"),
        (Way.REGISTER, READ, "από το μητρώο της 12/10/2026"),
        (Way.REGISTER, None, "από μητρώο που δεν διαβάστηκε ποτέ ολόκληρο"),
        (Way.TREE, None, "από το δέντρο του καταλόγου"),
        (Way.NONE, None, "τίποτα δεν λέει σε ποια διεύθυνση ανήκει"),
    ],
)
def test_the_way_in_greek(way: Way, as_of: datetime | None, words: str) -> None:
    assert way_words(Placed(SCHOOL, "", way, (), as_of), speaker("el")) == words


SOME_UNIT = st.builds(
    Unit,
    id=st.text("abc", min_size=1),
    name=st.just(""),
    code=st.sampled_from(["", "1", "2"]),
    registry_code=st.sampled_from(["", "1000001", "7"]),
    level=st.sampled_from(["", "ΠΕ", "ΔΕ"]),
    directorate=st.sampled_from(["", "att-a", "att-v", "zak", "nowhere"]),
)
SOME_LAND = st.builds(
    land,
    st.sampled_from([None, *THERE]),
    as_of=st.sampled_from([None, READ]),
    shared=st.sampled_from([frozenset(), frozenset({"1000001"})]),
    named=st.sampled_from([{}, {"1": "zak"}]),
)


@given(st.lists(SOME_UNIT, max_size=4, unique_by=lambda u: u.id), SOME_UNIT, SOME_LAND)
def test_a_further_unit_never_takes_a_kypek_away(units: list[Unit], more: Unit, where: Land) -> None:
    known = {unit.id: unit for unit in [more, *units]}
    without = kypeks(serving(person(units=tuple(u.id for u in units)), known, where))
    with_it = kypeks(serving(person(units=(*(u.id for u in units), more.id)), known, where))
    assert set(without) <= set(with_it)


@given(SOME_UNIT, SOME_LAND)
def test_nobody_is_placed_by_a_guess(unit: Unit, where: Land) -> None:
    """A KYPEK that is told serves every directorate in which the unit may lie, or names the unit."""
    found = place(unit, where)
    assert found.way is Way.NAMED or {area.kypek for area in found.areas} <= {found.kypek} or not found.kypek
    assert bool(found.areas) == (found.way in (Way.REGISTER, Way.TREE)) or found.way is Way.NAMED


def test_every_finding_about_serving_is_said_in_greek() -> None:
    nowhere = replace(SCHOOL, directorate="", registry_code="")
    said = [*findings([SCHOOL], land(5), "p"), *findings([SCHOOL], land(3, code="7"), "p")]
    said += [*findings([SCHOOL], land(4), "p"), *findings([nowhere, replace(OTHER, level="")], TREE, "p")]
    assert {one.code for one in said} == CODES
    for one in said:
        assert worded(one.text, speaker("el"))[0] in "ΗΤΔ"
        assert finding_word(one.code, speaker("el")) != one.code
