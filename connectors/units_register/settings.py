"""What an administrator sets for the register of units. It needs nothing: guests may read it."""

from __future__ import annotations

from pydantic import Field, field_validator

from kypek_sync.contract import ConnectorSettings, UnitState, base_address

LARGEST_PAGE = 500
"""More in one page is an error of the register's (D-23)."""


class UnitsRegisterSettings(ConnectorSettings):
    """Settings of one register. There is no account on purpose: only guest access is used (D-24)."""

    address: str = Field("https://mm.sch.gr", description="Where it is; the calls are below /api.")
    page_size: int = Field(LARGEST_PAGE, ge=1, le=LARGEST_PAGE, description="Units in one answer, 500 at most.")
    states: tuple[UnitState, ...] = Field(
        (UnitState.ACTIVE, UnitState.SUSPENDED),
        min_length=1,
        description="Which units to read: active, suspended, abolished.",
    )
    timeout: float = Field(30.0, gt=0, le=300, description="Seconds until one answer is given up.")
    deadline: float = Field(600.0, gt=0, le=3600, description="Seconds that a whole read may take.")
    ca_file: str = Field("", description="Certificate of the authority that signed the server's, if not well known.")

    @field_validator("address")
    @classmethod
    def _is_a_base_address(cls, value: str) -> str:
        return base_address(
            value,
            example="https://mm.sch.gr",
            only="write only scheme, host and path; the register is read without an account",
            https="use https: somebody on the way could say that a school belongs elsewhere",
            without="/api",
        )
