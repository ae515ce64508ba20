"""The commented example loads as it is, shows every setting, and says of each line what it means."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import certifi
import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

from kypek_sync.model import system_clock
from kypek_sync.plugins import Connectors, load, specs
from kypek_sync.settings import Loaded, Mode, shape

CONFIG = Path(__file__).parents[2] / "config"
EXAMPLE = CONFIG / "kypek.example.yaml"
KEY = re.compile(r"^\s*(?:- )?([a-z][a-z0-9_-]*):(?: |$)")


@pytest.fixture
def example(tmp_path: Path) -> Loaded:
    """The example in a folder of its own, with every secret it refers to invented."""
    file = shutil.copy(EXAMPLE, tmp_path / "kypek.yaml")
    shutil.copy(certifi.where(), tmp_path / "ca.pem")
    credentials = tmp_path / "credentials"
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    for kind, place in re.findall(r"^\s*\w+: (env|file|credential):(\S+)$", EXAMPLE.read_text("utf-8"), re.M):
        secret = f"an invented secret for {place}"
        if place.endswith("-database"):
            secret = "mysql://kypek_sync:an-invented-secret@db.example.gr/eclass"
        if kind == "env":
            environ[place] = secret
            continue
        kept = (tmp_path if kind == "file" else credentials) / place
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(secret, "utf-8")
        kept.chmod(0o600)
    return load(Path(file), environ=environ)


def written(data: Any) -> set[str]:
    """Every key of the data, at any depth."""
    if isinstance(data, dict):
        return set(data).union(*map(written, data.values()))
    return set().union(*map(written, data)) if isinstance(data, list) else set()


def test_it_serves_two_centres_through_every_connector(example: Loaded) -> None:
    assert set(example.settings.kypeks) == {"att-a", "zak"}
    assert {entry.type for entry in example.settings.connectors.values()} == set(specs())


def test_its_connectors_can_be_built(example: Loaded) -> None:
    with Connectors(example, system_clock) as used:
        assert all(used.named(name) for name in used.names())
        assert used.directory("zak") is used.named("people-file")
        assert used.rooms("zak") is None


def test_it_shows_every_setting_of_ours() -> None:
    models = [m for m in vars(shape).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    ours = {name for model in models for name in model.model_fields}
    assert ours - written(YAML(typ="safe", pure=True).load(EXAMPLE)) == set()


def test_it_shows_every_setting_of_each_connector(example: Loaded) -> None:
    hidden = {
        (kind, key)
        for kind, spec in specs().items()
        for key in spec.settings.model_fields
        if not any(entry.type == kind and key in entry.own for entry in example.settings.connectors.values())
    }
    assert hidden == set()


def test_whoever_copies_it_changes_nothing_by_accident(example: Loaded) -> None:
    """First contact is shy (rule 10), and mail goes to one address while trying out."""
    assert Mode.APPLY not in {entry.mode for entry in example.settings.connectors.values()}
    assert [name for name, one in example.settings.kypeks.items() if one.mail and not one.all_mail_to] == []
    assert any(one.mail for one in example.settings.kypeks.values())


def test_every_line_is_explained_in_greek() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    sections = {"connectors", "kypeks"}  # explained by the heading above them
    for above, line in zip(["", *lines], lines, strict=False):
        key = KEY.match(line)
        if key and key[1] not in sections:
            assert re.match(r"\s*# .*[α-ω]", above), f"no comment in Greek above: {line}"


def test_an_editor_agrees_with_it() -> None:
    validator = Draft202012Validator(json.loads((CONFIG / "kypek.schema.json").read_text("utf-8")))
    data = json.loads(json.dumps(YAML(typ="safe", pure=True).load(EXAMPLE), default=str))
    assert [error.message for error in validator.iter_errors(data)] == []


def test_the_service_hands_over_every_credential_that_it_names() -> None:
    wanted = set(re.findall(r"^\s*\w+: credential:(\S+)$", EXAMPLE.read_text("utf-8"), re.M))
    unit = (CONFIG / "kypek-sync.service").read_text("utf-8")
    assert set(re.findall(r"^LoadCredential=([a-z-]+):", unit, re.M)) == wanted
