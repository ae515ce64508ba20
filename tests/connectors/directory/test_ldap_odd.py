"""What no right server sends: every answer is a whole read, a partial one that says so, or an error of the contract."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from connectors.ldap import LdapSettings
from connectors.ldap.client import LdapClient, Search
from kypek_sync.contract import ConnectorError, StopConnector, TryLater
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
    message,
    part,
    result,
)

EVERYBODY = Search(PEOPLE, "(objectClass=*)", ("uid", "cn"))
NONSENSE = "(the answer was no LDAP)"


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

    assert said(odd(saying(done), signs_in)) == (0, "")


def test_a_right_cookie_leads_to_the_next_page(odd: Callable[..., LdapClient]) -> None:
    def answers(send: Send, number: int, nth: int) -> None:
        send(entry(number, f"p{nth}") + done(number, 0, controls(cookie(b"more" if nth < 3 else b""))))

    assert said(odd(answers)) == (3, "")


# ------------------------------------------------------------------------------------------------ codes and messages

Odd = Callable[..., LdapClient]


@pytest.mark.parametrize("code", [9, 60, 61, 70, 76, 81, 100, 123])
def test_a_code_that_nobody_knows_is_told_by_its_number(odd: Odd, code: int) -> None:
    """ldap3 ends in a `KeyError` for it."""

    def whole_then_code(send: Send, number: int, nth: int) -> None:
        send(entry(number) + done(number, code))

    entries, why = said(odd(whole_then_code))
    assert entries == 1
    assert f"(result {code})" in why
    with pytest.raises(ConnectorError, match=f"while signing in .result {code}"):
        odd(saying(done), lambda send, number, nth: send(result(number, 0x61, code))).sign_in()
    refusing = odd(saying(done), None, lambda send, number, nth: send(result(number, 0x78, code)), start_tls=True)
    with pytest.raises(StopConnector, match=f"does not offer StartTLS .result {code}"):
        refusing.sign_in()


STRANGE = {
    "a negative code": lambda number: message(number, part(0x65, part(10, b"\xff"), part(4), part(4))),
    "the end of a bind": lambda number: done(number, tag=0x61),
    "the end of a deletion": lambda number: done(number, tag=0x6B),
    "the end of an extended request": lambda number: done(number, tag=0x78),
    "a request": lambda number: message(number, part(0x63)) + done(number),
    "an unknown operation": lambda number: message(number, part(0x7E, b"x")) + done(number),
    "no operation": lambda number: message(number) + done(number),
    "an empty message": lambda number: part(0x30) + done(number),
    "an empty entry": lambda number: message(number, part(0x64)) + done(number),
    "an end without words": lambda number: message(number, part(0x65, part(10, b"\0"))),
    "an end without anything": lambda number: message(number, part(0x65)),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE.keys())
def test_an_answer_that_is_none_is_no_whole_read(odd: Odd, strange: Callable[[int], bytes]) -> None:
    entries, why = said(odd(saying(lambda number: entry(number) + strange(number))))
    assert entries == 1
    assert NONSENSE in why or "broken off" in why


@pytest.mark.parametrize(
    ("library", "strange"),
    [
        ("ldap3", lambda number: message(number, part(0x65, part(10), part(4), part(4)), controls(cookie()))),
        ("ldap3", lambda number: entry(0) + done(number)),
        ("ldap3", lambda number: entry(number + 7) + done(number)),
        ("ldap3", lambda number: done(0)),
    ],
    ids=["empty code", "entry of nobody", "entry of another", "end of nobody"],
    indirect=["library"],
)
def test_what_openldaps_library_keeps_to_itself_ldap3s_line_refuses(odd: Odd, strange: Callable[[int], bytes]) -> None:
    entries, why = said(odd(saying(lambda number: entry(number) + strange(number))))
    assert (entries, NONSENSE in why) == (1, True)


@pytest.mark.parametrize(
    "between",
    [
        lambda number: message(number, part(0x79, part(0x80, b"1.2.3"), part(0x81, b"x"))),
        lambda number: message(0, part(0x78, part(10, b"\0"), part(4), part(4), part(0x8A, b"1.2.3"))),
        lambda number: message(0, part(0x78, part(10, b"\0"), part(4), part(4))),
    ],
    ids=["intermediate", "unknown notice", "notice without a name"],
)
def test_what_is_to_be_passed_over_is_no_referral_and_no_end(odd: Odd, between: Callable[[int], bytes]) -> None:
    """RFC 4511, sections 4.4 and 4.13."""
    assert said(odd(saying(lambda number: entry(number) + between(number) + done(number)))) == (1, "")


def test_a_place_that_is_elsewhere_is_a_referral(odd: Odd) -> None:
    elsewhere = part(0x73, part(4, b"ldap://127.0.0.1:1/dc=gr"))
    entries, why = said(odd(saying(lambda number: entry(number) + message(number, elsewhere) + done(number))))
    assert entries == 1
    assert "refers to another server" in why


def test_a_notice_that_the_server_ends_is_no_end_of_the_read(odd: Odd) -> None:
    def notice(number: int) -> bytes:
        name = part(0x8A, b"1.3.6.1.4.1.1466.20036")
        return entry(number) + message(0, part(0x78, part(10, b"\x34"), part(4), part(4), name)) + done(number)

    entries, why = said(odd(saying(notice)))
    assert entries == 1
    assert "broken off" in why or "(unavailable)" in why


def test_an_entry_behind_the_end_is_not_taken(odd: Odd) -> None:
    assert said(odd(saying(lambda number: entry(number) + done(number) + entry(number, "nobody")))) == (1, "")


def test_nothing_may_come_between_starttls_and_the_encryption(odd: Odd) -> None:
    """Somebody in between could sign us in by a word of his own."""

    def extends(send: Send, number: int, nth: int) -> None:
        send(result(number, 0x78) + result(number + 1, 0x61))

    with pytest.raises(TryLater, match="while starting TLS"):
        odd(saying(done), None, extends, start_tls=True, timeout=1).sign_in()


@pytest.mark.parametrize(
    "odd_ones",
    [(("cn", (b"a",)), ("cn", (b"b",))), (("cn", (b"a", b"b")), ("cn", (b"c",))), (("", (b"a",)),)],
    ids=["twice", "twice with several", "without a name"],
)
def test_an_attribute_that_comes_twice_or_has_no_name_is_no_entry(
    odd: Odd, odd_ones: tuple[tuple[str, tuple[bytes, ...]], ...]
) -> None:
    """OpenLDAP's library gives the first values twice, and the others not at all."""
    entries, why = said(odd(saying(lambda number: entry(number) + entry(number, "b", *odd_ones) + done(number))))
    assert (entries, NONSENSE in why) == (1, True)


# ------------------------------------------------------------------------------------------------ bounds


def test_more_entries_than_were_asked_for_end_the_read(odd: Odd) -> None:
    """Or a server that never stops fills the memory."""

    def answers(send: Send, number: int, nth: int) -> None:
        while True:  # until the client goes
            send(entry(number))

    entries, why = said(odd(answers, page_size=20))
    assert entries == 20
    assert "(it sent more entries than were asked for)" in why
    with pytest.raises(TryLater, match="more entries than were asked for"):
        odd(answers).look(EVERYBODY, limit=3)


def test_the_deadline_holds_within_a_page_that_comes_slowly(odd: Odd) -> None:
    """An entry now and then, each of them in time."""

    def answers(send: Send, number: int, nth: int) -> None:
        for name in range(1000):
            send(entry(number, f"p{name}"))
            ended.wait(0.1)

    ended = threading.Event()
    began = time.monotonic()
    entries, why = said(odd(answers, deadline=1, timeout=20))
    assert 0 < entries < 100
    assert why == f"The read took longer than 1 s and was given up at {entries} entries."
    assert time.monotonic() - began < 5


def dripping(send: Send, slowly: bytes) -> None:
    """Octet by octet, each in time."""
    rest = threading.Event()
    for octet in slowly:
        send(bytes([octet]))
        rest.wait(0.1)


def test_the_deadline_holds_within_an_entry_that_comes_slowly(odd: Odd) -> None:
    def answers(send: Send, number: int, nth: int) -> None:
        send(entry(number))
        dripping(send, entry(number, "x" * 1000))

    began = time.monotonic()
    entries, why = said(odd(answers, deadline=1, timeout=20))
    assert entries == 1
    assert "took longer than 1 s" in why
    assert time.monotonic() - began < 5


def test_signing_in_and_looking_end_though_octets_come(odd: Odd) -> None:
    began = time.monotonic()
    slow = odd(saying(done), lambda send, number, nth: dripping(send, part(0x30, part(4, b"x" * 1000))), timeout=1)
    with pytest.raises(TryLater, match=r"gave no answer within 1 s while signing in"):
        slow.sign_in()
    looking = odd(lambda send, number, nth: dripping(send, entry(number, "x" * 1000)), timeout=1)
    with pytest.raises(TryLater, match=r"gave no answer within 1 s while reading"):
        looking.look(EVERYBODY, limit=1)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("library", ["ldap3"], indirect=True)
def test_a_length_that_nobody_believes_is_refused_at_once(odd: Odd) -> None:
    assert NONSENSE in said(odd(saying(lambda number: b"\x30\x84\xff\xff\xff\xff\x02\x01"), timeout=20))[1]


@pytest.mark.parametrize("library", ["ldap3"], indirect=True)
def test_what_is_no_ldap_is_refused_at_once(odd: Odd) -> None:
    assert NONSENSE in said(odd(saying(lambda number: b"HTTP/1.1 400 Bad Request\r\n\r\n"), timeout=20))[1]
