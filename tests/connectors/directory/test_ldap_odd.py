"""What no right server sends: every answer is a whole read, a partial one that says so, or an error of the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from connectors.ldap import LdapSettings
from connectors.ldap.client import Ending, LdapClient, Search
from kypek_sync.contract import TryLater
from tests.connectors.directory.scripted import (
    PAGED,
    PEOPLE,
    Answers,
    Scripted,
    Send,
    controls,
    cookie,
    done,
    entry,
    part,
)

EVERYBODY = Search(PEOPLE, "(objectClass=*)", ("uid", "cn"))
NONSENSE = "(the answer was no LDAP)"
Read = Callable[..., tuple[Ending, list[str]]]


@pytest.fixture
def odd(library: str) -> Iterator[Callable[..., LdapClient]]:
    """`odd(answers, timeout=2)`: the wire to a server that answers so; with both libraries."""
    with ExitStack() as servers:

        def make(answers: Answers, signs_in: Answers | None = None, extends: Answers | None = None, **changes: object):  # type: ignore[no-untyped-def]
            server = servers.enter_context(Scripted(answers, signs_in, extends))
            settings = {"address": server.address, "start_tls": False, "timeout": 3, "deadline": 5, "library": library}
            return LdapClient("sch-ldap", LdapSettings.model_validate({**settings, **changes}))

        yield make


def saying(make: Callable[[int], bytes]) -> Answers:
    """Answers each search by these bytes."""
    return lambda send, number, nth: send(make(number))


def said(client: LdapClient) -> tuple[int, str]:
    """How many entries were read, and why that is not all: of an error, its message."""
    seen: list[str] = []
    try:
        ending = client.read_all(EVERYBODY, lambda dn, raw: seen.append(dn))
    except TryLater as error:
        return len(seen), error.message
    assert ending.entries == len(seen)
    return len(seen), ending.why_partial


# ------------------------------------------------------------------------------------------------ the cookie

DAMAGED = {
    "no value": part(0x30, part(4, PAGED)),
    "an empty value": part(0x30, part(4, PAGED), part(4)),
    "half a value": part(0x30, part(4, PAGED), part(4, b"\x30\x80\x02")),
    "an empty sequence": part(0x30, part(4, PAGED), part(4, part(0x30))),
    "a cookie alone": part(0x30, part(4, PAGED), part(4, part(0x30, part(4, b"x")))),
    "an empty size": part(0x30, part(4, PAGED), part(4, part(0x30, part(2), part(4)))),
    "more than a cookie": part(0x30, part(4, PAGED), part(4, part(0x30, part(2, b"\0"), part(4), part(4)))),
    "more than a sequence": part(0x30, part(4, PAGED), part(4, part(0x30, part(2, b"\0"), part(4)), b"\0")),
    "a cookie that is too long": part(0x30, part(4, PAGED), part(4, b"\x30\x05\x02\x01\x00\x04\x05")),
    "two cookies": cookie(b"x") + cookie(),
    "nests": part(0x30, part(4, PAGED), part(4, b"\x30\x80" * 3000)),
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_cookie_is_no_end_of_a_page(odd: Callable[..., LdapClient], damaged: bytes) -> None:
    """OpenLDAP's own decoder ends the process where it has no value."""
    assert NONSENSE in said(odd(saying(lambda number: done(number, 0, controls(damaged)))))[1]


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED.keys())
def test_nor_is_it_read_when_signing_in(odd: Callable[..., LdapClient], damaged: bytes) -> None:
    """No answer to a bind speaks of pages: whatever it says of them is not decoded."""

    def signs_in(send: Send, number: int, nth: int) -> None:
        send(done(number, 0, controls(damaged), tag=0x61))

    odd(saying(done), signs_in).sign_in()


def test_a_right_cookie_leads_to_the_next_page(odd: Callable[..., LdapClient]) -> None:
    def answers(send: Send, number: int, nth: int) -> None:
        send(entry(number, f"p{nth}") + done(number, 0, controls(cookie(b"more" if nth < 3 else b""))))

    assert said(odd(answers)) == (3, "")
