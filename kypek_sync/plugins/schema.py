"""The JSON Schema of `kypek.yaml`, for editors: every setting of ours and of the connectors we ship.

`python -m kypek_sync.plugins.schema` writes `config/kypek.schema.json`; with `--check` it only tells whether that file
is up to date (exit code 1 if not). `--output FILE` names another file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from kypek_sync.contract import ConnectorSpec
from kypek_sync.plugins.discovery import OUR_DISTRIBUTION, installed
from kypek_sync.settings import ConnectorEntry, Settings, durations, secrets

COMMITTED = Path("config") / "kypek.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(specs: Mapping[str, ConnectorSpec]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a settings file in which these connectors can be used."""
    models: list[type[BaseModel]] = [Settings, ConnectorEntry, *(specs[name].settings for name in sorted(specs))]
    references, whole = models_json_schema([(model, "validation") for model in models], by_alias=True)
    definitions: dict[str, Any] = whole["$defs"]

    def definition(model: type[BaseModel]) -> str:
        return str(references[(model, "validation")]["$ref"]).removeprefix("#/$defs/")

    shared = definitions[definition(ConnectorEntry)]["properties"]
    definitions[definition(ConnectorEntry)] = _any_connector(shared, specs)
    for name in sorted(specs):
        own = definitions[definition(specs[name].settings)]
        definitions[f"connector_{name}"] = _one_connector(shared, specs[name], own)
    root = definitions.pop(definition(Settings))
    used = _reachable(root, definitions)
    result = {"$schema": DIALECT, **root, "title": "kypek.yaml", "$defs": {name: definitions[name] for name in used}}
    _as_written(result)
    return result


def _any_connector(shared: Mapping[str, Any], specs: Mapping[str, ConnectorSpec]) -> dict[str, Any]:
    """An entry below `connectors:`; its type says what else it holds."""
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {**shared["type"], "enum": sorted(specs)}},
        "allOf": [
            {
                "if": {"required": ["type"], "properties": {"type": {"const": name}}},
                "then": {"$ref": f"#/$defs/connector_{name}"},
            }
            for name in sorted(specs)
        ],
    }


def _one_connector(shared: Mapping[str, Any], spec: ConnectorSpec, own: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **own,
        "title": spec.title,
        "properties": {**shared, "type": {**shared["type"], "const": spec.name}, **own.get("properties", {})},
        "required": ["type", *own.get("required", ())],
    }


def _reachable(root: Any, definitions: Mapping[str, Any]) -> list[str]:
    """The names of definitions that `root` leads to, sorted."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/")
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return sorted(found)


def _as_written(part: Any) -> None:
    """Say of secrets and lengths of time how they stand in the file, not what they become."""
    if isinstance(part, dict):
        if part.get("format") == "password":
            part.pop("format")
            part.pop("writeOnly", None)
            part["pattern"] = secrets.PATTERN
        elif part.get("format") == "duration":
            part.pop("format")
            part["pattern"] = durations.PATTERN
        for inner in part.values():
            _as_written(inner)
    elif isinstance(part, list):
        for inner in part:
            _as_written(inner)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the committed schema; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m kypek_sync.plugins.schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell whether the file is up to date")
    parser.add_argument("--output", type=Path, default=COMMITTED, help=f"the file (default: {COMMITTED})")
    options = parser.parse_args(arguments)
    text = json.dumps(schema(installed().only(OUR_DISTRIBUTION)), ensure_ascii=False, indent=2) + "\n"
    if not options.check:
        options.output.write_text(text, "utf-8")
        return 0
    if options.output.is_file() and options.output.read_text("utf-8") == text:
        return 0
    sys.stderr.write(f"{options.output} is stale; write it again with: python -m kypek_sync.plugins.schema\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
