"""What an administrator sets for the directory."""

from __future__ import annotations

import importlib.util
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from kypek_sync.contract import ConnectorSettings, Secret, rdns

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"ldap": 389, "ldaps": 636}


class LdapSettings(ConnectorSettings):
    """Settings of one directory. The address, the bind DN and its password are needed."""

    address: str = Field(description="ldap://host or ldaps://host, with the port if it is not the usual one.")
    base: str = Field("dc=sch,dc=gr", description="The directory's suffix.")
    people: str = Field("ou=people", description="Where people are, below the suffix.")
    units: str = Field("ou=units", description="Where schools and offices are, below the suffix.")
    bind_dn: str = Field("", description="The service account's DN; empty to read without signing in.")
    password: Secret = Field(Secret(""), description="Its password; by reference, never in this file.")
    ca_file: str = Field("", description="Certificates to trust (PEM), if the system's own do not do.")
    start_tls: bool = Field(True, description="Encrypt an ldap:// connection; false only on this very machine.")
    page_size: int = Field(1000, ge=1, le=10_000, description="Entries asked for at a time.")
    timeout: int = Field(30, ge=1, le=600, description="Seconds until one answer is given up.")
    deadline: int = Field(900, ge=1, le=7200, description="Seconds until a whole read is given up.")
    parallel: int = Field(2, ge=1, le=8, description="Connections at a time.")
    names_every: int = Field(
        1800,
        ge=0,
        le=86_400,
        description="Seconds between two looks at the names of all for who is gone, where the server does not tell (no "
        "syncrepl) and looking takes longer than 2 s.",
    )
    library: Literal["auto", "ldap3", "python-ldap"] = Field(
        "auto",
        description="auto: ldap3 reads, python-ldap (extra fast-ldap), if installed, hears syncrepl; or one for both.",
    )

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("write the whole address, e.g. ldap://ldap.example.gr")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password:
            raise ValueError("write only scheme, host and port; the rest has keys of its own")
        if parts.port == 0:  # reading the port raises the ValueError of a wrong one
            raise ValueError("0 is no port")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("base", "people", "units", "bind_dn")
    @classmethod
    def _is_a_dn(cls, value: str) -> str:
        if value.strip():
            rdns(value)
        return value.strip()

    @field_validator("library")
    @classmethod
    def _is_installed(cls, value: str) -> str:
        if value == "python-ldap" and importlib.util.find_spec("ldap") is None:
            raise ValueError("python-ldap is not installed: pip install 'kypek-sync[fast-ldap]', or write auto")
        return value

    @model_validator(mode="after")
    def _keeps_the_password_secret(self) -> LdapSettings:
        if not self.tls and self.host not in _LOOPBACK:
            raise ValueError("use ldaps:// or start_tls: the password and the data would travel readable to everybody")
        if bool(self.bind_dn) != bool(self.password.get_secret_value()):
            raise ValueError("bind_dn and password go together: without a password a server signs in nobody")
        if not self.base or not self.people or not self.units:
            raise ValueError("base, people and units cannot be empty")
        return self

    @property
    def host(self) -> str:
        """The host of the address, in lower case."""
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        """The port of the address, or the usual one of its scheme."""
        parts = urlsplit(self.address)
        return parts.port or _PORTS[parts.scheme]

    @property
    def ldaps(self) -> bool:
        """Whether the connection is encrypted from its first byte."""
        return self.address.startswith("ldaps://")

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted at all."""
        return self.ldaps or self.start_tls

    @property
    def people_base(self) -> str:
        """The DN below which people are."""
        return f"{self.people},{self.base}"

    @property
    def units_base(self) -> str:
        """The DN below which units are."""
        return f"{self.units},{self.base}"
