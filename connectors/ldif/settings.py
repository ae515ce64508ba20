"""What an administrator sets for a directory export."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from kypek_sync.contract import ConnectorSettings


class LdifSettings(ConnectorSettings):
    """Settings of one export. Only the file is needed."""

    file: str = Field(min_length=1, description="The LDIF file; a relative path starts at this settings file.")
    max_age: timedelta = Field(
        timedelta(days=7),
        gt=timedelta(0),
        description="An export older than this still tells who people are, but proves nobody's absence.",
    )
