"""Who an entry is, by its name alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ldap.client import Search
from connectors.ldap.names import NO_ATTRIBUTES, login_of, names_of_all
from kypek_sync.contract import leaf
from tests.connectors.directory.conftest import MakeWire
from tests.contracts.directory_people import PEOPLE, person, tree
from tests.servers.slapd import MakeSlapd, Slapd


@given(st.text("abAB01é .-_ΑΩ", min_size=1, max_size=8).filter(str.strip))
def test_a_name_in_normal_form_is_read_as_any_other(value: str) -> None:
    dn = f"uid={value},ou=people,dc=sch,dc=gr"
    assert login_of(dn, {}) == leaf(dn)[1]


@pytest.fixture(scope="module")
def slapd(make_slapd: MakeSlapd) -> Slapd:
    """Two teachers, and with `cn` in its name an account that has a uid all the same."""
    other = f"dn: cn=lab,{PEOPLE}\nobjectClass: inetOrgPerson\ncn: lab\nsn: lab\nuid: lab2\n"
    return make_slapd(tree(person("anna"), person("maria"), other))


@pytest.mark.server("slapd")
def test_the_names_alone_do_until_one_of_them_is_no_login(slapd: Slapd, wire: MakeWire) -> None:
    client = wire(slapd)
    asked: list[tuple[str, ...]] = []
    reading = client.read_all

    def listened(search: Search, take: object) -> object:
        asked.append(tuple(search.attributes))
        return reading(search, take)  # type: ignore[arg-type]  # handed on as it is

    client.read_all = listened  # type: ignore[assignment,method-assign]  # to see what is asked
    found = names_of_all(client, Search(PEOPLE, "(uid=anna)", ("uid",)))
    assert (found.logins, asked) == ({"anna"}, [(NO_ATTRIBUTES,)])
    everybody = names_of_all(client, Search(PEOPLE, "(objectClass=inetOrgPerson)", ("uid",)))
    assert everybody.logins == {"anna", "maria", "lab2"}
    assert asked[1:] == [(NO_ATTRIBUTES,), ("uid",)]
