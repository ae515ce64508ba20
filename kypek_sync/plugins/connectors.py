"""The connectors of one installation, each built when it is first used."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from functools import cached_property
from threading import RLock
from types import TracebackType
from typing import Self

from kypek_sync.contract import (
    Connector,
    ConnectorContext,
    ConnectorSpec,
    Courses,
    Directory,
    Helpdesk,
    Mail,
    Role,
    Rooms,
    UnitsRegister,
)
from kypek_sync.model import Clock
from kypek_sync.plugins.discovery import BrokenPlugin, installed
from kypek_sync.plugins.entries import entries
from kypek_sync.settings import KypekEntry, Loaded, Mode, SettingsError, listed, nearest

READ_ONLY = frozenset({Role.DIRECTORY, Role.UNITS_REGISTER})
"""Roles in which nothing foreign is ever changed."""


class UnknownConnector(LookupError):
    """A name that no connector of the settings has; the message says which there are."""

    def __str__(self) -> str:
        return str(self.args[0])


class Connectors:
    """The connectors of a settings file. One of a name is built once and shared by all centres and lanes (threads).

    `specs` stands for the installed connectors (default: the real ones). Raises `SettingsError` with every mistake in
    connectors' own settings, `BrokenPlugin` when one that is named cannot be imported. Nothing is built, and no
    network is used, before the first call.
    """

    def __init__(self, loaded: Loaded, clock: Clock, *, specs: Mapping[str, ConnectorSpec] | None = None) -> None:
        known = installed() if specs is None else specs
        self._entries, problems = entries(loaded.document, loaded.places, known)
        if problems:
            raise SettingsError(problems)
        self._loaded = loaded
        self._clock = clock
        self._built: dict[str, Connector] = {}
        self._lock = RLock()

    # -------------------------------------------------------------------------------------------- by name

    def names(self) -> tuple[str, ...]:
        """The connectors' names in settings, sorted."""
        return tuple(sorted(self._entries))

    def of_courses(self) -> frozenset[str]:
        """The names of those that are course platforms."""
        return frozenset(name for name, entry in self._entries.items() if Role.COURSES in entry.spec.roles)

    def spec(self, name: str) -> ConnectorSpec:
        """What kind of connector `name` is. Raises `UnknownConnector`."""
        self._require(name)
        return self._entries[name].spec

    def mode(self, name: str) -> Mode:
        """How far `name` may go (design, rule 10). Raises `UnknownConnector`."""
        self._require(name)
        return self._loaded.settings.connectors[name].mode

    def longest_call(self, name: str) -> timedelta:
        """How long one call of `name` that changes something may take; nothing for a connector that only reads. Raises
        `UnknownConnector`."""
        writes = self.spec(name).roles - READ_ONLY
        return self._entries[name].settings.longest_call if writes else timedelta(0)

    def named(self, name: str) -> Connector:
        """The connector `name`, built if it was not. Raises `UnknownConnector`."""
        self._require(name)
        with self._lock:
            if name not in self._built:
                entry = self._entries[name]
                self._built[name] = entry.spec.build(entry.settings, self._context(name))
            return self._built[name]

    # -------------------------------------------------------------------------------------------- by role

    def directory(self, kypek: str) -> Directory | None:
        """Who says who people are for this centre; None if nobody does."""
        connector = self._for(self._centre(kypek).directory)
        if connector is None or isinstance(connector, Directory):
            return connector
        raise self._lacking(self._centre(kypek).directory, "Directory")

    def register(self, kypek: str) -> UnitsRegister | None:
        """The register of units that this centre trusts; None if none."""
        connector = self._for(self._centre(kypek).units_register)
        if connector is None or isinstance(connector, UnitsRegister):
            return connector
        raise self._lacking(self._centre(kypek).units_register, "UnitsRegister")

    def courses(self, name: str) -> Courses:
        """The course platform of that name: a centre may use several. Raises `UnknownConnector`."""
        connector = self.named(name)
        if isinstance(connector, Courses):
            return connector
        raise self._lacking(name, "Courses")

    def rooms(self, kypek: str) -> Rooms | None:
        """Where this centre's rooms are; None if nowhere."""
        connector = self._for(self._centre(kypek).rooms)
        if connector is None or isinstance(connector, Rooms):
            return connector
        raise self._lacking(self._centre(kypek).rooms, "Rooms")

    def helpdesk(self, kypek: str) -> Helpdesk | None:
        """Where this centre's tickets go; None if nowhere."""
        connector = self._for(self._centre(kypek).helpdesk)
        if connector is None or isinstance(connector, Helpdesk):
            return connector
        raise self._lacking(self._centre(kypek).helpdesk, "Helpdesk")

    def mail(self, kypek: str) -> Mail | None:
        """Who sends this centre's mail; None if nobody does."""
        connector = self._for(self._centre(kypek).post)
        if connector is None or isinstance(connector, Mail):
            return connector
        raise self._lacking(self._centre(kypek).post, "Mail")

    # -------------------------------------------------------------------------------------------- the end

    def close(self) -> None:
        """Close every connector that was built, each even if another one fails. Safe to call twice."""
        with self._lock, ExitStack() as closing:
            while self._built:
                closing.callback(self._built.popitem()[1].close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _require(self, name: str) -> None:
        if name not in self._entries:
            instead = nearest(name, self._entries)
            hint = f"did you mean '{instead}'?" if instead else f"there are: {listed(self._entries)}"
            raise UnknownConnector(f"{self._loaded.file} has no connector {name}; {hint}")

    def _centre(self, kypek: str) -> KypekEntry:
        return self._loaded.settings.kypeks[kypek]

    def registry_hash(self, number: str) -> str:
        """The keyed hash under which a registry or tax number is known (design, rule 16), as hexadecimal digits."""
        return hmac.new(self._identity_key, number.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def _identity_key(self) -> bytes:
        return self._loaded.settings.identity_key.get_secret_value().encode()

    def _context(self, name: str) -> ConnectorContext:
        return ConnectorContext(name, self._clock, self._loaded.folder, self.registry_hash)

    def _for(self, name: str) -> Connector | None:
        return self.named(name) if name else None

    def _lacking(self, name: str, role: str) -> BrokenPlugin:
        kind = self.spec(name).name
        return BrokenPlugin(f"The connector {name} ({kind}) lacks methods of the role {role}; ask its authors.")
