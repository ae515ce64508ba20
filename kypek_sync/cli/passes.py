"""`sync`, `plan` and `apply`: passes by hand."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

import kypek_sync.cli.context as shared
import kypek_sync.cli.plan_file as plan_file
import kypek_sync.cli.switching_words as switching_words
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.plan_forms import Form, form_of, planned, save
from kypek_sync.cli.plan_words import VERBS
from kypek_sync.cli.report import show
from kypek_sync.contract import Change
from kypek_sync.language import Text
from kypek_sync.ledger import programmes
from kypek_sync.sync.applying.unapplied import unapplied
from kypek_sync.sync.directory import incremental
from kypek_sync.sync.directory.switching import switched, untried
from kypek_sync.sync.directory.unread import unread as still_unread
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.run import LANES, run_lane

Kypek = Annotated[list[str] | None, typer.Option("--kypek", "-k", help="Only this KYPEK; may be repeated.")]
Lane = Annotated[
    list[str] | None, typer.Option("--lane", help=f"Only this lane ({', '.join(LANES)}); may be repeated.")
]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the tree."""
    app.command()(sync)
    app.command()(plan)
    app.command()(apply)


def sync(context: typer.Context, kypek: Kypek = None, lane: Lane = None, as_json: Json = False) -> None:
    """Read everything, decide, and carry out what the guards let pass."""
    its = shared.of(context)
    with its.installation() as inst:
        reports = passes(its, inst, kypek, lane, dry=False)
    _print(its, reports, as_json=as_json)
    raise typer.Exit(exit_code(reports))


def plan(
    context: typer.Context,
    kypek: Kypek = None,
    lane: Lane = None,
    form: Annotated[Form | None, typer.Option("--format", help="table, json (for `apply`), md or html.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the plan to a file: .json for `apply`, .md, .html.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what `sync` would do; no foreign system is changed and nothing is decided, only what it reads is noted."""
    its = shared.of(context)
    asked = form if form not in (None, Form.TABLE) or output is None else form_of(output, its.text)
    with its.installation() as inst:
        reports = passes(its, inst, kypek, lane, dry=True)
    if output is not None:
        save(its, output, planned(its, reports, asked or Form.JSON))
    if output is not None or as_json or form in (None, Form.TABLE):
        _print(its, reports, as_json=as_json)
    else:
        sys.stdout.write(planned(its, reports, form))
    raise typer.Exit(exit_code(reports, dry=True))


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A plan written by `plan -o`.")],
    as_json: Json = False,
) -> None:
    """Apply a plan from a file: each change only if it is still wanted with the same `before`."""
    its = shared.of(context)
    asked = plan_file.read(file, its.text)
    if not asked:
        raise Said(its.text("There is nothing in %(file)s to apply.", file=file))
    with its.installation() as inst:
        if unknown := sorted({kypek for kypek, _ in asked} - set(inst.loaded.settings.kypeks)):
            raise Said(
                its.text(
                    "%(file)s: the plan is for %(kypeks)s, which %(settings)s does not name.",
                    file=file,
                    kypeks=", ".join(unknown),
                    settings=its.file,
                )
            )
        reports = []
        for (one, name), changes in sorted(asked.items(), key=_in_order):
            report = run_lane(inst, one, name, only=frozenset(changes), by_hand=True)
            with inst.ledger.begin(keep=False) as connection:
                seminars = frozenset(programmes.in_force(connection, one))
            for left in unapplied(changes, report, seminars):
                if left.over:
                    report.over.append(left.change)
                    continue
                said = its.text(
                    "Not applied: %(change)s. %(why)s",
                    change=_named(left.change, its.text),
                    why=left.why.said(its.text),
                )
                (report.notes if left.waits else report.problems).append(said)
            report.waiting = []
            reports.append(report)
    _print(its, reports, as_json=as_json)
    raise typer.Exit(exit_code(reports))


def _named(change: Change, text: Text) -> str:
    target = change.target
    words = (text(VERBS[change.verb.value]), target.system, target.course, target.object, login_shown(target.login))
    return " ".join(word for word in words if word)


def _in_order(entry: tuple[tuple[str, str], list[Change]]) -> tuple[str, int]:
    (kypek, lane), _ = entry
    return kypek, LANES.index(lane)


def passes(
    its: Context, inst: Installation, kypek: list[str] | None, lane: list[str] | None, *, dry: bool
) -> list[LaneReport]:
    """A pass of these lanes (None: all) for these KYPEKs, in order, with progress bars on a terminal."""
    kypeks = kypek or sorted(inst.loaded.settings.kypeks)
    for words, known in ((kypeks, tuple(inst.loaded.settings.kypeks)), (lane or [], LANES)):
        if unknown := [word for word in words if word not in known]:
            raise typer.BadParameter(
                its.text("%(name)s: not one of %(known)s", name=", ".join(unknown), known=", ".join(known))
            )
    reports = []
    new = untried(inst) if dry else frozenset()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        transient=True,
        console=its.out,
        disable=not sys.stdout.isatty(),
    ) as bars:
        for one in kypeks:
            for name in lane or LANES:
                if dry and ((unread := inst.kypek(one).directory in new) or switched(inst, one)):
                    reports.append(_not_planned(its, inst, one, name, unread=unread))
                    break
                task = bars.add_task(f"{one} {name}", total=None)

                def progress(word: str, count: int, task: int = task) -> None:
                    if word == "total":
                        bars.update(task, total=count)  # type: ignore[arg-type]
                    else:
                        bars.advance(task, count)  # type: ignore[arg-type]

                # The directory is read into our own ledger even for a plan: nobody could be judged without it.
                read = dry and name == "directory"
                work = partial(incremental.make, takes_over=False) if read else None
                reports.append(
                    run_lane(inst, one, name, dry=dry and not read, progress=progress, by_hand=True, work=work)
                )
                bars.remove_task(task)
    return reports


def _not_planned(its: Context, inst: Installation, kypek: str, lane: str, *, unread: bool) -> LaneReport:
    """Why nothing is planned for a KYPEK of which the settings name another directory than before."""
    with inst.ledger.begin(keep=False) as connection:
        one = still_unread(connection, inst, inst.kypek(kypek).directory)
    if one is not None and (one.before or one.tried is not None):
        nobody = its.text("A plan takes nobody over: plan again after that, if the settings are meant so.")
        return LaneReport(kypek, lane, problems=[f"{switching_words.unread_line(one, its.text)} {nobody}"])
    if unread:
        why = its.text(
            "%(directory)s was never read by a pass, and people are known from another directory: a plan keeps nothing "
            "of it, since the settings may only be tried. `kypek-sync directory refresh` reads it, if they are meant "
            "so; then plan again.",
            directory=inst.kypek(kypek).directory,
        )
        return LaneReport(kypek, lane, problems=[why])
    why = its.text(
        "%(directory)s: people are known from another directory until now, and a plan takes nobody over. "
        "`kypek-sync directory refresh` does, if the settings are meant so; then plan again.",
        directory=inst.kypek(kypek).directory,
    )
    return LaneReport(kypek, lane, problems=[why])


def _print(its: Context, reports: list[LaneReport], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([r.as_dict() for r in reports], ensure_ascii=False, indent=1) + "\n")
    else:
        show(its.out, reports, its.text)
