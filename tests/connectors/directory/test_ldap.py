"""The LDAP connector against a real OpenLDAP server: the traps of ldap3, and what the server may do to a read."""

from __future__ import annotations

import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import ldap3
import pytest

from connectors.ldap.client import Answer, Search, Take
from connectors.ldap.line import Line, Question, Same
from kypek_sync.cli.foreign_words import worded
from kypek_sync.contract import (
    PERSON_ATTRIBUTES,
    ProbeLevel,
    StopConnector,
    TryLater,
    whole_people,
    whole_units,
)
from kypek_sync.language import speaker
from kypek_sync.model import UnitRole
from tests.connectors.directory.conftest import MakeLdap, MakeWire
from tests.contracts.directory_people import ILIO, LOGINS, PEOPLE, POPULATION, person, tree
from tests.servers import slapd as slapd_module
from tests.servers.slapd import ALL_MAY_READ, BASE, PASSWORD, READER, MakeSlapd, Slapd

pytestmark = pytest.mark.server("slapd")

WRITABLE = (f'access to * by dn.exact="{READER}" manage by * none',)


def crowd(count: int) -> str:
    """A directory with that many teachers."""
    return tree(*(person(f"t{number:04}", employeeNumber=f"{600000 + number}") for number in range(count)))


EVERYBODY = Search(PEOPLE, "(objectClass=*)", ("uid",))


def test_a_missing_server_package_fails_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slapd_module, "SLAPD", None)
    with pytest.raises(pytest.fail.Exception, match=r"run: make servers \(apt-get install slapd ldap-utils\)"):
        slapd_module.require_slapd()


# ------------------------------------------------------------------------------------------------ limits


def test_a_size_limit_makes_the_read_partial_and_says_what_to_ask(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """D-30: ldap3 answers True and a shorter list."""
    server = make_slapd(crowd(40), limits=(f'limits dn.exact="{READER}" size.hard=25 size.soft=25',))
    people = whole_people(ldap(server, page_size=10))
    assert len(people.items) == 25
    assert not people.complete
    assert not people.proofs
    assert "gave 25 entries and stopped at its size limit" in people.why_partial
    assert f"ask the ΠΣΔ to lift that limit for {READER}" in people.why_partial


def test_ldap3_by_itself_would_have_ended_in_silence(make_slapd: MakeSlapd) -> None:
    """D-30: why our guard is there. If this fails one day, the library has changed for the better."""
    server = make_slapd(crowd(40), limits=(f'limits dn.exact="{READER}" size.hard=25 size.soft=25',))
    info = ldap3.Server("localhost", port=server.port, get_info=ldap3.NONE)
    connection = ldap3.Connection(info, READER, PASSWORD, raise_exceptions=True, auto_bind=True)
    found = connection.extend.standard.paged_search(PEOPLE, "(uid=*)", paged_size=10, generator=False)
    connection.unbind()
    assert len(found) == 25


def test_an_unlimited_paged_read_is_whole_where_an_unpaged_one_is_limited(
    make_slapd: MakeSlapd, ldap: MakeLdap
) -> None:
    server = make_slapd(
        crowd(40), limits=(f'limits dn.exact="{READER}" size.soft=5 size.hard=5 size.prtotal=unlimited',)
    )
    people = whole_people(ldap(server, page_size=5))
    assert people.complete
    assert len(people.items) == 40


def test_a_page_larger_than_allowed_is_told_with_the_remedy(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    server = make_slapd(crowd(40), limits=(f'limits dn.exact="{READER}" size.pr=10',))
    with pytest.raises(StopConnector, match="refused pages of 20 entries") as raised:
        whole_people(ldap(server, page_size=20))
    assert "smaller page_size" in raised.value.hint
    assert whole_people(ldap(server, page_size=10)).complete


@pytest.mark.parametrize("limit", ["size.prtotal=disabled", "size.unchecked=5"])
def test_where_no_page_of_any_size_is_given_no_smaller_one_is_advised(
    make_slapd: MakeSlapd, ldap: MakeLdap, limit: str
) -> None:
    server = make_slapd(crowd(40), limits=(f'limits dn.exact="{READER}" {limit}',))
    with pytest.raises(StopConnector, match="pages of any size") as raised:
        whole_people(ldap(server, page_size=20))
    assert raised.value.hint.startswith("A smaller page_size does not help")
    assert "size.prtotal" in raised.value.hint


@pytest.mark.parametrize("page_size", [1, 7, 39, 40, 41, 500])
def test_every_page_size_gives_everybody_in_the_same_order(slapd: Slapd, ldap: MakeLdap, page_size: int) -> None:
    """D-42."""
    assert tuple(person.login for person in whole_people(ldap(slapd, page_size=page_size)).items) == LOGINS


def test_a_deadline_ends_a_read(slapd: Slapd, wire: MakeWire, monkeypatch: pytest.MonkeyPatch) -> None:
    passing = iter(range(0, 10_000, 40))
    monkeypatch.setattr(time, "monotonic", lambda: next(passing))
    ending = wire(slapd, page_size=1, deadline=400, timeout=300).read_all(EVERYBODY, lambda dn, raw: None)
    assert 1 <= ending.entries < len(LOGINS)
    assert "took longer than 400 s" in ending.why_partial


# ------------------------------------------------------------------------------------------------ refusals


def test_wrong_credentials_stop_the_connector_and_are_never_an_empty_directory(slapd: Slapd, ldap: MakeLdap) -> None:
    """D-31."""
    wrong = ldap(slapd, password="a-wrong-password")
    for read in (
        partial(whole_people, wrong),
        partial(whole_units, wrong),
        wrong.capabilities,
        lambda: wrong.person("mpappa"),
    ):
        with pytest.raises(StopConnector, match=f"refused the credentials of {READER}") as raised:
            read()
        assert "a-wrong-password" not in str(raised.value)
    assert [line.subject for line in wrong.probe().lines] == ["credentials"]


def test_a_wrong_base_stops_the_connector(slapd: Slapd, ldap: MakeLdap) -> None:
    """D-31."""
    with pytest.raises(StopConnector, match="has no such place, or hides it"):
        whole_people(ldap(slapd, people="ou=persons"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"base": "dc=elsewhere"}, "dc=elsewhere itself is not there"),
        ({"people": "ou=a", "units": "ou=b"}, "dc=sch,dc=gr is there, but these are not"),
        ({"units": "ou=b"}, "hidden from this account: ou=b,dc=sch,dc=gr."),
    ],
)
def test_check_says_once_which_place_is_not_there(
    slapd: Slapd, ldap: MakeLdap, wrong: dict[str, str], told: str
) -> None:
    """The same sentence stood there four times."""
    problems = [line for line in ldap(slapd, **wrong).probe().lines if line.level is ProbeLevel.PROBLEM]
    (line,) = problems
    assert (line.subject, told in line.text) == ("base", True)
    lines = ldap(slapd, **wrong).probe().lines
    assert not any("no such place" in line.text for line in lines)


def test_people_are_read_even_where_the_units_cannot_be(slapd: Slapd, ldap: MakeLdap) -> None:
    people = whole_people(ldap(slapd, units="ou=schools"))
    assert people.complete
    assert "unit-dangling" not in {finding.code for finding in people.findings}


def test_no_right_to_read_is_never_an_empty_directory(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    auth = "access to attrs=userPassword by anonymous auth"
    hidden = f'access to dn.children="{PEOPLE}" by * none'
    server = make_slapd(POPULATION, access=(auth, hidden, ALL_MAY_READ[1]))
    people = whole_people(ldap(server))
    assert people.items == ()
    assert not people.complete
    assert "no right to read" in people.why_partial
    problem = next(line for line in ldap(server).probe().lines if line.subject == "people")
    assert problem.level is ProbeLevel.PROBLEM


def test_an_unreadable_attribute_is_told_by_the_probe(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """D-40: asking for it is an empty success."""
    auth = "access to attrs=userPassword by anonymous auth"
    hidden = "access to attrs=gsnUserRoleOn,modifyTimestamp by * none"
    server = make_slapd(POPULATION, access=(auth, hidden, ALL_MAY_READ[1]))
    directory = ldap(server)
    told = [line for line in directory.probe().lines if line.subject == "rights"]
    assert [line.next_step for line in told] == [
        "Ask the ΠΣΔ for the right to read modifyTimestamp.",
        "Ask the ΠΣΔ for the right to read gsnUserRoleOn.",
    ]
    assert all(not person.roles for person in whole_people(directory).items if person.login == "gnikol")
    assert directory.capabilities() == frozenset()


def test_a_referral_makes_the_read_partial(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    elsewhere = (
        f"dn: ou=elsewhere,{PEOPLE}\nobjectClass: referral\nobjectClass: extensibleObject\n"
        f"ou: elsewhere\nref: ldap://127.0.0.1:1/ou=elsewhere,{PEOPLE}\n"
    )
    people = whole_people(ldap(make_slapd(POPULATION + "\n" + elsewhere)))
    assert not people.complete
    assert "refers to another server" in people.why_partial
    assert len(people.items) == len(LOGINS)


def test_an_alias_is_not_followed_and_is_nobody(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    alias = (
        f"dn: uid=other,{PEOPLE}\nobjectClass: alias\nobjectClass: extensibleObject\n"
        f"uid: other\naliasedObjectName: {READER}\n"
    )
    people = whole_people(ldap(make_slapd(POPULATION + "\n" + alias)))
    assert people.complete
    assert tuple(person.login for person in people.items) == LOGINS


# ------------------------------------------------------------------------------------------------ broken connections


def test_a_restart_between_two_pages_is_never_a_shorter_directory(
    make_slapd: MakeSlapd, ldap: MakeLdap, line: type[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-32."""
    server = make_slapd(crowd(40))
    directory = ldap(server, page_size=10)
    real, seen = line.search, []

    def restart_before_the_third_page(self: Line, question: Question, take: Take, same: Same | None = None) -> Answer:
        if question.cookie:
            seen.append(question.cookie)
            if len(seen) == 2:
                server.restart()
        return real(self, question, take, same)

    monkeypatch.setattr(line, "search", restart_before_the_third_page)
    people = whole_people(directory)
    assert len(people.items) == 20
    assert not people.complete
    assert "The read ended after 20 entries" in people.why_partial
    monkeypatch.undo()
    assert whole_people(directory).complete


def test_a_frozen_server_is_given_up_in_time(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """D-33: before anything is said, and for a connection that was never accepted."""
    server = make_slapd(POPULATION)
    server.freeze()
    try:
        for changes in ({}, {"address": f"ldaps://localhost:{server.tls_port}"}, {"start_tls": False}):
            before = time.monotonic()
            with pytest.raises(TryLater):
                whole_people(ldap(server, timeout=1, **changes))
            assert time.monotonic() - before < 8
    finally:
        server.thaw()
    assert whole_people(ldap(server)).complete


def test_a_server_that_freezes_in_the_middle_is_given_up_in_time(make_slapd: MakeSlapd, wire: MakeWire) -> None:
    """D-33: over StartTLS, in the middle of a read."""
    server = make_slapd(POPULATION)
    seen: list[str] = []

    def freeze_at_the_first(dn: str, raw: object) -> None:
        if not seen:
            server.freeze()
        seen.append(dn)

    before = time.monotonic()
    try:
        ending = wire(server, timeout=1, page_size=5).read_all(EVERYBODY, freeze_at_the_first)
    finally:
        server.thaw()
    assert time.monotonic() - before < 8
    assert 1 <= ending.entries <= 10  # some were under way, and the server may have answered once more
    assert f"The read ended after {ending.entries} entries" in ending.why_partial


def test_a_stopped_server_is_unreachable_and_a_started_one_is_read_again(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    server = make_slapd(POPULATION)
    directory = ldap(server)
    server.stop()
    with pytest.raises(TryLater, match="could not be used while connecting"):
        whole_people(directory)
    server.start()
    assert whole_people(directory).complete


@pytest.mark.parametrize(
    ("address", "why", "greek"),
    [
        ("ldap://localhost:1", "nobody answers there", "εκεί δεν απαντά κανείς"),
        ("ldaps://localhost:1", "nobody answers there", "εκεί δεν απαντά κανείς"),
        ("ldap://ds.nowhere.invalid", "there is no host of that name", "δεν υπάρχει διακομιστής με αυτό το όνομα"),
        ("ldaps://ds.nowhere.invalid", "there is no host of that name", "δεν υπάρχει διακομιστής με αυτό το όνομα"),
    ],
)
def test_a_name_that_does_not_exist_and_a_closed_door_are_told_apart(
    slapd: Slapd, wire: MakeWire, address: str, why: str, greek: str
) -> None:
    client = wire(slapd, address=address, start_tls=address.startswith("ldap:"))
    with pytest.raises(TryLater, match=f"while connecting \\({why}\\)") as raised:
        client.read_all(EVERYBODY, lambda dn, values: None)
    said = worded(raised.value.message, speaker("el"))
    assert said == f"Δεν έγινε δυνατή η χρήση του {address}: σύνδεση με τον διακομιστή ({greek})."


# ------------------------------------------------------------------------------------------------ values


def test_an_option_form_is_seen_where_its_base_name_is_empty(slapd: Slapd, wire: MakeWire) -> None:
    """D-41, D-40: raw bytes, each option under its own key, no empty base name."""
    search = Search(PEOPLE, "(uid=gnikol)", PERSON_ATTRIBUTES)
    ((_, raw),) = wire(slapd).look(search, limit=2)
    assert raw["gsnUserRoleOn;school-principal"] == [ILIO.encode()]
    assert "gsnUserRoleOn" not in raw
    assert raw["sn"] == ["ΝΙΚΟΛΑΟΥ".encode()]
    assert raw["sn;lang-en"] == [b"PAPPA"]


def test_asking_for_the_base_name_alone_brings_unknown_roles_too(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    """D-3."""
    server = make_slapd(tree(person("a", gsnUserRoleOn__lang_el=ILIO, gsnUserRoleOn__category=ILIO)))
    found = ldap(server).person("a")
    assert found is not None
    assert found.roles == (UnitRole("category", ILIO),)


# ------------------------------------------------------------------------------------------------ probe


def test_a_probe_tells_what_works(slapd: Slapd, ldap: MakeLdap, library: str) -> None:
    lines = {line.subject: line.text for line in ldap(slapd).probe().lines}
    assert lines == {
        "address": f"{slapd.address} answers.",
        "tls": "StartTLS, certificate verified.",
        "credentials": f"Signed in as {READER}.",
        "people": f"12 entries below {PEOPLE}, read to the end.",
        "units": f"7 entries below ou=units,{BASE}, read to the end.",
        "newest change": "The newest change of a person is of 2026-11-01 10:00.",
        "LDAP library": f"Everything is read by {library}.",
        "changes": "What changed is seen by modifyTimestamp, who is gone by the names of all.",
    }


def test_a_probe_tells_a_limit_below_the_count(make_slapd: MakeSlapd, ldap: MakeLdap) -> None:
    server = make_slapd(crowd(40), limits=(f'limits dn.exact="{READER}" size.hard=25 size.soft=25',))
    line = next(line for line in ldap(server).probe().lines if line.subject == "people")
    assert line.level is ProbeLevel.PROBLEM
    assert "gave 25 entries and stopped at its size limit" in line.text


def test_several_threads_read_through_as_many_connections_as_allowed(
    slapd: Slapd, ldap: MakeLdap, line: type[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 18."""
    from concurrent.futures import ThreadPoolExecutor

    open_now, highest = [0], [0]
    sign_in, close = line.sign_in, line.close

    def signing_in(self: Line) -> None:
        open_now[0] += 1
        highest[0] = max(highest[0], open_now[0])
        sign_in(self)

    def closing(self: Line) -> None:
        open_now[0] -= 1
        close(self)

    monkeypatch.setattr(line, "sign_in", signing_in)
    monkeypatch.setattr(line, "close", closing)
    directory = ldap(slapd, parallel=2)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(directory.person, LOGINS))
    assert all(a is not None and b is not None and a.login < b.login for a, b in pairwise(found))
    assert 1 <= highest[0] <= 2


def test_a_ca_file_is_found_beside_the_settings(slapd: Slapd, ldap: MakeLdap, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(slapd.certificates.ca.read_bytes())
    assert whole_people(ldap(slapd, ca_file="ca.pem")).complete
