"""`runs list|show`: the passes that were made, and each change with its receipt."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Annotated

import typer

import kypek_sync.cli.choosing as choosing
import kypek_sync.cli.context as shared
from kypek_sync.cli.context import Context, Said
from kypek_sync.cli.foreign_words import worded
from kypek_sync.cli.plan_forms import Form, kept
from kypek_sync.cli.plan_words import LANES, stored_sheet
from kypek_sync.cli.report import changes_table, held_words, receipt_words, show_plan
from kypek_sync.cli.status import outcome_word
from kypek_sync.cli.tables import table, when
from kypek_sync.language import Sentence
from kypek_sync.ledger import plans
from kypek_sync.ledger import runs as ledger
from kypek_sync.ledger.codec import dump
from kypek_sync.ledger.plans import Plan
from kypek_sync.ledger.runs import Deed, Run

runs = typer.Typer(no_args_is_help=True, help="The passes that were made.")

TOLD = {"notes": "Kept back", "left_in_peace": "Left in peace", "problems": "Problem"}
"""Sentences of a report, by their key in it."""

Json = Annotated[bool, typer.Option("--json", help="For machines.")]


def add_to(app: typer.Typer) -> None:
    """Add the noun to the tree."""
    app.add_typer(runs, name="runs")


@runs.command("list")
def list_runs(
    context: typer.Context,
    kypek: Annotated[str | None, typer.Option("--kypek", "-k", help="Only this KYPEK.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many.")] = 20,
    changed: Annotated[bool, typer.Option("--changed", help="Only those that asked for a change.")] = False,
    as_json: Json = False,
) -> None:
    """The newest passes first."""
    its = shared.of(context)
    with its.installation() as inst:
        one = choosing.kypeks(its, inst, kypek)[0] if kypek else ""
        with inst.ledger.begin(keep=False) as connection:
            found = ledger.recent(connection, kypek=one, changed=changed, limit=limit)
    if as_json:
        its.json([_plain(run) for run in found])
        return
    headings = ("Run", "KYPEK", "Lane", "Started", "Outcome", "Changes", "Failed", "Put off", "Held", "Problems")
    its.out.print(table(headings, [_row(its, run) for run in found], its.text))


@runs.command("show")
def show_run(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The run's number.")],
    as_plan: Annotated[bool, typer.Option("--plan", help="The plan as it was made, with what waited and why.")] = False,
    form: Annotated[Form | None, typer.Option("--format", help="With --plan: table, json, md or html.")] = None,
    as_json: Json = False,
) -> None:
    """One pass: its changes with their reasons and receipts, what it held, its problems."""
    its = shared.of(context)
    with its.installation() as inst, inst.ledger.begin(keep=False) as connection:
        run = ledger.get(connection, number)
        deeds = ledger.deeds(connection, run=number)
        plan = plans.get(connection, number)
    if run is None:
        raise Said(its.text("There is no run %(id)s. `kypek-sync runs list` shows those there are.", id=number))
    if as_plan or form is not None:
        _show_plan(its, run, plan, form or (Form.JSON if as_json else Form.TABLE))
        return
    if as_json:
        its.json(_plain(run) | {"deeds": [dump(deed) for deed in deeds], "report": run.report})
        return
    _show(its, run, deeds)


def _show_plan(its: Context, run: Run, plan: Plan | None, form: Form) -> None:
    if plan is None:
        raise Said(its.text("Run %(id)s has no plan: nothing was to be changed, or it ended before.", id=run.id))
    if form is Form.TABLE:
        for fact in stored_sheet(run, plan, its.text).facts:
            its.out.print(fact, markup=False)
        show_plan(its.out, plan, its.text)
    else:
        sys.stdout.write(kept(its, run, plan, form))


def _show(its: Context, run: Run, deeds: list[Deed]) -> None:
    out, text = its.out, its.text
    out.print(
        text(
            "Run %(id)s, %(kypek)s, %(lane)s: %(started)s to %(ended)s, %(outcome)s",
            id=run.id,
            kypek=run.kypek,
            lane=text(LANES.get(run.lane, run.lane)),
            started=when(run.started),
            ended=when(run.ended),
            outcome=outcome_word(its, run.outcome, run.report),
        ),
        markup=False,
    )
    if deeds:
        out.print(changes_table([(deed.change, deed.receipt) for deed in deeds], text, most=None))
    else:
        out.print(text("It asked no system for a change."))
    for held in run.report.get("held", []):
        line = held_words(held["hold"], held["guard"], text)
        out.print(f"{line}: {Sentence.read(held.get('said', held['why'])).said(text)}", markup=False)
    for word in TOLD:
        for sentence in run.report.get(word, []):
            out.print(f"{text(TOLD[word])}: {worded(sentence, text)}", markup=False)


def deed_line(its: Context, deed: Deed) -> str:
    """A change that was attempted and its answer, in a line."""
    answer = receipt_words(deed.receipt, its.text) if deed.receipt else its.text("no answer was recorded")
    return its.text("run %(run)s, %(when)s: %(answer)s", run=deed.run, when=when(deed.opened), answer=answer)


def _row(its: Context, run: Run) -> tuple[object, ...]:
    report = run.report
    return (
        run.id,
        run.kypek,
        its.text(LANES.get(run.lane, run.lane)),
        when(run.started),
        outcome_word(its, run.outcome, run.report),
        *(number or "" for number in _figures(run)),
        sum(held["hold"] is not None for held in report.get("held", [])) or "",
        len(report.get("problems", [])) or "",
    )


def _figures(run: Run) -> tuple[int, int, int]:
    """How many changes were made, how many failed, how many of the others waited for something else, as the summary of
    the pass counts them."""
    outcomes = Counter(done["receipt"]["outcome"] for done in run.report.get("done", []))
    made, already, put_off = outcomes["done"], outcomes["already"], int(run.report.get("put_off", 0))
    return made, outcomes.total() - made - already - put_off, put_off


def _plain(run: Run) -> dict[str, object]:
    shown = dump(run)
    return {key: shown[key] for key in ("id", "kypek", "lane", "started", "ended", "outcome")} | {
        "changes": len(run.report.get("done", [])),
        **dict(zip(("made", "failed", "put_off"), _figures(run), strict=True)),
        "held": len(run.report.get("held", [])),
        "problems": len(run.report.get("problems", [])),
    }
