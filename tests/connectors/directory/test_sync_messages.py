"""What a server may answer to a cookie, message by message as RFC 4533 has them: what is a delta and what is none.

OpenLDAP gives some of these only in states that are hard to bring about; other servers give them readily (D-37).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from connectors.ldap.client import Answer, Control, LdapClient, Message, Search
from connectors.ldap.line import Question, Same, Take
from connectors.ldap.settings import LdapSettings
from connectors.ldap.syncrepl import Heard, heard_since
from tests.contracts.directory_people import PEOPLE

STATE_OID, DONE_OID, INFO_OID = (f"1.3.6.1.4.1.4203.1.9.1.{number}" for number in (2, 3, 4))
SEEN = "20261123031853.337249Z#000000#000#000000"
NEW = "20261123031900.000000Z#000000#000#000000"
OLD = "20261123031700.000000Z#000000#000#000000"
WHO = UUID("0f3ad2ba-5f11-4c3e-8d5b-2f4b3a1c9d77")
PRESENT, ADD, MODIFY, DELETE = range(4)


def ber(tag: int, *parts: bytes) -> bytes:
    """A value of ASN.1 by hand, so that our own encoder proves nothing."""
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else bytes([0x81, len(body)])
    return bytes([tag]) + length + body


def entry(login: str, csn: str, state: int = ADD) -> Message:
    control = ber(0x30, ber(0x0A, bytes([state])), ber(0x04, WHO.bytes))
    values = {"uid": [login.encode()], "entryCSN": [csn.encode()]} if csn else {"uid": [login.encode()]}
    return Message(f"uid={login},{PEOPLE}", values, (Control(STATE_OID, control),))


def info(value: bytes) -> Message:
    return Message(None, oid=INFO_OID, value=value)


def id_set(*, deletes: bool) -> Message:
    words = (ber(0x01, b"\xff"),) if deletes else ()
    return info(ber(0xA3, *words, ber(0x31, ber(0x04, WHO.bytes))))


def done(cookie: str = f"rid=000,csn={NEW}", *, deletes: bool = True, code: int = 0) -> Answer:
    words = (ber(0x04, cookie.encode()),) if cookie else ()
    value = ber(0x30, *words, *((ber(0x01, b"\xff"),) if deletes else ()))
    return Answer(code, controls=(Control(DONE_OID, value),))


class Told:
    """A library whose one line tells these messages and ends so."""

    name = "told"
    raw = True

    def __init__(self, messages: Sequence[Message], answer: Answer) -> None:
        self.messages = messages
        self.answer = answer
        self.closed = 0

    def open(self, settings: LdapSettings, ca_file: str) -> Told:
        return self

    def start_tls(self) -> None: ...

    def sign_in(self) -> None: ...

    def close(self) -> None:
        self.closed += 1

    def search(self, question: Question, take: Take, same: Same | None = None) -> Answer:
        raise AssertionError("an unpaged search that is heard raw was wanted")

    def listen(self, question: Question, hear: Callable[[Message], None]) -> Answer:
        for message in self.messages:
            hear(message)
        return self.answer


def told(*messages: Message, answer: Answer | None = None) -> tuple[Heard, list[str]]:
    """What we make of an answer, and the entries that were handed over."""
    settings = LdapSettings.model_validate({"address": "ldap://localhost", "start_tls": False})
    library = Told(messages, answer or done())
    taken: list[str] = []
    client = LdapClient("sch", settings, using=library)
    found = heard_since(
        client, Search(PEOPLE, "(uid=*)", ("uid",)), (SEEN,), lambda dn, raw: taken.append(sorted(raw)[0])
    )
    assert library.closed == 1
    return found, taken


def test_changes_and_deletions_are_a_delta() -> None:
    found, taken = told(entry("a", NEW), entry("b", NEW, MODIFY), id_set(deletes=True))
    assert found == Heard(entries=2, gone=(str(WHO),), state=(NEW,))
    assert taken == ["uid", "uid"]  # without entryCSN, so that its digest is that of a full read


def test_a_deletion_may_come_as_an_entry_too() -> None:
    assert told(entry("a", "", DELETE))[0] == Heard(gone=(str(WHO),), state=(NEW,))


def test_an_entry_that_brings_a_cookie_of_its_own_is_read_too() -> None:
    control = ber(0x30, ber(0x0A, bytes([DELETE])), ber(0x04, WHO.bytes), ber(0x04, b"cookie"))
    assert told(Message(f"uid=a,{PEOPLE}", {}, (Control(STATE_OID, control),)))[0] == Heard(
        gone=(str(WHO),), state=(NEW,)
    )


def test_without_a_new_cookie_the_old_state_stays() -> None:
    assert told(answer=done(""))[0] == Heard(state=(SEEN,))


NONE_OF_US = "it listed those that are there"


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ((id_set(deletes=False),), NONE_OF_US),
        ((entry("a", "", PRESENT),), NONE_OF_US),
        ((info(ber(0xA2)),), NONE_OF_US),
        ((entry("a", NEW), entry("b", OLD)), "it began to tell everything anew"),
        ((entry("a", ""),), "it began to tell everything anew"),
    ],
    ids=["a set of those present", "one present", "the end of a present phase", "an old entry", "an entry without age"],
)
def test_an_answer_that_lists_who_is_there_says_of_nobody_that_they_are_gone(
    messages: tuple[Message, ...], why: str
) -> None:
    """D-37: it is left at the first sign, whatever came before."""
    found, _ = told(id_set(deletes=True), *messages)
    assert found == Heard(stale=why)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (done(deletes=False), Heard(stale="it listed those that are there, not those that are gone")),
        (done("host:389#cn=sync#17"), Heard(stale="its cookie has another form")),
        (done(code=4096), Heard(stale="it asks for a full read")),
        (done(code=4), Heard(limit="size limit")),
        (done(code=3), Heard(limit="time limit")),
        (done(code=12), Heard(refused=True)),
        (done(code=53), Heard(refused=True)),
        (Answer(0), Heard(refused=True)),
        (Answer(0, controls=(Control(DONE_OID, b"\x30\x05\x04"),)), Heard(refused=True)),
    ],
)
def test_an_end_that_does_not_say_that_what_is_gone_was_told_is_no_delta(answer: Answer, found: Heard) -> None:
    assert told(entry("a", NEW), id_set(deletes=True), answer=answer)[0] == found


def test_words_in_between_that_are_none_of_ours_change_nothing() -> None:
    assert told(Message(None, oid="1.2.3", value=b"x"), info(ber(0x80, b"cookie")))[0] == Heard(state=(NEW,))
