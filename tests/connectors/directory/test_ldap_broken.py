"""What may befall a read on its way, with both libraries, against a real slapd: none of it is ever a smaller directory.

The reads are long pages, so that the accident happens in the middle of one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

import pytest

from connectors.ldap.client import LdapClient, Search
from kypek_sync.contract import PERSON_ATTRIBUTES, StopConnector, TryLater
from tests.connectors.directory.conftest import MakeWire
from tests.contracts.directory_people import PEOPLE, person, tree
from tests.servers.between import Between
from tests.servers.slapd import READER, MakeSlapd, Slapd

pytestmark = pytest.mark.server("slapd")

CROWD = 10_000
UNLIMITED = (f'limits dn.exact="{READER}" size=unlimited time=unlimited',)
EVERYBODY = Search(PEOPLE, "(!(objectClass=alias))", PERSON_ATTRIBUTES)
A_THIRD = 2_500_000
"""Bytes of the server's answer to that search, about a third of all."""


@pytest.fixture(scope="module")
def crowd(make_slapd: MakeSlapd) -> Slapd:
    """A server with 10,000 teachers, which gives them all."""
    return make_slapd(tree(*(person(f"t{number:05}") for number in range(CROWD))), limits=UNLIMITED)


def plain(wire: MakeWire, server: Slapd, address: str, **changes: object) -> LdapClient:
    """The wire through somebody in between, without encryption, in one page."""
    return wire(server, **{"address": address, "start_tls": False, "page_size": CROWD, "timeout": 2, **changes})


def nobody(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
    """Takes entries and forgets them."""


def broken_off(client: LdapClient, seconds: float) -> str:
    """What is said of a read that met an accident, within that time, after part of the entries or before any: ldap3
    hands a page over when it has all of it, or when the server itself ends it early."""
    began = time.monotonic()
    try:
        ending = client.read_all(EVERYBODY, nobody)
    except TryLater as error:
        said = error.message
        assert client.library == "ldap3"
    else:
        assert 0 < ending.entries < CROWD
        said = ending.why_partial
        assert said.startswith(f"The read ended after {ending.entries} entries: ")
    assert time.monotonic() - began < seconds
    return said


def test_a_page_of_ten_thousand_entries_is_whole(crowd: Slapd, wire: MakeWire) -> None:
    seen = set()
    ending = wire(crowd, page_size=CROWD, timeout=30).read_all(EVERYBODY, lambda dn, raw: seen.add(dn))
    assert (ending.entries, ending.why_partial, len(seen)) == (CROWD, "", CROWD)
    assert ending.pages in (1, 2)  # a server may answer that there is more where there is none


def test_a_restart_in_the_middle_of_a_page(crowd: Slapd, wire: MakeWire) -> None:
    """D-32."""
    with Between(crowd.port, A_THIRD, lambda between: (crowd.restart(), between.reset())) as between:
        assert "the connection was broken off" in broken_off(plain(wire, crowd, between.address), 25)


def test_a_server_that_closes_the_connection_in_the_middle_of_a_page(crowd: Slapd, wire: MakeWire) -> None:
    """A slapd that is told to end says `unavailable` to whom it still can, or nothing at all."""
    with Between(crowd.port, A_THIRD, lambda between: crowd.restart()) as between:
        said = broken_off(plain(wire, crowd, between.address), 25)
    assert "the connection was broken off" in said or "(unavailable)" in said


def test_a_connection_reset_in_the_middle_of_an_entry(crowd: Slapd, wire: MakeWire) -> None:
    with Between(crowd.port, A_THIRD + 7, Between.reset) as between:
        assert "the connection was broken off" in broken_off(plain(wire, crowd, between.address), 10)


def test_an_entry_whose_other_half_never_comes(crowd: Slapd, wire: MakeWire) -> None:
    """D-33: OpenLDAP's library would wait for it for ever; the socket itself has a time limit."""
    with Between(crowd.port, A_THIRD + 7, Between.hush) as between:
        assert "gave no answer within 2 s" in broken_off(plain(wire, crowd, between.address), 15)


@pytest.mark.parametrize("after", [1, 5, 14, 15])
def test_an_answer_to_the_signing_in_whose_other_half_never_comes(crowd: Slapd, wire: MakeWire, after: int) -> None:
    """D-33: the first answer has 14 bytes."""
    with Between(crowd.port, after, Between.hush) as between:
        client = plain(wire, crowd, between.address, timeout=1)
        with pytest.raises(TryLater, match=r"gave no answer within 1 s while (signing in|reading)"):
            client.read_all(EVERYBODY, nobody)


@pytest.mark.parametrize("after", [1, 14, 20, 200, 700])
@pytest.mark.parametrize("kind", ["ldap", "ldaps"])
def test_a_handshake_that_is_never_finished(crowd: Slapd, wire: MakeWire, after: int, kind: str) -> None:
    """D-33: OpenLDAP's library has no time limit on the handshake of ldaps."""
    port = crowd.tls_port if kind == "ldaps" else crowd.port
    with Between(port, after, Between.hush) as between:
        began = time.monotonic()
        with pytest.raises(TryLater, match="gave no answer within 1 s"):
            wire(crowd, address=f"{kind}://localhost:{between.port}", timeout=1).sign_in()
        assert time.monotonic() - began < 8


def test_a_server_that_freezes_in_the_middle_of_a_page(crowd: Slapd, wire: MakeWire) -> None:
    """D-33: SIGSTOP, for longer than we wait."""
    try:
        with Between(crowd.port, A_THIRD, lambda between: crowd.freeze()) as between:
            assert "gave no answer within 2 s" in broken_off(plain(wire, crowd, between.address), 15)
    finally:
        crowd.thaw()


def test_a_time_limit_is_told_with_what_to_ask(crowd: Slapd, wire: MakeWire) -> None:
    """D-30: ldap3 does not raise for it either. The server is held up for longer than it may take."""
    crowd.reconfigure(limits=(f'limits dn.exact="{READER}" size=unlimited time=1',))

    def hold_up(between: Between) -> None:
        crowd.freeze()
        threading.Timer(2.5, crowd.thaw).start()

    try:
        with Between(crowd.port, A_THIRD, hold_up) as between:
            ending = plain(wire, crowd, between.address, timeout=30).read_all(EVERYBODY, nobody)
    finally:
        crowd.reconfigure(limits=UNLIMITED)
    assert 0 < ending.entries < CROWD
    assert f"gave {ending.entries} entries and stopped at its time limit (timeLimitExceeded)" in ending.why_partial
    assert f"ask the ΠΣΔ to lift that limit for {READER}" in ending.why_partial


def test_a_size_limit_in_the_middle_of_a_page_loses_none_of_it(make_slapd: MakeSlapd, wire: MakeWire) -> None:
    """D-30."""
    limits = (f'limits dn.exact="{READER}" size.hard=25 size.soft=25',)
    server = make_slapd(tree(*(person(f"t{number:02}") for number in range(40))), limits=limits)
    ending = wire(server, page_size=500).read_all(EVERYBODY, nobody)
    assert ending.entries == 25
    assert "gave 25 entries and stopped at its size limit (sizeLimitExceeded)" in ending.why_partial


def test_a_deadline_holds_within_a_page_too(crowd: Slapd, wire: MakeWire) -> None:
    """Rule 19: a server that never stops giving."""

    def slowly(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
        seen.append(dn)
        if len(seen) == 3:
            end = time.monotonic() + 1.1
            while time.monotonic() < end:
                threading.Event().wait(0.1)

    seen: list[str] = []
    ending = wire(crowd, page_size=CROWD, deadline=1, timeout=30, start_tls=False).read_all(EVERYBODY, slowly)
    assert ending.entries <= 3
    assert "took longer than 1 s and was given up" in ending.why_partial


def test_what_the_receiver_raises_is_its_own(crowd: Slapd, wire: MakeWire) -> None:
    """An error of the engine's, even one that a library also raises, is no failure of the directory."""

    def stumble(dn: str, raw: Mapping[str, Sequence[bytes]]) -> None:
        raise ValueError("of the engine")

    client = wire(crowd, parallel=1)
    with pytest.raises(ValueError, match="of the engine"):
        client.read_all(EVERYBODY, stumble)
    client.sign_in()  # the only connection is free again


# ------------------------------------------------------------------------------------------------ accounts

OLD, NEW, LOCKED = (f"uid={name},ou=services,dc=sch,dc=gr" for name in ("old", "new", "locked"))
POLICIES = """
dn: cn=policy,ou=services,dc=sch,dc=gr
objectClass: organizationalRole
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdMaxAge: 86400
pwdMustChange: TRUE
pwdLockout: TRUE

""" + "\n".join(
    f"dn: {dn}\nobjectClass: account\nobjectClass: simpleSecurityObject\n{dn.partition(',')[0].replace('=', ': ')}\n"
    f"userPassword: an-old-password\n{state}\n"
    for dn, state in (
        (OLD, "pwdChangedTime: 20200101000000Z"),
        (NEW, "pwdReset: TRUE"),
        (LOCKED, "pwdAccountLockedTime: 000001010000Z"),
    )
)


@pytest.fixture(scope="module")
def strict(make_slapd: MakeSlapd) -> Slapd:
    """A server with a password policy."""
    overlays = ("moduleload ppolicy", "overlay ppolicy", 'ppolicy_default "cn=policy,ou=services,dc=sch,dc=gr"')
    rights = ("access to attrs=userPassword by anonymous auth", "access to * by users read by * none")
    return make_slapd(tree(person("a")) + "\n" + POLICIES, access=rights, overlays=overlays)


@pytest.mark.parametrize(
    ("account", "says", "hint"),
    [
        (OLD, f"refused the credentials of {OLD}", "ask the ΠΣΔ whether it expired"),
        (LOCKED, f"refused the credentials of {LOCKED}", "ask the ΠΣΔ whether it expired"),
        (NEW, "refused this account while reading", "Ask the ΠΣΔ for the rights of the service account"),
    ],
    ids=["expired", "locked", "must-change"],
)
def test_a_password_that_is_no_longer_good_stops_the_connector(
    strict: Slapd, wire: MakeWire, account: str, says: str, hint: str
) -> None:
    client = wire(strict, bind_dn=account, password="an-old-password")
    with pytest.raises(StopConnector, match=says) as raised:
        client.read_all(EVERYBODY, nobody)
    assert hint in raised.value.hint
    assert "an-old-password" not in str(raised.value) + repr(raised.value)


def test_a_good_password_is_good_there(strict: Slapd, wire: MakeWire) -> None:
    assert wire(strict).read_all(EVERYBODY, nobody).entries == 1
