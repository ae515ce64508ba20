"""What an administrator sets for a Moodle."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_validator

from kypek_sync.contract import Capability, ConnectorSettings, Secret, base_address


class MoodleSettings(ConnectorSettings):
    """Settings of one Moodle. Only the address and the token are needed; `canary` is worth having."""

    address: str = Field(description="Where people open it, e.g. https://moodle.sch.gr")
    token: Secret = Field(description="The web service token; by reference, never in this file.")
    token_expires: date | None = Field(None, description="The token's last day, as Moodle shows it.")
    canary: str = Field(
        "",
        description="Username of somebody else's account that exists for certain, e.g. an officer's. It is looked up"
        " before nobody is believed: an account that lost its permissions sees nobody and says so without an error."
        " Empty: the service account itself, which proves less.",
        pattern=r"^[a-z0-9._@-]{0,100}$",
    )
    category: str = Field(
        "",
        description="Number of the category where courses are made when a structure has none of its own.",
        pattern=r"^\d{0,10}$",
    )
    report: int | None = Field(
        None,
        ge=1,
        description="Number of the report «Course participants» that `connector moodle setup` describes: it tells when"
        " and how people enrolled. Without it the moment of an application is when it was first seen.",
    )
    student_role: int = Field(5, ge=1, description="Number of the role of students.")
    assistant_role: int = Field(4, ge=1, description="Number of the role of assistants (non-editing teacher).")
    trainer_role: int = Field(3, ge=1, description="Number of the role of trainers (teacher).")
    calendar: bool = Field(
        True,
        description="Whether the dates of sessions stand in the calendars of courses. Needs four more functions and a"
        " capability, which `connector moodle setup` lists.",
    )
    announcements: bool = Field(
        True,
        description="Whether a pinned announcement with the sessions stands in the courses. Moodle mails it to"
        " everybody in the course when it is made, not when it changes. Needs four more functions and four"
        " capabilities, which `connector moodle setup` lists.",
    )
    cohorts: bool = Field(
        False,
        description="Whether the centre or its structures name cohorts here, which those with a seat are put into."
        " Needs four more functions and two capabilities, which `connector moodle setup` lists.",
    )
    parallel: int = Field(2, ge=1, le=4, description="Requests at a time; more than 4 brings nothing.")
    timeout: float = Field(45.0, gt=0, le=300, description="Seconds until an answer is given up.")
    ca_file: str = Field("", description="File with the certificate of your own authority, if it has one.")

    @property
    def extras(self) -> frozenset[Capability]:
        """What the settings ask for beyond courses, members and groups."""
        used = {Capability.CALENDAR: self.calendar, Capability.ANNOUNCEMENT: self.announcements}
        used |= {Capability.COHORTS: self.cohorts}
        return frozenset(extra for extra, wanted in used.items() if wanted)

    @field_validator("address")
    @classmethod
    def _is_a_base_address(cls, value: str) -> str:
        return base_address(
            value,
            example="https://moodle.sch.gr",
            only="write only scheme, host and path; the token has a key of its own",
            https="use https: the token would travel readable to everybody",
        )

    @field_validator("token")
    @classmethod
    def _is_not_empty(cls, value: Secret) -> Secret:
        if not value.get_secret_value().strip():
            raise ValueError("the token is empty")
        return value
