"""People and units are found by what somebody typed; the database does the looking."""

from __future__ import annotations

from typing import Any

import pytest

from kypek_sync.contract import Snapshot
from kypek_sync.ledger import Ledger, codec, persons, searching
from kypek_sync.ledger.search_words import search_words, unit_search_words
from kypek_sync.model import Person, Unit
from tests.ledger.directory import DIRECTORY, START, entry, moved, read, record_all_units

GYM = Unit(
    "ou=1gym-athinas,ou=att-a,ou=units,dc=sch,dc=gr", "1ο ΓΥΜΝΑΣΙΟ ΑΘΗΝΑΣ", "0501001", "1000001", "gym", "ΔΕ", "att-a"
)
LYK = Unit("ou=2lyk-argous,ou=arg,ou=units,dc=sch,dc=gr", "2ο Λύκειο Άργους", "0251002", "1000001", "lyk", "ΔΕ", "arg")
PARTNER = Unit("ou=teiath,ou=partners,ou=units,dc=sch,dc=gr", "ΤΕΙ 100% _", directorate="")


def teacher(login: str, surname: str, given: str, *units: Unit, specialty: str = "ΠΕ86") -> Person:
    return moved(
        entry(login, uuid=login, surname=surname, given=given),
        specialties=(specialty,),
        units=tuple(unit.id for unit in units),
    )


MARIA = teacher("mpappa", "Παππά", "Μαρία", GYM)
NIKOS = teacher("npap", "Παπαδόπουλος", "Νίκος", GYM, LYK, specialty="ΠΕ04.01")
ELENI = teacher("eioannou", "Ιωάννου", "Ελένη", LYK)
LATIN = teacher("pappa", "PAPPA", "MARIA")


@pytest.fixture
def school(ledger: Ledger) -> Ledger:
    """A ledger with three units and four people."""
    with ledger.begin() as connection:
        record_all_units(connection, Snapshot(DIRECTORY, "units", START, (GYM, LYK, PARTNER), True))
        read(connection, MARIA, NIKOS, ELENI, LATIN)
    return ledger


def found(ledger: Ledger, *words: str, most: int = 50) -> list[str]:
    with ledger.begin() as connection:
        return [known.person.login for known in searching.find_persons(connection, DIRECTORY, words, most)]


@pytest.mark.parametrize(
    ("words", "logins"),
    [
        (("παππα",), ["mpappa"]),
        (("Παππά", "ΜΑΡΊΑ"), ["mpappa"]),
        (("Μαρία Παππά",), ["mpappa"]),
        (("παπ",), ["npap", "mpappa"]),
        (("PAPPA",), ["pappa", "mpappa"]),
        (("ΠΕ04",), ["npap"]),
        (("PE04",), ["npap"]),  # Latin look-alikes
        (("pe86", "ιωαννου"), ["eioannou"]),
        (("αργους",), ["eioannou", "npap"]),  # any unit of theirs
        (("ΛΥΚΕΙΟ", "γυμνάσιο"), ["npap"]),
        (("0501001", "παππα"), ["mpappa"]),
        (("μαριαςς",), []),
        (("ΠΑΠΠΑ|ΜΑΡΙΑ",), ["mpappa"]),  # what stands between two words is a mark of ours: nothing is hidden by it
        (("%",), []),
        (("_",), []),
        (("",), ["eioannou", "npap", "mpappa", "pappa"]),
    ],
)
def test_all_words_must_occur_in_names_login_specialties_or_units(
    school: Ledger, words: tuple[str, ...], logins: list[str]
) -> None:
    assert sorted(found(school, *words)) == sorted(logins)


def test_they_come_by_surname_and_no_more_are_fetched_than_are_shown(
    school: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Any] = []
    monkeypatch.setattr(persons, "load", lambda kind, body: decoded.append(body) or codec.load(kind, body))
    assert found(school, "ΠΕ", most=2) == found(school, "ΠΕ")[:2]
    del decoded[:]
    found(school, "ΠΕ", most=2)
    assert len(decoded) == 2


def test_what_is_sought_follows_a_change_of_name_of_login_and_of_school(school: Ledger) -> None:
    with school.begin() as connection:
        moved_away = moved(MARIA, login="mnew", surname="Νικολάου", units=(LYK.id,))
        moved_away = moved(moved_away, keys=(MARIA.keys[0], entry("mnew").keys[0]))
        read(connection, moved_away, NIKOS, ELENI, LATIN, days=1)
        assert [k.person.login for k in searching.serving(connection, DIRECTORY, GYM.id, 9)] == ["npap"]
        assert [k.person.login for k in searching.serving(connection, DIRECTORY, LYK.id, 9)] == [
            "eioannou",
            "mnew",
            "npap",
        ]
    assert found(school, "παππα") == []
    assert found(school, "νικολαου", "αργους") == ["mnew"]


def test_units_are_found_by_name_code_and_directorate(school: Ledger) -> None:
    with school.begin() as connection:

        def units(*words: str) -> list[Unit]:
            return searching.find_units(connection, DIRECTORY, words, 50)

        assert units("γυμνασιο", "αθηνασ") == [GYM]
        assert units("1000001") == [GYM, LYK]
        assert units("att-a") == [GYM]
        assert units("100%") == [PARTNER]
        assert units("nothing") == []
        assert searching.find_units(connection, DIRECTORY, ["1000001"], 1) == [GYM]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0501001", [GYM]),
        ("501001", []),  # D-9: a code is a string
        ("1000001", [GYM, LYK]),  # D-10
        ("OU=1gym-athinas, ou=ATT-A,ou=units,dc=sch,dc=gr", [GYM]),  # D-1
        ("ou=2lyk-argous", [LYK]),
        ("ou=ARG, ou=units", [LYK]),
        ("lyk-arg", [LYK]),
        ("dc=gr", [GYM, LYK, PARTNER]),
        ("ou=1%", []),
        ("", []),
    ],
)
def test_a_unit_is_called_by_a_code_or_by_its_dn_or_a_part_of_it(
    school: Ledger, text: str, expected: list[Unit]
) -> None:
    with school.begin() as connection:
        assert searching.units_called(connection, DIRECTORY, text, 50) == expected


def test_a_mistyped_login_or_code_is_recognised_among_a_few(school: Ledger) -> None:
    with school.begin() as connection:
        assert "mpappa" in searching.similar_logins(connection, [DIRECTORY], "mpapa")
        assert "mpappa" in searching.similar_logins(connection, [DIRECTORY], "npappa")
        assert searching.similar_logins(connection, [DIRECTORY], "zzzz") == []
        assert searching.count_logins(connection, [DIRECTORY]) == 4
        assert "0501001" in searching.similar_codes(connection, [DIRECTORY], "501001")
        assert searching.similar_codes(connection, [DIRECTORY], "x") == []


def test_what_is_kept_to_search_in_is_in_capitals_without_accents() -> None:
    assert search_words(MARIA) == "ΠΑΠΠΑ|ΜΑΡΙΑ|MPAPPA|ΠΕ86"
    assert unit_search_words(PARTNER) == "ΤΕΙ 100% _"
    assert unit_search_words(LYK) == "2Ο ΛΥΚΕΙΟ ΑΡΓΟΥΣ|0251002|1000001|ARG"
