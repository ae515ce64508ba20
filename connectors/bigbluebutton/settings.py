"""What an administrator sets for a BigBlueButton server, or for a balancer in front of several."""

from __future__ import annotations

from pydantic import ConfigDict, Field, field_validator

from kypek_sync.contract import ConnectorSettings, Secret, base_address

_EXAMPLE = "https://bbb.sch.gr/bigbluebutton/api"


class BigBlueButtonSettings(ConnectorSettings):
    """Settings of one server. Only the address and the secret are needed."""

    model_config = ConfigDict(hide_input_in_errors=True)

    address: str = Field(description=f"Address of its API, with or without a last slash, e.g. {_EXAMPLE}")
    secret: Secret = Field(
        description="The shared secret (`bbb-conf --secret` on the server); by reference, never in this file."
    )
    lists_meetings: bool = Field(
        True,
        description="Whether it tells all meetings that run. Set false behind a balancer that hides them (Scalelite can"
        " answer `no meetings` at all times): nobody is then taken for absent because a meeting is not listed.",
    )
    parallel: int = Field(4, ge=1, le=16, description="Requests at a time.")
    timeout: float = Field(
        10.0, gt=0, le=120, description="Seconds until one try is given up; people wait at the door."
    )

    @field_validator("address")
    @classmethod
    def _is_the_address_of_an_api(cls, value: str) -> str:
        whole = base_address(
            value,
            example=_EXAMPLE,
            only="write only scheme, host and path; the secret has a key of its own",
            https="use https: names and join links would travel readable to everybody",
        )
        if whole.endswith("/bigbluebutton"):  # as `bbb-conf --secret` prints it
            whole += "/api"
        if not whole.endswith("/api"):
            raise ValueError(f"the address of the API ends in /bigbluebutton/api, e.g. {_EXAMPLE}")
        return whole

    @field_validator("secret")
    @classmethod
    def _is_not_empty(cls, value: Secret) -> Secret:
        if not value.get_secret_value().strip():
            raise ValueError("the secret is empty")
        return value
