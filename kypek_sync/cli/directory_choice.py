"""What the commands of `directory` share: which directories are meant, how much is shown, the rows of people."""

from __future__ import annotations

from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.rule_words import KINDS
from kypek_sync.language import Text
from kypek_sync.ledger.findings import Found
from kypek_sync.ledger.people import Known
from kypek_sync.model import FindingLevel
from kypek_sync.sync.installation import Installation

LEVELS = {FindingLevel.ERROR: "error", FindingLevel.WARNING: "warning"}
MOST = 50
"""People or units shown by `find`; with more, the words are too few."""

Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="Only the directory of this KYPEK.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def directories(its: Context, inst: Installation, kypek: str | None) -> list[str]:
    """The directories of the KYPEK that is asked for, or of all. Raises `Said` if there is none."""
    found = sorted({inst.kypek(one).directory for one in choosing.kypeks(its, inst, kypek)} - {""})
    if not found:
        raise Said(its.text("The settings name no directory: add `directory:` to the KYPEK."))
    return found


def person_row(known: Known, unit: str, text: Text) -> tuple[str, ...]:
    """Somebody as a row of a table: login, surname, name, kind, specialties, unit."""
    person = known.person
    kind, specialties = text(KINDS[person.kind]), ", ".join(person.specialties)
    return login_shown(person.login), person.surname, person.given_name, kind, specialties, unit


def finding_plain(one: Found) -> dict[str, str]:
    """A finding for machines."""
    finding = one.finding
    return {
        "source": one.source,
        "subject": finding.subject,
        "code": finding.code,
        "level": finding.level.value,
        "text": finding.text,
        "first_seen": one.first_seen.isoformat(),
    }
