"""`directory refresh|find|person|unit|findings|accept`: who the directory says people are."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.fewer_entries as fewer_entries
import kypek_sync.cli.without_groups as without_groups
import kypek_sync.cli.without_numbers as without_numbers
import kypek_sync.cli.wrong_clock as wrong_clock
from kypek_sync.cli.directory_choice import Json, Kypek, directories
from kypek_sync.cli.directory_confirm import confirm
from kypek_sync.cli.directory_finding import find, unit
from kypek_sync.cli.directory_findings import findings
from kypek_sync.cli.directory_person import person
from kypek_sync.cli.doubt_words import waiting
from kypek_sync.cli.report import show
from kypek_sync.ledger.identity_answers import undecided
from kypek_sync.sync.directory import incremental
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.run import run_lane

directory = typer.Typer(no_args_is_help=True, help="People and units.")

for command in (find, person, unit, findings, confirm):
    directory.command()(command)


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(directory, name="directory")


@directory.command()
def refresh(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """Read the directory now: what changed, or everything where that is due or nothing else can be told."""
    its = shared.of(context)
    with its.installation() as inst:
        sources = directories(its, inst, kypek)
        kypeks = choosing.kypeks(its, inst, kypek)
        reports = [_read(inst, [k for k in kypeks if inst.kypek(k).directory == one], full) for one in sources]
        with inst.ledger.begin(keep=False) as connection:
            doubtful = [login for one in sources for login in undecided(connection, one, inst.sharing(one))]
    if as_json:
        its.json([report.as_dict() for report in reports])
    else:
        show(its.out, reports, its.text)
        for line in waiting(doubtful, its.text):
            its.out.print(line, markup=False)
    raise typer.Exit(exit_code(reports))


def _read(inst: Installation, kypeks: list[str], full: bool) -> LaneReport:
    """One pass for a directory, however many KYPEKs share it: that of the first whose lane is neither paused nor in
    somebody else's hands."""
    for kypek in kypeks:
        report = run_lane(
            inst, kypek, "directory", by_hand=True, work=partial(incremental.make, whole=full, by_hand=True)
        )
        if not report.paused and not report.skipped:
            break
    return report


@directory.command()
def accept(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The connector of a directory or a register of units.")],
    why: Annotated[str, typer.Option("--why", help="Why so many are missing: it is kept beside your name.")],
    who: Annotated[str, typer.Option("--who", help="Who decides; else your account on this computer.")] = "",
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Instead: that it shows no registry numbers any more, for good.")
    ] = False,
    groups: Annotated[
        bool, typer.Option("--groups", help="Instead: that nobody has a role by a group there any more.")
    ] = False,
    clock: Annotated[
        bool, typer.Option("--clock", help="Instead: that our clock was wrong when it was read, and is right now.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Say that a directory, or a register of units, really has become as small as its last read showed."""
    its = shared.of(context)
    decides = choosing.who(its, who)
    with its.installation() as inst, inst.ledger.begin() as connection:
        known = directories(its, inst, None)
        known += sorted(fewer_entries.registers(inst) - set(known))
        if name not in known:
            raise typer.BadParameter(
                its.text("there is no directory %(name)s", name=name) + choosing.hint(its.text, name, known)
            )
        if not why.strip():
            raise typer.BadParameter(its.text("say why with --why"))
        if numbers + groups + clock > 1:
            raise typer.BadParameter(its.text("say one thing at a time: --numbers, --groups or --clock"))
        if clock:
            users = fewer_entries.users(inst, name)
            wrong_clock.accept(its, connection, name, decides, why.strip(), users=users, yes=yes)
            return
        if numbers:
            without_numbers.accept(its, connection, inst, name, decides, why.strip(), yes=yes)
            return
        if groups:
            without_groups.accept(its, connection, inst, name, decides, why.strip(), yes=yes)
            return
        fewer_entries.accept(its, connection, inst, name, decides, why.strip(), yes=yes)
