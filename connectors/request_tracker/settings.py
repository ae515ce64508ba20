"""What an administrator sets for a Request Tracker."""

from __future__ import annotations

from pydantic import Field, field_validator

from kypek_sync.contract import ConnectorSettings, Secret, base_address
from kypek_sync.model import TicketState


class RequestTrackerSettings(ConnectorSettings):
    """Settings of one Request Tracker. Only the address and the token are needed."""

    address: str = Field(description="Where people open it, e.g. https://rt.example.gr; /REST/2.0 is added.")
    token: Secret = Field(description="The token of our account there; by reference, never in this file.")
    account: str = Field(
        "kypek-sync", min_length=1, description="The name of our account there: what it did is no news to us."
    )
    ref_field: str = Field("KypekRef", description="The ticket field that carries our reference; must not be unique.")
    seminar_field: str = Field("KypekSeminar", description="The ticket field for the seminar's code; empty: none.")
    event_field: str = Field("KypekEvt", description="The transaction field that carries the key of a note.")
    states: dict[str, TicketState] = Field(
        default_factory=dict,
        description="Statuses of a life cycle of your own and what they mean: new, open, waiting, resolved or closed.",
    )
    parallel: int = Field(2, ge=1, le=8, description="Requests at a time.")
    timeout: float = Field(30.0, gt=0, le=300, description="Seconds until an answer is given up.")
    ca_file: str = Field("", description="Certificates to trust (PEM), if the system's own do not do.")

    @field_validator("address")
    @classmethod
    def _is_a_base_address(cls, value: str) -> str:
        return base_address(
            value,
            example="https://rt.example.gr",
            only="write only scheme, host and path; the token has a key of its own",
            https="use https: the token would travel readable to everybody",
            without="/REST/2.0",
        )

    @field_validator("ref_field", "event_field", "seminar_field")
    @classmethod
    def _is_a_field(cls, value: str) -> str:
        if any(letter in value for letter in "{}'\"\\"):
            raise ValueError("write the field's name as Request Tracker shows it, without braces or quotes")
        return value.strip()

    @field_validator("ref_field", "event_field")
    @classmethod
    def _is_there(cls, value: str) -> str:
        if not value:
            raise ValueError("this field cannot be left out: without it tickets and notes would be doubled")
        return value
