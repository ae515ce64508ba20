"""The simulated mm.sch.gr behaves as the fact sheet says (directory, section 3.3; D-22 to D-24)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import Client

from kypek_sync.sandbox.faults import FaultBook
from kypek_sync.sandbox.people import Directory
from kypek_sync.sandbox.units_register import FAULTS, Book, Entry, book_of, create_app


@pytest.fixture
def book() -> Book:
    held = book_of([])
    held.units += [Entry(100 + n, f"ΣΧΟΛΕΙΟ {n // 7}", f"05{n:05d}", 133) for n in range(900)]
    return held


@pytest.fixture
def faults() -> FaultBook:
    return FaultBook(known={"register": FAULTS})


@pytest.fixture
def ask(book: Book, faults: FaultBook) -> Any:
    client = Client(create_app(book, faults=faults.of("register")))

    def asked(function: str, **query: object) -> dict[str, Any]:
        answer = client.get(f"/api/{function}?{urlencode(query)}")
        assert answer.status_code == 200
        return json.loads(answer.get_data(as_text=True))

    return asked


def test_pages_have_200_units_unless_told_otherwise_and_500_at_most(ask: Any) -> None:
    first = ask("units")
    assert (first["status"], first["count"], first["total"], len(first["data"])) == (200, 200, 900, 200)
    assert first["pagination"] == {"page": 1, "maxPage": 5, "pagesize": 200}
    assert ask("units", pagesize=500)["count"] == 500
    for wrong in ({"pagesize": 501}, {"page": 6}, {"page": 0}, {"page": "x"}, {"orderby": "colour"}):
        refused = ask("units", **wrong)
        assert refused["status"] == 500
        assert "data" not in refused


def numbers(ask: Any, **query: object) -> list[int]:
    return [row["mm_id"] for page in range(1, 6) for row in ask("units", page=page, **query)["data"]]


def test_the_usual_order_loses_units_and_the_order_by_mm_id_does_not(ask: Any) -> None:
    """D-23: names are not unique."""
    assert len(set(numbers(ask))) < 900
    assert numbers(ask, orderby="mm_id") == [100 + n for n in range(900)]


def test_filters_take_lists(ask: Any, book: Book) -> None:
    book.units.append(Entry(5, "Κ", state=3))
    assert ask("units", state="2,3")["total"] == 1
    assert [row["mm_id"] for row in ask("units", mm_id="101,5", orderby="mm_id")["data"]] == [5, 101]


def test_dictionaries_come_whole(ask: Any) -> None:
    everything = ask("edu_admins")
    assert (everything["count"], everything["total"]) == (116, 116)
    assert {"edu_admin_id", "edu_admin", "registry_no", "parent_rdn", "third_level_dns"} <= set(everything["data"][0])


@pytest.mark.parametrize("function", ["workers", "unit_dns", "prefectures", "nothing"])
def test_what_is_not_for_guests_is_an_error_in_the_body(ask: Any, function: str) -> None:
    assert ask(function)["status"] != 200


def test_faults(ask: Any, faults: FaultBook) -> None:
    for fault in FAULTS:
        faults.set(f"register:{fault}@1")
    assert ask("units")["status"] == 500
    assert ask("units")["status"] == 401
    odd = ask("units", page=2, orderby="mm_id")
    assert odd["total"] == 899
    assert odd["count"] == len(odd["data"]) + 1
    assert odd["data"][0]["mm_id"] == 100
    assert ask("units")["total"] == 900


def test_it_knows_the_units_of_an_invented_directory() -> None:
    units = Directory(units=60).all_units
    rows = {row["mm_id"]: row for row in book_of(units).unit_rows()}
    school = next(unit for unit in units if unit.stem == "gym" and unit.registry_code and unit.code)
    row = rows[int(school.registry_code)]
    assert (row["registry_no"], row["name"]) == (school.code, school.name)
    assert row["edu_admin"] is not None
    assert len(rows) == len({unit.registry_code for unit in units} - {""})
