"""How a connector introduces itself. It registers a `ConnectorSpec` as entry point in group `kypek_sync.connectors`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr

from kypek_sync.contract.capabilities import Capability
from kypek_sync.contract.roles import Connector, Role
from kypek_sync.contract.wire import WireLimits
from kypek_sync.model import Clock

ENTRY_POINT_GROUP = "kypek_sync.connectors"


class ConnectorSettings(BaseModel):
    """Base of every connector's settings: unknown keys are errors. Use `Secret` for secrets; a field's description is
    what the example and the JSON Schema show to an administrator."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    moved: ClassVar[dict[str, str]] = {}
    """Keys of earlier versions, each with the sentence that an administrator reads where a file still has it."""

    @property
    def longest_call(self) -> timedelta:
        """How long one call that changes something may be under way once it was sent: the setting `deadline` of the
        connector, else its `timeout`, in seconds; without either, the wire's own deadline. A lease outlives it (design,
        rule 11). Override it where a call is bounded otherwise."""
        seconds = getattr(self, "deadline", None) or getattr(self, "timeout", None) or WireLimits().deadline
        return timedelta(seconds=float(seconds))


Secret = SecretStr
"""A secret's value. In the settings file it is written as a reference (`env:NAME`, `file:PATH`, `credential:NAME`) and
resolved before the connector's settings are validated; it prints as `***`."""


@dataclass(frozen=True, slots=True)
class ConnectorContext:
    """What a connector is given besides its settings.

    `name` is its name in settings (used as `system` in snapshots and errors); `folder` is the folder of the settings
    file (relative paths start there); `registry_hash` turns a registry or tax number into a keyed hash (D-4).
    """

    name: str
    clock: Clock
    folder: Path
    registry_hash: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a centre must ask the ΠΣΔ for to use a connector: `kypek-sync requests` writes it as a letter in Greek."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConnectorSpec:
    """A connector: what it is called, which roles it fills, its settings, and how it is built.

    `build` must not talk to the network. `commands` are the connector's own (`kypek-sync connector NAME COMMAND`): each
    takes the built connector and the remaining words, and returns the text to print. `letter` is None where nothing has
    to be asked for. `able` is what its system can do whatever its version, as far as programmes are checked by it.
    """

    name: str
    title: str
    roles: frozenset[Role]
    settings: type[ConnectorSettings]
    build: Callable[[Any, ConnectorContext], Connector]
    commands: Mapping[str, Callable[[Connector, tuple[str, ...]], str]] = field(default_factory=dict)
    letter: Letterhead | None = None
    able: frozenset[Capability] = frozenset()
