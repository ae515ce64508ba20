"""Builders of both directory connectors, and the real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.ldap import LdapDirectory, LdapSettings
from connectors.ldap.client import LdapClient
from connectors.ldap.libraries import python_ldap, reader
from connectors.ldap.line import Line
from tests.contracts.directory import NOW, context
from tests.contracts.directory_people import POPULATION
from tests.servers.slapd import MakeSlapd, Slapd, certificates, make_slapd

__all__ = ["certificates", "make_slapd"]

MakeLdap = Callable[..., LdapDirectory]
MakeWire = Callable[..., LdapClient]


@pytest.fixture(scope="session")
def slapd(make_slapd: MakeSlapd) -> Slapd:
    """A server with the whole population, which tests only read."""
    return make_slapd(POPULATION)


@pytest.fixture(params=["ldap3", "python-ldap"])
def library(request: pytest.FixtureRequest) -> str:
    """Whatever wants it is tried with both libraries."""
    chosen: str = request.param
    if chosen == "python-ldap" and python_ldap() is None:
        pytest.fail("run: .ci/fast-ldap ensure (it installs python-ldap)", pytrace=False)
    return chosen


@pytest.fixture
def line(library: str, slapd: Slapd) -> type[Line]:
    """The class of that library's connections."""
    settings = LdapSettings.model_validate({**slapd.settings, "library": library, "start_tls": False})
    opened = reader(library).open(settings, "")
    opened.close()
    return type(opened)


@pytest.fixture
def ldap(tmp_path: Path, library: str) -> MakeLdap:
    """`ldap(server, page_size=5, …)`: the connector over a server, some settings changed; with both libraries."""

    def make(server: Slapd, **changes: object) -> LdapDirectory:
        now = changes.pop("now", NOW)
        settings = LdapSettings.model_validate({**server.settings, "library": library, **changes})
        return LdapDirectory(settings, context(tmp_path, "sch-ldap", now))  # type: ignore[arg-type]

    return make


@pytest.fixture
def wire(library: str) -> MakeWire:
    """`wire(server, page_size=5, …)`: the wire alone; with both libraries."""

    def make(server: Slapd, **changes: object) -> LdapClient:
        settings = LdapSettings.model_validate({**server.settings, "library": library, **changes})
        return LdapClient("sch-ldap", settings, settings.ca_file)

    return make
