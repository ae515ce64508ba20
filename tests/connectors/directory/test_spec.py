"""How the directory connectors introduce themselves."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from connectors import ldap, ldif
from kypek_sync.contract import ENTRY_POINT_GROUP, PERSON_ATTRIBUTES, ConnectorSpec, Directory, Role
from tests.contracts.directory import context

SETTINGS = {
    "ldap": {"address": "ldap://192.0.2.1", "bind_dn": "uid=x,dc=gr", "password": "not-a-real-password"},
    "ldif": {"file": "nothing.ldif"},
}


@pytest.mark.parametrize("spec", [ldap.SPEC, ldif.SPEC], ids=lambda spec: spec.name)
def test_a_connector_is_found_and_built_without_touching_anything(spec: ConnectorSpec, tmp_path: Path) -> None:
    (found,) = entry_points(group=ENTRY_POINT_GROUP, name=spec.name)
    assert found.load() is spec
    assert spec.roles == {Role.DIRECTORY}
    assert all(field.description for field in spec.settings.model_fields.values())
    built = spec.build(spec.settings.model_validate(SETTINGS[spec.name]), context(tmp_path))
    assert isinstance(built, Directory)
    assert "not-a-real-password" not in repr(built) + repr(vars(built)) + repr(SETTINGS[spec.name].keys())


def test_the_letter_asks_for_every_attribute_that_is_read() -> None:
    letter = ldap.SPEC.letter
    assert letter is not None
    text = " ".join(letter.paragraphs)
    asked = {name.partition(";")[0] for name in PERSON_ATTRIBUTES} - {"objectClass"}
    assert {name for name in asked if name not in text} == set()
    for word in ("size limit", "syncprov", "modifyTimestamp", "ou=services", "StartTLS"):
        assert word in text
