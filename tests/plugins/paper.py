"""Invented connectors for the tests: a directory on paper and a school's course platform without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from kypek_sync.contract import (
    Capability,
    ConnectorContext,
    ConnectorSettings,
    ConnectorSpec,
    Keeper,
    Known,
    PeopleDelta,
    Probe,
    Reading,
    Role,
    Secret,
)
from kypek_sync.model import Person, Unit

NOON = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def noon() -> datetime:
    return NOON


class PaperSettings(ConnectorSettings):
    file: str = Field("people.txt", description="The list of people.")
    max_age: timedelta = Field(timedelta(days=7), description="How old it may be.")


class Account(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    login: str = Field(description="The account's name.")
    password: Secret = Field(description="Its password.")


class SchoolSettings(ConnectorSettings):
    address: str = Field(description="Where it is.")
    token: Secret = Field(description="The token.")
    spare: Secret | None = Field(None, description="The next token.")
    token_expires: date | None = Field(None, description="The token's last day.")
    accounts: dict[str, Account] = Field(default_factory=dict, description="Accounts for departments.")
    tokens: tuple[Secret, ...] = Field((), description="Tokens for parallel requests.")
    timeouts: list[timedelta] = Field(default_factory=list, description="How long to wait.")

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not value.startswith("https://"):
            raise ValueError("use https: the token would travel readable to everybody")
        return value


@dataclass
class Paper:
    """Fills the role of a directory; counts how often it was closed."""

    settings: PaperSettings
    context: ConnectorContext
    closed: int = 0
    fails: list[Exception] = field(default_factory=list)

    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    def probe(self) -> Probe:
        return Probe(())

    def close(self) -> None:
        self.closed += 1
        if self.fails:
            raise self.fails.pop()

    def read_people(self, keeper: Keeper[Person]) -> Reading:
        return Reading(self.context.name, "people", NOON, 0, complete=True)

    def read_units(self, keeper: Keeper[Unit]) -> Reading:
        return Reading(self.context.name, "units", NOON, 0, complete=True)

    def person(self, login: str) -> Person | None:
        return None

    def people_since(self, cursor: str, keeper: Keeper[Person], known: Known | None = None) -> PeopleDelta:
        return PeopleDelta("people", NOON, 0, (), cursor)


def paper_spec(name: str = "paper") -> ConnectorSpec:
    return ConnectorSpec(name, "A list on paper", frozenset({Role.DIRECTORY}), PaperSettings, Paper)


@dataclass
class Bare:
    """Says that it fills the roles of a school but has none of their methods."""

    settings: SchoolSettings
    context: ConnectorContext

    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    def probe(self) -> Probe:
        return Probe(())

    def close(self) -> None:
        """Nothing to let go of."""


def school_spec() -> ConnectorSpec:
    roles = frozenset({Role.COURSES, Role.ROOMS, Role.HELPDESK, Role.MAIL})
    return ConnectorSpec("school", "A school", roles, SchoolSettings, Bare)


SPECS: Mapping[str, ConnectorSpec] = {"paper": paper_spec(), "school": school_spec()}
