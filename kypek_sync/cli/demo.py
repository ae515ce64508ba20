"""`demo`: a sandbox, two syncs, and where everything is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context
from kypek_sync.cli.masking import login_shown
from kypek_sync.cli.passes import passes
from kypek_sync.cli.plan_words import VERBS
from kypek_sync.cli.report import show
from kypek_sync.cli.sandbox import running, show_addresses, told_to_stop
from kypek_sync.cli.tables import table
from kypek_sync.language import Text
from kypek_sync.sync.report import LaneReport

if TYPE_CHECKING:
    from kypek_sync.sandbox.start import Sandbox

SIZE = {"people": 400, "units": 60, "seminars": 12}
"""One KYPEK with 4 structures."""

Calls = dict[str, dict[str, int]]


def add_to(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command()(demo)


def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Leave after the second sync.")] = False,
    folder: Annotated[Path | None, typer.Option("--dir", help="Where; else a temporary folder.")] = None,
) -> None:
    """Start a sandbox, sync, sync again to show that nothing was left to do, and stay until Ctrl-C."""
    its = shared.of(context)
    with ExitStack() as until:
        place = folder or Path(until.enter_context(TemporaryDirectory(prefix="kypek-sync-demo-")))
        its.out.print(its.text("Starting the sandbox in %(folder)s …", folder=place), markup=False)
        began = monotonic()
        started = until.enter_context(running(its, place, seed=1, **SIZE))
        its.out.print(its.text("It is ready after %(seconds)s s.", seconds=f"{monotonic() - began:.1f}"))
        here = replace(its, file=started.settings)
        _sync(here, started, its.text("First sync"))
        second = _sync(here, started, its.text("Second sync"))
        left = list(leftovers(second, its.text))
        its.out.print()
        for line in left:
            its.out.print(its.text("Left to do: %(what)s", what=line), markup=False)
        if left:
            raise typer.Exit(1)
        its.out.print(f"[bold]{its.text('Nothing was left to do at the second sync.')}[/bold]")
        its.out.print()
        if once or not sys.stdout.isatty():
            if folder is not None:
                command = f"kypek-sync sandbox --dir {place}"
                its.out.print(
                    its.text("Its servers stop now; start them again: %(command)s", command=command), markup=False
                )
        else:
            show_addresses(its, started)
            command = f"kypek-sync -s {started.settings} status"
            its.out.print()
            its.out.print(its.text("Try in another terminal: %(command)s", command=command), markup=False)
            its.out.print(its.text("It runs until Ctrl-C."))
            with told_to_stop() as stopped:
                stopped.wait()


def leftovers(reports: list[LaneReport], text: Text) -> Iterator[str]:
    """What a sync found to do, refused, held back or could not read, in words."""
    for report in reports:
        lane = f"{report.kypek} {report.lane}"
        for change, receipt in report.done:
            target = change.target
            words = (
                text(VERBS[change.verb.value]),
                target.system,
                target.course,
                target.object,
                login_shown(target.login),
            )
            yield f"{lane}: {' '.join(word for word in words if word)} ({receipt.outcome.value})"
        for _, held in report.held:
            yield f"{lane}: {held.why.said(text)}"
        yield from (f"{lane}: {problem}" for problem in report.problems)
        if report.skipped:
            yield f"{lane}: {report.skipped}"
        for word in ("mails sent", "mails refused", "mails later", "notices queued"):
            if number := report.counts.get(word):
                yield f"{lane}: {text(word)} {number}"


def _sync(its: Context, started: Sandbox, name: str) -> list[LaneReport]:
    """One sync with its report, its time, and what it asked of each system."""
    before, began = started.calls(), monotonic()
    with its.installation() as inst:
        reports = passes(its, inst, None, None, dry=False)
    seconds, after = monotonic() - began, started.calls()
    its.out.print()
    its.out.print(f"[bold]══ {escape(name)}[/bold]")
    show(its.out, reports, its.text)
    calls = {
        system: (now["read"] - before[system]["read"], now["write"] - before[system]["write"])
        for system, now in sorted(after.items())
    }
    reads, writes = (sum(numbers) for numbers in zip(*calls.values(), strict=True))
    its.out.print(
        its.text(
            "%(name)s: %(seconds)s s, foreign calls: reads %(reads)s, writes %(writes)s",
            name=name,
            seconds=f"{seconds:.1f}",
            reads=reads,
            writes=writes,
        )
    )
    rows = [(system, *numbers) for system, numbers in calls.items() if any(numbers)]
    its.out.print(table(("System", "Reads", "Writes"), rows, its.text))
    return reports
