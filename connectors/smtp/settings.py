"""What an administrator sets for sending mail."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from connectors.smtp.addresses import one_address
from kypek_sync.contract import ConnectorSettings, Secret

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class SmtpSettings(ConnectorSettings):
    """Settings of one mail server. Only host and sender are needed, and a login where the server asks for one."""

    model_config = ConfigDict(hide_input_in_errors=True)
    moved: ClassVar[dict[str, str]] = {
        "redirect_to": "is no key of a mail server any more; while trying out write `all_mail_to` below the KYPEK"
    }

    host: str = Field(min_length=1, description="Name of the server that takes our mail, e.g. smtp.sch.gr")
    port: int | None = Field(
        None, ge=1, le=65535, description="Its port; 587 with starttls, 465 with tls, 25 with none unless given."
    )
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is protected; none only for a server on this very machine."
    )
    username: str = Field("", description="Login at the server; empty where it takes our mail without one.")
    password: Secret | None = Field(None, description="Its password; by reference, never in this file.")
    sender: str = Field(description="Who writes, e.g. ΚΥΠΕΚ Α΄ Αθήνας <kypek@kypek.att-a.sch.gr>")
    reply_to: str = Field("", description="Where answers go; empty: to the sender.")
    ca_file: str = Field("", description="Certificates to trust instead of the system's, for a server of your own.")
    timeout: float = Field(30.0, gt=0, le=300, description="Seconds until a letter is given up for now.")

    @field_validator("sender", "reply_to")
    @classmethod
    def _is_one_address(cls, value: str) -> str:
        if value:
            one_address(value, "text here")
        return value

    @field_validator("sender")
    @classmethod
    def _is_given(cls, value: str) -> str:
        if not value:
            raise ValueError("write an address, e.g. ΚΥΠΕΚ <kypek@kypek.att-a.sch.gr>")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError("use starttls or tls: mail and password would travel readable to everybody")
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password belong together: give both, or neither")
        return self

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or _PORTS[self.security]
