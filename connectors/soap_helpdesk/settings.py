"""What an administrator sets for a helpdesk that speaks SOAP: where it is, who we are, and which operation does what.

A preset brings operations, ticket, states and faults of a known product; whatever is written beside it wins, operation
by operation. With nothing but `wsdl` and `endpoint` the connector can be explored, not used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from ruamel.yaml import YAML

import connectors.soap_helpdesk.templates as templates
from connectors.soap_helpdesk.paths import is_path
from kypek_sync.contract import ConnectorSettings, Secret
from kypek_sync.model import TicketState

Verb = Literal["create", "find", "get", "note", "set_state", "list_states", "version", "changes"]
FaultMeaning = Literal["stop", "skip", "absent", "later"]

NEEDED: tuple[Verb, ...] = ("create", "find", "get", "note", "set_state")
"""Operations without which there is no helpdesk."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_EVERYWHERE = frozenset({"username", "password", "project", "category"})
_KNOWN: dict[Verb, frozenset[str]] = {
    "create": frozenset({"t.ref", "t.subject", "t.body", "t.requester", "t.seminar", "t.queue"}),
    "find": frozenset({"t.ref", "page", "size"}),
    "get": frozenset({"t.id"}),
    "note": frozenset({"t.id", "t.note", "t.note_ref", "t.public", "t.internal", "current."}),
    "set_state": frozenset({"t.id", "t.state", "current."}),
    "list_states": frozenset(),
    "version": frozenset(),
    "changes": frozenset({"since", "now", "page", "size"}),
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Paging(_Part):
    """How a list is asked for in pages: `${page}` counts from `start` by `step`, `${size}` is `size`. It ends at a page
    that is empty or shows nothing new (H-27)."""

    start: int = Field(1, description="The first page's number, or the first offset (0).")
    step: int = Field(1, ge=1, description="How much the next page's number is greater; for offsets, the size.")
    size: int = Field(50, ge=1, le=1000, description="How many to a page.")


class Operation(_Part):
    """One operation of the WSDL and how it is used."""

    name: str = Field(min_length=1, description="The operation's name in the WSDL.")
    arguments: dict[str, Any] = Field(
        default_factory=dict, description="Its arguments; ${t.subject} and the like stand for values."
    )
    result: str = Field("$", description="Path to what counts in the answer; $ is all of it.")
    item: str = Field("$", description="Path within each element, where the result is a list of plain values.")
    then_get: bool = Field(False, description="The elements found are only ids: read each ticket.")
    success: str = Field("", description="What the result must be, as text, if it tells success (true).")
    paging: Paging | None = Field(None, description="How long lists are read in pages.")

    @field_validator("result", "item")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        return _path(value)


class TicketPaths(_Part):
    """Where the parts of a ticket are in what `get`, `find` and `changes` answer."""

    id: str = Field("id", description="Path to the ticket's number.")
    subject: str = Field("subject", description="Path to its subject.")
    state: str = Field("status", description="Path to its state, as written under states.in.")
    updated: str = Field("updated", description="Path to the moment of its last change.")
    ref: str = Field("", description="Path to our reference; without one it is written into the subject.")
    notes: str = Field("", description="Path to the list of its notes; without one a note may be doubled.")
    note_text: str = Field("text", description="Path, within a note, to its text.")
    note_key: str = Field("", description="Path, within a note, to the key that we gave it, if it keeps one.")
    address: str = Field("", description="Where people open it: ${t.id} stands for its number.")

    @field_validator("id", "subject", "state", "updated", "ref", "notes", "note_text", "note_key")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        return _path(value) if value else value


class States(_Part):
    """The helpdesk's states and ours."""

    incoming: dict[str, TicketState] = Field(
        alias="in", description="What each of its states means: new, open, waiting, resolved or closed."
    )
    out: dict[TicketState, str] = Field(
        description="Which of its states to set for each of ours; some may be left out."
    )

    @field_validator("incoming", mode="before")
    @classmethod
    def _by_text(cls, value: Any) -> Any:
        return {str(key): state for key, state in value.items()} if isinstance(value, Mapping) else value

    @field_validator("out", mode="before")
    @classmethod
    def _to_text(cls, value: Any) -> Any:
        return {key: str(state) for key, state in value.items()} if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _agree(self) -> States:
        for state, native in self.out.items():
            if self.incoming.get(native) is not state:
                raise ValueError(f"states.out sets {native} for {state}, but states.in does not say that it means that")
        return self


class SoapHelpdeskSettings(ConnectorSettings):
    """Settings of one helpdesk that speaks SOAP."""

    preset: Literal["", "mantisbt"] = Field("", description="A known product whose operations need not be written.")
    wsdl: str = Field(min_length=1, description="The service's description: best a local file, else its address.")
    endpoint: str = Field(
        "", description="Where calls go; the address in the WSDL is never used. Empty: that of the WSDL without ?wsdl."
    )
    binding: str = Field("", description="The binding to use, {namespace}name, where the WSDL has several.")
    import_hosts: tuple[str, ...] = Field((), description="Further hosts from which the WSDL may import its parts.")
    username: str = Field("", description="Our account there.")
    password: Secret = Field(
        Secret(""), description="Its password or, better, token; by reference, never in this file."
    )
    auth: Literal["args", "basic", "username-token"] = Field(
        "args",
        description="How we sign in: among the arguments of each call, by HTTP basic, or by a WS-Security token.",
    )
    project: str = Field("", description="The project where tickets go, as the preset wants it (MantisBT: its number).")
    category: str = Field("", description="The category of our tickets.")
    subject_limit: int = Field(0, ge=0, description="How many letters a subject may have; 0: any number.")
    time_zone: str = Field("Europe/Athens", description="The zone of times that the helpdesk sends without one.")
    ca_file: str = Field("", description="Certificates to trust (PEM), if the system's own do not do.")
    timeout: float = Field(30.0, gt=0, le=300, description="Seconds without a byte until an answer is given up.")
    deadline: float = Field(45.0, gt=0, le=600, description="Seconds until a whole answer is given up.")
    max_bytes: int = Field(
        4_194_304, ge=10_000, le=67_108_864, description="The largest answer that is read, in bytes."
    )
    parallel: int = Field(2, ge=1, le=8, description="Requests at a time.")
    operations: dict[Verb, Operation] = Field(default_factory=dict, description="Which operation does what.")
    ticket: TicketPaths = Field(TicketPaths(), description="Where the parts of a ticket are in an answer.")
    states: States | None = Field(None, description="The helpdesk's states and ours.")
    faults: dict[str, FaultMeaning] = Field(
        default_factory=dict,
        description="What faults mean, by pattern: stop (a person must act), skip (this one), absent, later.",
    )

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, given: Any) -> Any:
        """The preset's words below those that were written."""
        if not isinstance(given, Mapping) or given.get("preset") != "mantisbt":
            return given
        merged = dict(preset(str(given["preset"])))
        for key, value in given.items():
            below = merged.get(key)
            merged[key] = {**below, **value} if isinstance(below, dict) and isinstance(value, Mapping) else value
        return merged

    @field_validator("wsdl", "endpoint")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme in ("http", "https"):
            if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
                raise ValueError("use https: the password would travel readable to everybody")
            if parts.username or parts.password:
                raise ValueError("write no name or password into the address; they have keys of their own")
        return value.strip()

    @field_validator("faults")
    @classmethod
    def _are_patterns(cls, value: dict[str, FaultMeaning]) -> dict[str, FaultMeaning]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no time zone; write one such as Europe/Athens") from None
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> SoapHelpdeskSettings:
        if not self.address.startswith(("http://", "https://")):
            raise ValueError("write `endpoint`: with a WSDL in a file there is no other way to know where calls go")
        if not self.operations:
            return self
        if missing := [verb for verb in NEEDED if verb not in self.operations]:
            raise ValueError(f"operations lacks {', '.join(missing)}")
        if self.states is None:
            raise ValueError("write `states`: without them no state can be understood or set")
        problems = [
            problem
            for verb, operation in self.operations.items()
            for problem in templates.check(
                operation.arguments, _KNOWN[verb] | _EVERYWHERE, f"operations.{verb}.arguments"
            )
        ]
        problems += templates.check(self.ticket.address, frozenset({"t.id"}), "ticket.address")
        if problems:
            raise ValueError("; ".join(problems))
        for word in ("project", "category"):
            users = [verb for verb, one in self.operations.items() if templates.uses(one.arguments, word)]
            if users and not getattr(self, word):
                raise ValueError(f"write `{word}`: operations.{users[0]} needs it")
        signed = any(templates.uses(one.arguments, "password") for one in self.operations.values())
        if signed != (self.auth == "args") and (signed or self.password.get_secret_value()):
            raise ValueError("`auth: args` and ${password} among the arguments of operations go together")
        return self

    @property
    def address(self) -> str:
        """Where calls go (H-38)."""
        return self.endpoint or self.wsdl.partition("?")[0]


def preset(name: str) -> dict[str, Any]:
    """The words of a preset, as they could stand in the settings file."""
    loaded: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name(f"{name}.yaml").read_text("utf-8"))
    return loaded


def _path(value: str) -> str:
    if not is_path(value):
        raise ValueError(f"{value!r} is no path; write e.g. status.id or custom_fields[field.name=KypekRef].value")
    return value
