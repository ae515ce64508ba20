"""Connectors are found by entry point; a broken one is a clear error that names its distribution."""

from __future__ import annotations

from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest

from kypek_sync.contract import ENTRY_POINT_GROUP, ConnectorSpec
from kypek_sync.plugins import BrokenPlugin, specs
from kypek_sync.plugins.discovery import Installed, arranged, installed

SPEC = """\
from kypek_sync.contract import ConnectorSettings, ConnectorSpec, Role
class Own(ConnectorSettings):
    {field}
SPEC = ConnectorSpec("{name}", "Acme", frozenset({{Role.MAIL}}), Own, lambda settings, context: None)
"""


def spec_text(name: str = "acme", field: str = "address: str = ''") -> str:
    return SPEC.format(name=name, field=field)


class Site:
    """A folder of installed packages."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        monkeypatch.syspath_prepend(str(folder))

    def install(self, package: str, point: str, module: str, text: str) -> None:
        (self.folder / f"{module}.py").write_text(text, "utf-8")
        info = self.folder / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\n{point} = {module}:SPEC\n", "utf-8")

    def points(self) -> list[EntryPoint]:
        return [point for package in distributions(path=[str(self.folder)]) for point in package.entry_points]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(tmp_path, monkeypatch)


def test_anybody_may_ship_a_connector(site: Site) -> None:
    site.install("acme-sync", "acme", "acme_whole", spec_text())
    found = arranged(site.points())
    assert list(found) == ["acme"]
    assert isinstance(found["acme"], ConnectorSpec)
    assert found["acme"] is found["acme"]


def test_one_that_is_broken_costs_nothing_to_those_who_do_not_use_it(site: Site) -> None:
    site.install("acme-sync", "acme", "acme_beside", spec_text())
    site.install("bad-sync", "bad", "bad_beside", "import no_such_module_at_all")
    found = arranged(site.points())
    assert set(found) == {"acme", "bad"}
    assert found["acme"].name == "acme"


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        ("bad_import", "import no_such_module_at_all", "cannot be imported (ModuleNotFoundError: No module named"),
        ("bad_syntax", "def (", "cannot be imported (SyntaxError"),
        ("bad_absent", "", "cannot be imported (AttributeError"),
        ("bad_code", "SPEC = 1 + 'a'", "cannot be imported (TypeError"),
        ("bad_thing", "SPEC = 5", "offers bad_thing:SPEC, which is no ConnectorSpec"),
        ("bad_name", spec_text("other"), "calls itself other; both names must be the same"),
        ("bad_key", spec_text(field="mode: str = ''"), "has a setting called mode, which every connector has already"),
    ],
)
def test_a_broken_one_names_its_distribution(site: Site, module: str, text: str, expected: str) -> None:
    site.install("acme-sync", "acme", module, text)
    with pytest.raises(BrokenPlugin) as caught:
        arranged(site.points())["acme"]
    assert str(caught.value).startswith(f"The connector acme of the package acme-sync {expected}")
    assert str(caught.value).endswith("Update acme-sync, or ask its authors.")


def test_two_distributions_may_not_use_one_name(site: Site) -> None:
    site.install("acme-sync", "acme", "acme_one", spec_text())
    site.install("other-sync", "acme", "acme_two", spec_text())
    with pytest.raises(BrokenPlugin, match=r"Two packages offer the connector acme: .*-sync and .*-sync\. "):
        arranged(site.points())


def test_one_distribution_seen_twice_is_one(site: Site) -> None:
    site.install("acme-sync", "acme", "acme_twice", spec_text())
    assert len(arranged([*site.points(), *site.points()])) == 1


def test_an_entry_point_of_nobody_is_told_so() -> None:
    with pytest.raises(BrokenPlugin, match="of the package an unknown package cannot be imported"):
        arranged([EntryPoint("x", "no_such_module_at_all:SPEC", ENTRY_POINT_GROUP)])["x"]


def test_those_of_one_distribution_can_be_picked(site: Site) -> None:
    site.install("acme-sync", "acme", "acme_picked", spec_text())
    site.install("other-sync", "other", "other_picked", spec_text("other"))
    assert list(arranged(site.points()).only("other-sync")) == ["other"]


def test_ours_are_installed() -> None:
    ours = installed().only("kypek-sync")
    assert isinstance(ours, Installed)
    foreign = {"eclass", "moodle", "bigbluebutton", "request_tracker", "soap_helpdesk", "smtp"}
    assert set(ours) == {"csv", "ldif", "ldap", "units_register"} | foreign


def test_each_of_ours_can_be_imported() -> None:
    assert all(name == spec.name for name, spec in specs().items())
