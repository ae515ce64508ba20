"""Where a delta starts: states of servers, cookies, and cursors as the ledger keeps them."""

from __future__ import annotations

import json

import pytest

from connectors.ldap.cursor import (
    Cursor,
    Order,
    cookie_of,
    cursor_of,
    moment,
    newest_of,
    older,
    order,
    state_in,
    state_of,
)

FIRST = "20261123031853.337249Z#000000#000#000000"
SECOND = "20261123031853.415213Z#000000#000#000000"
OTHER = "20261120000000.000000Z#000000#001#000000"
CURSOR = Cursor("here", "20261123031853Z", (FIRST, OTHER), held=False, names_at="x", names_took=1.5, unseen=True)


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert cursor_of(CURSOR.written()) == CURSOR


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("newest", "20261399000000Z"),
        ("newest", "x)(uid=*"),
        ("state", ["x)(uid=*"]),
        ("state", 7),
        ("held", "yes"),
        ("names_took", "1"),
        ("of", None),
        ("more", 1),
    ],
)
def test_what_is_no_cursor_is_none(name: str, value: object) -> None:
    body = json.loads(CURSOR.written())
    assert cursor_of(json.dumps(body | {name: value})) is None


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", "20261123031853Z", "null"])
def test_other_words_are_no_cursor(text: str) -> None:
    assert cursor_of(text) is None


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ((FIRST,), (FIRST,), Order.SAME),
        ((FIRST,), (SECOND,), Order.LATER),
        ((SECOND,), (FIRST,), Order.EARLIER),
        ((FIRST,), (FIRST, OTHER), Order.LATER),
        ((FIRST, OTHER), (SECOND,), Order.EARLIER),  # a server that is not heard of any more
        ((FIRST, OTHER), (SECOND, OTHER.replace("1120", "1119")), Order.EARLIER),  # one of two stands further back
    ],
)
def test_states_are_held_against_each_other_server_by_server(
    before: tuple[str, ...], now: tuple[str, ...], found: Order
) -> None:
    assert order(before, now) is found


def test_a_cookie_is_made_of_a_state_and_says_it_again() -> None:
    assert cookie_of((FIRST, OTHER)) == f"rid=000,csn={FIRST};{OTHER}"
    assert state_in(f"rid=000,csn={OTHER};{FIRST},delcsn={SECOND}") == (FIRST, OTHER)
    assert state_in(f"rid=000,delcsn={SECOND}") == ()
    assert state_in("host:389#cn=sync:dc=sch#17") == ()


def test_a_state_comes_from_the_suffix_whatever_the_case_of_its_attribute() -> None:
    assert state_of({"contextcsn": [OTHER.encode(), FIRST.encode()]}) == (FIRST, OTHER)
    assert state_of({"contextCSN": [b"nonsense"]}) == ()
    assert state_of({}) == ()
    assert newest_of((FIRST, OTHER)) == "20261123031853Z"


def test_an_entry_is_older_than_a_state_by_its_own_server_alone() -> None:
    assert older(FIRST, (SECOND,))
    assert not older(SECOND, (SECOND,))
    assert not older(OTHER, (SECOND,))
    assert not older("nonsense", (SECOND,))


@pytest.mark.parametrize("year", ["0000", "0001", "1969", "9999"])
def test_a_moment_that_cannot_be_is_none_and_its_state_is_not_known(year: str) -> None:
    """From the year 1 nobody can reckon back a quarter of an hour: a delta ended in an `OverflowError`."""
    csn = f"{year}0101000000.000000Z#000000#000#000000"
    assert moment(f"{year}0101000000Z") is None
    assert state_of({"contextCSN": [FIRST.encode(), csn.encode()]}) == ()
    assert state_in(f"rid=000,csn={csn}") == ()
    assert cursor_of(Cursor("here", "20261123031853Z", (csn,)).written()) is None
    assert cursor_of(Cursor("here", f"{year}0101000000Z").written()) is None
