"""`programme template|validate|diff|approve|inbox`: from an officer's file to what is in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
import kypek_sync.cli.programme_sending as programme_sending
import kypek_sync.cli.seats_above as seats_above
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.differences import difference_lines
from kypek_sync.cli.system_words import unwritable
from kypek_sync.cli.tables import table
from kypek_sync.ledger import programmes as ledger
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.programmes import Approval
from kypek_sync.programme import (
    Ground,
    Mistake,
    ProgrammeUnreadable,
    Reading,
    SeminarDiff,
    answer_suffix,
    diff,
    mark,
    read,
)
from kypek_sync.programme.marking import findings_lines, summary
from kypek_sync.sync.inbox.inbox import ANSWER, InboxAnswer, Outcome, process
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.overview import approved_seminars, known_of, read_programme
from kypek_sync.sync.programmes import as_in_force, ground_of, needs_approval, schools_of

programme = typer.Typer(no_args_is_help=True, help="The structures' programmes.")

OUTCOMES = {
    Outcome.TAKEN: "is now the programme",
    Outcome.SAME: "was the programme already",
    Outcome.ERRORS: "has errors",
    Outcome.UNREADABLE: "cannot be read",
    Outcome.NOT_TAKEN: "is right, but cannot become the programme",
    Outcome.PROBLEM: "could not be answered",
}

Kypek = Annotated[str | None, typer.Option("--kypek", "-k", help="The KYPEK, where several have such a structure.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Structure = Annotated[
    str, typer.Option("--structure", help="The structure's id in the settings; needed where there are several.")
]
Named = Annotated[str, typer.Argument(metavar="STRUCTURE", help="The structure's id in the settings.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    programme_sending.add_to(programme)
    app.add_typer(programme, name="programme")


@programme.command()
def template(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write (.xlsx).")],
    structure: Structure = "",
    last_year: Annotated[
        Path | None, typer.Option("--from", help="Last year's programme: its rows come along, dates cleared.")
    ] = None,
    kypek: Kypek = None,
) -> None:
    """Write an empty programme for officers: drop-downs, an example, explanations."""
    from kypek_sync.programme import template as write_template  # its library of workbooks is large

    its = shared.of(context)
    if output.suffix.lower() != ".xlsx":
        raise typer.BadParameter(its.text("%(file)s must end in .xlsx", file=output), param_hint="--output")
    if output.exists():
        raise Said(its.text("%(file)s exists already and is left as it is: choose another name.", file=output))
    with its.installation() as inst:
        one, key = choosing.structure(its, inst, structure, kypek)
        try:
            write_template(output, _ground(inst, one, key), last_year=last_year, language=its.language)
        except ProgrammeUnreadable as error:
            raise Said(error.said(its.text)) from error
        except OSError as error:
            raise unwritable(output, error, its.text) from error
    its.out.print(its.text("The template is in %(file)s.", file=output), markup=False)


@programme.command()
def validate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The programme: xlsx, ods, xls, csv or yaml.")],
    structure: Structure = "",
    answer: Annotated[
        Path | None, typer.Option("--answer", help="Where the marked copy goes; else beside the file, if needed.")
    ] = None,
    kypek: Kypek = None,
    as_json: Json = False,
) -> None:
    """Check a programme and tell every mistake; the marked copy goes back to the officer. Exit code 2 with errors."""
    its = shared.of(context)
    with its.installation() as inst:
        one, key = choosing.structure(its, inst, structure, kypek)
        ground = _ground(inst, one, key)
        try:
            reading = read(file, ground)
            marked = _marked(its, reading, ground, file, answer)
        except ProgrammeUnreadable as error:
            raise Said(error.said(its.text)) from error
        above = seats_above.seats_above(inst, one, reading)
    if as_json:
        its.json(_plain(its, reading) | {"answer": str(marked) if marked else None, "above": seats_above.plain(above)})
    else:
        _show_reading(its, reading, ground, marked)
        seats_above.show(its, above)
    raise typer.Exit(2 if reading.errors else 0)


@programme.command("diff")
def show_differences(context: typer.Context, structure: Named, kypek: Kypek = None, as_json: Json = False) -> None:
    """What the file of the settings would change in what is in force. Exit code 2 with differences."""
    its = shared.of(context)
    with its.installation() as inst:
        one, key = choosing.structure(its, inst, structure, kypek)
        found, reading = _changes(its, inst, one, key)
        above = seats_above.seats_above(inst, one, reading)
    if as_json:
        those = seats_above.plain(above)
        its.json([dump(difference) | {"above": those.get(difference.code, [])} for difference in found])
    else:
        for difference in found:
            for line in difference_lines(difference, its.text):
                its.out.print(line, markup=False)
        seats_above.show(its, above)
        if not found:
            its.out.print(its.text("Nothing differs: %(file)s is what is in force.", file=reading.file.name))
        if reading.held:
            held = ", ".join(sorted(reading.held))
            its.out.print(its.text("Kept back by mistakes: %(codes)s", codes=held), markup=False)
    raise typer.Exit(2 if found else 0)


@programme.command()
def approve(
    context: typer.Context,
    structure: Named,
    decision: Annotated[str, typer.Option("--decision", help="The council's decision: number and date.")],
    who: Annotated[str, typer.Option("--who", help="Who approves; else your account on this computer.")] = "",
    kypek: Kypek = None,
) -> None:
    """Approve the structure's programme as its file is now: who, by which decision, and the file's hash are kept."""
    its = shared.of(context)
    if not decision.strip():
        raise typer.BadParameter(its.text("write the number and date of the decision"), param_hint="--decision")
    with its.installation() as inst:
        one, key = choosing.structure(its, inst, structure, kypek)
        if not needs_approval(inst.kypek(one), key):
            raise Said(
                its.text("The settings ask for no approval of %(structure)s: its file counts at once.", structure=key)
            )
        found, reading = _changes(its, inst, one, key)
        with inst.ledger.begin() as connection:
            earlier = [a for a in ledger.approved_files(connection, one).get(key, []) if a.sha256 == reading.sha256]
            if earlier:
                last = earlier[-1]
                line = its.text(
                    "%(who)s has approved this very file: %(decision)s", who=last.who, decision=last.decision
                )
                its.out.print(line, markup=False)
                return
            name = choosing.who(its, who)
            approval = Approval(key, reading.sha256, name, decision.strip(), inst.clock())
            ledger.approve(connection, one, approval)
        above = seats_above.seats_above(inst, one, reading)
    for line in _approved(its, name, reading, found):
        its.out.print(line, markup=False)
    seats_above.show(its, above)


@programme.command()
def inbox(
    context: typer.Context,
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    as_json: Json = False,
) -> None:
    """Check and answer the new files in the structures' inbox folders, once. Exit code 2 if one has errors."""
    its = shared.of(context)
    with its.installation() as inst:
        chosen = choosing.kypeks(its, inst, kypek)
        found = [answer for one in chosen for answer in process(inst, one)]
    if as_json:
        its.json([dump(answer) for answer in found])
    elif not found:
        its.out.print(its.text("There is nothing new in the inboxes."))
    else:
        headings = ("Structure", "File", "Outcome", "Errors", "Warnings", "Answers", "Why")
        its.out.print(table(headings, [_inbox_row(its, answer) for answer in found], its.text))
    if any(answer.outcome is Outcome.PROBLEM for answer in found):
        raise typer.Exit(1)
    fine = (Outcome.TAKEN, Outcome.SAME)
    raise typer.Exit(0 if all(answer.outcome in fine for answer in found) else 2)


def _ground(inst: Installation, kypek: str, structure: str) -> Ground:
    with inst.ledger.begin(keep=False) as connection:
        codes, logins = known_of(connection, inst, kypek, structure)
    schools = schools_of(inst.ledger, inst.kypek(kypek).directory)
    return ground_of(inst.loaded, inst.connectors, kypek, structure, codes, logins, schools)


def _changes(its: Context, inst: Installation, kypek: str, structure: str) -> tuple[tuple[SeminarDiff, ...], Reading]:
    """What the structure's file would change in what is in force, and how it was read."""
    with inst.ledger.begin(keep=False) as connection:
        try:
            reading = read_programme(connection, inst, kypek, structure)
        except ProgrammeUnreadable as error:
            raise Said(error.said(its.text)) from error
        before = approved_seminars(connection, kypek, structure)
        after = as_in_force(connection, kypek, reading.seminars)
    return diff([seminar for seminar in before if seminar.code not in reading.held], after), reading


def _marked(its: Context, reading: Reading, ground: Ground, file: Path, answer: Path | None) -> Path | None:
    """Write the marked copy: where it is asked for, else beside the file if there is something to give back."""
    if answer is None and not reading.mistakes and not reading.assigned:
        return None
    out = answer or _beside(file, answer_suffix(file))
    if out.absolute() == file.absolute():
        raise typer.BadParameter(its.text("the answer would overwrite the programme itself"), param_hint="--answer")
    try:
        mark(reading, ground, out, its.language, its.clock)
    except OSError as error:
        raise unwritable(out, error, its.text) from error
    return out


def _beside(file: Path, suffix: str) -> Path:
    """A free name beside the file, so that no earlier answer that somebody works on is lost."""
    stem, number = file.stem.removesuffix(ANSWER), 1
    while True:
        out = file.with_name(f"{stem}{ANSWER}{f'-{number}' if number > 1 else ''}{suffix}")
        if not out.exists():
            return out
        number += 1


def _show_reading(its: Context, reading: Reading, ground: Ground, marked: Path | None) -> None:
    its.out.print(summary(reading, ground, its.text), markup=False)
    if reading.mistakes:
        headings = ("Level", "Sheet", "Cell", "Column", "Seminar", "What to do")
        its.out.print(table(headings, findings_lines(reading, its.text), its.text))
    if reading.assigned:
        codes = ", ".join(sorted(reading.assigned.values()))
        its.out.print(its.text("Codes were given: %(codes)s. They are in the marked copy.", codes=codes), markup=False)
    if marked is not None:
        its.out.print(its.text("The marked copy is %(file)s.", file=marked), markup=False)


def _approved(its: Context, who: str, reading: Reading, found: Sequence[SeminarDiff]) -> Iterator[str]:
    text = its.text
    yield text("%(file)s is approved by %(who)s.", file=reading.file.name, who=who)
    if found:
        codes = ", ".join(difference.code for difference in found)
        yield text("At the next `kypek-sync sync` these come into force: %(codes)s", codes=codes)
    if reading.held:
        codes = ", ".join(sorted(reading.held))
        yield text("Mistakes keep these back; after correction the file needs approval again: %(codes)s", codes=codes)


def _inbox_row(its: Context, answer: InboxAnswer) -> tuple[object, ...]:
    outcome, answers = its.text(OUTCOMES[answer.outcome]), ", ".join(answer.answers)
    return answer.structure, answer.file, outcome, answer.errors, answer.warnings, answers, answer.why


def _plain(its: Context, reading: Reading) -> dict[str, Any]:
    return {
        "sha256": reading.sha256,
        "seminars": [seminar.code for seminar in reading.seminars],
        "held": sorted(reading.held),
        "assigned": sorted(reading.assigned.values()),
        "mistakes": [_plain_mistake(its, mistake) for mistake in reading.mistakes],
    }


def _plain_mistake(its: Context, mistake: Mistake) -> dict[str, Any]:
    return {
        "level": mistake.level.value,
        "code": mistake.code,
        "sheet": mistake.source.sheet,
        "row": mistake.source.row,
        "cell": mistake.cell,
        "column": mistake.column,
        "seminar": mistake.seminar,
        "text": mistake.said(its.text),
    }
