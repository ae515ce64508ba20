"""The connectors of an installation are built when first used, once, and closed together."""

from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kypek_sync.contract import Directory
from kypek_sync.plugins import BrokenPlugin, Connectors, UnknownConnector
from kypek_sync.settings import Mode, SettingsError, load
from tests.plugins.paper import SPECS, Bare, Paper, noon
from tests.settings.writing import ENVIRON, WHOLE, write

TOKEN = "0070070"
RIGHT = "type: school\n    address: https://e.example.gr\n    token: env:TOKEN"


def connectors(folder: Path, *changes: tuple[str, str]) -> Connectors:
    loaded = load(write(folder, WHOLE, ("type: school", RIGHT), *changes), environ={**ENVIRON, "TOKEN": TOKEN})
    return Connectors(loaded, noon, specs=SPECS)


def paper(used: Connectors, name: str = "people") -> Paper:
    built = used.named(name)
    assert isinstance(built, Paper)
    return built


def test_names_specs_and_modes(tmp_path: Path) -> None:
    used = connectors(tmp_path)
    assert used.names() == ("eclass", "people")
    assert used.spec("people") is SPECS["paper"]
    assert (used.mode("people"), used.mode("eclass")) == (Mode.OBSERVE, Mode.PROPOSE)


def test_a_connector_is_told_its_name_its_folder_and_the_clock(tmp_path: Path) -> None:
    context = paper(connectors(tmp_path)).context
    assert (context.name, context.folder, context.clock()) == ("people", tmp_path, noon())


def test_the_hash_of_a_registry_number_is_keyed(tmp_path: Path) -> None:
    """D-4: only the keyed hash goes further; six digits could be guessed from a plain one."""
    digest = paper(connectors(tmp_path)).context.registry_hash("123456")
    assert digest == hmac.new(ENVIRON["KYPEK_KEY"].encode(), b"123456", hashlib.sha256).hexdigest()
    assert digest != hashlib.sha256(b"123456").hexdigest()


def test_a_secret_reaches_the_connector_uncoerced_and_hidden(tmp_path: Path) -> None:
    school = connectors(tmp_path).named("eclass")
    assert isinstance(school, Bare)
    assert school.settings.token.get_secret_value() == TOKEN
    assert TOKEN not in repr(school)


def test_mistakes_in_a_connectors_own_settings_are_told_before_anything_is_built(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        connectors(tmp_path, ("token: env:TOKEN", "token: env:NONE"), ("type: paper", "type: paper\n    fil: x"))
    assert [(p.line, p.key) for p in caught.value.problems] == [
        (6, "connectors.people.fil"),
        (10, "connectors.eclass.token"),
    ]


def test_one_is_built_once_whoever_asks(tmp_path: Path) -> None:
    used = connectors(tmp_path)
    with ThreadPoolExecutor(8) as lanes:
        built = list(lanes.map(lambda _: used.named("people"), range(64)))
    assert all(one is built[0] for one in built)


def test_the_roles_of_a_centre(tmp_path: Path) -> None:
    used = connectors(tmp_path)
    assert isinstance(used.directory("att-a"), Directory)
    assert used.directory("att-a") is used.named("people")
    assert used.rooms("att-a") is None
    assert used.helpdesk("att-a") is None
    assert used.mail("att-a") is None


def test_a_connector_without_the_methods_of_its_role_is_broken(tmp_path: Path) -> None:
    used = connectors(tmp_path, ("courses:", "rooms: eclass\n    helpdesk: eclass\n    post: eclass\n    courses:"))
    lacks = r"The connector eclass \(school\) lacks methods of the role "
    with pytest.raises(BrokenPlugin, match=lacks + "Courses"):
        used.courses("eclass")
    with pytest.raises(BrokenPlugin, match=lacks + "Rooms"):
        used.rooms("att-a")
    with pytest.raises(BrokenPlugin, match=lacks + "Helpdesk"):
        used.helpdesk("att-a")
    with pytest.raises(BrokenPlugin, match=lacks + "Mail"):
        used.mail("att-a")


def test_an_unknown_name_is_guessed(tmp_path: Path) -> None:
    used = connectors(tmp_path)
    with pytest.raises(UnknownConnector, match=r"kypek\.yaml has no connector eclas; did you mean 'eclass'\?"):
        used.courses("eclas")
    with pytest.raises(UnknownConnector, match="has no connector x; there are: eclass, people"):
        used.mode("x")


def test_all_are_closed_even_if_one_fails_and_closing_twice_is_closing_once(tmp_path: Path) -> None:
    with connectors(tmp_path, ("  eclass:", "  more:\n    type: paper\n    file: more.txt\n  eclass:")) as used:
        first, second = paper(used), paper(used, "more")
        second.fails.append(OSError("gone"))
        with pytest.raises(OSError, match="gone"):
            used.close()
        used.close()
    assert (first.closed, second.closed) == (1, 1)
