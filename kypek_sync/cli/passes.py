"""`sync`, `plan` and `apply`: passes by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from kypek_sync.cli import context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.report import show
from kypek_sync.contract import Change
from kypek_sync.ledger.codec import dump, load
from kypek_sync.sync.installation import Installation
from kypek_sync.sync.report import LaneReport, exit_code
from kypek_sync.sync.run import LANES, run_lane

PLAN_FORMAT = "kypek-sync plan 1"

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
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the plan to a file for `apply`.")] = None,
    as_json: Json = False,
) -> None:
    """Show what `sync` would do; no foreign system is changed and nothing is decided."""
    its = shared.of(context)
    with its.installation() as inst:
        reports = passes(its, inst, kypek, lane, dry=True)
    _print(its, reports, as_json=as_json)
    if output is not None:
        _write(output, reports)
    raise typer.Exit(exit_code(reports, dry=True))


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A plan written by `plan -o`.")],
    as_json: Json = False,
) -> None:
    """Apply a plan from a file: each change only if it is still wanted with the same `before`."""
    its = shared.of(context)
    wanted = _read(file)
    with its.installation() as inst:
        unknown = sorted({kypek for kypek, _ in wanted} - set(inst.loaded.settings.kypeks))
        if unknown:
            raise Said(f"{file}: the plan is for {', '.join(unknown)}, which {its.file} does not name.")
        reports = [
            run_lane(inst, k, lane, only=frozenset(c), by_hand=True)
            for (k, lane), c in sorted(wanted.items(), key=_in_order)
        ]
    for report in reports:
        done = {change.bare for change, _ in report.done}
        report.waiting = []
        report.problems += [
            f"Not applied, because it is no longer wanted like this: {change.verb} {change.target.system} "
            f"{change.target.seminar} {change.target.object} {change.target.login}. Make a new plan."
            for change in wanted[(report.kypek, report.lane)]
            if change not in done
        ]
    _print(its, reports, as_json=as_json)
    raise typer.Exit(exit_code(reports))


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
            raise typer.BadParameter(f"{', '.join(unknown)}: not one of {', '.join(known)}")
    reports = []
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
                task = bars.add_task(f"{one} {name}", total=None)

                def progress(word: str, count: int, task: int = task) -> None:
                    if word == "total":
                        bars.update(task, total=count)  # type: ignore[arg-type]
                    else:
                        bars.advance(task, count)  # type: ignore[arg-type]

                # The directory is read into our own ledger even for a plan: nobody could be judged without it.
                reports.append(
                    run_lane(inst, one, name, dry=dry and name != "directory", progress=progress, by_hand=True)
                )
                bars.remove_task(task)
    return reports


def _print(its: Context, reports: list[LaneReport], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([r.as_dict() for r in reports], ensure_ascii=False, indent=1) + "\n")
    else:
        show(its.out, reports, its.text)


def _write(output: Path, reports: list[LaneReport]) -> None:
    body = {
        "format": PLAN_FORMAT,
        "passes": [
            {"kypek": r.kypek, "lane": r.lane, "changes": [dump(c) for c in r.waiting]} for r in reports if r.waiting
        ],
    }
    try:
        output.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise Said(f"{output} cannot be written: {error.strerror}.") from error


def _read(file: Path) -> dict[tuple[str, str], list[Change]]:
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        if body["format"] != PLAN_FORMAT:
            raise ValueError(body["format"])
        return {
            (one["kypek"], one["lane"]): [load(Change, change).bare for change in one["changes"]]
            for one in body["passes"]
        }
    except OSError as error:
        raise Said(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Said(f"{file} is not a plan written by `kypek-sync plan -o`. Make a new one.") from error
