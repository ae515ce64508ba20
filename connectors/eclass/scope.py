"""How far a token reaches: the whole platform, a list of courses, or a department (fact sheet eclass, section 2.1).

The members of a course that nobody has tell it: the newer API answers with an empty list, or says why it refuses.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from connectors.eclass.client import Reply
from kypek_sync.contract import ProbeLevel, ProbeLine

_REFUSED = 403


class Scope(StrEnum):
    """What a token is good for."""

    PLATFORM = "platform"
    COURSES = "courses"
    DEPARTMENT = "department"
    LIMITED = "limited"
    """Refused in words that we do not know."""


def scope_of(people: Reply) -> Scope:
    """From the answer to a question for the members of no course. The older API knows no limits at all."""
    if people.code != _REFUSED:
        return Scope.PLATFORM
    said = people.said.casefold()
    if "department" in said:
        return Scope.DEPARTMENT
    return Scope.COURSES if "token" in said else Scope.LIMITED


def scope_line(scope: Scope) -> ProbeLine:
    """What `check` says of it."""
    subject = "token-scope"
    if scope is Scope.PLATFORM:
        return ProbeLine(ProbeLevel.OK, subject, "The token is good for the whole platform.")
    if scope is Scope.COURSES:
        return ProbeLine(
            ProbeLevel.WARNING,
            subject,
            "The token is limited to a list of courses. A course that is made is not on that list, so its members stay"
            " unseen.",
            "Ask for a token of the whole platform, or have each course of a seminar put on the token's list.",
        )
    if scope is Scope.DEPARTMENT:
        return ProbeLine(
            ProbeLevel.WARNING,
            subject,
            "The token is limited to a department and those below it. People without a department there are hidden,"
            " so lists of members are not whole and hardly anybody can be enrolled.",
            "Ask for a token of the whole platform: most people are in no department.",
        )
    return ProbeLine(
        ProbeLevel.WARNING,
        subject,
        "The token is limited, in a way that this version of eClass does not tell.",
        "Ask for a token of the whole platform.",
    )


def beside_database(line: ProbeLine) -> ProbeLine:
    """What `check` says of a limited token where the database shows all members: what still is out of its reach."""
    if line.subject != "token-scope" or line.level is ProbeLevel.OK:
        return line
    text = (
        "The token is limited to some courses or departments. The database shows the members of all, but where the"
        " token does not reach eClass refuses enrolments or groups."
    )
    return replace(line, text=text)
