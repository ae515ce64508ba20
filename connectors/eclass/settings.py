"""What an administrator sets for an Open eClass platform."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from kypek_sync.contract import ConnectorSettings, Secret

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class EclassSettings(ConnectorSettings):
    """Settings of one Open eClass. Only the address and the token are needed."""

    address: str = Field(description="Where people open it, e.g. https://eclass.sch.gr")
    token: Secret = Field(description="The API token (eclass_ and 64 hex digits); by reference, never in this file.")
    token_expires: date | None = Field(
        None, description="The token's last day, as eClass shows it (one year after its creation unless changed)."
    )
    department: str = Field(
        "",
        description="Number of the department where courses are made when a structure has none of its own.",
        pattern=r"^\d*$",
    )
    parallel: int = Field(2, ge=1, le=4, description="Requests at a time; more than 4 brings nothing.")
    timeout: float = Field(30.0, gt=0, le=300, description="Seconds until an answer is given up.")

    @field_validator("address")
    @classmethod
    def _is_a_base_address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write the whole address, e.g. https://eclass.sch.gr")
        if parts.query or parts.fragment or parts.username or parts.password:
            raise ValueError("write only scheme, host and path; the token has a key of its own")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("use https: the token would travel readable to everybody")
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
