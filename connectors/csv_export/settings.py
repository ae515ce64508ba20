"""What an administrator sets for a CSV export."""

from __future__ import annotations

import codecs
from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator

from connectors.csv_export.columns import PEOPLE_FIELDS, UNIT_FIELDS
from kypek_sync.contract import ConnectorSettings


class CsvSettings(ConnectorSettings):
    """Settings of one export. Only the file is needed where its headings are usual ones."""

    file: str = Field(min_length=1, description="The CSV file of people; a relative path starts at this settings file.")
    units_file: str = Field(
        "", description="A second CSV file with the units; without it units are those that people's rows name."
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Field: heading, where a heading is not a usual one (login: Χρήστης).",
    )
    unit_columns: dict[str, str] = Field(default_factory=dict, description="The same for the units' file.")
    encoding: str = Field("", description="Empty: UTF-8, else windows-1253. Another one by its name (iso-8859-7).")
    separator: Literal["", ";", ",", "\t"] = Field("", description="Empty: found by the headings.")
    kind: Literal["", "teacher", "staff"] = Field(
        "teacher", description="What everybody in a file without a column `kind` is; empty: not known."
    )
    directorate: str = Field(
        "", pattern=r"^[a-z-]*$", description="The label (att-a) of units whose row does not name a directorate."
    )
    ends_last_line: bool = Field(
        True,
        description="Whether the last line of the file ends as the others do. `false` only where the programme that "
        "draws it never ends it: then a file that was cut within its last cell looks whole.",
    )
    max_age: timedelta = Field(
        timedelta(days=7),
        gt=timedelta(0),
        description="An export older than this still tells who people are, but proves nobody's absence.",
    )

    @field_validator("columns")
    @classmethod
    def _people_fields(cls, value: dict[str, str]) -> dict[str, str]:
        return _known(value, PEOPLE_FIELDS)

    @field_validator("unit_columns")
    @classmethod
    def _unit_fields(cls, value: dict[str, str]) -> dict[str, str]:
        return _known(value, UNIT_FIELDS)

    @field_validator("encoding")
    @classmethod
    def _encoding_exists(cls, value: str) -> str:
        try:
            return codecs.lookup(value).name if value else ""
        except LookupError:
            raise ValueError(f"there is no encoding {value}") from None


def _known(columns: dict[str, str], fields: tuple[str, ...]) -> dict[str, str]:
    if unknown := sorted(columns.keys() - set(fields)):
        raise ValueError(f"unknown field {', '.join(unknown)}; there are: {', '.join(fields)}")
    return columns
