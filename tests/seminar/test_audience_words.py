"""Why somebody is outside a seminar's audience, in Greek, with where they serve."""

from __future__ import annotations

import pytest

from kypek_sync.language import missing, speaker
from kypek_sync.model import Seat, SeatState
from kypek_sync.programme.audience import ROLES as ROLES_OF_PROGRAMMES
from kypek_sync.programme.audience import UNIT_KINDS as KINDS_OF_PROGRAMMES
from kypek_sync.seminar import reasons
from kypek_sync.seminar.audience_words import KINDS, ROLES, directorate_word, exact, kind_word, role_word, said
from kypek_sync.seminar.eligibility import judge
from kypek_sync.seminar.reasons import own_reason, reason
from tests.seminar.builders import UNITS, audience, person, seat

EL, EN = speaker("el"), speaker("en")


def refused(who: object, whom: object) -> Seat:
    verdict = judge(who, whom, UNITS)
    assert not verdict.passed
    return seat("anna", SeatState.REFUSED, rule=verdict.rule, facts=verdict.facts)


@pytest.mark.parametrize(
    ("who", "whom", "words"),
    [
        (
            person(),
            audience(specialties=("ΠΕ04", "ΠΕ02")),
            "Το σεμινάριο απευθύνεται στις ειδικότητες ΠΕ04, ΠΕ02· η δική σας, κατά τον κατάλογο, είναι ΠΕ86.",
        ),
        (
            person(specialties=()),
            audience(specialties=("ΠΕ04",)),
            "Το σεμινάριο απευθύνεται στις ειδικότητες ΠΕ04· ο κατάλογος δεν δείχνει καμία δική σας.",
        ),
        (
            person(),
            audience(directorates=("att-v", "att-a/ΠΕ")),
            "Το σεμινάριο απευθύνεται σε εκπαιδευτικούς από: Διευθύνσεις Π.Ε. και Δ.Ε. ΑΘΗΝΑΣ Β΄, Διεύθυνση Π.Ε. "
            "ΑΘΗΝΑΣ Α΄. Εσείς, κατά τον κατάλογο, υπηρετείτε σε: Διεύθυνση Δ.Ε. ΑΘΗΝΑΣ Α΄.",
        ),
        (
            person(units=(), directorates=()),
            audience(directorates=("att-v",)),
            "Το σεμινάριο απευθύνεται σε εκπαιδευτικούς από: Διευθύνσεις Π.Ε. και Δ.Ε. ΑΘΗΝΑΣ Β΄. Ο κατάλογος δεν "
            "δείχνει πού υπηρετείτε.",
        ),
        (
            person(),
            audience(unit_kinds=("dim", "nip")),
            "Το σεμινάριο απευθύνεται σε εκπαιδευτικούς από μονάδες του είδους: Δημοτικό σχολείο, Νηπιαγωγείο. Εσείς, "
            "κατά τον κατάλογο, υπηρετείτε σε: Γυμνάσιο.",
        ),
        (
            person(),
            audience(units=("9050002",)),
            "Το σεμινάριο απευθύνεται σε εκπαιδευτικούς από: 9050002. Εσείς, κατά τον κατάλογο, υπηρετείτε σε: "
            "1ο Γυμνάσιο (0501001).",
        ),
        (
            person(roles=()),
            audience(roles=("school-principal",)),
            "Το σεμινάριο απευθύνεται σε όσες και όσους έχουν τον ρόλο: Διευθυντής/ντρια ή Προϊστάμενος/νη σχολείου. Ο "
            "κατάλογος δεν δείχνει κανέναν ρόλο δικό σας.",
        ),
    ],
)
def test_the_person_is_told_whom_it_is_for_and_where_they_serve(who: object, whom: object, words: str) -> None:
    assert own_reason(refused(who, whom), EL) == words


def test_officers_read_the_same_in_the_third_person() -> None:
    one = refused(person(), audience(unit_kinds=("dim",)))
    assert (
        reason(one, EL)
        == "Το σεμινάριο απευθύνεται σε μονάδες του είδους Δημοτικό σχολείο· ο κατάλογος γράφει Γυμνάσιο."
    )
    assert reason(refused(person(roles=()), audience(roles=("plinet",))), EN).endswith("the directory says nothing.")


def test_a_reason_that_is_not_about_the_person_is_the_same_for_everybody() -> None:
    for one in (
        seat("anna", SeatState.REFUSED, rule="registration-closed"),
        seat("anna", SeatState.GRANTED, facts=(("number", "1"), ("capacity", "2"))),
        seat("anna", SeatState.REFUSED, rule="something-new"),
    ):
        assert own_reason(one, EL) == reason(one, EL)


def test_words_that_nobody_knows_stay_as_they_are() -> None:
    assert kind_word("ship", EL) == "ship"
    assert role_word("captain", EL) == "captain"
    assert directorate_word("nowhere/ΠΕ", EN) == "primary education of nowhere"
    assert said("specialty", "ΠΕ86", EL) == "ΠΕ86"
    assert said("directorate", "", EL) == ""


def test_a_label_says_nothing_beside_one_of_its_levels() -> None:
    assert exact(["att-a", "att-a/ΔΕ", "att-v"]) == ("att-a/ΔΕ", "att-v")


def test_every_kind_and_role_of_programmes_has_a_word_in_both_languages() -> None:
    assert set(KINDS_OF_PROGRAMMES) <= set(KINDS)
    assert set(ROLES_OF_PROGRAMMES) <= set(ROLES)
    own = set(reasons._OWN_RULES.values()) | set(reasons._OWN_UNKNOWN.values())
    assert missing("el", set(KINDS.values()) | set(ROLES.values()) | own) == set()
