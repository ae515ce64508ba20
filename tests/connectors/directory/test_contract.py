"""Both directory connectors keep the contract: an export on disk, and a real OpenLDAP server."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.ldap import LdapDirectory, LdapSettings
from connectors.ldif import LdifDirectory, LdifSettings
from tests.contracts.directory import NOW, DirectoryContract, context
from tests.contracts.directory_people import POPULATION
from tests.servers.slapd import PASSWORD, READER, MakeSlapd, Slapd


def export(folder: Path, text: str) -> LdifDirectory:
    """The connector over an export drawn at `NOW`."""
    path = folder / "export.ldif"
    path.write_text(text)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return LdifDirectory(LdifSettings(file="export.ldif"), context(folder))


class TestLdif(DirectoryContract):
    @pytest.fixture
    def directory(self, tmp_path: Path) -> LdifDirectory:
        return export(tmp_path, POPULATION)

    @pytest.fixture
    def truncated(self, tmp_path: Path) -> LdifDirectory:
        (tmp_path / "cut").mkdir()
        return export(tmp_path / "cut", POPULATION[: POPULATION.index("uid: psamar")])

    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> LdifDirectory:
        return LdifDirectory(LdifSettings(file="nothing.ldif"), context(tmp_path))

    @pytest.fixture
    def secrets(self) -> tuple[str, ...]:
        return ()


@pytest.fixture(scope="session")
def limited(make_slapd: MakeSlapd) -> Slapd:
    """A server that gives the reader 4 entries and no more."""
    return make_slapd(POPULATION, limits=(f'limits dn.exact="{READER}" size.hard=4 size.soft=4',))


@pytest.mark.server("slapd")
class TestLdap(DirectoryContract):
    @pytest.fixture
    def directory(self, slapd: Slapd, tmp_path: Path, library: str) -> LdapDirectory:
        return LdapDirectory(
            LdapSettings.model_validate({**slapd.settings, "page_size": 5, "library": library}), context(tmp_path)
        )

    @pytest.fixture
    def truncated(self, limited: Slapd, tmp_path: Path, library: str) -> LdapDirectory:
        return LdapDirectory(LdapSettings.model_validate({**limited.settings, "library": library}), context(tmp_path))

    @pytest.fixture
    def unreachable(self, slapd: Slapd, tmp_path: Path, library: str) -> Iterator[LdapDirectory]:
        with socket.socket() as held:  # a port that is bound and does not listen
            held.bind(("127.0.0.1", 0))
            address = f"ldap://localhost:{held.getsockname()[1]}"
            settings = LdapSettings.model_validate({**slapd.settings, "address": address, "library": library})
            yield LdapDirectory(settings, context(tmp_path))

    @pytest.fixture
    def secrets(self) -> tuple[str, ...]:
        return (PASSWORD,)
