"""What is said of a credential that will end: a case for the helpdesk and a letter to each administrator. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kypek_sync.contract import Stage
from kypek_sync.language import Text
from kypek_sync.seminar.cases import Case, reference

_SUBJECTS = {
    Stage.SUMMER: "The token of %(system)s ends in the summer, on %(day)s",
    Stage.SOON: "The token of %(system)s ends in less than 60 days, on %(day)s",
    Stage.NOW: "The token of %(system)s ends in less than 30 days, on %(day)s",
    Stage.OVER: "The token of %(system)s has ended, on %(day)s",
}


@dataclass(frozen=True, slots=True, order=True)
class Ending:
    """A connector whose credential is near its end. `ends` is its last day."""

    system: str
    ends: date
    stage: Stage


def subject(one: Ending, text: Text) -> str:
    """What it is, in one line; the same until the next stage."""
    return text(_SUBJECTS[one.stage], system=one.system, day=f"{one.ends:%d/%m/%Y}")


def body(one: Ending, text: Text) -> str:
    """What to do about it."""
    lines = [
        text("Make a new token there, put it in the settings, and its last day as `token_expires`."),
        text("Until then everything works as it does; after its last day nothing is read from it and nothing changed."),
    ]
    if one.stage is Stage.OVER:
        lines[1] = text("Nothing is read from it and nothing is changed there until then. Seats stay as they are.")
    if one.stage is Stage.SUMMER:
        lines.append(text("Do it before the holidays: in the summer there may be nobody who can."))
    lines.append(text("`kypek-sync check` shows the day that the settings name."))
    return "\n".join(lines)


def ending_case(kypek: str, one: Ending, text: Text) -> Case:
    """One case for each connector; it says something else at each stage, and closes when a later day is set."""
    return Case(reference(kypek, "token-ends", one.system), "token-ends", subject(one, text), body(one, text))
