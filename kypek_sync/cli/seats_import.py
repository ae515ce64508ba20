"""`seats import CODE FILE`: a list of applicants, for platforms that tell nobody who is in a course, and for lists made
elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.agreeing import agreed
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.ruling_words import kept_back, reason_given
from kypek_sync.ledger.persons import KnownLogins, known_among
from kypek_sync.ledger.programmes import Offering
from kypek_sync.programme import ProgrammeUnreadable
from kypek_sync.programme.applicants import ApplicantList, read_applicants
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.seats.by_name import NotDecided
from kypek_sync.sync.seats.handing_in import HandedIn, take_over, weigh

SHOWN, MOST_SAID = 10, 30
"""So many logins are named, and so many mistakes told; of more, how many."""


def add_to(seats: typer.Typer) -> None:
    """Add the verb to the noun."""
    seats.command("import")(import_list)


def import_list(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The seminar's code.")],
    file: Annotated[Path, typer.Argument(help="The list: xlsx, ods, xls or csv with a column of logins.")],
    why: Annotated[str, typer.Option("--why", help="Where the list comes from; kept beside your name.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Also who gave their application back since.")] = False,
    who: Annotated[str, typer.Option("--who", help="Who hands it in; else your account on this computer.")] = "",
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take over the applications of a list, whole or not at all. Exit code 1 where it has mistakes."""
    its = shared.of(context)
    by = choosing.who(its, who)
    with its.installation() as inst:
        now = inst.clock()
        with inst.ledger.begin(keep=False) as connection:
            offering = choosing.seminar(its, inst, connection, code, kypek)
            directory = inst.kypek(offering.kypek).directory
            found = _read(its, inst, connection, file, offering)
            handed = _weighed(its, connection, directory, offering, found, now, again=again)
        for line in _lines(its, handed):
            its.out.print(line, markup=False)
        if not handed.new:
            its.out.print(its.text("Nothing was changed."))
            return
        count = len(handed.new)
        agreed(its, its.text("Take over %(count)s applications for %(code)s?", count=count, code=code), yes=yes)
        with inst.ledger.begin() as connection:
            offering = choosing.seminar(its, inst, connection, code, kypek)  # perhaps cancelled meanwhile
            handed = _weighed(its, connection, directory, offering, found, now, again=again)
            take_over(connection, offering, handed, file=file.name, why=reason_given(its, why), who=by, now=now)
            waits = kept_back(connection, offering, its.text, now)
    said = "%(count)s applications were taken over by %(who)s; the next pass decides their seats."
    if waits:
        said = "%(count)s applications were taken over by %(who)s."
    for line in (its.text(said, count=len(handed.new), who=by), *waits):
        its.out.print(line, markup=False)


def _weighed(
    its: Context,
    connection: Connection,
    directory: str,
    offering: Offering,
    found: ApplicantList,
    now: datetime,
    *,
    again: bool,
) -> HandedIn:
    """What the list means now. Raises `Said` where the seminar takes nobody any more."""
    try:
        return weigh(connection, directory, offering, found.applicants, now, again=again)
    except NotDecided as problem:
        raise Said(problem.sentence.said(its.text)) from problem


def _read(its: Context, inst: Installation, connection: Connection, file: Path, offering: Offering) -> ApplicantList:
    """The list, without a mistake. Raises `Said` with all of them."""
    directory, first_year = inst.kypek(offering.kypek).directory, int(inst.loaded.settings.school_year[:4])

    def ask(logins: Collection[str]) -> Collection[str]:
        return known_among(connection, directory, logins) if directory else ()

    try:
        found = read_applicants(file, offering.seminar, first_year, inst.clock(), KnownLogins(ask))
    except ProgrammeUnreadable as error:
        raise Said(error.said(its.text)) from error
    if not found.errors:
        return found
    text = its.text
    lines = [text("%(file)s: nothing was taken over. Correct these and hand it in again:", file=file.name)]
    lines += [f"• {file.name}, {one.where}, «{one.column}»: {one.said(text)}" for one in found.errors[:MOST_SAID]]
    if (more := len(found.errors) - MOST_SAID) > 0:
        lines.append(text("… and %(count)s more.", count=more))
    raise Said("\n".join(lines))


def _named(its: Context, logins: Collection[str]) -> str:
    """Logins in a line; of many the first."""
    shown = ", ".join(login_shown(login) for login in sorted(logins)[:SHOWN])
    return shown if len(logins) <= SHOWN else f"{shown} {its.text('and %(count)s more', count=len(logins) - SHOWN)}"


def _lines(its: Context, handed: HandedIn) -> list[str]:
    text = its.text
    lines = [text("New applications: %(count)s.", count=len(handed.new))]
    if handed.unknown:
        lines.append(
            text(
                "Not in the directory, so under identification until they are: %(logins)s.",
                logins=_named(its, handed.unknown),
            )
        )
    if handed.outside:
        lines.append(
            text(
                "Made before or after the time in which people may apply, so they will be refused: %(count)s. Write "
                "the moments at which they applied in a column «Submitted», or change that time in the programme.",
                count=handed.outside,
            )
        )
    if handed.teach:
        lines.append(text("Teach this seminar and are left out: %(logins)s.", logins=_named(its, handed.teach)))
    if handed.standing:
        lines.append(text("Apply already and stay as they are: %(count)s.", count=len(handed.standing)))
    if handed.gave_up:
        gone = [one.login for one in handed.gave_up]
        lines.append(
            text(
                "Gave their application back since, and are left out unless you add --again: %(logins)s.",
                logins=_named(its, gone),
            )
        )
    return lines
