"""Who an entry is, by its name alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ldap.client import Ending, LdapClient, Search, Take
from connectors.ldap.names import EVERYBODY, NO_ATTRIBUTES, login_of, names_of_all
from kypek_sync.contract import StopConnector, leaf
from tests.connectors.directory.changing import crowd
from tests.connectors.directory.conftest import MakeWire
from tests.contracts.directory_people import PEOPLE, person, tree
from tests.servers.slapd import READER, MakeSlapd, Slapd


@given(st.text("abAB01é .-_ΑΩ", min_size=1, max_size=8).filter(str.strip))
def test_a_name_in_normal_form_is_read_as_any_other(value: str) -> None:
    dn = f"uid={value},ou=people,dc=sch,dc=gr"
    assert login_of(dn, {}) == leaf(dn)[1]


@pytest.fixture(scope="module")
def slapd(make_slapd: MakeSlapd) -> Slapd:
    """Two teachers, and with `cn` in its name an account that has a uid all the same."""
    other = f"dn: cn=lab,{PEOPLE}\nobjectClass: inetOrgPerson\ncn: lab\nsn: lab\nuid: lab2\n"
    return make_slapd(tree(person("anna"), person("maria"), other))


def listened(client: LdapClient) -> list[Search]:
    """What it reads from now on."""
    asked: list[Search] = []
    reading = client.read_all

    def read(search: Search, take: Take, *more: object, **rest: int) -> Ending:
        asked.append(search)
        return reading(search, take, **rest)

    client.read_all = read  # type: ignore[method-assign]  # to see what is asked
    return asked


@pytest.mark.server("slapd")
def test_the_names_alone_do_until_one_of_them_is_no_login(slapd: Slapd, wire: MakeWire) -> None:
    client = wire(slapd)
    asked = listened(client)
    found = names_of_all(client, Search(PEOPLE, "(uid=anna)", ("uid",)))
    assert (found.logins, [search.attributes for search in asked]) == ({"anna"}, [(NO_ATTRIBUTES,)])
    everybody = names_of_all(client, Search(PEOPLE, "(objectClass=inetOrgPerson)", ("uid",)))
    assert everybody.logins == {"anna", "maria", "lab2"}
    assert [search.attributes for search in asked[1:]] == [(NO_ATTRIBUTES,), ("uid",)]


@pytest.mark.server("slapd")
def test_an_alias_is_not_among_the_names_and_only_where_one_is_each_entry_is_asked_for_it(
    make_slapd: MakeSlapd, wire: MakeWire
) -> None:
    alias = f"dn: uid=zoe,{PEOPLE}\nobjectClass: alias\nobjectClass: extensibleObject\naliasedObjectName: {READER}\n"
    for people, filter_ in ((tree(person("anna")), "(objectClass=*)"), (tree(person("anna"), alias), EVERYBODY)):
        client = wire(make_slapd(people))
        asked = listened(client)
        found = names_of_all(client, Search(PEOPLE, EVERYBODY, ("uid",)))
        assert (found.logins, found.why_partial) == ({"anna"}, "")
        assert [search.filter for search in asked] == [filter_]


@pytest.mark.server("slapd")
def test_where_aliases_cannot_be_looked_up_each_entry_is_asked(
    slapd: Slapd, wire: MakeWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise StopConnector("sch-ldap", "it did not answer a look-up.")

    client = wire(slapd)
    monkeypatch.setattr(client, "look", refused)
    asked = listened(client)
    assert names_of_all(client, Search(PEOPLE, EVERYBODY, ("uid",))).logins == {"anna", "maria", "lab2"}
    assert {search.filter for search in asked} == {EVERYBODY}


@pytest.mark.server("slapd")
@pytest.mark.parametrize("allowed", [100, 7])
def test_names_come_by_many_at_once_or_by_the_pages_that_are_allowed(
    make_slapd: MakeSlapd, wire: MakeWire, allowed: int
) -> None:
    server = make_slapd(crowd(40), limits=(f'limits dn.exact="{READER}" size.pr={allowed}',))
    client = wire(server, page_size=7)
    found: list[str] = []
    every = Search(PEOPLE, EVERYBODY, (NO_ATTRIBUTES,))
    told = [client.read_all(every, lambda dn, _: found.append(dn), at_once=at_once) for at_once in (0, 100)]
    assert [(one.entries, one.why_partial) for one in told] == [(40, ""), (40, "")]
    assert len(found) == 2 * len(set(found)) == 80
    assert (told[1].pages < told[0].pages) is (allowed == 100)
    assert len(names_of_all(client, Search(PEOPLE, EVERYBODY, ("uid",))).logins) == 40
