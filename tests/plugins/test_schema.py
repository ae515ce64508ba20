"""The JSON Schema says to an editor what the programme would say."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kypek_sync.plugins.schema import COMMITTED, main, schema
from tests.plugins.paper import SPECS

DATA: dict[str, Any] = {
    "school_year": "2026-2027",
    "identity_key": "env:KEY",
    "intervals": {"seats": "15 λεπτά", "rooms": "PT1M"},
    "connectors": {
        "people": {"type": "paper", "mode": "apply", "file": "x", "max_age": "7 days"},
        "eclass": {"type": "school", "address": "https://e.example.gr", "token": "file:x", "tokens": ["credential:y"]},
    },
    "kypeks": {"att-a": {"name": "Α΄", "structures": {"ekfe": {"name": "ΕΚΦΕ", "officers": ["maria"]}}}},
}


def mistakes(data: Any) -> list[str]:
    """Where an editor would underline."""
    whole = schema(SPECS)
    Draft202012Validator.check_schema(whole)
    return sorted({".".join(map(str, error.absolute_path)) for error in Draft202012Validator(whole).iter_errors(data)})


def changed(*keys: str, to: Any) -> Any:
    data = deepcopy(DATA)
    inner = data
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    return data


def test_what_is_right_is_not_underlined() -> None:
    assert mistakes(DATA) == []


@pytest.mark.parametrize(
    ("keys", "value", "where"),
    [
        (("language",), "gr", "language"),
        (("identity_key",), "hunter2", "identity_key"),
        (("intervals", "seats"), "soon", "intervals.seats"),
        (("intervals", "seats"), 15, "intervals.seats"),
        (("kypeks", "att-a", "zzz"), 1, "kypeks.att-a"),
        (("connectors", "people", "type"), "papr", "connectors.people.type"),
        (("connectors", "people", "mode"), "all", "connectors.people.mode"),
        (("connectors", "people", "adress"), "x", "connectors.people"),
        (("connectors", "people", "max_age"), "old", "connectors.people.max_age"),
        (("connectors", "eclass", "token"), "hunter2", "connectors.eclass.token"),
        (("connectors", "eclass", "tokens"), ["hunter2"], "connectors.eclass.tokens.0"),
        (("connectors", "eclass"), {"type": "school"}, "connectors.eclass"),
    ],
)
def test_what_is_wrong_is_underlined(keys: tuple[str, ...], value: Any, where: str) -> None:
    assert mistakes(changed(*keys, to=value)) == [where]


def test_every_setting_says_what_it_means() -> None:
    whole = schema(SPECS)
    silent = []
    for part in (whole, *whole["$defs"].values()):
        for name, entry in part.get("properties", {}).items():
            block = whole["$defs"].get(entry.get("$ref", "").removeprefix("#/$defs/"), {})
            if "description" not in entry and "description" not in block:
                silent.append(name)
    assert silent == []


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(schema(SPECS)) == json.dumps(schema(dict(reversed(SPECS.items()))))


def test_the_committed_schema_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--output", str(Path(__file__).parents[2] / COMMITTED)]) == 0
    assert capsys.readouterr().err == ""


def test_a_stale_or_absent_schema_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "schema.json"
    assert main(["--check", "--output", str(file)]) == 1
    assert main(["--output", str(file)]) == 0
    assert main(["--check", "--output", str(file)]) == 0
    file.write_text("{}", "utf-8")
    assert main(["--check", "--output", str(file)]) == 1
    assert "is stale; write it again with: python -m kypek_sync.plugins.schema" in capsys.readouterr().err
