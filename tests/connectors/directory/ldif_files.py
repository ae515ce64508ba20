"""LDIF exports as tests write them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.ldif import LdifDirectory, LdifSettings
from tests.contracts.directory import NOW, context

MakeExport = Callable[..., LdifDirectory]


@pytest.fixture
def export(tmp_path: Path) -> MakeExport:
    """`export(text, age=…)`: the connector over a file of that content and age."""

    def make(content: str | bytes, age: timedelta = timedelta(0), **changes: object) -> LdifDirectory:
        path = tmp_path / "export.ldif"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        drawn = (NOW - age).timestamp()
        os.utime(path, (drawn, drawn))
        return LdifDirectory(LdifSettings.model_validate({"file": path.name, **changes}), context(tmp_path))

    return make
