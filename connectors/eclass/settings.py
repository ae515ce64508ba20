"""What an administrator sets for an Open eClass platform."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, field_validator

import connectors.eclass.database_address as database_address
from kypek_sync.contract import ConnectorSettings, Secret, base_address, year_after


class EclassSettings(ConnectorSettings):
    """Settings of one Open eClass. Only the address and the token are needed."""

    address: str = Field(description="Where people open it, e.g. https://eclass.sch.gr")
    token: Secret = Field(description="The API token (eclass_ and 64 hex digits); by reference, never in this file.")
    token_expires: date | None = Field(
        None, description="The token's last day, as eClass shows it (one year after its creation unless changed)."
    )
    token_created: date | None = Field(
        None, description="The day on which the token was made: without `token_expires` it counts as good for a year."
    )
    create_accounts: Literal["", "ldap", "cas", "shibboleth"] = Field(
        "",
        description="Make an account for a teacher whom eClass does not know, signing in this way (newer API only);"
        " empty: never, the teacher is asked to sign in once.",
    )
    department: str = Field(
        "",
        description="Number of the department where courses are made when a structure has none of its own.",
        pattern=r"^\d*$",
    )
    parallel: int = Field(2, ge=1, le=4, description="Requests at a time; more than 4 brings nothing.")
    timeout: float = Field(30.0, gt=0, le=300, description="Seconds until an answer is given up.")

    database_url: Secret | None = Field(
        None,
        description="An account of its database that may only read (MariaDB or MySQL), as"
        " mysql://USER:PASSWORD@HOST/DATABASE; by reference, never in this file. `connector eclass grants` prints the"
        " rights that it needs. With it members, dates, groups and requests are read whatever the API shows.",
    )
    database_ca_file: str = Field(
        "", description="Certificate of the authority that signed the database's own, where no public one did."
    )
    database_tls: bool = Field(
        True, description="Encrypt the line to a database on another machine; false only where the line is your own."
    )

    @property
    def last_day(self) -> date | None:
        """The token's last day, as far as anybody has said."""
        if self.token_expires is None and self.token_created is not None:
            return year_after(self.token_created)
        return self.token_expires

    @field_validator("address")
    @classmethod
    def _is_a_base_address(cls, value: str) -> str:
        return base_address(
            value,
            example="https://eclass.sch.gr",
            only="write only scheme, host and path; the token has a key of its own",
            https="use https: the token would travel readable to everybody",
        )

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, value: Secret | None) -> Secret | None:
        if value is not None:
            database_address.address(value.get_secret_value())
        return value
